"""What an experiment consists of: its settings, its training, and all that a link holds."""

from typing import NamedTuple

import nn_core

OWN_DATA = "your own"  # the data set's name when the samples are the reader's own


class Settings(NamedTuple):
    """What a run starts from: changing any of these starts a new run."""

    dataset: str  # a name in DATASETS, or OWN_DATA
    noise: float
    hidden_nodes: int
    activation: str
    init: str
    seed: int
    loss: str


class Training(NamedTuple):
    """How a run is trained: changing these keeps its network."""

    learning_rate: float
    batch_size: int | None  # None: all samples
    update_rule: str


class Samples(NamedTuple):
    """The reader's own samples, and the square of inputs to show.

    The square is the lowest and highest input 1, then the lowest and highest input 2; None
    is a square around the samples.
    """

    dataset: nn_core.Dataset
    view: tuple | None


class Experiment(NamedTuple):
    """All that is needed to repeat what a playground shows."""

    settings: Settings
    segments: list  # of (epochs, Training), in order
    training: Training  # for the epochs that come next
    first_rule: str  # the update rule that the network started with
    samples: Samples | None  # None: the data set is not OWN_DATA
    hide: tuple  # names of controls
    challenges: tuple  # names in CHALLENGES
    code: tuple | None  # source and name of the reader's class
