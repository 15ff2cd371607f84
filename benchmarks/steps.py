"""Time the steps from nn_core to nn_fast: each trick added to the earlier ones, and alone.

    python benchmarks/steps.py            about two minutes
    python benchmarks/steps.py --quick    a short run; its figures mean little
    python benchmarks/steps.py --show buffers,dot    the function with these tricks

Each variant is one function whose source text is generated from the tricks it uses. It
trains the usual network (sigmoid, mean squared error), and its weights must agree with
nn_core's before it is timed. Without any trick it consists of the formulas of chapter 6, with
their loops, in one function: that is the first step, "choices". nn_fast.py names the tricks.
"""

from benchmarks import training  # first: it sets the number of threads
from benchmarks.command_line import make_parser, write_json
from benchmarks.contenders import PARAMETERS, RATE, Case, Contender, NNCore, NNFast

import numpy as np  # isort: skip

CASES = [Case(2, 16, 1, 200, None), Case(2, 16, 1, 200, 10)]
TRICKS = ("buffers", "dot", "0-d", "signs", "column", "scale", "line", "rows")
CALLS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


# --- A variant's source text ----------------------------------------------------------


class _Writer:
    """Write the line of code for an operation, depending on the tricks."""

    def __init__(self, tricks):
        self.buffers, self.dot = "buffers" in tricks, "dot" in tricks
        self.line = "line" in tricks

    def assign(self, out, value):
        # Without buffers, a new array must be copied into its part of `line_step`.
        where = f"{out}[...]" if self.line and "step" in out else out
        return f"{where} = {value}"

    def formula(self, out, a, sign, b):
        if self.buffers:
            return f"{CALLS[sign]}({a}, {b}, {out})"
        return self.assign(out, f"{a} {sign} {b}")

    def function(self, out, name, a):
        return f"{name}({a}, {out})" if self.buffers else f"{out} = {name}({a})"

    def product(self, out, a, b):
        if self.buffers:
            return f"{a}.dot({b}, {out})" if self.dot else f"matmul({a}, {b}, {out})"
        return self.assign(out, f"{a}.dot({b})" if self.dot else f"{a} @ {b}")

    def sums(self, out, a):
        if self.buffers:
            return f"{a}.sum(axis=1, keepdims=True, out={out})"
        return self.assign(out, f"{a}.sum(axis=1, keepdims=True)")

    def transposed(self, name):
        """Return the name of a buffer's transposed view, which is made once."""
        return f"{name}_T" if self.buffers else f"{name}.T"

    def in_place(self, array, step):
        if self.buffers:
            return f"subtract({array}, {step}, {array})"
        return f"{array} -= {step}"


def _layer(write, tricks, number, inputs, out):
    """Yield the lines of one layer's forward pass."""
    one = "one" if "0-d" in tricks else "1"
    if "column" in tricks:
        yield write.product(out, f"layer{number}", inputs)
    else:
        yield write.product(out, f"weights{number}", inputs)
        yield write.formula(out, out, "+", f"biases{number}")
    if "signs" not in tricks:
        yield write.function(out, "negative", out)
    yield write.function(out, "exp", out)
    yield write.formula(out, out, "+", one)
    yield write.formula(out, one, "/", out)


def _update(tricks):
    """Yield the lines of one update."""
    write, one = _Writer(tricks), "one" if "0-d" in tricks else "1"
    signs, column, scale = "signs" in tricks, "column" in tricks, "scale" in tricks
    hidden = "hidden_and_one" if column else "hidden"
    yield from _layer(write, tricks, 1, "x", "hidden")
    if column and not write.buffers:
        yield "hidden_and_one[:-1] = hidden"
    yield from _layer(write, tricks, 2, hidden, "final")
    yield write.formula(
        "errors", *(("t", "-", "final") if signs else ("final", "-", "t"))
    )
    if write.dot:
        if not write.buffers:
            yield "in_line = errors.reshape(-1)"
        yield "loss = 0.5 * float(in_line.dot(in_line))"
    else:
        yield write.formula("squares", "errors", "*", "errors")
        yield "loss = 0.5 * float(squares.sum())"
    yield write.formula(
        "errors", "errors", *(("*", "scale") if scale else ("/", "count"))
    )
    yield write.formula("delta", one, "-", "final")
    yield write.formula("delta", "delta", "*", "final")
    yield write.formula("delta", "delta", "*", "errors")
    yield write.product("sent_back", write.transposed("weights2"), "delta")
    slope = ("hidden", "-", one) if signs else (one, "-", "hidden")
    yield write.formula("hidden_delta", *slope)
    yield write.formula("hidden_delta", "hidden_delta", "*", "hidden")
    yield write.formula("hidden_delta", "hidden_delta", "*", "sent_back")
    for number, delta, below in (
        (1, "hidden_delta", "x_T"),
        (2, "delta", write.transposed(hidden)),
    ):
        if column:
            yield write.product(f"layer{number}_step", delta, below)
        else:
            yield write.product(f"weights{number}_step", delta, below)
            yield write.sums(f"biases{number}_step", delta)
    for part in ["line"] if write.line else _parts(tricks):
        if not scale:
            yield write.formula(f"{part}_step", f"{part}_step", "*", "rate")
        yield write.in_place(part, f"{part}_step")


def _parts(tricks):
    """Return the names of the arrays that an update changes."""
    if "column" in tricks:
        return ["layer1", "layer2"]
    return ["weights1", "biases1", "weights2", "biases2"]


def text_of(tricks, shuffled):
    """Return the source of train(epochs, rng, …), with a keyword for each array it uses."""
    rows = "rows" in tricks
    lines = ["losses = []", "for _ in range(epochs):"]
    if rows and shuffled:
        lines += [
            "    order = rng.permutation(samples)",
            "    take(rows, order, 0, shuffled_rows, 'clip')",
            "    take(target_rows, order, 0, shuffled_target_rows, 'clip')",
        ]
    elif not rows:
        order = "rng.permutation(samples)" if shuffled else "slice(None)"
        lines.append(f"    order = {order}")
        lines.append("    xs, ts = inputs[:, order], targets[:, order]")
    lines.append("    total = 0.0")
    if rows:
        lines.append("    for x, x_T, t in batches:")
    else:
        lines += [
            "    for start in range(0, samples, count):",
            "        x, t = xs[:, start : start + count], ts[:, start : start + count]",
            "        x_T = x.T",
        ]
    lines += [f"        {line}" for line in _update(tricks)]
    lines += ["        total += loss", "    losses.append(total / samples)"]
    return "\n    ".join(
        ["def train(epochs, rng, *, {names}):", *lines, "return losses\n"]
    )


def compiled(text, arrays):
    """Compile the source text; bind the arrays that it names."""
    names = [name for name in arrays if name in _words(text)]
    space = {}
    exec(text.format(names=", ".join(names)), space)
    used = {name: arrays[name] for name in names}
    return lambda epochs, rng: space["train"](epochs, rng, **used)


def _words(text):
    """Return the identifiers and keywords in a source text."""
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())


# --- A variant as a contender ---------------------------------------------------------


class Variant(Contender):
    """The usual network, trained by a generated function that uses `tricks`."""

    tricks = ()

    def prepare(self):
        case, count = self.case, self.case.batch or self.case.samples
        shapes = {
            "weights1": (case.hidden, case.inputs),
            "biases1": (case.hidden, 1),
            "weights2": (case.outputs, case.hidden),
            "biases2": (case.outputs, 1),
        }
        self.arrays = arrays = {
            "samples": case.samples,
            "count": count,
            "rate": RATE,
            "one": np.ones(()),
            "scale": np.array(RATE / count) if "0-d" in self.tricks else RATE / count,
            "hidden_and_one": np.ones((case.hidden + 1, count)),
        }
        for name in (*CALLS.values(), "negative", "exp", "matmul", "take"):
            arrays[name] = getattr(np, name)
        arrays["hidden"] = arrays["hidden_and_one"][:-1]
        for name in ("sent_back", "hidden_delta"):
            arrays[name] = np.empty((case.hidden, count))
        for name in ("final", "errors", "squares", "delta"):
            arrays[name] = np.empty((case.outputs, count))
        arrays["in_line"] = arrays["errors"].reshape(-1)
        for ending in ("", "_step"):
            arrays |= self.places(shapes, ending)
        arrays["weights2_T"] = arrays["weights2"].T
        arrays["hidden_T"] = arrays["hidden"].T
        arrays["hidden_and_one_T"] = arrays["hidden_and_one"].T
        self.put_samples(arrays, count)
        self.run = compiled(text_of(self.tricks, case.batch is not None), arrays)

    def places(self, shapes, ending):
        """Return the arrays of the parameters, or of their steps, laid out for the tricks."""
        column = "column" in self.tricks
        if column:
            shapes = {
                f"layer{n}": (rows, columns + 1)
                for n, (rows, columns) in ((n, shapes[f"weights{n}"]) for n in (1, 2))
            }
        line = np.empty(sum(rows * columns for rows, columns in shapes.values()))
        found, start = {f"line{ending}": line}, 0
        for name, shape in shapes.items():
            end = start + shape[0] * shape[1]
            part = line[start:end].reshape(shape)
            found[name + ending] = part if "line" in self.tricks else part.copy()
            start = end
        if column:
            for n in (1, 2):
                layer = found[f"layer{n}{ending}"]
                found[f"weights{n}{ending}"] = layer[:, :-1]
                found[f"biases{n}{ending}"] = layer[:, -1:]
        return found

    def put_samples(self, arrays, count):
        """Add the samples to the arrays, and the views that are the batches."""
        inputs, targets = self.inputs, self.targets
        if "column" in self.tricks:
            inputs = np.concatenate([inputs, np.ones((1, self.case.samples))])
        arrays |= {
            "inputs": inputs,
            "targets": targets,
            "batches": [(inputs, inputs.T, targets)],
        }
        if self.case.batch is None or "rows" not in self.tricks:
            return
        for name, array in (("rows", inputs), ("target_rows", targets)):
            arrays[name] = array.T.copy()
            arrays[f"shuffled_{name}"] = array.T.copy()
        rows, target_rows = arrays["shuffled_rows"], arrays["shuffled_target_rows"]
        parts = [slice(start, start + count) for start in range(0, len(rows), count)]
        arrays["batches"] = [(rows[s].T, rows[s], target_rows[s].T) for s in parts]

    @property
    def own(self):
        """Return the variant's four arrays, by the names of the network's parameters."""
        names = ("weights1", "weights2", "biases1", "biases2")
        return dict(zip(PARAMETERS, (self.arrays[n] for n in names), strict=True))

    @property
    def sign(self):
        return -1 if "signs" in self.tricks else 1

    def reset(self):
        for name, array in self.own.items():
            array[...] = self.sign * self.start[name]

    def parameters(self):
        return {name: self.sign * array for name, array in self.own.items()}

    def train(self, epochs, seed):
        self.run(epochs, np.random.default_rng(seed))


def variant(label, tricks):
    """Return a subclass of Variant with this name and these tricks."""
    return type("Variant", (Variant,), {"name": label, "tricks": tuple(tricks)})


def kinds():
    """Return nn_core, each step, each trick alone, and nn_fast."""
    added = [
        variant(f"with {trick}", TRICKS[: number + 1])
        for number, trick in enumerate(TRICKS)
    ]
    alone = [variant(f"only {trick}", [trick]) for trick in TRICKS]
    return [NNCore, variant("choices", []), *added, *alone, NNFast]


def main(arguments=None):
    parser = make_parser(__doc__, quick=True)
    parser.add_argument("--show", metavar="TRICKS", help="print a variant: a,b or none")
    options = parser.parse_args(arguments)
    if options.show is not None:
        tricks = [trick for trick in options.show.split(",") if trick != "none"]
        if unknown := set(tricks) - set(TRICKS):
            parser.error(
                f"expected some of {', '.join(TRICKS)}, got {', '.join(unknown)}"
            )
        print(text_of(tricks, shuffled=True).format(names="…"))
        return
    rounds, turn_seconds, least_epochs = (
        (2, 0.002, 1) if options.quick else (100, 0.02, 10)
    )

    training.stay_on_one_processor()
    results = {"rounds": rounds, "tricks": TRICKS, "cases": []}
    for case in CASES:
        times = training.measure(case, kinds(), rounds, turn_seconds, least_epochs)
        print(training.table(case, times), end="\n\n")
        results["cases"].append({"case": str(case), "microseconds_an_epoch": times})
    write_json(options.json, results)


if __name__ == "__main__":
    main()
