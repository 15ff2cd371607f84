"""nbgrader's settings for a course.

nbgrader_config.py gives them to nbgrader's own commands, and grading/command.py uses the same,
so that both do the same with the same files.
"""

import os
import sys
from pathlib import Path

from traitlets.config import Config

from grading.course import COURSE_ID, Course
from grading.marks import feedback_page, preprocessors
from grading.sources import CODE_STUB, TEXT_STUB
from publish.paths import EXERCISES, ROOT

STEPS = ("release", "submitted", "autograded", "feedback")


def settings(folder: Path | str, source: Path | str = EXERCISES) -> Config:
    """Return nbgrader's settings for the course in this folder."""
    # nbgrader starts alembic by its name, also where .venv's programs are not on the path.
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    course = Course(folder, source)
    course.make()
    config = Config()
    config.CourseDirectory.root = str(ROOT)
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.source_directory = str(course.source)
    for step in STEPS:
        config.CourseDirectory[f"{step}_directory"] = str(course.folder / step)
    config.CourseDirectory.db_url = course.gradebook
    config.Course.folder = str(course.folder)

    # The text that takes the place of solutions.
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB

    # nbgrader's order, with some of its steps replaced by our own.
    config.Autograde.sanitize_preprocessors = [
        preprocessors.RestoreCells,  # first: a submission may be an invalid notebook
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    config.Autograde.autograde_preprocessors = [
        preprocessors.RunInSandbox,
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
        preprocessors.MarkAsRecorded,
    ]
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        preprocessors.AddMarksByHand,
        preprocessors.HideTests,
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    config.GenerateFeedback.exporter_class = feedback_page.OfflinePage
    downloaded = course.folder / "downloaded"  # zip_collect prepends the root
    config.ZipCollectApp.downloaded_directory = os.path.relpath(downloaded, ROOT)
    # For plain `nbgrader zip_collect`: files named STUDENT_ASSIGNMENT.ipynb.
    config.FileNameCollectorPlugin.named_regexp = (
        r".*?/?(?P<student_id>[^/]+?)_(?P<file_id>(?:ex\d\d|capstone)_[a-z_]+\.ipynb)$"
    )
    return config
