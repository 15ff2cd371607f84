"""The widget Playground: it puts the parts of the playground together."""

import time
import warnings

import ipywidgets as widgets
import traitlets

import nn_arguments
import nn_core
from nn_widgets.controls import button
from nn_widgets.live_figure import sized
from nn_widgets.playground import layout
from nn_widgets.playground.advice import HalvingNotice, in_words
from nn_widgets.playground.challenges import ChallengeList
from nn_widgets.playground.drawing.picture import HALF, Picture
from nn_widgets.playground.layout import MAIN_SETTINGS, HideableControls, row
from nn_widgets.playground.network.readers_network import OPTIONS, readers_class
from nn_widgets.playground.panels.link import LinkPanel
from nn_widgets.playground.panels.more_settings import MoreSettings
from nn_widgets.playground.panels.one_sample import OneSample
from nn_widgets.playground.panels.own_data import OwnData
from nn_widgets.playground.panels.panel import Folds
from nn_widgets.playground.panels.plane_cells import PlaneCells
from nn_widgets.playground.panels.time_travel import TimeTravel
from nn_widgets.playground.panels.twins import Twins
from nn_widgets.playground.panels.weight import WeightPanel
from nn_widgets.playground.playing_figure import PlayingFigure
from nn_widgets.playground.python_code import python_code
from nn_widgets.playground.setting_controls import NOT_SPREAD, SettingControls
from nn_widgets.playground.state import State, in_chunks


class Playground(PlayingFigure):
    """Train a network and watch its loss, its decision boundary and its hidden neurons.

    The controls act immediately, even while it trains. After a change of the learning rate,
    the batch size or the update rule, training continues with the same network. Any other
    change starts a new network; the earlier run's loss stays as a faint curve.

    Parameters
    ----------
    dataset : {"moons", "xor", "circles", "spiral", "blobs"} or nn_core.Dataset
        The samples to learn; default "moons". A Dataset of your own has two inputs and one
        target; every fifth sample of it is held out for testing.
    hidden_nodes : int, default 8
        From 1 to 32.
    learning_rate : float, default 1.0
        From 0.001 to 100.
    noise : float or None, default None
        How far the samples are spread, 0 to 0.5; None is the data set's default.
    activation, init, loss, update_rule
        As for nn_core.NeuralNetwork.
    batch_size : int or None, default None
        Samples in one update; None is all of them.
    seed : int, default 0
        From 0 to 9999. Determines the samples, their order, and the initial weights.
    epochs_per_frame : int, default 10
        Epochs between two pictures while it plays.
    hide : list of str, default ()
        Names of controls to leave out, for a task in class: "dataset", "noise",
        "hidden_nodes", "learning_rate", "activation", "init", "update_rule", "batch_size",
        "seed", "epochs_per_frame", "play", "step", "reset", "copy", "challenges", and the
        panels: "more", "time", "data", "twins", "sample", "weight", "link".
    challenge : str, Challenge, list of them, or None, default None
        The tasks to show: names in CHALLENGES or your own; None shows all of CHALLENGES.
    network : class, default nn_core.NeuralNetwork
        The class to train: nn_core's, or your own (see Notes).

    Attributes
    ----------
    network : an instance of the class
        None if its constructor failed.
    history : list of float
        The current run's training loss after each epoch.
    train_data, test_data : nn_core.Dataset
    train_accuracy, test_accuracy : float

    Raises
    ------
    ValueError, TypeError
        For an argument outside the ranges above; the message names it. Also for a setting
        that your own class does not accept.

    Notes
    -----
    Your own class can be the one that chapter 6 builds. It needs

    - the constructor `(input_nodes, hidden_nodes, output_nodes)`;
    - `feedforward(inputs)`, which returns (1, N) for inputs (2, N);
    - `train(inputs, targets, learning_rate)`, which does one update for targets (1, N).

    `seed`, `activation`, `init`, `loss` and `update_rule` are passed if the constructor
    accepts them by name; the controls of the others are hidden. The playground makes the
    mini-batches, shuffled by the network's generator `rng` if it has one, and measures the
    loss with feedforward. To show the hidden neurons it uses `layer_outputs(inputs)`, which
    returns the hidden outputs (hidden_nodes, N) and the outputs, and `weights_hidden_output`.

    An error in your class is shown below the picture, with the method and the line, and
    training pauses. What your class prints is shown there, too. Correct the class, run its
    cell again, and press Reset: the newest class of that name is used. If that one is
    incomplete, because a class grows from cell to cell, the previous one is used.

    Examples
    --------
    >>> playground = Playground("xor", 4, 5.0, network=nn_core.NeuralNetwork)
    >>> playground.advance(1000)  # without a page; on a page, press Play
    >>> playground.test_accuracy
    1.0
    """

    # The book's page reads the newest link, and writes the link in its address.
    _link = traitlets.Unicode("").tag(sync=True)
    _opened = traitlets.Unicode("").tag(sync=True)

    TRAINING_SECONDS = 0.008  # of each frame, so that pictures and controls stay fast

    def __init__(
        self,
        dataset="moons",
        hidden_nodes=8,
        learning_rate=1.0,
        *,
        noise=None,
        activation="sigmoid",
        init="xavier",
        loss="mse",
        update_rule="gradient",
        batch_size=None,
        seed=0,
        epochs_per_frame=10,
        hide=(),
        challenge=None,
        network=nn_core.NeuralNetwork,
    ):
        own_class = None
        if network is not nn_core.NeuralNetwork:
            own_class = readers_class(network)
        settings = SettingControls(
            dataset=dataset,
            hidden_nodes=hidden_nodes,
            learning_rate=learning_rate,
            noise=noise,
            activation=activation,
            init=init,
            loss=loss,
            update_rule=update_rule,
            batch_size=batch_size,
            seed=seed,
            epochs_per_frame=epochs_per_frame,
            options=own_class.options if own_class else OPTIONS,
        )
        for name, control in settings.by_name.items():
            setattr(self, name, control)
        self.make_play_button()
        self.step_button = button("Step", "Train for one epoch", self._step)
        self.reset_button = button("Reset", "Start a new network", self._reset_pressed)
        self.copy_button = button(
            "Copy as Python", "Show the lines that repeat this run", self._toggle_code
        )
        self.code = widgets.Textarea(
            description="Python",
            layout=widgets.Layout(width="100%", height="16em", display=layout.HIDDEN),
        )
        self.challenges, self.halvings = widgets.HTML(), HalvingNotice()
        shown = {
            "play": self.play_button,
            "step": self.step_button,
            "reset": self.reset_button,
            "copy": self.copy_button,
            **settings.by_name,
        }
        self.state = State(
            settings,
            HideableControls(shown),
            ChallengeList(challenge),
            own_class,
            run_started=self._run_started,
            redraw_soon=self.draw_soon,
            redraw_now=self.draw,
            pause=self.pause_if_playing,
        )
        self._make_panels()
        names = "more", "time", "data", "twins", "sample", "weight", "link"
        openers = zip(names, self.folds.buttons.values(), strict=True)
        self.state.hideable.by_name |= {"challenges": self.challenges, **dict(openers)}
        self.state.hideable.hide(hide)

        self.state.start()
        super().__init__(Picture(), list(shown.values()))
        self._lay_out()
        opened = self.link_panel.open_from_page
        self.observe(lambda change: opened(change["new"]), "_opened")

    def _make_panels(self):
        state = self.state
        self.plane_cells = PlaneCells(self.show_over_plane)
        self.time_travel = TimeTravel(state)
        self.own_data = OwnData(state, self.plane_cells)
        self.twins = Twins(state, self.show_beside)
        self.one_sample = OneSample(state, self.plane_cells)
        self.weight_panel = WeightPanel(state)
        self.link_panel = LinkPanel(state, self._restore, self._publish)
        more = MoreSettings(state, self.copy_button)
        self.folds = Folds(
            [
                more,
                self.time_travel,
                self.own_data,
                self.twins,
                self.one_sample,
                self.weight_panel,
                self.link_panel,
            ]
        )
        more.make()  # its controls exist already

    def _lay_out(self):
        settings = self.state.controls.by_name
        buttons = [self.play_button, self.step_button, self.reset_button]
        self.controls.layout.flex_flow = "column"
        self.controls.layout.align_items = "stretch"
        self.controls.children = (
            row([*buttons, *(settings[name] for name in MAIN_SETTINGS)]),
            self.words,
            self.halvings,
            self.folds.row,
            self.folds.box,
        )
        self.plane = sized(layout.plane(self.image), HALF)
        self.pictures.children = (self.plane, *self.images[1:])
        self.children = (self.pictures, self.controls, self.code, self.challenges)

    def show_beside(self, image):
        """Show another picture beside the plane."""
        first, *rest = self.pictures.children
        self.pictures.children = (first, sized(image, HALF), *rest)

    def show_over_plane(self, box):
        """Put a box on top of the plane."""
        self.plane.children = (*self.plane.children, box)

    # --- Results

    @property
    def run(self):
        """The current run."""
        return self.state.run

    @property
    def network(self):
        network = self.state.shown.network
        return getattr(network, "own", network)

    @property
    def history(self):
        return self.state.shown.history

    @property
    def train_data(self):
        return self.state.shown.train_data

    @property
    def test_data(self):
        return self.state.shown.test_data

    @property
    def train_accuracy(self):
        return self.state.shown.train_accuracy

    @property
    def test_accuracy(self):
        return self.state.shown.test_accuracy

    @property
    def test_loss(self):
        return self.state.shown.test_loss

    # --- Called by buttons and by other code

    def go_to(self, epoch):
        """Show the run as it was after an epoch; play, step and advance continue from there."""
        self.state.show_epoch(epoch)
        self.pause()  # which draws, too

    def use_samples(self, dataset, view=None):
        """Train on your own Dataset from now on: inputs (2, N), targets (1, N), 0 to 1.

        Every fifth sample is held out for testing. `view` is the square to show: lowest and
        highest input 1, lowest and highest input 2; None is a square around the samples.
        """
        self.state.use_samples(dataset, view)

    def reset(self):
        """Start a new network with the current settings; keep the old run's curve."""
        self.state.restart()
        self.draw()

    def advance(self, epochs):
        """Train for some epochs without drawing; changed settings are applied first."""
        epochs = nn_arguments.whole_number("epochs", epochs)
        self.get_ready()
        self.state.follow_settings()
        for some in in_chunks(epochs):
            self._train(some)

    def python_code(self):
        """Return Python code that repeats the current run exactly."""
        return python_code(self.state.shown)

    def link(self):
        """Return what is shown as a text: samples, settings, training, own class, epoch.

        It is the part of an address after the #, at most 200,000 characters long. A challenge
        of your own is a function, which a link cannot hold; a warning says so.
        """
        self.state.follow_settings()
        link, not_held = self.link_panel.write()
        if not_held:
            warnings.warn(not_held, stacklevel=2)
        return link

    @classmethod
    def from_link(cls, text, network=None):
        """Return a playground in the state that `link` wrote; raise ValueError if it cannot.

        If the link contains the code of a class, the code is shown below the picture and runs
        only when you press the button there, unless you pass the class as `network`.
        """
        playground = cls()
        playground.link_panel.open_link(text, network)
        return playground

    def _restore(self, experiment, own_class):
        self.playing = False
        with self.drawing_held():
            self.state.restore(experiment, own_class)
        self.draw()

    def _publish(self, link):
        self._link = ""  # so that the page is notified even if the link is the same
        self._link = link

    # --- Training

    def _train(self, epochs):
        before, training = len(self.run.history), self.state.controls.training()
        self.run.train(epochs, training)
        self.twins.train(len(self.run.history) - before, training)
        self.state.challenges.update(self)
        if self.run.ended:
            self.playing = False

    def work_for_one_frame(self, began):
        self.state.follow_settings()
        epochs, state = self.epochs_per_frame.value, self.state
        full_batch = state.controls.training().batch_size is None
        # Few enough epochs to fit in a frame, whatever the settings.
        chunk = 10 if full_batch and state.own_class is None else 1
        for done in range(0, epochs, chunk):
            if self.playing and time.perf_counter() - began < self.TRAINING_SECONDS:
                self._train(min(chunk, epochs - done))

    def get_ready(self):
        """Continue from the epoch shown; after a mistake, start with the newest class."""
        if self.state.shows_past:
            self.state.branch()
            self.twins.branch(len(self.run.history))
        else:
            self.state.restart_after_mistake()

    def _run_started(self):
        self.noise.disabled = self.run.settings.dataset in NOT_SPREAD
        self.twins.start()
        for name in ("activation", "init", "update_rule"):
            self.state.hideable.show_if(name in self.run.options, name)

    # --- Showing

    def paint(self):
        state = self.state
        state.follow_settings()
        run, earlier = state.shown, state.earlier
        if state.shows_past:
            earlier = [*earlier, ("", state.run.history)]
        ringed = self.own_data.cursor()
        if ringed is None:
            ringed = self.one_sample.place(run)
        self.painter.paint(
            run,
            earlier,
            twin=self.twins.shown(len(run.history)),
            indexed=self.picture_format == "bmp",
            left_only=self.partial,
            ringed=ringed,
        )
        self.twins.paint(run, self.picture_format, picture_only=self.partial)
        if self.partial:
            return self.words.value
        self.one_sample.update(run, self.picture_format, self.playing)
        self.halvings.update(run)
        self.challenges.value = state.challenges.as_html()
        words = in_words(run, state.controls.training(), self.playing)
        words += self.time_travel.in_words()
        if not self.playing:
            self.time_travel.update()
            self.weight_panel.update()
        if (
            self.run.ended
        ):  # drawing calls the reader's class too, which may just have failed
            self.playing = False
        return words

    # --- Buttons

    def _step(self, _):
        self.pause()
        self.advance(1)
        self.draw()

    def _reset_pressed(self, _):
        self.reset()

    def _toggle_code(self, _):
        shown = self.code.layout.display != layout.HIDDEN
        self.code.value = self.python_code()
        self.code.layout.display = layout.HIDDEN if shown else "flex"
