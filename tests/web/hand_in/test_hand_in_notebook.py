"""The notebook that a page makes from a student's answers, tested without a browser."""

import nbformat
import pytest

from grading.intake.collect import owner_of
from grading.intake.submission import restore
from grading.sources import assignments, read_source
from publish.paths import ROOT, STUDENT_COPIES
from tests.grading.sample_submissions import NAME, blank, solved
from tests.web.modules import call_module

SCRIPT = ROOT / "web" / "hand_in" / "hand_in_notebook.js"
COPY = (STUDENT_COPIES / f"{NAME}.ipynb").read_text(encoding="utf-8")
CALL = """(module, calls) => {
const { read, places, fill, readBack, isBlank, fileName, Refused } = module;
const told = (call) => {
  try { return call(); }
  catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
};
const work = {
  fill: ({ copy, answers }) => fill(read(copy), new Map(Object.entries(answers))),
  blanks: ({ copy, answers }) => places(read(copy)).filter((p) => p.isAnswer
    && isBlank(answers[p.id] ?? p.stub, p)).map((p) => p.title),
  back: ({ copy, content }) =>
    told(() => Object.fromEntries(readBack(content, places(read(copy))))),
  name: ({ name, assignment }) => fileName(name, assignment),
};
return calls.map((one) => work[one.do](one));
}"""


def in_javascript(*calls):
    """Return the results of calls of the page's functions."""
    return call_module(SCRIPT, CALL, calls)


def answers_of(notebook):
    return {
        cell.id: cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def test_answers_are_in_the_cells_that_grading_reads_and_nothing_else_changes():
    answers = answers_of(solved())
    forged = {"ex04-hidden-layer": "print('right')", "__proto__": "x", "no-cell": "x"}
    filled, untouched = in_javascript(
        {"do": "fill", "copy": COPY, "answers": {**answers, **forged}},
        {"do": "fill", "copy": COPY, "answers": {}},
    )
    notebook = nbformat.reads(filled, as_version=4)
    nbformat.validate(notebook)
    assert notebook == solved()
    assert nbformat.reads(untouched, as_version=4) == blank()
    restored, notes = restore(notebook, read_source(NAME))
    assert notes == []
    assert answers_of(restored) == answers


def test_a_cell_without_any_of_the_students_text_is_blank():
    stub = answers_of(blank())
    (titles,) = in_javascript(
        {
            "do": "blanks",
            "copy": COPY,
            "answers": {
                "ex04-predict-shape-answer": "hidden_shape = (4, 200)",
                "ex04-hidden-layer-answer": stub["ex04-hidden-layer-answer"] + "\n\n",
                "ex04-flat-biases-answer": "# I do not know",
                "ex04-feedforward-answer": "",
                "ex04-boundary-words": "# A line,\n\nbent.",
            },
        }
    )
    assert titles[0] == "4.2 Complete the hidden layer"
    assert [title[:3] for title in titles] == [f"4.{n}" for n in range(2, 9)]


def test_what_was_handed_in_can_be_loaded_back():
    answers = answers_of(solved())
    elsewhere = solved()  # as Jupyter saves it: other ids, more cells, outputs
    for number, cell in enumerate(elsewhere.cells):
        cell.id = f"other-{number}"
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="4")]
    elsewhere.cells.insert(0, nbformat.v4.new_code_cell("1 + 1"))
    saved = nbformat.writes(elsewhere)
    (filled,) = in_javascript({"do": "fill", "copy": COPY, "answers": answers})
    back = in_javascript(
        *({"do": "back", "copy": COPY, "content": c} for c in (filled, saved, COPY))
    )
    assert back == [answers, answers, {}]


FOREIGN = {
    "": "no notebook: expected a file whose name ends in .ipynb",
    "<!DOCTYPE html><title>Log in</title>": "no notebook: expected a file",
    "null": "Jupyter's format 4",
    "[]": "Jupyter's format 4",
    '{"nbformat": 3, "worksheets": []}': "Jupyter's format 4",
    '{"nbformat": 4, "cells": {}}': "Jupyter's format 4",
    '{"nbformat": 4, "cells": [null]}': "Jupyter's format 4",
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}': "format 4",
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [{}]}]}': "format 4",
    '{"nbformat": 4, "cells": []}': "no place for an answer to an exercise of this page",
    nbformat.writes(blank("ex05_activation_function")): "answer called ex05-predict",
    COPY.replace('"grade_id": "ex04-', '"grade_id": "<b>'): "no place for an answer",
}


def test_other_files_are_refused_with_a_reason():
    said = in_javascript(
        *({"do": "back", "copy": COPY, "content": content} for content in FOREIGN)
    )
    for one, expected in zip(said, FOREIGN.values(), strict=True):
        assert expected in one["refused"]


NAMES = {
    "Anna Berg": "Anna Berg",
    " 1234567 ": "1234567",
    "Zoë O’Neill-Łukasz": "Zoë O’Neill-Łukasz",
    "Zoe\u0308": "Zoë",  # two characters become one
    "สมชาย ใจดี": "สมชาย ใจดี",
    "../../etc/passwd": "etc-passwd",
    ".hidden": "hidden",
    "C:\\Users\\anna": "C--Users-anna",
    "<img src=x onerror=alert(1)>": "img src=x onerror=alert(1)-",
    "=1+1": "1-1",
    "@SUM(A1)": "SUM(A1)",
    "anna_12_34_berg": "anna-12-34-berg",  # not as Canvas would write it
    "a_1_assignsubmission_file_": "a-1-assignsubmission-file-",
    "Anna\u202egnp.exe\n\t\x00Berg": "Annagnp.exeBerg",
    "Anna  \n Berg": "Anna Berg",
    "ex05_activation_function": "ex05-activation-function",
    "copy": "copy",
    "Anna (1)": "Anna (1)",
    "a" * 300: "a" * 120,
    "ก" * 95: "ก" * 40,
}


@pytest.mark.parametrize("assignment", [NAME, "capstone_train"])
def test_a_name_becomes_part_of_a_file_name_that_grading_reads(assignment):
    names = assignments()
    made = in_javascript(
        *({"do": "name", "name": name, "assignment": assignment} for name in NAMES)
    )
    for file, expected in zip(made, NAMES.values(), strict=True):
        assert file == f"{expected}_{assignment}.ipynb"
        assert len(file.encode()) <= 255
        again = file.replace(".ipynb", " (1).ipynb")  # as a browser names a second one
        for name in (file, again):
            owner, found = owner_of([name], names)
            assert (owner.student, found) == (expected, assignment)


def test_a_name_without_letters_is_empty():
    made = in_javascript(
        *({"do": "name", "name": name, "assignment": NAME} for name in ("", " ", "../"))
    )
    assert set(made) == {f"_{NAME}.ipynb"}
