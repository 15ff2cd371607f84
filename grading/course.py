"""Where a course's files are, and how nbgrader is to handle them.

nbgrader_config.py hands `settings` to nbgrader's own commands, tools/grade.py uses the same:
both do the same thing with the same files.
"""

import json
import os
import secrets
import sys
from pathlib import Path

import nbformat
from traitlets.config import Config

from publish.paths import EXERCISES, ROOT

STEPS = ("release", "submitted", "autograded", "feedback")
CODE_STUB = "# Write your code here"
TEXT_STUB = "*Write your answer here.*"
TRUST = "I trust every submission"  # the words that let it run without a sandbox


class Course:
    """A course's folder: what was released, handed in, graded and reported."""

    def __init__(self, folder, source=EXERCISES):
        self.folder, self.source = Path(folder).resolve(), Path(source).resolve()
        self.gradebook = f"sqlite:///{self.folder / 'gradebook.db'}"

    def make(self):
        """Make the folder, for the teacher's eyes only."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def seed(self):
        """Return what decides this course's tests' random numbers: no student has it."""
        path = self.folder / "seed_of_the_tests"
        if not path.exists():
            write_whole(path, secrets.token_hex(16))
        return path.read_text(encoding="ascii")

    def assignments(self):
        """Return the names of all assignments, capstones last."""
        return sorted(
            (file.stem for file in self.source.glob("*/*.ipynb")),
            key=lambda name: (name.startswith("capstone"), name),
        )

    def read_source(self, assignment):
        path = self.source / assignment / f"{assignment}.ipynb"
        return nbformat.read(path, as_version=4)

    def submitted(self, assignment, student):
        return self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment, student):
        return self.folder / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment, student):
        return self.folder / "feedback" / student / assignment / f"{assignment}.html"

    def students_with(self, assignment):
        """Return who handed this assignment in."""
        found = (self.folder / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")
        return sorted(path.parent.parent.name for path in found)

    def keep_class_list(self, path):
        """Keep a copy of a class list, so that later runs write for its platform too."""
        write_whole(self.folder / "class_lists" / path.name, path.read_bytes())

    def class_lists(self):
        return sorted((self.folder / "class_lists").glob("[!.]*"))

    def students(self):
        """Return who has handed anything in."""
        return sorted(path.name for path in (self.folder / "submitted").glob("*"))

    # --- What is known of each submission: a file that nbgrader has no place for

    def record_path(self, assignment, student):
        return self.folder / "records" / assignment / f"{student}.json"

    def record(self, assignment, student):
        """Return what was noted on a submission, {} if nothing was."""
        path = self.record_path(assignment, student)
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none yet, or the computer stopped while writing
            return {}

    def noted_students(self, assignment):
        """Return of whom something was noted."""
        found = (self.folder / "records" / assignment).glob("*.json")
        return sorted(path.stem for path in found)

    def note(self, assignment, student, **facts):
        """Note facts on a submission, all or none of them."""
        path = self.record_path(assignment, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**self.record(assignment, student), **facts})
        write_whole(path, text)


def write_whole(path, content):
    """Write a file, of text or bytes, in one step: it is never there in part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    beside.write_bytes(content)
    os.replace(beside, path)


def settings(folder, source=EXERCISES):
    """Return nbgrader's settings for the course in this folder."""
    from grading.marks import nbgrader_steps as steps

    # nbgrader starts alembic, which lies beside Python also where that is not on the path.
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    course = Course(folder, source)
    course.make()
    config = Config()
    config.CourseDirectory.root = str(ROOT)
    config.CourseDirectory.course_id = "neural_network_book"
    config.CourseDirectory.source_directory = str(course.source)
    for step in STEPS:
        config.CourseDirectory[f"{step}_directory"] = str(course.folder / step)
    config.CourseDirectory.db_url = course.gradebook
    config.Course.folder = str(course.folder)

    # The exercises' own marks for what a student fills in.
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB

    # nbgrader's order, with our own steps for its weak ones.
    config.Autograde.sanitize_preprocessors = [
        steps.RestoreCells,  # first: what a student hands in may be no valid notebook
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    config.Autograde.autograde_preprocessors = [
        steps.RunInSandbox,
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
        steps.MarkAsRecorded,
    ]
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        steps.TellWhatIsGiven,
        steps.HideTests,
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    config.GenerateFeedback.exporter_class = steps.OfflinePage
    downloaded = course.folder / "downloaded"  # zip_collect puts the root before it
    config.ZipCollectApp.downloaded_directory = os.path.relpath(downloaded, ROOT)
    # For plain `nbgrader zip_collect`: files named STUDENT_ASSIGNMENT.ipynb.
    config.FileNameCollectorPlugin.named_regexp = (
        r".*?/?(?P<student_id>[^/]+?)_(?P<file_id>(?:ex\d\d|capstone)_[a-z_]+\.ipynb)$"
    )
    return config
