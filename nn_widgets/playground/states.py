"""The way back: copies of a network, kept while it trains, so that no epoch is far."""

import bisect
import copy

import numpy as np

BYTES = 32_000_000  # of all copies of a run together
# Between two copies: an update counts as 1, and so do 200 samples. Doing them over takes a
# small part of the 0.1 seconds within which an answer seems to come at once.
WORK = 400
BESIDE_ARRAYS = 4000  # bytes of a copy that are not in its arrays, at most


class States:
    """Copies of one network, by the epoch after which each was made.

    Attributes
    ----------
    possible : bool
        Whether the network can be copied: of a reader's class, not every one can.
    """

    def __init__(self):
        self.possible = True
        self._epochs, self._copies = [], []
        self._spread = 1  # how many times as far apart, for want of room

    def epochs_apart(self, samples, batch_size):
        """Return how many epochs lie between two copies, with so many samples."""
        updates = -(-samples // min(batch_size or samples, samples))
        return self._spread * max(1, round(WORK / (updates + samples / 200)))

    def keep(self, epoch, network, apart=0):
        """Keep a copy, unless the last one is fewer epochs ago than `apart`."""
        if not self.possible or (self._epochs and epoch < self._epochs[-1] + apart):
            return
        try:
            self._copies.append(copy.deepcopy(network))
        except Exception:  # whatever a reader's class answers to being copied
            self.possible = False
            self._epochs, self._copies = [], []
            return
        self._epochs.append(epoch)
        if len(self._copies) * self._size() > BYTES:
            self._spread *= 2
            del self._epochs[1::2], self._copies[1::2]

    def _size(self):
        """Return the bytes that a copy takes, about."""
        network = self._copies[-1]
        values = [
            *vars(network).values(),
            *vars(getattr(network, "own", self)).values(),
        ]
        return BESIDE_ARRAYS + sum(
            value.nbytes for value in values if isinstance(value, np.ndarray)
        )

    def before(self, epoch):
        """Return the last kept epoch up to this one, and the network after it."""
        place = bisect.bisect_right(self._epochs, epoch) - 1
        return self._epochs[place], copy.deepcopy(self._copies[place])

    def until(self, epoch):
        """Return the States up to an epoch; they share their copies with these."""
        found = copy.copy(self)
        end = bisect.bisect_right(self._epochs, epoch)
        found._epochs, found._copies = self._epochs[:end], self._copies[:end]
        return found
