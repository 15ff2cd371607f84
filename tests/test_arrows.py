"""Which part of the project may import which: the arrows.

import-linter would hold them, but only between packages: most of ours are single files.
"""

import ast

import pytest

from publish.paths import ROOT

NETWORK = {"nn_arguments", "nn_data", "nn_files", "nn_core"}
PACKAGE = NETWORK | {"nn_fast", "nn_widgets", "nn_check"}
MAY_IMPORT = {
    "nn_arguments": set(),
    "nn_data": {"nn_arguments"},
    "nn_files": {"nn_arguments"},
    "nn_core": {"nn_arguments", "nn_data", "nn_files"},
    "nn_fast": NETWORK,
    "nn_widgets": NETWORK,
    "nn_widgets/playground": NETWORK | {"nn_fast"},
    "nn_check": NETWORK,
    "publish": set(),
    "web": NETWORK | {"publish"},
    "web/live/prepare": PACKAGE | {"publish"},
    "grading": {"nn_check", "publish"},
    "benchmarks": PACKAGE | {"publish", "web", "grading", "tests"},
    "tests": PACKAGE | {"publish", "web", "grading"},
    # A test makes a contender wrong, by a subclass, to see that the benchmark notices.
    "tests/benchmarks": PACKAGE | {"publish", "benchmarks"},
    "tools": {"publish", "grading"},
}
PARTS = {name for name in MAY_IMPORT if "/" not in name}
# What the rooms of one part may import from that part.
INNER = {
    "nn_check/materials": set(),
    "nn_check/answers": set(),
    "nn_check/kinds": {"nn_check/answers"},
    "nn_check/exercises": {"nn_check/answers", "nn_check/kinds", "nn_check/materials"},
}


def imports(file):
    """Return the names of the parts that a file imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def imported_paths(file):
    """Yield what a file imports as paths: "nn_check/kinds/value" or "nn_check/kinds"."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.replace(".", "/") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (
                f"{node.module}.{alias.name}".replace(".", "/") for alias in node.names
            )


def files_of(part):
    one = ROOT / f"{part}.py"
    return [one] if one.exists() else sorted((ROOT / part).rglob("*.py"))


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_it_may(part):
    files = files_of(part)
    inner = [
        file
        for name in MAY_IMPORT
        if name.startswith(f"{part}/")
        for file in files_of(name)
    ]
    allowed = MAY_IMPORT[part] | {part.partition("/")[0]}
    assert files
    for file in set(files) - set(inner):
        wrong = set(imports(file)) & PARTS - allowed
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("room", INNER)
def test_a_room_imports_only_rooms_below_it(room):
    part = room.partition("/")[0]
    allowed = tuple(f"{name}/" for name in INNER[room] | {room})
    files = files_of(room)
    assert files
    for file in files:
        own = {f"{path}/" for path in imported_paths(file)}
        own = {path for path in own if path.startswith(f"{part}/")}
        wrong = {path for path in own if not path.startswith(allowed)}
        assert not wrong, f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_every_module_is_a_part_of_it():
    assert {path.stem for path in ROOT.glob("nn_*")} <= PARTS
