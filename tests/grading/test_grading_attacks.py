"""Attacks by a student's code in the sandbox: none of them gains a mark."""

import base64
import os
import time
from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from grading import jobs, sources
from grading.examiner import sandbox
from grading.examiner.job import Job, Kind, Result, Role
from grading.intake import submission
from grading.intake.prepare import make_job
from grading.marks import gradebook_pool
from tests.grading.sample_submissions import (
    NAME,
    hidden_layer,
    solved,
    with_answers,
)

from .grade_a_class import QUESTIONS

RIGHT = set(QUESTIONS) - {"ex04-boundary-words"}  # the teacher marks this one
OTHERS = RIGHT - {"ex04-hidden-layer"}
pytestmark = pytest.mark.usefixtures("bubblewrap")


def prepare(notebook, **limits):
    """Return the job of running a notebook that a student submits."""
    source = sources.read_source(NAME)
    submitted = submission.read_notebook(nbformat.writes(notebook).encode())
    restored, _ = submission.restore(submitted, source)
    limits = replace(jobs.LIMITS, **{"cell_seconds": 6, **limits})
    return make_job(restored, source, limits=limits)


def outcome(job: Job, result: Result):
    """Return the tests that passed, kinds of problems and all outputs."""
    assert result.outputs is not None, result.problems
    passed = {
        cell.name
        for cell in job.cells
        if cell.role is Role.TEST
        and all(o["output_type"] != "error" for o in result.outputs[cell.index])
    }
    return passed, {problem.kind for problem in result.problems}, str(result.outputs)


def graded(notebook, **limits):
    job = prepare(notebook, **limits)
    return outcome(job, jobs.run_job(job).result)


def test_the_sandbox_holds():
    sandbox.check(jobs.LIMITS)


PATCHES = """
import builtins, sys
import nn_check, nn_core

class Agreeable:
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *given, **named: True

def nothing(*given, **named): return True
def hidden_layer(weights, biases, inputs): return inputs

for name in ("check", "grade", "relative_error"):
    setattr(nn_check, name, nothing)
rooms = "nn_check.answers", "nn_check.kinds"
checks = {"near", "as_numbers", "as_parts", "require_right", "call", "within"}
for module in [sys.modules[name] for name in sys.modules if name.startswith(rooms)]:
    for name in vars(module).keys() & checks:
        setattr(module, name, nothing)
nn_check.answers.comparing.TOLERANCE = 1e9
np.array_equal = np.allclose = np.isfinite = nothing
np.linalg.norm = lambda *given, **named: 0.0
sys.modules["nn_check"] = sys.modules["zlib"] = Agreeable()
builtins.AssertionError = type("AssertionError", (Warning,), {})
"""

EVERYTHING = """
class Everything(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __call__(self, *given): return self
    def __array__(self, *given, **named): raise SystemExit(0)
    def __reduce__(self):
        import os
        return os.system, ("touch /tmp/unpickled-by-the-grader",)
hidden_layer = Everything()
"""

FORGED_REPLIES = """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Student":
        thing.call = lambda number, arguments: {"value": {"array": ["|O8", [1], "AAAAAAAA"]}}
def hidden_layer(weights, biases, inputs): return inputs
"""

FLOODS = """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Student":
        thing.call = lambda number, arguments: {"value": "x" * (80 * 2**20)}
def hidden_layer(weights, biases, inputs): return inputs
"""

MANY_THAT_EAT = """
import os, time
for child in range(8):
    if os.fork() == 0:
        eaten = bytearray(300 * 2**20)
        for place in range(0, len(eaten), 4096):
            eaten[place] = 1
        time.sleep(60)
time.sleep(60)
"""

STUBBORN = """
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""


ATTACKS = {  # name: (code instead of one answer, the kind of problem it causes)
    "agrees with everything": (EVERYTHING, set()),
    "many that eat memory": (MANY_THAT_EAT, {Kind.MEMORY}),
    "stubborn loop": (STUBBORN, {Kind.TIME}),
    "segfault": ("import ctypes\nctypes.string_at(0)", {Kind.CRASHED}),
    "exit when called": (
        "def hidden_layer(*given):\n    import os\n    os._exit(0)",
        {Kind.CRASHED},
    ),
    "kills itself": ("import os\nos.kill(os.getpid(), 9)", {Kind.CRASHED}),
    "closes all": (
        "import os\nfor n in range(256):\n    try: os.close(n)\n    except OSError: pass",
        {Kind.CRASHED},
    ),
    "returns itself": ("def hidden_layer(*given): return hidden_layer", set()),
    "endless nesting": (
        "def hidden_layer(*given):\n    x = []\n    x.append(x)\n    return x",
        set(),
    ),
    "changes its arguments": (
        "def hidden_layer(w, b, x):\n    w[...] = b[...] = x[...] = 0\n    return x",
        set(),
    ),
}


@pytest.fixture(scope="module")
def attacked():
    """Run all attacks in parallel; return the outcome of each."""
    wanted = {name: prepare(hidden_layer(code)) for name, (code, _) in ATTACKS.items()}
    wanted["many that eat memory"].limits.cell_seconds = 40  # it takes time
    results = {}
    jobs.run_all(wanted, results.__setitem__)
    return {name: outcome(job, results[name]) for name, job in wanted.items()}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_costs_its_own_question_and_no_other(attacked, name):
    """Protects marks from answers that attack the grader."""
    passed, problems, _ = attacked[name]
    assert passed == OTHERS
    problems -= {Kind.BUSY}  # possible if it ran beside an aborted one
    assert problems == ATTACKS[name][1]
    assert not os.path.exists("/tmp/unpickled-by-the-grader")


@pytest.mark.parametrize("code", [FORGED_REPLIES, FLOODS], ids=["forged", "flood"])
def test_forging_replies_harms_only_ones_own_answers(code):
    passed, problems, _ = graded(hidden_layer(code))
    assert passed <= OTHERS
    assert "ex04-predict-shape" in passed
    assert problems & {Kind.TAMPERED, Kind.MEMORY}


def test_changing_all_of_python_for_oneself_gains_nothing():
    passed, _, _ = graded(hidden_layer(PATCHES))
    assert "ex04-hidden-layer" not in passed


def test_a_perfect_answer_after_a_crash_counts_still():
    crash = {"ex04-predict-shape-answer": "import os\nos._exit(1)"}
    passed, problems, _ = graded(with_answers(crash))
    assert passed == RIGHT - {"ex04-predict-shape"}
    assert problems == {Kind.CRASHED}


def test_a_class_is_tested_in_the_sandbox_and_its_behaviour_described():
    """The examiner sets its arrays, and the sandbox runs its methods."""
    wrong = (
        "class NeuralNetwork(NeuralNetwork):\n"
        "    def feedforward(self, inputs):\n"
        "        return sigmoid(self.layer_outputs(inputs)[1])"
    )
    answers = {"ex04-hunt-empty-map-answer": "", "ex04-hunt-outputs-answer": wrong}
    passed, problems, outputs = graded(with_answers(answers))
    assert passed == RIGHT - {"ex04-hunt-empty-map", "ex04-hunt-outputs"}
    assert problems == set()
    assert "It does what the class you were given does: no point" in outputs
    assert "layer_outputs still returns the sums" in outputs
    assert "In the picture: outputs from 0.00 to 0.00, 100 of 200" in outputs


def test_a_notebook_has_a_time_limit_as_a_whole():
    slow = {
        f"{name}-answer": "import time\ntime.sleep(4)"
        for name in ("ex04-predict-shape", "ex04-hidden-layer", "ex04-flat-biases")
    }
    passed, problems, _ = graded(with_answers(slow), seconds=6)
    looping = {"ex04-predict-shape", "ex04-hidden-layer", "ex04-flat-biases"}
    assert passed <= RIGHT - looping
    assert problems & {Kind.TIME, Kind.GIVEN_UP}


def test_its_folder_is_its_own_and_not_endless():
    code = """
with open("own.txt", "w") as file:
    file.write("kept")
print("own:", open("own.txt").read())
try:
    for number in range(100):
        with open(f"full{number}.bin", "wb") as file:
            file.write(bytes(2**20))
except OSError as error:
    print("full:", error)
"""
    passed, problems, said = graded(hidden_layer(code))
    assert "own: kept" in said
    assert "full: [Errno 28]" in said
    assert (passed, problems) == (OTHERS, set())


def test_outputs_bring_neither_scripts_nor_endless_text():
    code = """
from IPython.display import HTML, display
display({"image/png": 'x" onerror="alert(1)', "text/plain": "p"}, raw=True)
display(HTML("<script>alert(1)</script>"))
print("x" * 10_000_000)
"""
    passed, _, said = graded(hidden_layer(code))
    assert passed == OTHERS
    assert "<script" not in said.replace("print", "")
    assert "onerror" not in said
    assert len(said) < 1_000_000


def test_text_runs_nothing_where_a_teacher_reads_it():
    pixel = base64.b64encode(b"picture").decode()
    filled = solved()
    answer = next(
        cell
        for cell in filled.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "ex04-boundary-words"
    )
    answer.source = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> 1 < 2, $a<b$ "
        "![drawn](attachment:a.png) ![gone](attachment:b.png)"
    )
    answer.attachments = {"a.png": {"image/png": pixel}}
    raw = nbformat.v4.new_raw_cell("<script>alert(1)</script>")
    raw.metadata = {"raw_mimetype": "text/html", "tags": ['"><script>']}
    raw.id = '"><script>'
    filled.cells.append(raw)
    submitted = nbformat.reads(nbformat.writes(filled), as_version=4)
    restored, _ = submission.restore(submitted, sources.read_source(NAME))
    nbformat.validate(restored)
    text = next(cell.source for cell in restored.cells if "alert" in cell.source)
    assert "<script" not in text
    assert "<img" not in text
    assert "1 < 2" in text
    assert f"data:image/png;base64,{pixel}" in text
    assert "attachment:" not in text
    (raw,) = (cell for cell in restored.cells if cell.cell_type == "raw")
    assert raw.metadata == {"raw_mimetype": "text/plain"}
    assert "<" not in raw.id


LINKS = [
    "[My drawing](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java&#115;cript:alert(1))",
    "![x](http://198.51.100.7/spy.png)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]\n\n[x]:\n  javascript:alert(1)",
    "[a\nb](javascript:alert(1))",
    "[![x](http://198.51.100.7/a.png)](javascript:alert(1))",
    "![x](attachment:a.png)[y](javascript:alert(1))",
    "![](javascript:alert(1)](attachment:a.png)",
    "<javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
]


@pytest.mark.parametrize("text", LINKS)
def test_links_in_an_answer_are_text_in_formgrader(text):
    """Formgrader renders Markdown with nbconvert, without sanitising it."""
    cell = nbformat.v4.new_markdown_cell(text)
    cell.attachments = {"a.png": {"image/png": "YQ=="}}
    notebook = nbformat.v4.new_notebook(cells=[submission._harmless(cell)])
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    found = BeautifulSoup(page, "html.parser")
    for link in found.find_all("a"):  # a bare URL may become a link with the same text
        assert link["href"].startswith(("#", "http://", "https://"))
        assert link["href"].startswith("#") or link["href"].startswith(link.text)
    assert all(p["src"].startswith("data:image/") for p in found.find_all("img"))


@pytest.mark.parametrize(
    "command", ["href", "style", "class", "cssId", "require", "htmlId"]
)
def test_formulas_neither_link_nor_style(command):
    cell = nbformat.v4.new_markdown_cell(rf"$\{command}{{javascript:alert(1)}}{{x}}$")
    assert f"\\{command}" not in submission._harmless(cell).source


def test_a_formula_that_takes_for_ever_costs_only_its_page(monkeypatch):
    """The tables are written before the pages, so its marks are in them."""
    monkeypatch.setattr(gradebook_pool, "FEEDBACK_SECONDS", 0.3)

    class Slow:
        def write_feedback(self, assignment, student):
            while True:
                time.sleep(0.01)

    monkeypatch.setattr(gradebook_pool, "_gradebook", Slow(), raising=False)
    with pytest.raises(TimeoutError, match="the page took more than"):
        gradebook_pool.write_feedback(NAME, "anna")
