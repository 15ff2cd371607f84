"""Draw the plots of the page "How fast, and why", each with its text alternative."""

from statistics import median

import numpy as np
from matplotlib.figure import Figure

from web.measured.results import (
    BATCH,
    CORE,
    FAST,
    FULL,
    PLAYGROUND,
    PYTORCH,
    SKLEARN,
    by_time,
    percent,
    rounded,
    steps_of,
    times_of,
)

STYLES = {
    CORE: ("#0072B2", "o", "-"),
    FAST: ("#007A5A", "s", "--"),
    PYTORCH: ("#B34700", "^", "-."),
    PLAYGROUND: ("#8A3B75", "D", ":"),
}


def plots(results):
    """Return {name: (figure, text alternative)} of the page's plots."""
    return {
        "training": _plot_training(results),
        "steps": _plot_steps(results),
        "growth": _plot_growth(results),
    }


def _plot_training(results):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    left_out = ("cross-entropy", "float32")
    names = [
        name
        for name in by_time(times_of(results, FULL))
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
            colour = STYLES[name][0] if name in (CORE, FAST) else "#5b6670"
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


def _plot_steps(results):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    told = []
    for ax, case, title in zip(
        axes, (FULL, BATCH), ("full batch", "batch 10"), strict=True
    ):
        rows = steps_of(results, case)
        names = ["nn_core", *(row["step"] for row in rows)]
        left = [1.0, *(row["left"] for row in rows)]
        ax.barh(range(len(names)), left, color=STYLES[CORE][0], height=0.65)
        for height, share in enumerate(left):
            ax.annotate(percent(share), (share, height), (4, 0), va="center",
                        textcoords="offset points", fontsize=9, color="#222222")  # fmt: skip
        ax.set(title=title, xlabel="share of nn_core's time")
        pairs = zip(names, left, strict=True)
        told.append(f"{title}: " + ", ".join(f"{n} {percent(s)}" for n, s in pairs))
    labels = [names[0], *(f"+ {name}" for name in names[1:])]
    axes[0].set_yticks(range(len(labels)), labels)
    axes[0].set(xlim=(0, 1.15), ylim=(len(labels) - 0.4, -0.6))
    return figure, (
        "Two bar charts of the time left, as a share of nn_core's, as one trick after the "
        f"other is added. With {'; with '.join(told)}."
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
