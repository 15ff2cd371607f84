"""A run: one network, the samples it learns, and how it was trained from its start on."""

from typing import NamedTuple

import numpy as np

import nn_core
from nn_widgets.data_sets import DATASETS

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

    Attributes
    ----------
    network : nn_core.NeuralNetwork
    train_data, test_data : nn_core.Dataset
        One and the same if there are no samples to hold out.
    history : list of float
        The training loss of each epoch.
    segments : list of (int, Training)
        For how many epochs in turn it was trained in which way.
    diverged : bool
        Whether a number overflowed; the network is as before, and learns no more.
    train_accuracy, test_accuracy, test_loss : float
        As of the last measurement.
    test_losses : list of (int, float)
        The epoch and the loss of every measurement.
    """

    def __init__(self, settings, update_rule, own_data=None):
        self.settings, self.first_rule = settings, update_rule
        self.train_data, self.test_data = _samples(settings, own_data)
        self.network = nn_core.NeuralNetwork(
            2,
            settings.hidden_nodes,
            1,
            activation=settings.activation,
            init=settings.init,
            loss=settings.loss,
            update_rule=update_rule,
            seed=settings.seed,
        )
        self.history, self.segments, self.test_losses = [], [], []
        self.diverged = False
        self.measure()

    @property
    def has_test_data(self):
        """Whether some samples are held out from training."""
        return self.test_data is not self.train_data

    def train(self, epochs, training):
        """Train for some epochs and measure, unless it has diverged."""
        if self.diverged:
            return
        self.network.update_rule = training.update_rule
        try:
            self.history += self.network.fit(
                *self.train_data,
                learning_rate=training.learning_rate,
                epochs=epochs,
                batch_size=training.batch_size,
            )
        except nn_core.Diverged:
            self.diverged = True
            return
        if self.segments and self.segments[-1][1] == training:
            epochs += self.segments.pop()[0]
        self.segments.append((epochs, training))
        self.measure()

    def measure(self):
        """Measure the accuracies and the test loss of the network as it is now."""
        net = self.network
        self.train_accuracy = nn_core.accuracy(net, self.train_data)
        self.test_accuracy = nn_core.accuracy(net, self.test_data)
        self.test_loss = net.loss(*self.test_data)
        self.test_losses.append((len(self.history), self.test_loss))


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
