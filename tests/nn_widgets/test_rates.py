"""The slider over powers of ten has the round numbers on it."""

import pytest

from nn_widgets.controls import log_slider


def places(slider):
    """Return the value for each place that a page's slider has."""
    count = round((slider.max - slider.min) / slider.step)
    for step in range(count + 1):
        slider.value = 10 ** (slider.min + step * slider.step)
        yield slider.value


def test_every_round_number_is_a_place():
    rates = list(places(log_slider("rate", 1.0, -3, 2)))
    for power in (-3, -2, -1, 0, 1):
        for digit in range(1, 10):
            assert float(f"{digit}e{power}") in rates
    assert rates[-1] == 100
    assert len(set(rates)) == len(rates) == 251
    assert rates == sorted(rates)


@pytest.mark.parametrize("value", [3.02, 0.37, 1.1, 2.96, 0.001, 99.9])
def test_numbers_between_the_places_stay(value):
    slider = log_slider("rate", 1.0, -3, 2)
    slider.value = value
    assert slider.value == value


def test_what_the_page_sends_is_corrected_there():
    slider, sent = log_slider("rate", 1.0, -3, 2), []
    slider.send_state = lambda key=None: sent.append(key)
    slider.set_state({"value": 10**0.48})
    assert slider.value == 3
    assert any("value" in keys for keys in sent)
