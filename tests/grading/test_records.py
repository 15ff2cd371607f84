"""Later versions of the book can read records of submissions."""

import json

from grading.course import Course
from grading.examiner.job import Job, Kind, Limits, Problem, Result
from grading.records import Record

# As the second edition wrote them.
GRADED = {
    "path": "Anna_7_assignsubmission_file_/ex04_feedforward.ipynb",
    "time": "2026-11-01T10:00:00",
    "found": [],
    "number": "7",
    "late": False,
    "fingerprint": "0123",
    "notes": ["missing, and put back: ex04-accuracy"],
    "recorded": True,
    "outputs": {"3": [{"output_type": "stream", "name": "stdout", "text": "1"}]},
    "problems": [{"kind": "time", "cell": "ex04-accuracy", "text": "did not end"}],
    "seconds": 1.5,
    "graded": "2026-11-01T11:00:00+00:00",
    "page_of": 12,
}
UNREADABLE = {
    "path": "ben.ipynb",
    "time": "",
    "found": [],
    "problems": [{"kind": "unreadable", "cell": "", "text": "the file is empty"}],
    "outputs": None,
    "recorded": False,
    "fingerprint": None,
    "notes": [],
}


def write_record(course, student, data):
    path = course.record_path("ex04_feedforward", student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_record_of_an_earlier_version_is_read_and_keeps_its_keys(tmp_path):
    course = Course(tmp_path)
    path = write_record(course, "anna", GRADED)
    record = course.record("ex04_feedforward", "anna")
    assert record.is_of("0123")
    assert record.outputs is not None
    assert record.outputs[3][0]["text"] == "1"
    assert record.problems == [Problem(Kind.TIME, "ex04-accuracy", "did not end")]
    course.note("ex04_feedforward", "anna", page_of=13)
    assert json.loads(path.read_text()) == {**GRADED, "page_of": 13}


def test_a_record_without_a_result_is_read(tmp_path):
    course = Course(tmp_path)
    write_record(course, "ben", UNREADABLE)
    record = course.record("ex04_feedforward", "ben")
    assert not record.is_of("0123")
    assert (record.outputs, record.number, record.late) == (None, "", False)
    assert [problem.kind for problem in record.problems] == [Kind.UNREADABLE]
    assert course.recorded_students("ex04_feedforward") == ["ben"]


def test_a_broken_or_missing_record_is_none(tmp_path):
    course = Course(tmp_path)
    assert course.find_record("ex04_feedforward", "cleo") is None
    write_record(course, "cleo", {}).write_text('{"path": ')
    assert course.find_record("ex04_feedforward", "cleo") is None
    assert course.record("ex04_feedforward", "cleo") == Record()


def test_a_result_crosses_as_json():
    result = Result({2: []}, [Problem(Kind.CRASHED, "a", "b")], 2.5, hog=True)
    assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result
    job = Job([], ["f"], {"np": "import numpy as np"}, {}, Limits(cell_seconds=3))
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job
