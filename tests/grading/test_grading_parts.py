"""Points for parts of an answer, in tables, on pages and in files for platforms."""

import re

from tests.grading.sample_submissions import solved, write

from .grade_a_class import NEEDS, grade, table

pytestmark = NEEDS


def test_a_part_that_is_right_has_its_points(tmp_path):
    """Protects students: part of an answer gets part of the points."""
    name, part = "ex06_train", "hidden_delta.sum(axis=1, keepdims=True) / samples"
    partly = solved(name)
    (answer,) = (cell for cell in partly.cells if f" {part}," in cell.source)
    answer.source = answer.source.replace(part, f"-{part}")
    write(tmp_path / "submissions" / "ada", partly, f"{name}.ipynb")
    write(tmp_path / "submissions" / "bob 12", partly, f"{name}.ipynb")
    course = tmp_path / "course"
    grade(course, tmp_path / "submissions")
    row, _ = table(course / "marks.csv")
    marks = {key: value for key, value in row.items() if key.startswith("ex06-")}
    assert marks.pop("ex06-gradients (of 6)") == "5"
    for question, points in marks.items():
        assert points == question.split("(of ")[1].rstrip(")")
    most = re.search(r"ex06_train total \(of (\d+)\)", " ".join(row))[1]
    assert row["total"] == str(int(most) - 1)
    canvas = (course / "import" / "canvas.csv").read_text().splitlines()
    assert [line.split(",")[-1] for line in canvas] == [name, most, row["total"]]
    page = (course / "feedback" / "ada" / name / f"{name}.html").read_text("utf-8")
    right = "weights_input_hidden, weights_hidden_output, biases_output, 5 of 6 points"
    assert f"Right already: {right}" in page
    assert "Score: 5.0 / 6.0" in page
    overview = (course / "overview.html").read_text("utf-8")
    assert "2 ×" in overview.partition("ex06-gradients")[2].partition("</tr>")[0]
