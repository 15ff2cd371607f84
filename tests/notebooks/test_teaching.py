"""The teacher's guide: its code runs, and it has a lesson for each chapter."""

import re

import pytest

from publish.paths import ROOT

GUIDE = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
LESSONS = re.findall(r"^## (Lesson \d.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS)
def test_the_code_of_the_guide_runs(code):
    exec(compile(code, "book/teaching.md", "exec"), {})


@pytest.mark.slow
def test_the_challenge_of_the_guide_can_be_met_and_is_not_met_at_the_start():
    (code,) = (block for block in BLOCKS if "few_nodes = " in block)
    names = {}
    exec(compile(code, "book/teaching.md", "exec"), names)
    playground = names["Playground"](
        hidden_nodes=4, activation="tanh", batch_size=10, challenge=names["few_nodes"]
    )
    assert not names["few_nodes"].met(playground)
    playground.advance(300)
    assert names["few_nodes"].met(playground)


def test_there_is_a_lesson_of_45_minutes_for_each_chapter():
    chapters = sorted((ROOT / "notebooks").glob("0*.ipynb"))
    assert len(LESSONS) == len(chapters)
    for lesson, chapter in zip(LESSONS, chapters, strict=True):
        assert chapter.name in lesson
        minutes = re.findall(r"^\| (\d+) \|", lesson, re.MULTILINE)
        assert sum(map(int, minutes)) == 45, lesson.splitlines()[0]
