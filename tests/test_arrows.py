"""Check which part of the project may import which, and that there are no import cycles.

import-linter can only check packages, but most parts of this project are single files.
"""

import ast
from graphlib import CycleError, TopologicalSorter

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
    "grading/examiner": {"nn_check"},
    "benchmarks": PACKAGE | {"publish", "web", "grading"},
    "tests": PACKAGE | {"publish", "web", "grading"},
    # A test subclasses a contender to make it wrong: the benchmark must notice.
    "tests/benchmarks": PACKAGE | {"publish", "benchmarks"},
    "tools": {"publish", "grading"},
}
LAYERS_OF_GRADING = [  # a module imports nothing of a later layer
    {"examiner"},
    {"course", "records", "sources", "jobs", "cluster", "progress", "student_copies"},
    {"intake"},
    {"marks"},
    {"reports"},
    {"command"},
]
PARTS = {name for name in MAY_IMPORT if "/" not in name}
# Which other rooms of its part a room may import.
INNER = {
    "nn_check/materials": set(),
    "nn_check/answers": set(),
    "nn_check/kinds": {"nn_check/answers"},
    "nn_check/exercises": {"nn_check/answers", "nn_check/kinds", "nn_check/materials"},
}


def imported_paths(file):
    """Yield a file's imports as paths, also those inside functions: "nn_check/kinds/value"."""
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
        imported = {path.partition("/")[0] for path in imported_paths(file)}
        wrong = imported & PARTS - allowed
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


def modules(*parts):
    """Return {dotted name: file} of the modules of these parts."""
    found = {}
    for part in parts:
        for file in (ROOT / part).rglob("*.py"):
            names = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(names[:-1] if names[-1] == "__init__" else names)] = file
    return found


def imported_modules(name, known):
    """Return which of the known modules a module imports, also within functions."""
    package = name if known[name].name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(known[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            outer = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*outer, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in known else base)
    return found & known.keys()


def circle(graph):
    """Return the modules of an import circle, [] if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("part", ["grading", "publish", "web"])
def test_no_module_imports_itself_through_others(part):
    known = modules(part)
    assert circle({name: imported_modules(name, known) for name in known}) == []


def test_a_circle_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "part" / "inner").mkdir(parents=True)
    (tmp_path / "part" / "__init__.py").touch()
    (tmp_path / "part" / "a.py").write_text("from part.inner import b")
    (tmp_path / "part" / "inner" / "b.py").write_text("def f():\n    from .. import c")
    (tmp_path / "part" / "c.py").write_text("from .a import x")
    known = modules("part")
    found = circle({name: imported_modules(name, known) for name in known})
    assert set(found) == {"part.a", "part.inner.b", "part.c"}


def test_the_rooms_of_grading_import_in_one_direction():
    layer_of = {room: n for n, rooms in enumerate(LAYERS_OF_GRADING) for room in rooms}
    known = modules("grading")
    for name in known.keys() - {"grading"}:
        room = name.split(".")[1]
        for other in imported_modules(name, known) - {"grading"}:
            assert layer_of[other.split(".")[1]] <= layer_of[room], (name, other)
