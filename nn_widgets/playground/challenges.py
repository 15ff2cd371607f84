"""Tasks for readers of the playground, and which of them are met."""

import html
from collections.abc import Callable
from typing import NamedTuple


class Challenge(NamedTuple):
    """A task for the reader; it counts as met once `met(playground)` has been true."""

    text: str
    met: Callable


def _solved(dataset, share, hidden_nodes=32, epochs=None):
    def met(playground):
        return (
            playground.dataset.value == dataset
            and playground.hidden_nodes.value <= hidden_nodes
            and (epochs is None or 0 < len(playground.history) <= epochs)
            and playground.test_accuracy >= share
        )

    return met


CHALLENGES = {
    "xor": Challenge(
        "XOR with 2 hidden nodes: all four points right", _solved("xor", 1, 2)
    ),
    "moons": Challenge(
        "Moons above 97 % on the test samples within 300 epochs",
        _solved("moons", 0.9701, epochs=300),
    ),
    "circles": Challenge(
        "Circles with 3 hidden nodes: above 95 % on the test samples",
        _solved("circles", 0.9501, 3),
    ),
    "spiral": Challenge(
        "Spiral above 95 % on the test samples", _solved("spiral", 0.9501)
    ),
}


class ChallengeList:
    """The tasks of one playground, and which of them have been met.

    Parameters
    ----------
    chosen : str, Challenge, list of them, or None
        Names in CHALLENGES or your own; None is all of CHALLENGES.

    Attributes
    ----------
    challenges : list of Challenge
    met : set of int
        The indices of the tasks that have been met.
    """

    def __init__(self, chosen):
        if chosen is None:
            chosen = list(CHALLENGES)
        elif isinstance(chosen, (str, Challenge)):
            chosen = [chosen]
        for one in chosen:
            if not isinstance(one, Challenge) and one not in CHALLENGES:
                raise ValueError(
                    f"challenge: expected a Challenge or one of "
                    f"{', '.join(CHALLENGES)}, got {one!r}"
                )
        self.challenges = [
            CHALLENGES[one] if isinstance(one, str) else one for one in chosen
        ]
        self.met = set()

    def update(self, playground):
        """Add the tasks that the playground meets now; a task that was met stays met."""
        for number, challenge in enumerate(self.challenges):
            if playground.history and challenge.met(playground):
                self.met.add(number)

    def as_html(self):
        """Return the tasks as an HTML list, each marked as met or to do."""
        if not self.challenges:
            return ""
        done = "<li style='font-weight:bold'>✓ met: {}</li>"
        items = "".join(
            (done if number in self.met else "<li>○ to do: {}</li>").format(
                html.escape(challenge.text)
            )
            for number, challenge in enumerate(self.challenges)
        )
        style = "list-style:none;margin:0;padding:0"
        return f"<b>Challenges</b><ul style='{style}'>{items}</ul>"
