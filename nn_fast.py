"""fit(net, ...): the results of net.fit, by the same formulas, in less time. NumPy only.

Read nn_core.py first. `update` below follows its `_forward`, `_loss_and_gradients` and
`_update`, but stores numbers elsewhere and calls NumPy differently. Comments name each trick
where it is used, and the book's page "How fast, and why" measures them one by one:

Choices  Settings are tested before the loop, and names are looked up once.
Buffers  Arrays are allocated once; every result is written into one of them.
Dot      The method dot is the fastest way to multiply small matrices into a buffer.
0-d      Numbers are 0-d arrays, so that NumPy does not convert them in every call.
Signs    Weights and biases before a sigmoid are stored negated: it needs -(W x + b).
Column   Biases are a column of the weights, and the samples have a row of ones below them:
         one matrix product adds the biases, and another one sums their gradients.
Scale    The errors are multiplied by rate / N, because they are fewer than the gradients.
Line     All parameters are in one array, so one subtraction updates both layers.
Rows     Samples are shuffled into one block of memory, and each batch is a view of it.
"""

import copy

import numpy as np

import nn_arguments
from nn_core import NeuralNetwork


def fit(net, inputs, targets, *, learning_rate, epochs, batch_size=None, seed=None):
    """Train net as net.fit does; return the list of the epochs' losses.

    Losses, weights and biases equal those of net.fit except for rounding, and samples are
    in the same order. The four arrays are changed in place. Methods that a subclass
    overrides are not called.

    Parameters
    ----------
    net : nn_core.NeuralNetwork
    inputs, targets : array, (input_nodes, N) and (output_nodes, N)
    learning_rate : float, above 0
    epochs : int, at least 1
    batch_size : int or None, default None
        Samples per update; None means all. Smaller batches are shuffled every epoch.
    seed : int or None, default None
        Decides the order. None continues the network's own random numbers.

    Raises
    ------
    nn_core.Diverged
        If a number overflows. After this or any other error the network is as it was.
    ValueError, TypeError
        For an argument that is not as described.

    Notes
    -----
    Memory: a copy of the inputs, two copies of the parameters and, for one batch,
    3 hidden_nodes + 4 output_nodes numbers per sample (cross-entropy: 2 output_nodes more).
    With a batch size also one more copy of the inputs, and two of the targets.
    """
    if not isinstance(net, NeuralNetwork):
        raise TypeError(f"net: expected a NeuralNetwork, got {type(net).__name__}")
    options = {
        "learning_rate": learning_rate,
        "epochs": epochs,
        "batch_size": batch_size,
        "seed": seed,
    }
    x, t = nn_arguments.samples(net, inputs, targets)
    samples = x.shape[1]
    rate, epochs, size, rng = nn_arguments.training(
        **options, samples=samples, rng=net._rng
    )
    line = _line_of(net)
    batches, shuffle = _batches(x, t, size, rng)
    random_state = net._rng.bit_generator.state
    finished = False
    try:
        with np.errstate(all="ignore"):
            losses = _descend(net, line, batches, shuffle, rate, epochs)
        finished = nn_arguments.all_finite(losses, line)
    finally:
        if not finished:
            net._rng.bit_generator.state = random_state
    if not finished:  # net.fit decides whether this raises Diverged
        return net.fit(inputs, targets, **options)
    for own, part, sign in _parts(net, line):
        np.multiply(part, sign, out=own)
    return losses


def copy_of_rng(net):
    """Return a copy of the random generator with which `fit` shuffles the samples."""
    return copy.deepcopy(net._rng)


def _descend(net, line, batches, shuffle, rate, epochs):
    """Train the line of parameters; return the list of the epochs' losses."""
    sizes = {x.shape[1] for x, _, _ in batches}  # the last batch may be smaller
    updates = {size: _make_update(net, line, size, rate) for size in sizes}
    steps = [(updates[x.shape[1]], x, x_T, t) for x, x_T, t in batches]
    samples = sum(x.shape[1] for x, _, _ in batches)
    losses = []
    for _ in range(epochs):
        shuffle()
        total = 0.0
        for update, x, x_T, t in steps:
            total += update(x, x_T, t)
        losses.append(total / samples)
    return losses


def _layers(net, line):
    """Return views of a line of parameters: both layers, biases as their last column."""
    size = net.hidden_nodes * (net.input_nodes + 1)
    hidden_layer = line[:size].reshape(net.hidden_nodes, net.input_nodes + 1)
    output_layer = line[size:].reshape(net.output_nodes, net.hidden_nodes + 1)
    return hidden_layer, output_layer


def _parts(net, line):
    """Return (array, its view in the line, its sign there) for each array of a network.

    Signs: -1 if a sigmoid follows, which is always so for the output layer.
    """
    hidden_layer, output_layer = _layers(net, line)
    sign = -1 if net.activation == "sigmoid" else 1
    return (
        (net.weights_input_hidden, hidden_layer[:, :-1], sign),
        (net.biases_hidden, hidden_layer[:, -1:], sign),
        (net.weights_hidden_output, output_layer[:, :-1], -1),
        (net.biases_output, output_layer[:, -1:], -1),
    )


def _line_of(net):
    """Return a network's parameters as one array: Line, Column and Signs."""
    hidden, output = net.hidden_nodes, net.output_nodes
    line = np.empty(hidden * (net.input_nodes + 1) + output * (hidden + 1), net.dtype)
    for own, part, sign in _parts(net, line):
        np.multiply(own, sign, out=part)
    return line


def _batches(inputs, targets, size, rng):
    """Return the batches, each (x, x.T, t), and a function that shuffles their samples.

    x has a row of ones below the inputs: (input_nodes + 1, N).
    """
    input_nodes, samples = inputs.shape
    if size == samples:
        x = np.ones((input_nodes + 1, samples), inputs.dtype)
        x[:-1] = inputs
        return [(x, x.T, np.ascontiguousarray(targets))], lambda: None
    rows = np.ones((samples, input_nodes + 1), inputs.dtype)
    rows[:, :-1] = inputs.T
    target_rows = targets.T.copy()
    shuffled, shuffled_targets = np.empty_like(rows), np.empty_like(target_rows)

    def shuffle():
        order = rng.permutation(samples)
        # In other modes NumPy would make another copy. No index is out of range.
        np.take(rows, order, axis=0, out=shuffled, mode="clip")
        np.take(target_rows, order, axis=0, out=shuffled_targets, mode="clip")

    batches = []
    for start in range(0, samples, size):  # Rows: these views see every new order
        batch = slice(start, start + size)
        x_T, t_T = shuffled[batch], shuffled_targets[batch]
        batches.append((x_T.T, x_T, t_T.T))
    return batches, shuffle


def _make_update(net, line, samples, rate):
    """Return update(x, x_T, t): one update with a batch of so many samples.

    update returns the sum of the samples' losses before the update.
    """

    def buffer(*shape):
        return np.empty(shape, net.dtype)

    # Choices
    sigmoid_hidden, relu_hidden = net.activation == "sigmoid", net.activation == "relu"
    cross_entropy = net.loss_function == "cross_entropy"
    blog = net.update_rule == "blog"
    slope_cancels = cross_entropy and not blog
    # Python finds local names faster than those of a module.
    add, subtract, multiply, divide = np.add, np.subtract, np.multiply, np.divide
    exp, tanh, maximum, sign = np.exp, np.tanh, np.maximum, np.sign
    # 0-d
    zero, one = np.zeros((), net.dtype), np.ones((), net.dtype)
    scale = np.array(rate / samples, net.dtype)
    # Buffers
    hidden_nodes, output_nodes = net.hidden_nodes, net.output_nodes
    hidden_and_one = np.ones((hidden_nodes + 1, samples), net.dtype)  # last row: 1
    hidden_outputs = hidden_and_one[:-1]  # (hidden_nodes, N)
    hidden_errors = buffer(hidden_nodes, samples)
    hidden_delta = buffer(hidden_nodes, samples)
    negated_inputs = buffer(output_nodes, samples)
    final_outputs = buffer(output_nodes, samples)
    errors = buffer(output_nodes, samples)
    output_delta = errors if slope_cancels else buffer(output_nodes, samples)
    sent_back = errors if blog else output_delta
    losses, more_losses = buffer(output_nodes, samples), buffer(output_nodes, samples)
    step = np.empty_like(line)
    # Views
    hidden_layer, output_layer = _layers(net, line)
    hidden_step, output_step = _layers(net, step)
    hidden_and_one_T = hidden_and_one.T
    weights_hidden_output_T = output_layer[:, :-1].T
    errors_in_line = errors.reshape(-1)

    def update(x, x_T, t):
        hidden_layer.dot(x, hidden_outputs)  # Dot, Column; Signs: -(W x + b)
        if sigmoid_hidden:
            exp(hidden_outputs, hidden_outputs)
            add(hidden_outputs, one, hidden_outputs)
            divide(one, hidden_outputs, hidden_outputs)
        elif relu_hidden:
            maximum(hidden_outputs, zero, out=hidden_outputs)
        else:
            tanh(hidden_outputs, hidden_outputs)
        output_layer.dot(hidden_and_one, negated_inputs)
        exp(negated_inputs, final_outputs)
        add(final_outputs, one, final_outputs)
        divide(one, final_outputs, final_outputs)

        # Signs: -W has the negated gradient, so all errors are negated from here.
        subtract(t, final_outputs, errors)
        if cross_entropy:
            loss = cross_entropy_loss(t)
        else:
            loss = 0.5 * float(errors_in_line.dot(errors_in_line))
        multiply(errors, scale, errors)  # Scale
        if not slope_cancels:
            subtract(one, final_outputs, output_delta)
            multiply(output_delta, final_outputs, output_delta)
            multiply(output_delta, errors, output_delta)
        output_delta.dot(hidden_and_one_T, output_step)
        weights_hidden_output_T.dot(sent_back, hidden_errors)  # -W times -delta
        if sigmoid_hidden:
            subtract(hidden_outputs, one, hidden_delta)
            multiply(hidden_delta, hidden_outputs, hidden_delta)  # the slope, negated
        elif relu_hidden:
            sign(hidden_outputs, hidden_delta)
        else:
            multiply(hidden_outputs, hidden_outputs, hidden_delta)
            subtract(one, hidden_delta, hidden_delta)
        multiply(hidden_delta, hidden_errors, hidden_delta)
        hidden_delta.dot(x_T, hidden_step)
        if blog:
            blog_biases()
        subtract(line, step, line)  # Line
        return loss

    def cross_entropy_loss(t):
        """Return the sum of log(1 + exp(-|z|)), plus |z| where the sign of z is wrong."""
        np.less(negated_inputs, zero, losses)
        subtract(t, losses, losses)
        multiply(losses, negated_inputs, losses)
        np.absolute(losses, losses)
        np.absolute(negated_inputs, more_losses)
        np.negative(more_losses, more_losses)
        exp(more_losses, more_losses)
        np.log1p(more_losses, more_losses)
        add(losses, more_losses, losses)
        return float(losses.sum())

    def blog_biases():
        """Replace the steps of the biases: the blog's rule uses errors without slopes."""
        sums = hidden_errors.sum(axis=1)
        hidden_step[:, -1] = -sums if sigmoid_hidden else sums  # Signs
        output_step[:, -1] = errors.sum(axis=1)

    return update
