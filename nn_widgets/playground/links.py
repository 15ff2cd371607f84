"""Links of the playground on the page: copied, opened, and the code that one may bring."""

import html

import ipywidgets as widgets

from nn_widgets.controls import button
from nn_widgets.playground.challenges import CHALLENGES, ChallengeList
from nn_widgets.playground.class_source import class_from, source_of
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.link import Experiment, read_link, write_link
from nn_widgets.playground.readers_network import readers_class

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


class Links:
    """Writes the playground's state as a link, and takes on the state in one.

    Parameters
    ----------
    playground : Playground
    """

    def __init__(self, playground):
        self._playground = playground
        self._brought = None  # an Experiment whose code waits for a press
        self._sources = {}  # of classes that came with a link

    def content(self):
        """Return the fields and the buttons."""
        self._text = widgets.Textarea(
            description="link", layout=widgets.Layout(width="100%", height="6em")
        )
        self._words = widgets.HTML(HOW)
        self._code = widgets.Textarea(
            description="its code",
            disabled=True,
            layout=widgets.Layout(width="100%", height="16em", display=HIDDEN),
        )
        self._run_code = button("Run this code", "Use the class", self._allowed)
        self._run_code.layout.display = HIDDEN
        actions = [
            button("Copy link", "Write the state as a link", self._copy),
            button("Open this link", "Take on the state in it", self._open),
        ]
        return widgets.VBox(
            [self._words, row(actions), self._text, self._code, self._run_code]
        )

    def write(self):
        """Return the link of what the playground shows, and words on what it cannot hold."""
        playground = self._playground
        run, code = playground.time.shown(), None
        if run.own_class is not None:
            kind = run.own_class.own
            source = self._sources.get(kind) or source_of(kind)
            if not source:
                raise ValueError(
                    f"link: the text of the class {kind.__name__} cannot be found"
                )
            code = source, kind.__name__
        tasks = playground._tasks.challenges
        link = write_link(
            Experiment(
                settings=run.settings,
                segments=run.segments,
                now=playground._set.training(),
                first_rule=run.first_rule,
                samples=(run.own_data, playground._set.view)
                if run.is_own_data
                else None,
                hide=sorted(playground._always_hidden),
                challenges=[name for name, task in CHALLENGES.items() if task in tasks],
                code=code,
            )
        )
        own = [task.text for task in tasks if task not in CHALLENGES.values()]
        return link, NOT_HELD.format("; ".join(own)) if own else ""

    def open(self, text, network=None):
        """Take on the state in a link; `network` is used in place of code that it brings.

        Without it, code waits until the reader runs it.
        """
        found = read_link(text)
        known = self._playground.names_to_hide
        if unknown := set(found.hide) - set(known):
            raise ValueError(f"link: it hides what is not there: {sorted(unknown)}")
        self._brought, kind = None, None
        if found.code is not None:
            own = self._playground.runs.own_class
            if network is not None:
                kind = readers_class(network)
            elif own is not None and source_of(own.own) == found.code[0]:
                kind = own
            else:
                self._brought = found
        self._playground.folds.make("Link")
        self._code.value = "" if self._brought is None else found.code[0]
        for part in (self._code, self._run_code):
            part.layout.display = SHOWN if self._brought else HIDDEN
        if self._brought is None:
            self._take(found, kind)
        else:
            self._say(BRINGS_CODE)
            self._playground.folds.open("Link")

    def _take(self, found, kind):
        """Set the controls, and train the network once more as it was trained."""
        playground = self._playground
        playground.playing = False
        playground._waiting = True  # draw nothing on the way
        try:
            playground._set.show(found.settings, found.now, found.samples)
        finally:
            playground._waiting = False
        playground.runs.own_class = kind
        for name in found.hide:
            playground.names_to_hide[name].layout.display = HIDDEN
        playground._always_hidden |= set(found.hide)
        playground._tasks = ChallengeList(list(found.challenges))
        playground.runs.earlier.clear()
        playground.runs.start(found.first_rule)
        for epochs, training in found.segments:
            chunk = max(10, epochs // 60)  # the test loss is measured after each
            for done in range(0, epochs, chunk):
                playground.run.train(min(chunk, epochs - done), training)
        playground.draw()
        epochs = len(playground.run.history)
        self._say(f"The link is opened: {epochs} epochs are trained.")

    # --- On the page

    def opened_by_page(self, text):
        """Open what the page's address holds; say what is wrong with it."""
        try:
            self.open(text)
        except (ValueError, TypeError) as error:
            self._playground.folds.open("Link")
            self._say(f"Nothing has changed. {error}")

    def _copy(self, _):
        self._playground.folds.make("Link")
        try:
            text, not_held = self.write()
        except ValueError as error:
            self._say(str(error))
            return
        self._text.value = f"#{text}"
        self._playground._link = ""  # so that the page hears of it, if it is the same
        self._playground._link = text
        self._say(f"{COPIED} {not_held}")

    def _open(self, _):
        self.opened_by_page(self._text.value)

    def _allowed(self, _):
        found = self._brought
        if found is None:
            return
        source, name = found.code
        try:
            kind = readers_class(class_from(source, name))
        except Exception as error:  # whatever somebody's code does
            self._say(f"The code stopped: {type(error).__name__}: {error}")
            return
        self._sources[kind.own] = source
        self._brought = None
        self._run_code.layout.display = HIDDEN
        self._take(found, kind)

    def _say(self, words):
        self._words.value = html.escape(words)
