"""The widget: the parts of the playground put together, its buttons, and its playing."""

import asyncio
import html
import time

import ipywidgets as widgets

import nn_arguments
import nn_core
from nn_widgets.controls import button
from nn_widgets.live_figure import LiveFigure
from nn_widgets.playground.advice import in_words
from nn_widgets.playground.challenges import ChallengeList
from nn_widgets.playground.controls import NOT_SPREAD, SettingControls
from nn_widgets.playground.picture import Picture
from nn_widgets.playground.python_code import python_code
from nn_widgets.playground.readers_network import OPTIONS, readers_class
from nn_widgets.playground.run import Run


class Playground(LiveFigure):
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
        "seed", "epochs_per_frame", "play", "step", "reset", "copy", "challenges".
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
    again, then press Reset: the newest class of that name is used.

    Examples
    --------
    >>> playground = Playground("xor", 4, 5.0, network=nn_core.NeuralNetwork)
    >>> playground.advance(1000)  # without a page; on a page, press Play
    >>> playground.test_accuracy
    1.0
    """

    FRAME_SECONDS = 1 / 40  # drawing more often than this is not seen
    TRAINING_SECONDS = 0.02  # of a frame, at most: so that the controls stay quick

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
        self._own_class = None
        if network is not nn_core.NeuralNetwork:
            self._own_class = readers_class(network)
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
            options=self._own_class.options if self._own_class else OPTIONS,
        )
        for name, control in self._set.by_name.items():
            setattr(self, name, control)
        self.play_button = button("Play", "Train until paused", self._toggle)
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
        self.challenges = widgets.HTML()
        shown = {
            "play": self.play_button,
            "step": self.step_button,
            "reset": self.reset_button,
            "copy": self.copy_button,
            **self._set.by_name,
        }
        self._always_hidden = set(hide)
        _hide(hide, shown | {"challenges": self.challenges})

        self.playing = False
        self._task = None
        self._earlier = []  # (label, losses) of runs before this one
        self._start_run()
        super().__init__(Picture(), list(shown.values()))
        self.children = (*self.children, self.challenges, self.code)
        self._view_count = 0  # asks the front end to count the places that show this
        self.observe(self._views_changed, "_view_count")

    # --- What the run tells

    @property
    def network(self):
        return getattr(self.run.network, "own", self.run.network)

    @property
    def history(self):
        return self.run.history

    @property
    def train_data(self):
        return self.run.train_data

    @property
    def test_data(self):
        return self.run.test_data

    @property
    def train_accuracy(self):
        return self.run.train_accuracy

    @property
    def test_accuracy(self):
        return self.run.test_accuracy

    @property
    def test_loss(self):
        return self.run.test_loss

    # --- What the buttons and other code call

    def play(self):
        """Train, draw and go on until `pause`, the end of the display, or divergence."""
        if self.playing:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError as error:
            raise RuntimeError(
                "play() needs a running event loop, as every notebook has; "
                "elsewhere call advance(epochs) and draw()"
            ) from error
        self._try_again()
        self.playing = True
        self._show_playing()
        self._task = loop.create_task(self._keep_playing())

    def pause(self):
        """Stop training; the network keeps what it has learnt."""
        self.playing = False
        self._show_playing()
        if self.comm is not None:
            self.draw()

    def reset(self):
        """Start a new network with the present settings; keep the old run's curve."""
        self._remember_run()
        self._start_run()
        self.draw()

    def advance(self, epochs):
        """Train for so many epochs, without drawing; first take up changed settings."""
        epochs = nn_arguments.whole_number("epochs", epochs)
        self._try_again()
        self._follow_settings()
        chunk = max(10, epochs // 60)  # the test loss is measured after each
        for done in range(0, epochs, chunk):
            self._train(min(chunk, epochs - done))

    def python_code(self):
        """Return the lines of Python that repeat the current run exactly."""
        return python_code(self.run)

    def close(self):
        """Stop training and take the widget off the page."""
        self.playing = False
        super().close()

    # --- Training

    def _train(self, epochs):
        self.run.train(epochs, self._set.training())
        self._tasks.look(self)
        if self.run.ended:
            self.playing = False

    async def _keep_playing(self):
        try:
            while self.playing:
                began = time.perf_counter()
                self._train_for_one_frame(began)
                if self.playing:
                    self.draw()
                spent = time.perf_counter() - began
                await asyncio.sleep(max(self.FRAME_SECONDS - spent, 0.004))
            if self.comm is not None:
                self._show_playing()
                self.draw()
        except Exception as error:
            self.playing = False
            self.words.value = f"<b>Stopped by an error</b>: {html.escape(repr(error))}"
            self._show_playing()
            raise

    def _train_for_one_frame(self, began):
        self._follow_settings()
        epochs = self.epochs_per_frame.value
        whole = self._set.training().batch_size is None and self._own_class is None
        chunk = 10 if whole else 1  # as many as surely fit in a frame
        for done in range(0, epochs, chunk):
            if self.playing and time.perf_counter() - began < self.TRAINING_SECONDS:
                self._train(min(chunk, epochs - done))

    def _try_again(self):
        """After a mistake in the reader's class: start with the class as it is now."""
        if self.run.mistake is not None:
            self._start_run()

    def _follow_settings(self):
        """Start a new run if a setting that needs one has changed."""
        settings = self._set.settings()
        if settings != self.run.settings:
            if settings.dataset != self.run.settings.dataset:
                self._earlier.clear()  # losses on other data do not compare
            self._remember_run()
            self._start_run()

    def _remember_run(self):
        if len(self.history) >= 50:  # a curve worth comparing with
            rate = self.run.segments[-1][1].learning_rate
            label = f"H = {self.run.settings.hidden_nodes}, rate {rate:.3g}"
            self._earlier = [*self._earlier[-3:], (label, self.history)]

    def _start_run(self):
        settings, training = self._set.settings(), self._set.training()
        self.noise.disabled = settings.dataset in NOT_SPREAD
        if self._own_class is not None:
            self._own_class = self._own_class.newest()
        self.run = Run(
            settings, training.update_rule, self._set.own_data, self._own_class
        )
        for name in ("activation", "init", "update_rule"):
            if name not in self.run.options:
                self._set.by_name[name].layout.display = "none"
            elif name not in self._always_hidden:
                self._set.by_name[name].layout.display = None

    # --- Showing

    @property
    def picture_format(self):
        """A JPEG is ready sooner, a PNG is crisp."""
        return "jpeg" if self.playing else "png"

    def paint(self):
        self._follow_settings()
        self.painter.paint(self.run, self._earlier)
        self.challenges.value = self._tasks.as_html()
        words = in_words(self.run, self._set.training(), self.playing)
        if self.run.ended:  # perhaps only now: the picture calls the network, too
            self.playing = False
        return words

    def _show_playing(self):
        self.play_button.description = "Pause" if self.playing else "Play"
        self.play_button.icon = "pause" if self.playing else "play"

    def _changed(self, change):
        if not self.playing:  # else the next frame reads the controls
            super()._changed(change)

    def _views_changed(self, change):
        if change["old"] and not change["new"] and self.playing:
            self.pause()  # nobody is looking any more

    # --- Buttons

    def _toggle(self, _):
        if self.playing:
            self.pause()
        else:
            self.play()

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


def _hide(names, widgets_by_name):
    for name in names:
        if name not in widgets_by_name:
            raise ValueError(
                f"hide: expected names out of {', '.join(widgets_by_name)}, got {name!r}"
            )
        widgets_by_name[name].layout.display = "none"
