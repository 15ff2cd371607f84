"""Copies of a network, kept while it trains, so that any epoch can be restored quickly."""

import bisect
import copy

import numpy as np

MOST_BYTES = 32_000_000  # of all checkpoints of a run together
# The training between two checkpoints: an update counts as 1, and so do 200 samples. To
# repeat it takes a small part of 0.1 seconds, so moving the epoch slider feels immediate.
WORK_BETWEEN = 400
BYTES_BESIDE_ARRAYS = 4000  # of a copy, at most


class Checkpoints:
    """Copies of one network, each with the epoch after which it was made.

    Attributes
    ----------
    possible : bool
        Whether the network can be copied; not every reader's class can.
    """

    def __init__(self):
        self.possible = True
        self._epochs, self._copies = [], []
        self._spacing = 1  # grows when the copies take too much memory

    def epochs_apart(self, samples, batch_size):
        """Return how many epochs to leave between two copies."""
        updates = -(-samples // min(batch_size or samples, samples))
        return self._spacing * max(1, round(WORK_BETWEEN / (updates + samples / 200)))

    def keep(self, epoch, network, apart=0):
        """Keep a copy, unless the last one is fewer than `apart` epochs old."""
        if not self.possible or (self._epochs and epoch < self._epochs[-1] + apart):
            return
        try:
            self._copies.append(copy.deepcopy(network))
        except Exception:  # a reader's class may raise anything when it is copied
            self.possible = False
            self._epochs, self._copies = [], []
            return
        self._epochs.append(epoch)
        if len(self._copies) * self._bytes_of_a_copy() > MOST_BYTES:
            self._spacing *= 2
            del self._epochs[1::2], self._copies[1::2]

    def _bytes_of_a_copy(self):
        network = self._copies[-1]
        values = [
            *vars(network).values(),
            *vars(getattr(network, "own", self)).values(),
        ]
        return BYTES_BESIDE_ARRAYS + sum(
            value.nbytes for value in values if isinstance(value, np.ndarray)
        )

    def before(self, epoch):
        """Return the last epoch with a copy, up to this one, and a copy of that copy."""
        place = bisect.bisect_right(self._epochs, epoch) - 1
        return self._epochs[place], copy.deepcopy(self._copies[place])

    def until(self, epoch):
        """Return the Checkpoints up to an epoch; they share their copies with these."""
        found = copy.copy(self)
        found.drop_after(epoch)
        return found

    def drop_after(self, epoch):
        """Forget the copies made after an epoch."""
        end = bisect.bisect_right(self._epochs, epoch)
        self._epochs, self._copies = self._epochs[:end], self._copies[:end]
