"""How the playground's parts are arranged on the page."""

import ipywidgets as widgets

MAIN_SETTINGS = ("dataset", "hidden_nodes", "learning_rate")  # always shown
# Values of ipywidgets' Layout.display. SHOWN must not be None: the page ignores None sent
# from Python.
SHOWN, HIDDEN = "", "none"
ON_TOP = "1 / 1 / 2 / 2"  # the grid cell that the plane and everything over it share
ROW = {"flex_flow": "row wrap", "align_items": "center"}


def row(parts):
    """Return a box whose parts wrap onto the next line where there is no room."""
    return widgets.Box(parts, layout=widgets.Layout(**ROW))


def plane(image):
    """Return a box for the picture of the plane, and for what `over` puts on top of it."""
    image.layout.grid_area, image.layout.max_width = ON_TOP, "100%"
    return widgets.GridBox([image], layout=widgets.Layout(overflow="hidden"))


def over(cells, side, edges):
    """Return a grid of side × side cells that lies over a plane.

    `edges` are the plane's margins in the picture (top, right, bottom, left) as fractions of
    the picture's width.
    """
    equal = f"repeat({side}, minmax(0, 1fr))"
    layout = widgets.Layout(
        grid_area=ON_TOP,
        grid_template_columns=equal,
        grid_template_rows=equal,
        margin=" ".join(f"{100 * edge:.2f}%" for edge in edges),
    )
    return widgets.GridBox(cells, layout=layout)


class HideableControls:
    """The controls that a task can leave out.

    Parameters
    ----------
    by_name : dict of ipywidgets.Widget

    Attributes
    ----------
    hidden : set of str
        The names of those that are left out.
    """

    def __init__(self, by_name):
        self.by_name, self.hidden = dict(by_name), set()

    def hide(self, names):
        """Leave out the controls with these names."""
        for name in names:
            if name not in self.by_name:
                raise ValueError(
                    f"hide: expected names out of {', '.join(self.by_name)}, got {name!r}"
                )
            self.by_name[name].layout.display = HIDDEN
            self.hidden.add(name)

    def show_if(self, wanted, name):
        """Show a control if it is wanted and the task does not leave it out."""
        shown = wanted and name not in self.hidden
        self.by_name[name].layout.display = SHOWN if shown else HIDDEN
