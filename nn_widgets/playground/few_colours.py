"""A picture in 256 colours, a byte for each pixel: a third of the bytes to pack and send."""

import functools

import matplotlib.colors
import numpy as np
from PIL import Image

from nn_widgets.playground.maps import colours_of_inks
from nn_widgets.plots import CLASS_COLOURS, HOLLOW_COLOURS

TINTS = 7  # of a colour on its way to white, where an edge is smoothed


@functools.cache
def palette():
    """Return the colours as (256, 3) bytes: the inks, greys, tints of lines and points."""
    greys = np.linspace(0, 1, 16)[:, None].repeat(3, axis=1)
    colours = [*CLASS_COLOURS, *HOLLOW_COLOURS]
    tints = [
        1 - share * (1 - np.array(matplotlib.colors.to_rgb(colour)))
        for colour in colours
        for share in np.linspace(0, 1, TINTS + 1)[1:]
    ]
    others = (255 * np.concatenate([greys, tints])).round().astype(np.uint8)
    found = np.concatenate([colours_of_inks()[:, :3], others])
    return np.pad(found, ((0, 256 - len(found)), (0, 0)))


@functools.cache
def _nearest():
    """Return the place in the palette of the nearest colour, by 5 bits of each channel."""
    steps = (np.arange(32) * 255 / 31).round().astype(np.uint8)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    every = np.stack([red, green, blue], axis=-1).reshape(32, -1, 3)
    colours = as_image(np.zeros((1, 1), np.uint8))
    found = Image.fromarray(every).quantize(palette=colours, dither=Image.Dither.NONE)
    return np.asarray(found).ravel()


def reduced(colours):
    """Return pixels of four bytes, (height, width) of uint32, as places in the palette."""
    red, green, blue = colours >> 3 & 0x1F, colours >> 6 & 0x3E0, colours >> 9 & 0x7C00
    return np.take(_nearest(), (red | green | blue).astype(np.intp))


def as_image(places):
    """Return places in the palette, (height, width) of uint8, as an image."""
    height, width = places.shape
    image = Image.frombuffer("P", (width, height), places)
    image.putpalette(palette().tobytes())
    return image
