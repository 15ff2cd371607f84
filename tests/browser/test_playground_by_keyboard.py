"""The playground of a live page without a pointer, and for somebody who sees nothing."""

import pytest

from tests.browser.test_live_pages import keep_screenshot, visiting

HALVED = """() => [...document.querySelectorAll(".heard-only[role=status]")].some(
    (heard) => heard.textContent.includes("The training loss has halved"))"""


@pytest.fixture(scope="module")
def visit(browser, book_address):
    with visiting(browser, book_address) as reader:
        reader.open("notebooks/06_train.html")
        reader.go_live()
        yield reader
        assert reader.errors == []


@pytest.fixture
def output(visit):
    found = visit.page.locator("#cell-playground .live-output")
    found.get_by_role("button", name="Play").wait_for()
    return found


def press(output, name):
    """Press a button as the keyboard does."""
    button = output.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def move(output, name, keys):
    handle = output.get_by_role("slider", name=name, exact=True)
    handle.focus()
    for key in keys:
        handle.press(key)


def test_three_points_training_and_the_loss_that_has_halved(visit, output):
    for name in ("Your own data", "Paint points"):
        press(output, name)
    output.get_by_text("2 samples to train on").wait_for()
    points = [
        ("input 1", ["ArrowRight"] * 9, "Set class 1"),
        ("input 2", ["ArrowRight"] * 4, "Set class 1"),
        ("input 1", ["ArrowLeft"] * 30, "Set class 0"),
    ]
    for count, (slider, keys, kind) in enumerate(points, start=3):
        move(output, slider, keys)
        press(output, kind)
        test = count // 5
        output.get_by_text(
            f"{count - test} samples to train on, {test or count} to test with"
        ).wait_for()
    press(output, "Play")
    visit.page.wait_for_function(HALVED)
    press(output, "Pause")
    press(output, "Paint points")
    press(output, "Your own data")


def test_a_sample_is_picked_by_keyboard_and_by_touch(visit, output):
    press(output, "One sample")
    output.get_by_text("Sample 1, to train on").wait_for()
    move(output, "sample", ["ArrowRight"] * 2)
    output.get_by_text("Sample 3, to train on").wait_for()
    visit.page.wait_for_function(
        """() => [...document.querySelectorAll(".heard-only[role=status]")].some(
            (heard) => heard.textContent.includes("Sample 3, "))"""
    )
    plane = output.locator(".widget-gridbox img").first
    box = plane.bounding_box()
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    visit.page.mouse.click(
        box["x"] + 0.5 * box["width"], box["y"] + 0.45 * box["height"]
    )
    output.get_by_text("Sample 3, ").wait_for(state="detached")
    picture = output.locator("img").last
    before = picture.get_attribute("src")
    press(output, "Play")
    with keep_screenshot(visit.page, "playground-sample"):
        visit.page.wait_for_function(
            "([image, before]) => image.src !== before",
            arg=[picture.element_handle(), before],
        )
    press(output, "Pause")


def test_a_round_learning_rate_stays_round(visit, output):
    move(output, "learning rate", ["Home"])
    output.get_by_text("0.001", exact=True).wait_for()
    move(output, "learning rate", ["ArrowRight"] * 15)
    output.get_by_text("0.002", exact=True).wait_for()


def test_on_a_phone_live_pictures_scroll_before_their_words_shrink(visit):
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    live = page.locator("#cell-onestep-widget .live-output .scrolls img")
    page.wait_for_function(
        "(image) => image.clientWidth >= 780", arg=live.element_handle()
    )
    assert not page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    halves = page.locator("#cell-playground .live-output img")
    tops = [halves.nth(i).bounding_box()["y"] for i in (0, 1)]
    assert tops[1] > tops[0] + 200  # one below the other
    with keep_screenshot(page, "phone-onestep"):
        live.scroll_into_view_if_needed()
    page.set_viewport_size({"width": 1400, "height": 900})
