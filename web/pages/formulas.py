"""Sphinx extension: a math renderer that draws the formulas while the book is built.

On a phone, MathJax takes longer to load than the rest of a page. So the build runs it once, in
Node, and writes each formula into its page as SVG, with MathML for screen readers. A formula
that MathJax cannot parse stops the build.

The slides, and the live pages' own formulas, still load MathJax from the book.
"""

import json
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

from publish.fetch import cache_folder, fetch_npm_package, unpack_npm_package
from publish.npm import run_node
from publish.paths import BUILD, MATHJAX, THIRD_PARTY
from publish.third_party import MATHJAX as MATHJAX_PACKAGE
from web.pages.assets import prepare_files

SCRIPT = Path(__file__).with_name("draw_formulas.cjs")
CLASS = "math notranslate nohighlight"
MATHJAX_FILES = {  # of the package's folder es5
    MATHJAX: [
        "node-main.js",
        "core.js",
        "loader.js",
        "startup.js",
        "adaptors",
        "input/tex",
        "input/tex.js",
        "output/svg",
        "output/svg.js",
        "a11y/assistive-mml.js",
    ],
    THIRD_PARTY / "mathjax": [
        "tex-mml-chtml.js",
        "output/chtml/fonts/woff-v2",
    ],
}


def install_mathjax():
    """Fetch MathJax; put its files where Node runs them and where pages load them."""
    archive = fetch_npm_package(MATHJAX_PACKAGE, cache_folder() / "npm", needed=True)
    work = BUILD / "mathjax.unfinished"
    for target, wanted in MATHJAX_FILES.items():
        if target.exists():
            continue
        shutil.rmtree(work, ignore_errors=True)
        unpack_npm_package(archive, work / "all")
        for name in wanted:
            (work / "used" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "all" / "es5" / name).rename(work / "used" / name)
        target.parent.mkdir(exist_ok=True)
        (work / "used").rename(target)  # all files or none
        shutil.rmtree(work)


def draw(formulas):
    """Return {(TeX, is displayed): its HTML}, and the style sheet for all of them."""
    formulas = sorted(formulas)
    done = run_node(SCRIPT, MATHJAX, stdin=json.dumps(formulas), timeout=300)
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
    """Return a formula's HTML; the first call draws all formulas of the book at once."""
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
    """Write the style sheet of the formulas; if none was drawn, the earlier one stays."""
    path = Path(app.outdir) / "_static" / "formulas.css"
    if not exception and (app.formula_styles or not path.exists()):
        path.write_text(app.formula_styles, "utf-8")


def setup(app):
    prepare_files(app, install_mathjax)
    app.drawn_formulas, app.formula_styles = {}, ""
    app.add_html_math_renderer("drawn", (visit_math, None), (visit_displaymath, None))
    app.add_css_file("formulas.css")
    app.connect("build-finished", write_styles, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
