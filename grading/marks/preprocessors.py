"""The steps of nbgrader's pipeline that the book replaces or adds."""

import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Unicode

from grading import jobs
from grading.course import Course
from grading.intake import submission
from grading.intake.prepare import note_result, prepare
from grading.marks import overrides

Resources = dict[str, Any]


class Step(NbGraderPreprocessor):
    """A step that knows which submission it processes."""

    def open(self, resources: Resources) -> tuple[Course, str, str]:
        """Return the course, the assignment and the student."""
        config = self.config
        course = Course(config.Course.folder, config.CourseDirectory.source_directory)
        names = resources["nbgrader"]
        if names["notebook"] != names["assignment"]:
            raise ValueError(
                f"expected {names['assignment']}.ipynb, got {names['notebook']}.ipynb"
            )
        return course, names["assignment"], names["student"]


class RestoreCells(Step):
    """Restore the teacher's cells, before nbgrader reads them."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        course, assignment, _ = self.open(resources)
        source = course.read_source(assignment)
        return submission.restore(notebook, source)[0], resources


class RunInSandbox(Step):
    """Run the notebook in a sandbox, unless the same job has been run before."""

    without_sandbox = Unicode(
        "", help=f"{jobs.TRUST!r} runs students' code without a sandbox"
    ).tag(config=True)

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        course, assignment, student = self.open(resources)
        jobs.require_sandbox(self.without_sandbox)
        prepared = prepare(course, assignment, student, self.without_sandbox)
        record = course.record(assignment, student)
        if not record.is_of(prepared.fingerprint):
            course.note(assignment, student, recorded=False)
            result = jobs.run_job(prepared.job).result
            note_result(course, assignment, student, prepared, result)
            record = course.record(assignment, student)
        if not record.outputs:
            raise RuntimeError(record.problems[0].text)
        submission.add_outputs(notebook, record.outputs)
        return notebook, resources


class MarkAsRecorded(Step):
    """Note, as the last step, that this submission's marks are in the gradebook."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        course, assignment, student = self.open(resources)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        course.note(assignment, student, recorded=True, graded=now)
        return notebook, resources


class HideTests(ClearHiddenTests):
    """Remove the hidden tests from what a student gets back."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        if submission.is_test(cell):
            self._remove_hidden_test_region(cell)
        return cell, resources


class AddMarksByHand(Step):
    """Tell the page what is still to be marked, and what the teacher marked by hand."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        course, assignment, student = self.open(resources)
        questions = overrides.questions(course)
        with Gradebook(course.gradebook) as book:
            found = book.find_submission_notebook(assignment, assignment, student)
            waiting = {g.name for g in found.grades if g.needs_manual_grade}
        resources["nbgrader"]["waiting"] = waiting
        resources["nbgrader"]["overrides"] = [
            override
            for override in overrides.read(course)
            if override.student == student
            and override.points != overrides.TESTS
            and override.question in questions
            and questions[override.question].assignment == assignment
        ]
        return notebook, resources
