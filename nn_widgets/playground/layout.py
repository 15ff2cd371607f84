"""How the playground's parts lie on the page: the picture first, the rest below it."""

import ipywidgets as widgets

MAIN = ("dataset", "hidden_nodes", "learning_rate")  # the others fold
# As ipywidgets' Layout.display. Not None: from Python in a page that does not arrive.
SHOWN, HIDDEN = "", "none"
ON_TOP = "1 / 1 / 2 / 2"  # the one place of a grid, for all that lies in it
ROW = {"flex_flow": "row wrap", "align_items": "center"}


def row(parts):
    """Return a box whose parts go on in the next line where there is no room."""
    return widgets.Box(parts, layout=widgets.Layout(**ROW))


def plane(image):
    """Return a box for a picture of the plane, and for what `over` puts over it."""
    image.layout.grid_area, image.layout.max_width = ON_TOP, "100%"
    return widgets.GridBox([image], layout=widgets.Layout(overflow="hidden"))


def over(cells, side, edges):
    """Return side × side cells that lie over a plane.

    `edges` are how far it is from the picture's top, right, bottom and left edge, each as a
    share of the picture's width.
    """
    equal = f"repeat({side}, minmax(0, 1fr))"
    layout = widgets.Layout(
        grid_area=ON_TOP,
        grid_template_columns=equal,
        grid_template_rows=equal,
        margin=" ".join(f"{100 * edge:.2f}%" for edge in edges),
    )
    return widgets.GridBox(cells, layout=layout)


class Folds:
    """Parts of the page that fold, each with a button that opens and closes it.

    Parameters
    ----------
    contents : dict
        By the words on its button, a widget, or a function that makes one when it is opened
        for the first time: what nobody opens costs nothing.

    Attributes
    ----------
    buttons : dict of ipywidgets.ToggleButton
    row, box : ipywidgets.Box
        Of the buttons, and of what is made.
    """

    def __init__(self, contents):
        self._contents = dict(contents)
        self.buttons = {
            title: widgets.ToggleButton(
                description=title,
                tooltip=f"Show or hide: {title}",
                layout=widgets.Layout(width="auto"),
            )
            for title in contents
        }
        self.row = row(list(self.buttons.values()))
        self.box = widgets.VBox()
        for title, button in self.buttons.items():
            if isinstance(self._contents[title], widgets.Widget):
                self._show(title)
            button.observe(lambda _, title=title: self._show(title), "value")

    def _show(self, title):
        opened = self.buttons[title].value
        self.make(title).layout.display = SHOWN if opened else HIDDEN

    def make(self, title):
        """Return the part with this title, made by now, but not opened."""
        content = self._contents[title]
        if not isinstance(content, widgets.Widget):
            content = self._contents[title] = content()
            content.layout.display = HIDDEN
        if content not in self.box.children:
            self.box.children = (*self.box.children, content)
        return content

    def open(self, title):
        """Open the part with this title."""
        self.buttons[title].value = True


def hide_controls(names, widgets_by_name):
    """Hide the controls with these names."""
    for name in names:
        if name not in widgets_by_name:
            raise ValueError(
                f"hide: expected names out of {', '.join(widgets_by_name)}, got {name!r}"
            )
        widgets_by_name[name].layout.display = HIDDEN
