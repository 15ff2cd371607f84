"""The tables and numbers of the page "How fast, and why" that come from live pages."""

from statistics import median

from web.measured.results import NOT_MEASURED, markdown, rounded

# What is measured of both editions, in words and its unit, and the aim: how much of the
# first edition's is to be needed (of the frames: how many times as many there are to be).
EDITIONS = {
    "first": ("press to playground, the first page ever", "s", 0.5),
    "later": ("press to playground, later pages", "s", 0.2),
    "restart": ("restart of Python", "s", 0.2),
    "megabytes": ("sent before the first playground is alive", "MB", 1.0),
    "frames": ("frames while it trains", "a second", 1.5),
}
# What is measured of both in other browsers: in words, and the aim.
BROWSERS = ("Firefox", "WebKit")
VISITS = {"first": ("the first page ever", 0.5), "later": ("later pages", 0.3)}


def quotient(results, name):
    """Return the median over the rounds of this edition's number by the first one's."""
    pairs = zip(results["this"], results["first"], strict=True)
    return median(this[name] / first[name] for this, first in pairs)


def numbers(results):
    loads = [load for load in results["live_page"].get("load", []) if load is not None]
    return {
        "live.load.least": rounded(min(loads, default=None)),
        "live.load.most": rounded(max(loads, default=None)),
        "live.editions.rounds": str(
            len(results.get("live_side_by_side", {}).get("this", [])) or NOT_MEASURED
        ),
    }


def tables(results):
    return {
        "frame_parts": _frame_parts(results),
        "live": _live(results),
        "live_editions": _editions(results),
    }


def _frame_parts(results):
    here = results["playground_frames"].get("parts", {})
    there = results["live_page"].get("parts", [{}])
    rows = []
    for part in sorted({*here, *there[0]}, key=list({**here, **there[0]}).index):
        times = [each[part] for each in there if part in each]
        in_page = rounded(median(times)) if times else NOT_MEASURED
        rows.append([part, rounded(here.get(part)), in_page])
    return markdown(["of one frame, ms", "in Jupyter", "in the page"], rows)


def _live(results):
    live = results["live_page"]
    rows = [
        [
            "press to playground, first visit",
            f"{rounded(median(live['first']))} s",
            "8 s",
        ],
        [
            "press to playground, next visit",
            f"{rounded(median(live['cached']))} s",
            "6 s",
        ],
        [
            "press to the last cell, first visit",
            f"{rounded(median(live['ready']))} s",
            "",
        ],
        ["frames while it trains", f"{rounded(median(live['frames']))} a second", "30"],
        *(
            [label, f"{rounded(median(live[name]))} a second", ""]
            for label, name in (
                ("… of a playground with the default settings", "default"),
                ("… packed and timed as in the first edition", "packed"),
            )
            if name in live
        ),
        ["sent to a new reader", f"{rounded(live['bytes'] / 1e6)} MB", "25 MB"],
    ]
    return markdown(["chapter 6 in the browser", "measured", "aim"], rows)


def _editions(results):
    rows = [
        [label, *_compared(results.get("live_side_by_side"), name, unit), str(aim)]
        for name, (label, unit, aim) in EDITIONS.items()
    ]
    for browser in BROWSERS:
        measured = results.get("other_browsers", {}).get(browser)
        for visit, (label, aim) in VISITS.items():
            words = f"press to playground, {label}, {browser}"
            rows.append([words, *_compared(measured, visit, "s"), str(aim)])
    return markdown(["chapter 6", "first edition", "this one", "quotient", "aim"], rows)


def _compared(measured, name, unit):
    """Return both editions' medians and the quotient, in words."""
    if not measured:
        return [NOT_MEASURED] * 3
    middles = [median(each[name] for each in measured[e]) for e in ("first", "this")]
    return [
        *(f"{rounded(middle)} {unit}" for middle in middles),
        rounded(quotient(measured, name)),
    ]
