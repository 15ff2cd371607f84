"""A picture that follows its controls: the frame around it, and what paints it."""

import asyncio
import base64
import html
import io
import itertools
import re
import sys

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image


class Painter:
    """Turns a figure into a picture; what does not move is drawn once and kept.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot, so that nothing else shows or closes it. Its layout is worked
        out for the first picture, and then stays.
    moving : sequence of matplotlib artists, default ()
        What changes between two pictures, in the order of drawing; each picture after the
        first is then several times as quick. None named: all is drawn anew every time.
    cuts : sequence of float, default ()
        Where the picture is parted, as shares of its width: on a phone, the parts stand
        below each other.

    Attributes
    ----------
    widths : list of int
        Pixels of each part; a part's words can be read on a phone if it has 450 at most.
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
        """Draw the figure as it is now; return the bytes of a "png" or a "jpeg"."""
        return encoded(self._drawn(), kind)

    def pictures(self, kind="png"):
        """Return its parts, which are shown side by side where there is room."""
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


OPTIONS = {"jpeg": {"quality": 85}, "png": {"compress_level": 1}, "bmp": {}}
# Where Python runs in the browser, packing a picture takes longer than handing it over.
QUICKEST = "bmp" if sys.platform == "emscripten" else "jpeg"


def image_of(canvas):
    """Return what an Agg canvas shows."""
    size = canvas.get_width_height()
    return Image.frombuffer("RGBA", size, canvas.buffer_rgba())


def encoded(image, kind, columns=slice(None)):
    """Return columns of an image as the bytes of a "png", "jpeg" or "bmp"."""
    left, right, _ = columns.indices(image.width)
    file = io.BytesIO()
    shown = image.crop((left, 0, right, image.height))
    if kind != "bmp" or image.mode != "P":
        shown = shown.convert("RGB")
    shown.save(file, kind, **OPTIONS[kind])
    return file.getvalue()


class LiveFigure(widgets.VBox):
    """The frame: controls, a picture that follows them, and the picture in words.

    A subclass makes its controls and its painter, hands both to `__init__`, and says in
    `paint` how the figure follows the controls. Displayed where no widget can live (a
    printed page, a static one), it shows the same picture.

    Parameters
    ----------
    painter : Painter, or another with `figure`, `widths`, `picture` and `pictures`
    controls : list of ipywidgets.Widget
        Shown above the picture, from left to right. A change of the `value` of any of them,
        or of a control inside them, redraws the picture.
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
        self._waiting = False
        self.pictures = _side_by_side(self.images, painter.widths)
        super().__init__([self.controls, self.pictures, self.words], **kwargs)
        for control in leaves(self.controls):
            if control.has_trait("value"):
                control.observe(self._changed, "value")
        self.draw()

    @property
    def figure(self):
        """The matplotlib figure of the picture."""
        return self.painter.figure

    def paint(self):
        """Change the figure to what the controls say; return it in words, as HTML."""
        raise NotImplementedError

    def draw(self):
        """Bring picture and words up to date now."""
        self.words.value = self.paint()
        pictures = self.painter.pictures(self.picture_format)
        for image, picture in zip(self.images, pictures, strict=True):
            if picture is None:  # as before
                continue
            with image.hold_sync():
                image.format = self.picture_format
                image.value = picture

    def _changed(self, change):
        """Draw soon: of several changes that arrive meanwhile, the newest is drawn."""
        if self._waiting:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: a plain script
            self.draw()
            return
        self._waiting = True
        loop.call_later(0.02, self._draw_waiting)

    def _draw_waiting(self):
        self._waiting = False
        if self.comm is not None:  # not closed meanwhile
            self.draw()

    def close(self):
        """Take the widget off the page, with all that it consists of."""
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
        """Return the words below the picture as plain text."""
        return _plain_text(self.words.value)


def sized(part, width):
    """Let a part of a picture, so wide, shrink a little before it goes below the others."""
    part.layout.flex = f"1 1 {0.69 * width:.0f}px"
    part.layout.max_width = f"{width}px"
    part.layout.min_width = "0"
    return part


def _side_by_side(images, widths):
    parts = [sized(*pair) for pair in zip(images, widths, strict=True)]
    layout = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
    return widgets.Box(parts, layout=layout)


def running_loop(otherwise):
    """Return the event loop that play() needs; otherwise: what to do where none runs."""
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
    """Yield the widgets that a widget consists of; ipywidgets keeps them until closed."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
        yield child
    yield from (
        getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name)
    )


def _plain_text(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
