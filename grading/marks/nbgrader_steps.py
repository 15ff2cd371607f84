"""The steps of nbgrader's pipeline that the book does in its own way."""

import datetime
import functools
import html
import re

import bleach
import latex2mathml.converter
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Unicode

from grading import run
from grading.course import TRUST, Course
from grading.examiner import sandbox
from grading.intake import submission
from grading.marks import overrides


class Step(NbGraderPreprocessor):
    """A step that knows which submission it is at."""

    def open(self, resources):
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
    """Put the teacher's cells back as they were; before nbgrader looks at them."""

    def preprocess(self, notebook, resources):
        course, assignment, _ = self.open(resources)
        source = course.read_source(assignment)
        return submission.restore(notebook, source)[0], resources


class RunInSandbox(Step):
    """Run the notebook in a sandbox, unless this very job has been run before."""

    without_sandbox = Unicode(
        "", help=f"{TRUST!r}, in these words, runs students' code without a sandbox"
    ).tag(config=True)

    def preprocess(self, notebook, resources):
        course, assignment, student = self.open(resources)
        require_sandbox(self.without_sandbox)
        job = prepare(course, assignment, student, self.without_sandbox)
        record = course.record(assignment, student)
        if record.get("fingerprint") != job["fingerprint"] or not record.get("outputs"):
            course.note(assignment, student, recorded=False)
            keep(course, assignment, student, job, run.run_job(job["job"]))
            record = course.record(assignment, student)
        if not record.get("outputs"):
            raise RuntimeError(record["problems"][0]["text"])
        submission.add_outputs(notebook, record)
        return notebook, resources


class MarkAsRecorded(Step):
    """Note that the marks of this very submission are in the gradebook: the last step."""

    def preprocess(self, notebook, resources):
        course, assignment, student = self.open(resources)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        course.note(assignment, student, recorded=True, graded=now)
        return notebook, resources


@functools.cache
def require_sandbox(without_sandbox):
    """Raise NoSandbox unless there is one, or it was renounced in words."""
    if without_sandbox == TRUST:
        return
    if without_sandbox:
        raise sandbox.NoSandbox(f"expected {TRUST!r}, got {without_sandbox!r}")
    sandbox.check(submission.LIMITS)


def prepare(course, assignment, student, without_sandbox=""):
    """Return a student's job, with what identifies it and what was found out of order."""
    content = course.submitted(assignment, student).read_bytes()
    source = course.read_source(assignment)
    notebook, notes = submission.restore(submission.read_notebook(content), source)
    job = submission.make_job(
        notebook, source, sandboxed=without_sandbox != TRUST, seed=course.seed()
    )
    return {
        "job": job,
        "fingerprint": submission.fingerprint(job),
        "notes": notes + submission.look_ups(job, source),
    }


def keep(course, assignment, student, prepared, result):
    """Note what came of a job."""
    course.note(
        assignment,
        student,
        fingerprint=prepared["fingerprint"],
        notes=prepared["notes"],
        recorded=False,
        **result,
    )


# --- Feedback -------------------------------------------------------------------------


class HideTests(ClearHiddenTests):
    """Take the hidden tests out of what a student gets back."""

    def preprocess_cell(self, cell, resources, cell_index):
        if submission.is_test(cell):
            self._remove_hidden_test_region(cell)
        return cell, resources


class TellWhatIsGiven(Step):
    """Note on the page what is still to be marked, and what the teacher gave by hand."""

    def preprocess(self, notebook, resources):
        course, assignment, student = self.open(resources)
        points = overrides.questions(course)
        with Gradebook(course.gradebook) as book:
            found = book.find_submission_notebook(assignment, assignment, student)
            waiting = {g.name for g in found.grades if g.needs_manual_grade}
        resources["nbgrader"]["waiting"] = waiting
        resources["nbgrader"]["given"] = [
            row
            for row in overrides.read(course)
            if row["student"] == student
            and row["points"] != "tests"
            and points.get(row["question"], ("",))[0] == assignment
        ]
        return notebook, resources


# ruff: noqa: SIM905 (as lists these would fill a page)
MATHML = (
    "math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot "
    "mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
).split()
TEXT = (
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img kbd li mark ol p pre q s samp small span strong sub summary sup "
    "table tbody td tfoot th thead tr u ul"
).split()
ATTRIBUTES = {
    "*": ["class", "id", "title", "lang", "align"],
    "a": ["href"],
    "img": ["alt", "src", "width", "height"],
    "math": ["display"],
    "mo": ["stretchy", "fence", "form", "separator", "minsize", "maxsize"],
    "mi": ["mathvariant"],
    "mtd": ["columnalign", "colspan", "rowspan"],
    "mstyle": ["displaystyle", "scriptlevel"],
    "mspace": ["width"],
}
# The browser runs nothing on this page and asks no other computer for anything.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)


WRAPPED = "<style>pre { white-space: pre-wrap; overflow-wrap: anywhere; }</style>"


class _Formulas(IPythonRenderer):
    """Turns formulas into MathML, which browsers show without help."""

    def inline_math(self, body):
        return _mathml(body, "inline")

    def block_math(self, body):
        return _mathml(body, "block")

    def latex_environment(self, name, body):
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def _mathml(tex, display):
    try:
        return latex2mathml.converter.convert(tex, display=display)
    except Exception:  # a student's own formula, perhaps half of one
        return bleach.clean(f"${tex}$")


class OfflinePage(HTMLExporter):
    """A page that loads nothing and runs nothing, whatever a student wrote into it."""

    def markdown2html(self, source):
        text = MarkdownWithMath(renderer=_Formulas(escape=False)).render(source)
        return bleach.clean(
            text,
            tags=[*TEXT, *MATHML],
            attributes=ATTRIBUTES,
            protocols=["http", "https", "mailto", "data"],
            strip=True,
        )

    def default_filters(self):
        for name, function in super().default_filters():
            yield name, self.markdown2html if name == "markdown2html" else function

    def from_notebook_node(self, notebook, resources=None, **others):
        page, resources = super().from_notebook_node(notebook, resources, **others)
        page = re.sub(r"<script\b.*?</script\s*>", "", page, flags=re.S | re.I)
        page = re.sub(r"@font-face\s*\{[^}]*\}", "", page)
        page = page.replace("<html>", '<html lang="en">', 1)
        facts = resources.get("nbgrader", {})
        about = "".join(f"<p>{html.escape(line)}</p>" for line in _about(facts))
        page = re.sub(r"<body[^>]*>", lambda b: f"{b[0]}\n{about}", page, count=1)
        page = page.replace("</head>", f"{WRAPPED}\n</head>", 1)
        # nbgrader calls every test "Test cell": the question's name tells more.
        page = re.sub(
            r'<a href="#([\w-]+)">(?:Test cell|Written response|Coding free-response)</a>',
            r'<a href="#\1">\1</a>',
            page,
        )
        for question in facts.get("waiting", ()):
            page = re.sub(
                rf'((?:href="#|name="){re.escape(question)}".*?)Score: [\d.]+ / ([\d.]+)',
                r"\1not marked yet, of \2",
                page,
                flags=re.DOTALL,
            )
        return page.replace("<head>", f"<head>\n{POLICY}", 1), resources


def _about(facts):
    """Return lines for the top of a page."""
    yield facts.get("student", "")
    for row in facts.get("given", ()):
        yield f"{row['question']}: {row['points']} points by your teacher: {row['reason']}"
