"""Sphinx extension: on a phone, a wide picture's parts stand below each other.

A picture is parted where it is blank from top to bottom, between two plots. One that cannot
be parted so keeps the size in which its words can be read, and its box scrolls sideways.
"""

import copy
from itertools import combinations
from urllib.parse import unquote

import numpy as np
from PIL import Image, ImageChops

from web.pages.written_pages import change_pages

PHONE, EDGES = 358, 16  # pixels that a page's words have there, and a picture more
TEXT = 13.9  # pixels of a picture's words, 10 points, in matplotlib's own size
SMALLEST = 11  # pixels of words on the screen
FITS = int(PHONE * TEXT / SMALLEST)  # pixels of a picture that may shrink to a phone
MOST = int((PHONE + EDGES) * TEXT / SMALLEST)  # the same of its parts
GAP = 6  # blank columns that part two plots; two words are nearer to each other
LEAST = 150  # pixels of a part's width: less is no plot of its own
MARGIN = 2  # blank columns that are left beside a part


def parts_of(image):
    """Return the (left, right) of a picture's parts, each narrow enough; [] if none are.

    The fewest parts are taken, and of those the ones that are the furthest apart: an axis's
    words are nearer to their own plot than to the next.
    """
    pixels = np.asarray(image.convert("RGB")).astype(int)
    filled = np.flatnonzero((abs(pixels - pixels[0, 0]).max(axis=2) > 8).any(axis=0))
    if not len(filled):
        return []
    ends = np.flatnonzero(np.diff(filled) > GAP)
    gaps = np.diff(filled)[ends]
    lefts = np.array([filled[0], *filled[ends + 1]])
    rights = np.array([*filled[ends], filled[-1]])
    for cuts in range(min(3, len(ends)) + 1):
        found = []
        for chosen in combinations(range(len(ends)), cuts):
            first, last = [0, *(i + 1 for i in chosen)], [*chosen, len(ends)]
            parts = list(zip(lefts[first], rights[last], strict=True))
            wide_enough = all(right - left > LEAST for left, right in parts)
            if wide_enough and _widest(parts) + 2 * MARGIN <= MOST:
                apart = min((gaps[i] for i in chosen), default=0)
                found.append((apart, parts))
        if found:
            return max(found)[1]
    return []


def _widest(parts):
    return max(right + 1 - left for left, right in parts)


def stacked(image, parts):
    """Return a picture with these parts below each other."""
    image = image.convert("RGB")
    blank = image.getpixel((0, 0))
    shown = []
    for left, right in parts:
        part = image.crop((left, 0, right + 1, image.height))
        nothing = Image.new("RGB", part.size, blank)
        _, top, _, bottom = ImageChops.difference(part, nothing).getbbox()
        shown.append(part.crop((0, top, part.width, bottom)))
    width = _widest(parts) + 2 * MARGIN
    height = sum(part.height + 2 * GAP for part in shown)
    found, top = Image.new("RGB", (width, height), blank), GAP
    for part in shown:
        found.paste(part, ((width - part.width) // 2, top))
        top += part.height + 2 * GAP
    return found


def narrow(page, folder):
    """Give a parsed page narrow pictures; folder is where the page lies."""
    pictures = page.article.select("img[src$='.webp']") if page.article else []
    for picture in pictures:
        path = folder / unquote(picture["src"])
        if not path.is_file() or picture.get("class"):
            continue
        with Image.open(path) as image:
            if image.width < FITS:
                continue
            parts = parts_of(image)
            if not parts:
                picture["class"] = "keeps-its-size"
                picture["style"] = f"--size: {round(image.width * PHONE / FITS)}px"
                continue
            other = path.with_name(f"{path.stem}-narrow.webp")
            low = stacked(image, parts)
        low.save(other, lossless=True, exact=True, quality=90)
        twin = copy.copy(picture)
        twin["src"] = picture["src"].removesuffix(".webp") + "-narrow.webp"
        twin["class"], picture["class"] = "narrow-picture", "wide-picture"
        twin["width"], twin["height"] = map(str, low.size)
        twin["loading"] = "lazy"  # what is not shown is not fetched
        del twin["fetchpriority"]
        picture.insert_after(twin)


def narrow_pages(app, pages):
    for path, page in pages.items():
        narrow(page, path.parent)


def setup(app):
    change_pages(app, narrow_pages, priority=600)  # of the light pictures
    return {"parallel_read_safe": True, "parallel_write_safe": True}
