"""Turn values into JSON and back, between the student's process and the examiner.

Only plain data is sent: numbers, text, containers and NumPy arrays. Any other object stays in
the student's process, and a reference to it is sent. Decoding runs no code of the sender's,
unlike unpickling.
"""

import base64
import collections
import json
import math
import re
import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

LARGEST_MESSAGE = 16 * 2**20  # bytes
MOST_CONTAINERS = 200_000  # in a message: each takes far more memory than its brackets
MOST_HASHED = 10_000  # in a set or a dictionary: limits the cost of hash collisions
LONGEST_NUMBER = 10_000  # hexadecimal digits
DEEPEST = 50  # containers within containers
ARRAY_TYPE = re.compile(r"[<>|=][biufcSUmM]\d+")


class NotPlain(Exception):
    """An invalid message."""


def encode(value: Any, refer: Callable[[Any], Any], depth: int = 0) -> Any:
    """Return the value in JSON's types; refer(value) replaces what is not data."""
    kind = type(value)
    if value is None or kind in (bool, str, float):
        return value
    if kind is int:
        return value if abs(value) < 2**53 else {"int": hex(value)}
    if depth > DEEPEST:
        return refer(value)

    def each(items: Iterable[Any]) -> list[Any]:
        return [encode(item, refer, depth + 1) for item in items]

    if kind is list:
        return each(value)
    if kind in (tuple, set, frozenset):
        return {kind.__name__: each(value)}
    if kind is dict:
        return {"dict": [each(pair) for pair in value.items()]}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if kind is bytes:
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if not ARRAY_TYPE.fullmatch(array.dtype.str):
            return refer(value)
        data = base64.b64encode(array.tobytes()).decode("ascii")
        tag = "scalar" if isinstance(value, np.generic) else "array"
        return {tag: [array.dtype.str, list(array.shape), data]}
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return {"named": [kind.__name__, list(kind._fields), each(tuple(value))]}
    return refer(value)


def decode(value: Any, reference: Callable[[Any], Any]) -> Any:
    """Return the value that was encoded; reference(description) replaces what was not data."""
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, list):
        return [decode(item, reference) for item in value]
    if not isinstance(value, dict) or len(value) != 1:
        raise NotPlain("expected one tag and its content")
    ((tag, content),) = value.items()

    def items() -> list[Any]:
        return [decode(item, reference) for item in content]

    if tag in ("set", "frozenset", "dict") and len(content) > MOST_HASHED:
        raise NotPlain(f"a {tag} of {len(content):,}; at most {MOST_HASHED:,}")
    if tag == "int":
        if len(content) > LONGEST_NUMBER:
            raise NotPlain("an endless number")
        return int(content, 16)
    if tag in ("tuple", "set", "frozenset"):
        return {"tuple": tuple, "set": set, "frozenset": frozenset}[tag](items())
    if tag == "dict":
        return dict(items())
    if tag == "complex":
        return complex(*content)
    if tag == "bytes":
        return base64.b64decode(content)
    if tag in ("array", "scalar"):
        array = _array(*content)
        return array if tag == "array" else array[()]
    if tag == "named":
        name, fields, values = content
        if len(fields) > 100:
            raise NotPlain("a tuple with more than 100 names")
        names = [str(field) for field in fields]
        kind = collections.namedtuple(str(name), names)  # type: ignore[misc]
        return kind(*(decode(item, reference) for item in values))
    if tag == "reference":
        return reference(content)
    raise NotPlain(f"unknown tag {tag!r}")


def _array(dtype: Any, shape: Any, data: Any) -> Any:
    if not ARRAY_TYPE.fullmatch(dtype):
        raise NotPlain(f"an array of type {dtype!r}")
    dtype, content = np.dtype(dtype), base64.b64decode(data)
    if not all(type(size) is int and size >= 0 for size in shape) or len(shape) > 32:
        raise NotPlain("an array's shape")
    if math.prod(shape) * dtype.itemsize != len(content):
        raise NotPlain("an array whose shape and content differ")
    if dtype.itemsize == 0:  # empty text takes no bytes here, but some in memory
        if math.prod(shape) > 2**20:
            raise NotPlain("an array of nothing")
        return np.zeros(shape, dtype)
    return np.frombuffer(content, dtype).reshape(shape).copy()


def pack(message: Any) -> bytes:
    """Return a message as bytes: its length, then JSON."""
    body = json.dumps(message).encode("ascii")
    return struct.pack(">Q", len(body)) + body


def unpack(read: Callable[[int], bytes]) -> Any:
    """Return the next message; read(n) must return exactly n bytes."""
    (size,) = struct.unpack(">Q", read(8))
    if size > LARGEST_MESSAGE:
        raise NotPlain(f"a message of {size:,} bytes; at most {LARGEST_MESSAGE:,}")
    body = read(size)
    containers = body.count(b"[") + body.count(b"{")
    if containers > MOST_CONTAINERS:
        raise NotPlain(f"{containers:,} containers; at most {MOST_CONTAINERS:,}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotPlain(f"no JSON: {error}") from error
