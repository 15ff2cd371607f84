"""What is known of a submission and has no place in nbgrader's gradebook."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from grading.examiner.job import Json, Outputs, Problem, outputs_from_json


@dataclass
class Record:
    """The record of one student's submission of one assignment.

    On disk it is JSON with these names as its keys. A record that an earlier version wrote
    may lack some of them.
    """

    # The file that counts
    path: str = ""  # in the export
    time: str = ""
    number: str = ""  # the participant's number in Moodle, in this assignment alone
    late: bool = False  # according to Canvas
    found: list[str] = field(default_factory=list)  # notes on the file
    # Its job
    fingerprint: str | None = None
    notes: list[str] = field(default_factory=list)  # notes on the notebook
    # The job's result
    outputs: dict[int, Outputs] | None = None
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0
    # What was done with the result
    recorded: bool = False  # whether its marks are in the gradebook
    graded: str = ""  # when they were entered
    page_of: int | None = (
        None  # age of the marked notebook that the feedback page is of
    )

    @classmethod
    def from_json(cls, data: Json) -> Record:
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        values["outputs"] = outputs_from_json(data)
        values["problems"] = [Problem.from_json(p) for p in data.get("problems", [])]
        return cls(**values)

    def to_json(self) -> Json:
        problems = [problem.to_json() for problem in self.problems]
        return {**vars(self), "problems": problems}

    def is_of(self, fingerprint: str) -> bool:
        """Tell whether the job with this fingerprint has been run."""
        return self.fingerprint == fingerprint and bool(self.outputs)
