"""The source text of a reader's class, with the functions and names that it uses."""

import ast
import inspect
import linecache
import types

PLAIN = (int, float, str, bool, type(None))


def source_of(kind):
    """Return lines of Python that define a class once more, an empty text if unknown.

    They begin with what it uses: modules, its own base classes, functions and numbers that
    are defined beside it.
    """
    parts, seen = [], set()
    names = _names_beside(kind)
    if not _collect(kind, names, parts, seen):
        return ""
    return "\n\n".join(parts) + "\n"


def _names_beside(kind):
    """Return the names that the class's own module, or notebook, defines."""
    for value in vars(kind).values():
        if isinstance(value, types.FunctionType):
            return value.__globals__
    return {}


def _collect(thing, names, parts, seen):
    """Add what defines a class or a function, after what it uses; return whether it could."""
    seen.add(id(thing))
    text = _text_of(thing)
    if not text:
        return False
    for base in getattr(thing, "__bases__", ()):  # perhaps of the same name
        if base.__module__ == thing.__module__ and id(base) not in seen:
            _collect(base, names, parts, seen)
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    for name in sorted(used & set(names)):
        value = names[name]
        if id(value) in seen or name == thing.__name__:
            continue
        if isinstance(value, types.ModuleType):
            seen.add(id(value))
            parts.insert(0, f"import {value.__name__} as {name}")
        elif isinstance(value, (types.FunctionType, type)):
            if value.__module__ == thing.__module__:
                _collect(value, names, parts, seen)
            else:
                parts.insert(0, f"from {value.__module__} import {value.__name__}")
        elif isinstance(value, PLAIN):
            parts.append(f"{name} = {value!r}")
    parts.append(text)
    return True


def _text_of(thing):
    """Return the text of a class or a function, as the cell or the file has it."""
    code = _code_of(thing)
    if code is None:
        return ""
    lines = linecache.getlines(code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return ""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef))
        and node.name == thing.__name__
        and node.lineno <= code.co_firstlineno <= node.end_lineno
    ]
    if not found:
        return ""
    text = ast.get_source_segment("".join(lines), found[0], padded=True)
    return inspect.cleandoc("\n" + text)


def _code_of(thing):
    if isinstance(thing, types.FunctionType):
        return thing.__code__
    codes = [
        value.__code__
        for value in vars(thing).values()
        if isinstance(value, types.FunctionType)
    ]
    return codes[0] if codes else None


def class_from(source, name):
    """Run lines of Python, which may do anything; return the class of that name.

    Its lines can be named when it makes a mistake.
    """
    file = f"<{name} from a link>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names = {"__name__": "from_a_link"}
    exec(compile(source, file, "exec"), names)  # the reader has asked for it
    found = names.get(name)
    if not isinstance(found, type):
        raise ValueError(f"link: expected its code to define the class {name}")
    return found
