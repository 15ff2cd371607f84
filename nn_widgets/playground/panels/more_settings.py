"""The panel of settings that are changed less often."""

from nn_widgets.playground.layout import MAIN_SETTINGS, row
from nn_widgets.playground.panels.panel import Panel


class MoreSettings(Panel):
    """All controls of settings beside the main ones, and the button that shows the code.

    Parameters
    ----------
    state : State
    copy_button : ipywidgets.Button
    """

    title = "More"

    def __init__(self, state, copy_button):
        super().__init__(state)
        self._copy_button = copy_button

    def make_box(self):
        controls = self.state.controls.by_name.items()
        rest = [control for name, control in controls if name not in MAIN_SETTINGS]
        return row([*rest, self._copy_button])
