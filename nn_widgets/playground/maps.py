"""Numbers as pixels: each is four bytes, read and written as one number (uint32)."""

import matplotlib.colors
import numpy as np
from PIL import Image

from nn_widgets.plots import CLASS_COLOURS, OUTPUT_COLOURS

SHADES = OUTPUT_COLOURS(np.arange(256), bytes=True).view(np.uint32)[:, 0]
BLACK, *SIGNS = (
    (matplotlib.colors.to_rgba_array(["black", *CLASS_COLOURS]) * 255)
    .astype(np.uint8)
    .view(np.uint32)[:, 0]
)


def paint_output(area, outputs):
    """Fill an area of pixels with a square of outputs, 0 to 1, and the line at 0.5."""
    grid = Image.fromarray(outputs.astype(np.float32))
    shades = np.asarray(grid.resize(area.shape[::-1], Image.Resampling.BILINEAR))
    np.take(SHADES, (shades * 255).astype(np.uint8), out=area, mode="clip")
    above = shades > 0.5
    edge = (above[1:, 1:] != above[:-1, 1:]) | (above[1:, 1:] != above[1:, :-1])
    edge[:-1] |= edge[1:]  # two pixels wide
    area[1:, 1:][edge] = BLACK


def shades_of_hidden(hidden, activation):
    """Return hidden outputs as 0 to 255: sigmoid's 0 to 1, tanh's -1 to 1, ReLU's 0 up."""
    if activation == "tanh":
        hidden = (hidden + 1) / 2
    elif activation == "relu":
        highest = hidden.max(axis=1, keepdims=True)
        hidden = 0.5 + 0.5 * hidden / np.maximum(highest, 1e-12)
    return (hidden * 255).astype(np.uint8)


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


def paint_neurons(pixels, corners, size, shades, lengths):
    """Paint each neuron's map as a tile, and below it a bar from -1 to 1, its weight.

    Parameters
    ----------
    pixels : (height, width) array of uint32
    corners : (hidden_nodes, 2) array of int
        Each tile's top and left.
    size : int
        Of a tile, in pixels.
    shades : (hidden_nodes, steps, steps) array of uint8
    lengths : (hidden_nodes,) array
    """
    steps = shades.shape[1]
    near = np.arange(size) * steps // size
    maps = SHADES[shades[:, near[:, None], near]]  # (hidden_nodes, size, size)
    ends = lengths * (size // 2)
    for map_, (top, left), length in zip(maps, corners, ends, strict=True):
        pixels[top : top + size, left : left + size] = map_
        middle, end = left + size // 2, left + size // 2 + round(length)
        bar = slice(min(middle, end), max(middle, end) + 1)
        pixels[top + size + 3 : top + size + 8, bar] = SIGNS[int(length > 0)]
