"""What the playground says of a run: where it stands, how it goes, and what to try."""

import numpy as np


def in_words(run, training, playing):
    """Return a run's losses and accuracies, and advice, as HTML."""
    train_loss = run.network.loss(*run.train_data)
    samples = "" if run.has_test_data else " (no test samples)"
    return (
        f"<div><b>Epoch {len(run.history)}.</b> "
        f"Loss: train {train_loss:.3g}, test {run.test_loss:.3g}. "
        f"Accuracy: train {run.train_accuracy:.1%}, test {run.test_accuracy:.1%}"
        f"{samples}.</div><div role='status'>{advice(run, training, playing)}</div>"
    )


def advice(run, training, playing):
    """Say how training goes and, where it does not go well, what to try; HTML.

    Parameters
    ----------
    run : Run
    training : Training
        How it would go on.
    playing : bool
    """
    rate = training.learning_rate
    if run.diverged:
        return (
            f"<b>Training diverged</b>: with a learning rate of {rate:.3g} the numbers "
            "outgrew the computer. Try a tenth of it, then press Reset."
        )
    if not run.history:
        return "Not trained yet. Press Play."
    if run.train_accuracy == 1 and run.history[-1] < 0.01:
        return "Every training sample is right."
    if len(run.history) >= 100:
        recent = np.array(run.history[-100:])
        early, late = recent[:50].mean(), recent[50:].mean()
        swings = np.abs(np.diff(recent)).mean()
        if late > 1.2 * run.history[0]:
            return (
                "<b>Training diverges</b>: the loss is higher than at the start. A "
                f"learning rate of {rate:.3g} is too large; try a tenth of it and "
                "press Reset."
            )
        if training.batch_size is None and swings > 0.05 * late and late > 0.02:
            return (
                f"<b>The loss jumps up and down</b>: a learning rate of {rate:.3g} "
                "steps over the minimum. Try a third of it."
            )
        if late > 0.997 * early and run.train_accuracy < 0.99:
            return f"<b>Training has stalled</b>: {_why_stalled(run, training)}"
    return "Training." if playing else "Paused."


def _why_stalled(run, training):
    net = run.network
    hidden, outputs = net.layer_outputs(run.train_data.inputs)
    if net.hidden_nodes > 1 and np.ptp(hidden, axis=0).max() < 1e-9:
        return (
            "all hidden neurons are the same, so they get the same updates for ever. "
            "Try a random start: xavier."
        )
    if net.activation == "relu" and (hidden == 0).all(axis=1).mean() > 0.5:
        return (
            "more than half of the hidden neurons are 0 for every sample: dead ReLUs "
            "learn no more. Try a smaller learning rate or another seed."
        )
    if net.loss_function == "mse" and (outputs * (1 - outputs)).mean() < 0.01:
        return (
            "the outputs are saturated near 0 or 1, where the sigmoid is flat. "
            "Try another start (xavier) or another seed."
        )
    if training.batch_size is None:
        return (
            "it is on a plateau, or its steps are too small to see. Try a larger "
            "learning rate, or smaller batches: more steps in every epoch."
        )
    return "it is on a plateau. Try more hidden nodes, tanh, or another seed."
