"""Classes as readers write them, right and wrong, for tests."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class NeuralNetwork:
    """The complete class from the end of chapter 6, without loss and fit."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes, seed=0):
        self.rng = np.random.default_rng(seed)
        self.weights_input_hidden = self.first_weights(hidden_nodes, input_nodes)
        self.weights_hidden_output = self.first_weights(output_nodes, hidden_nodes)
        self.biases_hidden = np.zeros((hidden_nodes, 1))
        self.biases_output = np.zeros((output_nodes, 1))

    def first_weights(self, nodes, fan_in):
        limit = np.sqrt(6 / (fan_in + nodes))
        return self.rng.uniform(-limit, limit, (nodes, fan_in))

    def layer_outputs(self, inputs):
        hidden_inputs = self.weights_input_hidden @ inputs + self.biases_hidden
        hidden_outputs = sigmoid(hidden_inputs)
        final_inputs = self.weights_hidden_output @ hidden_outputs + self.biases_output
        return hidden_outputs, sigmoid(final_inputs)

    def feedforward(self, inputs):
        return self.layer_outputs(inputs)[1]

    def train(self, inputs, targets, learning_rate):
        hidden_outputs, final_outputs = self.layer_outputs(inputs)
        errors = final_outputs - targets
        output_delta = errors * final_outputs * (1 - final_outputs)
        hidden_errors = self.weights_hidden_output.T @ output_delta
        hidden_delta = hidden_errors * hidden_outputs * (1 - hidden_outputs)
        rate = learning_rate / inputs.shape[1]
        self.weights_input_hidden -= rate * hidden_delta @ inputs.T
        self.weights_hidden_output -= rate * output_delta @ hidden_outputs.T
        self.biases_hidden -= rate * hidden_delta.sum(axis=1, keepdims=True)
        self.biases_output -= rate * output_delta.sum(axis=1, keepdims=True)


class Uphill(NeuralNetwork):
    """Trains away from the targets, because of a wrong sign."""

    def train(self, inputs, targets, learning_rate):
        super().train(inputs, targets, -learning_rate)


class Bare:
    """A single neuron, with only what the playground requires."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes):
        self.weights, self.bias = np.zeros((1, input_nodes)), 0.0

    def feedforward(self, inputs):
        return sigmoid(self.weights @ inputs + self.bias)

    def train(self, inputs, targets, learning_rate):
        errors = (self.feedforward(inputs) - targets) / inputs.shape[1]
        self.weights -= learning_rate * errors @ inputs.T
        self.bias -= learning_rate * errors.sum()


def boundary(playground):
    """Return the pixels of the map on the left."""
    return np.array(playground.painter.canvas.buffer_rgba())[80:420, 80:450].copy()
