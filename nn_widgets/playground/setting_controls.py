"""The controls of the playground's settings."""

import ipywidgets as widgets

import nn_arguments
import nn_core
from nn_widgets.controls import WHOLE_LABEL, dropdown, log_slider, slider, width
from nn_widgets.data_sets import DATASETS, default_noise, two_inputs
from nn_widgets.playground.network.readers_network import OPTIONS
from nn_widgets.playground.network.settings import OWN_DATA, Settings, Training

RATES = -3, 2  # powers of ten: the lowest and the highest learning rate
ALL_SAMPLES = "all"  # the batch size
DEFAULTS = {
    "activation": "sigmoid",
    "init": "xavier",
    "loss": "mse",
    "update_rule": "gradient",
}
NOT_SPREAD = ("xor", OWN_DATA)  # data sets without a noise setting


class SettingControls:
    """A control for each setting; the arguments are those of Playground.

    `options` are the names of settings that the network's constructor accepts.

    Attributes
    ----------
    by_name : dict
        The controls by their names in Playground's `hide`, in the order on the page.
    own_data : nn_core.Dataset or None
    own_view : (4,) floats or None
        The square to show with own_data.
    """

    def __init__(
        self,
        dataset,
        hidden_nodes,
        learning_rate,
        noise,
        activation,
        init,
        loss,
        update_rule,
        batch_size,
        seed,
        epochs_per_frame,
        options=OPTIONS,
    ):
        self.own_data = self.own_view = None
        names = list(DATASETS)
        if isinstance(dataset, nn_core.Dataset):
            self.own_data, dataset = two_inputs(dataset), OWN_DATA
            names.append(dataset)
        self._loss = nn_arguments.setting("loss", loss)
        given = {"activation": activation, "init": init, "loss": loss}
        for name, value in (given | {"update_rule": update_rule}).items():
            if name not in options and value != DEFAULTS[name]:
                raise ValueError(
                    f"{name}: expected none, since the class's __init__ does not take it, "
                    f"got {value!r}"
                )
        sizes, frames = {1, 10, 50}, {1, 10, 50, 200}
        if batch_size is not None:
            sizes.add(nn_arguments.whole_number("batch_size", batch_size))
        frames.add(nn_arguments.whole_number("epochs_per_frame", epochs_per_frame))
        self.by_name = {
            "dataset": dropdown("data set", "dataset", names, dataset),
            "noise": slider(
                widgets.FloatSlider,
                "noise",
                default_noise(dataset) if noise is None else noise,
                0,
                0.5,
                0.01,
            ),
            "hidden_nodes": slider(
                widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 32, 1
            ),
            "learning_rate": log_slider("learning rate", learning_rate, *RATES),
            "activation": dropdown(
                "activation", "activation", list(nn_core.ACTIVATIONS), activation
            ),
            "init": dropdown("start", "init", nn_arguments.INITS, init),
            "update_rule": dropdown(
                "update rule", "update_rule", nn_arguments.UPDATE_RULES, update_rule
            ),
            "batch_size": dropdown(
                "batch size",
                "batch_size",
                [ALL_SAMPLES, *sorted(sizes)],
                batch_size or ALL_SAMPLES,
            ),
            "seed": widgets.BoundedIntText(
                nn_arguments.number_within(
                    "seed", nn_arguments.whole_number("seed", seed, 0), 0, 9999
                ),
                min=0,
                max=9999,
                description="seed",
                layout=width("9em"),
                style=WHOLE_LABEL,
            ),
            "epochs_per_frame": dropdown(
                "epochs per frame",
                "epochs_per_frame",
                sorted(frames),
                epochs_per_frame,
            ),
        }

    def use_samples(self, dataset, view=None):
        """Add the reader's Dataset to the menu, and select it."""
        self.own_data, self.own_view = two_inputs(dataset), view
        menu = self.by_name["dataset"]
        if OWN_DATA not in menu.options:
            menu.options = [*menu.options, OWN_DATA]
        menu.value = OWN_DATA

    def show(self, settings, training, samples=None):
        """Set the controls to these Settings, this Training and the reader's Samples."""
        if samples is not None:
            self.use_samples(*samples)
        size = training.batch_size or ALL_SAMPLES
        sizes = self.by_name["batch_size"]
        if size not in sizes.options:
            sizes.options = [*sizes.options, size]
        self._loss = settings.loss
        values = settings._asdict() | training._asdict() | {"batch_size": size}
        for name, control in self.by_name.items():
            if name in values:
                control.value = values[name]

    @property
    def view(self):
        """The square to show; None is a square around the samples."""
        own = self.by_name["dataset"].value == OWN_DATA
        return self.own_view if own else None

    def settings(self):
        """Return the Settings as the controls are set."""
        values = {
            name: self.by_name[name].value
            for name in Settings._fields
            if name in self.by_name
        }
        if values["dataset"] in NOT_SPREAD:
            values["noise"] = 0
        return Settings(**values, loss=self._loss)

    def training(self):
        """Return the Training as the controls are set."""
        size = self.by_name["batch_size"].value
        return Training(
            self.by_name["learning_rate"].value,
            None if size == ALL_SAMPLES else size,
            self.by_name["update_rule"].value,
        )
