"""Save and load a network: the methods `save` and `load` of `NeuralNetwork`.

A file is one .npz that NumPy alone can read: the four arrays, and `settings`, a JSON text.
"""

import json
import os

import numpy as np

from nn_arguments import file_path

PARAMETERS = (
    "weights_input_hidden",
    "weights_hidden_output",
    "biases_hidden",
    "biases_output",
)
SETTINGS = ("activation", "init", "loss_function", "update_rule", "seed")


def save(net, path):
    """Write the network to one .npz file; if that fails, an existing file is kept."""
    path = file_path("path", path)
    settings = {name: getattr(net, name) for name in SETTINGS}
    settings["random_state"] = net._rng.bit_generator.state
    arrays = {name: getattr(net, name) for name in PARAMETERS}
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with open(unfinished, "wb") as file:
            np.savez(file, settings=json.dumps(settings), **arrays)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(network, path):
    """Return the network saved at path, as an object of the class `network`.

    Files of the first edition have the same format.
    """
    with open(file_path("path", path), "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as saved:
                arrays = {name: saved[name] for name in PARAMETERS}
                settings = json.loads(str(saved["settings"]))
            hidden_nodes, input_nodes = arrays["weights_input_hidden"].shape
            output_nodes = len(arrays["weights_hidden_output"])
            state = settings.pop("random_state")
            settings["loss"] = settings.pop("loss_function")
            dtype = arrays["weights_input_hidden"].dtype
            net = network(
                input_nodes, hidden_nodes, output_nodes, **settings, dtype=dtype
            )
            net._rng.bit_generator.state = state
            for name, array in arrays.items():
                setattr(net, name, array)
        except Exception as error:
            raise ValueError(
                f"path: expected a file written by NeuralNetwork.save, got {path} "
                f"({type(error).__name__}: {error})"
            ) from error
    return net
