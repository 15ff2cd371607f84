"""The panel that trains a second network, a twin, which differs in one chosen setting."""

import html

import ipywidgets as widgets

import nn_arguments
import nn_core
from nn_widgets.controls import width
from nn_widgets.playground.drawing.picture import Picture
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.network.run import Run
from nn_widgets.playground.panels.panel import Panel

NONE, BOOK = "nothing: no twin", "the book's class"
RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
# By the words in the menu: the field of Settings or Training, and the values to choose from.
KINDS = {
    "learning rate": ("learning_rate", RATES),
    "update rule": ("update_rule", list(nn_arguments.UPDATE_RULES)),
    "hidden nodes": ("hidden_nodes", list(range(1, 33))),
    "activation": ("activation", list(nn_core.ACTIVATIONS)),
    "start": ("init", list(nn_arguments.INITS)),
}
HOW = (
    "A twin learns the same samples, in the same order, at the same time. Both start anew. "
    "Choose what they differ in."
)
APART = (
    0.01  # a relative difference of the losses; from there on they count as different
)


class TwinPicture(Picture):
    """The plane of the twin; its losses are drawn in the first network's picture."""

    def __init__(self):
        super().__init__()
        self._left_only = True

    def paint_plane(self, run, title, indexed=False):
        """Paint a run's output, its boundary and the samples."""
        content = id(run.train_data), run.view, title
        if content != self._background_of:
            self._background_of, self._layers = content, (None, None)
            self.boundary_axes.set_title(
                title, fontsize=self.boundary_axes.title.get_size()
            )
            self._draw_background(run, [])
            self._lay_out_maps(run)
        self.canvas.restore_region(self._background)
        self._choose_target(indexed)
        self._paint_plane(run)


class Twins(Panel):
    """The twin of the current run, if one is chosen.

    Parameters
    ----------
    state : State
    show_beside : function
        Called with the twin's image, to show it beside the plane.

    Attributes
    ----------
    run : Run or None
        The twin's run.
    """

    title = "Twins"

    def __init__(self, state, show_beside):
        super().__init__(state)
        self._show_beside = show_beside
        self.run, self._past_run, self._menu = None, None, None

    def make_box(self):
        self._menu = widgets.Dropdown(
            options=[NONE, *self._possible()],
            description="they differ in",
            style={"description_width": "initial"},
            layout=width("20em"),
        )
        self._value = widgets.Dropdown(
            options=["–"], description="twin's", layout=width("14em")
        )
        self.words = widgets.HTML(HOW)
        self._picture = TwinPicture()
        self.image = widgets.Image(layout=widgets.Layout(display=HIDDEN))
        self._show_beside(self.image)
        self._menu.observe(self._kind_chosen, "value")
        self._value.observe(self._value_chosen, "value")
        return widgets.VBox([row([self._menu, self._value]), self.words])

    def _possible(self):
        own = self.state.run.own_class is not None
        options = self.state.run.options | {"learning_rate", "hidden_nodes"}
        names = [name for name, (setting, _) in KINDS.items() if setting in options]
        return [*names, BOOK] if own else names

    def _kind_chosen(self, change):
        kind = change["new"]
        self._value.unobserve(self._value_chosen, "value")
        self._value.options = KINDS[kind][1] if kind in KINDS else ["–"]
        if kind in KINDS:
            own = self._present(KINDS[kind][0])
            self._value.value = next(one for one in KINDS[kind][1] if one != own)
        self._value.observe(self._value_chosen, "value")
        self._start_both()

    def _present(self, setting):
        """Return the first network's value of a setting."""
        settings, training = self.state.run.settings, self.state.controls.training()
        return (settings._asdict() | training._asdict())[setting]

    def _value_chosen(self, _):
        self._start_both()

    def _start_both(self):
        self.state.keep_curve()
        self.state.start()  # which starts the twin, too
        self.state.redraw_soon()

    # --- What the playground calls

    def start(self):
        """Start a twin of the run that has just started, if one is chosen."""
        self.run, self._past_run = None, None
        kind = NONE if self._menu is None else self._menu.value
        if kind == NONE:
            return
        first = self.state.run
        settings, own_class, rule = first.settings, first.own_class, first.first_rule
        if kind == BOOK:
            own_class = None
        else:
            setting, value = KINDS[kind][0], self._value.value
            if setting in settings._fields:
                settings = settings._replace(**{setting: value})
            elif setting == "update_rule":
                rule = value
        self.run = Run(settings, rule, first.own_data, own_class, first.view)
        # The same samples, so that pictures and losses can be compared.
        self.run.train_data, self.run.test_data = first.train_data, first.test_data

    def train(self, epochs, training):
        """Train as the first network was just trained, except for the chosen setting."""
        if self.run is None or not epochs:
            return
        setting, _ = KINDS.get(self._menu.value, ("", None))
        if setting in training._fields:
            training = training._replace(**{setting: self._value.value})
        self.run.train(epochs, training)

    def branch(self, epoch):
        """Continue from an earlier epoch, as the first network does."""
        if self.run is not None:
            self.run, self._past_run = self.shown(epoch), None

    def shown(self, epoch):
        """Return the twin as it was after an epoch; its latest state if it ended earlier."""
        if self.run is None or epoch >= len(self.run.history):
            return self.run
        if self._past_run is None or len(self._past_run.history) != epoch:
            self._past_run = self.run.at(epoch)
        return self._past_run

    def paint(self, first, picture_format, picture_only=False):
        """Show the twin after the same epoch as the first run, and compare them in words.

        With `picture_only`, the words are not updated.
        """
        if self._menu is None:
            return
        twin = self.shown(len(first.history))
        self.image.layout.display = HIDDEN if twin is None else SHOWN
        if twin is None:
            self.words.value = HOW
            return
        kind = self._menu.value
        what = f"{kind}: {self._value.value}" if kind in KINDS else kind
        self._picture.paint_plane(
            twin, f"Twin, {what}", indexed=picture_format == "bmp"
        )
        with self.image.hold_sync():
            self.image.format = picture_format
            self.image.value = self._picture.pictures(picture_format)[0]
        if not picture_only:
            self.words.value = in_words(first, twin, what)


def in_words(first, twin, what):
    """Describe as HTML where two runs start to differ, and which one is ahead."""
    words = f"Twin ({html.escape(what)}): "
    if twin.mistake is not None:
        return words + twin.mistake.as_html()
    pairs = list(zip(first.history, twin.history, strict=False))
    first_apart = next(
        (
            epoch
            for epoch, (a, b) in enumerate(pairs, start=1)
            if abs(a - b) > APART * max(abs(a), abs(b))
        ),
        None,
    )
    if not pairs:
        return words + "not trained yet. Press Play: both train at once."
    if first_apart is None:
        words += f"after {len(pairs)} epochs the losses are the same within 1 %."
    else:
        a, b = pairs[first_apart - 1]
        words += f"the losses part at epoch {first_apart}, {a:.4g} against the twin's {b:.4g}."
        a, b = pairs[-1]
        ahead = "the first network is" if a < b else "the twin is"
        words += f" At epoch {len(pairs)} it is {a:.4g} against {b:.4g}: {ahead} ahead."
    words += (
        f" On the test samples {first.test_accuracy:.1%} are right, and "
        f"{twin.test_accuracy:.1%} of the twin's."
    )
    if twin.diverged:
        words += " The twin has diverged, and learns no more."
    return words
