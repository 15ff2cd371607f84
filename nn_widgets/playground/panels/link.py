"""The panel that copies and opens links, and shows the code that a link may contain."""

import html

import ipywidgets as widgets

from nn_widgets.controls import button
from nn_widgets.playground.challenges import CHALLENGES
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.network.class_source import class_from, source_of
from nn_widgets.playground.network.readers_network import readers_class
from nn_widgets.playground.panels.link_format import read_link, write_link
from nn_widgets.playground.panels.panel import Panel

HOW = (
    "A link holds samples, settings, the changes made while it trained, and the epoch. It "
    "opens on the book's page, or with Playground.from_link(text)."
)
COPIED = "The link is below. On a page of the book, its address is copied."
NOT_HELD = (
    "The link does not hold this challenge, whose test is a function of your own: {}. Write "
    "the task beside the link, choose one of the book's challenges "
    f"({', '.join(CHALLENGES)}), or hand out the notebook."
)
BRINGS_CODE = (
    "This link brings a class of somebody's own. None of its code has run. Read it below; "
    "it can do whatever Python can. Run it only if you trust it."
)


class LinkPanel(Panel):
    """Writes the playground's state as a link, and restores the state from one.

    Parameters
    ----------
    state : State
    restore : function
        Called with an Experiment and its ReadersClass or None, to restore the state.
    publish : function
        Called with a link, to send it to the page.
    """

    title = "Link"

    def __init__(self, state, restore, publish):
        super().__init__(state)
        self._restore, self._publish = restore, publish
        self._waiting = None  # an Experiment whose code has not been allowed to run yet
        self._sources = {}  # the source of each class that came with a link

    def make_box(self):
        self._text = widgets.Textarea(
            description="link", layout=widgets.Layout(width="100%", height="6em")
        )
        self._words = widgets.HTML(HOW)
        self._code = widgets.Textarea(
            description="its code",
            disabled=True,
            layout=widgets.Layout(width="100%", height="16em", display=HIDDEN),
        )
        self._run_code = button("Run this code", "Use the class", self._run_allowed)
        self._run_code.layout.display = HIDDEN
        actions = [
            button("Copy link", "Write the state as a link", self._copy),
            button("Open this link", "Take on the state in it", self._open),
        ]
        return widgets.VBox(
            [self._words, row(actions), self._text, self._code, self._run_code]
        )

    def write(self):
        """Return the link to what is shown, and a sentence about what it cannot hold."""
        experiment, own_class = self.state.experiment(), self.state.shown.own_class
        if own_class is not None:
            kind = own_class.own
            source = self._sources.get(kind) or source_of(kind)
            if not source:
                raise ValueError(
                    f"link: the text of the class {kind.__name__} cannot be found"
                )
            experiment = experiment._replace(code=(source, kind.__name__))
        tasks = self.state.challenges.challenges
        own = [task.text for task in tasks if task not in CHALLENGES.values()]
        words = NOT_HELD.format("; ".join(own)) if own else ""
        return write_link(experiment), words

    def open_link(self, text, network=None):
        """Restore the state in a link.

        If the link contains code, `network` is used instead. Without it, nothing changes
        until the reader allows the code to run.
        """
        experiment = read_link(text)
        known = self.state.hideable.by_name
        if unknown := set(experiment.hide) - set(known):
            raise ValueError(f"link: it hides what is not there: {sorted(unknown)}")
        self._waiting, own_class = None, None
        if experiment.code is not None:
            current = self.state.own_class
            if network is not None:
                own_class = readers_class(network)
            elif current and source_of(current.own) == experiment.code[0]:
                own_class = current
            else:
                self._waiting = experiment
        self.make()
        self._code.value = experiment.code[0] if self._waiting else ""
        for part in (self._code, self._run_code):
            part.layout.display = SHOWN if self._waiting else HIDDEN
        if self._waiting:
            self._say(BRINGS_CODE)
            self.open()
        else:
            self._take(experiment, own_class)

    def _take(self, experiment, own_class):
        self._restore(experiment, own_class)
        epochs = len(self.state.run.history)
        self._say(f"The link is opened: {epochs} epochs are trained.")

    # --- On the page

    def open_from_page(self, text):
        """Restore the state in a link that the reader gave; report errors in the panel."""
        try:
            self.open_link(text)
        except (ValueError, TypeError) as error:
            self.open()
            self._say(f"Nothing has changed. {error}")

    def _copy(self, _):
        self.make()
        try:
            text, not_held = self.write()
        except ValueError as error:
            self._say(str(error))
            return
        self._text.value = f"#{text}"
        self._publish(text)
        self._say(f"{COPIED} {not_held}")

    def _open(self, _):
        self.open_from_page(self._text.value)

    def _run_allowed(self, _):
        experiment = self._waiting
        if experiment is None:
            return
        source, name = experiment.code
        try:
            own_class = readers_class(class_from(source, name))
        except Exception as error:  # the code may raise anything
            self._say(f"The code stopped: {type(error).__name__}: {error}")
            return
        self._sources[own_class.own] = source
        self._waiting = None
        self._run_code.layout.display = HIDDEN
        self._take(experiment, own_class)

    def _say(self, words):
        self._words.value = html.escape(words)
