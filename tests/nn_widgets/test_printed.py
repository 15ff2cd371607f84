"""What the reader's code prints in a widget, with cells and other widgets beside it."""

import sys
import threading

import pytest

from nn_widgets.playground.network.printed import MOST_PRINTED, EndlessPrint, captured


def in_a_thread(prints):
    """Take what a thread of its own prints; yield it, then let the thread end."""
    began, may_end, shown = threading.Event(), threading.Event(), []

    def work():
        with captured() as printed:
            print(prints)
            began.set()
            may_end.wait(30)
            print("and more")
        shown.append(printed.text)

    thread = threading.Thread(target=work)
    thread.start()
    assert began.wait(30)
    yield shown
    may_end.set()
    thread.join(30)
    yield shown


def test_another_thread_prints_on_the_page_meanwhile(capsys):
    """JupyterLab answers widgets in a thread beside the cells."""
    widget = in_a_thread("from the widget")
    next(widget)
    print("from the cell")
    assert next(widget) == ["from the widget\nand more\n"]
    assert capsys.readouterr().out == "from the cell\n"


def test_two_threads_that_end_in_the_order_they_began_leave_the_page_its_output(capsys):
    """With contextlib.redirect_stdout, nothing would be printed from then on."""
    first, second = in_a_thread("one"), in_a_thread("two")
    next(first), next(second)
    next(first), next(second)
    print("afterwards")
    assert capsys.readouterr().out == "afterwards\n"


def test_a_block_in_a_block_takes_its_own(capsys):
    with captured() as outer:
        print("before")
        with captured() as inner:
            print("within")
        print("after")
    print("on the page")
    assert (outer.text, inner.text) == ("before\nafter\n", "within\n")
    assert capsys.readouterr().out == "on the page\n"


def test_a_print_without_an_end_is_stopped():
    with pytest.raises(EndlessPrint, match="more than 100,000 characters"), captured():
        print("x" * (MOST_PRINTED + 1))


def test_the_page_keeps_what_its_output_can_do(capsys):
    """ipykernel tells sys.stdout which cell is at work."""
    before = sys.stdout
    before.set_parent = lambda cell: cell
    with captured():
        assert sys.stdout.set_parent("a cell") == "a cell"
        assert sys.stdout.encoding == before.encoding
