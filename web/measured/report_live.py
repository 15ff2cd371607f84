"""Make the tables and numbers of "How fast, and why" that come from live pages."""

from statistics import median

from web.measured.results import NOT_MEASURED, markdown, rounded

BROWSERS = ("Firefox", "WebKit")  # beside Chromium
VISITS = {"first": "first visit", "later": "next visit"}


def numbers(results):
    """Return the numbers of live pages that the page's prose may name, as text."""
    loads = [
        load
        for part in ("live_page", "other_browsers")
        for load in results.get(part, {}).get("load", [])
        if load is not None
    ]
    return {
        "live.load.least": rounded(min(loads, default=None)),
        "live.load.most": rounded(max(loads, default=None)),
    }


def tables(results):
    """Return the Markdown of the tables about live pages."""
    return {
        "frame_parts": _frame_parts(results),
        "live": _live(results),
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
        [
            "… of a playground with the default settings",
            f"{rounded(median(live['default']))} a second",
            "",
        ],
        ["sent to a new reader", f"{rounded(live['bytes'] / 1e6)} MB", "25 MB"],
    ]
    for browser in BROWSERS:
        rounds = results.get("other_browsers", {}).get(browser)
        for visit, words in VISITS.items():
            middle = median(each[visit] for each in rounds) if rounds else None
            seconds = f"{rounded(middle)} s" if rounds else NOT_MEASURED
            rows.append([f"press to playground, {words}, {browser}", seconds, ""])
    return markdown(["chapter 6 in the browser", "measured", "aim"], rows)
