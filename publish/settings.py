"""Read the environment variables that decide what a build contains.

LIVE=0           no live pages, and nothing that only they need
SOLUTIONS=0      no solutions below the exercises
SOLUTIONS=DATE   solutions in builds of that day and later, e.g. 2026-12-24
"""

import datetime
import os

from publish.errors import BuildError


def live_pages_are_wanted() -> bool:
    return os.environ.get("LIVE", "1") != "0"


def solutions_are_shown(
    setting: str | None = None, today: datetime.date | None = None
) -> bool:
    """Return whether a build of today shows the solutions.

    setting: the value of SOLUTIONS, if not the one in the environment
    Raises BuildError if it is neither 0 nor 1 nor a date.
    """
    setting = os.environ.get("SOLUTIONS", "1") if setting is None else setting
    if setting in ("", "0", "1"):
        return setting != "0"
    try:
        return (today or datetime.date.today()) >= datetime.date.fromisoformat(setting)
    except ValueError:
        raise BuildError(
            f"SOLUTIONS: expected 0, 1 or a date such as 2026-12-24; got {setting!r}"
        ) from None
