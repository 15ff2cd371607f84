"""Saving and loading: exact, never half a file, and never running code."""

import contextlib
import io
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork
from tests.conftest import named
from tests.nn_core.nn_core_reference import NAMES, snapshot

SHAPES = dict(zip(NAMES, [(3, 2), (1, 3), (3, 1), (1, 1)], strict=True))


def trained(**options):
    net = NeuralNetwork(2, 5, 1, **options)
    net.fit(*nn_core.moons(30), learning_rate=0.5, epochs=3, batch_size=7)
    return net


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.npz"


@pytest.fixture
def saved(path):
    trained().save(path)
    return path


class TestRoundTrip:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("rule", ["gradient", "blog"])
    @pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
    @pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
    def test_bit_for_bit_and_it_goes_on_the_same(
        self, path, activation, loss, rule, dtype
    ):
        net = trained(activation=activation, loss=loss, update_rule=rule, dtype=dtype)
        net.save(path)
        other = NeuralNetwork.load(path)
        assert snapshot(other) == snapshot(net)
        for each in (net, other):
            each.fit(*nn_core.moons(30), learning_rate=0.5, epochs=3, batch_size=7)
        assert snapshot(other) == snapshot(net)

    def test_a_file_of_the_first_edition(self, path):
        """Such a file has the same arrays and settings, and its own generator's state."""
        rng = np.random.default_rng(11)
        arrays = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
        settings = {
            "activation": "tanh",
            "init": "uniform",
            "loss_function": "cross_entropy",
            "update_rule": "blog",
            "seed": 3,
            "random_state": rng.bit_generator.state,
        }
        np.savez(path, settings=json.dumps(settings), **arrays)
        net = NeuralNetwork.load(path)
        for name, array in arrays.items():
            assert np.array_equal(getattr(net, name), array)
        assert (net.activation, net.init, net.seed) == ("tanh", "uniform", 3)
        assert (net.loss_function, net.update_rule) == ("cross_entropy", "blog")
        assert net._rng.bit_generator.state == settings["random_state"]

    @pytest.mark.parametrize("init", ["xavier", "uniform", "normal", "zeros"])
    @pytest.mark.parametrize("seed", [0, 7, 2**100, np.int64(5), None])
    def test_every_start(self, path, init, seed):
        net = NeuralNetwork(1, 1, 3, init=init, seed=seed)
        net.save(path)
        assert snapshot(NeuralNetwork.load(path)) == snapshot(net)

    def test_extreme_values(self, path):
        net = NeuralNetwork(2, 2, 1)
        net.weights_input_hidden = [[1e308, -1e308], [5e-324, -0.0]]
        net.save(path)
        assert snapshot(NeuralNetwork.load(path)) == snapshot(net)

    @pytest.mark.parametrize("as_type", [str, Path])
    @pytest.mark.parametrize(
        "name", ["plain", "a b.npz", "ünï.npz", "x.tar.npz", "n.txt"]
    )
    def test_the_file_has_the_given_name(self, tmp_path, name, as_type):
        net = trained()
        net.save(as_type(tmp_path / name))
        assert [file.name for file in tmp_path.iterdir()] == [name]
        loaded = NeuralNetwork.load(as_type(tmp_path / name))
        assert snapshot(loaded) == snapshot(net)

    def test_a_relative_path(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        trained().save("here.npz")
        assert snapshot(NeuralNetwork.load("here.npz")) == snapshot(trained())

    def test_saving_changes_nothing(self, path):
        net = trained()
        before = snapshot(net)
        net.save(path)
        assert snapshot(net) == before

    def test_saving_over_an_older_file(self, saved):
        net = trained(seed=9)
        net.save(saved)
        assert snapshot(NeuralNetwork.load(saved)) == snapshot(net)

    def test_numpy_alone_can_read_it(self, saved):
        with np.load(saved, allow_pickle=False) as arrays:
            assert set(NAMES) < set(arrays)
            assert arrays["weights_input_hidden"].shape == (5, 2)


class TestInterruptedWrites:
    @pytest.mark.parametrize("error", [OSError("No space left"), KeyboardInterrupt()])
    def test_the_old_file_survives(self, saved, monkeypatch, error):
        old = saved.read_bytes()

        def half_a_file(file, **arrays):
            file.write(b"PK\x03\x04 half")
            file.flush()
            raise error

        monkeypatch.setattr(np, "savez", half_a_file)
        with pytest.raises(type(error)):
            trained(seed=3).save(saved)
        assert saved.read_bytes() == old
        assert list(saved.parent.iterdir()) == [saved], "no half file is left behind"

    @pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
    def test_a_killed_process_leaves_a_whole_file(self, path):
        """Kill a process that saves without pause; repeat. The file must stay complete."""
        code = (
            "import sys, nn_core; net = nn_core.NeuralNetwork(200, 200, 10)\n"
            "net.save(sys.argv[1]); print('saving', flush=True)\n"
            "while True: net.save(sys.argv[1])"
        )
        for wait in (0.0, 0.003, 0.007, 0.011):
            process = subprocess.Popen(
                [sys.executable, "-c", code, path],
                stdout=subprocess.PIPE,
                cwd=Path(nn_core.__file__).parent,
            )
            with process:
                assert process.stdout.readline() == b"saving\n"
                time.sleep(wait)
                process.send_signal(signal.SIGKILL)
            assert NeuralNetwork.load(path).input_nodes == 200

    def test_no_such_folder(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="missing"):
            trained().save(tmp_path / "missing" / "network.npz")


def as_npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def parts(path):
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file}


def changed(path, **changes):
    """Return a good file's bytes with some settings changed."""
    arrays = parts(path)
    settings = json.loads(str(arrays["settings"])) | changes
    return as_npz(**(arrays | {"settings": json.dumps(settings)}))


class Danger:
    """An object that sets Danger.ran when it is unpickled."""

    ran = False

    def __reduce__(self):
        return (setattr, (Danger, "ran", True))


def not_a_network(path):
    with pytest.raises(ValueError, match=r"^path: expected a file written by .*save"):
        NeuralNetwork.load(path)


class TestJunk:
    @pytest.mark.parametrize(
        "junk",
        [
            b"",
            b"\0",
            b"hello, this is text",
            b"PK\x03\x04",
            b"PK\x05\x06" + bytes(18),
            b"\x93NUMPY\x01\x00",
            b"\x80\x04junk",
            random.Random(0).randbytes(5000),
            pickle.dumps({"weights": [1, 2]}),
        ],
        ids=lambda junk: repr(junk[:8]),
    )
    def test_junk_bytes(self, path, junk):
        path.write_bytes(junk)
        not_a_network(path)

    def test_an_array_file(self, path):
        with open(path, "wb") as file:
            np.save(file, np.eye(3))
        not_a_network(path)

    def test_a_zip_of_something_else(self, path):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("readme.txt", "hello")
        not_a_network(path)

    def test_pickles_are_refused(self, saved):
        for name in (*NAMES, "settings"):
            arrays = parts(saved) | {name: np.array([Danger()], dtype=object)}
            with open(saved.with_name("danger.npz"), "wb") as file:
                np.savez(file, **arrays)
            not_a_network(saved.with_name("danger.npz"))
        saved.write_bytes(pickle.dumps(Danger()))
        not_a_network(saved)
        assert not Danger.ran

    @pytest.mark.parametrize("name", [*NAMES, "settings"])
    def test_a_missing_array(self, saved, name):
        arrays = parts(saved)
        del arrays[name]
        saved.write_bytes(as_npz(**arrays))
        not_a_network(saved)

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize(
        "value",
        [
            np.zeros((0, 0)),
            np.zeros(()),
            np.zeros((9, 9)),
            np.array("text"),
            np.full((5, 2), np.nan),
            np.zeros((5, 2), complex),
            np.zeros((5, 2, 1)),
        ],
        ids=lambda value: f"{value.dtype}{value.shape}",
    )
    def test_a_wrong_array(self, saved, name, value):
        saved.write_bytes(as_npz(**(parts(saved) | {name: value})))
        not_a_network(saved)

    @pytest.mark.parametrize(
        "change",
        [
            {"activation": "junk"},
            {"init": None},
            {"loss_function": 3},
            {"update_rule": ["blog"]},
            {"seed": -1},
            {"seed": "0"},
            {"random_state": {}},
            {"random_state": None},
            {"unknown": 1},
            {"dtype": "float64"},
        ],
        ids=named,
    )
    def test_wrong_settings(self, saved, change):
        saved.write_bytes(changed(saved, **change))
        not_a_network(saved)

    @pytest.mark.parametrize("settings", ["", "{", "[]", "null", "3", '"text"'])
    def test_settings_that_are_no_object(self, saved, settings):
        saved.write_bytes(as_npz(**(parts(saved) | {"settings": settings})))
        not_a_network(saved)

    def test_every_cut_of_a_good_file(self, saved):
        whole = saved.read_bytes()
        for length in range(0, len(whole), max(1, len(whole) // 60)):
            saved.write_bytes(whole[:length])
            not_a_network(saved)

    def test_a_flipped_byte_is_found_or_harmless(self, saved):
        """The checksums of the zip file detect every damaged number."""
        good, whole = snapshot(NeuralNetwork.load(saved)), saved.read_bytes()
        rng = np.random.default_rng(0)
        for place in rng.integers(0, len(whole), 150):
            damaged = bytearray(whole)
            damaged[place] ^= 0xFF
            saved.write_bytes(damaged)
            with contextlib.suppress(
                ValueError
            ):  # found; otherwise it must be harmless
                assert snapshot(NeuralNetwork.load(saved)) == good


class TestPaths:
    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            NeuralNetwork.load(tmp_path / "nowhere.npz")

    @pytest.mark.parametrize(
        "bad", [None, 5, True, 1.5, [], ["a"], object()], ids=named
    )
    def test_not_a_path(self, bad):
        """An integer is a file descriptor to Python: it must not be read or closed."""
        net = trained()
        before = snapshot(net)
        with pytest.raises(TypeError, match="^path: "):
            net.save(bad)
        with pytest.raises(TypeError, match="^path: "):
            NeuralNetwork.load(bad)
        assert snapshot(net) == before

    def test_a_folder(self, tmp_path):
        with pytest.raises(OSError, match=r".+"):
            trained().save(tmp_path)
        with pytest.raises(OSError, match=r".+"):
            NeuralNetwork.load(tmp_path)
        assert list(tmp_path.iterdir()) == []
