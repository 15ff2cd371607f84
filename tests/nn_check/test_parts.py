"""Answers whose parts are worth points by themselves."""

import numpy as np
import pytest

import nn_check
from tests.grading.sample_submissions import notebook
from tests.nn_check.exercise_notebooks import SOURCES, answers

ANSWERS = answers()
IN_PARTS = sorted(name for name, e in nn_check.EXERCISES.items() if e.points)
SIZES = 2, 4, 1


def points_of(name, answer):
    try:
        return nn_check.grade(name, answer)
    except AssertionError:
        return 0


def test_the_points_of_the_parts_are_those_of_the_question():
    cells = [cell for path in SOURCES for cell in notebook(path).cells]
    data = [cell.metadata.get("nbgrader", {}) for cell in cells]
    points = {d["grade_id"]: d["points"] for d in data if d.get("grade")}
    assert len(IN_PARTS) >= 6
    for name in IN_PARTS:
        assert sum(nn_check.EXERCISES[name].points.values()) == points[name], name


@pytest.mark.parametrize("part", range(4))
def test_a_gradient_has_its_points_whatever_the_others_are(part):
    right = ANSWERS["ex06-gradients"].value()

    def others_wrong(net, inputs, targets):
        found = right(net, inputs, targets)
        return [g if n == part else -g for n, g in enumerate(found)]

    def one_wrong(net, inputs, targets):
        found = right(net, inputs, targets)
        return [2 * g if n == part else g for n, g in enumerate(found)]

    own = (2, 2, 1, 1)[part]
    assert points_of("ex06-gradients", others_wrong) == own
    assert points_of("ex06-gradients", one_wrong) == 6 - own
    words = nn_check.check("ex06-gradients", one_wrong).seen
    assert f", {6 - own} of 6 points" in words


def test_a_part_that_is_right_in_some_cases_only_has_no_points():
    right = ANSWERS["ex06-gradients"].value()

    def sometimes(net, inputs, targets):
        first, *others = right(net, inputs, targets)
        return [first * (1 if inputs.shape[1] > 1 else 2), *(0 * g for g in others)]

    assert points_of("ex06-gradients", sometimes) == 0


@pytest.mark.parametrize("name", IN_PARTS)
@pytest.mark.parametrize("wrong", [np.nan, 1e200, None, "x"])
def test_nothing_like_numbers_has_points(name, wrong):
    def answer(*given):
        return [wrong] * 4

    several = len(getattr(nn_check.EXERCISES[name], "names", "four"))
    assert points_of(name, answer) == 0
    assert points_of(name, [wrong] * several) == 0


def test_an_update_has_points_for_each_array_and_for_the_loss():
    right = ANSWERS["capstone-train"].value()

    def without_loss(net, inputs, targets, learning_rate):
        right(net, inputs, targets, learning_rate)

    def only_biases(net, inputs, targets, learning_rate):
        before = net.weights_input_hidden.copy(), net.weights_hidden_output.copy()
        loss = right(net, inputs, targets, learning_rate)
        net.weights_input_hidden, net.weights_hidden_output = before
        return loss

    assert points_of("capstone-train", without_loss) == 8
    assert points_of("capstone-train", only_biases) == 4


def test_one_of_two_numbers_has_its_points_also_if_the_other_is_missing():
    first, second = ANSWERS["ex02-explore-count"].value()
    assert points_of("ex02-explore-count", (first, second + 1)) == 1
    assert points_of("ex02-explore-count", (None, second)) == 1
    assert points_of("ex02-explore-count", [np.nan, second + 1]) == 0
    assert points_of("ex02-explore-count", (None, None)) == 0
