"""A learner does an exercise in the book's page: Python and the checks run in the browser."""

import pytest

from tests.browser.test_live_pages import visit  # noqa: F401

NO_SIGMOID = "def hidden_layer(w, b, x):\n    return np.dot(w, x) + b"
ENDLESS = "def hidden_layer(w, b, x):\n    while True:\n        pass"
RIGHT = "def hidden_layer(w, b, x):\n    return sigmoid(np.dot(w, x) + b)"


@pytest.fixture
def exercise(visit):  # noqa: F811
    visit.open("book/exercises/ex04_feedforward.html")
    visit.go_live()
    return visit


def test_feedback_in_the_page(exercise):
    def said_about(code):
        exercise.write("cell-ex04-hidden-layer-answer", code)
        assert exercise.run("cell-ex04-hidden-layer-answer") == "done"
        exercise.page.locator("#cell-ex04-hidden-layer .CodeMirror").click()
        assert exercise.run("cell-ex04-hidden-layer") == "done"
        return exercise.output("cell-ex04-hidden-layer")

    assert not any(state == "error" for _, state in exercise.cell_states())
    words = said_about(NO_SIGMOID)
    assert "the sigmoid is missing" in words
    assert "Hint 1" in words
    words = said_about(ENDLESS)  # stopped, and the page goes on
    assert "Does a loop never end" in words
    assert "Hint 2" in words
    assert "Right (try 3)" in said_about(RIGHT)
