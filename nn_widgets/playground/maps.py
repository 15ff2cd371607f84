"""Numbers as pixels, in inks: what is written for a shade, for black, and for a sign."""

from typing import NamedTuple

import matplotlib.colors
import numpy as np
from PIL import Image

from nn_widgets.plots import CLASS_COLOURS, OUTPUT_COLOURS

LEVELS = 200  # shades between the lowest output and the highest


class Inks(NamedTuple):
    """What is written into a pixel."""

    shades: np.ndarray  # (LEVELS,)
    black: int
    signs: tuple  # of below 0, of above


def colours_of_inks():
    """Return the colours as (n, 4) bytes: of the shades, of black, and of both signs."""
    shades = OUTPUT_COLOURS(np.linspace(0, 1, LEVELS), bytes=True)
    others = matplotlib.colors.to_rgba_array(["black", *CLASS_COLOURS]) * 255
    return np.concatenate([shades, others.astype(np.uint8)])


def _inks(numbers):
    black, *signs = numbers[LEVELS:]
    return Inks(numbers[:LEVELS], black, tuple(signs))


# A pixel is four bytes, written as one number; or one byte, a place in a palette that begins
# with these colours.
FOUR_BYTES = _inks(colours_of_inks().view(np.uint32)[:, 0])
ONE_BYTE = _inks(np.arange(LEVELS + 3, dtype=np.uint8))


def paint_output(area, outputs, inks=FOUR_BYTES):
    """Fill an area of pixels with a square of outputs, 0 to 1, and the line at 0.5."""
    highest = LEVELS - 1
    grid = Image.fromarray((outputs.clip(0, 1) * highest).astype(np.float32))
    levels = np.asarray(grid.resize(area.shape[::-1], Image.Resampling.BILINEAR))
    area[...] = _written(levels.astype(np.uint8), inks)
    above = levels > highest / 2
    edge = (above[1:, 1:] != above[:-1, 1:]) | (above[1:, 1:] != above[1:, :-1])
    edge[:-1] |= edge[1:]  # two pixels wide
    area[1:, 1:][edge] = inks.black


def _written(levels, inks):
    return levels if inks is ONE_BYTE else np.take(inks.shades, levels, mode="clip")


def shades_of_hidden(hidden, activation):
    """Return hidden outputs as levels: sigmoid's 0 to 1, tanh's -1 to 1, ReLU's 0 up.

    Of an activation that is not known, None, the outputs say which of these fits.
    """
    if activation is None:
        low, high = hidden.min(), hidden.max()
        fits = {"sigmoid": low >= 0 and high <= 1, "tanh": low >= -1 and high <= 1}
        activation = next((name for name, inside in fits.items() if inside), "relu")
    if activation == "tanh":
        hidden = (hidden + 1) / 2
    elif activation == "relu":
        furthest = np.abs(hidden).max(axis=1, keepdims=True)
        hidden = 0.5 + 0.5 * hidden / np.maximum(furthest, 1e-12)
    return (hidden * (LEVELS - 1)).astype(np.uint8)


def tiles(count, height, width, gap=12):
    """Return the (top, left) of count square tiles that fill the room best, and their size."""
    rows = max(
        range(1, count + 1),
        key=lambda rows: min(height // rows, width // -(-count // rows)),
    )
    columns = -(-count // rows)
    pitch = min(height // rows, width // columns, 96)
    corners = [(pitch * (i // columns), pitch * (i % columns)) for i in range(count)]
    return np.array(corners), pitch - gap


def paint_neurons(pixels, corners, size, shades, inks=FOUR_BYTES):
    """Paint each neuron's map as a tile.

    Parameters
    ----------
    pixels : (height, width) array
    corners : (hidden_nodes, 2) array of int
        Each tile's top and left.
    size : int
        Of a tile, in pixels.
    shades : (hidden_nodes, steps, steps) array of uint8
        Levels, below LEVELS.
    """
    steps = shades.shape[1]
    near = np.arange(size) * steps // size
    maps = _written(shades[:, near[:, None], near], inks)  # (hidden_nodes, size, size)
    for tile, (top, left) in zip(maps, corners, strict=True):
        pixels[top : top + size, left : left + size] = tile


def paint_bars(pixels, corners, size, lengths, inks=FOUR_BYTES):
    """Paint a bar below each tile: from its middle to the left, -1, or the right, 1."""
    ends = lengths * (size // 2)
    for (top, left), length in zip(corners, ends, strict=True):
        middle, end = left + size // 2, left + size // 2 + round(length)
        bar = slice(min(middle, end), max(middle, end) + 1)
        pixels[top + size + 3 : top + size + 8, bar] = inks.signs[int(length > 0)]
