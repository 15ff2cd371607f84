"""Wide pictures are split into parts for phones; the tests make their own pictures."""

import numpy as np
from bs4 import BeautifulSoup
from PIL import Image

from web.pages.narrow_pictures import MOST, narrow, parts_of, stacked


def picture(width, *filled):
    """Return a white picture with black columns, and a blue column at the end of each."""
    pixels = np.full((40, width, 3), 255, np.uint8)
    for left, right in filled:
        pixels[10:30, left:right] = 0
        pixels[10:30, right - 1] = (0, 0, 255)
    return Image.fromarray(pixels)


def test_two_plots_are_split_at_the_blank_column():
    image = picture(900, (10, 430), (460, 890))
    assert parts_of(image) == [(10, 429), (460, 889)]
    low = stacked(image, parts_of(image))
    assert low.width == 434 < MOST
    pixels = np.asarray(low)
    assert (pixels == 0).all(axis=2).sum() == 20 * (419 + 429)  # no pixel is lost
    assert (pixels == (0, 0, 255)).all(axis=2).sum() == 2 * 20


def test_an_axis_s_words_stay_with_their_plot():
    assert parts_of(picture(900, (5, 20), (40, 880))) == []
    assert parts_of(picture(900, (5, 20), (40, 430), (460, 890)))[0] == (5, 429)
    assert parts_of(picture(900, (5, 425), (430, 890))) == []


def test_a_picture_that_fits_once_its_edges_are_cut_is_one_part():
    assert parts_of(picture(561, (50, 500))) == [(50, 499)]


def test_a_page_shows_one_of_two_pictures_or_lets_one_scroll(tmp_path):
    picture(900, (10, 430), (460, 890)).save(tmp_path / "two.webp", lossless=True)
    picture(900, (10, 890)).save(tmp_path / "one.webp", lossless=True)
    picture(400, (10, 390)).save(tmp_path / "small.webp", lossless=True)
    images = "".join(
        f'<img src="{name}.webp" alt="A"/>' for name in ("two", "one", "small")
    )
    page = BeautifulSoup(f"<article>{images}</article>", "html.parser")
    narrow(page, tmp_path)
    text = str(page)
    assert 'alt="A" class="wide-picture" src="two.webp"' in text
    assert 'class="narrow-picture" height=' in text
    assert 'src="two-narrow.webp"' in text
    assert 'class="keeps-its-size"' in text
    assert text.count("<img") == 4
    narrow(page, tmp_path)
    assert str(page) == text  # a second run changes nothing
    with Image.open(tmp_path / "two-narrow.webp") as low:
        assert low.width == 434
