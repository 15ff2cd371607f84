"""Chapter 6: training."""

import numpy as np

import nn_core
from nn_check.answers.cases import PARAMETERS, SIZES, Case, output_cases, training_cases
from nn_check.answers.comparing import describe
from nn_check.answers.verdicts import NotYet
from nn_check.exercises import wrong_gradients
from nn_check.kinds import Exercise, Function, Value
from nn_core import sigmoid

EXERCISES = {}

EXERCISES["ex06-predict-update"] = Value(
    right=lambda: 10 * (1 - 0.8) * 0.8 * (1 - 0.8) * 0.5,
    within=0.0005,
    mistakes=[
        ("The sigmoid's slope, 0.8 · 0.2, is left out.", 1.0),
        ("The weight must grow: the output is below its target.", -0.16),
        ("What the weight is multiplied with, the hidden output, is left out.", 0.32),
        ("The learning rate is left out.", 0.016),
        ("The learning rate and the hidden output are left out.", 0.032),
        ("The error is left out.", 0.8),
    ],
    hints=(
        "Four factors: learning rate, error, slope at the output, hidden output.",
        "The error is output − target, and the step goes against the slope.",
        "The slope is output · (1 − output).",
    ),
)


EXERCISES["ex06-output-delta"] = Function(
    cases=output_cases,
    right=lambda y, t: (y - t) * y * (1 - y),
    mistakes=[
        ("The sign is turned: this is minus the gradient. Subtracting it would climb.",
         lambda y, t: (t - y) * y * (1 - y)),
        ("The sigmoid's slope is missing: that is the bare error.", lambda y, t: y - t),
        ("The slope is missing and the sign is turned.", lambda y, t: t - y),
        ("That is the slope; the error is missing.", lambda y, t: y * (1 - y)),
        ("The slope is that of the targets: it belongs to the outputs.",
         lambda y, t: (y - t) * t * (1 - t)),
        ("You are given outputs: the sigmoid is applied to them once more.",
         lambda y, t: (y - t) * sigmoid(y) * (1 - sigmoid(y))),
        ("It is divided by the number of samples here; that comes once, with the gradients.",
         lambda y, t: (y - t) * y * (1 - y) / y.shape[1]),
    ],
    hints=(
        "δ is how the loss changes when the output neuron's sum changes.",
        "Two factors: the loss's slope at the output, and the sigmoid's slope.",
        "The slope of ½(output − target)² is output − target.",
    ),
)  # fmt: skip


def _hidden_cases(rng):
    cases = []
    for _, hidden, outputs, samples in SIZES:
        delta = rng.normal(0, 0.2, (outputs, samples))
        arguments = {
            "weights_hidden_output": rng.normal(size=(outputs, hidden)),
            "hidden_outputs": rng.uniform(0.05, 0.95, (hidden, samples)),
            "outputs": rng.uniform(0.05, 0.95, (outputs, samples)),
            "targets": rng.integers(0, 2, delta.shape).astype(float),
        }
        words = f"{hidden} hidden nodes, {outputs} outputs and {samples} samples"
        cases.append(Case(arguments, words, samples))
    return cases


def _hidden_delta(w, h, y, t):
    return w.T @ ((y - t) * y * (1 - y)) * h * (1 - h)


EXERCISES["ex06-hidden-delta"] = Function(
    cases=_hidden_cases,
    right=_hidden_delta,
    mistakes=[
        ("Your hidden error leaves out the output's slope: the bare error is sent back. "
         "That is the blog's rule.", lambda w, h, y, t: w.T @ (y - t) * h * (1 - h)),
        ("Your hidden error leaves out the hidden layer's own slope.",
         lambda w, h, y, t: w.T @ ((y - t) * y * (1 - y))),
        ("Both slopes are left out: this is only the error sent back.",
         lambda w, h, y, t: w.T @ (y - t)),
        ("The sign is turned: this is minus the gradient.",
         lambda w, h, y, t: -_hidden_delta(w, h, y, t)),
        ("The sign is turned, and the output's slope is left out.",
         lambda w, h, y, t: w.T @ (t - y) * h * (1 - h)),
        ("The weights are not transposed: it runs only where outputs and hidden nodes are "
         "equally many, and sends each error to the wrong neuron.",
         lambda w, h, y, t: w @ ((y - t) * y * (1 - y)) * h * (1 - h)),
        ("The hidden slope is taken twice through the sigmoid: hidden_outputs have been "
         "through it already.",
         lambda w, h, y, t: w.T @ ((y - t) * y * (1 - y)) * sigmoid(h) * (1 - sigmoid(h))),
    ],
    hints=(
        "First the output's δ, complete with its slope. Only then back through the weights.",
        "What comes back through the weights is multiplied by the hidden layer's slope.",
        "Compare with exercise 6.2: is that what is sent back?",
    ),
    done="The output's whole δ goes back, slope included.",
)  # fmt: skip


def _bias_cases(rng):
    return [
        Case(
            {
                "biases": rng.normal(size=(nodes, 1)),
                "delta": rng.normal(size=(nodes, samples)),
                "learning_rate": float(rng.uniform(0.1, 2)),
            },
            f"{nodes} nodes and {samples} samples",
            samples,
        )
        for nodes, samples in ((3, 5), (4, 4), (2, 1), (1, 6))
    ]


EXERCISES["ex06-bias-update"] = Function(
    cases=_bias_cases,
    right=lambda b, d, rate: b - rate * d.mean(axis=1, keepdims=True),
    mistakes=[
        ("The biases grow: b - d is (nodes, 1) minus (nodes, N), which NumPy stretches to a "
         "column for every sample. Average over the samples first.",
         lambda b, d, rate: b - rate * d),
        ("The biases grow to a square: the averages are flat, (nodes,), and line up with the "
         "wrong axis. Keep them a column.", lambda b, d, rate: b - rate * d.mean(axis=1)),
        ("The wrong axis: that averages over the nodes.",
         lambda b, d, rate: b - rate * d.mean(axis=0, keepdims=True)),
        ("The wrong axis: that averages over the nodes.",
         lambda b, d, rate: b - rate * d.mean(axis=0)),
        ("The sum over the samples is taken; the exercise asks for the average.",
         lambda b, d, rate: b - rate * d.sum(axis=1, keepdims=True)),
        ("The sign: a gradient is subtracted.",
         lambda b, d, rate: b + rate * d.mean(axis=1, keepdims=True)),
        ("One average over everything: each node has its own.",
         lambda b, d, rate: b - rate * d.mean()),
        ("The learning rate is left out.",
         lambda b, d, rate: b - d.mean(axis=1, keepdims=True)),
        ("That is only the step. Subtract it from the biases.",
         lambda b, d, rate: rate * d.mean(axis=1, keepdims=True)),
    ],
    hints=(
        "Print the shape of the result, for 5 samples.",
        "One column must come out, whatever the number of samples.",
        "mean has an axis, and keepdims keeps the column a column.",
    ),
    done="The shape stays (nodes, 1), however many samples there are.",
)  # fmt: skip


EXERCISES["ex06-gradients"] = Function(
    cases=training_cases,
    right=wrong_gradients.right_gradients,
    names=PARAMETERS,
    points=dict(zip(PARAMETERS, (2, 2, 1, 1), strict=True)),
    mistakes=wrong_gradients.MISTAKES,
    hints=(
        "Forward first: keep hidden_outputs and outputs. Then δ of the output, δ of the hidden "
        "layer.",
        "A weight's gradient is δ of where it goes to times the output of where it comes from, "
        "averaged over the samples.",
        "A bias's gradient is the average of its δ over the samples, as a column.",
    ),
    done="All four groups pass the gradient check.",
)  # fmt: skip


class Moons(Exercise):
    """An exercise that asks for settings with which a network learns the moons.

    The network is trained and tested on the samples that the playground uses for seed 0.
    """

    LIMITS = {
        "hidden_nodes": (1, 32),
        "learning_rate": (0.001, 100),
        "batch_size": (1, 200),
    }
    EXPECTED = (
        "Expected a dictionary such as {'hidden_nodes': 2, 'learning_rate': 0.1}."
    )

    def verify(self, answer, rng):
        self._require_settings(answer)
        train, test = self.samples()
        settings = dict(answer)
        net = nn_core.NeuralNetwork(
            2, settings["hidden_nodes"], 1, settings.get("activation", "sigmoid")
        )
        try:
            losses = net.fit(
                *train,
                learning_rate=float(settings["learning_rate"]),
                epochs=300,
                batch_size=settings.get("batch_size"),
            )
        except nn_core.Diverged:
            raise NotYet("Training diverged: the learning rate is too large.") from None
        share = nn_core.accuracy(net, test)
        found = (
            f"After 300 epochs the loss is {losses[-1]:.3g} and {share:.1%} of the test "
            "samples are right."
        )
        if share > 0.97:
            return found
        why = ""
        if losses[-1] > 0.9 * losses[0]:
            why = " It hardly learnt: the rate is much too small or too large."
        raise NotYet(f"{found} Expected more than 97 %.{why}")

    @staticmethod
    def samples():
        """Return the playground's training and test data for seed 0."""
        return nn_core.moons(200, seed=0), nn_core.moons(100, seed=1)

    def _require_settings(self, answer):
        if not isinstance(answer, dict):
            raise NotYet(f"Got {describe(answer)}. {self.EXPECTED}")
        unknown = set(answer) - {*self.LIMITS, "activation"}
        missing = {"hidden_nodes", "learning_rate"} - set(answer)
        if unknown or missing:
            wrong = [f"Unknown setting {name!r}." for name in sorted(unknown, key=str)]
            wrong += [f"{name} is missing." for name in sorted(missing)]
            known = ", ".join([*self.LIMITS, "activation"])
            raise NotYet(" ".join([*wrong, f"Known settings: {known}.", self.EXPECTED]))
        for name, (low, high) in self.LIMITS.items():
            value = answer.get(name)
            if value is None and name == "batch_size":
                continue
            whole = name != "learning_rate"
            kinds = (
                (int, np.integer) if whole else (int, float, np.integer, np.floating)
            )
            fits = isinstance(value, kinds) and not isinstance(
                value, (bool, np.timedelta64)
            )
            if not fits or not low <= value <= high:
                kind = "a whole number" if whole else "a number"
                raise NotYet(
                    f"{name}: expected {kind} from {low} to {high}, got {describe(value)}."
                )
        activation = answer.get("activation", "sigmoid")
        if not isinstance(activation, str) or activation not in nn_core.ACTIVATIONS:
            known = ", ".join(nn_core.ACTIVATIONS)
            raise NotYet(f"activation: expected one of {known}, got {activation!r}.")


EXERCISES["ex06-explore-moons"] = Moons(
    hints=(
        "Watch the loss: does it still fall at epoch 300, or does it jump?",
        "Smaller batches make more updates in each epoch.",
        "Too few hidden nodes cannot bend the boundary around both moons.",
    ),
)
