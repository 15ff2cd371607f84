"""One weight's next update on the page: who pushes it which way, and the line of NumPy."""

import html

import ipywidgets as widgets
import numpy as np

from nn_widgets.controls import width
from nn_widgets.playground.pushes import LINES, LINES_OF_BLOG, all_weights, pushes

SHOWN = 8  # samples with a line of their own: those that push the hardest


class WeightPanel:
    """Tells why a weight moves, whenever the playground rests.

    Parameters
    ----------
    playground : Playground
    """

    title = "Why a weight moves"

    def __init__(self, playground):
        self._playground = playground
        self._menu = None

    def content(self):
        """Return the menu of weights and the words."""
        self._menu = widgets.Dropdown(description="weight", layout=width("18em"))
        self.words = widgets.HTML()
        self._fill_menu()
        self.tell()
        self._menu.observe(lambda _: self.tell(), "value")
        return widgets.VBox([self._menu, self.words])

    def _fill_menu(self):
        nodes = self._playground.time.shown().settings.hidden_nodes
        self._weights = {one.in_words(): one for one in all_weights(nodes)}
        if list(self._menu.options) != list(self._weights):
            chosen = self._menu.value
            self._menu.options = list(self._weights)
            names = [chosen] if chosen in self._weights else list(self._weights)
            self._menu.value = names[0]

    def follow(self):
        """Tell it anew, if somebody looks."""
        if self._menu is not None and self._playground.folds.buttons[self.title].value:
            self._fill_menu()
            self.tell()

    def tell(self):
        """Say how the next update comes about."""
        playground = self._playground
        run, training = playground.time.shown(), playground._set.training()
        if run.ended:
            self.words.value = "This run has ended: there is no next update."
            return
        name = self._menu.value
        weight = self._weights[name]
        try:
            found = pushes(run, training, weight)
        except Exception as error:  # of the reader's class, called with one sample
            said = html.escape(f"{type(error).__name__}: {error}")
            self.words.value = f"Your class gave no answer for single samples. {said}"
            return
        if found is None:
            self.words.value = f"Your class has no array <code>{weight.array}</code>."
            return
        self.words.value = in_words(name, weight, found, run, training)


def in_words(name, weight, found, run, training):
    """Return a weight's Pushes as HTML: the sum, the hardest pushes, and the line."""
    up, down = found.each[found.each > 0], found.each[found.each < 0]
    count, total = len(found.each), found.each.sum()
    which = f"all {count} samples"
    if count < run.train_data.inputs.shape[1]:
        which = f"the next batch of {count}"
    said = (
        f"<p><b>{name}</b> is {found.value:.6g} after epoch {len(run.history)}. In the next "
        f"update {which} have a say. {len(up)} push it up, together by {up.sum():.3g}; "
        f"{len(down)} push it down, together by {abs(down.sum()):.3g}. The sum is "
        f"{total:+.3g}, so it becomes {found.value + total:.6g}.</p>"
    )
    if not np.isclose(total, found.done, rtol=1e-6, atol=1e-15):
        said += (
            f"<p>Your <code>train</code> moves it by {found.done:+.3g} instead: it does "
            "something else than to take the mean over the samples.</p>"
        )
    blog = run.own_class is None and training.update_rule == "blog"
    lines = LINES_OF_BLOG if blog else LINES
    line = (
        f"<p>The line of NumPy that adds them up: <code>{weight.array} -= "
        f"{lines[weight.array]}</code>, with rate = "
        f"{training.learning_rate:.4g} / {count}, in row {weight.row}, "
        f"column {weight.column}.</p>"
    )
    return said + _table(found) + line


def _table(found):
    hardest = np.argsort(-np.abs(found.each), kind="stable")[:SHOWN]
    head = ("input 1, input 2", "class", "output", "delta", "× factor", "push")
    rows = [
        (
            "{:.3g}, {:.3g}".format(*found.samples.inputs[:, i]),
            f"{found.samples.targets[0, i]:.3g}",
            f"{found.outputs[i]:.3f}",
            "–" if np.isnan(found.deltas[i]) else f"{found.deltas[i]:+.3g}",
            f"{found.factors[i]:.3g}",
            f"{found.each[i]:+.3g}",
        )
        for i in hardest
    ]
    others = len(found.each) - len(hardest)
    if others:
        rest = found.each.sum() - found.each[hardest].sum()
        rows.append((f"{others} other samples", "", "", "", "", f"{rest:+.3g}"))
    rows.append(("sum", "", "", "", "", f"{found.each.sum():+.3g}"))
    cells = "".join(
        "<tr>" + "".join(f"<td style='padding:0 0.6em'>{c}</td>" for c in one) + "</tr>"
        for one in rows
    )
    names = "".join(
        f"<th scope='col' style='padding:0 0.6em'>{one}</th>" for one in head
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>"
