"""Paint arrays of numbers into a picture's pixels: outputs, the boundary, neurons, bars."""

from typing import NamedTuple

import matplotlib.colors
import numpy as np
from PIL import Image

from nn_widgets.plots import CLASS_COLOURS, OUTPUT_COLOURS

LEVELS = 200  # shades between the lowest output and the highest


class PixelValues(NamedTuple):
    """The number to write into a pixel for each colour."""

    shades: np.ndarray  # (LEVELS,) from the lowest output to the highest
    black: int
    signs: tuple  # the colours of numbers below 0 and above 0


def map_colours():
    """Return RGBA colours, (n, 4) bytes, in the order of PixelValues."""
    shades = OUTPUT_COLOURS(np.linspace(0, 1, LEVELS), bytes=True)
    others = matplotlib.colors.to_rgba_array(["black", *CLASS_COLOURS]) * 255
    return np.concatenate([shades, others.astype(np.uint8)])


def _pixel_values(numbers):
    black, *signs = numbers[LEVELS:]
    return PixelValues(numbers[:LEVELS], black, tuple(signs))


# A pixel holds four bytes as one number (RGBA), or one byte: the index of a colour in a
# palette that begins with map_colours (INDEXED).
RGBA = _pixel_values(map_colours().view(np.uint32)[:, 0])
INDEXED = _pixel_values(np.arange(LEVELS + 3, dtype=np.uint8))


def paint_output(area, outputs, values=RGBA):
    """Fill an area of pixels with outputs from 0 to 1, and draw the boundary at 0.5."""
    highest = LEVELS - 1
    grid = Image.fromarray((outputs.clip(0, 1) * highest).astype(np.float32))
    levels = np.asarray(grid.resize(area.shape[::-1], Image.Resampling.BILINEAR))
    area[...] = _as_pixels(levels.astype(np.uint8), values)
    above = levels > highest / 2
    edge = (above[1:, 1:] != above[:-1, 1:]) | (above[1:, 1:] != above[1:, :-1])
    edge[:-1] |= edge[1:]  # two pixels wide
    area[1:, 1:][edge] = values.black


def _as_pixels(levels, values):
    return levels if values is INDEXED else np.take(values.shades, levels, mode="clip")


def hidden_levels(hidden, activation):
    """Return hidden outputs as levels: 0 to 1 for sigmoid, -1 to 1 for tanh, 0 up for ReLU.

    If the activation is unknown, None, its range is guessed from the outputs.
    """
    if activation is None:
        low, high = hidden.min(), hidden.max()
        fits = {"sigmoid": low >= 0 and high <= 1, "tanh": low >= -1 and high <= 1}
        activation = next((name for name, inside in fits.items() if inside), "relu")
    if activation == "tanh":
        hidden = (hidden + 1) / 2
    elif activation == "relu":
        largest = np.abs(hidden).max(axis=1, keepdims=True)
        hidden = 0.5 + 0.5 * hidden / np.maximum(largest, 1e-12)
    return (hidden * (LEVELS - 1)).astype(np.uint8)


def tile_layout(count, height, width, gap=12):
    """Return the (top, left) corners of `count` square tiles that fill the room, and a size."""
    rows = max(
        range(1, count + 1),
        key=lambda rows: min(height // rows, width // -(-count // rows)),
    )
    columns = -(-count // rows)
    pitch = min(height // rows, width // columns, 96)
    corners = [(pitch * (i // columns), pitch * (i % columns)) for i in range(count)]
    return np.array(corners), pitch - gap


def paint_neurons(pixels, corners, size, levels, values=RGBA):
    """Paint the map of each hidden neuron as a tile.

    Parameters
    ----------
    pixels : (height, width) array
    corners : (hidden_nodes, 2) array of int
        The top and left edge of each tile.
    size : int
        Of a tile, in pixels.
    levels : (hidden_nodes, steps, steps) array of uint8
        Below LEVELS.
    """
    steps = levels.shape[1]
    near = np.arange(size) * steps // size
    maps = _as_pixels(levels[:, near[:, None], near], values)  # (hidden, size, size)
    for tile, (top, left) in zip(maps, corners, strict=True):
        pixels[top : top + size, left : left + size] = tile


def paint_bars(pixels, corners, size, lengths, values=RGBA):
    """Paint a bar below each tile, from its middle to the left for -1, to the right for 1."""
    ends = lengths * (size // 2)
    for (top, left), length in zip(corners, ends, strict=True):
        middle, end = left + size // 2, left + size // 2 + round(length)
        bar = slice(min(middle, end), max(middle, end) + 1)
        pixels[top + size + 3 : top + size + 8, bar] = values.signs[int(length > 0)]
