"""Call the reader's code; tell what goes wrong in it with the method and the line."""

import html
import linecache
import sys
import sysconfig
import traceback

import numpy as np

import nn_core
from nn_widgets.playground.printed import EndlessPrint, taken

# What is not the reader's: Python's and installed libraries, and the book's own modules.
LIBRARIES = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
OF_THE_BOOK = {"nn_arguments", "nn_core", "nn_data", "nn_files", "nn_widgets"}


class Mistake(Exception):
    """What went wrong in the reader's code.

    Parameters
    ----------
    what : str
        In words.
    method : str
        Which method was called.
    place : (str, int, str) or None, default None
        The function that the line is in, the line's number, and the line itself.
    """

    def __init__(self, what, method, place=None):
        super().__init__(what)
        self.what, self.method, self.place = what, method, place

    def as_html(self):
        """Return where it happened, and what."""
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

    Whatever it raises becomes a Mistake in the named method, but for nn_core's Diverged. Its
    arithmetic gives no warnings.
    """
    try:
        with taken() as printed, np.errstate(all="ignore"):
            return function(*arguments, **options), printed.text
    except nn_core.Diverged:  # of a class made from nn_core's: no mistake in it
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
    """Return the reader's own line that raised the error, or the head of the function."""
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
    """Return the place where a function or a class's __init__ begins, None if unknown."""
    function = function.__init__ if isinstance(function, type) else function
    code = getattr(function, "__code__", None)
    return None if code is None else _line(code, code.co_firstlineno)


def return_of(function, *arguments):
    """Call a function once more, to find where it returns; the place, or its head."""
    code = getattr(function, "__code__", None)
    places = []

    def note(frame, event, _):
        if event == "return" and frame.f_code is code:
            places.append(_line(code, frame.f_lineno, frame.f_globals))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call("", function, *arguments)
    except Mistake:  # the first call had none: its result is what is wrong
        places.clear()
    finally:
        sys.setprofile(before)
    return places[-1] if places else head_of(function)
