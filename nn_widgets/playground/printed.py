"""What the reader's code prints in a widget: taken off the page, and only that."""

import contextlib
import contextvars
import sys

MOST_PRINTED = 100_000  # characters in one call; more is taken for endless
SHOWN_OF_PRINTED = 300

_taken_by = contextvars.ContextVar("taken_by", default=None)


class EndlessPrint(Exception):
    """The reader's code prints more than anybody reads."""


class Printed:
    """Takes what is printed, up to a limit."""

    def __init__(self):
        self.characters, self.text = 0, ""

    def write(self, text):
        self.characters += len(text)
        self.text = (self.text + text)[:SHOWN_OF_PRINTED]
        if self.characters > MOST_PRINTED:
            raise EndlessPrint(
                f"it printed more than {MOST_PRINTED:,} characters in one call, "
                "so it was stopped. Is a loop without an end around this line?"
            )
        return len(text)


class _StandardOutput:
    """Stands in for sys.stdout: what is not taken goes to the one before.

    JupyterLab answers widgets in a thread of their own, beside the cells (a subshell). There
    contextlib.redirect_stdout would take what cells print, and two threads that leave it in
    another order than they came would leave it on for good. So this one, once put in place,
    stays, and asks who prints.
    """

    def __init__(self, before):
        self._before = before

    def write(self, text):
        return (_taken_by.get() or self._before).write(text)

    def __getattr__(self, name):
        return getattr(self._before, name)


@contextlib.contextmanager
def taken():
    """Within the block, take what this thread prints; yield the Printed that has it."""
    if not isinstance(sys.stdout, _StandardOutput):
        sys.stdout = _StandardOutput(sys.stdout)
    printed = Printed()
    before = _taken_by.set(printed)
    try:
        yield printed
    finally:
        _taken_by.reset(before)
