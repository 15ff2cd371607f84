"""What the tests of the build share: a small book, to be built with faults."""

import pytest

from tests.web.small_book import make_small_book


@pytest.fixture
def small_book(tmp_path):
    return make_small_book(tmp_path / "a small book")
