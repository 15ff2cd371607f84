"""Call the reader's code, and turn its errors into a Mistake with method and line."""

import html
import linecache
import sys
import sysconfig
import traceback

import numpy as np

import nn_core
from nn_widgets.playground.network.printed import EndlessPrint, captured

# Code that is not the reader's: Python's and installed libraries, and the book's modules.
LIBRARIES = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
OF_THE_BOOK = {"nn_arguments", "nn_core", "nn_data", "nn_files", "nn_widgets"}


class Mistake(Exception):
    """An error in the reader's code.

    Parameters
    ----------
    what : str
        The description for the reader.
    method : str
        The method that was called.
    place : (str, int, str) or None, default None
        The function that contains the line, the line's number, and its text.
    """

    def __init__(self, what, method, place=None):
        super().__init__(what)
        self.what, self.method, self.place = what, method, place

    def as_html(self):
        """Describe what happened, and where, as HTML."""
        if self.place is None:
            return f"<b>Your {_code(self.method)} stopped</b>: {html.escape(self.what)}"
        function, number, line = self.place
        called = "" if function == self.method else f", called by {_code(self.method)}"
        return (
            f"<b>Your {_code(function)}{called} stopped in line {number}</b>, "
            f"{_code(line)}: {html.escape(self.what)}"
        )


def _code(text):
    return f"<code>{html.escape(text)}</code>"


def call(method, function, *arguments, **options):
    """Call the reader's function; return its result and what it printed.

    Any exception except nn_core's Diverged becomes a Mistake in the named method. NumPy's
    floating-point warnings are off.
    """
    try:
        with captured() as printed, np.errstate(all="ignore"):
            return function(*arguments, **options), printed.text
    except nn_core.Diverged:  # from a subclass of nn_core's network: not a mistake
        raise
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        raise Mistake(_in_words(error), method, _place(error, function)) from error


def _in_words(error):
    if isinstance(error, EndlessPrint):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "it was interrupted. Is a loop without an end around this line?"
    return f"{type(error).__name__}: {error}"


def _place(error, function):
    """Return the reader's line that raised the error, or the first line of the function."""
    place = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        in_library = frame.f_code.co_filename.startswith(LIBRARIES)
        if not in_library and module not in OF_THE_BOOK:
            place = _line(frame.f_code, number, frame.f_globals)
    return place or head_of(function)


def _line(code, number, names=None):
    line = linecache.getline(code.co_filename, number, names).strip()
    return code.co_name, number, line


def head_of(function):
    """Return the first line of a function, or of a class's __init__; None if unknown."""
    function = function.__init__ if isinstance(function, type) else function
    code = getattr(function, "__code__", None)
    return None if code is None else _line(code, code.co_firstlineno)


def return_of(function, *arguments):
    """Call a function again to find the line that returns; else return its first line."""
    code = getattr(function, "__code__", None)
    places = []

    def note(frame, event, _):
        if event == "return" and frame.f_code is code:
            places.append(_line(code, frame.f_lineno, frame.f_globals))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call("", function, *arguments)
    except Mistake:  # the first call did not fail, so do not report this line
        places.clear()
    finally:
        sys.setprofile(before)
    return places[-1] if places else head_of(function)
