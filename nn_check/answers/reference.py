"""The book's class, for comparison with answers: as it is, or with a known mistake."""

import nn_core
from nn_check.answers.cases import PARAMETERS


def book_class(start="xavier", **methods):
    """Return the class that the chapters build.

    Parameters
    ----------
    start : {"uniform", "xavier"}, default "xavier"
        How its weights are initialised. Chapters up to 4 use "uniform".
    methods : callable
        Methods that replace those of the class, to make a known mistake.
    """

    class NeuralNetwork(nn_core.NeuralNetwork):
        def __init__(self, input_nodes, hidden_nodes, output_nodes, seed=0):
            super().__init__(
                input_nodes, hidden_nodes, output_nodes, init=start, seed=seed
            )

        def gradients(self, inputs, targets):
            return self.backpropagate(inputs, targets)

        def train(self, inputs, targets, learning_rate):
            gradients = self.gradients(inputs, targets)
            for name, gradient in zip(PARAMETERS, gradients, strict=True):
                setattr(self, name, getattr(self, name) - learning_rate * gradient)

        def fit(self, inputs, targets, learning_rate, epochs, batch_size):
            losses = []
            for _ in range(epochs):
                total, order = 0.0, self._rng.permutation(inputs.shape[1])
                for begin in range(0, order.size, batch_size):
                    batch = order[begin : begin + batch_size]
                    x, t = self.samples(inputs, targets, batch, begin)
                    total += batch.size * self.loss(x, t)
                    self.train(x, t, learning_rate)
                losses.append(total / order.size)
            return losses

        def samples(self, inputs, targets, batch, begin):
            return inputs[:, batch], targets[:, batch]

    for name, method in methods.items():
        setattr(NeuralNetwork, name, method)
    return NeuralNetwork


def complete(net, loss="mse", update_rule="gradient", **changed):
    """Return a NeuralNetwork of nn_core with the arrays of net, except those in changed."""
    sizes = net.input_nodes, net.hidden_nodes, net.output_nodes
    whole = nn_core.NeuralNetwork(*sizes, loss=loss, update_rule=update_rule)
    for name in PARAMETERS:
        setattr(whole, name, changed.get(name, getattr(net, name)))
    return whole


def with_layers(hidden_layer, output_layer, start="xavier"):
    """Return the book's class with both layers replaced.

    hidden_layer and output_layer are functions of (weights, biases, inputs).
    """

    def layer_outputs(self, inputs):
        first = self.weights_input_hidden, self.biases_hidden
        second = self.weights_hidden_output, self.biases_output
        hidden_outputs = hidden_layer(*first, inputs)
        return hidden_outputs, output_layer(*second, hidden_outputs)

    return book_class(
        start,
        layer_outputs=layer_outputs,
        feedforward=lambda self, inputs: self.layer_outputs(inputs)[1],
    )
