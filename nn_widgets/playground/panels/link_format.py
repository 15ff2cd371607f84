"""Write an Experiment as a link, and read and check one.

A link is a short text. It holds the data, the settings, their changes during training, and
the number of epochs. It does not hold weights: repeating the run gives the same numbers.
"""

import base64
import json
import math
import zlib

import numpy as np

import nn_arguments
import nn_core
from nn_widgets.data_sets import DATASETS, two_inputs
from nn_widgets.playground.challenges import CHALLENGES
from nn_widgets.playground.network.settings import (
    OWN_DATA,
    Experiment,
    Samples,
    Settings,
    Training,
)
from nn_widgets.playground.panels.own_data_table import MOST_SAMPLES
from nn_widgets.playground.setting_controls import RATES

MARK = "playground="  # precedes the link's text in an address
EDITION = "1"
MOST_CHARACTERS = 200_000  # of a link
MOST_BYTES = 2_000_000  # of its unpacked content
MOST_WORK = 2_000_000  # to repeat: an update counts as 1, and so do 200 samples
# Names in a link's JSON object where they differ from Experiment's. Links of earlier editions
# have them, so they must not change.
KEYS = {"training": "now"}
PARTS = {KEYS.get(name, name) for name in Experiment._fields}


def write_link(experiment):
    """Return an Experiment as a link: the part of an address after the #."""
    samples = experiment.samples
    if samples is not None:
        data, view = samples
        samples = [*data.inputs.tolist(), data.targets[0].tolist(), view]
    values = experiment._asdict() | {
        "settings": experiment.settings._asdict(),
        "samples": samples,
    }
    content = {KEYS.get(name, name): value for name, value in values.items()}
    packed = zlib.compress(json.dumps(content).encode(), 9)
    text = f"{MARK}{EDITION}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"link: expected at most {MOST_CHARACTERS:,} characters, got {len(text):,}: "
            "save the samples as CSV instead"
        )
    return text


def read_link(text):
    """Return the Experiment in a link: a whole address, or the part after the #.

    Raises
    ------
    ValueError, TypeError
        If it is damaged, too long, of another edition, or has content that no playground
        writes; the message says which.
    """
    if not isinstance(text, str):
        raise TypeError(f"link: expected a text, got {type(text).__name__}")
    content = _unpack(text.strip())
    if not isinstance(content, dict) or set(content) != PARTS:
        raise ValueError("link: expected the parts of a playground, got others")
    try:
        return _experiment(content)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise ValueError(f"link: it holds what cannot be: {error}") from None


def _unpack(text):
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"link: expected at most {MOST_CHARACTERS:,} characters, got {len(text):,}"
        )
    _, mark, packed = text.rpartition(MARK)
    edition, dot, packed = packed.partition(".")
    if not (mark and dot):
        raise ValueError(f"link: expected a text with {MARK}{EDITION}. in it")
    if edition != EDITION:
        raise ValueError(
            f"link: it is of edition {edition[:9]!r}, and this book reads {EDITION}"
        )
    unpacking = zlib.decompressobj()
    try:
        packed = (packed + "=" * (-len(packed) % 4)).encode("ascii")
        raw = base64.b64decode(packed, b"-_", validate=True)
        text = unpacking.decompress(raw, MOST_BYTES)
        too_long = bool(unpacking.unconsumed_tail)
        if not too_long and (not unpacking.eof or unpacking.unused_data):
            raise ValueError("it does not end where it should")
        content = None if too_long else json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise ValueError(f"link: it is damaged or cut off ({error})") from None
    if too_long:
        raise ValueError("link: expected less than what is packed in it")
    return content


def _experiment(content):
    """Check a link's content and return it as an Experiment."""
    settings = _settings(**content["settings"])
    segments = [
        (nn_arguments.whole_number("epochs", epochs), _training(*training))
        for epochs, training in content["segments"]
    ]
    samples = content["samples"]
    if (settings.dataset == OWN_DATA) != (samples is not None):
        raise ValueError("samples of one's own go with that data set, and only with it")
    if samples is not None:
        samples = _own_samples(*samples)
    _refuse_long_work(segments, 200 if samples is None else samples[0].inputs.shape[1])
    code = content["code"]
    if code is not None:
        source, name = code
        if not (isinstance(source, str) and isinstance(name, str)):
            raise TypeError("the code is no text")
        code = source, name
    rule = content["first_rule"]
    return Experiment(
        settings=settings,
        segments=segments,
        training=_training(*content["now"]),
        first_rule=nn_arguments.setting("update_rule", rule),
        samples=samples,
        hide=tuple(str(name) for name in content["hide"]),
        challenges=tuple(
            nn_arguments.one_of("challenge", name, list(CHALLENGES))
            for name in content["challenges"]
        ),
        code=code,
    )


def _settings(dataset, noise, hidden_nodes, activation, init, seed, loss):
    return Settings(
        nn_arguments.one_of("dataset", dataset, [*DATASETS, OWN_DATA]),
        nn_arguments.number_within("noise", noise, 0, 0.5),
        nn_arguments.number_within(
            "hidden_nodes",
            nn_arguments.whole_number("hidden_nodes", hidden_nodes),
            1,
            32,
        ),
        nn_arguments.setting("activation", activation),
        nn_arguments.setting("init", init),
        nn_arguments.number_within(
            "seed", nn_arguments.whole_number("seed", seed, 0), 0, 9999
        ),
        nn_arguments.setting("loss", loss),
    )


def _training(rate, size, rule):
    low, high = (10.0**power for power in RATES)
    if size is not None:
        size = nn_arguments.whole_number("batch_size", size)
    return Training(
        nn_arguments.number_within("learning_rate", rate, low, high),
        size,
        nn_arguments.setting("update_rule", rule),
    )


def _own_samples(first, second, targets, view):
    data = two_inputs(nn_core.Dataset(np.array([first, second]), np.array([targets])))
    if data.inputs.shape[1] > MOST_SAMPLES:
        raise ValueError(f"more than {MOST_SAMPLES:,} samples")
    if view is not None:
        left, right, low, high = (float(edge) for edge in view)
        if not (
            left < right and low < high and math.isfinite(right - left + high - low)
        ):
            raise ValueError("the view is no square")
        view = left, right, low, high
    return Samples(data, view)


def _refuse_long_work(segments, samples):
    work = sum(
        epochs
        * (-(-samples // min(training.batch_size or samples, samples)) + samples / 200)
        for epochs, training in segments
    )
    if work > MOST_WORK:
        raise ValueError("its training would take too long to repeat")
