"""The playground's picture: output and samples, losses, and what each neuron sees.

It has two halves, shown side by side, or below each other on a phone, where they are about
340 pixels wide: so words have a size that can be read there, too.

Axes and words are drawn by matplotlib once, and kept. What changes from frame to frame is
put into the picture's pixels: that is several times as quick.
"""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nn_widgets.live_figure import encoded, image_of
from nn_widgets.playground.few_colours import as_image, reduced
from nn_widgets.playground.maps import (
    FOUR_BYTES,
    ONE_BYTE,
    paint_bars,
    paint_neurons,
    paint_output,
    shades_of_hidden,
    tiles,
)
from nn_widgets.plots import CLASS_COLOURS, grid_points, plot_samples

WIDTH, HEIGHT = 960, 460  # pixels
HALF = WIDTH // 2
HALVES = slice(0, HALF), slice(HALF, WIDTH)
PLANE = (
    78,
    60,
    362,
)  # where the plane begins, from the left and from below, and its side
FONT = 11.5  # points, 16 pixels, and 11 of them on a phone
GRID = 64  # the network's output is computed at GRID × GRID points
# Pixels of a ring around a sample, (2, n), as far from it as they are.
RING = np.stack(np.mgrid[-10:11, -10:11]).reshape(2, -1)
RING = RING[:, np.abs(np.hypot(*RING) - 8.5) < 1.2]
SHOWN = 600  # points of a curve that are drawn


class Picture:
    """Paints runs: `paint` one, then take its `picture`.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    boundary_axes, loss_axes, neuron_axes : matplotlib.axes.Axes
    """

    widths = (HALF,) * len(HALVES)

    def __init__(self):
        size = WIDTH / 100, HEIGHT / 100
        self.figure = Figure(figsize=size, dpi=100, facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.boundary_axes = self._axes(*PLANE)
        self.loss_axes = self._axes(562, 270, 380, 152)
        self.neuron_axes = self._axes(505, 8, 445, 172)
        self.neuron_axes.set_axis_off()
        words = {"title": "Output: blue 0, orange 1, boundary 0.5"}
        words["xlabel"] = "input 1   (● class 0, ▲ class 1; hollow: test)"
        self.boundary_axes.set(**words, ylabel="input 2")
        for axes in (self.boundary_axes, self.loss_axes):
            axes.tick_params(labelsize=FONT)
            axes.yaxis.labelpad = 2
            for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
                text.set_fontsize(FONT)
        lines = {"test": (CLASS_COLOURS[1], "--"), "train": (CLASS_COLOURS[0], "-")}
        lines["twin"] = "black", ":"
        self._lines = {
            name: self.loss_axes.plot([], [], style, color=colour, animated=True)[0]
            for name, (colour, style) in lines.items()
        }
        self._shown, self._quick, self._part = None, False, False
        self._curve_limits = (100, 1e-3, 1.0)

    def _axes(self, left, bottom, width, height=None):
        """Add axes at these pixels, square if no height is named."""
        box = left / WIDTH, bottom / HEIGHT, width / WIDTH, (height or width) / HEIGHT
        return self.figure.add_axes(box)

    def picture(self, kind="png"):
        """Return what was painted last as the bytes of a "png", "jpeg" or "bmp"."""
        return encoded(self._image(), kind)

    def _image(self):
        return as_image(self._places) if self._quick else image_of(self.canvas)

    def pictures(self, kind="png"):
        """Return its left half and its right one, None if only the left one was painted."""
        halves = HALVES[:1] if self._part else HALVES
        found = [encoded(self._image(), kind, columns) for columns in halves]
        return found + [None] * (len(HALVES) - len(halves))

    def paint(self, run, earlier, twin=None, quick=False, part=False, picked=None):
        """Paint a run as it is now, and the curves (label, losses) of earlier ones.

        And the losses of a twin, another Run on the same samples. A quick picture has 256
        colours: the maps and the line are the same, smoothed edges are a little rougher.
        Of a part, the left half is painted, and the right one if its axes have changed.
        A ring marks the sample with the picked inputs, (2,).
        """
        # What the background shows: of one run at two epochs it is the same.
        shown = run.settings, id(run.train_data), run.view, run.shows_hidden
        shown += (twin is not None,)
        shown += tuple((label, len(losses)) for label, losses in earlier)
        same = shown == self._shown
        limits = self._limits_of_curves(run, earlier, same)
        self._part = part and same and limits == self._curve_limits
        if not same or limits != self._curve_limits:
            self._shown, self._curve_limits = shown, limits
            self._draw_background(run, earlier, twin)
            if not same:
                self._layers = None, None
                self._lay_out_maps(run)
        self.canvas.restore_region(self._background)
        self._choose_inks(quick)
        self._paint_plane(run)
        if picked is not None:
            self._paint_ring(picked)
        if self._part:
            return
        self._paint_losses(run, twin)
        if quick:
            where = self._loss_pixels
            self._places[where] = reduced(self._pixels()[1][where])
        self._paint_neurons(run)

    def _choose_inks(self, quick):
        """Write into the canvas or, for a quick picture, into places in the palette.

        Both begin with the background, which the canvas shows now.
        """
        self._quick = quick
        if not quick:
            self._inks, self._colours = FOUR_BYTES, self._pixels()[1]
            return
        if self._background_places is None:
            self._background_places = reduced(self._pixels()[1])
            self._places = self._background_places.copy()
        if not self._part:
            where = self._neuron_pixels  # not all of it is painted over
            self._places[where] = self._background_places[where]
        self._inks, self._colours = ONE_BYTE, self._places

    # --- What stays the same from frame to frame

    def _limits_of_curves(self, run, earlier, same):
        """Return (last epoch, lowest, highest loss) to show: they grow in large steps."""
        longest = max(len(losses) for _, losses in [*earlier, ("", run.history)])
        last = 100
        while last < longest:
            last *= 2
        recent = np.nanmin([*run.history[-1:], run.test_loss, 1.0])
        before = self._curve_limits[1] if same else 1e-3
        lowest = min(before, 10.0 ** np.floor(np.log10(max(recent, 1e-12))))
        return last, lowest, 1.0 if run.settings.loss == "mse" else 10.0

    def _draw_background(self, run, earlier, twin=None):
        """Draw axes, words and earlier curves, and keep a copy of them."""
        limits = run.view
        self.boundary_axes.set(xlim=limits[:2], ylim=limits[2:])
        axes = self.loss_axes
        for line in [line for line in axes.lines if not line.get_animated()]:
            line.remove()
        for text in list(axes.texts):
            text.remove()
        for label, losses in earlier:
            epochs, values = _thin(losses, SHOWN)
            axes.plot(epochs, values, color="#888888", linewidth=1, alpha=0.7)
            beyond_middle = epochs[-1] > self._curve_limits[0] / 2
            axes.annotate(
                label,
                (epochs[-1], values[-1]),
                ha="right" if beyond_middle else "left",
                va="bottom",
                color="#555555",
                fontsize=FONT,
            )
        axes.set(
            xlabel="epoch",
            ylabel="loss",
            title="Loss: train (line), test (dashed)"
            + (", twin (dots)" if twin else ""),
            yscale="log",
            xlim=(0, self._curve_limits[0]),
            ylim=self._curve_limits[1:],
        )
        self._describe_neurons(run)
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self._background_places = None  # the same, for quick pictures

    def _describe_neurons(self, run):
        title = "What each hidden neuron sees; bar: its weight"
        if not run.shows_hidden:
            title = "Hidden neurons are not shown:\nthe class has no layer_outputs"
        self.neuron_axes.set_title(title, fontsize=FONT)

    def _lay_out_maps(self, run):
        """Work out which pixels belong to the boundary, the points and the neurons."""
        self._boundary_pixels = self._pixels_of(self.boundary_axes)
        self._loss_pixels = self._pixels_of(
            self.loss_axes, -2
        )  # curves reach the frame
        left, right, low, high = run.view
        half = (right - left) / GRID / 2  # a grid point is its cell's middle
        inner = (left + half, right - half, high - half, low + half)  # top row first
        self._grid = grid_points(inner, GRID)
        self._lay_out_points(run)
        self._neuron_pixels = rows, columns = self._pixels_of(self.neuron_axes)
        room = rows.stop - rows.start, columns.stop - columns.start
        self._tiles, self._tile_size = tiles(run.settings.hidden_nodes, *room)
        self._tiles += (rows.start, columns.start)

    def _pixels_of(self, axes, inside=1):
        """Return the rows and columns of pixels inside the axes, as slices."""
        height = self.canvas.get_width_height()[1]
        box = axes.get_window_extent()
        top, bottom = height - box.y1, height - box.y0
        return tuple(
            slice(round(first) + inside, round(last) - inside)
            for first, last in ((top, bottom), (box.x0, box.x1))
        )

    def _lay_out_points(self, run):
        """Draw the samples on a canvas of their own; keep their pixels and opacity."""
        overlay = Figure(figsize=self.figure.get_size_inches(), dpi=self.figure.dpi)
        overlay.patch.set_alpha(0)
        axes = overlay.add_axes(self.boundary_axes.get_position())
        axes.set(xlim=self.boundary_axes.get_xlim(), ylim=self.boundary_axes.get_ylim())
        plot_samples(run.train_data, axes)
        if run.has_test_data:
            plot_samples(run.test_data, axes, hollow=True, size=22)
        axes.set_axis_off()
        canvas = FigureCanvasAgg(overlay)
        canvas.draw()
        points = np.array(canvas.buffer_rgba()).reshape(-1, 4)
        self._point_pixels = np.flatnonzero(points[:, 3])
        opacity = points[self._point_pixels, 3:].astype(np.float32) / 255
        self._point_colours = points[self._point_pixels, :3] * opacity
        self._point_gaps = 1 - opacity
        most = opacity[:, 0] > 0.4
        self._quick_points = self._point_pixels[most]
        solid = points.view(np.uint32)[self._quick_points]
        self._quick_point_places = reduced(solid)[:, 0]

    # --- What changes

    def _paint_plane(self, run):
        layers = run.layer_outputs(self._grid)
        if layers[1] is not None:  # else, after a mistake, the last ones stay
            self._layers = layers
        outputs = self._layers[1]
        if outputs is not None:
            area = self._colours[self._boundary_pixels]
            paint_output(area, outputs.reshape(GRID, GRID), self._inks)
        if self._quick:
            self._places.ravel()[self._quick_points] = self._quick_point_places
            return
        flat = self._pixels()[0].reshape(-1, 4)
        covered = flat[self._point_pixels, :3] * self._point_gaps
        flat[self._point_pixels, :3] = covered + self._point_colours

    def _paint_ring(self, inputs):
        across, up = self.boundary_axes.transData.transform(inputs)
        place = np.array([self.canvas.get_width_height()[1] - up, across])
        rows, columns = (RING + place[:, None]).round().astype(int)
        height, width = self._colours.shape
        seen = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        self._colours[rows[seen], columns[seen]] = self._inks.black

    def _pixels(self):
        """Return the pixels, (height, width, 4), and each one's four bytes as a number."""
        pixels = np.asarray(self.canvas.buffer_rgba())
        return pixels, pixels.view(np.uint32)[..., 0]

    def _paint_neurons(self, run):
        hidden, colours = self._layers[0], self._colours
        if hidden is not None:
            net, room = run.network, (self._tiles, self._tile_size)
            shades = shades_of_hidden(hidden, net.activation).reshape(-1, GRID, GRID)
            paint_neurons(colours, *room, shades, self._inks)
            if net.weights_hidden_output is not None:
                weights = net.weights_hidden_output[0]
                lengths = weights / max(np.abs(weights).max(), 1e-12)
                paint_bars(colours, *room, lengths, self._inks)

    def _paint_losses(self, run, twin):
        self._lines["train"].set_data(*_thin(run.history, SHOWN))
        step = max(1, -(-len(run.test_losses) // SHOWN))
        measured = np.reshape(run.test_losses[::step], (-1, 2))
        self._lines["test"].set_data(*measured.T)
        self._lines["twin"].set_data(*_thin(twin.history if twin else [], SHOWN))
        for line in self._lines.values():
            self.loss_axes.draw_artist(line)


def edges_of_plane():
    """Return how far the plane is from the left half's top, right, bottom and left edge.

    Each as a share of that half's width.
    """
    left, bottom, side = PLANE
    pixels = HEIGHT - bottom - side, HALF - left - side, bottom, left
    return [size / HALF for size in pixels]


def _thin(losses, most):
    """Return epochs and losses of at most that many points of a curve, the last included."""
    step = max(1, -(-len(losses) // most))
    epochs = np.arange(len(losses), 0, -step)[::-1]
    return epochs, np.array(losses)[epochs - 1]
