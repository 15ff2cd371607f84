"""Python code that repeats a run of the playground."""

from nn_widgets.playground.network.readers_network import OPTIONS
from nn_widgets.playground.network.settings import OWN_DATA


def python_code(run):
    """Return code that repeats the run; its losses are equal to the last bit."""
    own, samples = run.own_class is not None, run.train_data.inputs.shape[1]
    uses_numpy = own or run.settings.dataset == OWN_DATA
    lines = ["import numpy as np", ""] if uses_numpy else []
    lines += ["import nn_core", *_imports(run), "", *_data(run), _network(run)]
    if own and any(training.batch_size for _, training in run.segments):
        own_rng = getattr(run.network, "has_rng", False)
        seeded = f"np.random.default_rng({run.settings.seed})"
        lines.append(f"rng = {'net.rng' if own_rng else seeded}  # mixes the samples")
    rule = run.first_rule
    for epochs, training in run.segments:
        if training.update_rule != rule:
            rule = training.update_rule
            lines.append(f"net.update_rule = {rule!r}")
        if own:
            lines += _own_training(epochs, training, samples)
        else:
            lines.append(_training(epochs, training))
    lines += ["", *(OWN_LOSS[run.settings.loss] if own else [])]
    lines.append(f'print("test loss:", {"loss" if own else "net.loss(*test)"})')
    lines.append(f"# {len(run.history)} epochs; test loss {run.test_loss!r}")
    return "\n".join(lines) + "\n"


def _training(epochs, training):
    size = training.batch_size
    return (
        f"nn_fast.fit(net, *train, learning_rate={training.learning_rate!r}, "
        f"epochs={epochs}{f', batch_size={size}' if size else ''})"
    )


# Lines that measure the loss with feedforward, since a reader's class may have no `loss`.
OWN_LOSS = {
    "mse": [
        "errors = net.feedforward(test.inputs) - test.targets",
        "loss = 0.5 * np.sum(errors**2) / errors.shape[1]",
    ],
    "cross_entropy": [
        "outputs, targets = net.feedforward(test.inputs), test.targets",
        "losses = -targets * np.log(outputs) - (1 - targets) * np.log(1 - outputs)",
        "loss = np.sum(losses) / losses.shape[1]",
    ],
}


def _own_training(epochs, training, samples):
    """Return the training loops, since a reader's class may have no `fit`."""
    rate, size = training.learning_rate, training.batch_size
    if size is None or size >= samples:
        return [
            f"for epoch in range({epochs}):",
            f"    net.train(train.inputs, train.targets, {rate!r})",
        ]
    return [
        f"for epoch in range({epochs}):",
        "    order = rng.permutation(train.inputs.shape[1])",
        f"    for start in range(0, order.size, {size}):",
        f"        batch = order[start : start + {size}]",
        f"        net.train(train.inputs[:, batch], train.targets[:, batch], {rate!r})",
    ]


def _data(run):
    """Return the lines that define the samples `train` and `test`."""
    name, noise, seed = run.settings.dataset, run.settings.noise, run.settings.seed
    if name == "xor":
        return ["train = test = nn_core.xor()"]
    if name != OWN_DATA:
        return [
            f"train = nn_core.{name}(200, noise={noise:g}, seed={seed})",
            f"test = nn_core.{name}(100, noise={noise:g}, seed={seed + 1})",
        ]
    lines = ["inputs, targets = ...  # your own data: (2, N) and (1, N)"]
    if not run.has_test_data:  # there are too few samples to hold some out
        return [*lines, "train = test = nn_core.Dataset(inputs, targets)"]
    return [
        *lines,
        "held_out = np.arange(inputs.shape[1]) % 5 == 4",
        "train = nn_core.Dataset(inputs[:, ~held_out], targets[:, ~held_out])",
        "test = nn_core.Dataset(inputs[:, held_out], targets[:, held_out])",
    ]


def _imports(run):
    """Return the line that imports nn_fast, or the reader's class."""
    if run.own_class is None:
        return ["import nn_fast  # its fit does what net.fit does, faster"]
    own = run.own_class.own
    if own.__module__ == "__main__":
        return [f"# {own.__name__} is your own class: run its cell first"]
    return [f"from {own.__module__} import {own.__name__}"]


def _network(run):
    values = run.settings._asdict() | {"update_rule": run.first_rule}
    name = (
        "nn_core.NeuralNetwork" if run.own_class is None else run.own_class.own.__name__
    )
    options = [f"{key}={values[key]!r}" for key in OPTIONS if key in run.options]
    return f"net = {name}({', '.join(['2', str(run.settings.hidden_nodes), '1', *options])})"
