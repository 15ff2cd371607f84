"""Show how far a run is."""

import sys
import time


def progress(what: str, number: int, most: int, began: float | None = None) -> None:
    """Show how many of all are done: in place on a terminal, else at every tenth."""
    text = f"{what}: {number} of {most}"
    if began is not None and number:
        rate = number / max(time.monotonic() - began, 1e-3)
        text += f", {rate:.1f} a second, {(most - number) / rate:.0f} s left"
    if sys.stdout.isatty():
        end = "\n" if number == most else ""
        print(f"\r{text}\033[K", end=end, flush=True)
    elif number in (0, most) or number * 10 // most != (number - 1) * 10 // most:
        print(text, flush=True)
