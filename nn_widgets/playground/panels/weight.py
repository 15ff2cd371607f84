"""The panel that explains a weight's next update, sample by sample."""

import html

import ipywidgets as widgets
import numpy as np

from nn_widgets.controls import width
from nn_widgets.playground.panels.panel import Panel
from nn_widgets.playground.panels.weight_update import (
    LINES,
    LINES_OF_BLOG,
    all_weights,
    weight_update,
)

MOST_ROWS = 8  # samples with a row of their own: those with the largest contributions


class WeightPanel(Panel):
    """Explains why a weight moves; updated whenever the playground is paused."""

    title = "Why a weight moves"

    def make_box(self):
        self._menu = widgets.Dropdown(description="weight", layout=width("18em"))
        self.words = widgets.HTML()
        self._fill_menu()
        self._explain()
        self._menu.observe(lambda _: self._explain(), "value")
        return widgets.VBox([self._menu, self.words])

    def _fill_menu(self):
        nodes = self.state.shown.settings.hidden_nodes
        self._weights = {one.in_words(): one for one in all_weights(nodes)}
        if list(self._menu.options) != list(self._weights):
            chosen = self._menu.value
            self._menu.options = list(self._weights)
            names = [chosen] if chosen in self._weights else list(self._weights)
            self._menu.value = names[0]

    def update(self):
        """Explain the next update again, if the panel is open."""
        if self.is_open:
            self._fill_menu()
            self._explain()

    def _explain(self):
        run, training = self.state.shown, self.state.controls.training()
        if run.ended:
            self.words.value = "This run has ended: there is no next update."
            return
        name = self._menu.value
        weight = self._weights[name]
        try:
            update = weight_update(run, training, weight)
        except Exception as error:  # from the reader's class, called with one sample
            words = html.escape(f"{type(error).__name__}: {error}")
            self.words.value = f"Your class gave no answer for single samples. {words}"
            return
        if update is None:
            self.words.value = f"Your class has no array <code>{weight.array}</code>."
            return
        self.words.value = in_words(name, weight, update, run, training)


def in_words(name, weight, update, run, training):
    """Describe a WeightUpdate as HTML: the sum, the largest contributions, the NumPy line."""
    each = update.contributions
    up, down = each[each > 0], each[each < 0]
    count, total = len(each), each.sum()
    which = f"all {count} samples"
    if count < run.train_data.inputs.shape[1]:
        which = f"the next batch of {count}"
    words = (
        f"<p><b>{name}</b> is {update.value:.6g} after epoch {len(run.history)}. In the next "
        f"update {which} have a say. {len(up)} push it up, together by {up.sum():.3g}; "
        f"{len(down)} push it down, together by {abs(down.sum()):.3g}. The sum is "
        f"{total:+.3g}, so it becomes {update.value + total:.6g}.</p>"
    )
    if not np.isclose(total, update.change, rtol=1e-6, atol=1e-15):
        words += (
            f"<p>Your <code>train</code> moves it by {update.change:+.3g} instead: it does "
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
    return words + _table(update) + line


def _table(update):
    each = update.contributions
    largest = np.argsort(-np.abs(each), kind="stable")[:MOST_ROWS]
    head = ("input 1, input 2", "class", "output", "delta", "× factor", "push")
    rows = [
        (
            "{:.3g}, {:.3g}".format(*update.samples.inputs[:, i]),
            f"{update.samples.targets[0, i]:.3g}",
            f"{update.outputs[i]:.3f}",
            "–" if np.isnan(update.deltas[i]) else f"{update.deltas[i]:+.3g}",
            f"{update.factors[i]:.3g}",
            f"{each[i]:+.3g}",
        )
        for i in largest
    ]
    others = len(each) - len(largest)
    if others:
        rest = each.sum() - each[largest].sum()
        rows.append((f"{others} other samples", "", "", "", "", f"{rest:+.3g}"))
    rows.append(("sum", "", "", "", "", f"{each.sum():+.3g}"))
    cells = "".join(
        "<tr>" + "".join(f"<td style='padding:0 0.6em'>{c}</td>" for c in one) + "</tr>"
        for one in rows
    )
    names = "".join(
        f"<th scope='col' style='padding:0 0.6em'>{one}</th>" for one in head
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>"
