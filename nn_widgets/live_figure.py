"""A picture that is redrawn when its controls change, and the painter that draws it."""

import asyncio
import base64
import contextlib
import html
import io
import itertools
import re
import sys

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image


class Painter:
    """Encodes a figure as a picture; its background is drawn once and kept.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot, so that pyplot does not show or close it. Its layout is computed
        for the first picture and then kept.
    moving : sequence of matplotlib artists, default ()
        What changes between two pictures, in drawing order. Only these are redrawn after the
        first picture, which is several times as fast. If empty, everything is redrawn.
    cuts : sequence of float, default ()
        Where to split the picture, as fractions of its width; on a phone, the parts are shown
        below each other.

    Attributes
    ----------
    widths : list of int
        The width of each part in pixels. Text is legible on a phone up to a width of 450.
    """

    def __init__(self, figure, moving=(), cuts=()):
        self.figure = figure
        self.canvas = FigureCanvasAgg(figure)
        self.moving = moving
        width = self.canvas.get_width_height()[0]
        edges = [round(cut * width) for cut in (0, *cuts, 1)]
        self._parts = [slice(*ends) for ends in itertools.pairwise(edges)]
        self.widths = [part.stop - part.start for part in self._parts]
        self._background = None

    def picture(self, kind="png"):
        """Draw the figure; return the bytes of a "png" or "jpeg"."""
        return encoded(self._drawn(), kind)

    def pictures(self, kind="png"):
        """Draw the figure; return the bytes of each part, from left to right."""
        image = self._drawn()
        return [encoded(image, kind, part) for part in self._parts]

    def _drawn(self):
        if self._background is None or not self.moving:
            for artist in self.moving:
                artist.set_animated(True)  # left out of the background
            self.canvas.draw()
            self.figure.set_layout_engine("none")  # laying out every picture is slow
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self._background)
        for artist in self.moving:
            artist.draw(self.canvas.renderer)
        return image_of(self.canvas)


ENCODER_OPTIONS = {"jpeg": {"quality": 85}, "png": {"compress_level": 1}, "bmp": {}}
# When Python runs in the browser, compressing a picture takes longer than transferring it.
FASTEST_FORMAT = "bmp" if sys.platform == "emscripten" else "jpeg"


def image_of(canvas):
    """Return the content of an Agg canvas as a Pillow image."""
    size = canvas.get_width_height()
    return Image.frombuffer("RGBA", size, canvas.buffer_rgba())


def encoded(image, kind, columns=slice(None)):
    """Encode the given columns of an image as a "png", "jpeg" or "bmp"; return the bytes."""
    left, right, _ = columns.indices(image.width)
    file = io.BytesIO()
    shown = image.crop((left, 0, right, image.height))
    if kind != "bmp" or image.mode != "P":
        shown = shown.convert("RGB")
    shown.save(file, kind, **ENCODER_OPTIONS[kind])
    return file.getvalue()


class LiveFigure(widgets.VBox):
    """Controls, a picture that is redrawn when they change, and a description in words.

    A subclass passes its controls and its painter to `__init__`, and updates the figure in
    `paint`. Where no widget can run (in print or on a static page), the picture is shown.

    Parameters
    ----------
    painter : Painter, or an object with `figure`, `widths`, `picture` and `pictures`
    controls : list of ipywidgets.Widget
        Shown above the picture, from left to right. When the `value` of one of them, or of a
        control inside them, changes, the picture is redrawn.
    """

    picture_format = "png"

    def __init__(self, painter, controls, **kwargs):
        self.painter = painter
        self.images = [
            widgets.Image(layout=widgets.Layout(max_width="100%"))
            for _ in painter.widths
        ]
        self.image = self.images[0]
        self.words = widgets.HTML()
        self.controls = widgets.Box(
            controls,
            layout=widgets.Layout(flex_flow="row wrap", align_items="center"),
        )
        self._drawing_held = False  # a drawing is due already, or must not happen now
        self.pictures = _side_by_side(self.images, painter.widths)
        super().__init__([self.controls, self.pictures, self.words], **kwargs)
        for control in leaves(self.controls):
            if control.has_trait("value"):
                control.observe(self.draw_soon, "value")
        self.draw()

    @property
    def figure(self):
        """The matplotlib figure of the picture."""
        return self.painter.figure

    def paint(self):
        """Update the figure from the controls; return its description as HTML."""
        raise NotImplementedError

    def draw(self):
        """Update the picture and its description now."""
        self.words.value = self.paint()
        pictures = self.painter.pictures(self.picture_format)
        for image, picture in zip(self.images, pictures, strict=True):
            if picture is None:  # unchanged
                continue
            with image.hold_sync():
                image.format = self.picture_format
                image.value = picture

    def draw_soon(self, change=None):
        """Draw in a moment: one drawing covers all changes that arrive until then."""
        if self._drawing_held:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: a plain script
            self.draw()
            return
        self._drawing_held = True
        loop.call_later(0.02, self._draw_now)

    def _draw_now(self):
        self._drawing_held = False
        if self.comm is not None:  # it may have been closed in the meantime
            self.draw()

    @contextlib.contextmanager
    def drawing_held(self):
        """Draw nothing when controls change within the block."""
        self._drawing_held = True
        try:
            yield
        finally:
            self._drawing_held = False

    def close(self):
        """Remove the widget from the page, and close every widget inside it."""
        parts = [] if self.comm is None else list(_parts(self))
        super().close()
        for part in parts:
            part.close()

    def _repr_mimebundle_(self, **kwargs):
        self.draw()
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        bundle["image/png"] = base64.b64encode(self.painter.picture("png")).decode()
        bundle["text/plain"] = self.describe()
        return bundle

    def describe(self):
        """Return the description of the picture as plain text."""
        return _plain_text(self.words.value)


def sized(part, width):
    """Let a part of this width shrink slightly before it wraps below the others."""
    part.layout.flex = f"1 1 {0.69 * width:.0f}px"
    part.layout.max_width = f"{width}px"
    part.layout.min_width = "0"
    return part


def _side_by_side(images, widths):
    parts = [sized(*pair) for pair in zip(images, widths, strict=True)]
    layout = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
    return widgets.Box(parts, layout=layout)


def running_loop(otherwise):
    """Return the running event loop; if there is none, raise an error that says `otherwise`."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError as error:
        raise RuntimeError(
            "play() needs a running event loop, as every notebook has; "
            f"elsewhere {otherwise}"
        ) from error


def leaves(widget):
    """Yield the controls inside boxes, at any depth."""
    for child in getattr(widget, "children", ()):
        yield from leaves(child) if hasattr(child, "children") else (child,)


def _parts(widget):
    """Yield all widgets inside a widget; ipywidgets keeps them in memory until closed."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
        yield child
    yield from (
        getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name)
    )


def _plain_text(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
