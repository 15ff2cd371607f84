"""Words, lines and bars of the plots have enough contrast, and not only colours differ."""

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.text import Text

import nn_core
import nn_widgets
from publish.paths import ROOT
from tests.nn_widgets.every_widget import WIDGETS

CHAPTERS = sorted((ROOT / "notebooks").glob("0*.ipynb"))


def contrast(first, second):
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""

    def luminance(colour):
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in to_rgb(colour)
        ]
        return sum(
            share * part
            for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def on_white(colour, alpha=None):
    """Return the contrast with white of a colour that may be transparent."""
    *parts, share = to_rgba(colour, alpha)
    return contrast([share * part + 1 - share for part in parts], "white")


def faint(figure):
    """Return the words, curves, bars and points with too little contrast on white.

    Words need a contrast of 4.5; the others need 3, of their face or their edge. Axes with an
    image are left out: other tests check the marks on maps.
    """
    found = [
        f"{text.get_text()!r}: {on_white(text.get_color()):.1f}"
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible()
        if on_white(text.get_color(), text.get_alpha()) < 4.5
        and not any(text.axes is axes for axes in figure.axes if axes.images)
    ]
    for axes in figure.axes:
        for line in axes.lines:
            drawn = line.get_linestyle() != "None" or line.get_marker() != "None"
            seen = on_white(line.get_color(), line.get_alpha())
            if drawn and line.get_visible() and seen < 3:
                found.append(
                    f"line {line.get_label()!r} of {axes.get_title()!r}: {seen:.1f}"
                )
        for patch in axes.patches:
            if patch.get_zorder() <= 0:  # a mark behind the plot; words explain it, too
                continue
            seen = max(on_white(patch.get_facecolor()), on_white(patch.get_edgecolor()))
            if seen < 3:
                found.append(f"patch of {axes.get_title()!r}: {seen:.1f}")
        for collection in axes.collections:
            if not isinstance(collection, (LineCollection, PathCollection)):
                continue
            faces, edges = collection.get_facecolor(), collection.get_edgecolor()
            seen = [
                max(map(on_white, colours))
                for colours in (faces, edges)
                if len(colours)
            ]
            if seen and max(seen) < 3:
                found.append(f"collection of {axes.get_title()!r}: {max(seen):.1f}")
    return found


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.slow
def test_every_widget_stands_out_from_its_paper(name):
    figure = WIDGETS[name]().figure
    figure.canvas.draw()
    assert len(figure.findobj(Text)) > 10
    assert faint(figure) == []


@pytest.mark.filterwarnings("ignore")  # some cells show what can go wrong
@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
@pytest.mark.slow
def test_every_plot_of_a_chapter_stands_out(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr(plt, "show", lambda: None)
    space, drawn = {"__name__": "__main__"}, 0
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        try:
            exec(cell.source, space)
        except Exception:
            assert "raises-exception" in cell.metadata.get("tags", []), cell.id
        for number in plt.get_fignums():
            figure = plt.figure(number)
            figure.canvas.draw()
            assert faint(figure) == [], cell.id
            drawn += 1
        plt.close("all")
    assert drawn >= 1


def test_faint_things_are_found():
    figure, axes = plt.subplots()
    axes.plot([0, 1], color="#bbbbbb", label="faint")
    axes.plot([0, 1], color="black")
    axes.bar([0], [1], color="#dddddd")
    axes.scatter([0], [1], color="yellow")
    axes.text(0, 0, "hardly", color="#999999")
    kinds = {each.split()[0].strip("':") for each in faint(figure)}
    plt.close(figure)
    assert kinds == {"line", "patch", "collection", "hardly"}


def test_curves_of_one_plot_differ_in_colour():
    axes = plt.figure().subplots()
    colours = [nn_widgets.plot_losses([1, 0.5], axes).get_color() for _ in range(3)]
    chosen = nn_widgets.plot_losses([1, 0.5], axes, color="green").get_color()
    plt.close("all")
    assert colours == list(nn_widgets.LINE_COLOURS)
    assert chosen == "green"


@pytest.mark.parametrize("hollow", [False, True])
def test_samples_stand_out_and_differ_in_shape(hollow):
    drawn = nn_widgets.plot_samples(nn_core.moons(), hollow=hollow)
    shapes = {len(samples.get_paths()[0].vertices) for samples in drawn}
    assert len(shapes) == 2
    for samples, most in zip(drawn, (0.0, 1.0), strict=True):
        (edge,) = samples.get_edgecolor()
        if hollow:  # its outline against its class's map, and against grey
            for value in (most, 0.5):
                assert contrast(edge, nn_widgets.OUTPUT_COLOURS(value)) >= 3
        else:  # its white edge separates it from the map
            assert contrast(edge, samples.get_facecolor()[0]) >= 3


def test_the_boundary_is_drawn_where_the_output_is_one_half():
    net = nn_core.NeuralNetwork(2, 1, 1)
    net.weights_input_hidden[...] = [[1.0, 0.0]]
    net.biases_hidden[...] = -0.25  # the hidden node outputs 0.5 where input 1 is 0.25
    net.weights_hidden_output[...] = 8.0
    net.biases_output[...] = -4.0
    data = nn_core.moons()
    image = nn_widgets.plot_boundary(net, data)
    (contour,) = (
        c for c in image.axes.collections if not isinstance(c, PathCollection)
    )
    places = np.concatenate([path.vertices for path in contour.get_paths()])
    step = np.ptp(image.get_extent()[:2]) / 100
    np.testing.assert_allclose(places[:, 0], 0.25, atol=step)
    plt.close(image.figure)
