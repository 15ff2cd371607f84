"""Measure how the time of one update grows with samples, hidden nodes and batch size.

    python benchmarks/growth.py            about two minutes
    python benchmarks/growth.py --quick    a short run; its figures mean little

It times the contenders of training.py and fits time = overhead + cost × work to them. The
work of an update is samples × hidden nodes, the number of hidden outputs it computes.
"""

from benchmarks import training  # first: it sets the number of threads
from benchmarks.command_line import make_parser, write_json
from benchmarks.contenders import Case, NNCore, NNFast
from benchmarks.other_contenders import PyTorch, TensorFlowPlayground
from web.measured.results import fit_line

import numpy as np  # isort: skip

SWEEPS = {
    "samples": [
        Case(2, 16, 1, samples, None)
        for samples in (10, 25, 50, 100, 200, 400, 800, 1600, 3200, 6400)
    ],
    "hidden nodes": [
        Case(2, hidden, 1, 200, None) for hidden in (1, 2, 4, 8, 32, 64, 128, 256, 512)
    ],
    "batch size": [Case(2, 16, 1, 200, batch) for batch in (1, 2, 5, 10, 25, 50, 100)],
}
KINDS = (NNCore, NNFast, PyTorch, TensorFlowPlayground)


def work(case):
    """Return how many hidden outputs one update computes."""
    return (case.batch or case.samples) * case.hidden


def updates_an_epoch(case):
    return -(-case.samples // (case.batch or case.samples))


def main(arguments=None):
    options = make_parser(__doc__, quick=True).parse_args(arguments)
    rounds, turn_seconds = (2, 0.002) if options.quick else (9, 0.04)

    training.stay_on_one_processor()
    kinds = [kind for kind in training.contenders_here() if kind in KINDS]
    points = []
    for sweep, cases in SWEEPS.items():
        for case in cases:
            times = training.measure(case, kinds, rounds, turn_seconds, least_epochs=5)
            microseconds = {
                name: [value / updates_an_epoch(case) for value in values]
                for name, values in times.items()
            }
            points.append(
                {
                    "sweep": sweep,
                    **vars(case),
                    "work": work(case),
                    "microseconds_an_update": microseconds,
                }
            )

    fits = {}
    print("| contender | overhead, µs | cost, ns for a hidden output | typical error |")
    print("| --- | ---: | ---: | ---: |")
    for kind in kinds:
        medians = [
            np.median(point["microseconds_an_update"][kind.name]) for point in points
        ]
        overhead, cost, errors = fit_line([point["work"] for point in points], medians)
        fits[kind.name] = {
            "overhead_microseconds": overhead,
            "nanoseconds_a_hidden_output": 1000 * cost,
            "typical_error": float(np.median(np.abs(errors))),
            "largest_error": float(np.abs(errors).max()),
        }
        print(
            f"| {kind.name} | {overhead:.1f} | {1000 * cost:.2f} "
            f"| {np.median(np.abs(errors)):.0%} |"
        )
    write_json(options.json, {"points": points, "fits": fits})


if __name__ == "__main__":
    main()
