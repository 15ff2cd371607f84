"""The page "How fast, and why" says what its results say, and nothing else."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "how_fast.md").read_text(encoding="utf-8")


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def report():
    return load(ROOT / "benchmarks" / "report.py")


@pytest.fixture(scope="module")
def results(report):
    return report.read()


def test_the_results_in_the_book_are_those_of_a_whole_run(report, results):
    unmeasured = {"batch.listing", "full.products", "full.products32", "batch.products"}
    unmeasured |= {"batch.products32", "large.playground", "large.listing"}
    unmeasured |= {f"{name}.ratio" for name in unmeasured}
    numbers = report.numbers(results)
    assert {name for name in numbers if numbers[name] == "not measured"} == unmeasured
    for case in results["training"]["cases"]:
        expected = set(report.SHORT.values()) | {report.FLOOR32}
        if case["inputs"] == 2:
            expected -= {report.PRODUCTS, report.PRODUCTS32}
        else:
            expected -= {report.PLAYGROUND}
        if case["batch"] is not None:
            expected -= {report.LISTING}
        assert expected <= set(case["microseconds_an_epoch"]), case["case"]
    assert set(results["growth"]["fits"]) == set(report.STYLES)
    for case in results["training"]["cases"]:
        assert case["fit_peak_bytes"] <= case["fit_bound_bytes"]


def test_each_name_in_the_page_is_known(report, results):
    numbers = re.findall(r"\{measured\}`([^`]*)`", PAGE)
    tables = re.findall(r"\{measured-table\} (\w+)", PAGE)
    plots = re.findall(r"\{measured-plot\} (\w+)", PAGE)
    assert len(numbers) > 20
    assert set(numbers) <= set(report.numbers(results))
    assert set(tables) == set(report.tables(results))
    assert set(plots) == set(report.plots(results))


def test_a_ratio_is_the_median_over_rounds(report, results):
    changed = json.loads(json.dumps(results))
    times = report.times_of(changed, report.FULL)
    ours = np.array(times[report.OURS])
    times[report.PYTORCH] = list(12.5 * ours)
    times[report.LISTING] = list(300 * ours)
    times[report.LISTING][0] = 1e9  # one slow round does not count
    assert report.numbers(changed)["full.pytorch.ratio"] == "12.5"
    assert report.numbers(changed)["full.listing.ratio"] == "300"
    rows = report.tables(changed)["targets"].splitlines()
    assert re.match(
        r"\| PyTorch eager \| 2-16-1, full batch \| 10.0 \| 12.5 \| yes", rows[2]
    )
    times[report.PYTORCH] = list(9.5 * ours)
    rows = report.tables(changed)["targets"].splitlines()
    assert re.match(
        r"\| PyTorch eager \| 2-16-1, full batch \| 10.0 \| 9.50 \| no", rows[2]
    )


def test_results_without_pytorch_say_so_in_words(report, results):
    changed = json.loads(json.dumps(results))
    for case in changed["training"]["cases"]:
        for name in (report.PYTORCH, report.PYTORCH32):
            del case["microseconds_an_epoch"][name]
    for point in changed["growth"]["points"]:
        del point["microseconds_an_update"][report.PYTORCH]
    del changed["growth"]["fits"][report.PYTORCH]
    del changed["training"]["environment"]["torch"]
    assert report.numbers(changed)["full.pytorch.ratio"] == "not measured"
    assert "not measured" in report.tables(changed)["targets"]
    assert all(description for _, description in report.plots(changed).values())


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.9124, "0.912"), (14.96, "15.0"), (2714.2, "2,710"), (99.96, "100"), (0, "0")],
)
def test_numbers_have_three_figures(report, number, text):
    assert report.rounded(number) == text


def test_descriptions_of_the_plots_give_the_numbers(report, results):
    plots = report.plots(results)
    numbers = report.numbers(results)
    assert f"PyTorch eager {numbers['full.pytorch']}" in plots["training"][1]
    assert numbers["growth.nn_core.overhead"] in plots["growth"][1]


FIT = """
import sys
sys.path.insert(0, sys.argv[1])
import growth
works = [10, 100, 1000, 10_000]
print(*growth.fit_line(works, [5 + 0.25 * work for work in works])[:2])
print(*growth.fit_line(works, [0.5 * work - 1 for work in works])[:2])
"""


def test_the_fit_finds_overhead_and_cost():
    done = subprocess.run(
        [sys.executable, "-c", FIT, ROOT / "benchmarks"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = np.loadtxt(done.stdout.splitlines())
    np.testing.assert_allclose(found[0], [5, 0.25])
    assert found[1][0] == 0  # never below zero
    np.testing.assert_allclose(found[1][1], 0.5, rtol=0.1)


@pytest.mark.slow
def test_growth_runs(tmp_path):
    file = tmp_path / "growth.json"
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "growth.py", "--quick", "--json", file],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    assert {"nn_core", "the Playground's arithmetic, JavaScript"} <= set(found["fits"])
    assert {point["sweep"] for point in found["points"]} == {
        "samples",
        "hidden nodes",
        "batch size",
    }


def test_an_unknown_part_is_named():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "run_all.py", "nonsense"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "got nonsense" in done.stderr


@pytest.mark.parametrize(
    "text",
    ["{measured}`no.such.number`", "```{measured-table} nothing\n```"],
)
@pytest.mark.slow
def test_an_unknown_name_stops_the_build(tmp_path, text):
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser', 'web.extensions.measured']\n"
    )
    (tmp_path / "index.md").write_text(f"# Page\n\n{text}\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", tmp_path, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "expected one of" in done.stderr
