"""Answers of two students that look copied: they share what nobody else wrote.

Short exercises have one natural answer, which many write. So what counts is rare: a line that
is in no more than a few students' work, nor in what was handed out, nor in the solution; and
a long answer that is the same but for its names.
"""

import io
import keyword
import tokenize
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

RARE = 3  # students at most who have a line
ENOUGH = 60  # characters of rare lines that two must share
LONG = 40  # tokens of an answer that is compared without its names


@dataclass
class Pair:
    one: str
    other: str
    weight: int  # characters of what only they share
    answers: list  # of (question, the one's text, the other's)


def pairs(answers, known, most=10):
    """Return the Pairs that share most, the most suspicious first.

    answers: {student: {question: text}}; known: texts that everybody has, or may have seen.
    """
    common = {line for text in known for line in _lines(text)}
    common_shapes = {_shape(text) for text in known}
    who_has = defaultdict(set)  # what is written: the students that have it
    for student, own in answers.items():
        for question, text in own.items():
            for line in _lines(text) - common:
                who_has[question, line, len(line)].add(student)
            shape = _shape(text)
            if shape not in common_shapes and len(shape) >= LONG:
                who_has[question, shape, ENOUGH].add(student)
    shared = defaultdict(lambda: defaultdict(int))
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


def _lines(text):
    lines = {" ".join(line.split()) for line in text.splitlines()}
    return {line for line in lines if len(line) > 5}


def _shape(text):
    """Return the tokens of a code, every name of its own being the same; () if it is none."""
    shape, names = [], {}
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
