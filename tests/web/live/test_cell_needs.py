"""A cell shows the same after only the earlier cells that it needs as in the whole page."""

import ast
import contextlib
import io
import re
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import nn_check
from tests.notebooks.reader import NOTEBOOKS, cells
from web.live.cell_needs import needs_of_cells

PAGES = sorted(
    path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
    for pattern in ("0*.ipynb", "exercises/*.ipynb")
    for path in NOTEBOOKS.glob(pattern)
)
RANDOM = re.compile(r"\b[0-9a-f]{32}\b|\bat 0x[0-9a-f]+")  # widgets' ids, addresses


@pytest.mark.parametrize(
    ("needed", "sources"),
    [
        ([], ["x = 1", "y = 2"]),
        ([0], ["x = 1", "y = x"]),
        ([0, 1], ["x = 1", "y = x", "print(y)"]),
        ([1], ["x = 1", "x = 2", "print(x)"]),
        ([0, 1], ["x = 1", "if later:\n    x = 2", "print(x)"]),
        ([0, 1], ["x = 1", "x += 1", "print(x)"]),
        ([0, 1], ["x = []", "x.append(1)", "print(x)"]),
        ([0], ["x = zeros(3)", "print(x.mean())", "print(x)"]),
        ([0, 1], ["x = {}", "x['a'] = 1", "print(x)"]),
        ([0, 1], ["net = Net()", "net.rate = 1", "print(net)"]),
        ([0, 1], ["x = 1", "x += rng.random()", "print(x)"]),
        ([0, 1], ["rng = f()", "y = 0\ny += rng.random()", "print(rng)"]),
        ([1], ["w = 1", "try:\n    w = 2\nexcept E:\n    w = 3", "print(w)"]),
        ([0, 1, 2], ["x = []", "def f():\n    x.append(1)", "f()", "print(x)"]),
        ([0, 1, 2], ["x = []", "def f(a):\n    a.append(1)", "f(x)", "print(x)"]),
        ([0], ["x = []", "def f(a):\n    return len(a)", "f(x)", "print(x)"]),
        ([0, 1, 2], ["def f():\n    return x", "x = 1", "g = f", "print(g())"]),
        (
            [0, 1, 3],
            ["class A:\n    b = 1", "class A(A):\n    c = 1", "y = 1", "a = A()", "a"],
        ),
        ([0], ["import numpy as np", "np.zeros(3)", "np.ones(3)"]),
        ([0, 1], ["import numpy as np", "np.random.seed(1)", "np.random.rand()"]),
        ([0, 1], ["import numpy as np", "np.seterr(all='raise')", "np.zeros(1) / 0"]),
        (
            [0, 1],
            ["import matplotlib.pyplot as plt", "plt.rcParams['a'] = 1", "plt.plot()"],
        ),
        ([0, 1], ["x = 1", "%magic", "print(2)"]),
        ([0, 1], ["x = 1", "from a import *", "print(2)"]),
        ([0, 1], ["x = 1", "exec('x = 2')", "print(2)"]),
        ([0, 1], ["x = 1", "y = 2", "exec('print(x)')"]),
        ([0, 1], ["x = 1", "def f():\n    global x\n    x = 2", "print(3)"]),
        ([0, 1], ["x = 1", "if (x := 2) > 1:\n    print(x)", "print(3)"]),
        (
            [0, 1],
            [
                "n = N()",
                "def f(n):\n    for w in n.w:\n        w += 1\nf(n)",
                "print(n)",
            ],
        ),
        ([0], ["class A:\n    b = 1", "c = 1", "def f(a: A):\n    return a"]),
        ([0], ["x = 1", "y = 2", "class A:\n    def x(self):\n        return x"]),
        ([0], ["x = 1", "y = 2", "lambda y=x: y"]),
        ([], ["x = 1", "[x for x in (1, 2)]"]),
        ([0], ["rows = []", "[row for row in rows]"]),
        ([0], ["x = 1", "x, y = 2, x"]),
        ([], ["e = 1", "try:\n    1 / 0\nexcept ValueError as e:\n    print(e)"]),
    ],
)
def test_needs_of_the_last_cell(needed, sources):
    assert needs_of_cells(sources)[-1] == needed


def run(sources, numbers, monkeypatch):
    """Run these cells in a new session; return {number: all that the cell shows}."""
    names, shown, shown_by = {}, [], {}

    def show_value(value):
        if value is not None:
            shown.append(DisplayFormatter().format(value)[0])

    def show_figures():
        for number in plt.get_fignums():
            pixels = io.BytesIO()
            plt.figure(number).savefig(pixels, format="raw", dpi=40)
            shown.append(pixels.getvalue())
        plt.close("all")

    nn_check.forget_tries()
    monkeypatch.setattr(sys, "displayhook", show_value)
    monkeypatch.setattr(plt, "show", show_figures)
    with plt.rc_context(), np.errstate(), warnings.catch_warnings():
        for number in numbers:
            statements = ast.Interactive(ast.parse(sources[number]).body)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(statements, f"cell {number}", "single"), names)
            shown_by[number] = RANDOM.sub("", repr([printed.getvalue(), *shown]))
            shown.clear()
    plt.close("all")
    return shown_by


def differing_alone(sources, monkeypatch):
    """Return the numbers of the cells that show something else after only what they need."""
    whole = tuple(range(len(sources)))
    in_page = run(sources, whole, monkeypatch)
    alone = [(*needed, number) for number, needed in enumerate(needs_of_cells(sources))]
    differing = set()
    for numbers in set(alone) - {whole}:
        longer = [each for each in [*alone, whole] if len(each) > len(numbers)]
        if any(each[: len(numbers)] == numbers for each in longer):
            continue  # that run begins with this one
        shown = run(sources, numbers, monkeypatch)
        differing |= {number for number in numbers if shown[number] != in_page[number]}
    return differing


@pytest.mark.parametrize("show", ["print(x)", "x", "plt.plot(x)\nplt.show()"])
def test_a_change_through_a_second_name_is_missed_but_noticed(show, monkeypatch):
    first = "import matplotlib.pyplot as plt\nx = [1, 2]"
    sources = [first, "y = x\ny.append(1)", show]
    assert needs_of_cells(sources)[-1] == [0]
    assert differing_alone(sources, monkeypatch) == {2}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_each_cell_shows_the_same_after_only_the_cells_that_it_needs(page, monkeypatch):
    """A reader who presses a picture first sees what the whole page would show.

    Where this fails, a cell changes an object through a second name: make the change in the
    cell that makes the object, or through the first name.
    """
    names, sources = zip(*cells(page).items(), strict=True)
    assert [names[each] for each in differing_alone(sources, monkeypatch)] == []
