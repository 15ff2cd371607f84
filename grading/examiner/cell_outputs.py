"""A cell's outputs in nbformat's form: made, or made anew from what a student sent."""

import base64

MOST_OUTPUTS = 200  # of a cell
MOST_TEXT = 110_000  # characters of an output: what a cell may print, and a note on it
MOST_KEPT = 16 * 2**20  # characters of a whole submission


def error_output(kind, text):
    text = text[:10_000]
    return {
        "output_type": "error",
        "ename": kind,
        "evalue": text,
        "traceback": [f"{kind}: {text}" if text else kind],
    }


def stopped_output(text):
    """Return what a student reads of a cell or a test that did not come to its end."""
    return error_output("Stopped", text)


def printed_output(text):
    return {"output_type": "stream", "name": "stdout", "text": text[:100_000]}


def result_output(value):
    """Return a test's result: a number is a part of its points, as nbgrader has it."""
    data = {"data": {"text/plain": repr(value)[:10_000]}, "metadata": {}}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"output_type": "execute_result", "execution_count": None, **data}
    return {"output_type": "display_data", **data}


class Kept:
    """What a submission's cells may show, all of them together."""

    def __init__(self):
        self.left = MOST_KEPT

    def clean(self, outputs):
        """Return a cell's outputs, made anew from the parts that are allowed.

        Raises KeyError, TypeError, ValueError or AttributeError for what no notebook has.
        """
        cleaned = []
        for output in outputs[:MOST_OUTPUTS]:
            made = _clean_output(output)
            self.left -= _size(made)
            if self.left < 0:
                note = "(The notebook shows more than is kept; the rest is left out.)"
                return [*cleaned, printed_output(note)]
            cleaned.append(made)
        return cleaned


def _size(output):
    parts = [*output.get("data", {}).values(), *output.get("traceback", ())]
    return sum(map(len, parts)) + len(output.get("text", output.get("evalue", "")))


def _text(value):
    return str(value)[:MOST_TEXT]


def _clean_output(output):
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
