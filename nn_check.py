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

SECONDS = 5.0  # the time an answer has for all the inputs it is tried on
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
    verdict = _verdict(exercise, answer, _random_numbers(name))
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
    verdict = _verdict(_exercise(name), answer, _random_numbers(name + " graded"))
    if not verdict.right:
        raise AssertionError(f"{name}: {verdict.seen}")


def forget_tries():
    """Start the hints of every exercise anew."""
    _wrong_tries.clear()


def _verdict(exercise, answer, rng):
    """Return the verdict on an answer; numbers that overflow in a comparison are no error."""
    with np.errstate(all="ignore"):
        return exercise.judge(answer, rng)


def _random_numbers(text):
    return np.random.default_rng(zlib.crc32(text.encode()))


class _Exercise(NamedTuple):
    judge: Callable  # (answer, rng) -> _Verdict
    hints: tuple
    mistakes: tuple = ()  # of (words, a function or numbers that make the mistake)
    cases: Callable | None = None  # (rng) -> list of _Case, for a function


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
    given: dict = {}  # the arguments as they are after the call


def _run(function, arguments, seconds=None):
    """Call the function on copies of {name: argument}; return what happened."""
    given = {name: copy.deepcopy(value) for name, value in arguments.items()}
    printed = io.StringIO()
    value = error = None
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(printed),
        np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"),
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
    return _Outcome(value, error, printed.getvalue(), text, changed, given)


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
    """Return ‖first − second‖ / (‖first‖ + ‖second‖), from 0 (equal) to 1.

    It is nan if a number is nan or infinite. Whoever asks whether two are near must
    therefore write `error <= tolerance`: nan is neither above nor below.
    """
    first, second = np.ravel(first).astype(float), np.ravel(second).astype(float)
    largest = max(np.abs(first).max(initial=0), np.abs(second).max(initial=0))
    if not np.isfinite(largest):
        return np.nan
    if largest == 0:
        return 0.0
    first, second = first / largest, second / largest  # no square overflows
    total = np.linalg.norm(first) + np.linalg.norm(second)
    return float(np.linalg.norm(first - second) / total)


def _near(got, right, tolerance):
    """Tell whether one array is shown to be near another: shape, finite, error."""
    return (
        got.shape == right.shape
        and bool(np.isfinite(got).all())
        and relative_error(got, right) <= tolerance
    )


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
    except Exception as error:
        kind = type(error).__name__
        raise _Unfit(f"{what} cannot be made an array: {kind}.") from None
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
    try:
        text = repr(value)
    except Exception:  # an object of the learner's own
        text = ""
    return text if 0 < len(text) < 60 else f"a {type(value).__name__}"


def _agree(got, expected, tolerance, each=False):
    """Tell whether two {name: array} are alike in shapes and, nearly, in numbers."""
    return all(
        _near(got[name], right, tolerance)
        and (not each or np.allclose(got[name], right, rtol=tolerance, atol=1e-15))
        for name, right in expected.items()
    )


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
    if any(not np.isfinite(got).all() for got, _ in pairs):
        return "The numbers contain nan or infinity."
    error = max(relative_error(got, right) for got, right in pairs)
    figure = f"Relative error {error:.2g}, expected below {TOLERANCE:.0e}."
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
        for outcome in outcomes:
            harmed = [name for name in outcome.changed if name not in may_change]
            if harmed:
                return _Verdict(
                    False,
                    f"Your function changes the {harmed[0]} it is given, so the caller's "
                    "own array is spoilt. Work on a new array.",
                )
        if all(good):
            for case, outcome in zip(tried, outcomes, strict=True):
                if outcome.warned and not may_warn:
                    words = (
                        f"{_call(case)} is right, but NumPy warns: {outcome.warned}."
                    )
                    return _Verdict(False, f"{words} Expected no warning.")
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

    EXERCISES[name] = _Exercise(judge, tuple(hints), tuple(mistakes), cases)


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
        if _within(got, expected, within):
            return _Verdict(True, done or "That is it.")
        for words, wrong in mistakes:
            if _within(got, _parts(wrong, parts), within / 2 + 1e-9):
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
            if not _within({part: got[part]}, {part: expected[part]}, within)
        ]
        if len(parts) == 1:
            return _Verdict(False, f"{_describe(answer)} is not the right answer.")
        fine = [part for part in parts if part not in wrong]
        return _Verdict(
            False,
            f"Not right: {', '.join(wrong)}."
            + (f" Right already: {', '.join(fine)}." if fine else ""),
        )

    EXERCISES[name] = _Exercise(judge, tuple(hints), tuple(mistakes))


def _within(got, expected, within):
    """Tell whether no number is off by more than within."""
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


class _Stop(Exception):
    """Ends a judgement with this verdict."""

    def __init__(self, seen, blank=False):
        super().__init__(seen)
        self.verdict = _Verdict(False, seen, blank)


def _judged_by(name, judge, hints):
    """Add an exercise with a judge of its own, which may raise _Stop."""

    def judge_until_stopped(answer, rng):
        try:
            return judge(answer, rng)
        except _Stop as stop:
            return stop.verdict

    EXERCISES[name] = _Exercise(judge_until_stopped, tuple(hints))


def _draw_thrice(answer, words, arguments, shapes, make_seed=int, seed="seed"):
    """Return {part: array} of the answer for one seed, for the same again, for another.

    arguments has its place for the seed, shapes is {part: shape}; _Stop if it fails.
    """
    unfit = _unfit_function(answer, _Case(arguments, ""))
    if unfit:
        raise _Stop(unfit.seen, unfit.blank)
    call, draws = f"Your function, given {words},", []
    for number in (1, 1, 2):
        outcome = _run(answer, {**arguments, seed: make_seed(number)})
        blank = _blank([outcome])
        if blank:
            raise _Stop(blank.seen, blank.blank)
        if outcome.error is not None:
            raise _Stop(_explain_error(outcome.error, call))
        if outcome.changed:
            raise _Stop(f"Your function changes the {outcome.changed[0]} it is given.")
        try:
            draws.append(_parts(outcome.value, tuple(shapes)))
        except _Unfit as unfit:
            raise _Stop(str(unfit)) from None
        for part, shape in shapes.items():
            got = draws[-1][part].shape
            if got != shape:
                explained = _explain_shape(got, shape)
                raise _Stop(f"{call} is not right yet: {part} {explained}.")
            if not np.isfinite(draws[-1][part]).all():
                raise _Stop(f"{call} gives nan or infinity in {part}.")
    return draws


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


# --- Chapter 1: arrays, the dot product, one neuron -----------------------------------

_value(
    "ex01-predict-shape",
    right=lambda: np.dot(np.zeros((4, 3)), np.zeros((3, 10))).shape,
    mistakes=[
        ("Rows and columns are swapped.", (10, 4)),
        ("The inner number, 3, disappears: it is summed over.", (4, 3, 10)),
        ("That is the shape of the first array.", (4, 3)),
        ("That is the shape of the second array.", (3, 10)),
        ("The inner numbers, 3 and 3, disappear; the outer ones stay.", (3, 3)),
    ],
    hints=(
        "Each row of the first array meets each column of the second.",
        "How many rows has the first, how many columns has the second?",
        "The inner numbers must be equal, and disappear.",
    ),
    done="Rows of the first, columns of the second.",
)


def _neuron_cases(rng):
    cases = []
    for size in (1, 2, 3, 6):
        arguments = {
            "weights": rng.normal(size=size),
            "inputs": rng.normal(size=size),
            "bias": float(rng.normal()),
        }
        cases.append(_Case(arguments, f"{size} input{'s' if size > 1 else ''}"))
    return cases


_function(
    "ex01-weighted-sum",
    cases=_neuron_cases,
    right=lambda weights, inputs, bias: np.dot(weights, inputs) + bias,
    mistakes=[
        (
            "The products are there, but they are not added up: one neuron gives one number.",
            lambda weights, inputs, bias: weights * inputs + bias,
        ),
        (
            "The bias is left out.",
            lambda weights, inputs, bias: np.dot(weights, inputs),
        ),
        (
            "The bias is added once for each input; it is added once.",
            lambda weights, inputs, bias: np.sum(weights * inputs + bias),
        ),
        (
            "The bias is subtracted; it is added.",
            lambda weights, inputs, bias: np.dot(weights, inputs) - bias,
        ),
        (
            "The weights multiply inputs and bias alike; the bias stands alone.",
            lambda weights, inputs, bias: np.dot(weights, inputs + bias),
        ),
        (
            "That is the mean of the products; a neuron takes their sum.",
            lambda weights, inputs, bias: np.mean(weights * inputs) + bias,
        ),
        (
            "Weights and inputs are added; they are multiplied.",
            lambda weights, inputs, bias: np.sum(weights + inputs) + bias,
        ),
    ],
    hints=(
        "Multiply in pairs, add up, add the bias.",
        "np.dot multiplies two arrays in pairs and adds the products up.",
        "The bias is one number; it is added once, at the end.",
    ),
)


def _table_cases(rng):
    return [
        _Case(
            {"inputs": rng.normal(size=(rows, columns))},
            f"{rows} inputs and {columns} samples",
            columns,
        )
        for rows, columns in ((3, 5), (4, 4), (1, 6), (5, 2), (2, 1))
    ]


_function(
    "ex01-input-means",
    cases=_table_cases,
    right=lambda inputs: inputs.mean(axis=1, keepdims=True),
    mistakes=[
        (
            "The wrong axis: you average down each column, so over the inputs of one "
            "sample. Samples are columns; average along the rows.",
            lambda inputs: inputs.mean(axis=0, keepdims=True),
        ),
        (
            "The wrong axis, and a flat result: you average over the inputs of one sample.",
            lambda inputs: inputs.mean(axis=0),
        ),
        (
            "The axis is right, but the result is flat, (input_nodes,). As a column, "
            "(input_nodes, 1), it lines up with the inputs.",
            lambda inputs: inputs.mean(axis=1),
        ),
        ("Without an axis, everything becomes one mean.", lambda inputs: inputs.mean()),
        (
            "Those are sums; the exercise asks for means.",
            lambda inputs: inputs.sum(axis=1, keepdims=True),
        ),
        (
            "The sums are divided by the number of inputs, not of samples.",
            lambda inputs: inputs.sum(axis=1, keepdims=True) / len(inputs),
        ),
    ],
    hints=(
        "axis=0 makes the rows disappear, axis=1 the columns.",
        "Which of the two are the samples, rows or columns?",
        "keepdims=True leaves a 1 where the axis was.",
    ),
)


def _decision_cases(rng):
    cases = [
        _Case(
            {
                "weights": rng.normal(size=(1, inputs)),
                "inputs": rng.normal(size=(inputs, samples)),
                "bias": float(rng.normal()),
            },
            f"{inputs} inputs and {samples} samples",
        )
        for inputs, samples in ((2, 9), (3, 1), (5, 12), (1, 20), (2, 40))
    ]
    on_the_line = {
        "weights": np.array([[1.0, -1.0]]),
        "inputs": np.array([[2.0, 3.0, 1.0], [2.0, 1.0, 3.0]]),
        "bias": 0.0,
    }
    return [*cases, _Case(on_the_line, "a sum of exactly 0")]


def _decide(weights, inputs, bias):
    return 1.0 * (np.dot(weights, inputs) + bias > 0)


_function(
    "ex01-decisions",
    cases=_decision_cases,
    right=_decide,
    mistakes=[
        (
            "These are the sums: the decision, 1 or 0, is still to come.",
            lambda weights, inputs, bias: np.dot(weights, inputs) + bias,
        ),
        (
            "The bias is left out of the decision.",
            lambda weights, inputs, bias: _decide(weights, inputs, 0),
        ),
        (
            "A sum of exactly 0 counts as 1; the exercise asks for above 0.",
            lambda weights, inputs, bias: 1.0 * (np.dot(weights, inputs) + bias >= 0),
        ),
        (
            "The decision is the wrong way round: 1 belongs above 0.",
            lambda weights, inputs, bias: 1 - _decide(weights, inputs, bias),
        ),
        (
            "The limit is 0.5. That fits a sigmoid's output; a sum is compared with 0.",
            lambda weights, inputs, bias: _decide(weights, inputs, bias - 0.5),
        ),
        (
            "The decisions are right, but flat: keep the shape (1, N).",
            lambda weights, inputs, bias: _decide(weights, inputs, bias).ravel(),
        ),
    ],
    hints=(
        "First the sums of all samples at once, then one comparison.",
        "np.dot of weights (1, n) and inputs (n, N) has the shape (1, N).",
        "A comparison gives True and False; 1.0 * it, or .astype(float), gives 1 and 0.",
    ),
)


def _judge_line(answer, rng):
    names = ("weight 1", "weight 2", "bias")
    if answer is None or answer is Ellipsis:
        return _Verdict(False, _NOTHING, blank=True)
    try:
        values = _numbers(answer, "Your answer").ravel()
    except _Unfit as unfit:
        return _Verdict(False, f"{unfit} Expected [weight 1, weight 2, bias].")
    if values.size != 3 or not np.isfinite(values).all():
        return _Verdict(
            False,
            f"Expected three finite numbers, {', '.join(names)}; got {values.size}.",
        )
    if not values[:2].any():
        return _Verdict(
            False,
            "Both weights are 0: then the inputs do not matter, and there is no line.",
        )
    data = nn_core.blobs(200, seed=0)
    values = values / np.abs(values).max()  # the same line, and no sum overflows
    sums = values[:2] @ data.inputs + values[2]
    right = float(np.mean((sums > 0) == (data.targets[0] > 0.5)))
    found = f"{right:.1%} of the samples are on their side of the line."
    if right >= 0.97:
        return _Verdict(True, found)
    if right <= 0.03:
        return _Verdict(
            False,
            f"{found} The line is in a good place, but the sides are swapped: class 1 "
            "belongs where the sum is above 0.",
        )
    return _Verdict(False, f"{found} Expected 97 % or more.")


_judged_by(
    "ex01-separate-blobs",
    _judge_line,
    (
        "Class 1 lies at the upper right: the sum must grow towards there.",
        "The weights point at right angles to the line, to the side of class 1.",
        "Where both classes are equally far from the origin, the bias has little to do.",
    ),
)

# --- Chapter 2: the architecture ------------------------------------------------------

_value(
    "ex02-predict-shape",
    right=lambda: nn_core.NeuralNetwork(3, 5, 2).weights_input_hidden.shape,
    mistakes=[
        (
            "Transposed: a row belongs to a hidden node, a column to an input.",
            (3, 5),
        ),
        ("Those are the weights from the hidden to the output layer, turned.", (5, 2)),
        ("Those are the weights from the hidden to the output layer.", (2, 5)),
        ("That is the shape of the hidden layer's biases.", (5, 1)),
    ],
    hints=(
        "The first number of a weight matrix is where its sums go to.",
        "np.dot(weights, inputs): the columns of the weights meet the rows of the inputs.",
        "One row of weights for each neuron of the hidden layer.",
    ),
    done="(to, from): one row for each node that receives.",
)


def _size_cases(rng):
    sizes = [(2, 4, 1), (3, 3, 3), (64, 32, 10), (1, 1, 1)]
    sizes += [tuple(int(n) for n in rng.integers(1, 40, 3)) for _ in range(4)]
    names = ("input_nodes", "hidden_nodes", "output_nodes")
    return [
        _Case(
            dict(zip(names, size, strict=True)), f"a {'-'.join(map(str, size))} network"
        )
        for size in sizes
    ]


_function(
    "ex02-parameter-count",
    cases=_size_cases,
    right=lambda i, h, o: h * i + h + o * h + o,
    mistakes=[
        ("Only the weights are counted: every hidden and output node has a bias too.",
         lambda i, h, o: h * i + o * h),
        ("The output layer's biases are not counted.", lambda i, h, o: h * i + h + o * h),
        ("The hidden layer's biases are not counted.", lambda i, h, o: h * i + o * h + o),
        ("One bias for each layer is counted; there is one for each node.",
         lambda i, h, o: h * i + o * h + 2),
        ("The input nodes are given biases; they compute nothing and have none.",
         lambda i, h, o: h * i + o * h + i + h + o),
        ("Inputs are joined to outputs as well; they meet only in the hidden layer.",
         lambda i, h, o: h * i + h + o * h + o + i * o),
        ("Those are the nodes. Count the arrows between them, and the biases.",
         lambda i, h, o: i + h + o),
    ],
    hints=(
        "Four arrays: two of weights, two of biases.",
        "An array of shape (a, b) holds a times b numbers.",
        "Each hidden node has one weight for each input, and one bias.",
    ),
)  # fmt: skip

_PARAMETERS = nn_core.Gradients._fields

_function(
    "ex02-make-parameters",
    cases=_size_cases,
    right=lambda i, h, o: (
        np.zeros((h, i)), np.zeros((o, h)), np.zeros((h, 1)), np.zeros((o, 1))
    ),
    parts=_PARAMETERS,
    mistakes=[
        ("Both weight matrices are transposed, and the biases flat: (hidden_nodes,) lines "
         "up with samples, not with nodes.",
         lambda i, h, o: (np.zeros((i, h)), np.zeros((h, o)), np.zeros(h), np.zeros(o))),
        ("Both weight matrices are transposed: one row for each receiving node.",
         lambda i, h, o: (
             np.zeros((i, h)), np.zeros((h, o)), np.zeros((h, 1)), np.zeros((o, 1)))),
        ("The biases are flat. As columns, (nodes, 1), they stretch over the samples.",
         lambda i, h, o: (np.zeros((h, i)), np.zeros((o, h)), np.zeros(h), np.zeros(o))),
        ("The biases are rows, (1, nodes); they would line up with the samples.",
         lambda i, h, o: (
             np.zeros((h, i)), np.zeros((o, h)), np.zeros((1, h)), np.zeros((1, o)))),
    ],
    hints=(
        "np.dot(weights_input_hidden, inputs) must work for inputs (input_nodes, N).",
        "Its result is (hidden_nodes, N). Which biases stretch over N columns?",
        "A column has the shape (nodes, 1).",
    ),
    done="Now np.dot(weights, inputs) + biases works for any number of samples.",
)  # fmt: skip


def _weight_cases(rng):
    return [
        _Case(
            {
                "weights_input_hidden": rng.normal(size=(hidden, inputs)),
                "weights_hidden_output": rng.normal(size=(outputs, hidden)),
            },
            f"the weights of a {inputs}-{hidden}-{outputs} network",
        )
        for inputs, hidden, outputs in ((2, 4, 1), (3, 5, 2), (1, 7, 6), (8, 2, 3))
    ]


_function(
    "ex02-read-architecture",
    cases=_weight_cases,
    right=lambda first, second: (first.shape[1], first.shape[0], second.shape[0]),
    parts=("input_nodes", "hidden_nodes", "output_nodes"),
    mistakes=[
        ("Hidden and input nodes are swapped: rows receive, columns send.",
         lambda first, second: (first.shape[0], first.shape[1], second.shape[0])),
        ("The order is from the outputs back; the network is called input, hidden, output.",
         lambda first, second: (second.shape[0], first.shape[0], first.shape[1])),
        ("The last number is the hidden nodes again: outputs are rows of the second array.",
         lambda first, second: (first.shape[1], first.shape[0], second.shape[1])),
    ],
    hints=(
        "Every array has .shape, a pair (rows, columns).",
        "Rows are nodes that receive, columns are nodes that send.",
        "The hidden nodes are in both arrays: rows of one, columns of the other.",
    ),
)  # fmt: skip


def _budget_cases(rng):
    fixed = [(2, 1, 17), (2, 1, 16), (64, 10, 5000), (1, 1, 4), (4, 3, 59), (4, 3, 58)]
    drawn = [(int(a), int(b), int(c)) for a, b, c in rng.integers((1, 1, 200),
             (20, 8, 3000), (6, 3))]  # fmt: skip
    return [
        _Case(
            {"input_nodes": inputs, "output_nodes": outputs, "budget": budget},
            f"{inputs} inputs, {outputs} outputs and a budget of {budget}",
        )
        for inputs, outputs, budget in fixed + drawn
    ]


_function(
    "ex02-largest-hidden",
    cases=_budget_cases,
    right=lambda i, o, budget: (budget - o) // (i + 1 + o),
    mistakes=[
        ("One too many: the count is above the budget.",
         lambda i, o, budget: -(-(budget - o) // (i + 1 + o))),
        ("It is rounded to the nearest; above the budget is too much.",
         lambda i, o, budget: round((budget - o) / (i + 1 + o))),
        ("The output layer's biases, which are there whatever the hidden layer, are "
         "forgotten.", lambda i, o, budget: budget // (i + 1 + o)),
        ("The hidden layer's biases are forgotten.",
         lambda i, o, budget: (budget - o) // (i + o)),
        ("All biases are forgotten.", lambda i, o, budget: budget // (i + o)),
        ("A count of exactly the budget is allowed.",
         lambda i, o, budget: (budget - o - 1) // (i + 1 + o)),
        ("A whole number of nodes, please: round down.",
         lambda i, o, budget: (budget - o) / (i + 1 + o)),
    ],
    hints=(
        "How many parameters does one further hidden node bring?",
        "A loop is fine: add nodes as long as the count stays within the budget.",
        "The outputs' biases are there from the start.",
    ),
)  # fmt: skip

_value(
    "ex02-explore-count",
    parts=("hidden nodes", "parameters per hidden node"),
    right=lambda: ((59 - 3) // (4 + 1 + 3), 4 + 1 + 3),
    mistakes=[
        (
            "Without its bias a hidden node brings 7; look how far the count jumps.",
            (7, 7),
        ),
    ],
    hints=(
        "Move the hidden nodes by one and look how far the count jumps.",
        "A hidden node brings its weights from the inputs, its bias, and its weights to "
        "the outputs.",
        "Use your own function parameter_count for the first number.",
    ),
)

# --- Chapter 3: weights and biases ----------------------------------------------------

_value(
    "ex03-predict-sum",
    right=lambda: 100 * 0.5 + 0.5,
    within=0.01,
    mistakes=[
        ("That leaves out the bias: uniform in [0, 1) it is ½ on average.", 50),
        ("[0, 1) has no negative numbers, so nothing cancels.", 0),
        ("That is one weight's average. A hundred of them are added.", 0.5),
        ("Every weight would have to be 1; on average it is less.", 101),
        ("Every weight would have to be 1; on average it is less.", 100),
        (
            "That is the sum of one weight's mean and the bias's; there are 100 weights.",
            1,
        ),
    ],
    hints=(
        "What is the mean of a number drawn uniformly from [0, 1)?",
        "The mean of a sum is the sum of the means.",
        "A hundred weights and one bias.",
    ),
    done="The sigmoid of so large a sum is 1 to twenty digits: the neuron is saturated.",
)


def _fan_cases(rng):
    fans = [(2, 4), (64, 32), (1, 1), (784, 10)]
    fans += [tuple(int(n) for n in rng.integers(1, 500, 2)) for _ in range(3)]
    return [
        _Case({"fan_in": first, "fan_out": second}, f"fan-in {first}, fan-out {second}")
        for first, second in fans
    ]


_function(
    "ex03-xavier-limit",
    cases=_fan_cases,
    right=lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out)),
    mistakes=[
        ("The square root is missing.", lambda i, o: 6 / (i + o)),
        ("The root is over the 6 only.", lambda i, o: np.sqrt(6) / (i + o)),
        ("Only the fan-in is in it; Xavier's limit balances both.",
         lambda i, o: np.sqrt(6 / i)),
        ("That is the standard deviation; a uniform draw of that spread has a limit √3 "
         "times wider.", lambda i, o: np.sqrt(2 / (i + o))),
        ("Fan-in and fan-out are multiplied; they are added.",
         lambda i, o: np.sqrt(6 / (i * o))),
        ("The division is only by the fan-in: mind the brackets.",
         lambda i, o: np.sqrt(6 / i + o)),
    ],
    hints=(
        "Work from the inside: add, divide, take the root.",
        "np.sqrt takes the square root.",
        "Brackets around the sum of the two.",
    ),
)  # fmt: skip


def _judge_uniform(answer, rng):
    """Judge uniform_weights(rng, rows, columns, limit)."""
    for rows, columns, limit in ((400, 500, 0.5), (1, 500, 0.1), (7, 4, 2.0)):
        arguments = {"rng": None, "rows": rows, "columns": columns, "limit": limit}
        first, again, other = (
            draw["the result"] / limit
            for draw in _draw_thrice(
                answer,
                f"rows {rows}, columns {columns} and limit {limit}",
                arguments,
                {"the result": (rows, columns)},
                np.random.default_rng,
                seed="rng",
            )
        )
        if not np.array_equal(first, again):
            raise _Stop(
                "The same seed gives other numbers each time: draw from the rng that is "
                "handed over, not from np.random."
            )
        if np.array_equal(first, other):
            raise _Stop("Every seed gives the same numbers: use the rng.")
        for draw in (first, other):
            _require_uniform(draw)
    return _Verdict(True, "Shape, range, seed and spread are right.")


def _require_uniform(draw):
    """Stop unless the numbers are from a uniform distribution over [-1, 1)."""
    if len(np.unique(draw)) < draw.size:
        raise _Stop("Some weights are equal; each is drawn by itself.")
    low, high = draw.min(), draw.max()
    if low >= 0 and abs(high - 1) < 0.01:
        raise _Stop(
            "One-sided: the weights lie in [0, limit). Without negative ones all sums "
            "grow with the number of inputs. "
            f"The mean is {draw.mean():.2f} limits, expected 0."
        )
    few = draw.size < 100
    inside = low >= -1 and high <= 1
    if not (inside and (few or (low <= -0.97 and high >= 0.97))):
        raise _Stop(
            f"The weights lie between {low:.2f} and {high:.2f} limits: expected from -1 "
            f"to 1. A range {high - low:.2f} limits wide; expected 2."
        )
    if draw.size > 100_000:
        counts = np.histogram(draw, 10, (-1, 1))[0] * 10 / draw.size
        if not np.abs(counts - 1).max() <= 0.05:
            raise _Stop(
                "The range is right, but some parts of it come up more often than "
                "others: uniform means every part alike."
            )


_judged_by(
    "ex03-uniform",
    _judge_uniform,
    (
        "rng.uniform(low, high, shape) draws from [low, high).",
        "The shape is the pair (rows, columns).",
        "The lower end is the limit with a minus.",
    ),
)


def _judge_starts(answer, rng):
    """Judge starting_weights(hidden_nodes, input_nodes, seed)."""
    for hidden, inputs in ((3, 2), (200, 300), (50, 50), (300, 16), (1, 4)):
        first, again, other = (
            draw["the result"]
            for draw in _draw_thrice(
                answer,
                f"{hidden} hidden nodes and {inputs} inputs",
                {"hidden_nodes": hidden, "input_nodes": inputs, "seed": None},
                {"the result": (hidden, inputs)},
            )
        )
        if not np.array_equal(first, again):
            raise _Stop(
                "The same seed must give the same weights; yours change each time."
            )
        if not first.any():
            raise _Stop(
                "All weights are zero: all hidden neurons compute the same, get the same "
                "update, and stay the same for ever."
            )
        if np.array_equal(first, other):
            raise _Stop("Every seed gives the same weights: use the seed.")
        if hidden > 1 and np.ptp(first, axis=0).max() == 0:
            raise _Stop(
                f"All {hidden} hidden neurons start with the same weights, so they compute "
                "the same and stay the same: the layer is worth one neuron. "
                "Where is the random generator made?"
            )
        for draw in (first, other):
            _require_scaled(draw, inputs)
    return _Verdict(True, "All rows differ, the seed decides, the spread is 1/√fan-in.")


def _require_scaled(weights, inputs):
    """Stop unless the weights are different draws that spread as 1/√fan-in."""
    if len(np.unique(weights)) < weights.size:
        raise _Stop("Some weights repeat; each is drawn by itself.")
    if weights.size > 1000:
        ratio = weights.std() * np.sqrt(inputs)
        if not abs(weights.mean()) * np.sqrt(inputs) <= 0.06:
            raise _Stop(f"The mean is {weights.mean():.3g}, expected near 0.")
        if not abs(ratio - 1) <= 0.04:
            raise _Stop(
                f"The weights spread {ratio:.2f} times as far as 1/√fan-in. Expected a "
                "standard deviation of 1 divided by the root of the number of inputs."
            )
    _no_outlier("The weights", weights, inputs)


def _no_outlier(name, weights, fan_in):
    """Stop if a weight cannot come from a normal distribution of spread 1/√fan-in."""
    largest = np.abs(weights).max()
    if not 1e-6 <= largest * np.sqrt(fan_in) <= 6:  # one in a million lies outside
        raise _Stop(
            f"{name} for a fan-in of {fan_in} go up to {largest:.3g}: that does not fit a "
            f"standard deviation of {1 / np.sqrt(fan_in):.3g}."
        )


_judged_by(
    "ex03-same-neurons",
    _judge_starts,
    (
        "Print the weights of 3 hidden nodes. What do the rows have in common?",
        "A generator with the same seed starts with the same numbers, each time it is made.",
        "Make the generator once.",
    ),
)


def _judge_initialise(answer, rng):
    """Judge initialise(input_nodes, hidden_nodes, output_nodes, seed)."""
    for inputs, hidden, outputs in (
        (3, 4, 2), (400, 100, 80), (60, 500, 90), (1, 1, 1)
    ):  # fmt: skip
        shapes = ((hidden, inputs), (outputs, hidden), (hidden, 1), (outputs, 1))
        first, again, other = _draw_thrice(
            answer,
            f"a {inputs}-{hidden}-{outputs} network",
            {"input_nodes": inputs, "hidden_nodes": hidden, "output_nodes": outputs,
             "seed": None},
            dict(zip(_PARAMETERS, shapes, strict=True)),
        )  # fmt: skip
        if not all(np.array_equal(first[name], again[name]) for name in _PARAMETERS):
            raise _Stop("The same seed must give the same numbers.")
        for name in _PARAMETERS[:2]:
            if np.array_equal(first[name], other[name]):
                raise _Stop(f"{name} is the same for every seed.")
        for draw in (first, other):
            _require_start(draw, inputs, hidden, outputs)
    return _Verdict(True, "Shapes, spreads, zero biases and the seed are right.")


def _require_start(draw, inputs, hidden, outputs):
    """Stop unless weights spread as 1/√fan-in and biases are 0."""
    for name in _PARAMETERS[2:]:
        if draw[name].any():
            raise _Stop(f"{name} should start at zero; yours do not.")
    for name, fan_in, fan_out in (
        (_PARAMETERS[0], inputs, hidden),
        (_PARAMETERS[1], hidden, outputs),
    ):
        weights = draw[name]
        if len(np.unique(weights)) < weights.size:
            raise _Stop(f"{name}: some weights repeat.")
        if weights.size < 5000:
            _no_outlier(name, weights, fan_in)
            continue
        spread = float(weights.std())
        fits = {
            "": 1 / np.sqrt(fan_in),
            "It is not scaled: a standard deviation of 1, whatever the fan-in.": 1.0,
            "It is scaled by the fan-out, the nodes it goes to.": 1 / np.sqrt(fan_out),
            "It is divided by the fan-in; its square root is meant.": 1 / fan_in,
            "It is multiplied by the root of the fan-in.": np.sqrt(fan_in),
        }
        words, nearest = min(fits.items(), key=lambda fit: abs(spread / fit[1] - 1))
        if not abs(spread * np.sqrt(fan_in) - 1) <= 0.04:
            known = words if abs(spread / nearest - 1) < 0.04 else ""
            raise _Stop(
                f"{name} has a standard deviation of {spread:.3g}, expected "
                f"{1 / np.sqrt(fan_in):.3g}. {known}".strip()
            )
        if not abs(weights.mean()) <= 0.05 * spread:
            raise _Stop(f"{name} has a mean of {weights.mean():.3g}, not 0.")
        inside = np.mean(np.abs(weights) < spread)
        if not abs(inside - 0.683) <= 0.03:
            raise _Stop(
                f"{name} has the right spread, but {inside:.0%} of the weights lie "
                "within one standard deviation; a normal distribution has 68 %.",
            )
    first_weights, second_weights = (draw[name].ravel() for name in _PARAMETERS[:2])
    n = min(first_weights.size, second_weights.size)
    if n > 100:
        both = np.corrcoef(first_weights[:n], second_weights[:n])[0, 1]
        if not abs(both) <= 0.5:
            raise _Stop(
                "The second layer repeats the random numbers of the first: make the "
                "generator once and go on drawing from it."
            )


_judged_by(
    "ex03-initialise",
    _judge_initialise,
    (
        "rng.normal(mean, standard deviation, shape) draws from a normal distribution.",
        "The fan-in is how many numbers are added up: the columns of the weights.",
        "Divide by the square root of the fan-in, each layer by its own.",
    ),
)


def hidden_slope(input_nodes, init):
    """Return the mean slope of 16 hidden sigmoids for inputs in [0, 1), over 20 seeds."""
    slopes = []
    for seed in range(20):
        net = nn_core.NeuralNetwork(input_nodes, 16, 1, init=init, seed=seed)
        inputs = np.random.default_rng(1000 + seed).random((input_nodes, 200))
        outputs = net.layer_outputs(inputs)[0]
        slopes.append((outputs * (1 - outputs)).mean())
    return float(np.mean(slopes))


_value(
    "ex03-explore-saturation",
    right=lambda: next(
        n for n in (2, 8, 30, 64, 256, 784) if hidden_slope(n, "uniform") < 0.01
    ),
    mistakes=[
        ("With 2 inputs the slope is near 0.19, most of the possible 0.25.", 2),
        ("With 8 inputs the slope is near 0.08: small, but not below 0.01.", 8),
        ("With 64 inputs it is long past: find the first that is below 0.01.", 64),
        ("With 256 inputs it is long past: find the first that is below 0.01.", 256),
        ("With 784 inputs it is long past: find the first that is below 0.01.", 784),
    ],
    hints=(
        "Try the numbers in order, from 2 up.",
        "The words below the widget give the mean slope, for one seed.",
        "nn_check.hidden_slope(2, 'uniform') computes the slope for 2 inputs, over 20 seeds.",
    ),
    done="Scaled by 1/√fan-in the slope stays near 0.23 for every one of these numbers.",
)

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
    all_right = {"outputs": outputs, "targets": np.array([[1.0, 1, 0]])}
    undecided = {"outputs": np.array([[0.5, 0.5]]), "targets": np.array([[1.0, 1]])}
    return [
        *cases,
        _Case(all_right, "three samples that are all right"),
        _Case(undecided, "outputs of exactly 0.5, which is not above 0.5,"),
    ]


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


_judged_by(
    "ex04-boundary-point",
    _judge_boundary_point,
    (
        "On one side of the boundary the output is above 0.5, on the other below.",
        "Keep one input fixed and move the other one only.",
        "Find a point above and a point below 0.5, and try the one half way between.",
    ),
)

# --- Chapter 5: activation functions and slopes ---------------------------------------

_value(
    "ex05-predict-slope",
    right=lambda: 0.5 * (1 - 0.5),
    within=0.001,
    mistakes=[
        ("The sigmoid rises by 1 in all, but spread over a wide range.", 1),
        ("0.5 is the sigmoid's value where it is steepest, not its slope.", 0.5),
        ("Far out the slope is 0; the question is where it is largest.", 0),
    ],
    hints=(
        "Where is the curve steepest?",
        "The slope is σ(z)(1 − σ(z)).",
        "What is the largest value of s(1 − s) for s between 0 and 1?",
    ),
    done="So each layer's sigmoid makes an error sent back at least four times smaller.",
)


def _array_cases(name, *arrays):
    def cases(rng):
        drawn = [rng.normal(0, 3, shape) for shape in ((5,), (2, 3), (4, 1), (1, 1))]
        return [
            _Case({name: np.array(array)}, f"an array of shape {np.shape(array)}")
            for array in (*drawn, *arrays)
        ]

    return cases


def _sigmoid_slope(z):
    return _sigmoid(z) * (1 - _sigmoid(z))


_function(
    "ex05-sigmoid-slope",
    cases=_array_cases("sums", [0.0, 2.0, -2.0]),
    right=_sigmoid_slope,
    mistakes=[
        (
            "x (1 − x) is the slope only if x is already the sigmoid's output. You are "
            "given the sums before it: for a sum of 2 you return -2, and a slope of the "
            "sigmoid is never negative.",
            lambda z: z * (1 - z),
        ),
        ("That is the sigmoid itself, not its slope.", _sigmoid),
        ("That is 1 − σ: the factor σ is missing.", lambda z: 1 - _sigmoid(z)),
        (
            "The sigmoid is applied twice before the slope is taken.",
            lambda z: _sigmoid_slope(_sigmoid(z)),
        ),
        ("That is σ squared: one factor should be 1 − σ.", lambda z: _sigmoid(z) ** 2),
        ("That is the slope of tanh.", lambda z: 1 - np.tanh(z) ** 2),
        ("The sign is turned: the sigmoid only rises.", lambda z: -_sigmoid_slope(z)),
        (
            "The second factor has the sum in it: it is 1 minus the sigmoid.",
            lambda z: _sigmoid(z) * (1 - z),
        ),
    ],
    hints=(
        "Compute the sigmoid of the sums first and give it a name.",
        "The slope is that times one minus that.",
        "Try it with a sum of 0: the slope there is the largest there is.",
    ),
)


def _safe_sigmoid(x):
    with np.errstate(over="ignore"):
        return _sigmoid(np.asarray(x, float))


_function(
    "ex05-stable-sigmoid",
    cases=_array_cases(
        "x", [-1000.0, 1000.0, 0.0], [-600.0, -40.0, 5.0, 40.0, 600.0], [-3, 0, 3]
    ),
    right=_safe_sigmoid,
    each=True,
    may_warn=False,
    mistakes=[
        (
            "For a large positive x it gives nan, infinity divided by infinity.",
            lambda x: np.exp(x) / (1 + np.exp(x)),
        ),
        (
            "The input is clipped too closely: far out the result stays away from 0 and 1.",
            lambda x: _sigmoid(np.clip(x, -10, 10)),
        ),
        (
            "The input is clipped too closely: far out the result stays away from 0 and 1.",
            lambda x: _sigmoid(np.clip(x, -30, 30)),
        ),
        (
            "The sign of x is gone: the sigmoid of -3 is not that of 3.",
            lambda x: _sigmoid(np.abs(x)),
        ),
        (
            "It falls where it should rise: mind the sign of x.",
            lambda x: _safe_sigmoid(-x),
        ),
    ],
    hints=(
        "Which of exp(1000) and exp(-1000) is too large for the computer?",
        "exp of a number that is never positive never overflows: think of -|x|.",
        "With e = exp(-|x|), the sigmoid is 1 / (1 + e) for x of 0 or more, and e / (1 + e) "
        "below 0. np.where chooses; NumPy's errstate, or a wide np.clip, works too.",
    ),
    done="No warning, at -1000 neither.",
)

_function(
    "ex05-relu",
    cases=_array_cases("x", [-1.0, 0.0, 1.0]),
    right=lambda x: np.maximum(x, 0),
    mistakes=[
        ("That is the absolute value: below 0, ReLU is 0.", np.abs),
        ("It lets the negative numbers through and stops the others.",
         lambda x: np.minimum(x, 0)),
        ("That is the slope, 0 or 1. ReLU itself passes the number on.",
         lambda x: 1.0 * (x > 0)),
        ("Everything below 1 becomes 1: the limit is 0.", lambda x: np.maximum(x, 1)),
        ("That is one number, the largest. np.maximum compares element by element.", np.max),
    ],
    hints=(
        "Each element is compared with 0, and the larger of the two is kept.",
        "np.maximum, not np.max, compares element by element.",
        "x[x < 0] = 0 would change the caller's array.",
    ),
)  # fmt: skip

_function(
    "ex05-relu-slope",
    cases=_array_cases("x", [-1.0, 0.0, 1.0]),
    right=lambda x: 1.0 * (x > 0),
    mistakes=[
        ("That is ReLU itself. Its slope is 0 or 1.", lambda x: np.maximum(x, 0)),
        ("At exactly 0 the exercise asks for 0.", lambda x: 1.0 * (x >= 0)),
        ("Below 0 ReLU is flat: its slope is 0, not -1.", np.sign),
        ("The slope of a line through the origin is the same everywhere; ReLU has a bend.",
         np.ones_like),
        ("It is the wrong way round: flat below 0, rising above.", lambda x: 1.0 * (x <= 0)),
    ],
    hints=(
        "How steep is ReLU at 5? At 0.1? At -3?",
        "A comparison gives True and False; times 1.0 they are 1 and 0.",
        "At exactly 0 we agree on a slope of 0.",
    ),
)  # fmt: skip


def _tanh_output_cases(rng):
    return [
        _Case({"outputs": np.tanh(rng.normal(size=shape))}, f"outputs of shape {shape}")
        for shape in ((5,), (2, 3), (4, 1))
    ]


_function(
    "ex05-tanh-slope",
    cases=_tanh_output_cases,
    right=lambda outputs: 1 - outputs**2,
    mistakes=[
        ("tanh is applied once more. You are given its outputs already.",
         lambda y: 1 - np.tanh(y) ** 2),
        ("That is the sigmoid's slope from its output.", lambda y: y * (1 - y)),
        ("The output is to be squared.", lambda y: 1 - y),
        ("The sign is turned: tanh only rises.", lambda y: y**2 - 1),
        ("That is the square; the slope is what is missing from it to 1.", lambda y: y**2),
    ],
    hints=(
        "The slope of tanh at z is 1 − tanh²(z).",
        "tanh(z) is what you are given.",
        "So the slope needs no tanh any more: one square and one difference.",
    ),
)  # fmt: skip


def _two_layer_cases(rng):
    cases = []
    for inputs, hidden, outputs, _ in _SIZES:
        net = Network((inputs, hidden, outputs), rng)
        arguments = {
            "weights_1": net.weights_input_hidden,
            "biases_1": net.biases_hidden,
            "weights_2": net.weights_hidden_output,
            "biases_2": net.biases_output,
        }
        cases.append(_Case(arguments, f"{inputs}-{hidden}-{outputs} nodes"))
    return cases


_function(
    "ex05-collapse",
    cases=_two_layer_cases,
    right=lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1 + b2),
    parts=("weights", "biases"),
    mistakes=[
        ("The order is turned: the second layer's weights stand on the left.",
         lambda w1, b1, w2, b2: (w1 @ w2, w2 @ b1 + b2)),
        ("The weights are right. The first biases go through the second layer's weights "
         "as well.", lambda w1, b1, w2, b2: (w2 @ w1, b1 + b2)),
        ("The weights are right. The first layer's biases are forgotten.",
         lambda w1, b1, w2, b2: (w2 @ w1, b2)),
        ("The weights are right. The second layer's biases are forgotten.",
         lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1)),
    ],
    hints=(
        "Write the output of both layers as one formula and multiply it out.",
        "W₂(W₁x + b₁) + b₂: which part stands before x?",
        "All that does not stand before x is the new bias.",
    ),
    done="Without an activation function, two layers are one.",
)  # fmt: skip

_value(
    "ex05-explore-slopes",
    parts=("sigmoid", "tanh"),
    within=0.1,
    # s (1 − s) = 0.01 and 1 − t² = 0.01, solved for z
    right=lambda: (
        np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96))),
        np.arctanh(np.sqrt(0.99)),
    ),
    mistakes=[
        ("The two are swapped: tanh is the narrower one.", (3.0, 4.6)),
        ("The first fits a slope of 0.1, not 0.01.", (2.06, 3.0)),
    ],
    hints=(
        "Move the slider until the slope shown, or the one you compute, is 0.01.",
        "tanh is the sigmoid made twice as wide in height and twice as quick.",
        "Your own functions of 5.2 and 5.6 give the slope at any z.",
    ),
    done="Beyond these sums a neuron learns at less than a hundredth of the full speed.",
)

# --- Chapter 6: training --------------------------------------------------------------

_value(
    "ex06-predict-update",
    right=lambda: 10 * (1 - 0.8) * 0.8 * (1 - 0.8) * 0.5,
    within=0.0005,
    mistakes=[
        ("The sigmoid's slope, 0.8 · 0.2, is left out.", 1.0),
        ("The weight must grow: the output is below its target.", -0.16),
        ("What the weight is multiplied with, the hidden output, is left out.", 0.32),
        ("The learning rate is left out.", 0.016),
        ("The learning rate and the hidden output are left out.", 0.032),
        ("The error is left out.", 0.8),
    ],
    hints=(
        "Four factors: learning rate, error, slope at the output, hidden output.",
        "The error is target minus output.",
        "The slope is output · (1 − output).",
    ),
)


def _output_cases(rng):
    return [
        _Case(
            {
                "outputs": rng.uniform(0.05, 0.95, (nodes, samples)),
                "targets": rng.integers(0, 2, (nodes, samples)).astype(float),
            },
            f"{nodes} output nodes and {samples} samples",
            samples,
        )
        for nodes, samples in ((1, 3), (2, 5), (3, 1), (4, 4))
    ]


_function(
    "ex06-output-delta",
    cases=_output_cases,
    right=lambda y, t: (y - t) * y * (1 - y),
    mistakes=[
        ("The sign is turned: this is minus the gradient. Subtracting it would climb.",
         lambda y, t: (t - y) * y * (1 - y)),
        ("The sigmoid's slope is missing: that is the bare error.", lambda y, t: y - t),
        ("The slope is missing and the sign is turned.", lambda y, t: t - y),
        ("That is the slope; the error is missing.", lambda y, t: y * (1 - y)),
        ("The slope is that of the targets: it belongs to the outputs.",
         lambda y, t: (y - t) * t * (1 - t)),
        ("You are given outputs: the sigmoid is applied to them once more.",
         lambda y, t: (y - t) * _sigmoid_slope(y)),
        ("It is divided by the number of samples here; that comes once, with the gradients.",
         lambda y, t: (y - t) * y * (1 - y) / y.shape[1]),
    ],
    hints=(
        "δ is how the loss changes when the output neuron's sum changes.",
        "Two factors: the loss's slope at the output, and the sigmoid's slope.",
        "For ½(target − output)² the loss's slope is output − target.",
    ),
)  # fmt: skip


def _hidden_cases(rng):
    cases = []
    for _, hidden, outputs, samples in _SIZES:
        delta = rng.normal(0, 0.2, (outputs, samples))
        arguments = {
            "weights_hidden_output": rng.normal(size=(outputs, hidden)),
            "hidden_outputs": rng.uniform(0.05, 0.95, (hidden, samples)),
            "outputs": rng.uniform(0.05, 0.95, (outputs, samples)),
            "targets": rng.integers(0, 2, delta.shape).astype(float),
        }
        words = f"{hidden} hidden nodes, {outputs} outputs and {samples} samples"
        cases.append(_Case(arguments, words, samples))
    return cases


def _hidden_delta(w, h, y, t):
    return w.T @ ((y - t) * y * (1 - y)) * h * (1 - h)


_function(
    "ex06-hidden-delta",
    cases=_hidden_cases,
    right=_hidden_delta,
    mistakes=[
        ("Your hidden error leaves out the output's derivative: the bare error is sent back. "
         "That is the blog's rule.", lambda w, h, y, t: w.T @ (y - t) * h * (1 - h)),
        ("Your hidden error leaves out the hidden layer's own derivative.",
         lambda w, h, y, t: w.T @ ((y - t) * y * (1 - y))),
        ("Both derivatives are left out: this is only the error sent back.",
         lambda w, h, y, t: w.T @ (y - t)),
        ("The sign is turned: this is minus the gradient.",
         lambda w, h, y, t: -_hidden_delta(w, h, y, t)),
        ("The sign is turned, and the output's derivative is left out.",
         lambda w, h, y, t: w.T @ (t - y) * h * (1 - h)),
        ("The weights are not transposed: it runs only where outputs and hidden nodes are "
         "equally many, and sends each error to the wrong neuron.",
         lambda w, h, y, t: w @ ((y - t) * y * (1 - y)) * h * (1 - h)),
        ("The hidden slope is taken twice through the sigmoid: hidden_outputs have been "
         "through it already.",
         lambda w, h, y, t: w.T @ ((y - t) * y * (1 - y)) * _sigmoid_slope(h)),
    ],
    hints=(
        "First the output's δ, complete with its slope. Only then back through the weights.",
        "What comes back through the weights is multiplied by the hidden layer's slope.",
        "Compare with exercise 6.2: is that what is sent back?",
    ),
    done="The output's whole δ goes back, derivative included.",
)  # fmt: skip


def _bias_cases(rng):
    return [
        _Case(
            {
                "biases": rng.normal(size=(nodes, 1)),
                "delta": rng.normal(size=(nodes, samples)),
                "learning_rate": float(rng.uniform(0.1, 2)),
            },
            f"{nodes} nodes and {samples} samples",
            samples,
        )
        for nodes, samples in ((3, 5), (4, 4), (2, 1), (1, 6))
    ]


_function(
    "ex06-bias-update",
    cases=_bias_cases,
    right=lambda b, d, rate: b - rate * d.mean(axis=1, keepdims=True),
    mistakes=[
        ("The biases grow: b - d is (nodes, 1) minus (nodes, N), which NumPy stretches to a "
         "column for every sample. Average over the samples first.",
         lambda b, d, rate: b - rate * d),
        ("The biases grow to a square: the averages are flat, (nodes,), and line up with the "
         "wrong axis. Keep them a column.", lambda b, d, rate: b - rate * d.mean(axis=1)),
        ("The wrong axis: that averages over the nodes.",
         lambda b, d, rate: b - rate * d.mean(axis=0, keepdims=True)),
        ("The wrong axis: that averages over the nodes.",
         lambda b, d, rate: b - rate * d.mean(axis=0)),
        ("The sum over the samples is taken; the exercise asks for the average.",
         lambda b, d, rate: b - rate * d.sum(axis=1, keepdims=True)),
        ("The sign: a gradient is subtracted.",
         lambda b, d, rate: b + rate * d.mean(axis=1, keepdims=True)),
        ("One average over everything: each node has its own.",
         lambda b, d, rate: b - rate * d.mean()),
        ("The learning rate is left out.",
         lambda b, d, rate: b - d.mean(axis=1, keepdims=True)),
        ("That is only the step. Subtract it from the biases.",
         lambda b, d, rate: rate * d.mean(axis=1, keepdims=True)),
    ],
    hints=(
        "Print the shape of the result, for 5 samples.",
        "One column must come out, whatever the number of samples.",
        "mean has an axis, and keepdims keeps the column a column.",
    ),
    done="The shape stays (nodes, 1), however many samples there are.",
)  # fmt: skip


def _training_cases(rng):
    cases = []
    for *sizes, samples in _SIZES:
        arguments = {
            "net": Network(sizes, rng),
            "inputs": rng.normal(size=(sizes[0], samples)),
            "targets": rng.integers(0, 2, (sizes[2], samples)).astype(float),
        }
        cases.append(_Case(arguments, _size_words(sizes, samples), samples))
    return cases


def _gradients(net, x, t, scale=None, sent_back="delta", hidden_slope=True, bias="delta",
               sign=1):  # fmt: skip
    """Return the four gradients of the mean squared error, or with a mistake in them."""
    h = _sigmoid(net.weights_input_hidden @ x + net.biases_hidden)
    y = _sigmoid(net.weights_hidden_output @ h + net.biases_output)
    error = sign * (y - t)
    delta = error * y * (1 - y)
    back = net.weights_hidden_output.T @ (delta if sent_back == "delta" else error)
    hidden_delta = back * h * (1 - h) if hidden_slope else back
    scale = 1 / x.shape[1] if scale is None else scale
    bare = bias == "errors"
    return (
        scale * hidden_delta @ x.T,
        scale * delta @ h.T,
        scale * (back if bare else hidden_delta).sum(axis=1, keepdims=True),
        scale * (error if bare else delta).sum(axis=1, keepdims=True),
    )


def _variant(**mistake):
    return lambda net, inputs, targets: _gradients(net, inputs, targets, **mistake)


_GRADIENT_MISTAKES = [
    ("This is the blog's rule: the hidden error leaves out the output's derivative, and "
     "the biases follow the bare errors.", {"sent_back": "error", "bias": "errors"}),
    ("Your hidden error leaves out the output's derivative. The output layer is right.",
     {"sent_back": "error"}),
    ("The biases follow the bare errors; both derivatives are missing there.",
     {"bias": "errors"}),
    ("The hidden layer's derivative is missing.", {"hidden_slope": False}),
    ("Both derivatives are missing in the hidden layer.",
     {"hidden_slope": False, "sent_back": "error"}),
    ("The sum over the samples is taken; the loss is a mean: divide by N.", {"scale": 1}),
    ("The sign is turned: this is minus the gradient. Subtracting it would climb.",
     {"sign": -1}),
    ("The sum over the samples is taken, and the sign is turned.", {"scale": 1, "sign": -1}),
]  # fmt: skip

_function(
    "ex06-gradients",
    cases=_training_cases,
    right=_gradients,
    parts=_PARAMETERS,
    mistakes=[(words, _variant(**mistake)) for words, mistake in _GRADIENT_MISTAKES],
    hints=(
        "Forward first: keep hidden_outputs and outputs. Then δ of the output, δ of the hidden "
        "layer.",
        "A weight's gradient is δ of where it goes to times the output of where it comes from, "
        "averaged over the samples.",
        "A bias's gradient is the average of its δ over the samples, as a column.",
    ),
    done="All four groups pass the gradient check.",
)  # fmt: skip


class _Curve:
    """A smooth function of a parameter array, whose slope is known."""

    def __init__(self, coefficients):
        self.coefficients = coefficients

    def __call__(self, parameters):
        parameters = np.asarray(parameters)
        return float(
            np.sum(self.coefficients * parameters**3) + np.sum(parameters) ** 3
        )


def _slope_cases(rng):
    return [
        _Case(
            {
                "loss": _Curve(rng.normal(size=shape)),
                "parameters": rng.uniform(0.5, 2, shape),
                "epsilon": epsilon,
            },
            f"parameters of shape {shape}",
        )
        for shape, epsilon in (
            ((3,), 1e-5),
            ((2, 3), 1e-5),
            ((1, 1), 1e-4),
            ((4,), 1e-3),
        )
    ]


def _central(loss, parameters, epsilon, above=1.0, below=-1.0, width=2.0):
    gradient = np.zeros(parameters.shape)
    for index in np.ndindex(parameters.shape):
        high, low = parameters.copy(), parameters.copy()
        high[index] += above * epsilon
        low[index] += below * epsilon
        gradient[index] = (loss(high) - loss(low)) / (width * epsilon)
    return gradient


def _accumulating(loss, parameters, epsilon, leftover=-1.0):
    moved, gradient = parameters.copy(), np.zeros(parameters.shape)
    for index in np.ndindex(parameters.shape):
        moved[index] += epsilon
        high = loss(moved)
        moved[index] -= 2 * epsilon
        gradient[index] = (high - loss(moved)) / (2 * epsilon)
        moved[index] += (1 + leftover) * epsilon
    return gradient


_function(
    "ex06-numerical-slope",
    cases=_slope_cases,
    right=_central,
    mistakes=[
        ("That is a one-sided difference: its error shrinks with epsilon only, that of the "
         "central difference with its square.",
         lambda f, p, e: _central(f, p, e, below=0, width=1)),
        ("One-sided, to the left. Step to both sides.",
         lambda f, p, e: _central(f, p, e, above=0, width=1)),
        ("The two points lie 2 epsilon apart; you divide by one.",
         lambda f, p, e: _central(f, p, e, width=1)),
        ("Only one side is moved, but it is divided by 2 epsilon.",
         lambda f, p, e: _central(f, p, e, below=0)),
        ("The sign is turned: above minus below.",
         lambda f, p, e: -_central(f, p, e)),
        ("The difference is not divided by the distance of the two points.",
         lambda f, p, e: 2 * e * _central(f, p, e)),
        ("A parameter is not put back before the next one is moved: each error adds up.",
         _accumulating),
    ],
    hints=(
        "One parameter at a time: all others stay where they are.",
        "The loss above minus the loss below, divided by how far apart the two are.",
        "Copy the parameters before you move one, or put it back afterwards.",
    ),
    tolerance=1e-8,
)  # fmt: skip

_SETTINGS_OF_MOONS = {
    "hidden_nodes": (1, 32), "learning_rate": (0.001, 100), "batch_size": (1, 160)
}  # fmt: skip


def _judge_moons(answer, rng):
    if answer is None or answer is Ellipsis:
        return _Verdict(False, _NOTHING, blank=True)
    expected = (
        "Expected a dictionary such as {'hidden_nodes': 2, 'learning_rate': 0.1}."
    )
    if not isinstance(answer, dict):
        return _Verdict(False, f"Got {_describe(answer)}. {expected}")
    settings = dict(answer)
    if all(value is None or value is Ellipsis for value in settings.values()):
        return _Verdict(False, _NOTHING, blank=True)
    unknown = set(settings) - {*_SETTINGS_OF_MOONS, "activation"}
    missing = {"hidden_nodes", "learning_rate"} - set(settings)
    if unknown or missing:
        wrong = [f"Unknown setting {name!r}." for name in sorted(unknown, key=str)]
        wrong += [f"{name} is missing." for name in sorted(missing)]
        known = ", ".join([*_SETTINGS_OF_MOONS, "activation"])
        words = [*wrong, f"Known settings: {known}.", expected]
        return _Verdict(False, " ".join(words))
    for name, (low, high) in _SETTINGS_OF_MOONS.items():
        value = settings.get(name)
        if value is None and name == "batch_size":
            continue
        whole = name != "learning_rate"
        kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
        fits = isinstance(value, kinds) and not isinstance(
            value, (bool, np.timedelta64)
        )
        if not fits or not low <= value <= high:
            kind = "a whole number" if whole else "a number"
            return _Verdict(
                False, f"{name}: expected {kind} from {low} to {high}, got {value!r}."
            )
    activation = settings.get("activation", "sigmoid")
    if not isinstance(activation, str) or activation not in nn_core.ACTIVATIONS:
        known = ", ".join(nn_core.ACTIVATIONS)
        return _Verdict(
            False, f"activation: expected one of {known}, got {activation!r}."
        )
    data = nn_core.moons()
    held_out = np.arange(data.inputs.shape[1]) % 5 == 4
    net = nn_core.NeuralNetwork(2, settings["hidden_nodes"], 1, activation=activation)
    try:
        losses = net.fit(
            data.inputs[:, ~held_out],
            data.targets[:, ~held_out],
            learning_rate=float(settings["learning_rate"]),
            epochs=300,
            batch_size=settings.get("batch_size"),
        )
    except ValueError:
        return _Verdict(False, "Training diverged: the learning rate is too large.")
    outputs = net.feedforward(data.inputs[:, held_out])
    share = float(np.mean((outputs > 0.5) == (data.targets[:, held_out] > 0.5)))
    found = (
        f"After 300 epochs the loss is {losses[-1]:.3g} and {share:.1%} of the test samples "
        "are right."
    )
    if share > 0.97:
        return _Verdict(True, found)
    why = ""
    if losses[-1] > 0.9 * losses[0]:
        why = " It hardly learnt: the rate is much too small or too large."
    return _Verdict(False, f"{found} Expected more than 97 %.{why}")


_judged_by(
    "ex06-explore-moons",
    _judge_moons,
    (
        "Watch the loss: does it still fall at epoch 300, or does it jump?",
        "Smaller batches make more updates in each epoch.",
        "Too few hidden nodes cannot bend the boundary around both moons.",
    ),
)

# --- Capstone: train ------------------------------------------------------------------

_function(
    "capstone-loss",
    cases=_output_cases,
    right=lambda y, t: 0.5 * np.sum((t - y) ** 2) / y.shape[1],
    mistakes=[
        ("The half is missing.", lambda y, t: np.sum((t - y) ** 2) / y.shape[1]),
        ("The sum over the samples is taken; divide by their number.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2)),
        ("The mean is over all numbers, output nodes included. It is a mean over samples of "
         "the sum over output nodes.", lambda y, t: 0.5 * np.mean((t - y) ** 2)),
        ("The mean is over all numbers, and the half is missing.",
         lambda y, t: np.mean((t - y) ** 2)),
        ("The errors are not squared: positive and negative ones cancel.",
         lambda y, t: 0.5 * np.sum(t - y) / y.shape[1]),
        ("That is one loss for each sample: take their mean.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2, axis=0)),
        ("It is divided by the number of output nodes, not of samples.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2) / y.shape[0]),
    ],
    hints=(
        "For one sample: half the sum of the squared errors of all output nodes.",
        "Over a batch: the mean of the samples' losses.",
        "Samples are columns: how many there are is in the shape of either array.",
    ),
)  # fmt: skip


def _judge_train(answer, rng):
    """Judge train(net, inputs, targets, learning_rate): one update in place."""
    rate = 0.7
    tried = [
        _Case({**case.arguments, "learning_rate": rate}, case.words, case.samples)
        for case in _training_cases(rng)
    ]
    unfit = _unfit_function(answer, tried[0])
    if unfit:
        return unfit
    nets, returned, unchanged = [], [], True
    for case in tried:
        net = copy.deepcopy(case.arguments["net"])

        def once(inputs, targets, learning_rate, net=net):
            return answer(net, inputs, targets, learning_rate)

        outcome = _run(once, {k: v for k, v in case.arguments.items() if k != "net"})
        if isinstance(outcome.error, NotImplementedError):
            return _Verdict(False, _NOTHING, blank=True)
        if outcome.error is not None:
            return _Verdict(False, _explain_error(outcome.error, _call(case)))
        if outcome.changed:
            return _Verdict(
                False, f"train changes the {outcome.changed[0]} it is given."
            )
        unchanged &= _same_content(case.arguments["net"], net)
        nets.append(net)
        returned.append(outcome.value)
    if unchanged:
        nothing = all(value is None for value in returned)
        return _Verdict(
            False,
            _NOTHING
            if nothing
            else "train returns, but no weight and no bias has changed.",
            blank=nothing,
        )
    wrong = _wrong_update(tried, nets, rate)
    if wrong:
        return _Verdict(False, wrong)
    for case, value in zip(tried, returned, strict=True):
        net, inputs, targets, _ = case.arguments.values()
        y = _feedforward(net, inputs)
        loss = 0.5 * np.sum((targets - y) ** 2) / inputs.shape[1]
        try:
            got = _numbers(value, "What train returns")
        except _Unfit as unfit:
            return _Verdict(False, f"The update is right. {unfit} Return the loss.")
        if not _near(got, np.array(loss), TOLERANCE):
            after = 0.5 * np.sum((targets - _feedforward(nets[0], inputs)) ** 2) if (
                case is tried[0]
            ) else np.nan  # fmt: skip
            late = got.shape == () and abs(got * inputs.shape[1] - after) < 1e-9
            return _Verdict(
                False,
                "The update is right. "
                + (
                    "The loss you return is that after the update; return the one before."
                    if late
                    else "The loss you return is not the mean over samples of half the "
                    "squared error before the update."
                ),
            )
    return _Verdict(
        True,
        "On five networks each group moves by the learning rate times its gradient.",
    )


def _wrong_update(tried, nets, rate):
    """Return what is wrong with the nets after one update, or ""."""
    steps, numeric = [], []
    for case, net in zip(tried, nets, strict=True):
        before = case.arguments["net"]
        step = {}
        for name in _PARAMETERS:
            try:
                now = _numbers(getattr(net, name, None), f"net.{name}")
            except _Unfit as unfit:
                return str(unfit)
            shape = getattr(before, name).shape
            if now.shape != shape:
                words = _explain_shape(now.shape, shape)
                return f"After the update net.{name} {words}."
            if not np.isfinite(now).all():
                return f"After the update net.{name} holds nan or infinity."
            step[name] = (getattr(before, name) - now) / rate
        steps.append(step)
        numeric.append(_measured_gradients(case))
    errors = {
        name: np.max(  # nan if one is nan, which max() may pass over
            [
                relative_error(step[name], right[name])
                for step, right in zip(steps, numeric, strict=True)
            ]
        )
        for name in _PARAMETERS
    }
    if all(error <= 1e-6 for error in errors.values()):
        return ""
    figures = ", ".join(f"{name} {error:.1e}" for name, error in errors.items())
    report = f"Gradient check, relative errors: {figures}; expected below 1e-6."
    known = [(words, _variant(**mistake)) for words, mistake in _GRADIENT_MISTAKES]
    known.append(
        (
            "The hidden error goes back through weights that are already updated: compute "
            "all gradients first, then change anything.",
            lambda net, x, t: _late_gradients(net, x, t, rate),
        )
    )
    for words, variant in known:
        if all(
            relative_error(step[name], wrong) < 1e-6
            for step, case in zip(steps, tried, strict=True)
            for name, wrong in zip(
                _PARAMETERS, variant(*list(case.arguments.values())[:3]), strict=True
            )
        ):
            return f"{words} {report}"
    ratios = [
        float(np.vdot(step[name], right[name]) / np.vdot(right[name], right[name]))
        for step, right in zip(steps, numeric, strict=True)
        for name in _PARAMETERS
    ]
    fits = all(
        relative_error(step[name], ratio * right[name]) < 1e-6
        for (step, right, name), ratio in zip(
            (
                (step, right, name)
                for step, right in zip(steps, numeric, strict=True)
                for name in _PARAMETERS
            ),
            ratios,
            strict=True,
        )
    )
    if fits and np.allclose(ratios, 1 / rate):
        return f"The learning rate is left out of the update. {report}"
    if fits and np.allclose(ratios, ratios[0]):
        return f"Each step is {ratios[0]:.3g} times what it should be. {report}"
    return f"The update is not the gradient's. {report}"


def _measured_gradients(case):
    """Return {name: gradient} of the mean squared error by central differences."""
    net, inputs, targets = list(case.arguments.values())[:3]
    probe = nn_core.NeuralNetwork(net.input_nodes, net.hidden_nodes, net.output_nodes)
    for name in _PARAMETERS:
        setattr(probe, name, getattr(net, name))
    return nn_core.numerical_gradient(probe, inputs, targets)._asdict()


def _late_gradients(net, inputs, targets, rate):
    """Return gradients whose hidden error uses the updated output weights."""
    exact = _gradients(net, inputs, targets)
    late = copy.deepcopy(net)
    hidden = _sigmoid(net.weights_input_hidden @ inputs + net.biases_hidden)
    y = _feedforward(net, inputs)
    late.weights_hidden_output = net.weights_hidden_output - rate * exact[1]
    delta = (y - targets) * y * (1 - y)
    hidden_delta = late.weights_hidden_output.T @ delta * hidden * (1 - hidden)
    samples = inputs.shape[1]
    return (
        hidden_delta @ inputs.T / samples,
        exact[1],
        hidden_delta.mean(axis=1, keepdims=True),
        exact[3],
    )


_judged_by(
    "capstone-train",
    _judge_train,
    (
        "Three stages: forward, gradients, update. Change nothing before the third.",
        "Call your function with one sample and compare each array's change with exercise 6.5.",
        "Look at which of the four groups fail the gradient check: the output weights depend "
        "on the least.",
    ),
)


def _judge_fit(answer, rng):
    """Judge fit(net, inputs, targets, learning_rate, epochs) on XOR."""
    data, rate, epochs = nn_core.xor(), 3.0, 40
    reference = nn_core.NeuralNetwork(2, 4, 1, seed=1)
    net = Network((2, 4, 1), rng)
    for name in _PARAMETERS:
        setattr(net, name, getattr(reference, name).copy())
    case = _Case({"net": net, "inputs": data.inputs, "targets": data.targets,
                  "learning_rate": rate, "epochs": epochs}, "")  # fmt: skip
    unfit = _unfit_function(answer, case)
    if unfit:
        return unfit
    expected = reference.fit(*data, learning_rate=rate, epochs=epochs)
    outcome = _run(answer, case.arguments)
    blank = _blank([outcome])
    if blank and outcome.changed == ("net",):
        return _Verdict(
            False, "fit trains the network, but returns None: return the losses."
        )
    if blank:
        return blank
    if outcome.error is not None:
        return _Verdict(False, _explain_error(outcome.error, "fit on XOR"))
    harmed = [name for name in outcome.changed if name != "net"]
    if harmed:
        return _Verdict(False, f"fit changes the {harmed[0]} it is given.")
    try:
        losses = _numbers(outcome.value, "What fit returns")
    except _Unfit as unfit:
        return _Verdict(False, f"{unfit} Expected a list of {epochs} losses.")
    if losses.shape != (epochs,):
        return _Verdict(
            False,
            f"For {epochs} epochs expected a list of {epochs} losses; got "
            f"{_shape_words(losses.shape)}.",
        )
    if _near(losses, np.array(expected), 1e-6):
        if outcome.changed != ("net",):
            return _Verdict(
                False, "The losses are right, but net itself is not trained."
            )
        for name in _PARAMETERS:
            try:
                trained = _numbers(getattr(outcome.given["net"], name, None), name)
            except _Unfit as unfit:
                return _Verdict(False, f"The losses are right, but {unfit}")
            if not _near(trained, getattr(reference, name), 1e-6):
                return _Verdict(
                    False,
                    f"The losses are right, but net.{name} is not what so many updates "
                    "make of it.",
                )
        return _Verdict(
            True,
            f"All {epochs} losses agree, from {losses[0]:.3f} to {losses[-1]:.3f}.",
        )
    if np.ptp(losses) < 1e-12:
        return _Verdict(
            False, "All losses are the same: is the network updated at all?"
        )
    first = int(np.argmax(~np.isclose(losses, expected, rtol=1e-6)))
    return _Verdict(
        False,
        f"The losses agree for {first} epochs; then {losses[first]:.4f} comes where "
        f"{expected[first]:.4f} is right. An epoch is one update with all samples.",
    )


_judged_by(
    "capstone-fit",
    _judge_fit,
    (
        "A loop that calls your train once for each epoch.",
        "train returns the loss before its update; collect these.",
        "Start with an empty list, append in the loop, return the list after the loop.",
    ),
)


def _blog_error():
    net = nn_core.NeuralNetwork(2, 4, 1, update_rule="blog", seed=0)
    data = nn_core.xor()
    first = np.concatenate([g.ravel() for g in net.backpropagate(*data)])
    numeric = nn_core.numerical_gradient(net, *data)
    return relative_error(first, np.concatenate([g.ravel() for g in numeric]))


_value(
    "capstone-blog-error",
    right=_blog_error,
    within=0.01,
    mistakes=[
        ("That is as small as an exact gradient's: is update_rule 'blog' in your network?",
         0.0),
        ("That is ‖a − n‖ / ‖n‖ or the like: divide by the sum of both lengths.",
         4.0),
    ],
    hints=(
        "Lay all four groups end to end in one vector, for both gradients.",
        "net.backpropagate gives what the rule uses, numerical_gradient what is right.",
        "‖a − n‖ / (‖a‖ + ‖n‖), with np.linalg.norm for ‖ ‖.",
    ),
    done="An exact gradient gives less than 1e-7 here.",
)  # fmt: skip

# --- Capstone: digits -----------------------------------------------------------------

_value(
    "digits-predict",
    right=lambda: nn_core.digits().targets.mean(axis=1).max(),
    within=0.005,
    mistakes=[
        ("That is a percentage; write a share from 0 to 1.", 10),
        ("That is for two classes; here are ten.", 0.5),
        ("It is right sometimes: whenever the digit is the one it always says.", 0),
    ],
    hints=(
        "Ten digits come up about equally often.",
        "Of ten samples, how many are of the one digit it always says?",
        "Write it as a share from 0 to 1.",
    ),
    done="A network must beat this before it is worth anything.",
)


def _digit_cases(rng):
    cases = []
    for samples in (1, 7, 10, 60):
        labels = rng.integers(0, 10, samples)
        outputs = rng.uniform(0.05, 0.4, (10, samples))
        said = np.where(rng.random(samples) < 0.5, labels, rng.integers(0, 10, samples))
        outputs[said, np.arange(samples)] += rng.uniform(0.4, 0.55, samples)
        cases.append(
            _Case(
                {"outputs": outputs, "targets": np.eye(10)[:, labels]},
                f"{samples} samples",
            )
        )
    return cases


def _confusion(y, t):
    return np.array(
        [[np.sum((t.argmax(0) == i) & (y.argmax(0) == j)) for j in range(10)]
         for i in range(10)]
    )  # fmt: skip


_function(
    "digits-accuracy",
    cases=_digit_cases,
    right=lambda y, t: np.mean(y.argmax(axis=0) == t.argmax(axis=0)),
    mistakes=[
        ("The wrong axis: you look for the best sample of each digit; look for the best digit "
         "of each sample.", lambda y, t: np.mean(y.argmax(axis=1) == t.argmax(axis=1))),
        ("Each of the ten outputs is judged by itself. Nine of ten targets are 0, so this is "
         "high even for a network that knows nothing.",
         lambda y, t: np.mean((y > 0.5) == (t > 0.5))),
        ("Without an axis, argmax finds one place in the whole array.",
         lambda y, t: np.mean(y.argmax() == t.argmax())),
        ("That is a count; divide by the number of samples.",
         lambda y, t: np.sum(y.argmax(axis=0) == t.argmax(axis=0))),
        ("That is the share of wrong decisions.",
         lambda y, t: np.mean(y.argmax(axis=0) != t.argmax(axis=0))),
    ],
    hints=(
        "A sample's decision is the digit with the largest output.",
        "argmax gives the place of the largest number along an axis.",
        "Digits are rows, samples are columns: which axis must disappear?",
    ),
)  # fmt: skip

_function(
    "digits-confusion",
    cases=_digit_cases,
    right=_confusion,
    mistakes=[
        ("Rows and columns are swapped: rows are the true digits.",
         lambda y, t: _confusion(y, t).T),
        ("Those are shares; count the samples.",
         lambda y, t: _confusion(y, t) / y.shape[1]),
        ("Only whether a pair comes up is stored, not how often. counts[i, j] += 1 with "
         "index arrays adds only once for each pair.",
         lambda y, t: 1 * (_confusion(y, t) > 0)),
        ("Only the right decisions are counted.",
         lambda y, t: np.diag(np.diag(_confusion(y, t)))),
    ],
    hints=(
        "Start with a table of zeros and add 1 for each sample.",
        "The row is the digit the sample is, the column the digit the network says.",
        "A plain loop over the samples is fine.",
    ),
)  # fmt: skip


def _judge_split(answer, rng):
    """Judge split(inputs, targets, seed) -> four arrays."""
    names = ("train_inputs", "train_targets", "test_inputs", "test_targets")
    for samples in (50, 10, 200):
        labels = np.tile(np.arange(10), samples // 10)
        targets = np.eye(10)[:, labels]
        inputs = np.stack([np.arange(samples, dtype=float), labels + 0.5])
        test = samples // 5
        shapes = ((2, samples - test), (10, samples - test), (2, test), (10, test))
        first, again, other = _draw_thrice(
            answer,
            f"{samples} samples",
            {"inputs": inputs, "targets": targets, "seed": None},
            dict(zip(names, shapes, strict=True)),
        )
        for draw in (first, other):
            _require_parts(draw, inputs, targets)
        if not all(np.array_equal(first[name], again[name]) for name in names):
            raise _Stop("The same seed must give the same split.")
        if samples > 20 and np.array_equal(first["test_inputs"], other["test_inputs"]):
            raise _Stop("Every seed gives the same split: shuffle before you divide.")
    return _Verdict(True, "Pairs stay together, no sample is in both parts.")


def _require_parts(draw, inputs, targets):
    """Stop unless the four arrays hold each sample once, with its own target."""
    for part in ("train", "test"):
        numbers = draw[f"{part}_inputs"][0]
        if not np.all(np.isin(numbers, inputs[0])):
            raise _Stop("Some inputs are none of those given.")
        order = numbers.astype(int)  # each sample's first input is its number
        if not np.array_equal(draw[f"{part}_inputs"], inputs[:, order]):
            raise _Stop("The columns of the inputs are torn apart.")
        got = draw[f"{part}_targets"]
        if not np.array_equal(np.sort(got, axis=0), np.sort(targets[:, order], 0)):
            raise _Stop("Some targets are none of those given.")
        if not np.array_equal(got, targets[:, order]):
            raise _Stop(
                "Inputs and targets no longer belong together: they are shuffled in two "
                "different orders. A picture of a 3 now says 7."
            )
    seen = np.concatenate([draw["train_inputs"][0], draw["test_inputs"][0]])
    if len(np.unique(seen)) < inputs.shape[1]:
        raise _Stop(
            "Some samples are in both parts, or twice in one: the test is to be on "
            "samples that were never seen in training."
        )


_judged_by(
    "digits-split",
    _judge_split,
    (
        "How many times does the code draw an order? How many should it?",
        "rng.permutation(n) gives the numbers 0 to n − 1 in a new order.",
        "Use the same order for the columns of both arrays.",
    ),
)

DIGITS_ACCURACY = 0.97  # the share of held-out digits a design must beat
DIGITS_SECONDS = 10.0


def _judge_design(answer, rng):
    """Judge design(inputs, targets): it returns a trained network."""
    data = nn_core.digits()
    order = np.random.default_rng(2024).permutation(data.inputs.shape[1])
    test, train = order[:360], order[360:]
    arguments = {"inputs": data.inputs[:, train], "targets": data.targets[:, train]}
    unfit = _unfit_function(answer, _Case(arguments, ""))
    if unfit:
        return unfit
    outcome = _run(answer, arguments, DIGITS_SECONDS)
    blank = _blank([outcome])
    if blank:
        return blank
    if isinstance(outcome.error, _OutOfTime):
        return _Verdict(
            False,
            f"Training took more than {DIGITS_SECONDS:.0f} seconds: fewer epochs, or fewer "
            "hidden nodes.",
        )
    if outcome.error is not None:
        return _Verdict(False, _explain_error(outcome.error, "Your design"))
    feedforward = getattr(outcome.value, "feedforward", None)
    if not callable(feedforward):
        return _Verdict(
            False,
            f"Expected a trained network with a feedforward, got "
            f"{_describe(outcome.value)}.",
        )
    shares = []
    for chosen in (train, test):
        result = _run(feedforward, {"inputs": data.inputs[:, chosen]})
        if result.error is not None:
            return _Verdict(False, _explain_error(result.error, "Its feedforward"))
        try:
            outputs = _numbers(result.value, "What feedforward returns")
        except _Unfit as unfit:
            return _Verdict(False, str(unfit))
        if outputs.shape != (10, len(chosen)):
            return _Verdict(
                False,
                f"feedforward returns {_shape_words(outputs.shape)}, expected "
                f"{(10, len(chosen))}: ten outputs for each digit.",
            )
        right = outputs.argmax(axis=0) == data.targets[:, chosen].argmax(axis=0)
        shares.append(float(np.mean(right & np.isfinite(outputs).all(axis=0))))
    known, unseen = shares
    found = (
        f"Right: {known:.1%} of the training digits, {unseen:.1%} of the held-out ones."
    )
    if unseen > DIGITS_ACCURACY:
        return _Verdict(True, found)
    if known < 0.2:
        advice = (
            "It learnt nothing. Are its hidden neurons saturated from the start, or its steps "
            "far too small or large?"
        )
    elif known < 0.985:
        advice = (
            "It could know the training digits better: more updates or larger steps."
        )
    else:
        advice = (
            "It knows the training digits, but not the others: another size or start?"
        )
    return _Verdict(
        False, f"{found} Expected more than {DIGITS_ACCURACY:.0%}. {advice}"
    )


_judged_by(
    "digits-design",
    _judge_design,
    (
        "Which start keeps the hidden neurons out of saturation with 64 inputs?",
        "Small batches make many updates in an epoch.",
        "Cross-entropy does not stall where an output is quite wrong.",
    ),
)
