"""Lines of Python that repeat a run of the playground."""

from nn_widgets.playground.run import OWN_DATA


def python_code(run):
    """Return the lines that repeat the run, to the last bit of its losses."""
    lines = ["import numpy as np", ""] if run.settings.dataset == OWN_DATA else []
    lines += ["import nn_core", "", *_data(run), _network(run)]
    rule = run.first_rule
    for epochs, training in run.segments:
        if training.update_rule != rule:
            rule = training.update_rule
            lines.append(f"net.update_rule = {rule!r}")
        size = training.batch_size
        lines.append(
            f"net.fit(*train, learning_rate={training.learning_rate!r}, "
            f"epochs={epochs}{f', batch_size={size}' if size else ''})"
        )
    lines += ["", 'print("test loss:", net.loss(*test))']
    lines.append(f"# {len(run.history)} epochs; test loss {run.test_loss!r}")
    return "\n".join(lines) + "\n"


def _data(run):
    """Return the lines that make the samples, `train` and `test`."""
    name, noise, seed = run.settings.dataset, run.settings.noise, run.settings.seed
    if name == "xor":
        return ["train = test = nn_core.xor()"]
    if name != OWN_DATA:
        return [
            f"train = nn_core.{name}(200, noise={noise:g}, seed={seed})",
            f"test = nn_core.{name}(100, noise={noise:g}, seed={seed + 1})",
        ]
    lines = ["inputs, targets = ...  # your own data: (2, N) and (1, N)"]
    if not run.has_test_data:  # too few to hold some out
        return [*lines, "train = test = nn_core.Dataset(inputs, targets)"]
    return [
        *lines,
        "held_out = np.arange(inputs.shape[1]) % 5 == 4",
        "train = nn_core.Dataset(inputs[:, ~held_out], targets[:, ~held_out])",
        "test = nn_core.Dataset(inputs[:, held_out], targets[:, held_out])",
    ]


def _network(run):
    settings = run.settings
    return (
        f"net = nn_core.NeuralNetwork(2, {settings.hidden_nodes}, 1, "
        f"activation={settings.activation!r}, init={settings.init!r}, "
        f"seed={settings.seed}, loss={settings.loss!r}, update_rule={run.first_rule!r})"
    )
