"""A run: one network, the samples it learns, and how it was trained so far."""

import contextlib
import copy

import numpy as np

import nn_core
import nn_fast
from nn_widgets.data_sets import DATASETS
from nn_widgets.playground.network.checkpoints import Checkpoints
from nn_widgets.playground.network.mistake import Mistake
from nn_widgets.playground.network.readers_network import OPTIONS, ReadersNetwork
from nn_widgets.playground.network.settings import OWN_DATA
from nn_widgets.plots import view_limits


class Run:
    """A network and its history.

    Parameters
    ----------
    settings : Settings
    update_rule : str
        The rule that the network starts with.
    own_data : nn_core.Dataset or None, default None
        The samples, if the data set is OWN_DATA.
    own_class : ReadersClass or None, default None
        The class that makes the network; None is nn_core.NeuralNetwork.
    view : (4,) floats or None, default None
        The square of inputs to show; None is one around the training samples.

    Attributes
    ----------
    network : nn_core.NeuralNetwork, ReadersNetwork, or None
        None if the reader's constructor failed.
    train_data, test_data : nn_core.Dataset
        The same object if there are too few samples to hold some out.
    history : list of float
        The training loss of each epoch.
    segments : list of (int, Training)
        For how many epochs it was trained with which Training, in order.
    diverged : bool
        Whether a number overflowed. The network is as it was before, and is not trained any
        more.
    mistake : Mistake or None
        What went wrong in the reader's class; the network is not trained any more.
    train_accuracy, test_accuracy, test_loss : float
        The latest measurement; nan before the first.
    test_losses : list of (int, float)
        The epoch and the loss of every measurement.
    checkpoints : Checkpoints
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
        self.checkpoints = Checkpoints()
        with self._catch_mistake():
            self.network = self._make_network()
            self.checkpoints.keep(0, self.network)
            self.measure()

    def _make_network(self):
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
    def _catch_mistake(self):
        """Store the first Mistake of the reader's class, and continue after this block."""
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
        """Whether the network cannot be trained any further."""
        return self.diverged or self.mistake is not None

    def train(self, epochs, training):
        """Train for some epochs, then measure; do nothing if the run has ended."""
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
            with self._catch_mistake():
                self.measure()

    def _train_and_keep(self, last_epoch, training):
        """Train up to an epoch and keep checkpoints; note what stops it."""
        apart = self.checkpoints.epochs_apart(
            self.train_data.inputs.shape[1], training.batch_size
        )
        with self._catch_mistake():
            self.network.update_rule = training.update_rule
        while len(self.history) < last_epoch and not self.ended:
            epochs = min(apart, last_epoch - len(self.history))
            with self._catch_mistake():
                try:
                    for loss in self._fit(epochs, training):
                        self.history.append(loss)
                except nn_core.Diverged:
                    self.diverged = True
            if not self.ended:
                self.checkpoints.keep(len(self.history), self.network, apart)

    def at(self, epoch):
        """Return the run as it was after an epoch: another Run, which can be trained further.

        Its network is trained again from the last checkpoint before that epoch, so that it
        has exactly the same numbers.
        """
        past = copy.copy(self)
        past.rewind(epoch)
        return past

    def rewind(self, epoch):
        """Become the run as it was after an epoch; a copy of this run is not affected."""
        self.diverged, self.mistake = False, None
        self.checkpoints = self.checkpoints.until(epoch)
        start, self.network = self.checkpoints.before(epoch)
        segments, done = self.segments, 0
        self.history, self.segments = self.history[:start], []
        for epochs, training in segments:
            epochs = min(epochs, epoch - done)
            if epochs <= 0:
                break
            done += epochs
            self.segments.append((epochs, training))
            self._train_and_keep(done, training)
        self.test_losses = [one for one in self.test_losses if one[0] < epoch]
        with self._catch_mistake():
            self.measure()

    def _fit(self, epochs, training):
        """Train; return the losses of the epochs (a generator for the reader's class)."""
        options = {
            "learning_rate": training.learning_rate,
            "epochs": epochs,
            "batch_size": training.batch_size,
        }
        if self.own_class is not None:
            return self.network.fit(*self.train_data, **options)
        return nn_fast.fit(self.network, *self.train_data, **options)

    def measure(self):
        """Measure the accuracies and the test loss of the network in its current state."""
        net = self.network
        self.train_accuracy = nn_core.accuracy(net, self.train_data)
        self.test_accuracy = nn_core.accuracy(net, self.test_data)
        self.test_loss = net.loss(*self.test_data)
        self.test_losses.append((len(self.history), self.test_loss))

    def train_loss(self):
        """Return the current loss over the training samples; nan after a mistake."""
        with self._catch_mistake():
            if self.mistake is None:
                return self.network.loss(*self.train_data)
        return np.nan

    def layer_outputs(self, inputs):
        """Return (hidden outputs, outputs), each None if the class does not return it."""
        with self._catch_mistake():
            if self.mistake is None:
                return self.network.layer_outputs(inputs)
        return None, None

    @property
    def options(self):
        """The set of settings that the network's constructor accepts."""
        return set(OPTIONS) if self.own_class is None else self.own_class.options

    @property
    def shows_hidden(self):
        """Whether the outputs of the hidden neurons are available."""
        return self.own_class is None or getattr(self.network, "has_layers", False)

    def copy_of_rng(self):
        """Return a copy of the random generator that shuffles the training samples."""
        if self.own_class is None:
            return nn_fast.copy_of_rng(self.network)
        return copy.deepcopy(self.network.rng)


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
