"""Check arguments, and raise clear errors for bad ones.

Each function returns the value, ready for use, or raises a `TypeError` (wrong type) or a
`ValueError` (right type, wrong value). The message starts with the argument's name and says
what was expected and what was given.
"""

import numbers
import operator
import os
from pathlib import Path

import numpy as np


def as_floats(name, value, shape, dtype=float):
    """Return a value as a finite array of shape (rows, columns); columns None allows any N.

    A single sample, (rows,), becomes one column. The result may be the caller's own array.
    """
    expected = f"({', '.join('N' if size is None else str(size) for size in shape)})"
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name}: expected numbers in shape {expected}, got rows of unequal length"
        ) from error
    if array.dtype.kind not in "buif":
        raise TypeError(
            f"{name}: expected numbers in shape {expected}, "
            f"got {type(value).__name__} of type {array.dtype}"
        )
    rows, columns = shape
    if array.ndim == 1 and len(array) == rows and columns in (None, 1):
        array = array[:, np.newaxis]
    fits = array.ndim == 2 and len(array) == rows
    if not fits or array.shape[1] != (columns or max(array.shape[1], 1)):
        hint = ""
        if array.ndim == 2 and array.shape[1] == rows:
            hint = "; samples are columns here, so a transpose (.T) may be missing"
        elif array.ndim == 1 and rows == 1 and array.size > 0:
            hint = f"; {name}.reshape(1, -1) makes one row of it"
        raise ValueError(f"{name}: expected shape {expected}, got {array.shape}{hint}")
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    if not all_finite(array):
        raise ValueError(
            f"{name}: expected finite {np.dtype(dtype).name} numbers, got nan, infinity "
            f"or a number too large in {np.count_nonzero(~np.isfinite(array))} places"
        )
    return array


def all_finite(*arrays):
    """Tell whether no number in the arrays is nan or infinite."""
    return all(np.isfinite(array).all() for array in arrays)


def require_finite(what, *arrays):
    """Raise a ValueError about the inputs unless every result is finite."""
    if not all_finite(*arrays):
        raise ValueError(
            f"inputs: {what} overflowed. Expected inputs, weights and biases small enough "
            f"for a finite result: divide the inputs by their largest value first"
        )


def whole_number(name, value, lowest=1):
    """Return an integer, NumPy's included, as an int; refuse True and False."""
    expected = f"expected an integer, {lowest} or more"
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: {expected}, got {value!r}") from None
    if number < lowest:
        raise ValueError(f"{name}: {expected}, got {number}")
    return number


def positive_number(name, value, or_zero=False):
    """Return a finite number above 0 (or 0 itself, if allowed) as a float."""
    expected = f"expected a finite number, {'0 or more' if or_zero else 'above 0'}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: {expected}, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not (0 < number < np.inf or (or_zero and number == 0)):
        raise ValueError(f"{name}: {expected}, got {value!r}")
    return number


def number_within(name, value, low, high):
    """Return a real number from low to high, unchanged."""
    expected = f"expected a number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: {expected}, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name}: {expected}, got {value!r}")
    return value


def two_numbers(name, values):
    """Return two finite numbers as a tuple of floats."""
    expected = "expected two finite numbers"
    try:
        pair = list(values)
    except TypeError:  # one number, for example
        pair = []
    if not all(isinstance(value, numbers.Real) for value in pair):
        raise TypeError(f"{name}: {expected}, got {values!r}")
    largest = float(np.finfo(float).max)  # a larger integer has no float
    if len(pair) != 2 or not all(-largest <= value <= largest for value in pair):
        raise ValueError(f"{name}: {expected}, got {values!r}")
    return float(pair[0]), float(pair[1])


def one_of(name, value, choices):
    """Return a value that is one of the choices: strings, numbers or both."""
    kinds = {str if isinstance(choice, str) else numbers.Real for choice in choices}
    expected = f"expected one of {', '.join(map(str, choices))}"
    if isinstance(value, bool) or not isinstance(value, tuple(kinds)):
        raise TypeError(f"{name}: {expected}, got {value!r}")
    if value not in choices:
        raise ValueError(f"{name}: {expected}, got {value!r}")
    return value


def seed_or_none(name, value):
    """Return a seed for `numpy.random.default_rng`: None, or an integer of 0 or more."""
    return None if value is None else whole_number(name, value, lowest=0)


def float_type(name, value):
    """Return the NumPy type float64 or float32."""
    try:
        wanted = np.dtype(value)
    except TypeError as error:
        raise TypeError(
            f"{name}: expected float64 or float32, got {value!r}"
        ) from error
    if wanted not in (np.float32, np.float64):
        raise ValueError(f"{name}: expected float64 or float32, got {wanted.name}")
    return wanted


INITS = ("xavier", "uniform", "normal", "zeros")
LOSSES = ("mse", "cross_entropy")
UPDATE_RULES = ("gradient", "blog")
CHOICES = {
    "activation": ("sigmoid", "tanh", "relu"),
    "init": INITS,
    "loss": LOSSES,
    "loss_function": LOSSES,
    "update_rule": UPDATE_RULES,
}


def setting(name, value):
    """Return a network's setting, checked by its name; leave other values unchecked."""
    if name in CHOICES:
        return one_of(name, value, CHOICES[name])
    if name in ("input_nodes", "hidden_nodes", "output_nodes"):
        return whole_number(name, value)
    if name == "seed":
        return seed_or_none(name, value)
    if name == "dtype":
        return float_type(name, value)
    return value


def settings_of(net):
    """Return a network's settings as text: the arguments that make an equal one."""
    sizes = f"{net.input_nodes}, {net.hidden_nodes}, {net.output_nodes}"
    return (
        f"{sizes}, activation={net.activation!r}, init={net.init!r}, "
        f"loss={net.loss_function!r}, update_rule={net.update_rule!r}, "
        f"seed={net.seed!r}, dtype={net.dtype.name!r}"
    )


def inputs(net, value):
    """Return a network's inputs, (input_nodes, N)."""
    return as_floats("inputs", value, (net.input_nodes, None), net.dtype)


def samples(net, inputs_value, targets_value):
    """Return a network's inputs, (input_nodes, N), and targets, (output_nodes, N)."""
    columns = inputs(net, inputs_value)
    shape = net.output_nodes, columns.shape[1]
    targets = as_floats("targets", targets_value, shape, net.dtype)
    low, high = targets.min(), targets.max()
    if net.loss_function == "cross_entropy" and (low < 0 or high > 1):
        raise ValueError(
            "targets: expected numbers from 0 to 1 for cross-entropy, "
            f"got {low:g} to {high:g}"
        )
    return columns, targets


def training(learning_rate, epochs, batch_size, seed, samples, rng):
    """Return the learning rate, the epochs, the batch size and the random generator.

    Without a batch size, a batch has all samples; without a seed, the generator is rng.
    """
    rate = positive_number("learning_rate", learning_rate)
    epochs = whole_number("epochs", epochs)
    if batch_size is None:
        batch_size = samples
    size = min(whole_number("batch_size", batch_size), samples)
    seed = seed_or_none("seed", seed)
    return rate, epochs, size, rng if seed is None else np.random.default_rng(seed)


def diverged(rate):
    """Return the error message for training that overflows with this learning rate."""
    return (
        f"learning_rate: training diverged with {rate:g}: a weight or the loss grew past "
        "the largest number there is. Expected a rate (and inputs) small enough to stay "
        "finite; the network is as it was before the call."
    )


def has_all(name, value, attributes):
    """Return an object that has all these attributes, or raise a TypeError."""
    missing = [attribute for attribute in attributes if not hasattr(value, attribute)]
    if missing:
        raise TypeError(
            f"{name}: expected a NeuralNetwork or an object with {', '.join(attributes)}; "
            f"got {type(value).__name__} without {', '.join(missing)}"
        )
    return value


def file_path(name, value):
    """Return the path of a file, whether or not it exists, as a `pathlib.Path`."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name}: expected a file's path, got {value!r}")
    if not Path(value).name:
        raise ValueError(f"{name}: expected a file's path, got {value!r}")
    return Path(value)
