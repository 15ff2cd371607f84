"""Chapters 4 to 7: compare a class that has a planted bug with a correct one."""

import html

from matplotlib.figure import Figure

from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import LINE_COLOURS, plot_boundary


class BugHunt(LiveFigure):
    """The loss curve and output map of a class, beside those of a correct class.

    Both start with the same weights.

    Parameters
    ----------
    run : object
        The result of `nn_check.trial_run(name, NeuralNetwork)`. After a change of the class,
        run the cell again.
    """

    def __init__(self, run):
        self.run = run
        pairs = {"your class": run.yours, "a right class": run.right}
        maps = {name: ran for name, ran in pairs.items() if ran.data is not None}
        count = bool(run.axes) + len(maps)
        figure = Figure(
            figsize=(3.2 * count + 1.2 * (count == 1), 3.4),
            dpi=100,
            layout="constrained",
        )
        parts = figure.subfigures(1, count, squeeze=False)[0]
        panels = [part.subplots() for part in parts]
        if run.axes:
            self._draw_curves(panels.pop(0), pairs)
        for ax, (name, ran) in zip(panels, maps.items(), strict=True):
            self._draw_map(ax, name, ran)
        cuts = [part / count for part in range(1, count)]
        super().__init__(Painter(figure, cuts=cuts), [])

    def _draw_curves(self, ax, pairs):
        styles = zip(pairs.items(), LINE_COLOURS, ("-", "--"), strict=False)
        for (name, ran), colour, style in styles:
            if len(ran.curve):
                ax.plot(ran.places, ran.curve, style, color=colour, label=name)
        across, up = self.run.axes
        ax.set(title=f"The {up}", xlabel=across, ylabel=up)
        ax.set_ylim(0)
        ax.legend()

    @staticmethod
    def _draw_map(ax, name, ran):
        ax.set_title(f"The map of {name}")
        if ran.net is None:
            ax.text(
                0.5, 0.5, "it failed: see below", ha="center", transform=ax.transAxes
            )
            ax.set_axis_off()
        else:
            plot_boundary(ran.net, ran.data, ax)

    def paint(self):
        return html.escape(self.run.words)
