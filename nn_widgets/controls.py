"""Make ipywidgets controls with an unabridged description and a checked value."""

import math

import ipywidgets as widgets
import traitlets

import nn_arguments

WHOLE_LABEL = {"description_width": "initial"}


def width(size):
    """Return the layout of a control with this width and a margin."""
    return widgets.Layout(width=size, margin="2px 8px")


def dropdown(description, name, choices, value):
    """Return a drop-down list that is wide enough for its longest choice."""
    longest = max(len(str(choice)) for choice in choices)
    return widgets.Dropdown(
        options=choices,
        value=nn_arguments.one_of(name, value, choices),
        description=description,
        style=WHOLE_LABEL,
        layout=width(f"{len(description) * 0.55 + longest * 0.6 + 4:.0f}em"),
    )


def slider(kind, description, value, low, high, step, size="21em"):
    """Return a slider of the class `kind`, for example widgets.IntSlider."""
    if kind is widgets.IntSlider:
        value = nn_arguments.whole_number(description.replace(" ", "_"), value, low)
    return kind(
        value=_within(description, value, low, high),
        min=low,
        max=high,
        step=step,
        description=description,
        style=WHOLE_LABEL,
        layout=width(size),
    )


class RoundLogSlider(widgets.FloatLogSlider):
    """A logarithmic slider that snaps to round numbers: 3, not 3.02.

    The slider position nearest to a number with one significant digit takes that number as
    its value. Values between positions, typed or set in Python, stay as they are.
    """

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        value = super()._validate_value(proposal)
        power = math.log10(value)
        position = (power - self.min) / self.step
        if abs(position - round(position)) > 1e-6:
            return value
        near = float(f"{value:.0e}")
        if round((math.log10(near) - self.min) / self.step) != round(position):
            return value
        return near


def log_slider(description, value, low, high):
    """Return a slider from 10^low to 10^high."""
    return RoundLogSlider(
        value=_within(description, value, 10.0**low, 10.0**high),
        base=10,
        min=low,
        max=high,
        step=0.02,
        readout_format=".3g",
        description=description,
        style=WHOLE_LABEL,
        layout=width("21em"),
    )


def _within(description, value, low, high):
    name = description.replace(" ", "_")
    return nn_arguments.number_within(name, value, low, high)


def button(description, tooltip, on_click):
    """Return a button that calls on_click(button) when it is pressed."""
    made = widgets.Button(
        description=description, tooltip=tooltip, layout=widgets.Layout(width="auto")
    )
    made.on_click(on_click)
    return made
