"""Read the question templates of book/self_check/practice.yml, and fill in random numbers.

A template is a question of web/questions/self_check.py with {expressions} in its texts. The
build chooses the numbers, so that every question that a reader may see has been checked.
"""

import math
import random
import re
from typing import NamedTuple

import yaml
from sphinx.errors import ExtensionError

from web.questions.self_check import words_of

SETS = 60  # of numbers for each template, at most
DRAWS = 3000  # attempts to find that many sets
EXPRESSION = re.compile(r"\{([^{}]+?)(?::([^{}:]+))?\}")  # {expression:format}
OWN_FIELDS = {"name", "numbers", "instead_of"}


class Template(NamedTuple):
    chapter: str
    name: str
    instead_of: str | None  # the text of the chapter's question that it replaces
    numbers: dict  # {name: the numbers to choose from}
    question: dict  # its texts have {expressions}


def read_templates(path):
    """Return the templates in the file, in order."""
    found = []
    for chapter, templates in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for fields in templates:
            question = {k: v for k, v in fields.items() if k not in OWN_FIELDS}
            own = {k: fields.get(k) for k in OWN_FIELDS}
            if not own["name"] or not own["numbers"]:
                raise ExtensionError(
                    f"{path.name}, {chapter}: expected a template with name and numbers, "
                    f"got {', '.join(fields)}"
                )
            found.append(Template(chapter=chapter, question=question, **own))
    return found


def plus(number):
    """Return "+ 3" or "− 3"."""
    return f"{'−' if number < 0 else '+'} {abs(number):g}"


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def value_of(expression, form, numbers):
    """Return an expression's value as text, with a typographic minus sign."""
    functions = {"sigmoid": sigmoid, "sqrt": math.sqrt, "plus": plus}
    value = eval(expression, {"__builtins__": {}}, functions | numbers)
    if isinstance(value, str):
        return value
    text = f"{value:{form or '.6g'}}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def expressions_of(question):
    """Return the distinct (expression, format) pairs of a question's texts, in order."""
    found = {}
    in_texts(
        question, lambda text: found.update(dict.fromkeys(EXPRESSION.findall(text)))
    )
    return list(found)


def in_texts(part, change):
    """Return a question with each of its texts replaced by change(text)."""
    if isinstance(part, dict):
        return {key: in_texts(value, change) for key, value in part.items()}
    if isinstance(part, list):
        return [in_texts(each, change) for each in part]
    return change(part) if isinstance(part, str) else part


def filled(question, values):
    """Return the question with its expressions replaced by the values, in order."""
    names = dict(zip(expressions_of(question), values, strict=True))
    return in_texts(
        question, lambda text: EXPRESSION.sub(lambda m: names[m.groups("")], text)
    )


def number_from(text):
    return float(str(text).replace("−", "-"))


def answers_of(question):
    """Return the right answer of a filled question, then the wrong ones."""
    if "options" in question:
        right = [option["right"] for option in question["options"] if "right" in option]
        wrong = [option["wrong"] for option in question["options"] if "wrong" in option]
        return right + wrong
    mistakes = [mistake["answer"] for mistake in question["mistakes"]]
    return [number_from(text) for text in [question["answer"], *mistakes]]


def are_apart(question):
    """Return whether a filled question's answers differ, numbers by more than the tolerance."""
    answers = answers_of(question)
    if "options" in question:
        return len(set(answers)) == len(answers)
    near = 2 * question["within"] * (1 + 1e-9)
    pairs = ((a, b) for i, a in enumerate(answers) for b in answers[:i])
    return all(abs(a - b) > near for a, b in pairs)


def draw_sets(template):
    """Return [(numbers, values)]: random numbers, and the values of the expressions.

    The template's name is the seed. In every set the answers differ, and no set repeats the
    chapter's own question.
    """
    rng = random.Random(template.name)
    expressions = expressions_of(template.question)
    sets = {}
    for _ in range(DRAWS):
        numbers = {
            name: rng.choice(choice) for name, choice in template.numbers.items()
        }
        values = tuple(value_of(text, form, numbers) for text, form in expressions)
        question = filled(template.question, values)
        is_new = values not in sets and words_of(question) != template.instead_of
        if is_new and are_apart(question):
            sets[values] = numbers
        if len(sets) == SETS:
            break
    if len(sets) < 5:
        raise ExtensionError(
            f"practice.yml, {template.name}: only {len(sets)} of {DRAWS} random sets have "
            "distinct answers; list more numbers to choose from"
        )
    return [(numbers, values) for values, numbers in sets.items()]
