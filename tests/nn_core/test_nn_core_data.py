"""The data sets: shapes, classes, positions and random numbers."""

import hashlib

import numpy as np
import pytest

import nn_core
from nn_core import Dataset

NAMES = ["moons", "circles", "spiral", "blobs"]


def make(name, *args, **options):
    return getattr(nn_core, name)(*args, **options)


def test_xor_is_its_truth_table():
    data = nn_core.xor()
    assert isinstance(data, Dataset)
    table = {tuple(x): t for x, t in zip(data.inputs.T, data.targets[0], strict=True)}
    assert table == {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    assert data.inputs.dtype == data.targets.dtype == np.float64


def test_xor_is_new_each_time():
    nn_core.xor().inputs[...] = 9
    assert nn_core.xor().inputs.max() == 1


@pytest.mark.parametrize("name", NAMES)
class TestTwoClasses:
    @pytest.mark.parametrize("n", [2, 3, 10, 201, np.int64(8)])
    def test_shape_and_both_classes(self, name, n):
        data = make(name, n)
        assert isinstance(data, Dataset)
        assert data.inputs.shape == (2, n)
        assert data.targets.shape == (1, n)
        assert data.inputs.dtype == data.targets.dtype == np.float64
        assert np.isfinite(data.inputs).all()
        assert set(data.targets[0]) == {0, 1}
        assert data.targets.sum() == n // 2

    def test_arguments_may_be_positional_or_named_and_have_defaults(self, name):
        a, b = make(name, 30, 0.2, 5), make(name, n=30, noise=0.2, seed=5)
        assert np.array_equal(a.inputs, b.inputs)
        assert make(name).inputs.shape == (2, 200)

    def test_seeds(self, name):
        def inputs(seed):
            return make(name, 50, seed=seed).inputs

        assert np.array_equal(inputs(3), inputs(3))
        assert np.array_equal(inputs(3), inputs(np.int64(3)))
        assert not np.array_equal(inputs(3), inputs(4))
        assert not np.array_equal(inputs(None), inputs(None))

    def test_samples_are_mixed(self, name):
        targets = make(name, 200).targets[0]
        assert (
            60 < np.abs(np.diff(targets)).sum() < 140
        )  # about every second one changes

    def test_noise_spreads_the_points_by_that_much(self, name):
        blurred, curve = make(name, 2000, noise=0.3), make(name, 2000, noise=0)
        moved = blurred.inputs - curve.inputs  # the same seed gives the same order
        assert np.array_equal(blurred.targets, curve.targets)
        assert moved.std() == pytest.approx(0.3, rel=0.05)
        assert moved.mean() == pytest.approx(0, abs=0.02)

    @pytest.mark.parametrize("bad", [0, 1, -5])
    def test_n_too_small(self, name, bad):
        with pytest.raises(ValueError, match=rf"^n: expected .*2 or more.*{bad}"):
            make(name, bad)

    @pytest.mark.parametrize(
        "bad", [10.0, "10", None, True, [10], float("nan")], ids=repr
    )
    def test_n_of_a_wrong_type(self, name, bad):
        with pytest.raises(TypeError, match="^n: expected an integer"):
            make(name, bad)

    @pytest.mark.parametrize("bad", [-0.1, float("nan"), float("inf"), -1e-300])
    def test_bad_noise(self, name, bad):
        with pytest.raises(
            ValueError, match="^noise: expected a finite number, 0 or more"
        ):
            make(name, 10, noise=bad)

    @pytest.mark.parametrize("bad", ["0.1", None, True, [0.1], 1j], ids=repr)
    def test_noise_of_a_wrong_type(self, name, bad):
        with pytest.raises(TypeError, match="^noise: expected a finite number"):
            make(name, 10, noise=bad)

    def test_noise_that_overflows(self, name):
        with pytest.raises(ValueError, match="^noise: "):
            make(name, 500, noise=1.7e308)

    @pytest.mark.parametrize("bad", [-1, 1.5, "0", True, [0]], ids=repr)
    def test_bad_seed(self, name, bad):
        with pytest.raises((TypeError, ValueError), match="^seed: expected an integer"):
            make(name, 10, seed=bad)


class TestPlaces:
    """Without noise every point lies on its class's curve."""

    def by_class(self, name):
        inputs, targets = make(name, 400, noise=0)
        return inputs[:, targets[0] == 0], inputs[:, targets[0] == 1]

    def test_moons(self):
        upper, lower = self.by_class("moons")
        np.testing.assert_allclose(np.hypot(*upper), 1)
        assert upper[1].min() >= -1e-9
        np.testing.assert_allclose(np.hypot(lower[0] - 1, lower[1] - 0.5), 1)
        assert lower[1].max() <= 0.5 + 1e-9

    def test_circles(self):
        outer, inner = self.by_class("circles")
        np.testing.assert_allclose(np.hypot(*outer), 1)
        np.testing.assert_allclose(np.hypot(*inner), 0.5)

    def test_spirals_wind_one_and_three_quarter_turns(self):
        for arm in self.by_class("spiral"):
            radius = np.hypot(*arm)
            order = radius.argsort()
            angle = np.unwrap(np.arctan2(*arm[::-1])[order])
            assert angle[-1] - angle[0] == pytest.approx(1.75 * 2 * np.pi, rel=1e-6)
            assert np.all(np.diff(radius[order]) > 0)

    def test_spirals_are_each_other_turned_by_half(self):
        a, b = self.by_class("spiral")
        np.testing.assert_allclose(
            a[:, np.hypot(*a).argsort()], -b[:, np.hypot(*b).argsort()], atol=1e-9
        )

    def test_blobs(self):
        for points, centre in zip(self.by_class("blobs"), (-1, 1), strict=True):
            np.testing.assert_allclose(points, centre)


class TestDigits:
    def test_shape_and_range(self):
        inputs, targets = nn_core.digits()
        assert inputs.shape == (64, 1797)
        assert targets.shape == (10, 1797)
        assert inputs.dtype == targets.dtype == np.float64
        assert inputs.min() == 0
        assert inputs.max() == 1
        assert set(np.unique(targets)) == {0, 1}
        assert np.all(targets.sum(axis=0) == 1)

    def test_every_digit_is_there_often(self):
        counts = nn_core.digits().targets.sum(axis=1)
        assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]

    def test_checksum(self):
        inputs, targets = nn_core.digits()
        pixels = (inputs * 16).astype(np.uint8)
        assert np.array_equal(pixels / 16, inputs)
        data = pixels.tobytes() + targets.argmax(axis=0).astype(np.uint8).tobytes()
        assert hashlib.sha256(data).hexdigest() == DIGITS_SHA256

    def test_it_is_found_from_any_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert nn_core.digits().inputs.shape == (64, 1797)


DIGITS_SHA256 = "ac9fdfe258aefd68bbcff8fd47e4f51466aa6edad18827c191d2c41d9d188f6e"
