"""No wrong answer passes a check: mutation tests of every solution.

A mutant is a solution with one operator, number, argument, name, term or statement changed.
Those that still pass must be as right as the solution; each is listed here with the reason.
"""

import ast
import copy
import signal
import time
import types

import numpy as np
import pytest

import nn_check
from nn_check.answers import calling
from tests.nn_check.exercise_notebooks import answers

pytestmark = pytest.mark.slow
ANSWERS = answers()
# These five are judged by the result they lead to, so a changed answer may be as good.
# test_nn_check.py tests wrong answers to them.
JUDGED_BY_RESULT = {
    "digits-design",
    "ex01-separate-blobs",
    "ex03-explore-switch",
    "ex04-boundary-point",
    "ex06-explore-moons",
}
FUNCTIONS = {name for name, answer in ANSWERS.items() if "def " in answer.code}
FUNCTIONS -= JUDGED_BY_RESULT
VALUES = set(ANSWERS) - FUNCTIONS - JUDGED_BY_RESULT

OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mult],
    ast.Pow: [ast.Mult],
    ast.Gt: [ast.GtE, ast.Lt, ast.NotEq],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.Eq: [ast.NotEq, ast.GtE],
}
NAMES = {
    "weights_input_hidden": ["weights_hidden_output"],
    "weights_hidden_output": ["weights_input_hidden"],
    "biases_hidden": ["biases_output"],
    "biases_output": ["biases_hidden"],
    "mean": ["sum"],
    "sum": ["mean", "max"],
    "argmax": ["argmin"],
    "maximum": ["minimum"],
    "zeros": ["ones"],
    "normal": ["uniform"],
    "uniform": ["normal"],
    "abs": ["sqrt"],
}

# The mutants that pass because they are as right as the solution, and why. In an array of
# two axes, axis -1 is axis 1.
LAST_AXIS = "1 becomes -1"
EQUIVALENT = {
    "capstone-loss": [LAST_AXIS, "outputs - targets: swapped"],  # it is squared
    "capstone-train": [
        *[LAST_AXIS] * 3,
        "mean_loss(final_outputs, targets): arguments swapped",  # it is symmetric
        "train = None: left out",  # the function replaces it
    ],
    "digits-split": [LAST_AXIS],
    "ex01-decisions": ["(sums > 0).astype(float): only the object"],  # True counts as 1
    "ex01-input-means": [LAST_AXIS],
    "ex01-weighted-sum": ["np.dot(weights, inputs): arguments swapped"],
    "ex03-four-arrays": [  # ½ minus a uniform number is uniform too
        "rng.random((hidden_nodes, input_nodes)) - 0.5: swapped",
        "rng.random((output_nodes, hidden_nodes)) - 0.5: swapped",
    ],
    "ex05-relu": ["np.maximum(x, 0): arguments swapped"],
    "ex05-relu-slope": ["(x > 0).astype(float): only the object"],
    "ex05-stable-sigmoid": ["x >= 0: Gt"],  # both formulas give ½ at 0
    "ex06-bias-update": [LAST_AXIS],
    "ex06-gradients": [*[LAST_AXIS] * 3],
    "ex06-hunt-torn": [LAST_AXIS],
    "ex06-hunt-uphill": [LAST_AXIS] * 3,
    "ex07-hunt-biases": [LAST_AXIS] * 3,
    "ex07-hunt-slope": [LAST_AXIS] * 3,
    "ex07-relative-error": ["a - n: swapped"],  # only its length counts
    "ex07-numerical-slope": ["np.zeros: ones"],  # every element is written
}


def mutants(code):
    """Yield (the change in words, code) for every mutant of the code."""
    tree = ast.parse(code)
    spots = list(ast.walk(tree))
    for number, node in enumerate(spots):
        for words, new in _replacements(node):
            changed = copy.deepcopy(tree)
            spot = list(ast.walk(changed))[number]
            text = ast.unparse(node)
            if not _put(changed, spot, new):
                continue
            source = ast.unparse(ast.fix_missing_locations(changed))
            if source != ast.unparse(tree):
                yield f"{text}: {words}" if words != LAST_AXIS else words, source


def _put(tree, spot, new):
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is spot:
                setattr(parent, field, new)
                return True
            if isinstance(value, list) and any(one is spot for one in value):
                at = next(i for i, one in enumerate(value) if one is spot)
                value[at : at + 1] = [] if new is None and len(value) > 1 else (
                    [ast.Pass()] if new is None else [new]
                )  # fmt: skip
                return True
    return False


def _replacements(node):
    if isinstance(node, ast.BinOp):
        for operator in OPERATORS.get(type(node.op), ()):
            yield f"{operator.__name__}", ast.BinOp(node.left, operator(), node.right)
        yield "only the left", node.left
        yield "only the right", node.right
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield "swapped", ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Compare):
        for operator in OPERATORS.get(type(node.ops[0]), ()):
            yield (
                operator.__name__,
                ast.Compare(node.left, [operator()], node.comparators),
            )
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield "other truth", ast.Constant(not value)
        elif isinstance(value, int):
            for other in {value + 1, value - 1, 0, -value} - {value}:
                words = LAST_AXIS if (value, other) == (1, -1) else f"{other}"
                yield words, ast.Constant(other)
        elif isinstance(value, float):
            for other in {value + 1, value * 1.05, 0.0, -value} - {value}:
                yield f"{other:.3g}", ast.Constant(other)
    elif isinstance(node, ast.UnaryOp):
        yield "without its sign", node.operand
    elif isinstance(node, ast.Attribute):
        for name in NAMES.get(node.attr, ()):
            yield name, ast.Attribute(node.value, name, node.ctx)
        if node.attr == "T":
            yield "without .T", node.value
    elif isinstance(node, ast.Call):
        yield from _changed_calls(node)
    elif isinstance(node, ast.AugAssign):
        for operator in OPERATORS.get(type(node.op), ()):
            yield operator.__name__, ast.AugAssign(node.target, operator(), node.value)
        target = copy.deepcopy(node.target)
        yield "plain =", ast.Assign([target], node.value, lineno=0)
        yield "left out", None
    elif isinstance(node, ast.Assign) or _is_call(node):
        yield "left out", None
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts) - 1):
            elements = list(node.elts)
            elements[i : i + 2] = elements[i + 1], elements[i]
            yield f"parts {i} and {i + 1} swapped", ast.Tuple(elements, node.ctx)
    elif isinstance(node, ast.Return):
        yield "no return", ast.Pass()


def _is_call(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _changed_calls(node):
    for argument in node.args:
        yield f"only {ast.unparse(argument)[:30]}", argument
    if isinstance(node.func, ast.Attribute):
        yield "only the object", node.func.value
    if len(node.args) > 1:
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "arguments swapped", ast.Call(node.func, swapped, node.keywords)
    for keyword in node.keywords:
        others = [one for one in node.keywords if one is not keyword]
        yield f"without {keyword.arg}", ast.Call(node.func, node.args, others)


def survivors(name):
    """Return the number of an exercise's mutants, and the mutants that pass its check."""
    answer, judge = ANSWERS[name], nn_check.EXERCISES[name].judge
    before = answer.namespace("")
    count, passed = 0, []
    for words, code in mutants(answer.code):
        count += 1
        names = {**before}
        with np.errstate(all="ignore"):
            outcome = calling.call(lambda n=names, c=code: exec(c, n), {}, seconds=0.5)
            if outcome.error is not None or answer.variable not in names:
                continue
            if judge(names[answer.variable], np.random.default_rng(7)).right:
                passed.append(words)
    return count, passed


def wrong_values(value):
    """Yield numbers near the right ones, and the right numbers in a wrong form."""
    numbers = np.array(value, float).ravel()
    shape = np.shape(value)
    for i in range(numbers.size):
        for other in {
            numbers[i] + 1,
            numbers[i] - 1,
            1.1 * numbers[i],
            -numbers[i],
            0.0,
        }:
            wrong = numbers.copy()
            wrong[i] = other
            yield wrong.reshape(shape)
        wrong = numbers.copy()
        wrong[i] = np.nan
        yield wrong.reshape(shape)
    if numbers.size > 1:
        yield numbers[::-1]
        yield numbers[:-1]
    yield np.append(numbers, 1)
    yield str(value)
    yield None
    yield lambda: value


@pytest.fixture
def limited_processor_time(monkeypatch):
    """Stop endless mutants soon, and no other one, however busy the machine is."""
    by_processor_time = types.SimpleNamespace(
        setitimer=signal.setitimer,
        signal=signal.signal,
        ITIMER_REAL=signal.ITIMER_PROF,
        SIGALRM=signal.SIGPROF,
    )
    monkeypatch.setattr(calling, "signal", by_processor_time)
    clock = types.SimpleNamespace(monotonic=time.process_time)
    monkeypatch.setattr(calling, "time", clock)
    monkeypatch.setattr(calling, "SECONDS", 0.3)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.usefixtures("limited_processor_time")
def test_no_mutant_that_matters_passes(name, monkeypatch):
    """Protects marks and feedback: no small mistake in an answer counts as right."""
    # The trial run of a bug hunt takes long, and only describes what a mutant does.
    monkeypatch.setattr(nn_check.EXERCISES[name], "describes_run", False, raising=False)
    count, passed = survivors(name)
    assert count >= 5
    assert sorted(passed) == sorted(EQUIVALENT.get(name, [])), f"of {count} mutants"


@pytest.mark.parametrize("name", sorted(VALUES))
def test_no_wrong_number_passes(name):
    judge = nn_check.EXERCISES[name].judge
    right = ANSWERS[name].value()
    assert judge(right, None).right
    for wrong in wrong_values(right):
        assert not judge(wrong, None).right, wrong
