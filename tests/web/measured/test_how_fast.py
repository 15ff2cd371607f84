"""The page "How fast, and why" shows what results.json contains."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn_fast
from publish.paths import ROOT
from web.measured import record, report, report_plots
from web.measured import results as names
from web.measured.record import PARTS

PAGE = (ROOT / "book" / "how_fast.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def results():
    return names.read()


def test_the_results_in_the_book_are_those_of_a_whole_run(results):
    unmeasured = {"batch.listing", "full.products", "full.products32", "batch.products"}
    unmeasured |= {"batch.products32", "large.playground", "large.listing"}
    unmeasured |= {f"{name}.{end}" for name in unmeasured for end in ("ratio", "fast")}
    numbers = report.numbers(results)
    assert {name for name in numbers if numbers[name] == "not measured"} == unmeasured
    for case in results["training"]["cases"]:
        expected = set(report.SHORT.values())
        if case["inputs"] == 2:
            expected -= {names.PRODUCTS, names.PRODUCTS32}
        else:
            expected -= {names.PLAYGROUND}
        if case["batch"] is not None:
            expected -= {names.LISTING}
        assert expected <= set(case["microseconds_an_epoch"]), case["case"]
        for name in (names.CORE, names.FAST):
            assert case["bytes"][name] <= case["bytes"][f"{name} bound"]
    assert set(results["growth"]["fits"]) == set(report_plots.STYLES)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", results[p]["date"]) for p in PARTS)


def test_each_name_in_the_page_is_known(results):
    numbers = re.findall(r"\{measured\}`([^`]*)`", PAGE)
    tables = re.findall(r"\{measured-table\} (\w+)", PAGE)
    plots = re.findall(r"\{measured-plot\} (\w+)", PAGE)
    assert len(numbers) > 20
    assert set(numbers) <= set(report.numbers(results))
    assert set(tables) == set(report.tables(results))
    assert set(plots) == set(report.plots(results))


def test_each_trick_of_the_page_is_one_of_nn_fast(results):
    """The measured steps are those that nn_fast names and the page explains, in order."""
    steps = ["choices", *results["steps"]["tricks"]]
    explained = re.findall(r"^\*\*(\d)\. ([\w-]+)", PAGE, re.MULTILINE)
    assert explained == [
        (str(n), step.capitalize()) for n, step in enumerate(steps, start=1)
    ]
    named = re.findall(r"^([\w-]+) {2,}\w", nn_fast.__doc__, re.MULTILINE)
    assert [name.lower() for name in named] == steps
    file = Path(nn_fast.__file__).read_text(encoding="utf-8")
    walk = PAGE.partition("## From nn_core to nn_fast")[2].partition("## The floor")[0]
    blocks = re.findall("```python\n(.*?)```", walk, re.DOTALL)
    assert len(blocks) == len(steps) - 1
    for block in blocks:
        assert block.splitlines()[-1] in file, block


def test_a_ratio_is_the_median_over_rounds(results):
    changed = json.loads(json.dumps(results))
    times = names.times_of(changed, names.FULL)
    core = np.array(times[names.CORE])
    times[names.PYTORCH] = list(12.5 * core)
    times[names.LISTING] = list(300 * core)
    times[names.LISTING][0] = 1e9  # one slow round does not count
    assert report.numbers(changed)["full.pytorch.ratio"] == "12.5"
    assert report.numbers(changed)["full.listing.ratio"] == "300"


@pytest.mark.parametrize(
    ("factor", "reached"), [(1.04, "yes"), (1.05, "yes"), (1.06, "no")]
)
def test_an_aim_at_most(results, factor, reached):
    changed = json.loads(json.dumps(results))
    times = names.times_of(changed, names.FULL)
    times[names.FAST] = list(factor * np.array(times[names.FLOOR]))
    row = report.tables(changed)["aims"].splitlines()[2]
    assert re.match(
        r"\| nn_fast ÷ the floor \| 2-16-1, full batch \| at most 1.05 ", row
    )
    assert row.endswith(f"| {factor} | {reached} | – |")


@pytest.mark.parametrize(("factor", "reached"), [(2.9, "no"), (3, "yes"), (3.1, "yes")])
def test_an_aim_at_least(results, factor, reached):
    changed = json.loads(json.dumps(results))
    times = names.times_of(changed, names.FULL)
    times[names.PYTORCH] = list(factor * np.array(times[names.CORE]))
    row = report.tables(changed)["aims"].splitlines()[8]
    assert row.startswith("| PyTorch ÷ nn_core | 2-16-1, full batch | at least 3 |")
    assert row.endswith(f"| {reached} | – |")


def test_what_a_step_saves(results):
    """Made-up times: the second step halves what the first one left."""
    changed = json.loads(json.dumps(results))
    times = names.times_of(changed, names.FULL, "steps")
    core = np.array(times[names.CORE])
    times["choices"] = list(0.8 * core)
    times["with buffers"] = list(0.4 * core)
    times["only buffers"] = list(0.6 * core)
    rows = names.steps_of(changed, names.FULL)
    assert [row["step"] for row in rows] == ["choices", *results["steps"]["tricks"]]
    shares = [[row["left"], row["saves"], row["alone"] or 0] for row in rows[:2]]
    np.testing.assert_allclose(shares, [[0.8, 0.2, 0], [0.4, 0.4, 0.25]])
    numbers = report.numbers(changed)
    assert numbers["full.buffers.alone"] == "25 %"
    assert numbers["full.buffers.saves"] == "40 %"


def test_results_without_pytorch_say_so_in_words(results):
    changed = json.loads(json.dumps(results))
    for case in changed["training"]["cases"]:
        for name in (names.PYTORCH, names.PYTORCH32):
            del case["microseconds_an_epoch"][name]
    for point in changed["growth"]["points"]:
        del point["microseconds_an_update"][names.PYTORCH]
    del changed["growth"]["fits"][names.PYTORCH]
    del changed["training"]["environment"]["torch"]
    assert report.numbers(changed)["full.pytorch.ratio"] == "not measured"
    assert report.numbers(changed)["growth.pytorch.even"] == "not measured"
    assert "not measured" in report.tables(changed)["aims"]
    assert all(description for _, description in report.plots(changed).values())


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.9124, "0.912"), (14.96, "15.0"), (2714.2, "2,710"), (99.96, "100"), (0, "0")],
)
def test_numbers_have_three_figures(number, text):
    assert names.rounded(number) == text


def test_descriptions_of_the_plots_give_the_numbers(results):
    plots = report.plots(results)
    numbers = report.numbers(results)
    assert f"PyTorch eager {numbers['full.pytorch']}" in plots["training"][1]
    assert numbers["growth.nn_core.overhead"] in plots["growth"][1]
    assert f"column {numbers['batch.column.left']}" in plots["steps"][1]


def test_the_fit_finds_overhead_and_cost():
    works = [10, 100, 1000, 10_000]
    found = names.fit_line(works, [5 + 0.25 * work for work in works])
    np.testing.assert_allclose(found[:2], [5, 0.25])
    overhead, cost, _ = names.fit_line(works, [0.5 * work - 1 for work in works])
    assert overhead == 0  # never below zero
    np.testing.assert_allclose(cost, 0.5, rtol=0.1)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The files for all parts and for some, not yet written."""
    found = tmp_path / "results.json", tmp_path / "some_parts.json"
    monkeypatch.setattr(record, "RESULTS", found[0])
    monkeypatch.setattr(record, "SOME_PARTS", found[1])
    return found


def of_this_machine(*parts):
    return {"machine": record.machine()} | dict.fromkeys(parts, "measured before")


def test_a_part_joins_those_of_the_same_machine(files):
    whole, some = files
    whole.write_text(json.dumps(of_this_machine(*PARTS)))
    results = record.results_of_this_machine() | {"steps": "anew"}
    assert record.write(results) == whole
    assert json.loads(whole.read_text()) == of_this_machine(*PARTS) | {"steps": "anew"}
    assert not some.exists()


@pytest.mark.parametrize("release", ["numpy", "python"])
def test_parts_of_another_machine_are_not_joined_and_stay(files, release):
    whole, some = files
    other = of_this_machine(*PARTS)
    other["machine"] = other["machine"] | {release: "1.0"}
    whole.write_text(json.dumps(other))
    assert record.results_of_this_machine() == of_this_machine()
    assert record.write(of_this_machine("training")) == some
    assert json.loads(whole.read_text()) == other


def test_parts_are_kept_until_all_are_there(files):
    whole, some = files
    assert record.results_of_this_machine() == of_this_machine()
    for n in range(1, len(PARTS)):
        assert record.write(of_this_machine(*PARTS[:n])) == some
        assert record.results_of_this_machine() == of_this_machine(*PARTS[:n])
    assert record.write(of_this_machine(*PARTS)) == whole
    assert not some.exists()
    assert record.results_of_this_machine() == of_this_machine(*PARTS)


def test_a_new_kind_of_part_is_waited_for(files):
    whole, some = files
    whole.write_text(json.dumps(of_this_machine(*PARTS[1:])))
    results = record.results_of_this_machine() | {PARTS[1]: "anew"}
    assert record.write(results) == some
    assert record.results_of_this_machine()[PARTS[1]] == "anew"
    assert record.write(record.results_of_this_machine() | {PARTS[0]: 1}) == whole


def test_results_without_other_browsers_say_so_in_words(results):
    changed = results | {"other_browsers": {}}
    table = report.tables(changed)["live"]
    assert "| press to playground, next visit, WebKit | not measured |" in table


@pytest.mark.slow
def test_unknown_names_stop_the_build(tmp_path):
    """10 s: a mistyped name must stop the build, not reach readers as an error box."""
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser', 'web.measured.extension']\n"
    )
    (tmp_path / "index.md").write_text(
        "# Page\n\n{measured}`no.such.number`\n\n```{measured-table} nothing\n```\n"
    )
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*command, tmp_path, tmp_path / "out"], capture_output=True, text=True
    )
    assert done.returncode != 0
    for kind, name in (("numbers", "no.such.number"), ("tables", "nothing")):
        assert re.search(f"{kind}: expected one of .*, got '{name}'", done.stderr)
