"""The playground's picture: output and samples, losses, and each hidden neuron's map.

It has two halves. They are shown side by side, or below each other on a phone, where each is
about 340 pixels wide; the font size is chosen so that the text is legible there.

Matplotlib draws axes and text once. What changes from frame to frame is written into the
pixels directly, which is several times as fast.
"""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nn_widgets.live_figure import encoded, image_of
from nn_widgets.playground.drawing.palette import indexed_image, to_palette
from nn_widgets.playground.drawing.pixels import (
    INDEXED,
    RGBA,
    hidden_levels,
    paint_bars,
    paint_neurons,
    paint_output,
    tile_layout,
)
from nn_widgets.plots import CLASS_COLOURS, grid_points, plot_samples

WIDTH, HEIGHT = 960, 460  # pixels
HALF = WIDTH // 2
HALVES = slice(0, HALF), slice(HALF, WIDTH)
PLANE = 78, 60, 362  # pixels: the plane's left and bottom edge, and its side
FONT = 11.5  # points: 16 pixels here, 11 on a phone
GRID = 64  # the network's output is computed at GRID × GRID points
# Offsets, in pixels, of a ring of points around a sample, (2, n).
RING = np.stack(np.mgrid[-10:11, -10:11]).reshape(2, -1)
RING = RING[:, np.abs(np.hypot(*RING) - 8.5) < 1.2]
MOST_POINTS = 600  # of a curve that are drawn


class Picture:
    """Paints runs: call `paint` with a run, then `picture` or `pictures`.

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
        self._background_of = None  # what the background was drawn for
        self._indexed, self._left_only = False, False
        self._curve_limits = (100, 1e-3, 1.0)

    def _axes(self, left, bottom, width, height=None):
        """Add axes at these pixels; without a height they are square."""
        box = left / WIDTH, bottom / HEIGHT, width / WIDTH, (height or width) / HEIGHT
        return self.figure.add_axes(box)

    def picture(self, kind="png"):
        """Encode what was painted last as a "png", "jpeg" or "bmp"; return the bytes."""
        return encoded(self._image(), kind)

    def _image(self):
        return indexed_image(self._indices) if self._indexed else image_of(self.canvas)

    def pictures(self, kind="png"):
        """Encode the left and the right half; the right is None if it was not painted."""
        halves = HALVES[:1] if self._left_only else HALVES
        found = [encoded(self._image(), kind, columns) for columns in halves]
        return found + [None] * (len(HALVES) - len(halves))

    def paint(
        self, run, earlier, twin=None, indexed=False, left_only=False, ringed=None
    ):
        """Paint a run in its current state.

        Parameters
        ----------
        run : Run
        earlier : list of (str, list of float)
            The label and the losses of earlier runs.
        twin : Run or None
            Another run on the same samples, whose losses are drawn too.
        indexed : bool
            Use 256 colours, which is faster: the maps and the boundary are the same,
            anti-aliased edges are slightly rougher.
        left_only : bool
            Leave out the right half, unless its axes have changed.
        ringed : (2,) array or None
            The inputs of a sample to mark with a ring.
        """
        # The background does not depend on the epoch, so it can be kept from frame to frame.
        content = run.settings, id(run.train_data), run.view, run.shows_hidden
        content += (twin is not None,)
        content += tuple((label, len(losses)) for label, losses in earlier)
        same = content == self._background_of
        limits = self._limits_of_curves(run, earlier, same)
        self._left_only = left_only and same and limits == self._curve_limits
        if not same or limits != self._curve_limits:
            self._background_of, self._curve_limits = content, limits
            self._draw_background(run, earlier, twin)
            if not same:
                self._layers = None, None
                self._lay_out_maps(run)
        self.canvas.restore_region(self._background)
        self._choose_target(indexed)
        self._paint_plane(run)
        if ringed is not None:
            self._paint_ring(ringed)
        if self._left_only:
            return
        self._paint_losses(run, twin)
        if indexed:
            where = self._loss_pixels
            self._indices[where] = to_palette(self._pixels()[1][where])
        self._paint_neurons(run)

    def _choose_target(self, indexed):
        """Paint into the canvas or, with 256 colours, into an array of palette indices.

        The canvas holds the background at this point; the indices start with it too.
        """
        self._indexed = indexed
        if not indexed:
            self._values, self._target = RGBA, self._pixels()[1]
            return
        if self._background_indices is None:
            self._background_indices = to_palette(self._pixels()[1])
            self._indices = self._background_indices.copy()
        if not self._left_only:
            where = self._neuron_pixels  # the maps do not cover all of it
            self._indices[where] = self._background_indices[where]
        self._values, self._target = INDEXED, self._indices

    # --- What stays the same from frame to frame

    def _limits_of_curves(self, run, earlier, same):
        """Return (last epoch, lowest, highest loss) to show.

        They change in large steps, because each change draws the background again.
        """
        longest = max(len(losses) for _, losses in [*earlier, ("", run.history)])
        last = 100
        while last < longest:
            last *= 2
        recent = np.nanmin([*run.history[-1:], run.test_loss, 1.0])
        before = self._curve_limits[1] if same else 1e-3
        lowest = min(before, 10.0 ** np.floor(np.log10(max(recent, 1e-12))))
        return last, lowest, 1.0 if run.settings.loss == "mse" else 10.0

    def _draw_background(self, run, earlier, twin=None):
        """Draw axes, text and earlier curves, and keep a copy of the result."""
        limits = run.view
        self.boundary_axes.set(xlim=limits[:2], ylim=limits[2:])
        axes = self.loss_axes
        for line in [line for line in axes.lines if not line.get_animated()]:
            line.remove()
        for text in list(axes.texts):
            text.remove()
        for label, losses in earlier:
            epochs, values = _thin(losses, MOST_POINTS)
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
        self._background_indices = None  # made when a picture of 256 colours is painted

    def _describe_neurons(self, run):
        title = "What each hidden neuron sees; bar: its weight"
        if not run.shows_hidden:
            title = "Hidden neurons are not shown:\nthe class has no layer_outputs"
        self.neuron_axes.set_title(title, fontsize=FONT)

    def _lay_out_maps(self, run):
        """Compute which pixels the plane, the curves, the samples and the neurons cover."""
        self._boundary_pixels = self._pixels_of(self.boundary_axes)
        # Curves may touch the frame, so it belongs to them.
        self._loss_pixels = self._pixels_of(self.loss_axes, inside=-2)
        left, right, low, high = run.view
        half = (right - left) / GRID / 2  # a grid point is the centre of its cell
        inner = (left + half, right - half, high - half, low + half)  # top row first
        self._grid = grid_points(inner, GRID)
        self._lay_out_points(run)
        self._neuron_pixels = rows, columns = self._pixels_of(self.neuron_axes)
        room = rows.stop - rows.start, columns.stop - columns.start
        layout = tile_layout(run.settings.hidden_nodes, *room)
        self._tiles, self._tile_size = layout
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
        """Draw the samples on a separate canvas; keep their pixels and opacity."""
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
        self._indexed_points = self._point_pixels[most]
        solid = points.view(np.uint32)[self._indexed_points]
        self._point_indices = to_palette(solid)[:, 0]

    # --- What changes

    def _paint_plane(self, run):
        layers = run.layer_outputs(self._grid)
        if layers[1] is not None:  # None after a mistake: keep the previous outputs
            self._layers = layers
        outputs = self._layers[1]
        if outputs is not None:
            area = self._target[self._boundary_pixels]
            paint_output(area, outputs.reshape(GRID, GRID), self._values)
        if self._indexed:
            self._indices.ravel()[self._indexed_points] = self._point_indices
            return
        flat = self._pixels()[0].reshape(-1, 4)
        covered = flat[self._point_pixels, :3] * self._point_gaps
        flat[self._point_pixels, :3] = covered + self._point_colours

    def _paint_ring(self, inputs):
        across, up = self.boundary_axes.transData.transform(inputs)
        place = np.array([self.canvas.get_width_height()[1] - up, across])
        rows, columns = (RING + place[:, None]).round().astype(int)
        height, width = self._target.shape
        seen = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        self._target[rows[seen], columns[seen]] = self._values.black

    def _pixels(self):
        """Return the canvas as bytes, (height, width, 4), and as one uint32 a pixel."""
        pixels = np.asarray(self.canvas.buffer_rgba())
        return pixels, pixels.view(np.uint32)[..., 0]

    def _paint_neurons(self, run):
        hidden, target = self._layers[0], self._target
        if hidden is not None:
            net, tiles = run.network, (self._tiles, self._tile_size)
            levels = hidden_levels(hidden, net.activation).reshape(-1, GRID, GRID)
            paint_neurons(target, *tiles, levels, self._values)
            if net.weights_hidden_output is not None:
                weights = net.weights_hidden_output[0]
                lengths = weights / max(np.abs(weights).max(), 1e-12)
                paint_bars(target, *tiles, lengths, self._values)

    def _paint_losses(self, run, twin):
        self._lines["train"].set_data(*_thin(run.history, MOST_POINTS))
        step = max(1, -(-len(run.test_losses) // MOST_POINTS))
        measured = np.reshape(run.test_losses[::step], (-1, 2))
        self._lines["test"].set_data(*measured.T)
        self._lines["twin"].set_data(*_thin(twin.history if twin else [], MOST_POINTS))
        for line in self._lines.values():
            self.loss_axes.draw_artist(line)


def edges_of_plane():
    """Return the plane's margins in the left half: top, right, bottom and left.

    Each is a fraction of that half's width.
    """
    left, bottom, side = PLANE
    pixels = HEIGHT - bottom - side, HALF - left - side, bottom, left
    return [size / HALF for size in pixels]


def _thin(losses, most):
    """Return the epochs and losses of at most `most` points, always including the last."""
    step = max(1, -(-len(losses) // most))
    epochs = np.arange(len(losses), 0, -step)[::-1]
    return epochs, np.array(losses)[epochs - 1]
