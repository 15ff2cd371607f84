"""The gradients of chapter 6 and the capstone, right and with known mistakes."""

from nn_check.answers.reference import complete


def right_gradients(net, inputs, targets):
    return complete(net).backpropagate(inputs, targets)


def _blog(net, inputs, targets):
    return complete(net, update_rule="blog").backpropagate(inputs, targets)


def _bare_error_sent_back(net, inputs, targets):
    # With cross-entropy the output's δ is the plain error, without the slope.
    bare = complete(net, loss="cross_entropy").backpropagate(inputs, targets)
    return right_gradients(net, inputs, targets)._replace(
        weights_input_hidden=bare.weights_input_hidden, biases_hidden=bare.biases_hidden
    )


def _bare_biases(net, inputs, targets):
    blog = _blog(net, inputs, targets)
    return right_gradients(net, inputs, targets)._replace(
        biases_hidden=blog.biases_hidden, biases_output=blog.biases_output
    )


def _with_hidden_delta(hidden_delta):
    """Return a function gradients(net, inputs, targets, …) with a wrong hidden layer.

    hidden_delta(net, hidden_outputs, outputs, targets, …) returns the wrong δ.
    """

    def gradients(net, inputs, targets, *further):
        hidden_outputs, outputs = complete(net).layer_outputs(inputs)
        delta = hidden_delta(net, hidden_outputs, outputs, targets, *further)
        return right_gradients(net, inputs, targets)._replace(
            weights_input_hidden=delta @ inputs.T / inputs.shape[1],
            biases_hidden=delta.mean(axis=1, keepdims=True),
        )

    return gradients


def _without_hidden_slope(net, h, y, t):
    return net.weights_hidden_output.T @ ((y - t) * y * (1 - y))


def _with_output_slope(net, h, y, t):
    return net.weights_hidden_output.T @ ((y - t) * y * (1 - y)) * y * (1 - y)


def _without_slopes(net, h, y, t):
    return net.weights_hidden_output.T @ (y - t)


def _through_updated_weights(net, h, y, t, rate):
    delta = (y - t) * y * (1 - y)
    updated = net.weights_hidden_output - rate * delta @ h.T / h.shape[1]
    return updated.T @ delta * h * (1 - h)


with_output_slope = _with_hidden_delta(_with_output_slope)
through_updated_weights = _with_hidden_delta(_through_updated_weights)


def _averaged_twice(*names):
    """Return a function whose gradients of these names are divided by N twice."""

    def gradients(net, inputs, targets):
        right = right_gradients(net, inputs, targets)._asdict()
        small = {name: right[name] / inputs.shape[1] for name in names}
        return tuple({**right, **small}.values())

    return gradients


def nothing(net, inputs, targets):
    return tuple(0 * gradient for gradient in right_gradients(net, inputs, targets))


def _scaled(factor):
    """Return a function whose gradients are factor(number of samples) times too large."""
    return lambda net, inputs, targets: tuple(
        factor(inputs.shape[1]) * gradient
        for gradient in right_gradients(net, inputs, targets)
    )


MISTAKES = (
    ("This is the blog's rule: the hidden error leaves out the output's slope, and the "
     "biases follow the bare errors.", _blog),
    ("Your hidden error leaves out the output's slope. The output layer is right.",
     _bare_error_sent_back),
    ("The biases follow the bare errors; both slopes are missing there.", _bare_biases),
    ("The hidden layer's slope is missing.", _with_hidden_delta(_without_hidden_slope)),
    ("Both slopes are missing in the hidden layer.", _with_hidden_delta(_without_slopes)),
    ("The hidden biases are divided by N twice, N the number of samples.",
     _averaged_twice("biases_hidden")),
    ("The output biases are divided by N twice, N the number of samples.",
     _averaged_twice("biases_output")),
    ("All biases are divided by N twice, N the number of samples.",
     _averaged_twice("biases_hidden", "biases_output")),
    ("The sum over the samples is taken; the loss is a mean: divide by N.",
     _scaled(lambda n: n)),
    ("The sign is turned: this is minus the gradient. Subtracting it would climb.",
     _scaled(lambda n: -1)),
    ("The sum over the samples is taken, and the sign is turned.",
     _scaled(lambda n: -n)),
)  # fmt: skip
