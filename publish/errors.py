"""The error that stops a build with a message instead of a traceback."""

import contextlib
import sys
from collections.abc import Iterator

STOPPED = 3  # exit status of a Sphinx process that has printed such a message


class BuildError(RuntimeError):
    """The book cannot be built; the message says why, and what to do about it."""


@contextlib.contextmanager
def exit_on_build_error() -> Iterator[None]:
    """In a Sphinx hook, print the message of a BuildError or OSError and exit.

    Sphinx and Jupyter Book would bury it in a traceback of the hook.
    """
    try:
        yield
    except (BuildError, OSError) as error:
        print(f"The book cannot be built.\n{error}", file=sys.stderr, flush=True)
        sys.exit(STOPPED)
