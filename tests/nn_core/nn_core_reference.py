"""An independent implementation of the network, sample by sample, as a reference.

It follows Nielsen's BP1 to BP4 with plain matrices, and the blog's update as the blog writes
it. It must not import nn_core.
"""

import numpy as np

NAMES = (
    "weights_input_hidden",
    "weights_hidden_output",
    "biases_hidden",
    "biases_output",
)


def parameters(net):
    """Return copies of a network's four arrays, by name."""
    return {name: np.array(getattr(net, name)) for name in NAMES}


def snapshot(net):
    """Return the network's whole state; equal snapshots mean equal in every bit."""
    arrays = [getattr(net, name) for name in NAMES]
    state = [(array.dtype.str, array.shape, array.tobytes()) for array in arrays]
    settings = (net.input_nodes, net.hidden_nodes, net.output_nodes, repr(net))
    return state, settings, repr(net._rng.bit_generator.state)


def logistic(z):
    """Return the sigmoid, computed from tanh and so unlike in nn_core."""
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


HIDDEN = {
    "sigmoid": (logistic, lambda z: logistic(z) * logistic(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: (z > 0).astype(float)),
}


def forward(p, inputs, activation):
    """Return hidden sums, hidden outputs, output sums and outputs of one batch."""
    apply, _ = HIDDEN[activation]
    hidden_sums = p["weights_input_hidden"] @ inputs + p["biases_hidden"]
    hidden = apply(hidden_sums)
    output_sums = p["weights_hidden_output"] @ hidden + p["biases_output"]
    return hidden_sums, hidden, output_sums, logistic(output_sums)


def loss(p, inputs, targets, activation, loss_name):
    """Return the mean over samples of ½‖error‖², or of the summed cross-entropy."""
    *_, z, outputs = forward(p, inputs, activation)
    if loss_name == "mse":
        each = 0.5 * ((targets - outputs) ** 2).sum(axis=0)
    else:
        each = -(targets * np.log(logistic(z)) + (1 - targets) * np.log(logistic(-z)))
        each = each.sum(axis=0)
    return float(np.mean(each))


def gradients(p, inputs, targets, activation, loss_name):
    """Return the gradient by name: an average of one-sample gradients, BP1 to BP4."""
    _, slope = HIDDEN[activation]
    total = {name: np.zeros_like(p[name], dtype=float) for name in NAMES}
    samples = inputs.shape[1]
    for n in range(samples):
        x, t = inputs[:, [n]], targets[:, [n]]
        hidden_sums, hidden, z, outputs = forward(p, x, activation)
        delta = outputs - t
        if loss_name == "mse":
            delta = delta * logistic(z) * logistic(-z)  # BP1
        hidden_delta = (p["weights_hidden_output"].T @ delta) * slope(
            hidden_sums
        )  # BP2
        total["weights_hidden_output"] += np.outer(delta, hidden) / samples  # BP4
        total["weights_input_hidden"] += np.outer(hidden_delta, x) / samples
        total["biases_output"] += delta / samples  # BP3
        total["biases_hidden"] += hidden_delta / samples
    return total


def blog_train(p, inputs, targets, learning_rate):
    """Update in place as the blog's `train` does, with one sample in a column.

    The last line is cut off in the blog; it adds the hidden errors without a slope.
    """

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    hidden_inputs = np.dot(p["weights_input_hidden"], inputs) + p["biases_hidden"]
    hidden_outputs = sigmoid(hidden_inputs)
    final_inputs = (
        np.dot(p["weights_hidden_output"], hidden_outputs) + p["biases_output"]
    )
    final_outputs = sigmoid(final_inputs)

    output_errors = targets - final_outputs
    hidden_errors = np.dot(p["weights_hidden_output"].T, output_errors)

    output_gradient = output_errors * final_outputs * (1 - final_outputs)
    hidden_gradient = hidden_errors * hidden_outputs * (1 - hidden_outputs)
    p["weights_hidden_output"] += learning_rate * np.dot(
        output_gradient, hidden_outputs.T
    )
    p["weights_input_hidden"] += learning_rate * np.dot(hidden_gradient, inputs.T)
    p["biases_output"] += learning_rate * output_errors
    p["biases_hidden"] += learning_rate * hidden_errors


def relative_error(a, b):
    """Return ‖a − b‖ / (‖a‖ + ‖b‖): 0 for equal arrays, 1 for opposite ones."""
    a, b = np.ravel(a), np.ravel(b)
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return 0.0 if size == 0 else float(np.linalg.norm(a - b) / size)
