"""The training benchmark runs and its contenders agree; how fast they are is not tested."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "training.py"


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    results = tmp_path_factory.mktemp("benchmark") / "new folder" / "training.json"
    done = run(SCRIPT, "--quick", "--json", results)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(results.read_text(encoding="utf-8"))


def test_every_case_has_a_table(quick):
    printed, results = quick
    titles = re.findall("^### (.*)$", printed, re.MULTILINE)
    assert titles == [case["case"] for case in results["cases"]]
    assert len(titles) == 7
    assert printed.count("| --- | ---: |") == 7


def test_every_contender_was_timed_in_every_round(quick):
    _, results = quick
    for case in results["cases"]:
        times = case["microseconds_an_epoch"]
        assert {"nn_core", "nn_core, float32", "straightforward NumPy"} < set(times)
        if case["inputs"] == 2:
            assert "the Playground's arithmetic, JavaScript" in times
        for values in times.values():
            assert len(values) == results["rounds"]
            assert min(values) > 0
    full_batch = [case for case in results["cases"] if case["batch"] is None]
    assert all(
        "the blog's listing" in case["microseconds_an_epoch"] for case in full_batch
    )


def test_the_memory_of_fit_is_bounded(quick):
    """The copies of the data, the arrays of one batch, and a few of the parameters."""
    for case in quick[1]["cases"]:
        assert 0 < case["fit_peak_bytes"] <= case["fit_bound_bytes"], case["case"]
        assert case["fit_bound_bytes"] < 3 * case["data_bytes"] + 600_000, case["case"]


BROKEN = """
import runpy, sys
training = runpy.run_path(sys.argv[1])
class Wrong(training[sys.argv[2]]):
    def train(self, epochs, seed):
        super().train(epochs, seed)
    def parameters(self):
        found = super().parameters()
        found["biases_hidden"][0] += 1e-3
        return found
class Idle(training[sys.argv[2]]):
    def train(self, epochs, seed):
        pass
for kind in (Wrong, Idle):
    for case in training["CASES"][:4]:
        contender = kind(case)
        try:
            training["check_agreement"](contender)
        except AssertionError as error:
            print("caught:", error)
        contender.close()
"""


KINDS = ["Straightforward", "NNCore", "NNCore32", "PlaygroundArithmetic"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_contender_that_is_wrong_or_idle_is_caught(kind):
    done = run("-c", BROKEN, SCRIPT, kind)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("caught:") == 8, done.stdout


def test_a_case_that_is_not_there_is_named():
    done = run(SCRIPT, "--only", "nonsense")
    assert done.returncode == 2
    assert "expected rounds above 0 and a case among" in done.stderr
    assert "784-128-10" in done.stderr
