"""Describe a run in words: its state, how training goes, and what to try next."""

import html
import math

import ipywidgets as widgets
import numpy as np


class HalvingNotice(widgets.HTML):
    """Says when the training loss has halved: seldom enough for a screen reader to read it."""

    def __init__(self):
        super().__init__()
        self.add_class("heard-at-once")
        self._run, self._times = None, 0

    def update(self, run):
        """Say so if a run's loss has halved again since its first epoch."""
        if run is not self._run:
            self._run, self._times, self.value = run, 0, ""
        first, last = (run.history or [0])[0], (run.history or [0])[-1]
        times = int(math.log2(first / last)) if 0 < last < first else 0
        if times > self._times:
            self._times = times
            often = "" if times == 1 else f" {times} times"
            self.value = (
                f"<div role='status'>The training loss has halved{often} since the first "
                f"epoch: from {first:.3g} to {last:.3g}, after epoch {len(run.history)}."
                "</div>"
            )


def in_words(run, training, playing):
    """Return a run's losses, accuracies and advice as HTML."""
    samples = "" if run.has_test_data else " (no test samples)"
    train_loss, words = run.train_loss(), advice(run, training, playing)
    if run.mistake is not None:
        words = (
            f"{_skipped_class(run)}{run.mistake.as_html()}<br>Training is paused. Mend your "
            "class, run its cell again, and press Reset."
        )
        return f"<div>Epoch {len(run.history)}.</div><div role='status'>{words}</div>"
    return (
        f"<div><b>Epoch {len(run.history)}.</b> "
        f"Loss: train {train_loss:.3g}, test {run.test_loss:.3g}. "
        f"Accuracy: train {run.train_accuracy:.1%}, test {run.test_accuracy:.1%}"
        f"{samples}.</div>{_own_class(run)}<div role='status'>"
        f"{_skipped_class(run)}{words}</div>"
    )


def _skipped_class(run):
    """Say what the newest definition of the reader's class lacks, if an older one is used."""
    lacks = run.own_class.skipped_because if run.own_class else ""
    if not lacks:
        return ""
    return (
        f"<b>{html.escape(lacks)}</b> as a cell defined it last, so the class from before is "
        "used. Once the cells that complete it have run, press Reset.<br>"
    )


def _own_class(run):
    """Say what the reader's class printed, and that hidden outputs are missing if so."""
    if run.own_class is None:
        return ""
    words = ""
    if not run.shows_hidden:
        words += (
            "<div>Your class has no <code>layer_outputs</code>, so its hidden neurons are "
            "not shown.</div>"
        )
    if run.network.printed:
        printed = html.escape(run.network.printed)
        words += f"<div>Printed last: <code>{printed}</code></div>"
    return words


def advice(run, training, playing):
    """Say as HTML how training goes and, if it goes badly, what to try.

    Parameters
    ----------
    run : Run
    training : Training
        For the epochs that come next.
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
                "press Reset." + _signs(run)
            )
        if training.batch_size is None and swings > 0.05 * late and late > 0.02:
            return (
                f"<b>The loss jumps up and down</b>: a learning rate of {rate:.3g} "
                "steps over the minimum. Try a third of it."
            )
        lowest = min(run.history)
        if late > 0.9 * early and late > 1.2 * lowest and run.train_accuracy < 0.99:
            return (
                f"<b>The loss does not fall</b>: its lowest was {lowest:.3g}, and over the "
                f"last 50 epochs it was {late:.3g} on average. Steps that are too long do "
                f"that: try a third of the learning rate, {rate:.3g}." + _signs(run)
            )
        if late > 0.997 * early and run.train_accuracy < 0.99:
            return f"<b>Training has stalled</b>: {_why_stalled(run, training)}"
    return "Training." if playing else "Paused."


def _signs(run):
    """Suggest to look for a wrong sign, if the reader wrote train; else return ""."""
    if run.own_class is None:
        return ""
    return (
        " If that does not help, look at the signs in your train: gradients are "
        "subtracted."
    )


def _why_stalled(run, training):
    hidden, outputs = run.layer_outputs(run.train_data.inputs)
    if outputs is None:  # the reader's class has just made a mistake
        return ""
    net, options = run.network, run.options
    if hidden is not None and len(hidden) > 1 and np.ptp(hidden, axis=0).max() < 1e-9:
        start = ": xavier" if "init" in options else " in your class"
        return (
            "all hidden neurons are the same, so they get the same updates for ever. "
            f"Try a random start{start}."
        )
    if net.activation == "relu" and (hidden == 0).all(axis=1).mean() > 0.5:
        return (
            "more than half of the hidden neurons are 0 for every sample: dead ReLUs "
            "learn no more. Try a smaller learning rate or another seed."
        )
    if net.loss_function == "mse" and (outputs * (1 - outputs)).mean() < 0.01:
        start = "xavier" if "init" in options else "smaller weights"
        return (
            "the outputs are saturated near 0 or 1, where the sigmoid is flat. "
            f"Try another start ({start}) or another seed."
        )
    if training.batch_size is None:
        return (
            "it is on a plateau, or its steps are too small to see. Try a larger "
            "learning rate, or smaller batches: more steps in every epoch."
        )
    tanh = ", tanh," if "activation" in options else ""
    return (
        f"it is on a plateau. Try more hidden nodes{tanh} or another seed.{_signs(run)}"
    )
