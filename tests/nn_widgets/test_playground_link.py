"""A link holds the whole experiment as text, and cannot bring in anything else."""

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nn_core
from nn_widgets import Challenge, Playground
from nn_widgets.playground.network.class_source import class_from, source_of
from nn_widgets.playground.panels.link_format import MOST_CHARACTERS, read_link
from tests.nn_widgets.readers_classes import NeuralNetwork, Uphill


def trained(**options):
    playground = Playground(**options)
    playground.advance(20)
    playground.update_rule.value = "blog"
    playground.learning_rate.value = 0.37
    playground.advance(13)
    playground.batch_size.value = "all"
    playground.advance(40)
    return playground


def packed(held, edition="1"):
    text = held if isinstance(held, bytes) else json.dumps(held).encode()
    inner = base64.urlsafe_b64encode(zlib.compress(text)).decode().rstrip("=")
    return f"playground={edition}.{inner}"


def held_by(link):
    inner = link.split(".", 1)[1]
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(inner + "==")))


GOOD = held_by(trained(batch_size=10).link())


# Written by the second edition: circles, 7 epochs, then 5 with the blog's update rule.
EARLIER_LINK = (
    "playground=1."
    "eNpdkOEKwjAMhF9l9PeQoQ7FVylD6hprIEul7VQQ392kiqL_0u9y117vJkMpyCGbXXM33hUnQGYz"
    "YhoJsmkbwxEzCOsW3VaOJ_QeeM_Rg7pWgtxY8OIKRlZrxjBF9GpFxpp2cxeEpCQDeCFrGSlmDTCT"
    "pD-qFCbgoszaTdvY5aJvm74TKSTnUTQzDML7H-1AMQgf6kuvav7XZDhiymWfZtIi3zi91U1nqk14"
    "Jnr10yX77q3u8eSIgENds5-_qVKs2-p9PAHV32SG"
)


def test_a_link_of_an_earlier_edition_opens():
    found = Playground.from_link(EARLIER_LINK)
    assert [epochs for epochs, _ in found.run.segments] == [7, 5]
    assert (found.hidden_nodes.value, found.update_rule.value) == (3, "blog")
    assert found.noise.layout.display == "none"
    assert "Circles" in found.challenges.value
    assert found.test_loss == pytest.approx(0.12656371429492844, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"dataset": "circles", "hidden_nodes": 5, "batch_size": 7, "seed": 3},
        {"dataset": "xor", "activation": "tanh", "loss": "cross_entropy"},
        {"dataset": nn_core.blobs(33, 0.7, 5), "init": "uniform", "batch_size": 10},
    ],
)
def test_the_very_same_network_comes_out_of_a_link(options):
    playground = trained(**options)
    link = playground.link()
    found = Playground.from_link(f"https://some.where/book.html#{link}")
    assert found.history == playground.history
    assert found.test_loss == playground.test_loss
    for name in nn_core.Gradients._fields:
        assert np.array_equal(
            getattr(found.network, name), getattr(playground.network, name)
        )
    assert found.link() == link
    for one in (playground, found):  # and they continue in the same way
        one.advance(5)
    assert found.history == playground.history


@pytest.mark.slow
def test_a_link_holds_the_epoch_that_is_shown_what_is_hidden_and_the_task():
    playground = trained(hide=["noise", "time"], challenge="spiral")
    playground.go_to(25)
    found = Playground.from_link(playground.link())
    assert found.history == playground.history
    assert len(found.history) == 25
    assert found.learning_rate.value == 0.37
    assert found.noise.layout.display == "none"
    assert found.folds.buttons["Time"].layout.display == "none"
    assert "Spiral" in found.challenges.value
    assert "XOR" not in found.challenges.value


def test_a_challenge_that_a_link_cannot_hold_is_named():
    own = Challenge("Few <nodes>", lambda playground: True)
    playground = Playground(challenge=["xor", own])
    with pytest.warns(
        UserWarning, match="does not hold .*: Few <nodes>. Write the task"
    ):
        link = playground.link()
    assert held_by(link)["challenges"] == ["xor"]
    playground.link_panel._copy(None)
    assert (
        "a function of your own: Few &lt;nodes&gt;"
        in playground.link_panel._words.value
    )
    assert playground.link_panel._text.value == f"#{link}"
    playground._opened = packed(GOOD)  # a link with the book's own challenges
    playground.link_panel._copy(None)
    assert "does not hold" not in playground.link_panel._words.value


@pytest.mark.slow
def test_painted_points_keep_their_plane():
    playground = Playground()
    playground.folds.open("Your own data")
    playground.own_data.paint_button.value = True
    playground.own_data.press(1, 2)
    found = Playground.from_link(playground.link())
    assert found.run.view == pytest.approx(playground.run.view)
    assert np.array_equal(found.run.own_data.inputs, playground.run.own_data.inputs)


@pytest.mark.slow
def test_code_in_a_link_waits_for_a_press():
    playground = Playground(network=Uphill)
    playground.advance(6)
    link = playground.link()
    found = Playground.from_link(link)
    assert found.history == []
    assert isinstance(found.network, nn_core.NeuralNetwork)
    assert "None of its code has run" in found.link_panel._words.value
    assert "class Uphill" in found.link_panel._code.value
    assert "def sigmoid" in found.link_panel._code.value
    found.link_panel._run_code.click()
    assert type(found.network).__name__ == "Uphill"
    assert found.history == playground.history
    assert found.link() == link  # it can be passed on
    assert Playground.from_link(link, network=Uphill).history == playground.history


@pytest.mark.slow
def test_the_page_s_own_class_needs_no_press():
    playground = Playground(network=NeuralNetwork)
    playground.advance(6)
    other = Playground(network=NeuralNetwork)
    other._opened = playground.link()  # as the page does
    assert other.history == playground.history
    other._opened = trained().link()
    assert isinstance(other.network, nn_core.NeuralNetwork)


def test_code_that_fails_is_reported_and_changes_nothing():
    held = GOOD | {"code": ["raise OSError('no <b>disk</b>')", "Mine"]}
    playground = Playground.from_link(packed(held))
    playground.link_panel._run_code.click()
    assert (
        "The code stopped: OSError: no &lt;b&gt;disk"
        in playground.link_panel._words.value
    )
    assert playground.history == []
    with pytest.raises(ValueError, match="expected its code to define the class Mine"):
        class_from("x = 1", "Mine")


def test_the_text_of_a_class_includes_what_it_uses():
    text = source_of(Uphill)
    kind = class_from(text, "Uphill")
    net = kind(2, 3, 1)
    assert net.feedforward(np.zeros((2, 4))).shape == (1, 4)
    assert text.index("import numpy as np") < text.index("class NeuralNetwork")
    assert text.index("def sigmoid") < text.index("class Uphill")
    assert source_of(type("Made", (), {})) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a text with playground=1"),
        ("https://some.where/", "expected a text with playground=1"),
        (packed(GOOD, "2"), "of edition '2'"),
        (packed(GOOD)[:-9], "damaged or cut off"),
        (packed(GOOD).replace("1.e", "1.f"), "damaged or cut off"),
        (packed(GOOD) + "A" * MOST_CHARACTERS, "at most 200,000 characters"),
        (packed(b" " * 50_000_000), "less than what is packed"),
        (packed(b"[" * 100_000), "damaged"),
        (packed(b"{"), "damaged"),
        (packed([1]), "expected the parts"),
        (packed(GOOD | {"more": 1}), "expected the parts"),
    ],
)
def test_a_damaged_link_is_refused_with_a_reason(text, words):
    with pytest.raises(ValueError, match=f"link: .*{words}"):
        read_link(text)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("settings", GOOD["settings"] | {"dataset": "../etc"}),
        ("settings", GOOD["settings"] | {"hidden_nodes": 10**9}),
        ("settings", GOOD["settings"] | {"seed": -1}),
        ("settings", GOOD["settings"] | {"noise": "much"}),
        ("settings", {}),
        ("segments", [[10**12, [1.0, None, "gradient"]]]),
        ("segments", [[0, [1.0, None, "gradient"]]]),
        ("segments", [[10, [1e9, None, "gradient"]]]),
        ("segments", [[10, [1.0, 0, "gradient"]]]),
        ("segments", [[10, [float("nan"), None, "gradient"]]]),
        ("segments", 7),
        ("now", [1.0, None, "adam"]),
        ("first_rule", None),
        ("samples", [[0, 1], [0, 1], [0, 1], None]),  # for another data set
        ("hide", 3),
        ("challenges", ["mars"]),
        ("code", "import os"),
        ("code", [1, 2]),
    ],
)
def test_a_link_that_no_playground_has_made_is_refused(part, value):
    with pytest.raises((ValueError, TypeError), match="link: it holds what cannot be"):
        read_link(packed(GOOD | {part: value}))


def test_a_link_that_is_refused_changes_nothing():
    playground = trained()
    before, told = playground.run, []
    playground.link_panel._copy(None)
    playground.words.observe(told.append, "value")
    for text in ("playground=9.abc", packed(GOOD | {"hide": ["everything"]})):
        playground._opened = text
        assert playground.run is before
        assert "Nothing has changed. link: it" in playground.link_panel._words.value
    assert told == []


@given(st.text(max_size=80), st.integers(0, 200), st.integers(0, 255))
@example("", 13, 128)  # not ASCII
@example("1" * 5000, 0, 0)  # more digits than Python reads
@settings(max_examples=30, deadline=None)
def test_any_change_of_a_link_is_read_or_refused(text, place, byte):
    link = packed(GOOD)
    place %= len(link)
    for changed in (
        text,
        packed(text.encode()),
        link[:place] + chr(byte) + link[place + 1 :],
        link[:place] + text + link[place:],
    ):
        refused = ""
        try:
            read_link(changed)
        except ValueError as error:
            refused = str(error)
        assert refused == "" or refused.startswith("link: ")
