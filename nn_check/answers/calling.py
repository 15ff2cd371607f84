"""Call a learner's function on copies of the arguments, with a time limit."""

import contextlib
import copy
import inspect
import io
import linecache
import signal
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn_check.answers.cases import PARAMETERS, Network
from nn_check.answers.comparing import describe
from nn_check.answers.verdicts import NOTHING, NotYet

SECONDS = 5.0  # time limit of an answer, for all its cases together
PACKAGE = Path(__file__).parents[1]

ENDLESS = (
    "Does a loop never end, or go over every number where one NumPy call would do?"
)


class OutOfTime(BaseException):
    """The time limit has passed.

    Not an Exception, so that `except Exception` in an answer does not catch it.
    """


class Outcome(NamedTuple):
    """What a call returned, raised, printed and changed."""

    value: object
    error: BaseException | None
    printed: str
    warned: str  # the first warning
    given: dict  # {name: argument}, after the call
    changed: tuple  # the names of the arguments that the function changed


def call(function, arguments, seconds=None):
    """Call the function with copies of {name: argument}; return the Outcome."""
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
        except BaseException as raised:  # even SystemExit must not end the check
            error = raised
    changed = tuple(
        name
        for name, before in arguments.items()
        if not same_content(before, given[name])
    )
    text = str(warned[0].message) if warned else ""
    return Outcome(value, error, printed.getvalue(), text, given, changed)


def call_each(
    answer, cases, seconds=None, may_change=(), may_return_nothing=False, late=ENDLESS
):
    """Call an answer with every case; return the Outcomes, even of calls that raised.

    Raises NotYet if the answer does not take these arguments, takes too long, changes an
    argument, or is not written yet.
    """
    _require_function(answer, cases[0])
    left = seconds = SECONDS if seconds is None else seconds
    outcomes = []
    for case in cases:
        start = time.monotonic()
        outcomes.append(call(answer, case.arguments, max(left, 0.01)))
        left -= time.monotonic() - start
        if isinstance(outcomes[-1].error, OutOfTime):
            raise NotYet(
                f"{case.subject} was stopped after {seconds:.0f} seconds. {late}"
            )
    _require_result(outcomes, may_return_nothing)
    for case, outcome in zip(cases, outcomes, strict=True):
        harmed = [name for name in outcome.changed if name not in may_change]
        if harmed:
            raise NotYet(
                f"Your {case.called} changes the {harmed[0]} it is given, so the caller's "
                "own array is spoilt. Work on a new array."
            )
    return outcomes


def require_no_error(cases, outcomes):
    for case, outcome in zip(cases, outcomes, strict=True):
        if outcome.error is not None:
            raise NotYet(explain_error(outcome.error, case.subject))


def _require_function(answer, case):
    if not callable(answer):
        raise NotYet(
            f"Expected a function, got {describe(answer)}. Hand over the function itself, "
            "without brackets after its name."
        )
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*case.arguments.values())
    except TypeError:
        names = ", ".join(case.arguments)
        raise NotYet(
            f"Your function takes {signature}; it is called with {len(case.arguments)} "
            f"arguments, ({names}), in this order."
        ) from None


def _require_result(outcomes, may_return_nothing):
    if all(isinstance(outcome.error, NotImplementedError) for outcome in outcomes):
        raise NotYet(NOTHING, blank=True)
    if any(o.error is not None or o.value is not None for o in outcomes):
        return
    if may_return_nothing and any(outcome.changed for outcome in outcomes):
        return
    if any(outcome.printed for outcome in outcomes):
        raise NotYet(
            "Your function prints its result but returns None. Print shows a number to "
            "you; return hands it to the caller."
        )
    raise NotYet(
        "Your function returns None: nothing is written yet, or its return is missing.",
        blank=True,
    )


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise OutOfTime in the block after so many seconds.

    An alarm signal interrupts the block. Where there are no signals (in the browser, on
    Windows, outside the main thread) a trace function does, when Python reaches a new line.
    """
    alarm = hasattr(signal, "setitimer") and sys.platform != "emscripten"
    if alarm and threading.current_thread() is threading.main_thread():

        def ring(number, frame):
            raise OutOfTime

        handler_before = signal.signal(signal.SIGALRM, ring)
        # The alarm repeats, in case the answer catches the first exception.
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
            raise OutOfTime
        return watch

    trace_before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(trace_before)


def same_content(before, after):
    """Tell whether an argument is unchanged; a random generator may be used."""
    if isinstance(before, np.random.Generator) or callable(before):
        return True
    if isinstance(before, Network):
        return all(
            same_content(getattr(before, name), getattr(after, name, None))
            for name in PARAMETERS
        )
    return type(before) is type(after) and np.array_equal(before, after)


def explain_error(error, subject):
    """Explain an exception of an answer, and quote the line that raised it."""
    kind, text = type(error).__name__, str(error).strip()
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if PACKAGE not in Path(frame.filename).parents
        and "site-packages" not in frame.filename
    ]
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
    return f"{subject} raised {kind}{where}: {text or 'no message'}.{meaning}"
