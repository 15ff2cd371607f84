"""Pasted or loaded samples: what is read, and what is refused, with its line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_core
from nn_widgets.playground.panels.own_data_table import (
    MOST_SAMPLES,
    read_samples,
    write_samples,
)

WANTED = nn_core.Dataset(
    np.array([[1, 2.5, -3], [4, 5e-1, 6]]), np.array([[0, 1, 0.0]])
)


@pytest.mark.parametrize(
    "text",
    [
        "1,4,a\n2.5,0.5,b\n-3,6,a\n",
        "x,y,kind\n1,4,a\n2.5,0.5,b\n-3,6,a",
        "\ufeffx;y;kind\r\n1;4;a\r\n2,5;0,5;b\r\n-3;6;a\r\n",
        "1\t4\ta\n\n2,5\t5e-1\tb\n   \n-3\t6\ta\n\n",
        'label,x,y\n"a",1,4\n"b", 2.5 ,0.5\n"a",-3,6\n',
        "1, 4, a\n2.5, 0.5, b\n-3, 6, a",
    ],
)
def test_tables_are_read(text):
    data, labels = read_samples(text)
    assert labels == ("a", "b")
    assert np.array_equal(data.inputs, WANTED.inputs)
    assert np.array_equal(data.targets, WANTED.targets)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("1,4,0\n2,5,1\n3,7,1", ("0", "1")),
        ("1,4,10\n2,5,9\n3,7,9", ("9", "10")),  # in numerical order
        ("-1,4,7\n1,5,8\n1,5,9\n-1,3,6", ("-1", "1")),  # the first column
        ("1,2,no\n3,4,yes", ("no", "yes")),
    ],
)
def test_class_0_is_the_label_that_comes_first(text, labels):
    assert read_samples(text)[1] == labels


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "got no line with text"),
        (" \n\n", "got no line with text"),
        (
            "1,2,a\n3,four,b\n5,6,a",
            r"line 2: expected two numbers, got \['3', 'four'\]",
        ),
        ("1,2,a\n3,4\n5,6,b", "line 2: expected 3 columns, got 2"),
        ("x,y,c\n1,2,a\n\n3,4,b,5", "line 4: expected 3 columns, got 4"),
        ("1,2,a\n3,nan,b\n1,2,b", "line 2: expected two numbers"),
        ("1,2,a\n3,inf,b\n1,2,b", "line 2: expected two numbers"),
        ("1,2,a\n3,4,\n1,2,b", "line 2: the label is missing"),
        ("1,2,a\n3,4,a", "got 1 different labels: a"),
        ("1,2,a\n3,4,b\n5,6,c", "got 3 different labels: a, b, c"),
        ("only words", "line 1: expected 3 columns, got 1"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, words):
    with pytest.raises(ValueError, match=words) as caught:
        read_samples(text)
    assert str(caught.value).startswith("samples: expected")


def test_many_faults_are_counted_and_too_many_samples_refused():
    with pytest.raises(ValueError, match="line 9: .*and 12 more lines"):
        read_samples("1,2,a\n" + "1,2\n" * 20)
    rows = "".join(f"{i},1,{i % 2}\n" for i in range(MOST_SAMPLES + 1))
    with pytest.raises(ValueError, match="at most 2,000, got 2,001"):
        read_samples(rows)
    assert read_samples(rows.split("\n", 1)[1])[0].inputs.shape == (2, MOST_SAMPLES)


finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.slow
@given(st.lists(st.tuples(finite, finite), min_size=2, max_size=20))
def test_what_is_written_is_read_again_to_the_last_digit(points):
    targets = np.arange(len(points))[np.newaxis] % 2.0
    data = nn_core.Dataset(np.array(points).T, targets)
    found, labels = read_samples(write_samples(data, ("no, never", "yes")))
    assert labels == ("no, never", "yes")
    assert np.array_equal(found.inputs, data.inputs)
    assert np.array_equal(found.targets, data.targets)


@given(st.text(alphabet="0123456789.,;\t\n ab-e\"'\r\x00", max_size=60))
def test_any_text_is_read_or_refused_in_words(text):
    refused = ""
    try:
        data, _ = read_samples(text)
    except ValueError as error:
        refused = str(error)
    assert refused.startswith("samples: expected") or np.isfinite(data.inputs).all()
