"""Networks, functions and measurements that exercises give to the learner.

There must be no right answer in this file: it is also in the sandbox where students' code
is graded.
"""

import copy
import functools

import numpy as np

import nn_core


def boundary_network():
    """Return the 2-4-1 network of the exercise ex04-boundary-point.

    It has been trained on XOR, but not to the end, so that its boundary bends.
    """
    return copy.deepcopy(_boundary_network())


@functools.cache
def _boundary_network():
    net = nn_core.NeuralNetwork(2, 4, 1, seed=4)
    net.fit(*nn_core.xor(), learning_rate=4.0, epochs=1500)
    return net


@functools.cache
def hidden_slope(input_nodes, init):
    """Return the mean slope of 16 hidden sigmoids for inputs in [0, 1), over 20 seeds."""
    slopes = []
    for seed in range(20):
        net = nn_core.NeuralNetwork(input_nodes, 16, 1, init=init, seed=seed)
        inputs = np.random.default_rng(1000 + seed).random((input_nodes, 200))
        outputs = net.layer_outputs(inputs)[0]
        slopes.append((outputs * (1 - outputs)).mean())
    return float(np.mean(slopes))


class Curve:
    """A smooth function of an array of parameters, with a known gradient."""

    def __init__(self, coefficients):
        self.coefficients = coefficients

    def __call__(self, parameters):
        parameters = np.asarray(parameters)
        return float(
            np.sum(self.coefficients * parameters**3) + np.sum(parameters) ** 3
        )
