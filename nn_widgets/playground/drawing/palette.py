"""Reduce pictures to 256 colours, one byte a pixel: a third of the bytes to encode and send."""

import functools

import matplotlib.colors
import numpy as np
from PIL import Image

from nn_widgets.playground.drawing.pixels import map_colours
from nn_widgets.plots import CLASS_COLOURS, HOLLOW_COLOURS

TINTS = 7  # of each colour, towards white, for anti-aliased edges


@functools.cache
def palette():
    """Return the palette, (256, 3) bytes: map_colours, greys, tints of lines and points."""
    greys = np.linspace(0, 1, 16)[:, None].repeat(3, axis=1)
    colours = [*CLASS_COLOURS, *HOLLOW_COLOURS]
    tints = [
        1 - share * (1 - np.array(matplotlib.colors.to_rgb(colour)))
        for colour in colours
        for share in np.linspace(0, 1, TINTS + 1)[1:]
    ]
    others = (255 * np.concatenate([greys, tints])).round().astype(np.uint8)
    found = np.concatenate([map_colours()[:, :3], others])
    return np.pad(found, ((0, 256 - len(found)), (0, 0)))


@functools.cache
def _nearest():
    """Return the index of the nearest palette colour for each 15-bit colour, 5 bits each."""
    steps = (np.arange(32) * 255 / 31).round().astype(np.uint8)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    every = np.stack([red, green, blue], axis=-1).reshape(32, -1, 3)
    colours = indexed_image(np.zeros((1, 1), np.uint8))
    found = Image.fromarray(every).quantize(palette=colours, dither=Image.Dither.NONE)
    return np.asarray(found).ravel()


def to_palette(pixels):
    """Return RGBA pixels, (height, width) of uint32, as indices into the palette."""
    red, green, blue = pixels >> 3 & 0x1F, pixels >> 6 & 0x3E0, pixels >> 9 & 0x7C00
    return np.take(_nearest(), (red | green | blue).astype(np.intp))


def indexed_image(indices):
    """Return indices into the palette, (height, width) of uint8, as a Pillow image."""
    height, width = indices.shape
    image = Image.frombuffer("P", (width, height), indices)
    image.putpalette(palette().tobytes())
    return image
