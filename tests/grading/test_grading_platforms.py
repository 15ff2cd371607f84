"""Files of marks for learning platforms to import, and points given by hand."""

import csv
import io
import zipfile

import pytest

from grading.course import Course
from grading.intake import class_lists
from grading.marks import overrides
from grading.marks.overrides import Override
from grading.reports import feedback_pages, platforms
from tests.grading.sample_submissions import write

A, B = "ex03_initialise_weights", "ex04_feedforward"
COLUMNS = {(A, "ex03-uniform"): 10.0, (B, "ex04-feedforward"): 6.0, (B, "words"): 2.0}

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,ex04_feedforward (4711),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,80.00,(read only)
"Berg, Anna",12,s-12,aberg,10a,,77
"Oak, Ben",13,,boak,10a,5.00,
"=1+1, Eve",14,,eve,10a,,
"Student, Test",,,,10a,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 71,Anna Berg,anna@example.org,Submitted,,100.00,Yes,,-,
Participant 72,Ben Oak,ben@example.org,Submitted,40.00,100.00,Yes,,-,
Participant 73,Anna Berg,anna.b@example.org,No submission,,100.00,Yes,-,-,
"""
MOODLE = """First name;Last name;ID number;Email address;Course total
Anna;Berg;A1;anna@example.org;
Ben;Oak;;ben@example.org;
"""
GOOGLE = """Last Name,First Name,Email Address,Old task
Points,,,10
Berg,Anna,anna@example.org,9
Oak,Ben,ben@example.org,
"""


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


def the_list(tmp_path, text, name="list.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return class_lists.read(path)


def totals(scores, unsure=()):
    named = {
        student: dict(zip(COLUMNS, marks, strict=False))
        for student, marks in scores.items()
    }
    return platforms.Totals(COLUMNS, named, set(unsure))


def written(course, lists, some_totals):
    for student, _ in some_totals.final:
        write(course.submitted(B, student).parent, "{}")
    found = platforms.write(course, lists, some_totals)
    return {
        path.name: list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        for path, _ in found
    }


def test_canvas_reads_its_columns_its_points_and_its_users(course, tmp_path):
    known = the_list(tmp_path, CANVAS)
    scores = {"bergann 12": [10, 3, 1], "Ben Oak": [None, 6, 2], "eve": [5, 6, None]}
    rows = written(course, [known], totals(scores))["canvas.csv"]
    title = "ex04_feedforward (4711)"
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", A, title],
        ["    Points Possible", "", "", "", "", "10", "80.00"],
        ["Berg, Anna", "12", "s-12", "aberg", "10a", "10", "40"],  # 4 of 8 are 40 of 80
        ["Oak, Ben", "13", "", "boak", "10a", "", "80"],
        ["'=1+1, Eve", "14", "", "eve", "10a", "5", ""],  # partly unmarked
    ]


def test_canvas_needs_no_list_where_its_own_numbers_are_in_the_names(course):
    rows = written(course, [], totals({"bergann 12": [10, 3, 1]}))["canvas.csv"]
    assert rows[0] == [*platforms.CANVAS, A, B]
    assert rows[2] == ["bergann", "12", "", "", "", "10", "4"]


def test_a_mark_that_is_not_final_leaves_what_the_platform_has(course, tmp_path):
    known = the_list(tmp_path, CANVAS)
    unsure = {("Ben Oak", B)}
    rows = written(course, [known], totals({"Ben Oak": [1, 6, 2]}, unsure))[
        "canvas.csv"
    ]
    assert rows[3][-2:] == ["1", "5.00"]


def test_moodles_worksheet_comes_back_with_marks(course, tmp_path):
    """Its importer looks for Identifier, Grade and Last modified (grade)."""
    known = the_list(tmp_path, WORKSHEET)
    course.note(B, "Anna Berg 71", number="71")
    course.note(B, "Ben Oak", number="72")
    some = totals({"Anna Berg 71": [None, 6, 2], "Ben Oak": [None, 1, None]})
    rows = written(course, [known], some)[f"moodle_{B}.csv"]
    before = list(csv.reader(io.StringIO(WORKSHEET)))
    assert rows[0] == before[0]
    assert [row[4] for row in rows[1:]] == ["100", "40.00", ""]
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in before]


def test_moodles_and_googles_tables_know_people_by_their_address(course, tmp_path):
    lists = [the_list(tmp_path, MOODLE, "m.csv"), the_list(tmp_path, GOOGLE, "g.csv")]
    assert [known.kind for known in lists] == ["moodle", "google"]
    files = written(
        course, lists, totals({"Anna Berg": [10, 3, 1], "ben": [None, 6, 2]})
    )
    assert files["moodle_gradebook.csv"] == [
        [*platforms.MOODLE_GRADEBOOK, A, B],
        ["Anna", "Berg", "A1", "anna@example.org", "10", "4"],
        ["Ben", "Oak", "", "ben@example.org", "", "8"],
    ]
    assert files["google_classroom.csv"] == [
        ["Last Name", "First Name", "Email Address", A, B],
        ["Points", "", "", "10", "8"],
        ["Berg", "Anna", "anna@example.org", "10", "4"],
        ["Oak", "Ben", "ben@example.org", "", "8"],
    ]


def test_students_who_share_a_name_get_no_mark(tmp_path):
    known = the_list(tmp_path, WORKSHEET)
    assert known.person("Anna Berg") is None
    assert known.person("Anna Berg", "73").row["Email address"] == "anna.b@example.org"
    assert class_lists.missing([known], ["Ben Oak"]) == {"Anna Berg"}


def test_a_list_of_another_kind_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="--students: expected a CSV file"):
        the_list(tmp_path, "name,mail\nAda,a@b.c\n")


def test_feedback_uses_the_file_names_of_the_submissions(course):
    paths = {
        "Anna Berg": f"Anna Berg_71_assignsubmission_file_/{B}.ipynb",
        "bergann 12": f"export/bergann_LATE_12_99_{B}.ipynb",
        "cleo": f"cleo/{B}.ipynb",
    }
    for student, path in paths.items():
        write(course.submitted(B, student).parent, "{}")
        write(course.feedback(B, student).parent, student, f"{B}.html")
        course.note(B, student, path=path)
    feedback_pages.write_archives(course)
    with zipfile.ZipFile(course.folder / "import" / f"feedback_{B}.zip") as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {
        f"Anna Berg_71_assignsubmission_file_/{B}.html": "Anna Berg",
        f"bergann_LATE_12_99_{B}.html": "bergann 12",
    }


@pytest.mark.parametrize(
    ("question", "points", "reason", "words"),
    [
        ("ex04-nothing", "1", "x", "no question"),
        ("ex04-feedforward", "5", "x", "expected 0 to 4 points"),
        ("ex04-feedforward", "nan", "x", "expected 0 to 4 points"),
        ("ex04-feedforward", "-1", "x", "expected 0 to 4 points"),
        ("ex04-feedforward", "3", "", "reason"),
    ],
)
def test_points_that_cannot_be_given_change_nothing(
    course, question, points, reason, words
):
    with pytest.raises(overrides.WrongOverride, match=words):
        overrides.give(course, Override("ada", question, points, reason))
    assert not overrides.path_of(course).exists()


def test_points_given_again_replace_the_first(course):
    for points in ("3", "2,5"):
        reason = "=a formula, perhaps"
        overrides.give(course, Override("ada", "ex04-feedforward", points, reason))
    (row,) = overrides.read(course)
    assert row.points == "2,5"
