"""The state of a playground: what its panels read and change."""

import nn_arguments
from nn_widgets.playground.challenges import CHALLENGES, ChallengeList
from nn_widgets.playground.network.run import Run
from nn_widgets.playground.network.settings import Experiment, Samples

NOT_POSSIBLE = "Networks of your class cannot be copied, so there is no way back."
WORTH_COMPARING = 50  # epochs: shorter runs leave no curve behind
MOST_EARLIER = 4  # curves of earlier runs


class State:
    """The settings, the current run, the curves of earlier runs, and the epoch shown.

    A changed setting, a corrected class or Reset starts a new run.

    Parameters
    ----------
    controls : SettingControls
    hideable : HideableControls
    challenges : ChallengeList
    own_class : ReadersClass or None
        The class to train; None is nn_core's.
    run_started, redraw_soon, redraw_now, pause : function
        Functions of the widget, called without arguments. `run_started` is called when a new
        run has started. `redraw_soon` draws once after a series of changes, `redraw_now` at
        once. `pause` stops training if the playground is playing.

    Attributes
    ----------
    run : Run
        The current run; None before the first `start`.
    earlier : list of (str, list of float)
        The label and the losses of earlier runs.
    """

    def __init__(
        self,
        controls,
        hideable,
        challenges,
        own_class,
        *,
        run_started,
        redraw_soon,
        redraw_now,
        pause,
    ):
        self.controls, self.hideable = controls, hideable
        self.challenges, self.own_class = challenges, own_class
        self._run_started, self.pause = run_started, pause
        self.redraw_soon, self.redraw_now = redraw_soon, redraw_now
        self.run, self.earlier = None, []
        self._epoch, self._past_run = None, None  # None: the last epoch is shown

    # --- Runs

    def start(self, first_rule=None):
        """Start a run with the current settings; None is the current update rule."""
        self.run = Run(
            self.controls.settings(),
            first_rule or self.controls.training().update_rule,
            self.controls.own_data,
            self.own_class,
            self.controls.view,
        )
        self.show_latest()
        self._run_started()

    def restart(self):
        """Start a new run with the newest definition of the reader's class."""
        self.keep_curve()
        self._take_newest_class()
        self.start()

    def restart_after_mistake(self):
        """Start a new run if the reader's class made a mistake, with its newest definition."""
        if self.run.mistake is not None:
            self._take_newest_class()
            self.start()

    def branch(self):
        """Make the epoch that is shown the last epoch of the current run."""
        past_run = self.shown
        self.keep_curve("first way")
        self.run = past_run
        self.show_latest()

    def follow_settings(self):
        """Start a new run if a setting has changed that needs one."""
        settings = self.controls.settings()
        new_samples = self.run.own_data is not self.controls.own_data
        if settings != self.run.settings or (self.run.is_own_data and new_samples):
            if settings.dataset != self.run.settings.dataset or new_samples:
                self.earlier.clear()  # losses on different data cannot be compared
            self.keep_curve()
            if self.run.mistake is not None:
                self._take_newest_class()
            self.start()

    def use_samples(self, dataset, view=None):
        """Train on a Dataset of the reader's own from now on."""
        self.controls.use_samples(dataset, view)
        self.follow_settings()
        self.redraw_soon()

    def keep_curve(self, name=None):
        """Keep the losses of the current run, if it has a name or is long enough."""
        history = self.run.history
        if name or len(history) >= WORTH_COMPARING:
            rate = self.run.segments[-1][1].learning_rate
            name = name or f"H = {self.run.settings.hidden_nodes}"
            label = f"{name}, rate {rate:.3g}"
            self.earlier = [*self.earlier[1 - MOST_EARLIER :], (label, history)]

    def _take_newest_class(self):
        if self.own_class is not None:
            self.own_class = self.own_class.newest()

    # --- The epoch that is shown

    @property
    def shows_past(self):
        """Whether an epoch before the last one is shown."""
        return self._epoch is not None

    @property
    def epoch(self):
        """The epoch that is shown."""
        return self._epoch if self.shows_past else len(self.run.history)

    @property
    def shown(self):
        """The run as it was after the epoch that is shown."""
        if not self.shows_past:
            return self.run
        if self._past_run is None or len(self._past_run.history) != self._epoch:
            self._past_run = self.run.at(self._epoch)
        return self._past_run

    def show_epoch(self, epoch):
        """Show an epoch, from 0 to the last one."""
        last = len(self.run.history)
        epoch = nn_arguments.whole_number("epoch", epoch, 0)
        if epoch > last:
            raise ValueError(f"epoch: expected 0 to {last}, the last one, got {epoch}")
        if epoch < last and not self.run.checkpoints.possible:
            raise ValueError(f"epoch: {NOT_POSSIBLE}")
        self._epoch = None if epoch == last else epoch

    def show_latest(self):
        """Show the last epoch of the current run."""
        self._epoch, self._past_run = None, None

    # --- As an experiment

    def experiment(self):
        """Return the Experiment that is shown, without the code of the reader's class."""
        run, samples = self.shown, None
        if run.is_own_data:
            samples = Samples(run.own_data, self.controls.view)
        tasks = self.challenges.challenges
        return Experiment(
            settings=run.settings,
            segments=run.segments,
            training=self.controls.training(),
            first_rule=run.first_rule,
            samples=samples,
            hide=sorted(self.hideable.hidden),
            challenges=[name for name, task in CHALLENGES.items() if task in tasks],
            code=None,
        )

    def restore(self, experiment, own_class):
        """Set the controls as in an Experiment, and train its network again.

        `own_class` is the ReadersClass of its code; None is nn_core's class.
        """
        self.controls.show(experiment.settings, experiment.training, experiment.samples)
        self.own_class = own_class
        self.hideable.hide(experiment.hide)
        self.challenges = ChallengeList(list(experiment.challenges))
        self.earlier.clear()
        self.start(experiment.first_rule)
        for epochs, training in experiment.segments:
            for some in in_chunks(epochs):
                self.run.train(some, training)


def in_chunks(epochs):
    """Split a number of epochs: the test loss is measured after each chunk."""
    chunk = max(10, epochs // 60)
    return [min(chunk, epochs - done) for done in range(0, epochs, chunk)]
