"""Samples as lines of text: two numbers and a label, as spreadsheets write them (CSV)."""

import csv
import io
import math

import numpy as np

import nn_core

MOST = 2000  # samples: as many stay quick
NAMED = 8  # lines that are named when they cannot be read
EXPECTED = "samples: expected two columns of numbers and one of two labels"


def read_samples(text):
    """Return the Dataset that the lines of a table hold, and the two labels.

    Columns are parted by commas, semicolons or tabs; beside the latter two a number may have
    a decimal comma. The labels are in the last column, or else in the first. The one that
    comes first in the order of the alphabet, or of numbers, is class 0. The first line may
    name the columns; empty lines do not count.

    Raises
    ------
    ValueError
        It names each line that cannot be read, counting from 1, and why.
    """
    mark = _separator(text)
    lines = [
        (number, _cells(line, mark))
        for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)
        if line.strip()
    ]
    if not lines:
        raise ValueError(f"{EXPECTED}, got no line with text")
    whole = [cells for _, cells in lines if len(cells) == 3]
    place = _label_column(whole, mark)
    if not _numbers(lines[0][1], place, mark) and any(
        _numbers(cells, place, mark) for cells in whole
    ):
        del lines[0]  # it names the columns
    faults, rows = [], []
    for number, cells in lines:
        if len(cells) != 3:
            faults.append(f"line {number}: expected 3 columns, got {len(cells)}")
        elif not cells[place]:
            faults.append(f"line {number}: the label is missing")
        elif not (found := _numbers(cells, place, mark)):
            wrong = [cell for i, cell in enumerate(cells) if i != place]
            faults.append(f"line {number}: expected two numbers, got {wrong}")
        else:
            rows.append((*found, cells[place]))
    _refuse(faults)
    return _dataset(rows, mark)


def _cells(line, mark):
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]
    except csv.Error:  # a cell that is longer than any number or label
        return [line]


def _separator(text):
    """Return the mark that cuts most lines into three."""
    lines = text.splitlines()
    return max("\t;,", key=lambda mark: sum(line.count(mark) == 2 for line in lines))


def _label_column(rows, mark):
    """Return the place of the column with the labels: 2, or 0 if only that one can be it."""

    def readable(place):
        return sum(_numbers(cells, place, mark) is not None for cells in rows)

    def labels(place):
        return len({cells[place] for cells in rows[1:]})

    first, last = readable(0), readable(2)
    if first != last:
        return 0 if first > last else 2
    return 0 if labels(2) > 2 >= labels(0) else 2


def _numbers(cells, place, mark):
    """Return the two numbers of a line, None if they are none."""
    if len(cells) != 3:
        return None
    try:
        values = [
            float(cell if mark == "," else cell.replace(",", "."))
            for i, cell in enumerate(cells)
            if i != place
        ]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def _refuse(faults):
    if faults:
        more = len(faults) - NAMED
        rest = [f"and {more} more lines"] if more > 0 else []
        raise ValueError(f"{EXPECTED}; " + "; ".join([*faults[:NAMED], *rest]))


def _dataset(rows, mark):
    if len(rows) > MOST:
        raise ValueError(f"samples: expected at most {MOST:,}, got {len(rows):,}")
    labels = {label for _, _, label in rows}
    if len(labels) != 2:
        shown = ", ".join(sorted(labels)[:5])
        raise ValueError(f"{EXPECTED}, got {len(labels)} different labels: {shown}")

    def order(label):
        try:
            return 0, float(label.replace(",", ".")), label
        except ValueError:
            return 1, 0.0, label

    labels = sorted(labels, key=order)
    inputs = np.array([row[:2] for row in rows]).T
    targets = np.array([[float(label == labels[1]) for *_, label in rows]])
    return nn_core.Dataset(inputs, targets), tuple(labels)


def write_samples(dataset, labels=("0", "1")):
    """Return a data set's samples as lines that `read_samples` reads, to the last digit."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["input 1", "input 2", "class"])
    for (x, y), target in zip(dataset.inputs.T, dataset.targets[0], strict=True):
        table.writerow([repr(float(x)), repr(float(y)), labels[int(target > 0.5)]])
    return file.getvalue()
