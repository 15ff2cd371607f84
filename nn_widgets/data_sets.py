"""The data sets that widgets can plot: two inputs, and one target of 0 or 1."""

import inspect

import nn_arguments
import nn_core

DATASETS = {
    "xor": nn_core.xor,
    "moons": nn_core.moons,
    "circles": nn_core.circles,
    "spiral": nn_core.spiral,
    "blobs": nn_core.blobs,
}


def two_inputs(dataset):
    """Check that a Dataset has inputs (2, N) and targets (1, N) from 0 to 1; return it."""
    shape = nn_core.NeuralNetwork(2, 1, 1, loss="cross_entropy")
    return nn_core.Dataset(*nn_arguments.samples(shape, *dataset))


def default_noise(name):
    """Return a data set's default noise; 0 if it takes none."""
    if name not in DATASETS or name == "xor":
        return 0
    return inspect.signature(DATASETS[name]).parameters["noise"].default
