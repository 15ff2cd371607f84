"""Read results.json, and compute and format what the page shows of it."""

import json
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("results.json")
NOT_MEASURED = "not measured"

CORE, CORE32 = "nn_core", "nn_core, float32"
FAST, FAST32 = "nn_fast", "nn_fast, float32"
FLOOR, FLOOR32 = "the floor: nothing but the NumPy calls", "the floor, float32"
PRODUCTS, PRODUCTS32 = (
    "the five matrix products alone",
    "the five matrix products alone, float32",
)
PYTORCH, PYTORCH32 = "PyTorch eager", "PyTorch eager, float32"
SKLEARN = "scikit-learn MLPClassifier, cross-entropy"
PLAYGROUND = "the Playground's arithmetic, JavaScript"
LISTING = "the blog's listing"
FULL = "2-16-1, N = 200, full batch"
BATCH = "2-16-1, N = 200, batch 10"
LARGE = "784-128-10, N = 1024, batch 128"
CASES = {"full": FULL, "batch": BATCH, "large": LARGE}


def read(file=RESULTS):
    """Return the contents of results.json."""
    return json.loads(Path(file).read_text(encoding="utf-8"))


def rounded(number):
    """Return a number as text with three significant figures: 0.912, 14.9, 2,710."""
    if number is None:
        return NOT_MEASURED
    number = float(f"{number:.3g}")
    if number == 0:
        return "0"
    return f"{number:,.{max(0, 2 - int(np.floor(np.log10(abs(number)))))}f}"


def percent(share):
    """Return a share as a whole percentage, with a typographic minus sign."""
    return f"{round(100 * share)} %".replace("-", "\N{MINUS SIGN}")


def spread(values):
    """Return the median and, in brackets, the 10th and the 90th percentile, as text."""
    low, middle, high = np.percentile(values, [10, 50, 90])
    together = "\N{WORD JOINER}"  # it keeps a narrow column from breaking at the dash
    between = f"{rounded(low)}{together}–{together}{rounded(high)}"
    return f"{rounded(middle)}\N{NO-BREAK SPACE}({between})"


def markdown(head, rows):
    """Return a Markdown table, the first column left-aligned, the others right-aligned."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def case_of(results, case, part="training"):
    """Return what one part of the run measured in a case."""
    (found,) = (each for each in results[part]["cases"] if each["case"] == case)
    return found


def times_of(results, case, part="training"):
    """Return {contender: its microseconds an epoch in each round}."""
    return case_of(results, case, part)["microseconds_an_epoch"]


def by_time(times):
    """Return the contenders' names, fastest first."""
    return sorted(times, key=lambda name: np.median(times[name]))


def ratio_of(times, above, below):
    """Return the median over the rounds of `above` ÷ `below`; drift cancels out."""
    if above not in times or below not in times:
        return None
    return float(np.median(np.array(times[above]) / np.array(times[below])))


def ratio(results, case, above, below):
    """Return `ratio_of` the contenders in one case of the training."""
    return ratio_of(times_of(results, case), above, below)


def fit_line(works, microseconds):
    """Return overhead and cost of time = overhead + cost × work, and the error of each point.

    The fit minimises relative errors: with absolute ones the longest times would dominate.
    A negative overhead has no meaning, so it is at least 0.
    """
    works, times = np.array(works, float), np.array(microseconds)
    columns = np.stack([np.ones_like(works), works]) / times
    ones = np.ones_like(times)
    overhead, cost = np.linalg.lstsq(columns.T, ones, rcond=None)[0]
    if overhead < 0:
        overhead, cost = 0.0, np.linalg.lstsq(columns[1:].T, ones, rcond=None)[0][0]
    return float(overhead), float(cost), (overhead + cost * works) / times - 1


def steps_of(results, case):
    """Return a row for each step from nn_core to nn_fast, as shares of nn_core's time.

    step: its name; left: the time with this step and all before it; saves: how much less
    that is than without this step; alone: the share of the first step's time that the trick
    saves by itself (None for the first step).
    """
    times = {
        name: np.array(values)
        for name, values in times_of(results, case, "steps").items()
    }
    tricks = results["steps"]["tricks"]
    rows, before = [], times[CORE]
    for step in ("choices", *tricks):
        now = times[step if step == "choices" else f"with {step}"]
        alone = None
        if step != "choices":
            alone = 1 - float(np.median(times[f"only {step}"] / times["choices"]))
        rows.append(
            {
                "step": step,
                "left": float(np.median(now / times[CORE])),
                "saves": float(np.median((before - now) / times[CORE])),
                "alone": alone,
            }
        )
        before = now
    return rows
