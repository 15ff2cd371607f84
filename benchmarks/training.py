"""Time one epoch of training with nn_core, nn_fast and others, from the same weights.

    python benchmarks/training.py            every case, about five minutes
    python benchmarks/training.py --quick    a short run; its figures mean little

Before the timing starts, each contender trains for a few epochs on the same samples in the
same order and must reach the same weights. Then the contenders take turns, in a new order each
round, so that a slow moment of the machine affects them all. Everything runs in one thread on
one processor, and the times are processor times, so waiting for other programs is not counted.

It prints Markdown tables; --json FILE also writes the figures of every round.
"""

import os
import platform
import sys
import time
import tracemalloc
from importlib.metadata import PackageNotFoundError, version

from benchmarks import contenders, other_contenders  # first: they set the threads
from benchmarks.command_line import make_parser, write_json
from benchmarks.contenders import PARAMETERS, RATE, Case

import numpy as np  # isort: skip

import nn_fast
from nn_core import NeuralNetwork

CASES = [
    Case(2, hidden, 1, 200, batch) for batch in (None, 10) for hidden in (4, 16, 64)
]
CASES.append(Case(784, 128, 10, 1024, 128))
CONTENDERS = [
    contenders.NNCore,
    contenders.NNCore32,
    contenders.NNCoreCrossEntropy,
    contenders.NNFast,
    contenders.NNFast32,
    contenders.NNFastCrossEntropy,
    contenders.Floor,
    contenders.Floor32,
    contenders.Products,
    contenders.Products32,
    other_contenders.PyTorch,
    other_contenders.PyTorch32,
    other_contenders.ScikitLearn,
    other_contenders.TensorFlowPlayground,
    contenders.Listing,
]


# --- Agreement ------------------------------------------------------------------------


def expected_parameters(contender, epochs, seed):
    """Train nn_core batch by batch, with the samples in the contender's order."""
    case = contender.case
    net = case.network(loss=contender.loss, update_rule=contender.rule)
    inputs, targets = case.data()
    size = case.batch or case.samples
    if contender.rule == "blog":
        size = 1
    rng = np.random.default_rng(seed)
    order = np.arange(case.samples)
    for _ in range(epochs):
        if contender.shuffles and case.batch:
            order = rng.permutation(case.samples)
        for start in range(0, case.samples, size):
            batch = order[start : start + size]
            net.train(inputs[:, batch], targets[:, batch], RATE)
    return {name: getattr(net, name) for name in PARAMETERS}


def check_agreement(contender, epochs=3):
    """Raise AssertionError unless the contender reaches the expected weights."""
    if isinstance(contender, contenders.Products):
        return  # it does not train: it only measures the cost of the products
    seed = 7 if contender.shuffles else None
    contender.reset()
    contender.train(epochs, seed)
    expected = expected_parameters(contender, epochs, seed)
    found = contender.parameters()
    rtol = 1e-8 if contender.dtype is np.float64 else 2e-3
    for name in PARAMETERS:
        difference = np.abs(found[name] - expected[name]).max()
        scale = np.abs(expected[name]).max()
        moved = np.abs(expected[name] - contender.start[name]).max()
        if not moved > 0:
            raise AssertionError(
                f"{contender.name}, {contender.case}: {name} never moved"
            )
        if not difference <= rtol * scale:
            raise AssertionError(
                f"{contender.name}, {contender.case}: {name} is off by {difference:.3g}"
            )
    contender.reset()


# --- Timing ---------------------------------------------------------------------------


def installed(package):
    """Tell whether a package is installed."""
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def contenders_here():
    """Return the contenders whose packages are installed; print which are left out."""
    kinds = []
    for kind in CONTENDERS:
        if kind.needs is None or installed(kind.needs):
            kinds.append(kind)
        else:
            print(
                f"{kind.name}: left out, {kind.needs} is not installed "
                '(python -m pip install -e ".[bench]")',
                file=sys.stderr,
            )
    return kinds


def stay_on_one_processor():
    """Pin this process and its children to one processor, where the system supports it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(contender, epochs, seed):
    """Return the processor time that a contender needs for these epochs."""
    contender.reset()
    start = contender.processor_seconds()
    contender.train(epochs, seed)
    return contender.processor_seconds() - start


def epochs_a_turn(contender, turn_seconds, least_epochs):
    """Return how many epochs fill a turn. Counting them also warms the contender up."""
    count = 1
    while (took := seconds(contender, count, 0)) < turn_seconds / 2:
        count = max(2 * count, int(count * turn_seconds / max(took, 1e-6) / 2))
    return max(least_epochs, round(count * turn_seconds / took))


def measure(case, kinds, rounds, turn_seconds, least_epochs):
    """Return {contender's name: its microseconds an epoch in each round}."""
    racers = [kind(case) for kind in kinds if kind.takes_part(case)]
    try:
        for racer in racers:
            check_agreement(racer)
        epochs = {
            racer: epochs_a_turn(racer, turn_seconds, least_epochs) for racer in racers
        }
        times = {racer.name: [] for racer in racers}
        shuffler = np.random.default_rng(0)
        for number in range(rounds):
            for i in shuffler.permutation(len(racers)):
                contender = racers[i]
                took = seconds(contender, epochs[contender], number)
                times[contender.name].append(round(took / epochs[contender] * 1e6, 3))
            print(f"\r{case}: round {number + 1} of {rounds} ", end="", file=sys.stderr)
    finally:
        for racer in racers:
            racer.close()
    print(file=sys.stderr)
    return times


def table(case, times):
    """Return a Markdown table: the median, the spread, and the ratio to nn_core."""
    ours = np.array(times[contenders.NNCore.name])
    lines = [
        f"### {case}",
        "",
        "| contender | µs an epoch (median) | 10 % to 90 % of rounds | × nn_core |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, values in sorted(times.items(), key=lambda item: np.median(item[1])):
        low, middle, high = np.percentile(values, [10, 50, 90])
        ratio = np.median(np.array(values) / ours)  # per round: drift cancels out
        lines.append(
            f"| {name} | {middle:,.1f} | {low:,.1f} – {high:,.1f} | {ratio:.2f} |"
        )
    return "\n".join(lines)


FITS = {"nn_core": NeuralNetwork.fit, "nn_fast": nn_fast.fit}


def memory_of_fit(fit, case):
    """Return the peak memory that a fit allocates itself, in bytes."""
    inputs, targets = case.data()
    net = case.network()
    fit(
        net, inputs[:, :1], targets[:, :1], learning_rate=RATE, epochs=1
    )  # fills caches
    tracemalloc.start()
    try:
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        fit(net, inputs, targets, learning_rate=RATE, epochs=2, batch_size=case.batch)
        return tracemalloc.get_traced_memory()[1] - held
    finally:
        tracemalloc.stop()


def memory_bounds(case):
    """Return an upper bound for the memory that each fit allocates, in bytes.

    nn_core: two shuffled copies of the data, because one exists while the next is made; five
    arrays a batch for the outputs of a layer, its sums and intermediate results; and four
    copies of the parameters. The docstring of nn_fast lists what it allocates.
    """
    size = case.batch or case.samples
    data = (case.inputs + case.outputs) * case.samples
    parameters = case.hidden * (case.inputs + 1) + case.outputs * (case.hidden + 1)
    core = 5 * (case.hidden + case.outputs) * size + 4 * parameters
    fast = (3 * case.hidden + 1 + 7 * case.outputs) * size + 2 * parameters
    fast += (case.inputs + 1) * case.samples
    if case.batch:
        core += 2 * data
        fast += (case.inputs + 1 + 2 * case.outputs) * case.samples
    objects = 20_000 + 1_000 * (-(-case.samples // size))
    objects += parameters + case.samples  # a byte each, for the checks of the values
    return {"nn_core": 8 * core + objects, "nn_fast": 8 * fast + objects}


def memory(case):
    """Return both fits' peaks and bounds, and the size of the data, in bytes."""
    bounds = memory_bounds(case)
    found = {"data": sum(array.nbytes for array in case.data())}
    for name, fit in FITS.items():
        peak = memory_of_fit(fit, case)
        if peak > bounds[name]:
            raise AssertionError(
                f"{case}: {name} held {peak} bytes, more than {bounds[name]}"
            )
        found[name], found[f"{name} bound"] = peak, bounds[name]
    return found


def fixed_costs(case, rounds):
    """Return {fit: the microseconds of a call that trains for one epoch}."""
    inputs, targets = case.data()
    net, times = case.network(), {name: [] for name in FITS}
    options = {"learning_rate": 1e-6, "epochs": 1, "batch_size": case.batch}
    for _ in range(20 * rounds):
        for name, fit in FITS.items():
            start = time.process_time()
            fit(net, inputs, targets, **options)
            times[name].append((time.process_time() - start) * 1e6)
    return {name: float(np.median(values)) for name, values in times.items()}


def environment(kinds):
    """Return the versions and settings that the figures depend on."""
    found = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "numpy": np.__version__,
    }
    for package in sorted({kind.needs for kind in kinds if kind.needs}):
        found[package] = version(package)
    if installed("threadpoolctl"):
        import threadpoolctl

        pools = threadpoolctl.threadpool_info()
        found["threads"] = {
            f"{pool['internal_api']} {pool['version']}": pool["num_threads"]
            for pool in pools
        }
        more = [pool for pool in pools if pool["num_threads"] != 1]
        if more:
            raise RuntimeError(f"expected one thread everywhere, got {more}")
    return found


def main(arguments=None):
    parser = make_parser(__doc__, quick=True)
    parser.add_argument(
        "--rounds", type=int, help="turns of every contender (default 50)"
    )
    parser.add_argument(
        "--only", metavar="TEXT", help="cases whose title contains TEXT"
    )
    options = parser.parse_args(arguments)
    rounds = options.rounds or (2 if options.quick else 50)
    # A call also checks its data and allocates arrays: over many epochs that is negligible.
    turn_seconds, least_epochs = (0.002, 1) if options.quick else (0.02, 20)
    cases = [case for case in CASES if (options.only or "") in str(case)]
    if rounds < 1 or not cases:
        titles = "\n  ".join(map(str, CASES))
        parser.error(f"expected rounds above 0 and a case among\n  {titles}")

    stay_on_one_processor()
    kinds = contenders_here()
    results = {"environment": environment(kinds), "rounds": rounds, "cases": []}
    for case in cases:
        times = measure(case, kinds, rounds, turn_seconds, least_epochs)
        print(table(case, times))
        held, calls = memory(case), fixed_costs(case, rounds)
        print()
        for name in FITS:
            print(
                f"{name}: peak memory {held[name] / 1e3:,.0f} kB beyond its data of "
                f"{held['data'] / 1e3:,.0f} kB (bound: {held[f'{name} bound'] / 1e3:,.0f} "
                f"kB); a call of one epoch takes {calls[name]:,.0f} µs\n"
            )
        results["cases"].append(
            {
                "case": str(case),
                **vars(case),
                "microseconds_an_epoch": times,
                "microseconds_a_call": calls,
                "bytes": held,
            }
        )
    write_json(options.json, results)
    print(", ".join(f"{k} {v}" for k, v in results["environment"].items()))


if __name__ == "__main__":
    main()
