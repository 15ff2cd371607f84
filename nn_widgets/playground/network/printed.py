"""Capture what the reader's code prints while a widget calls it, and nothing else."""

import contextlib
import contextvars
import sys

MOST_PRINTED = 100_000  # characters in one call; more counts as an endless loop
SHOWN_OF_PRINTED = 300

_captured_by = contextvars.ContextVar("captured_by", default=None)


class EndlessPrint(Exception):
    """The reader's code printed more than MOST_PRINTED characters in one call."""


class Printed:
    """Collects what is printed: all is counted, the first characters are kept."""

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
    """Replaces sys.stdout: output that is not captured goes to the previous one.

    JupyterLab runs widget callbacks in a separate thread, beside the cells (a subshell).
    There, contextlib.redirect_stdout would also capture what cells print, and two threads
    that leave it in a different order than they entered would leave it installed for good.
    So this object is installed once, and asks for each write who printed.
    """

    def __init__(self, before):
        self._before = before

    def write(self, text):
        return (_captured_by.get() or self._before).write(text)

    def __getattr__(self, name):
        return getattr(self._before, name)


@contextlib.contextmanager
def captured():
    """Capture what this thread prints within the block; yield the Printed that holds it."""
    if not isinstance(sys.stdout, _StandardOutput):
        sys.stdout = _StandardOutput(sys.stdout)
    printed = Printed()
    before = _captured_by.set(printed)
    try:
        yield printed
    finally:
        _captured_by.reset(before)
