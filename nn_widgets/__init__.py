"""Figures (matplotlib) and live widgets (ipywidgets) for the book.

Read `live_figure` first: a picture that is redrawn when its controls change. Each chapter's
widget is one and has its own file. The playground has many parts, so it is a folder.
"""

from nn_core import accuracy
from nn_widgets.activation import Activation
from nn_widgets.architecture import Architecture
from nn_widgets.bug_hunt import BugHunt
from nn_widgets.data_sets import DATASETS
from nn_widgets.draw_digit import DrawDigit, as_the_data_set
from nn_widgets.feedforward import Feedforward
from nn_widgets.gradient_check import GradientCheck
from nn_widgets.initialisation import Initialisation
from nn_widgets.landscape import Landscape
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.neuron import Neuron
from nn_widgets.one_step import OneStep
from nn_widgets.playground import CHALLENGES, Challenge, Playground
from nn_widgets.plots import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    HOLLOW_COLOURS,
    LINE_COLOURS,
    OUTPUT_COLOURS,
    grid_points,
    plot_boundary,
    plot_losses,
    plot_network,
    plot_samples,
    view_limits,
)
from nn_widgets.slope import Slope

__all__ = [
    "CHALLENGES",
    "CLASS_COLOURS",
    "CLASS_MARKERS",
    "DATASETS",
    "HOLLOW_COLOURS",
    "LINE_COLOURS",
    "OUTPUT_COLOURS",
    "Activation",
    "Architecture",
    "BugHunt",
    "Challenge",
    "DrawDigit",
    "Feedforward",
    "GradientCheck",
    "Initialisation",
    "Landscape",
    "LiveFigure",
    "Neuron",
    "OneStep",
    "Painter",
    "Playground",
    "Slope",
    "accuracy",
    "as_the_data_set",
    "grid_points",
    "plot_boundary",
    "plot_losses",
    "plot_network",
    "plot_samples",
    "view_limits",
]
