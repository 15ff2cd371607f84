"""Make a cell's outputs in nbformat's form, or clean those that a student sent."""

import base64
from typing import Any

from .job import Json, Outputs

MOST_OUTPUTS = 200  # of a cell
MOST_TEXT = 110_000  # characters of an output: what a cell may print, and a note on it
MOST_KEPT = 16 * 2**20  # characters of a whole submission


def error_output(kind: str, text: str) -> Json:
    text = text[:10_000]
    return {
        "output_type": "error",
        "ename": kind,
        "evalue": text,
        "traceback": [f"{kind}: {text}" if text else kind],
    }


def stopped_output(text: str) -> Json:
    """Return what a student reads about a cell or a test that was broken off."""
    return error_output("Stopped", text)


def printed_output(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text[:100_000]}


def result_output(value: Any) -> Json:
    """Return a test's result; nbgrader reads a number as the points it gives."""
    data: Json = {"data": {"text/plain": repr(value)[:10_000]}, "metadata": {}}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"output_type": "execute_result", "execution_count": None, **data}
    return {"output_type": "display_data", **data}


class OutputCleaner:
    """Cleans the outputs of one submission's cells, within a limit for all of them."""

    def __init__(self) -> None:
        self.left = MOST_KEPT

    def clean(self, outputs: Any) -> Outputs:
        """Return a cell's outputs, rebuilt from the parts that are allowed.

        Raises KeyError, TypeError, ValueError or AttributeError for invalid outputs.
        """
        cleaned: Outputs = []
        for output in outputs[:MOST_OUTPUTS]:
            made = _clean_output(output)
            self.left -= _size(made)
            if self.left < 0:
                note = "(The notebook shows more than is kept; the rest is left out.)"
                return [*cleaned, printed_output(note)]
            cleaned.append(made)
        return cleaned


def _size(output: Json) -> int:
    parts = [*output.get("data", {}).values(), *output.get("traceback", ())]
    text = output.get("text") or output.get("evalue") or ""
    return sum(map(len, parts)) + len(text)


def _text(value: Any) -> str:
    return str(value)[:MOST_TEXT]


def _clean_output(output: Any) -> Json:
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output["text"])}
    if kind == "error":
        lines = "\n".join(str(line) for line in output["traceback"][:1000])
        return {
            "output_type": "error",
            "ename": _text(output["ename"])[:200],
            "evalue": _text(output["evalue"]),
            "traceback": _text(lines).split("\n"),
        }
    if kind not in ("display_data", "execute_result"):
        raise ValueError(kind)
    data = {"text/plain": _text(output["data"].get("text/plain", ""))}
    for key in ("image/png", "image/jpeg"):
        if key in output["data"]:
            picture = base64.b64decode(output["data"][key])
            data[key] = base64.b64encode(picture).decode("ascii")
    return {"output_type": "display_data", "data": data, "metadata": {}}
