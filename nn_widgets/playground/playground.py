"""The widget: the parts of the playground put together."""

import time
import warnings

import ipywidgets as widgets
import traitlets

import nn_arguments
import nn_core
from nn_widgets.controls import button
from nn_widgets.live_figure import sized
from nn_widgets.playground import layout
from nn_widgets.playground.advice import Halvings, in_words
from nn_widgets.playground.challenges import ChallengeList
from nn_widgets.playground.controls import NOT_SPREAD, SettingControls
from nn_widgets.playground.layout import MAIN, Folds, row
from nn_widgets.playground.links import Links
from nn_widgets.playground.own_data import OwnData
from nn_widgets.playground.picture import HALF, Picture
from nn_widgets.playground.plane_cells import PlaneCells
from nn_widgets.playground.playing import PlayingFigure
from nn_widgets.playground.python_code import python_code
from nn_widgets.playground.readers_network import OPTIONS, readers_class
from nn_widgets.playground.runs import Runs
from nn_widgets.playground.sample_way import SampleWay
from nn_widgets.playground.time_travel import TimeTravel
from nn_widgets.playground.twins import Twins
from nn_widgets.playground.weight_panel import WeightPanel


class Playground(PlayingFigure):
    """Train a network and watch its loss, its decision boundary and its hidden neurons.

    The controls act at once, also while it trains. A new learning rate, batch size or
    update rule goes on with the same network; anything else starts a new one and leaves the
    earlier run's loss as a faint curve.

    Parameters
    ----------
    dataset : {"moons", "xor", "circles", "spiral", "blobs"} or nn_core.Dataset
        What to learn; default "moons". A Dataset of your own has two inputs and one target;
        every fifth sample of it is held out for testing.
    hidden_nodes : int, default 8
        From 1 to 32.
    learning_rate : float, default 1.0
        From 0.001 to 100.
    noise : float or None, default None
        How far the samples are spread, 0 to 0.5; None is the data set's own default.
    activation, init, loss, update_rule
        As for nn_core.NeuralNetwork.
    batch_size : int or None, default None
        Samples in one update; None is all of them.
    seed : int, default 0
        From 0 to 9999. Decides the samples, the start and the order of the samples.
    epochs_per_frame : int, default 10
        Epochs between two pictures while it plays.
    hide : list of str, default ()
        Names of controls to leave out, for a task in class: "dataset", "noise",
        "hidden_nodes", "learning_rate", "activation", "init", "update_rule", "batch_size",
        "seed", "epochs_per_frame", "play", "step", "reset", "copy", "challenges", and the
        parts that fold: "more", "time", "data", "twins", "sample", "weight", "link".
    challenge : str, Challenge, list of them, or None, default None
        Which tasks to show: names in CHALLENGES or your own; None shows all of those.
    network : class, default nn_core.NeuralNetwork
        The class to train: nn_core's, or your own (see Notes).

    Attributes
    ----------
    network : an object of the class
        None if its constructor failed.
    history : list of float
        The current run's training loss, one for each epoch.
    train_data, test_data : nn_core.Dataset
    train_accuracy, test_accuracy : float

    Raises
    ------
    ValueError, TypeError
        For an argument outside the ranges above; the message names it. Also for a setting
        that your own class does not take.

    Notes
    -----
    Your own class is used as chapter 6 leaves it. It needs

    - the constructor `(input_nodes, hidden_nodes, output_nodes)`;
    - `feedforward(inputs)`, which returns (1, N) for inputs (2, N);
    - `train(inputs, targets, learning_rate)`, one update, for targets (1, N).

    `seed`, `activation`, `init`, `loss` and `update_rule` are passed if the constructor takes
    them by name; controls of those that it does not take are hidden. The playground cuts the
    batches, mixed by `rng` if the network has that generator, and measures the loss from
    feedforward. `layer_outputs(inputs)`, which returns the hidden outputs (hidden_nodes, N)
    and the outputs, and `weights_hidden_output` let it show the hidden neurons.

    What goes wrong in your class is told below the picture, with the method and the line, and
    training pauses. What it prints is shown there, too. Run the cell of the mended class
    again, then press Reset: the newest class of that name is used, or, if it lacks a method
    on its way from cell to cell, the one before.

    Examples
    --------
    >>> playground = Playground("xor", 4, 5.0, network=nn_core.NeuralNetwork)
    >>> playground.advance(1000)  # without a page; on a page, press Play
    >>> playground.test_accuracy
    1.0
    """

    # What the book's page reads and writes: the newest link, and one in its address.
    _link = traitlets.Unicode("").tag(sync=True)
    _opened = traitlets.Unicode("").tag(sync=True)

    TRAINING_SECONDS = 0.008  # of a frame: pictures and controls stay quick

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
        self._set = SettingControls(
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
        self.runs = Runs(self._set, own_class, self._run_started)
        for name, control in self._set.by_name.items():
            setattr(self, name, control)
        self.make_play_button()
        self.step_button = button("Step", "Train for one epoch", self._step)
        self.reset_button = button("Reset", "Start a new network", self._restart)
        self.copy_button = button(
            "Copy as Python", "Show the lines that repeat this run", self._toggle_code
        )
        self.code = widgets.Textarea(
            description="Python",
            layout=widgets.Layout(width="100%", height="16em", display="none"),
        )
        self._tasks = ChallengeList(challenge)
        self.challenges, self.halvings = widgets.HTML(), Halvings()
        shown = {
            "play": self.play_button,
            "step": self.step_button,
            "reset": self.reset_button,
            "copy": self.copy_button,
            **self._set.by_name,
        }
        self.time, self.own_data = TimeTravel(self), OwnData(self)
        self.links, self.twins = Links(self), Twins(self)
        self.weight_panel, self.sample = WeightPanel(self), SampleWay(self)
        self.plane_cells = PlaneCells(self)
        settings = self._set.by_name.items()
        rest = [control for name, control in settings if name not in MAIN]
        self.folds = Folds(
            {
                "More": row([*rest, self.copy_button]),
                "Time": self.time.content,
                "Your own data": self.own_data.content,
                Twins.title: self.twins.content,
                SampleWay.title: self.sample.content,
                WeightPanel.title: self.weight_panel.content,
                "Link": self.links.content,
            }
        )
        names = "more", "time", "data", "twins", "sample", "weight", "link"
        folds = zip(names, self.folds.buttons.values(), strict=True)
        self.names_to_hide = shown | {"challenges": self.challenges} | dict(folds)
        self._always_hidden = set(hide)
        layout.hide_controls(hide, self.names_to_hide)

        self.runs.start()
        super().__init__(Picture(), list(shown.values()))
        self._lay_out()
        self.observe(lambda change: self.links.opened_by_page(change["new"]), "_opened")

    def _lay_out(self):
        settings = self._set.by_name.items()
        buttons = [self.play_button, self.step_button, self.reset_button]
        self.controls.layout.flex_flow = "column"
        self.controls.layout.align_items = "stretch"
        self.controls.children = (
            row([*buttons, *(control for name, control in settings if name in MAIN)]),
            self.words,
            self.halvings,
            self.folds.row,
            self.folds.box,
        )
        self.plane = sized(layout.plane(self.image), HALF)
        self.pictures.children = (self.plane, *self.images[1:])
        self.children = (self.pictures, self.controls, self.code, self.challenges)

    def show_beside(self, image):
        """Show one more picture, beside the plane."""
        first, *rest = self.pictures.children
        self.pictures.children = (first, sized(image, HALF), *rest)

    # --- What the run tells

    @property
    def run(self):
        """The run under way."""
        return self.runs.now

    @property
    def network(self):
        network = self.time.shown().network
        return getattr(network, "own", network)

    @property
    def history(self):
        return self.time.shown().history

    @property
    def train_data(self):
        return self.time.shown().train_data

    @property
    def test_data(self):
        return self.time.shown().test_data

    @property
    def train_accuracy(self):
        return self.time.shown().train_accuracy

    @property
    def test_accuracy(self):
        return self.time.shown().test_accuracy

    @property
    def test_loss(self):
        return self.time.shown().test_loss

    # --- What the buttons and other code call

    def go_to(self, epoch):
        """Show the run as it was after an epoch; play, step and advance go on from there."""
        self.time.go(epoch)
        self.pause()  # and draw

    def use_samples(self, dataset, view=None):
        """Learn a Dataset of your own from now on: inputs (2, N), targets (1, N), 0 to 1.

        Every fifth sample is held out for testing. `view` is the square to show: lowest and
        highest input 1, lowest and highest input 2; None is one around the samples.
        """
        self._set.use_samples(dataset, view)
        self.runs.follow_settings()
        self._changed(None)

    def reset(self):
        """Start a new network with the present settings; keep the old run's curve."""
        self.runs.restart()
        self.draw()

    def advance(self, epochs):
        """Train for so many epochs, without drawing; first take up changed settings."""
        epochs = nn_arguments.whole_number("epochs", epochs)
        self.get_ready()
        self.runs.follow_settings()
        chunk = max(10, epochs // 60)  # the test loss is measured after each
        for done in range(0, epochs, chunk):
            self._train(min(chunk, epochs - done))

    def python_code(self):
        """Return the lines of Python that repeat the current run exactly."""
        return python_code(self.time.shown())

    def link(self):
        """Return what is shown as a text: samples, settings, training, own class, epoch.

        It is the part of an address after the #, and no more than 200,000 characters long.
        A challenge of your own is a function, which it cannot hold: a warning says so.
        """
        self.runs.follow_settings()
        link, not_held = self.links.write()
        if not_held:
            warnings.warn(not_held, stacklevel=2)
        return link

    @classmethod
    def from_link(cls, text, network=None):
        """Return a playground in the state that `link` wrote; ValueError says what is wrong.

        If the link brings code of somebody's own class, it waits below the picture for your
        press, unless you give the class itself as `network`.
        """
        playground = cls()
        playground.links.open(text, network)
        return playground

    # --- Training

    def _train(self, epochs):
        before, training = len(self.run.history), self._set.training()
        self.run.train(epochs, training)
        self.twins.train(len(self.run.history) - before, training)
        self._tasks.look(self)
        if self.run.ended:
            self.playing = False

    def work_for_one_frame(self, began):
        self.runs.follow_settings()
        epochs = self.epochs_per_frame.value
        whole = self._set.training().batch_size is None and self.runs.own_class is None
        chunk = 10 if whole else 1  # as many as surely fit in a frame
        for done in range(0, epochs, chunk):
            if self.playing and time.perf_counter() - began < self.TRAINING_SECONDS:
                self._train(min(chunk, epochs - done))

    def get_ready(self):
        """Go on from the epoch that is shown; after a mistake, with the class as it is now."""
        if self.time.away:
            self.runs.branch(self.time.shown())
            self.twins.branch(len(self.run.history))
            self.time.leave()
        else:
            self.runs.mend()

    def _run_started(self):
        self.time.leave()
        self.noise.disabled = self.run.settings.dataset in NOT_SPREAD
        self.twins.start()
        for name in ("activation", "init", "update_rule"):
            if name not in self.run.options:
                self._set.by_name[name].layout.display = "none"
            elif name not in self._always_hidden:
                self._set.by_name[name].layout.display = layout.SHOWN

    # --- Showing

    def paint(self):
        self.runs.follow_settings()
        run, earlier = self.time.shown(), self.runs.earlier
        if self.time.away:
            earlier = [*earlier, ("", self.run.history)]
        twin, few = self.twins.shown(len(run.history)), self.picture_format == "bmp"
        picked = self.own_data.cursor()
        if picked is None:
            picked = self.sample.place(run)
        self.painter.paint(run, earlier, twin, few, self.in_part, picked)
        self.twins.paint(run, self.picture_format, self.in_part)
        if self.in_part:
            return self.words.value
        self.sample.follow(run, self.picture_format)
        self.halvings.look(run)
        self.challenges.value = self._tasks.as_html()
        words = in_words(run, self._set.training(), self.playing) + self.time.in_words()
        if not self.playing:
            self.time.follow()
            self.weight_panel.follow()
        if self.run.ended:  # perhaps only now: the picture calls the network, too
            self.playing = False
        return words

    # --- Buttons

    def _step(self, _):
        self.pause()
        self.advance(1)
        self.draw()

    def _restart(self, _):
        self.reset()

    def _toggle_code(self, _):
        shown = self.code.layout.display != "none"
        self.code.value = self.python_code()
        self.code.layout.display = "none" if shown else "flex"
