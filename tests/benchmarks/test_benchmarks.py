"""The benchmarks run, and their contenders agree; speed is not tested."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn_fast
from benchmarks import contenders, other_contenders, steps, training
from publish.paths import ROOT

pytestmark = pytest.mark.slow
FOLDER = ROOT / "benchmarks"


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300
    )


@pytest.mark.nightly
@pytest.mark.parametrize(
    "script",
    sorted(p.name for p in FOLDER.glob("*.py") if "main(" in p.read_text("utf-8")),
)
def test_a_benchmark_shows_its_options(script):
    """10 s in all: every benchmark can import what it needs."""
    done = run(FOLDER / script, "--help")
    assert done.returncode == 0, done.stderr
    assert "--json FILE" in done.stdout or script == "run_all.py"


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Measure every case once, for several tests: 20 s."""
    results = tmp_path_factory.mktemp("benchmark") / "new folder" / "training.json"
    done = run(FOLDER / "training.py", "--quick", "--json", results)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(results.read_text(encoding="utf-8"))


@pytest.mark.nightly
def test_every_case_has_a_table(quick):
    printed, results = quick
    titles = re.findall("^### (.*)$", printed, re.MULTILINE)
    assert titles == [case["case"] for case in results["cases"]]
    assert len(titles) == 7
    assert printed.count("| --- | ---: |") == 7


@pytest.mark.nightly
def test_every_contender_was_timed_in_every_round(quick):
    _, results = quick
    for case in results["cases"]:
        times = case["microseconds_an_epoch"]
        assert {"nn_core", "nn_fast", "nn_core, float32", "nn_fast, float32"} < set(
            times
        )
        if case["inputs"] == 2:
            assert "the Playground's arithmetic, JavaScript" in times
        for values in times.values():
            assert len(values) == results["rounds"]
            assert min(values) > 0
    full_batch = [case for case in results["cases"] if case["batch"] is None]
    assert all(
        "the blog's listing" in case["microseconds_an_epoch"] for case in full_batch
    )


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["nn_core", "nn_fast"])
def test_the_memory_of_a_fit_is_bounded(quick, name):
    """It allocates copies of the data, arrays of a batch and a few of all parameters."""
    for case in quick[1]["cases"]:
        held = case["bytes"]
        assert 0 < held[name] <= held[f"{name} bound"], case["case"]
        assert held[f"{name} bound"] < 3.5 * held["data"] + 600_000, case["case"]


@pytest.mark.nightly
def test_a_call_of_one_epoch_was_timed(quick):
    for case in quick[1]["cases"]:
        assert set(case["microseconds_a_call"]) == {"nn_core", "nn_fast"}
        assert min(case["microseconds_a_call"].values()) > 0


KINDS = [contenders.Floor, contenders.NNFast, contenders.NNFast32]
KINDS += [other_contenders.TensorFlowPlayground, steps.variant("all", steps.TRICKS)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_contender_that_is_wrong_or_idle_is_caught(kind):
    class Wrong(kind):
        def parameters(self):
            found = {name: array.copy() for name, array in super().parameters().items()}
            found["biases_hidden"][0] += 1e-3
            return found

    class Idle(kind):
        def train(self, epochs, seed):
            pass

    for case in (training.CASES[1], training.CASES[4]):
        for wrong in (Wrong, Idle):
            contender = wrong(case)
            with pytest.raises(AssertionError, match=contender.name):
                training.check_agreement(contender)
            contender.close()


class TestSteps:
    @pytest.mark.parametrize("case", steps.CASES, ids=str)
    def test_every_variant_has_the_numbers_of_nn_core(self, case):
        for kind in steps.kinds():
            contender = kind(case)
            contender.train(5, seed=3)
            expected = training.expected_parameters(contender, 5, seed=3)
            for name, array in contender.parameters().items():
                np.testing.assert_allclose(
                    array, expected[name], rtol=1e-12, err_msg=f"{kind.name}: {name}"
                )

    @pytest.mark.parametrize("trick", steps.TRICKS)
    def test_every_trick_changes_the_program(self, trick):
        rest = [each for each in steps.TRICKS if each != trick]
        plain = steps.text_of([], shuffled=True)
        assert steps.text_of([trick], shuffled=True) != plain or trick == "0-d"
        everything = steps.text_of(steps.TRICKS, shuffled=True)
        assert steps.text_of(rest, shuffled=True) != everything

    def test_the_last_variant_makes_the_calls_of_nn_fast(self):
        """It makes as many calls as nn_fast.update with sigmoid and squared error."""
        calls = re.compile(r"\b(dot|exp|add|divide|subtract|multiply)\(")
        file = Path(nn_fast.__file__).read_text(encoding="utf-8")
        update = file.partition("def update(")[2].partition("def cross_entropy_loss")[0]
        others = r"elif relu_hidden:.*?(?=\n        (?!else)[a-z])"  # ReLU and tanh
        update = re.sub(others, "", update, flags=re.DOTALL)
        found = calls.findall(steps.text_of(steps.TRICKS, shuffled=True))
        assert sorted(found) == sorted(calls.findall(update))

    def test_it_runs(self, tmp_path):
        file = tmp_path / "new folder" / "steps.json"
        done = run(FOLDER / "steps.py", "--quick", "--json", file)
        assert done.returncode == 0, done.stderr
        found = json.loads(file.read_text(encoding="utf-8"))
        assert found["tricks"] == list(steps.TRICKS)
        names = {kind.name for kind in steps.kinds()}
        for case in found["cases"]:
            assert set(case["microseconds_an_epoch"]) == names

    def test_an_unknown_trick_is_named(self):
        done = run(FOLDER / "steps.py", "--show", "buffers,magic")
        assert done.returncode == 2
        assert "got magic" in done.stderr


def test_a_case_that_is_not_there_is_named():
    done = run(FOLDER / "training.py", "--only", "nonsense")
    assert done.returncode == 2
    assert "expected rounds above 0 and a case among" in done.stderr
    assert "784-128-10" in done.stderr


def test_an_unknown_part_is_named():
    done = run(FOLDER / "run_all.py", "nonsense")
    assert done.returncode == 2
    assert "got nonsense" in done.stderr


@pytest.mark.nightly
def test_growth_runs(tmp_path):
    """20 s: it times all sizes of the page's plot, each for a moment."""
    file = tmp_path / "growth.json"
    done = run(FOLDER / "growth.py", "--quick", "--json", file)
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text(encoding="utf-8"))
    kinds = [
        contenders.NNCore,
        contenders.NNFast,
        other_contenders.TensorFlowPlayground,
    ]
    assert {kind.name for kind in kinds} <= set(found["fits"])
    sweeps = {point["sweep"] for point in found["points"]}
    assert sweeps == {"samples", "hidden nodes", "batch size"}
