"""Find answers of two students that look copied: they share what nobody else wrote.

Short exercises have one natural answer, which many write. So only rare things count: a line
that only a few students have, and neither the handout nor the solution; and a long answer that
is the same except for its names.
"""

import io
import keyword
import tokenize
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

RARE = 3  # students at most that have a line
ENOUGH = 60  # characters of rare lines that two must share
LONG = 40  # tokens; only longer answers are compared without their names


@dataclass
class Pair:
    """Two students with similar answers."""

    one: str
    other: str
    weight: int  # characters that only they share
    answers: list[tuple[str, str, str]]  # question, the texts of one and the other


def pairs(
    answers: dict[str, dict[str, str]], known: list[str], most: int = 10
) -> list[Pair]:
    """Return the Pairs that share most, the most suspicious first.

    answers: {student: {question: text}}; known: texts that everybody may have seen.
    """
    common = {line for text in known for line in _lines(text)}
    common_shapes = {_shape(text) for text in known}
    # (question, what is written, its weight): the students that have it
    who_has: dict[tuple[str, object, int], set[str]] = defaultdict(set)
    for student, own in answers.items():
        for question, text in own.items():
            for line in _lines(text) - common:
                who_has[question, line, len(line)].add(student)
            shape = _shape(text)
            if shape not in common_shapes and len(shape) >= LONG:
                who_has[question, shape, ENOUGH].add(student)
    shared: dict[tuple[str, ...], dict[str, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for (question, _, weight), students in who_has.items():
        if 2 <= len(students) <= RARE:
            for two in combinations(sorted(students), 2):
                shared[two][question] += weight
    found = [
        Pair(one, other, sum(questions.values()), [
            (name, answers[one][name], answers[other][name]) for name in sorted(questions)
        ])
        for (one, other), questions in shared.items()
        if sum(questions.values()) >= ENOUGH
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair.weight, pair.one, pair.other))[:most]


def _lines(text: str) -> set[str]:
    lines = {" ".join(line.split()) for line in text.splitlines()}
    return {line for line in lines if len(line) > 5}


def _shape(text: str) -> tuple[str, ...]:
    """Return code's tokens with its names numbered in order; () if it is not code."""
    shape: list[str] = []
    names: dict[str, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.COMMENT, tokenize.NL):
                continue
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                shape.append(names.setdefault(token.string, f"name{len(names)}"))
            else:
                shape.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(shape)
