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
    grid = Image.fromarray(outputs.clip(0, 1).astype(np.float32))
    shades = np.asarray(grid.resize(area.shape[::-1], Image.Resampling.BILINEAR))
    np.take(SHADES, (shades * 255).astype(np.uint8), out=area, mode="clip")
    above = shades > 0.5
    edge = (above[1:, 1:] != above[:-1, 1:]) | (above[1:, 1:] != above[1:, :-1])
    edge[:-1] |= edge[1:]  # two pixels wide
    area[1:, 1:][edge] = BLACK


def shades_of_hidden(hidden, activation):
    """Return hidden outputs as 0 to 255: sigmoid's 0 to 1, tanh's -1 to 1, ReLU's 0 up.

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


def paint_neurons(pixels, corners, size, shades):
    """Paint each neuron's map as a tile.

    Parameters
    ----------
    pixels : (height, width) array of uint32
    corners : (hidden_nodes, 2) array of int
        Each tile's top and left.
    size : int
        Of a tile, in pixels.
    shades : (hidden_nodes, steps, steps) array of uint8
    """
    steps = shades.shape[1]
    near = np.arange(size) * steps // size
    maps = SHADES[shades[:, near[:, None], near]]  # (hidden_nodes, size, size)
    for tile, (top, left) in zip(maps, corners, strict=True):
        pixels[top : top + size, left : left + size] = tile


def paint_bars(pixels, corners, size, lengths):
    """Paint a bar below each tile: from its middle to the left, -1, or the right, 1."""
    ends = lengths * (size // 2)
    for (top, left), length in zip(corners, ends, strict=True):
        middle, end = left + size // 2, left + size // 2 + round(length)
        bar = slice(min(middle, end), max(middle, end) + 1)
        pixels[top + size + 3 : top + size + 8, bar] = SIGNS[int(length > 0)]
