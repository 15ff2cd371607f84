"""Read and write samples as CSV: two numbers and a label in each line."""

import csv
import io
import math

import numpy as np

import nn_core

MOST_SAMPLES = 2000  # so that training and drawing stay fast
MOST_FAULTS = 8  # lines that the error message lists
EXPECTED = "samples: expected two columns of numbers and one of two labels"


def read_samples(text):
    """Return the Dataset in the lines of a table, and the two labels.

    Columns are separated by commas, semicolons or tabs; with semicolons and tabs, numbers may
    have a decimal comma. The label is in the last column or the first. The label that sorts
    first, by number or else alphabetically, is class 0. The first line may name the columns;
    empty lines are ignored.

    Raises
    ------
    ValueError
        The message gives the number of each line that cannot be read, from 1, and the reason.
    """
    separator = _separator(text)
    lines = [
        (number, _cells(line, separator))
        for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)
        if line.strip()
    ]
    if not lines:
        raise ValueError(f"{EXPECTED}, got no line with text")
    whole = [cells for _, cells in lines if len(cells) == 3]
    place = _label_column(whole, separator)
    if not _numbers(lines[0][1], place, separator) and any(
        _numbers(cells, place, separator) for cells in whole
    ):
        del lines[0]  # the header
    faults, rows = [], []
    for number, cells in lines:
        if len(cells) != 3:
            faults.append(f"line {number}: expected 3 columns, got {len(cells)}")
        elif not cells[place]:
            faults.append(f"line {number}: the label is missing")
        elif not (found := _numbers(cells, place, separator)):
            wrong = [cell for i, cell in enumerate(cells) if i != place]
            faults.append(f"line {number}: expected two numbers, got {wrong}")
        else:
            rows.append((*found, cells[place]))
    _raise_faults(faults)
    return _dataset(rows, separator)


def _cells(line, separator):
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    except csv.Error:  # a cell longer than any number or label
        return [line]


def _separator(text):
    """Return the separator that splits most lines into three cells."""
    lines = text.splitlines()
    return max("\t;,", key=lambda mark: sum(line.count(mark) == 2 for line in lines))


def _label_column(rows, separator):
    """Return the index of the label column: 2, or 0 if only the first can hold labels."""

    def readable(place):
        return sum(_numbers(cells, place, separator) is not None for cells in rows)

    def labels(place):
        return len({cells[place] for cells in rows[1:]})

    first, last = readable(0), readable(2)
    if first != last:
        return 0 if first > last else 2
    return 0 if labels(2) > 2 >= labels(0) else 2


def _numbers(cells, place, separator):
    """Return the two numbers of a line; None if a cell is not a finite number."""
    if len(cells) != 3:
        return None
    try:
        values = [
            float(cell if separator == "," else cell.replace(",", "."))
            for i, cell in enumerate(cells)
            if i != place
        ]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def _raise_faults(faults):
    if faults:
        more = len(faults) - MOST_FAULTS
        rest = [f"and {more} more lines"] if more > 0 else []
        raise ValueError(f"{EXPECTED}; " + "; ".join([*faults[:MOST_FAULTS], *rest]))


def _dataset(rows, separator):
    if len(rows) > MOST_SAMPLES:
        raise ValueError(
            f"samples: expected at most {MOST_SAMPLES:,}, got {len(rows):,}"
        )
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
    """Return a data set as lines that `read_samples` reads back without loss."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["input 1", "input 2", "class"])
    for (x, y), target in zip(dataset.inputs.T, dataset.targets[0], strict=True):
        table.writerow([repr(float(x)), repr(float(y)), labels[int(target > 0.5)]])
    return file.getvalue()
