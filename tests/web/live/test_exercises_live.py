"""A learner does an exercise in the book's page: Python and the checks run in the browser."""

import pytest

from tests.web.live.test_live_pages import visit  # noqa: F401

pytestmark = pytest.mark.browser

NO_SIGMOID = "def hidden_layer(w, b, x):\n    return np.dot(w, x) + b"
ENDLESS = "def hidden_layer(w, b, x):\n    while True:\n        pass"
FIXED = """class NeuralNetwork(NeuralNetwork):
    def layer_outputs(self, inputs):
        hidden_inputs = self.weights_input_hidden @ inputs + self.biases_hidden
        hidden_outputs = sigmoid(hidden_inputs)
        final_inputs = self.weights_hidden_output @ hidden_outputs + self.biases_output
        return hidden_outputs, sigmoid(final_inputs)
"""
RIGHT = "def hidden_layer(w, b, x):\n    return sigmoid(np.dot(w, x) + b)"


@pytest.fixture
def exercise(visit):  # noqa: F811
    visit.open("book/exercises/ex04_feedforward.html")
    visit.go_live()
    return visit


def test_feedback_in_the_page(exercise):
    """Protects students: the exercises' checks answer in the page."""

    def said_about(code, name="hidden-layer"):
        exercise.write(f"cell-ex04-{name}-answer", code)
        assert exercise.run(f"cell-ex04-{name}-answer") == "done"
        exercise.page.locator(f"#cell-ex04-{name} .CodeMirror").click()
        assert exercise.run(f"cell-ex04-{name}") == "done"
        return exercise.output(f"cell-ex04-{name}")

    assert not any(state == "error" for _, state in exercise.cell_states())
    words = said_about(NO_SIGMOID)
    assert "the sigmoid is missing" in words
    assert "Hint 1" in words
    words = said_about(ENDLESS)  # stopped, and the page still works
    assert "Does a loop never end" in words
    assert "Hint 2" in words
    assert "Right (try 3)" in said_about(RIGHT)
    # A bug hunt: the second of the page's two classes is fixed now.
    assert "Outputs lie between 0 and 1 again" in said_about(FIXED, "hunt-outputs")
