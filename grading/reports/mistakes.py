"""Count the known mistakes that the tests found in wrong answers."""

import json
from collections import defaultdict
from pathlib import Path

from nn_check import EXERCISES
from nn_check.answers.verdicts import NOTHING

OTHER = "something else"

Mistake = tuple[str, list[str]]  # its description, and the students who made it


def messages_of(notebook: Path) -> dict[str, str]:
    """Return {question: its test's message} of a marked notebook's wrong answers."""
    messages: dict[str, str] = {}
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return messages
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name not in EXERCISES:
            continue
        outputs = {output["output_type"]: output for output in cell.get("outputs", [])}
        if "error" in outputs:
            messages[name] = outputs["error"]["evalue"].removeprefix(f"{name}: ")
        elif "execute_result" in outputs and "stream" in outputs:  # points for parts
            printed = "".join(outputs["stream"]["text"])  # the answer's own words first
            messages[name] = printed.rpartition(f"{name}: ")[2].strip()
    return messages


def name_of(question: str, message: str) -> str:
    """Return the known mistake that a test's message describes, in nn_check's words."""
    exercise = EXERCISES[question]
    if message.startswith(NOTHING) or "is not defined" in message:
        return "nothing is written"
    for words, _ in (*exercise.mistakes, *getattr(exercise, "wrong_steps", ())):
        if message.startswith(words):
            return str(words)
    return OTHER


def count(messages: dict[str, dict[str, str]]) -> dict[str, list[Mistake]]:
    """Return {question: its mistakes}, the most frequent first.

    messages: {student: {question: its test's message}}
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for student, own in sorted(messages.items()):
        for question, text in own.items():
            found[question][name_of(question, text)].append(student)
    return {
        question: sorted(
            mistakes.items(), key=lambda item: (item[0] == OTHER, -len(item[1]))
        )
        for question, mistakes in found.items()
    }
