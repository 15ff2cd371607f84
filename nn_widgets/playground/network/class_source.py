"""The source code of a reader's class, with the functions and names that it uses."""

import ast
import inspect
import linecache
import types

PLAIN = (int, float, str, bool, type(None))


def source_of(kind):
    """Return Python source that defines the class again; "" if its source is unknown.

    It starts with what the class uses: modules, and the base classes, functions and
    constants that are defined in the same module or notebook.
    """
    parts, seen = [], set()
    names = _names_beside(kind)
    if not _collect(kind, names, parts, seen):
        return ""
    return "\n\n".join(parts) + "\n"


def _names_beside(kind):
    """Return the global names of the module, or notebook, that defines the class."""
    for value in vars(kind).values():
        if isinstance(value, types.FunctionType):
            return value.__globals__
    return {}


def _collect(thing, names, parts, seen):
    """Append a class or function after what it uses; return whether its source is known."""
    seen.add(id(thing))
    text = _text_of(thing)
    if not text:
        return False
    for base in getattr(thing, "__bases__", ()):  # a base may have the same name
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
    """Return the source of a class or a function from its cell or file; "" if unknown."""
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
    """Execute Python source, which may do anything; return the class with this name.

    Its lines are registered with linecache, so that error messages can quote them.
    """
    file = f"<{name} from a link>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names = {"__name__": "from_a_link"}
    exec(compile(source, file, "exec"), names)  # the reader pressed "Run this code"
    found = names.get(name)
    if not isinstance(found, type):
        raise ValueError(f"link: expected its code to define the class {name}")
    return found
