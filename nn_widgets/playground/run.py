"""A run: one network, the samples it learns, and how it was trained from its start on."""

import contextlib
import copy
from typing import NamedTuple

import numpy as np

import nn_core
import nn_fast
from nn_widgets.data_sets import DATASETS
from nn_widgets.playground.mistake import Mistake
from nn_widgets.playground.readers_network import OPTIONS, ReadersNetwork
from nn_widgets.playground.states import States
from nn_widgets.plots import view_limits

OWN_DATA = "your own"


class Settings(NamedTuple):
    """What a run starts from: a change of any of these needs a new run."""

    dataset: str  # a name in DATASETS, or OWN_DATA
    noise: float
    hidden_nodes: int
    activation: str
    init: str
    seed: int
    loss: str


class Training(NamedTuple):
    """How a run goes on: a change of these keeps its network."""

    learning_rate: float
    batch_size: int | None  # None: all samples
    update_rule: str


class Run:
    """A network and its history.

    Parameters
    ----------
    settings : Settings
    update_rule : str
        The rule that the network starts with.
    own_data : nn_core.Dataset or None, default None
        The samples of the data set OWN_DATA.
    own_class : ReadersClass or None, default None
        The class that makes the network; None is nn_core.NeuralNetwork.
    view : (4,) floats or None, default None
        The square of inputs to show; None is one around the training samples.

    Attributes
    ----------
    network : nn_core.NeuralNetwork, ReadersNetwork, or None
        None if the reader's constructor failed.
    train_data, test_data : nn_core.Dataset
        One and the same if there are no samples to hold out.
    history : list of float
        The training loss of each epoch.
    segments : list of (int, Training)
        For how many epochs in turn it was trained in which way.
    diverged : bool
        Whether a number overflowed; the network is as before, and learns no more.
    mistake : Mistake or None
        What went wrong in the reader's class; the network learns no more.
    train_accuracy, test_accuracy, test_loss : float
        As of the last measurement; nan before the first.
    test_losses : list of (int, float)
        The epoch and the loss of every measurement.
    states : States
        Copies of the network, for `at`.
    """

    def __init__(self, settings, update_rule, own_data=None, own_class=None, view=None):
        self.settings, self.first_rule = settings, update_rule
        self.own_class, self.own_data = own_class, own_data
        self.train_data, self.test_data = _samples(settings, own_data)
        self.view = view or view_limits(self.train_data.inputs)
        self.history, self.segments, self.test_losses = [], [], []
        self.diverged, self.mistake, self.network = False, None, None
        self.train_accuracy = self.test_accuracy = self.test_loss = np.nan
        self.states = States()
        with self._noting():
            self.network = self._start()
            self.states.keep(0, self.network)
            self.measure()

    def _start(self):
        settings = self.settings
        if self.own_class is not None:
            return ReadersNetwork(self.own_class, settings, self.first_rule)
        return nn_core.NeuralNetwork(
            2,
            settings.hidden_nodes,
            1,
            activation=settings.activation,
            init=settings.init,
            loss=settings.loss,
            update_rule=self.first_rule,
            seed=settings.seed,
        )

    @contextlib.contextmanager
    def _noting(self):
        """Keep a mistake of the reader's class, and go on after this block."""
        try:
            yield
        except Mistake as mistake:
            self.mistake = self.mistake or mistake

    @property
    def is_own_data(self):
        """Whether the samples are the reader's own."""
        return self.settings.dataset == OWN_DATA

    @property
    def has_test_data(self):
        """Whether some samples are held out from training."""
        return self.test_data is not self.train_data

    @property
    def ended(self):
        """Whether the network learns no more."""
        return self.diverged or self.mistake is not None

    def train(self, epochs, training):
        """Train for some epochs and measure, unless the run has ended."""
        if self.ended:
            return
        before = len(self.history)
        self._train_and_keep(before + epochs, training)
        epochs = len(self.history) - before
        if epochs:
            if self.segments and self.segments[-1][1] == training:
                epochs += self.segments.pop()[0]
            self.segments.append((epochs, training))
        if not self.ended:
            with self._noting():
                self.measure()

    def _train_and_keep(self, last_epoch, training):
        """Train up to an epoch, with copies kept on the way; note what stops it."""
        apart = self.states.epochs_apart(
            self.train_data.inputs.shape[1], training.batch_size
        )
        with self._noting():
            self.network.update_rule = training.update_rule
        while len(self.history) < last_epoch and not self.ended:
            epochs = min(apart, last_epoch - len(self.history))
            with self._noting():
                try:
                    for loss in self._fit(epochs, training):
                        self.history.append(loss)
                except nn_core.Diverged:
                    self.diverged = True
            if not self.ended:
                self.states.keep(len(self.history), self.network, apart)

    def at(self, epoch):
        """Return the run as it was after an epoch: another Run, which can go on from there.

        The network is trained once more from the last copy that was kept before. It has the
        very same numbers.
        """
        then = copy.copy(self)
        then.diverged, then.mistake = False, None
        then.states = self.states.until(epoch)
        start, then.network = then.states.before(epoch)
        then.history, then.segments, done = self.history[:start], [], 0
        for epochs, training in self.segments:
            epochs = min(epochs, epoch - done)
            if epochs <= 0:
                break
            done += epochs
            then.segments.append((epochs, training))
            then._train_and_keep(done, training)
        then.test_losses = [one for one in self.test_losses if one[0] < epoch]
        with then._noting():
            then.measure()
        return then

    def _fit(self, epochs, training):
        """Train; return the epochs' losses, of the reader's class one by one."""
        how = {
            "learning_rate": training.learning_rate,
            "epochs": epochs,
            "batch_size": training.batch_size,
        }
        if self.own_class is not None:
            return self.network.fit(*self.train_data, **how)
        return nn_fast.fit(self.network, *self.train_data, **how)

    def measure(self):
        """Measure the accuracies and the test loss of the network as it is now."""
        net = self.network
        self.train_accuracy = nn_core.accuracy(net, self.train_data)
        self.test_accuracy = nn_core.accuracy(net, self.test_data)
        self.test_loss = net.loss(*self.test_data)
        self.test_losses.append((len(self.history), self.test_loss))

    def train_loss(self):
        """Return the network's loss now, over the training samples; nan if it has none."""
        with self._noting():
            if self.mistake is None:
                return self.network.loss(*self.train_data)
        return np.nan

    def layer_outputs(self, inputs):
        """Return (hidden outputs, outputs), each None where there are none."""
        with self._noting():
            if self.mistake is None:
                return self.network.layer_outputs(inputs)
        return None, None

    @property
    def options(self):
        """The names of the settings that the network's constructor takes, a set."""
        return set(OPTIONS) if self.own_class is None else self.own_class.options

    @property
    def shows_hidden(self):
        """Whether the network tells its hidden neurons' outputs."""
        return self.own_class is None or getattr(self.network, "has_layers", False)


def _samples(settings, own_data):
    """Return the samples to train on and those to test with."""
    name, noise, seed = settings.dataset, settings.noise, settings.seed
    if name == OWN_DATA:
        return _hold_out(own_data)
    if name == "xor":
        data = nn_core.xor()
        return data, data
    return DATASETS[name](200, noise, seed), DATASETS[name](100, noise, seed + 1)


def _hold_out(dataset):
    """Return every fifth sample as test data and the others as training data."""
    held_out = np.arange(dataset.inputs.shape[1]) % 5 == 4
    if not held_out.any():
        return dataset, dataset
    return tuple(
        nn_core.Dataset(dataset.inputs[:, chosen], dataset.targets[:, chosen])
        for chosen in (~held_out, held_out)
    )
