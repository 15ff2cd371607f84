"""Turn a marked notebook into a feedback page that loads nothing and runs nothing."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import bleach
import latex2mathml.converter
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

# ruff: noqa: SIM905 (as lists these would fill a page)
MATHML = (
    "math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot "
    "mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
).split()
TEXT = (
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img kbd li mark ol p pre q s samp small span strong sub summary sup "
    "table tbody td tfoot th thead tr u ul"
).split()
ATTRIBUTES = {
    "*": ["class", "id", "title", "lang", "align"],
    "a": ["href"],
    "img": ["alt", "src", "width", "height"],
    "math": ["display"],
    "mo": ["stretchy", "fence", "form", "separator", "minsize", "maxsize"],
    "mi": ["mathvariant"],
    "mtd": ["columnalign", "colspan", "rowspan"],
    "mstyle": ["displaystyle", "scriptlevel"],
    "mspace": ["width"],
}
# The browser runs no script on this page and makes no request to another computer.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)

WRAPPED = "<style>pre { white-space: pre-wrap; overflow-wrap: anywhere; }</style>"


class _Formulas(IPythonRenderer):
    """Turns formulas into MathML, which browsers show without scripts."""

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")

    def block_math(self, body: str) -> str:
        return _mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def _mathml(tex: str, display: str) -> str:
    try:
        return str(latex2mathml.converter.convert(tex, display=display))
    except Exception:  # a student's formula may be invalid
        return bleach.clean(f"${tex}$")


class OfflinePage(HTMLExporter):
    """Exports a page that loads and runs nothing, whatever the student wrote."""

    def markdown2html(self, source: str) -> str:
        text = MarkdownWithMath(renderer=_Formulas(escape=False)).render(source)
        return bleach.clean(
            text,
            tags=[*TEXT, *MATHML],
            attributes=ATTRIBUTES,
            protocols=["http", "https", "mailto", "data"],
            strip=True,
        )

    def default_filters(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        for name, function in super().default_filters():
            yield name, self.markdown2html if name == "markdown2html" else function

    def from_notebook_node(
        self,
        notebook: NotebookNode,
        resources: dict[str, Any] | None = None,
        **others: Any,
    ) -> tuple[str, dict[str, Any]]:
        page, resources = super().from_notebook_node(notebook, resources, **others)
        page = re.sub(r"<script\b.*?</script\s*>", "", page, flags=re.S | re.I)
        page = re.sub(r"@font-face\s*\{[^}]*\}", "", page)
        page = page.replace("<html>", '<html lang="en">', 1)
        facts = resources.get("nbgrader", {})
        about = "".join(f"<p>{html.escape(line)}</p>" for line in _header(facts))
        page = re.sub(r"<body[^>]*>", lambda b: f"{b[0]}\n{about}", page, count=1)
        page = page.replace("</head>", f"{WRAPPED}\n</head>", 1)
        # nbgrader calls every test "Test cell"; the question's name says more.
        page = re.sub(
            r'<a href="#([\w-]+)">(?:Test cell|Written response|Coding free-response)</a>',
            r'<a href="#\1">\1</a>',
            page,
        )
        for question in facts.get("waiting", ()):
            page = re.sub(
                rf'((?:href="#|name="){re.escape(question)}".*?)Score: [\d.]+ / ([\d.]+)',
                r"\1not marked yet, of \2",
                page,
                flags=re.DOTALL,
            )
        return page.replace("<head>", f"<head>\n{POLICY}", 1), resources


def _header(facts: dict[str, Any]) -> Iterator[str]:
    """Yield lines for the top of a page."""
    yield facts.get("student", "")
    for override in facts.get("overrides", ()):
        points, reason = override.points, override.reason
        yield f"{override.question}: {points} points by your teacher: {reason}"
