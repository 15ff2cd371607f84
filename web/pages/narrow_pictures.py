"""Sphinx extension: on a phone, stack the plots of a wide picture.

A picture is split between two plots, where it is blank from top to bottom. One that cannot be
split keeps the size at which its text is legible, in a box that scrolls sideways.
"""

import copy
from itertools import combinations
from urllib.parse import unquote

import numpy as np
from PIL import Image, ImageChops

from web.pages.written_pages import change_pages

PHONE, EDGES = (
    358,
    16,
)  # pixels: width of a phone's text column, extra width of pictures
TEXT = 13.9  # pixels: height of a picture's text (10 points) at full size
SMALLEST = 11  # pixels: legible height of text on the screen
FITS = int(PHONE * TEXT / SMALLEST)  # pixels: widest picture that may shrink to a phone
MOST = int((PHONE + EDGES) * TEXT / SMALLEST)  # pixels: widest part
GAP = 6  # blank columns between two plots; between two words there are fewer
LEAST = 150  # pixels: width of the narrowest plot
MARGIN = 2  # blank columns on each side of a part


def parts_of(image):
    """Return (left, right) of the parts of a picture, or [] if it cannot be split.

    It returns the fewest parts that are narrow enough, split at the widest gaps: an axis label
    is closer to its own plot than to the next.
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
    """Return a picture with these parts stacked."""
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
    """Add narrow versions of wide pictures to a parsed page in folder."""
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
        twin["loading"] = "lazy"  # not fetched unless it is shown
        del twin["fetchpriority"]
        picture.insert_after(twin)


def narrow_pages(app, pages):
    for path, page in pages.items():
        narrow(page, path.parent)


def setup(app):
    change_pages(
        app, narrow_pages, priority=600
    )  # after quick_pages, which writes the .webp
    return {"parallel_read_safe": True, "parallel_write_safe": True}
