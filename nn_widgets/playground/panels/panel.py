"""A panel of the playground: a part of the page that a button opens and closes."""

import ipywidgets as widgets

from nn_widgets.playground.layout import HIDDEN, SHOWN, row


class Panel:
    """The base class of all panels.

    A subclass has a `title`, the words on its button, and returns its widgets in `make_box`.

    Parameters
    ----------
    state : State

    Attributes
    ----------
    button : ipywidgets.ToggleButton
    add_to_page : function
        Called with the box of widgets when it is made; Folds sets it.
    """

    title = ""

    def __init__(self, state):
        self.state = state
        self.button = widgets.ToggleButton(
            description=self.title,
            tooltip=f"Show or hide: {self.title}",
            layout=widgets.Layout(width="auto"),
        )
        self.button.observe(self._button_pressed, "value")
        self._box = None

    @property
    def is_open(self):
        """Whether the panel is open."""
        return self.button.value

    def open(self):
        """Open the panel."""
        self.button.value = True

    def make(self):
        """Make the widgets unless they exist already; return their box.

        A panel is made when it is first needed, so that the playground starts fast.
        """
        if self._box is None:
            self._box = self.make_box()
            self._box.layout.display = HIDDEN
            self.add_to_page(self._box)
        return self._box

    def make_box(self):
        """Return a box with the panel's widgets."""
        raise NotImplementedError

    def toggled(self):
        """Do what else is needed after the panel was opened or closed."""

    def _button_pressed(self, _):
        self.make().layout.display = SHOWN if self.is_open else HIDDEN
        self.toggled()


class Folds:
    """The row of buttons that open and close the panels, and the box of panels.

    Parameters
    ----------
    panels : list of Panel

    Attributes
    ----------
    panels : dict of Panel
        By title.
    buttons : dict of ipywidgets.ToggleButton
        By title.
    row, box : ipywidgets.Box
        The buttons, and the panels that have been made.
    """

    def __init__(self, panels):
        self.panels = {panel.title: panel for panel in panels}
        self.buttons = {panel.title: panel.button for panel in panels}
        self.row = row(list(self.buttons.values()))
        self.box = widgets.VBox()
        for panel in panels:
            panel.add_to_page = self._add

    def open(self, title):
        """Open the panel with this title."""
        self.panels[title].open()

    def _add(self, box):
        self.box.children = (*self.box.children, box)
