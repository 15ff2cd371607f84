"""Know where a course's files are, and read and write the records of its submissions."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grading import sources
from grading.records import Record
from publish.paths import EXERCISES

COURSE_ID = "neural_network_book"  # nbgrader's name for the course


class Course:
    """A course's folder: what was released, submitted, graded and reported."""

    def __init__(self, folder: Path | str, source: Path | str = EXERCISES) -> None:
        self.folder, self.source = Path(folder).resolve(), Path(source).resolve()
        self.gradebook = f"sqlite:///{self.folder / 'gradebook.db'}"

    def make(self) -> None:
        """Make the folder, readable by the teacher only."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def seed(self) -> str:
        """Return the seed of the tests' random numbers, which no student knows."""
        path = self.folder / "seed_of_the_tests"
        if not path.exists():
            write_whole(path, secrets.token_hex(16))
        return path.read_text(encoding="ascii")

    def assignments(self) -> list[str]:
        return sources.assignments(self.source)

    def read_source(self, assignment: str) -> NotebookNode:
        return sources.read_source(assignment, self.source)

    def submitted(self, assignment: str, student: str) -> Path:
        return self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.folder / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        return self.folder / "feedback" / student / assignment / f"{assignment}.html"

    def students_with(self, assignment: str) -> list[str]:
        """Return the students who submitted this assignment."""
        found = (self.folder / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")
        return sorted(path.parent.parent.name for path in found)

    def students(self) -> list[str]:
        """Return the students who submitted anything."""
        return sorted(path.name for path in (self.folder / "submitted").glob("*"))

    def keep_class_list(self, path: Path) -> None:
        """Keep a copy of a class list, so that later runs write for its platform too."""
        write_whole(self.folder / "class_lists" / path.name, path.read_bytes())

    def class_lists(self) -> list[Path]:
        return sorted((self.folder / "class_lists").glob("[!.]*"))

    # --- Records

    def record_path(self, assignment: str, student: str) -> Path:
        return self.folder / "records" / assignment / f"{student}.json"

    def find_record(self, assignment: str, student: str) -> Record | None:
        """Return the record of a submission, None if there is none."""
        path = self.record_path(assignment, student)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none yet, or the computer stopped while writing
            return None
        return Record.from_json(data)

    def record(self, assignment: str, student: str) -> Record:
        """Return the record of a submission, an empty one if there is none."""
        return self.find_record(assignment, student) or Record()

    def recorded_students(self, assignment: str) -> list[str]:
        """Return the students with a record for this assignment."""
        found = (self.folder / "records" / assignment).glob("*.json")
        return sorted(path.stem for path in found)

    def note(self, assignment: str, student: str, **changes: Any) -> None:
        """Change fields of a submission's record, all or none of them."""
        record = replace(self.record(assignment, student), **changes)
        text = json.dumps(record.to_json())
        write_whole(self.record_path(assignment, student), text)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step, so that it is never there in part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    beside.write_bytes(content)
    os.replace(beside, path)
