"""Write each student's feedback pages, and pack them for learning platforms."""

import concurrent.futures
import io
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from grading.course import Course, write_whole
from grading.examiner.job import Kind
from grading.intake.file_names import name_of_submission
from grading.marks import gradebook_pool
from grading.progress import progress
from grading.reports.findings import Flag


def write_pages(course: Course, pool: ProcessPoolExecutor, anew: bool) -> list[Flag]:
    """Write the pages that are missing or outdated, or all of them again.

    Return flags of the pages that could not be written.
    """
    waiting: list[tuple[str, str]] = []
    flags: list[Flag] = []
    for assignment in course.assignments():
        for student in course.students_with(assignment):
            key = assignment, student
            page, marked = course.feedback(*key), course.autograded(*key)
            if not marked.exists():
                page.unlink(missing_ok=True)  # it would show an earlier mark
            elif (
                anew
                or not page.exists()
                or course.record(*key).page_of != _changed(marked)
            ):
                page.unlink(missing_ok=True)
                waiting.append(key)
    began = time.monotonic()
    pages = {pool.submit(gradebook_pool.write_feedback, *key): key for key in waiting}
    for number, page_written in enumerate(
        concurrent.futures.as_completed(pages), start=1
    ):
        assignment, student = pages[page_written]
        if error := page_written.exception():
            flag = Flag(student, assignment, Kind.NO_FEEDBACK, "", str(error))
            flags.append(flag)
        else:  # only now: a run may be stopped while it writes a page
            changed = _changed(course.autograded(assignment, student))
            course.note(assignment, student, page_of=changed)
        progress("feedback pages", number, len(waiting), began)
    return flags


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns


def write_archives(course: Course) -> None:
    """Pack the pages into a .zip for each assignment, under the platform's names."""
    found: dict[str, list[tuple[str, Path]]] = {}
    for assignment in course.assignments():
        for student in course.students_with(assignment):
            page = course.feedback(assignment, student)
            name = name_of_submission(course.record(assignment, student).path)
            if page.exists() and name:
                found.setdefault(assignment, []).append((name, page))
    for assignment, pages in found.items():
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in pages:
                archive.write(page, f"{name}.html")
        path = course.folder / "import" / f"feedback_{assignment}.zip"
        write_whole(path, content.getvalue())
