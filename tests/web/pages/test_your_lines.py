"""The table of the reader's lines on the page about nn_core is complete and up to date."""

import re

import pytest

from publish.paths import ROOT
from web.pages import your_lines

PAGE = ROOT / "book" / "nn_core.md"
DIRECTIVE = re.search(
    "```{your-lines}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
)
LINES = DIRECTIVE[1].splitlines()


def test_every_line_of_the_class_is_in_the_table_or_plain():
    """The lines that the table leaves out need no explanation."""
    code = your_lines.places(your_lines.readers_class())
    inside = {line for line, found in code.items() if found[0][1] and line}
    left_out = inside - {yours for yours, _ in your_lines.pairs(LINES)}
    left_out = {line for line in left_out if not line.startswith("def ")}
    assert left_out == {
        "self.input_nodes = input_nodes",
        "self.hidden_nodes = hidden_nodes",
        "self.output_nodes = output_nodes",
        "errors = self.feedforward(inputs) - targets",
        "hidden_outputs, final_outputs = self.layer_outputs(inputs)",
        "losses = []",
        "for epoch in range(epochs):",
        "batch = order[start : start + batch_size]",
        "return losses",
    }


def test_the_table_names_places():
    rows = [row for row in your_lines.table(LINES)[2:] if not row.endswith("| |")]
    core = your_lines.NN_CORE.read_text(encoding="utf-8").splitlines()
    assert len(rows) == sum(len(theirs) for _, theirs in your_lines.pairs(LINES))
    for row in rows:
        yours, where = (cell.strip() for cell in row.split("|")[1:3])
        number, theirs = re.fullmatch(r"(\d+), in `\w+`: (.*)", where).groups()
        line = yours if theirs == "the same" else theirs
        assert your_lines.without_comment(core[int(number) - 1]) == line.strip("`"), row


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (["hidden = nothing()"], "chapter 6's complete class"),
        (["errors = final_outputs - targets", "    errors = nothing()"], "nn_core.py"),
        (["return losses", "    value = array.copy()"], "nn_core.py"),
    ],
)
def test_a_line_that_is_not_there_stops_the_build(lines, where):
    with pytest.raises(ValueError, match=f"once in {where}"):
        your_lines.table(lines)
