"""What goes to the examiner and what comes back: a job and its result, and their JSON.

A job is JSON on the examiner's standard input, a result is JSON on its standard output.
Records on disk have the same keys as results.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

Outputs = list[dict[str, Any]]  # of one cell, in nbformat's form
Json = dict[str, Any]


class Kind(Enum):
    """What is wrong with a submission; the value is what tables and records say.

    In the order of urgency: the overview shows the first ones first.
    """

    OLD_MARK = "old mark"  # the mark in the gradebook is for an earlier submission
    NOT_IN_GRADEBOOK = "not in the gradebook"
    NOT_GRADED = "not graded"
    UNREADABLE = "unreadable"
    OVERRIDE = "override"
    TAMPERED = "tampered"  # the student's process sent an invalid message
    GIVEN_UP = "given up"  # restarted too often, or out of time as a whole
    TEST = "test"  # a test failed with an error of its own
    BUSY = "busy"  # kept several processors busy
    LOOK = "look"  # graded, but a person should look at it
    IMPORT = "import"
    LATE = "late"
    MEMORY = "memory"
    CRASHED = "crashed"
    TIME = "time"
    NO_FEEDBACK = "no feedback"
    MISSING = "missing"


class Role(Enum):
    """Who wrote a cell, which decides where it runs."""

    STUDENT = "student"
    TEST = "test"


@dataclass(frozen=True)
class Problem:
    """Something a person should know about a submission."""

    kind: Kind
    cell: str
    text: str

    def to_json(self) -> Json:
        return {"kind": self.kind.value, "cell": self.cell, "text": self.text}

    @classmethod
    def from_json(cls, data: Json) -> Problem:
        return cls(Kind(data["kind"]), data["cell"], data["text"])


@dataclass
class Limits:
    """What one submission may use."""

    memory: int = 1536 * 2**20  # bytes, for one process and for all of them together
    processes: int = 64  # processes and threads
    disk: int = 64 * 2**20  # bytes in its own folder
    cell_seconds: float = 60
    seconds: float = 600  # for the whole submission


@dataclass
class Cell:
    """A code cell of a submission."""

    index: int  # in the notebook
    role: Role
    name: str  # what reports call it
    source: str

    def to_json(self) -> Json:
        return {**asdict(self), "role": self.role.value}

    @classmethod
    def from_json(cls, data: Json) -> Cell:
        return cls(**{**data, "role": Role(data["role"])})


@dataclass
class Job:
    """All that the examiner needs to run one submission."""

    cells: list[Cell]
    answers: list[str]  # names that the student is to define
    imports: dict[str, str]  # name: the teacher's import statement
    files: dict[str, str]  # path: content as base64
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True
    seed: str = ""  # decides the random numbers of the tests

    def to_json(self) -> Json:
        return {**asdict(self), "cells": [cell.to_json() for cell in self.cells]}

    @classmethod
    def from_json(cls, data: Json) -> Job:
        cells = [Cell.from_json(cell) for cell in data["cells"]]
        return cls(**{**data, "cells": cells, "limits": Limits(**data["limits"])})


@dataclass
class Result:
    """What running a job returned."""

    outputs: dict[int, Outputs] | None  # by the cell's index; None if nothing was run
    problems: list[Problem]
    seconds: float = 0
    hog: bool = False  # whether it kept several processors busy

    @classmethod
    def failed(cls, text: str) -> Result:
        """Return the result of a job that could not be run."""
        return cls(None, [Problem(Kind.NOT_GRADED, "", text)])

    def to_json(self) -> Json:
        problems = [problem.to_json() for problem in self.problems]
        return {**vars(self), "problems": problems}

    @classmethod
    def from_json(cls, data: Json) -> Result:
        problems = [Problem.from_json(problem) for problem in data["problems"]]
        return cls(**{**data, "outputs": outputs_from_json(data), "problems": problems})


def outputs_from_json(data: Json) -> dict[int, Outputs] | None:
    """Return the outputs by the cells' numbers, which are text in JSON."""
    if data.get("outputs") is None:
        return None
    return {int(index): outputs for index, outputs in data["outputs"].items()}
