"""The playground: train a network and watch what it learns.

Start with `playground`, the widget, and `state`, which its parts share. The folders:

network  what is trained: settings, the run and its history, classes that readers wrote
drawing  the picture
panels   the parts that fold, one file each

`setting_controls` are the controls, `advice`, `challenges` and `python_code` describe a run.
"""

from nn_widgets.playground.challenges import CHALLENGES, Challenge
from nn_widgets.playground.playground import Playground

__all__ = ["CHALLENGES", "Challenge", "Playground"]
