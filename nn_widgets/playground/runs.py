"""The run under way, the curves of those before it, and what starts a new one."""

from nn_widgets.playground.run import Run


class Runs:
    """The run under way; a changed setting, a mended class or Reset starts another.

    Parameters
    ----------
    controls : SettingControls
    own_class : ReadersClass or None
        What is trained; None is nn_core's class.
    started : function
        Called, without arguments, when a run has started.

    Attributes
    ----------
    now : Run
        None before the first `start`.
    earlier : list of (str, list of float)
        A label and the losses of runs before it, four at most.
    own_class : ReadersClass or None
    """

    def __init__(self, controls, own_class, started):
        self._set, self.own_class, self._started = controls, own_class, started
        self.now, self.earlier = None, []

    def start(self, first_rule=None):
        """Start a run with the present settings; None is the present update rule."""
        self.now = Run(
            self._set.settings(),
            first_rule or self._set.training().update_rule,
            self._set.own_data,
            self.own_class,
            self._set.view,
        )
        self._started()

    def restart(self):
        """Start a new run, with the reader's class as it is now; keep the old one's curve."""
        self.remember()
        self._take_newest_class()
        self.start()

    def mend(self):
        """After a mistake, start with the class as it is now."""
        if self.now.mistake is not None:
            self._take_newest_class()
            self.start()

    def branch(self, run):
        """Go on with what the run under way was at an earlier epoch."""
        self.remember("first way")
        self.now = run

    def follow_settings(self):
        """Start a new run if a setting that needs one has changed."""
        settings = self._set.settings()
        other_samples = self.now.own_data is not self._set.own_data
        if settings != self.now.settings or (self.now.is_own_data and other_samples):
            if settings.dataset != self.now.settings.dataset or other_samples:
                self.earlier.clear()  # losses on other data do not compare
            self.remember()
            if self.now.mistake is not None:
                self._take_newest_class()
            self.start()

    def remember(self, name=None):
        """Keep the losses of the run under way, if they are worth comparing with."""
        history = self.now.history
        if name or len(history) >= 50:
            rate = self.now.segments[-1][1].learning_rate
            name = name or f"H = {self.now.settings.hidden_nodes}"
            self.earlier = [*self.earlier[-3:], (f"{name}, rate {rate:.3g}", history)]

    def _take_newest_class(self):
        if self.own_class is not None:
            self.own_class = self.own_class.newest()
