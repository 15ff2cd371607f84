"""The playground: train a network and watch what it learns.

`run` is what happens to a network, `runs` what starts another; `picture`, `advice`,
`challenges` and `python_code` each tell it in their way; `controls` are what a reader sets.
`playground` puts them together.
"""

from nn_widgets.playground.challenges import CHALLENGES, Challenge
from nn_widgets.playground.playground import Playground

__all__ = ["CHALLENGES", "Challenge", "Playground"]
