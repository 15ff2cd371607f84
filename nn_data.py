"""Data sets for training. Samples are columns: inputs (input_nodes, N), targets (…, N)."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn_arguments import all_finite, positive_number, seed_or_none, whole_number


class Dataset(NamedTuple):
    """Samples as columns: what goes in, and what should come out."""

    inputs: np.ndarray  # (input_nodes, N)
    targets: np.ndarray  # (output_nodes, N), each 0 or 1


def xor():
    """Return the four points of XOR: 1 where exactly one of two inputs is 1."""
    return Dataset(np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]]))


def moons(n=200, noise=0.1, seed=0):
    """Return n points, at least 2, on two interleaved half circles of radius 1.

    The upper one is class 0. noise is the standard deviation of what is added to inputs.
    """

    def curve(t, label):
        angle, side = np.pi * t, 1 - 2 * label
        return [label + side * np.cos(angle), label / 2 + side * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def circles(n=200, noise=0.08, seed=0):
    """Return n points on a circle of radius 1 (class 0) and one of radius 0.5 inside it.

    n and noise are as for `moons`.
    """

    def curve(t, label):
        angle, radius = 2 * np.pi * t, 1 - 0.5 * label
        return [radius * np.cos(angle), radius * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def spiral(n=200, noise=0.05, seed=0):
    """Return n points on two spirals of 1.75 turns that wind around each other.

    The one that begins to the right is class 0; n and noise are as for `moons`.
    """

    def curve(t, label):
        angle, radius = 3.5 * np.pi * t + np.pi * label, 0.1 + 1.4 * t
        return [radius * np.cos(angle), radius * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def blobs(n=200, noise=0.5, seed=0):
    """Return n points around (-1, -1) and (1, 1), spread with standard deviation noise."""
    return _two_classes(lambda t, label: [0 * t + (2 * label - 1)] * 2, n, noise, seed)


def _two_classes(curve, n, noise, seed):
    """Put half of n samples on each curve(t in [0, 1], label); add noise, and shuffle."""
    n = whole_number("n", n, lowest=2)
    noise = positive_number("noise", noise, or_zero=True)
    rng = np.random.default_rng(seed_or_none("seed", seed))
    sizes = n - n // 2, n // 2
    points = [curve(np.linspace(0, 1, size), label) for label, size in enumerate(sizes)]
    with np.errstate(over="ignore"):
        inputs = np.hstack(points) + noise * rng.standard_normal((2, n))
    if not all_finite(inputs):
        raise ValueError(
            f"noise: expected a number small enough for finite points, got {noise!r}"
        )
    targets = np.repeat([[0.0, 1.0]], sizes, axis=1)
    order = rng.permutation(n)
    return Dataset(inputs[:, order], targets[:, order])


def digits():
    """Return 1,797 handwritten digits: 64 pixels in [0, 1], and ten targets, one of them 1.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository, 1998, licence CC BY 4.0.
    """
    file = Path(__file__).parent / "notebooks" / "data" / "digits.npz"
    with np.load(file, allow_pickle=False) as data:
        pixels, labels = data["pixels"], data["labels"]  # (64, N) of 0 to 16, (N,)
    return Dataset(pixels / 16, np.eye(10)[:, labels])
