"""Sphinx extension: a table of where each line of the reader's class is in nn_core.py.

    ```{your-lines}
    errors = final_outputs - targets
    hidden_outputs = sigmoid(hidden_inputs)
        hidden_outputs = activate(hidden_inputs)
    ```

A line comes from the class at the end of chapter 6; the indented lines below it are its
replacement in nn_core.py. A line without any is unchanged there. A line that a file does not
contain exactly once stops the build, so the table cannot become outdated.
"""

import ast
import json

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from publish.paths import NOTEBOOKS, ROOT

CHAPTER = NOTEBOOKS / "06_train.ipynb"
NN_CORE = ROOT / "nn_core.py"


def readers_class():
    """Return the code of the complete class, from chapter 6."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    (cell,) = (cell for cell in cells if cell["id"] == "complete-class")
    return "".join(cell["source"])


def places(code):
    """Return {line without comment: [(number, function) of each occurrence]}."""
    functions = sorted(
        (node.lineno, node.end_lineno, node.name)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef)
    )
    found = {}
    for number, line in enumerate(code.splitlines(), start=1):
        inside = [name for first, last, name in functions if first <= number <= last]
        name = inside[-1] if inside else ""
        found.setdefault(without_comment(line), []).append((number, name))
    return found


def without_comment(line):
    return line.partition("  # ")[0].strip()


def pairs(lines):
    """Return [(line of the class, its lines in nn_core)] of a directive's content."""
    found = []
    for line in filter(str.strip, lines):
        if line.startswith(" "):
            found[-1][1].append(line.strip())
        else:
            found.append((line.strip(), []))
    return [(yours, theirs or [yours]) for yours, theirs in found]


def place(line, where, file):
    """Return the only place of a line, or raise a ValueError."""
    if len(where.get(line, ())) != 1:
        raise ValueError(
            f"your-lines: expected a line that occurs once in {file}, got {line!r}, "
            f"which occurs {len(where.get(line, ()))} times"
        )
    return where[line][0]


def table(lines):
    """Return the Markdown of the table."""
    yours, theirs = places(readers_class()), places(NN_CORE.read_text(encoding="utf-8"))
    rows, before = ["| your line | its place in nn_core.py |", "| --- | --- |"], None
    for line, found in pairs(lines):
        _, method = place(line, yours, "chapter 6's complete class")
        if method != before:
            rows.append(f"| in `{method}` | |")
            before = method
        for number, each in enumerate(found):
            row, name = place(each, theirs, NN_CORE.name)
            same = "the same" if each == line else f"`{each}`"
            rows.append(
                f"| {'' if number else f'`{line}`'} | {row}, in `{name}`: {same} |"
            )
    return rows


class YourLines(SphinxDirective):
    has_content = True

    def run(self):
        for file in (CHAPTER, NN_CORE, __file__):
            self.env.note_dependency(str(file))
        try:
            rows = table(self.content)
        except ValueError as error:
            raise self.error(str(error)) from None
        holder = nodes.container(classes=["your-lines"])
        lines = StringList(rows, source=str(NN_CORE))
        self.state.nested_parse(lines, self.content_offset, holder)
        return [holder]


def setup(app):
    app.add_directive("your-lines", YourLines)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
