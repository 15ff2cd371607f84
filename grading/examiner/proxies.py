"""Represent objects of the student's process, and its errors, in the tests' process."""

from __future__ import annotations

import builtins
import inspect
import linecache
import traceback
from typing import Any, NoReturn, Protocol

from .job import Json
from .plain_values import NotPlain
from .student_client import StudentClient


class Caller(Protocol):
    """Uses the objects that proxies represent: the examiner."""

    def attribute(self, proxy: Proxy, name: str) -> Any: ...

    def call(
        self, proxy: Proxy, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Any: ...


class Proxy:
    """An object of the student's process; using it uses the object in the sandbox."""

    def __init__(
        self, examiner: Caller, process: StudentClient, description: Json
    ) -> None:
        self._examiner, self._process = examiner, process
        self._number = int(description["number"])
        signature = description.get("signature")
        if signature is not None:
            self.__signature__ = _signature(signature)  # for inspect.signature

    def __deepcopy__(self, memo: Any) -> Proxy:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._examiner.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            self._examiner.attribute(self, "__setattr__")(name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._examiner.attribute(self, "__getitem__")(key)

    def __len__(self) -> int:
        length: int = self._examiner.attribute(self, "__len__")()
        return length


class FunctionProxy(Proxy):
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._examiner.call(self, arguments, named)


class _Default:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _signature(parameters: Any) -> inspect.Signature:
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


def apply_change(argument: Any, state: Json) -> None:
    """Change an argument as the student's code changed its copy."""
    if "fields" in state:
        for name, value in state["fields"].items():
            present: Any = getattr(argument, name, None)
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


def same_kind_of_array(one: Any, other: Any) -> bool:
    if not (hasattr(one, "shape") and hasattr(other, "shape")):
        return False
    return bool(one.shape == other.shape and one.dtype == other.dtype)


def rebuilt_error(description: Json) -> tuple[BaseException, str]:
    """Return an exception like the student's, and the line of code that raised it."""
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
    except TypeError:  # UnicodeDecodeError and others take more than a message
        error = RuntimeError(text)
    return error, str(description["line"])[:500]


ANSWER = "<answer "


def raised_there(error: BaseException) -> bool:
    """Tell whether the student's code raised this error."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.filename.startswith(ANSWER) for frame in frames)


def raise_as_there(rebuilt: tuple[BaseException, str]) -> NoReturn:
    """Raise the error so that its traceback shows the student's line of code."""
    error, line = rebuilt
    name = f"{ANSWER}{len(linecache.cache)}>"
    linecache.cache[name] = (len(line), None, [line + "\n"], name)
    exec(compile("raise error", name, "exec"), {"error": error})
    raise error
