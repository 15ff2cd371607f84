"""What stays in the student's process, and what happens there, as a test sees it."""

import builtins
import inspect
import linecache
import traceback

from plain_values import NotPlain


class Remote:
    """Something of the student's that is no data: calling it calls it in the sandbox."""

    def __init__(self, examiner, process, description):
        self._examiner, self._process = examiner, process
        self._number = int(description["number"])
        signature = description.get("signature")
        if signature is not None:
            self.__signature__ = _signature(signature)

    def __deepcopy__(self, memo):
        return self

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._examiner.attribute(self, name)

    def __setattr__(self, name, value):
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            self._examiner.attribute(self, "__setattr__")(name, value)

    def __getitem__(self, key):
        return self._examiner.attribute(self, "__getitem__")(key)

    def __len__(self):
        return self._examiner.attribute(self, "__len__")()


class RemoteFunction(Remote):
    def __call__(self, *arguments, **named):
        return self._examiner.call(self, arguments, named)


class _Default:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def _signature(parameters):
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=inspect.Parameter.empty
                    if default is None
                    else _Default(default),
                )
                for name, kind, default in parameters[:100]
            ]
        )
    except (TypeError, ValueError):
        return inspect.Signature(
            [inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL)]
        )


def apply_change(argument, state):
    """Change an argument as the student's copy of it was changed."""
    if "fields" in state:
        for name, value in state["fields"].items():
            present = getattr(argument, name, None)
            if same_kind_of_array(present, value):
                present[...] = value
            else:
                setattr(argument, name, value)
        return
    whole = state["whole"]
    if isinstance(argument, list) and isinstance(whole, list):
        argument[:] = whole
    elif isinstance(argument, dict) and isinstance(whole, dict):
        argument.clear()
        argument.update(whole)
    elif type(argument) is type(whole) and argument.shape == whole.shape:
        argument[...] = whole
    else:
        raise NotPlain("an argument that has become something else")


def same_kind_of_array(one, other):
    if not (hasattr(one, "shape") and hasattr(other, "shape")):
        return False
    return one.shape == other.shape and one.dtype == other.dtype


def rebuilt_error(description):
    """Return an exception like the one that was raised there, and the line it arose in."""
    text = str(description["text"])[:10_000]
    types = [str(name) for name in description["types"][:100]]
    for name in types:
        kind = getattr(builtins, name, None)
        if name in ("KeyboardInterrupt", "GeneratorExit", "BaseException"):
            kind = RuntimeError
        if isinstance(kind, type) and issubclass(kind, BaseException):
            break
    else:
        kind = RuntimeError
    if types[0] != kind.__name__:
        kind = type(types[0][:100], (kind,), {})
    try:
        error = kind(text)
    except TypeError:  # UnicodeDecodeError and its like want more than a text
        error = RuntimeError(text)
    return error, str(description["line"])[:500]


ANSWER = "<answer "


def raised_there(error):
    """Tell whether an error is one that the student's own code raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.filename.startswith(ANSWER) for frame in frames)


def raise_as_there(rebuilt):
    """Raise the error from a line of code that reads as the student's own does."""
    error, line = rebuilt
    name = f"{ANSWER}{len(linecache.cache)}>"
    linecache.cache[name] = (len(line), None, [line + "\n"], name)
    exec(compile("raise error", name, "exec"), {"error": error})
