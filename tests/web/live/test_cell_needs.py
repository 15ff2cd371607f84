"""A picture that is pressed gets the cells that it needs, and no others, before its own."""

import ast
import base64
import contextlib
import io
import re

import pytest

from tests.notebooks.reader import NOTEBOOKS, cells
from web.live.cell_needs import needs_of_cells

CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("0*.ipynb"))


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
        ([0, 1], ["x = []", "y = x\ny.append(1)", "print(x)"]),
        ([0, 1], ["x = []", "for y in (x, x):\n    y.append(1)", "print(x)"]),
        ([0, 1], ["x, y = [], []", "for a, b in zip(x, y):\n    b.add()", "print(y)"]),
        ([0], ["x, y = [], []", "for a, b in zip(x, y):\n    b.add()", "print(x)"]),
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
        ([], ["x = 1", "[x for x in (1, 2)]"]),
        ([0], ["rows = []", "[row for row in rows]"]),
        ([0], ["x = 1", "x, y = 2, x"]),
        ([], ["e = 1", "try:\n    1 / 0\nexcept ValueError as e:\n    print(e)"]),
    ],
)
def test_needs_of_the_last_cell(needed, sources):
    assert needs_of_cells(sources)[-1] == needed


class Reader:
    """Runs a notebook's cells in any order; keeps what each gave."""

    def __init__(self):
        self.names, self.gave = {}, {}

    def run(self, name, source):
        *statements, last = ast.parse(source).body
        value, is_value = None, isinstance(last, ast.Expr)
        body = ast.Module(statements if is_value else [*statements, last], [])
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(body, name, "exec"), self.names)
            if is_value:
                value = eval(
                    compile(ast.Expression(last.value), name, "eval"), self.names
                )
        gave = [re.sub(r"\d+\.\d+ ms|\d+ times", "", printed.getvalue())]
        if hasattr(value, "_repr_mimebundle_"):
            bundle = value._repr_mimebundle_()
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            gave.append(
                base64.b64encode(data["image/png"])
                if isinstance(data["image/png"], bytes)
                else data["image/png"]
            )
        self.gave[name] = gave
        return len(gave) == 2


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_pictures_first_and_the_rest_later_give_what_the_order_of_the_page_gives(
    chapter, monkeypatch
):
    """All pictures are pressed, the last first; then the other cells run, as in the page."""
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    sources = cells(chapter)
    ids, needs = list(sources), needs_of_cells(list(sources.values()))
    in_order, pressed = Reader(), Reader()
    pictures = [name for name in ids if in_order.run(name, sources[name])]
    assert pictures
    for picture in reversed(pictures):
        for number in [*needs[ids.index(picture)], ids.index(picture)]:
            if ids[number] not in pressed.gave:
                pressed.run(ids[number], sources[ids[number]])
    for name in ids:
        if name not in pictures:
            pressed.run(name, sources[name])
    assert pressed.gave == in_order.gave
