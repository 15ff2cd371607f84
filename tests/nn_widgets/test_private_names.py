"""No object in nn_widgets uses a private name of another object."""

import ast
from pathlib import Path

import pytest

import nn_widgets

FOLDER = Path(nn_widgets.__file__).parent
NAMED_TUPLE = {"_asdict", "_replace", "_fields", "_make"}  # public, despite their names


def foreign_private_names(source):
    """Yield each `x._name` in Python source where x is neither self, cls nor super()."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or node.attr in NAMED_TUPLE:
            continue
        private = node.attr.startswith("_") and not node.attr.endswith("__")
        if private and ast.unparse(node.value) not in ("self", "cls", "super()"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize(
    "file", sorted(FOLDER.rglob("*.py")), ids=lambda file: str(file.relative_to(FOLDER))
)
def test_a_private_name_is_used_by_its_own_object_alone(file):
    assert list(foreign_private_names(file.read_text(encoding="utf-8"))) == []


def test_such_uses_are_found():
    source = "self._a; cls._b; super()._c; x._fields; x.__doc__; x._d; self.y._e"
    assert list(foreign_private_names(source)) == ["line 1: x._d", "line 1: self.y._e"]
