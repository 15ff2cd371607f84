"""Instant feedback on the exercises: `nn_check.check("ex04-feedforward", feedforward)`.

The answer is run on random inputs of several sizes and compared with what is right. Where
it differs, the feedback says what the answer looks like: classic mistakes are known by
name. Every wrong try shows one more hint; none of them is the solution.

NumPy and Python only, so that it works in any Jupyter and in the book's live pages. The
first part is the machinery, the second lists the exercises, chapter by chapter.
"""

import contextlib
import copy
import difflib
import html
import inspect
import io
import linecache
import signal
import sys
import threading
import time
import traceback
import warnings
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import nn_core

SECONDS = 10.0  # the time an answer has for all the inputs it is tried on
TOLERANCE = 1e-7  # the largest relative error that counts as right

# --- Asking for feedback --------------------------------------------------------------


class Feedback:
    """What a check has to say; Jupyter shows it by itself, `print` shows it as text."""

    def __init__(self, name, right, seen, hints=(), tries=1):
        self.name, self.right, self.seen = name, right, seen
        self.hints, self.tries = tuple(hints), tries

    @property
    def verdict(self):
        """Return "Right" or "Not yet", and the number of tries from the second on."""
        tries = f" (try {self.tries})" if self.tries > 1 else ""
        return ("Right" if self.right else "Not yet") + tries

    def __repr__(self):
        lines = [f"{self.verdict}: {self.name}", self.seen]
        lines += [f"Hint {n}: {hint}" for n, hint in enumerate(self.hints, 1)]
        return "\n".join(lines)

    def _repr_html_(self):
        colour, mark = ("#1a7f37", "✓") if self.right else ("#b35900", "○")
        hints = "".join(
            f"<li>Hint {n}: {html.escape(hint)}</li>"
            for n, hint in enumerate(self.hints, 1)
        )
        hints = f"<ul>{hints}</ul>" if hints else ""
        return (
            f"<div role='status' style='border-left:4px solid {colour};padding:0 0.8em'>"
            f"<p><strong><span aria-hidden='true'>{mark}</span> "
            f"{html.escape(self.verdict)}: {html.escape(self.name)}</strong></p>"
            f"<p>{html.escape(self.seen)}</p>{hints}</div>"
        )


_wrong_tries = {}  # exercise: how many wrong answers were checked since Python started


def check(name, answer):
    """Return Feedback on an answer; the hints grow with each wrong try.

    Parameters
    ----------
    name : str
        The exercise, as the notebook gives it: "ex04-feedforward".
    answer : object
        The function, number, shape or settings the exercise asks for.

    Raises
    ------
    ValueError
        For a name that is no exercise's; the message has the nearest ones.
    """
    exercise = _exercise(name)
    verdict = exercise.judge(answer, _random_numbers(name))
    before = _wrong_tries.get(name, 0)
    if verdict.right:
        return Feedback(name, True, verdict.seen, tries=before + 1)
    if verdict.blank:
        return Feedback(name, False, verdict.seen, tries=before + 1)
    _wrong_tries[name] = before + 1
    return Feedback(name, False, verdict.seen, exercise.hints[: before + 1], before + 1)


def grade(name, answer):
    """Raise AssertionError, with the reason, unless the answer is right.

    The random inputs are others than `check` uses, and no try is counted.
    """
    verdict = _exercise(name).judge(answer, _random_numbers(name + " graded"))
    if not verdict.right:
        raise AssertionError(f"{name}: {verdict.seen}")


def forget_tries():
    """Start the hints of every exercise anew."""
    _wrong_tries.clear()


def _random_numbers(text):
    return np.random.default_rng(zlib.crc32(text.encode()))


class _Exercise(NamedTuple):
    judge: Callable  # (answer, rng) -> _Verdict
    hints: tuple


class _Verdict(NamedTuple):
    right: bool
    seen: str
    blank: bool = False  # nothing was written yet: that is no wrong try


EXERCISES = {}


def _exercise(name):
    if name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES, 3, 0.4)
        near = near or sorted(EXERCISES)
        raise ValueError(
            f"name: expected the name of an exercise, such as {', '.join(near)}; "
            f"got {name!r}"
        )
    return EXERCISES[name]


# --- Running a learner's function -----------------------------------------------------


class _OutOfTime(BaseException):
    """Not an Exception, so that `except Exception` in an answer does not swallow it."""


class _Outcome(NamedTuple):
    value: object = None
    error: BaseException | None = None
    printed: str = ""
    warned: str = ""
    changed: tuple = ()  # names of the arguments that the function changed


def _run(function, arguments, seconds=None):
    """Call the function on copies of {name: argument}; return what happened."""
    given = {name: copy.deepcopy(value) for name, value in arguments.items()}
    printed = io.StringIO()
    value = error = None
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(printed),
        np.errstate(all="warn"),
    ):
        warnings.simplefilter("always")
        try:
            with _time_limit(SECONDS if seconds is None else seconds):
                value = function(*given.values())
        except KeyboardInterrupt:
            raise
        except (
            BaseException
        ) as raised:  # SystemExit too: an answer must not end the check
            error = raised
    changed = tuple(
        name
        for name, value_before in arguments.items()
        if not _same_content(value_before, given[name])
    )
    text = str(warned[0].message) if warned else ""
    return _Outcome(value, error, printed.getvalue(), text, changed)


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise _OutOfTime in the block after so many seconds.

    An alarm does it where there is one. In the browser, on Windows and outside the main
    thread a trace function does: it acts when Python goes on to another line.
    """
    alarm = hasattr(signal, "setitimer") and sys.platform != "emscripten"
    if alarm and threading.current_thread() is threading.main_thread():

        def ring(number, frame):
            raise _OutOfTime

        handler_before = signal.signal(signal.SIGALRM, ring)
        # Again and again, in case the answer swallows the first one.
        timer_before = signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler_before)
            signal.setitimer(signal.ITIMER_REAL, *timer_before)
        return

    deadline = time.monotonic() + seconds

    def watch(frame, event, argument):
        if time.monotonic() > deadline:
            raise _OutOfTime
        return watch

    trace_before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(trace_before)


def _same_content(before, after):
    if isinstance(before, np.random.Generator) or callable(before):
        return True  # drawing from a generator is no harm
    if isinstance(before, Network):
        return all(
            _same_content(getattr(before, name), getattr(after, name, None))
            for name in nn_core.Gradients._fields
        )
    return type(before) is type(after) and np.array_equal(before, after)


class Network:
    """The four arrays of a network and nothing else: no method does the work for you."""

    def __init__(self, sizes, rng):
        inputs, hidden, outputs = sizes
        self.input_nodes, self.hidden_nodes, self.output_nodes = sizes
        self.weights_input_hidden = rng.normal(size=(hidden, inputs))
        self.weights_hidden_output = rng.normal(size=(outputs, hidden))
        self.biases_hidden = rng.normal(size=(hidden, 1))
        self.biases_output = rng.normal(size=(outputs, 1))

    def __repr__(self):
        sizes = f"{self.input_nodes}, {self.hidden_nodes}, {self.output_nodes}"
        return f"a network with {sizes} nodes"


# --- Saying what an answer looks like -------------------------------------------------


def relative_error(first, second):
    """Return ‖first − second‖ / (‖first‖ + ‖second‖), a number from 0 to 1."""
    first, second = np.ravel(first), np.ravel(second)
    total = np.linalg.norm(first) + np.linalg.norm(second)
    return float(np.linalg.norm(first - second) / total) if total > 0 else 0.0


class _Unfit(Exception):
    """An answer that cannot be compared at all; the message says why."""


def _numbers(value, what):
    """Return a value as a plain array of float, or raise _Unfit."""
    if value is None:
        raise _Unfit(f"{what} is None.")
    if not isinstance(value, (np.ndarray, np.generic, list, tuple, int, float)):
        raise _Unfit(f"{what} is of type {type(value).__name__}, not numbers.")
    try:
        array = np.array(value)
    except ValueError:
        raise _Unfit(f"{what} has rows of unequal length.") from None
    if array.dtype.kind not in "buif":
        raise _Unfit(f"{what} holds {array.dtype} values, not numbers.")
    return array.astype(float)


def _parts(value, names):
    """Return {name: array} of a value that has one part or several."""
    if len(names) == 1:
        return {names[0]: _numbers(value, names[0])}
    if isinstance(value, dict):
        missing = [name for name in names if name not in value]
        if missing:
            raise _Unfit(f"The dictionary has no entry {missing[0]!r}.")
        value = [value[name] for name in names]
    if not isinstance(value, (tuple, list)) or len(value) != len(names):
        raise _Unfit(
            f"Expected {len(names)} parts, {', '.join(names)}; got {_describe(value)}."
        )
    return {name: _numbers(v, name) for name, v in zip(names, value, strict=True)}


def _describe(value):
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    text = repr(value)
    return text if len(text) < 60 else f"a {type(value).__name__}"


def _agree(got, expected, tolerance, each=False):
    """Tell whether two {name: array} are alike in shapes and, nearly, in numbers."""
    for name, right in expected.items():
        array = got[name]
        if array.shape != right.shape or not np.isfinite(array).all():
            return False
        if relative_error(array, right) > tolerance:
            return False
        if each and not np.allclose(array, right, rtol=tolerance, atol=0):
            return False
    return True


def _shape_words(shape):
    return "one number" if shape == () else f"shape {shape}"


def _explain_shape(got, right):
    words = f"has {_shape_words(got)}, expected {_shape_words(right)}"
    if len(got) == 2 and got == right[::-1]:
        return (
            words + ": rows and columns are swapped, a transpose (.T) too many or few"
        )
    if len(right) == 2 and got in ((right[0],), (right[1],)) and 1 in right:
        return words + ": an axis is lost; keepdims=True or reshape keeps it"
    if len(right) == 2 and right[1] == 1 and len(got) == 2 and got[0] == right[0]:
        return words + ": it grew a column for every sample"
    if right == () and np.prod(got) > 1:
        return words + ": a sum or mean over the elements is missing"
    if got == () and right != ():
        return words + ": everything was added up into one number"
    return words


def _explain_numbers(pairs, samples):
    """Say how numbers differ, given [(got, right)] arrays of equal shape for each case."""
    error = max(relative_error(got, right) for got, right in pairs)
    figure = f"Relative error {error:.2g}, expected below {TOLERANCE:.0e}."
    if any(not np.isfinite(got).all() for got, _ in pairs):
        return "The numbers contain nan or infinity."
    flat = [(got.ravel(), right.ravel()) for got, right in pairs]
    if all(not got.any() for got, _ in flat) and any(right.any() for _, right in flat):
        return f"The numbers are all zero. {figure}"
    factors = [
        float(got @ right / (right @ right)) if right.any() else 1.0
        for got, right in flat
    ]
    scaled = all(
        relative_error(got, factor * right) < 1e-9
        for (got, right), factor in zip(flat, factors, strict=True)
    )
    if scaled:
        if np.allclose(factors, -1):
            return f"The numbers are right but for the sign. {figure}"
        if samples and np.ptp(samples) and np.allclose(factors, samples):
            return (
                "The numbers are N times too large, N the number of samples: the average "
                f"over the samples is missing. {figure}"
            )
        if samples and np.ptp(samples) and np.allclose(np.array(factors) * samples, 1):
            return (
                "The numbers are N times too small, N the number of samples: they are "
                f"averaged once too often. {figure}"
            )
        if np.allclose(factors, factors[0]):
            return (
                f"The numbers are {factors[0]:.4g} times what they should be. {figure}"
            )
    return f"The numbers differ from the right ones. {figure}"


def _explain_error(error, call):
    """Say what an exception in an answer means, and in which of its lines it arose."""
    kind, text = type(error).__name__, str(error).strip()
    if isinstance(error, _OutOfTime):
        return (
            f"{call} was stopped after {SECONDS:.0f} seconds. Does a loop never end, "
            "or go over every number where one NumPy call would do?"
        )
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__
    ]
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    where = ""
    if own:
        line = own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno)
        where = f" in the line `{line.strip()}`" if line.strip() else ""
    meaning = ""
    if isinstance(error, NameError):
        meaning = " A name is used that nobody defined: a typing mistake?"
    elif "not aligned" in text or "matmul" in text:
        meaning = (
            " The columns of the first array must be as many as the rows of the second."
        )
    elif "broadcast" in text:
        meaning = " Two arrays do not fit element by element: print both shapes."
    elif isinstance(error, SystemExit):
        meaning = " An answer must not end Python."
    return f"{call} raised {kind}{where}: {text or 'no message'}.{meaning}"


# --- Kinds of exercise ----------------------------------------------------------------

_NOTHING = "Nothing is written here yet."


class _Case(NamedTuple):
    arguments: dict  # name: value, in the order of the call
    words: str  # what is special: "3 inputs, 5 samples"
    samples: int = 0  # N, where the exercise averages over samples


def _function(
    name, cases, right, hints, mistakes=(), parts=("the result",), each=False,
    tolerance=TOLERANCE, may_warn=True, may_change=(), done="",
):  # fmt: skip
    """Add an exercise that asks for a function.

    cases(rng) returns what to try it on, right(*arguments) what should come out, and
    mistakes pairs words with a function that makes that mistake.
    """

    def judge(answer, rng):
        tried = cases(rng)
        unfit = _unfit_function(answer, tried[0])
        if unfit:
            return unfit
        expected = [_parts(right(*case.arguments.values()), parts) for case in tried]
        left, outcomes = SECONDS, []
        for case in tried:
            start = time.monotonic()
            outcomes.append(_run(answer, case.arguments, max(left, 0.01)))
            left -= time.monotonic() - start
            if isinstance(outcomes[-1].error, _OutOfTime):
                return _Verdict(False, _explain_error(outcomes[-1].error, _call(case)))
        blank = _blank(outcomes)
        if blank:
            return blank
        got = [_got(outcome, parts) for outcome in outcomes]
        good = [
            not isinstance(value, str) and _agree(value, wanted, tolerance, each)
            for value, wanted in zip(got, expected, strict=True)
        ]
        for case, outcome in zip(tried, outcomes, strict=True):
            harmed = [name for name in outcome.changed if name not in may_change]
            if harmed:
                return _Verdict(
                    False,
                    f"Your function changes the {harmed[0]} it is given, so the caller's "
                    "own array is spoilt. Work on a new array.",
                )
            if good[0] and outcome.warned and not may_warn:
                return _Verdict(
                    False,
                    f"{_call(case)} warns: {outcome.warned}. Expected no warning.",
                )
        if all(good):
            worst = max(
                relative_error(value[part], wanted[part])
                for value, wanted in zip(got, expected, strict=True)
                for part in parts
            )
            agree = f"All {len(tried)} tests agree, relative error {worst:.0e} at most."
            return _Verdict(True, f"{agree} {done}".strip())
        for words, mistake in mistakes:
            if _makes(mistake, tried, got, parts):
                return _Verdict(False, f"{words} {_figure(got, expected)}".strip())
        return _Verdict(False, _what_differs(tried, outcomes, got, good, expected))

    EXERCISES[name] = _Exercise(judge, tuple(hints))


def _call(case):
    given = f", given {case.words}," if case.words else ""
    return f"Your function{given}"


def _unfit_function(answer, case):
    """Return a verdict if the answer cannot be called as it will be, else None."""
    if answer is None:
        return _Verdict(False, _NOTHING, blank=True)
    if not callable(answer):
        return _Verdict(
            False,
            f"Expected a function, got {_describe(answer)}. Hand over the function itself, "
            "without brackets after its name.",
        )
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*case.arguments.values())
    except TypeError:
        names = ", ".join(case.arguments)
        return _Verdict(
            False,
            f"Your function takes {signature}; it is called with {len(case.arguments)} "
            f"arguments, ({names}), in this order.",
        )
    return None


def _blank(outcomes):
    if all(isinstance(outcome.error, NotImplementedError) for outcome in outcomes):
        return _Verdict(False, _NOTHING, blank=True)
    if any(o.error is not None or o.value is not None for o in outcomes):
        return None
    if any(outcome.printed for outcome in outcomes):
        return _Verdict(
            False,
            "Your function prints its result but returns None. Print shows a number to "
            "you; return hands it to the caller.",
        )
    return _Verdict(
        False,
        "Your function returns None: nothing is written yet, or its return is missing.",
        blank=True,
    )


def _got(outcome, parts):
    """Return {part: array}, or words if there is none."""
    if outcome.error is not None:
        return "error"
    try:
        return _parts(outcome.value, parts)
    except _Unfit as unfit:
        return str(unfit)


def _makes(mistake, tried, got, parts):
    """Tell whether the answers are those of a function that makes this mistake."""
    compared = 0
    for case, value in zip(tried, got, strict=True):
        outcome = _run(mistake, case.arguments)
        wrong = _got(outcome, parts)
        if isinstance(wrong, str):
            if not isinstance(value, str):
                return False
            continue
        if isinstance(value, str) or not _agree_with_nan(value, wrong):
            return False
        compared += 1
    return compared > 0


def _agree_with_nan(first, second):
    return all(
        first[name].shape == second[name].shape
        and np.allclose(
            first[name], second[name], rtol=1e-6, atol=1e-12, equal_nan=True
        )
        for name in first
    )


def _figure(got, expected):
    """Return the relative error over all cases and parts that can be compared."""
    pairs = [
        (value[part], wanted[part])
        for value, wanted in zip(got, expected, strict=True)
        if not isinstance(value, str)
        for part in wanted
        if value[part].shape == wanted[part].shape and np.isfinite(value[part]).all()
    ]
    if not pairs:
        return ""
    first = np.concatenate([got.ravel() for got, _ in pairs])
    second = np.concatenate([right.ravel() for _, right in pairs])
    error = relative_error(first, second)
    if error <= TOLERANCE:
        return ""
    return f"Relative error {error:.2g} against {TOLERANCE:.0e}."


def _what_differs(tried, outcomes, got, good, expected):
    """Describe an answer that makes none of the known mistakes."""
    first = good.index(False)
    worked = [case.words for case, fine in zip(tried, good, strict=True) if fine]
    also = f" It is right for {worked[0]}." if worked and worked[0] else ""
    case, outcome, value = tried[first], outcomes[first], got[first]
    if outcome.error is not None:
        return _explain_error(outcome.error, _call(case)) + also
    if isinstance(value, str):
        return f"{_call(case)} gives something that cannot be compared. {value}{also}"
    wanted = expected[first]
    fine = [part for part in wanted if _agree_part(part, got, expected)]
    for part in wanted:
        if value[part].shape != wanted[part].shape:
            shape = _explain_shape(value[part].shape, wanted[part].shape)
            what = part if len(wanted) > 1 else "the result"
            return f"{_call(case)} is not right yet: {what} {shape}.{also}"
    for part in wanted:
        if part in fine:
            continue
        same_shape = [
            (value[part], right[part], case.samples)
            for case, value, right in zip(tried, got, expected, strict=True)
            if not isinstance(value, str) and value[part].shape == right[part].shape
        ]
        pairs = [(value, right) for value, right, _ in same_shape]
        samples = [n for _, _, n in same_shape]
        words = _explain_numbers(pairs, samples if all(samples) else None)
        if len(wanted) > 1:
            words = f"{part}: {words}"
            if fine:
                words += f" Right already: {', '.join(fine)}."
        if worked:
            words += (
                f" The mistake shows for {case.words}; it is right for {worked[0]}."
            )
        if outcome.warned:
            words += f" NumPy warned: {outcome.warned}."
        return words
    return "The result differs from the right one in single, small numbers."


def _agree_part(part, got, expected):
    return all(
        not isinstance(value, str)
        and _agree({part: value[part]}, {part: right[part]}, TOLERANCE)
        for value, right in zip(got, expected, strict=True)
    )


def _value(name, right, hints, mistakes=(), parts=("the answer",), within=0.0, done=""):
    """Add an exercise that asks for numbers: one, or a shape, or several named ones.

    right() computes them; within is how far each may be off; mistakes pairs words with the
    numbers that show that mistake.
    """

    def judge(answer, rng):
        if answer is None or answer is Ellipsis:
            return _Verdict(False, _NOTHING, blank=True)
        if len(parts) > 1 and isinstance(answer, (tuple, list, dict)):
            values = answer.values() if isinstance(answer, dict) else answer
            if any(value is None or value is Ellipsis for value in values):
                return _Verdict(False, "Not every number is filled in yet.", blank=True)
        expected = _parts(right(), parts)
        try:
            got = _parts(answer, parts)
        except _Unfit as unfit:
            return _Verdict(False, f"{unfit} Expected {_form(expected)}.")
        if _near(got, expected, within):
            return _Verdict(True, done or "That is it.")
        for words, wrong in mistakes:
            if _near(got, _parts(wrong, parts), within / 2 + 1e-9):
                return _Verdict(False, words)
        for part in parts:
            if got[part].shape != expected[part].shape:
                return _Verdict(
                    False,
                    f"{part.capitalize()} has {_shape_words(got[part].shape)}. "
                    f"Expected {_form(expected)}.",
                )
        wrong = [
            part
            for part in parts
            if not _near({part: got[part]}, {part: expected[part]}, within)
        ]
        if len(parts) == 1:
            return _Verdict(False, f"{_describe(answer)} is not the right answer.")
        fine = [part for part in parts if part not in wrong]
        return _Verdict(
            False,
            f"Not right: {', '.join(wrong)}."
            + (f" Right already: {', '.join(fine)}." if fine else ""),
        )

    EXERCISES[name] = _Exercise(judge, tuple(hints))


def _near(got, expected, within):
    return all(
        got[name].shape == right.shape
        and np.isfinite(got[name]).all()
        and np.abs(got[name] - right).max(initial=0) <= within + 1e-12
        for name, right in expected.items()
    )


def _form(expected):
    def one(array):
        return "one number" if array.ndim == 0 else f"{array.size} numbers"

    if len(expected) == 1:
        return one(*expected.values())
    return ", ".join(f"{name}: {one(array)}" for name, array in expected.items())


# --- Inputs that several exercises share ----------------------------------------------

# input, hidden and output nodes, and samples: all different, all alike, and single ones
_SIZES = ((2, 4, 1, 3), (3, 5, 2, 7), (4, 4, 4, 4), (5, 3, 2, 1), (1, 2, 3, 6))


def _size_words(sizes, samples):
    nodes = "-".join(map(str, sizes))
    return f"{nodes} nodes and {samples} sample{'s' if samples > 1 else ''}"


def _network_cases(rng):
    return [
        _Case(
            {
                "net": Network(sizes, rng),
                "inputs": rng.normal(size=(sizes[0], samples)),
            },
            _size_words(sizes, samples),
            samples,
        )
        for *sizes, samples in _SIZES
    ]


def _layer_cases(rng):
    return [
        _Case(
            {
                "weights": rng.normal(size=(nodes, inputs)),
                "biases": rng.normal(size=(nodes, 1)),
                "inputs": rng.normal(size=(inputs, samples)),
            },
            f"{inputs} inputs, {nodes} hidden nodes and {samples} samples",
            samples,
        )
        for inputs, nodes, _, samples in _SIZES
    ]


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


# --- Chapter 4: feedforward -----------------------------------------------------------

_value(
    "ex04-predict-shape",
    right=lambda: np.zeros((4, 2)).dot(np.zeros((2, 200))).shape,
    mistakes=[
        (
            "Columns are samples in this book: you have rows and columns swapped.",
            (200, 4),
        ),
        (
            "That is the shape of the output layer's result: a 1, not 4, comes last.",
            (1, 200),
        ),
        ("That is the shape of the weights. They meet 200 samples at once.", (4, 2)),
        ("That is one sample's. Here 200 samples go through at once.", (4, 1)),
        ("That is the shape of the inputs.", (2, 200)),
    ],
    hints=(
        "A matrix product (a, b) times (b, c) has the shape (a, c).",
        "Write the shapes of weights_input_hidden and of the inputs side by side.",
        "The two inner numbers, the input nodes, must be equal and disappear.",
    ),
    done="Hidden nodes are rows, samples are columns.",
)

_function(
    "ex04-hidden-layer",
    cases=_layer_cases,
    right=lambda weights, biases, inputs: _sigmoid(weights @ inputs + biases),
    mistakes=[
        (
            "These are the sums before the activation function: the sigmoid is missing.",
            lambda weights, biases, inputs: weights @ inputs + biases,
        ),
        (
            "The biases are left out.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs),
        ),
        (
            "The biases are added after the sigmoid; they belong inside it.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs) + biases,
        ),
        (
            "The biases are subtracted; they are added.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs - biases),
        ),
        (
            "The sign inside the sigmoid's exponential is turned: it falls where it "
            "should rise.",
            lambda weights, biases, inputs: _sigmoid(-(weights @ inputs + biases)),
        ),
        (
            "The weights are transposed: it runs only where inputs and hidden nodes are "
            "equally many, and is wrong there.",
            lambda weights, biases, inputs: _sigmoid(weights.T @ inputs + biases),
        ),
    ],
    hints=(
        "Two steps: the weighted sums with their biases, then the sigmoid of them.",
        "np.dot(first, second) needs as many columns in the first as rows in the second.",
        "The sums are np.dot of the weights and the inputs, plus the biases.",
    ),
)

_function(
    "ex04-flat-biases",
    cases=_layer_cases,
    right=lambda weights, biases, inputs: _sigmoid(weights @ inputs + biases),
    mistakes=[
        (
            "The flat biases, shape (hidden_nodes,), still line up with the samples, not "
            "with the hidden nodes. Where both are equally many, NumPy does not even "
            "complain: every column gets another neuron's bias.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs + biases.ravel()),
        ),
        (
            "All samples get the first bias only.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs + biases[0]),
        ),
        (
            "It no longer fails, but now the biases are gone.",
            lambda weights, biases, inputs: _sigmoid(weights @ inputs),
        ),
    ],
    hints=(
        "Print the shape of the biases just before they are added.",
        "NumPy lines shapes up from the right: (4,) meets the last axis of (4, 3), the "
        "samples.",
        "A column, (hidden_nodes, 1), stretches over the samples; a flat array does not.",
    ),
    done="A column of biases stretches over the samples.",
)


def _feedforward(net, inputs, hidden=_sigmoid, output=_sigmoid):
    hidden_outputs = hidden(net.weights_input_hidden @ inputs + net.biases_hidden)
    return output(net.weights_hidden_output @ hidden_outputs + net.biases_output)


def _same(x):
    return x


def _without_biases(net, inputs, hidden=0, output=0):
    hidden_outputs = _sigmoid(
        net.weights_input_hidden @ inputs + hidden * net.biases_hidden
    )
    return _sigmoid(
        net.weights_hidden_output @ hidden_outputs + output * net.biases_output
    )


_function(
    "ex04-feedforward",
    cases=_network_cases,
    right=_feedforward,
    mistakes=[
        (
            "The output layer's sigmoid is missing: outputs lie outside 0 to 1.",
            lambda net, inputs: _feedforward(net, inputs, output=_same),
        ),
        (
            "The hidden layer's sigmoid is missing: two layers without it are one.",
            lambda net, inputs: _feedforward(net, inputs, hidden=_same),
        ),
        (
            "Both sigmoids are missing.",
            lambda net, inputs: _feedforward(net, inputs, _same, _same),
        ),
        ("Both biases are left out.", _without_biases),
        (
            "The hidden layer's biases are left out.",
            lambda net, inputs: _without_biases(net, inputs, output=1),
        ),
        (
            "The output layer's biases are left out.",
            lambda net, inputs: _without_biases(net, inputs, hidden=1),
        ),
        (
            "These are the hidden layer's outputs: the second layer is still to come.",
            lambda net, inputs: _sigmoid(
                net.weights_input_hidden @ inputs + net.biases_hidden
            ),
        ),
        (
            "The outputs are right but have samples as rows: a transpose too many.",
            lambda net, inputs: _feedforward(net, inputs).T,
        ),
    ],
    hints=(
        "The same two lines twice: sums with biases, then the sigmoid.",
        "What goes into the second layer is what comes out of the first one's sigmoid.",
        "Name the four results: hidden_inputs, hidden_outputs, final_inputs, final_outputs.",
    ),
    done="The first layer's outputs are the second layer's inputs.",
)


def _label_cases(rng):
    cases = []
    for samples in (1, 4, 9, 40):
        outputs = rng.uniform(0.01, 0.99, (1, samples))
        targets = rng.integers(0, 2, (1, samples)).astype(float)
        cases.append(
            _Case({"outputs": outputs, "targets": targets}, f"{samples} samples")
        )
    outputs = np.array([[0.7, 0.6, 0.4]])
    everything_right = {"outputs": outputs, "targets": np.array([[1.0, 1, 0]])}
    return [*cases, _Case(everything_right, "three samples that are all right")]


_function(
    "ex04-accuracy",
    cases=_label_cases,
    right=lambda outputs, targets: np.mean((outputs > 0.5) == (targets > 0.5)),
    mistakes=[
        (
            "Outputs are compared with the targets as they are, but 0.9 is never equal to "
            "1: first decide for class 0 or 1.",
            lambda outputs, targets: np.mean(outputs == targets),
        ),
        (
            "That is the number of right samples, not their share.",
            lambda outputs, targets: np.sum((outputs > 0.5) == targets),
        ),
        (
            "That is the share of wrong samples.",
            lambda outputs, targets: np.mean((outputs > 0.5) != targets),
        ),
        (
            "That is a percentage; the exercise asks for a share, 0 to 1.",
            lambda outputs, targets: 100 * np.mean((outputs > 0.5) == targets),
        ),
        (
            "That is the share of samples called class 1, right or wrong.",
            lambda outputs, targets: np.mean(outputs > 0.5),
        ),
    ],
    hints=(
        "An output above 0.5 says class 1.",
        "Comparing two arrays gives an array of True and False.",
        "The mean of True and False is the share of True.",
    ),
)

# The network of the exercise: XOR, half learnt, so that its boundary bends.
BOUNDARY_NETWORK = {"seed": 4, "learning_rate": 4.0, "epochs": 1500}


def boundary_network():
    """Return the 2-4-1 network of the exercise ex04-boundary-point, trained on XOR."""
    net = nn_core.NeuralNetwork(2, 4, 1, seed=BOUNDARY_NETWORK["seed"])
    net.fit(
        *nn_core.xor(),
        learning_rate=BOUNDARY_NETWORK["learning_rate"],
        epochs=BOUNDARY_NETWORK["epochs"],
    )
    return net


def _judge_boundary_point(answer, rng):
    if answer is None or answer is Ellipsis:
        return _Verdict(False, _NOTHING, blank=True)
    try:
        point = _numbers(answer, "Your point").ravel()
    except _Unfit as unfit:
        return _Verdict(False, f"{unfit} Expected two numbers, [input 1, input 2].")
    if point.size != 2 or not np.isfinite(point).all():
        return _Verdict(
            False, f"Expected two finite numbers, [input 1, input 2]; got {point.size}."
        )
    if np.abs(point).max() > 2:
        return _Verdict(False, "The point lies outside the square: each from -2 to 2.")
    output = boundary_network().feedforward(point).item()
    place = f"The output at ({point[0]:g}, {point[1]:g}) is {output:.3f}"
    if abs(output - 0.5) <= 0.02:
        return _Verdict(True, f"{place}: on the boundary. Many other points are too.")
    side = "class 1" if output > 0.5 else "class 0"
    return _Verdict(
        False,
        f"{place}: on the side of {side}. Expected 0.48 to 0.52, on the boundary.",
    )


EXERCISES["ex04-boundary-point"] = _Exercise(
    _judge_boundary_point,
    (
        "On one side of the boundary the output is above 0.5, on the other below.",
        "Keep one input fixed and move the other one only.",
        "Find a point above and a point below 0.5, and try the one half way between.",
    ),
)
