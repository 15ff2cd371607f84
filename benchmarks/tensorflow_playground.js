/* Train one network the way TensorFlow Playground trains it, for benchmarks/training.py.
 *
 * Each node and each link is an object. The samples pass through the network one at a time,
 * and each link sums up its derivatives until a batch is complete. There are no matrices. The
 * structure follows the Playground's nn.ts; the code is new, and shorter.
 *
 * The script reads one JSON command a line and answers each with one line of JSON:
 *   {"sizes": [2, 4, 1], "inputs": rows, "targets": rows, "rate": 0.5, "batch": 10}
 *   {"weights": [layer][node][source], "biases": [layer][node]}
 *   {"epochs": 3, "order": [[…], …]}   the order of each epoch's samples, or as given
 *   {"parameters": true}
 *   {"clock": true}   the processor time so far
 */
// biome-ignore lint/suspicious/noRedundantUseStrict: Node runs this file as CommonJS
"use strict";

const SIGMOID = {
  output: (sum) => 1 / (1 + Math.exp(-sum)),
  derivative: (sum) => {
    const output = SIGMOID.output(sum);
    return output * (1 - output);
  },
};

class Link {
  constructor(source, destination) {
    this.source = source;
    this.destination = destination;
    this.weight = 0;
    this.derivative = 0; // of this sample's loss with respect to the weight
    this.sumOfDerivatives = 0; // of the batch so far
    this.samples = 0; // of the batch so far
  }
}

class Node {
  constructor(activation) {
    this.activation = activation;
    this.linksIn = [];
    this.linksOut = [];
    this.bias = 0;
    this.sum = 0;
    this.output = 0;
    this.outputDerivative = 0; // of this sample's loss with respect to the output
    this.sumDerivative = 0; // and with respect to the sum
    this.sumOfDerivatives = 0; // of the batch so far
    this.samples = 0; // of the batch so far
  }

  forward() {
    this.sum = this.bias;
    for (const link of this.linksIn) {
      this.sum += link.weight * link.source.output;
    }
    this.output = this.activation.output(this.sum);
  }

  backward() {
    this.sumDerivative = this.outputDerivative * this.activation.derivative(this.sum);
    this.sumOfDerivatives += this.sumDerivative;
    this.samples++;
    for (const link of this.linksIn) {
      link.derivative = this.sumDerivative * link.source.output;
      link.sumOfDerivatives += link.derivative;
      link.samples++;
    }
  }

  update(rate) {
    this.bias -= (rate * this.sumOfDerivatives) / this.samples;
    this.sumOfDerivatives = 0;
    this.samples = 0;
    for (const link of this.linksIn) {
      link.weight -= (rate / link.samples) * link.sumOfDerivatives;
      link.sumOfDerivatives = 0;
      link.samples = 0;
    }
  }
}

class Network {
  constructor(sizes) {
    this.layers = sizes.map((size) => Array.from({ length: size }, () => new Node(SIGMOID)));
    for (let i = 1; i < sizes.length; i++) {
      for (const destination of this.layers[i]) {
        for (const source of this.layers[i - 1]) {
          const link = new Link(source, destination);
          source.linksOut.push(link);
          destination.linksIn.push(link);
        }
      }
    }
  }

  forward(sample) {
    this.layers[0].forEach((node, i) => {
      node.output = sample[i];
    });
    for (let i = 1; i < this.layers.length; i++) {
      for (const node of this.layers[i]) {
        node.forward();
      }
    }
  }

  /* Add the derivatives of one sample; return its loss, half the squared error. */
  backward(target) {
    const last = this.layers.length - 1;
    let loss = 0;
    this.layers[last].forEach((node, i) => {
      node.outputDerivative = node.output - target[i];
      loss += 0.5 * node.outputDerivative ** 2;
    });
    for (let i = last; i > 0; i--) {
      for (const node of this.layers[i]) {
        node.backward();
      }
      if (i === 1) {
        break; // the input layer has no weights
      }
      for (const node of this.layers[i - 1]) {
        node.outputDerivative = 0;
        for (const link of node.linksOut) {
          node.outputDerivative += link.weight * link.destination.sumDerivative;
        }
      }
    }
    return loss;
  }

  update(rate) {
    for (let i = 1; i < this.layers.length; i++) {
      for (const node of this.layers[i]) {
        node.update(rate);
      }
    }
  }

  setParameters({ weights, biases }) {
    this.layers.slice(1).forEach((layer, i) => {
      layer.forEach((node, j) => {
        node.bias = biases[i][j];
        node.linksIn.forEach((link, k) => {
          link.weight = weights[i][j][k];
        });
      });
    });
  }

  parameters() {
    const layers = this.layers.slice(1);
    return {
      weights: layers.map((layer) => layer.map((node) => node.linksIn.map((link) => link.weight))),
      biases: layers.map((layer) => layer.map((node) => node.bias)),
    };
  }
}

let network, data;

function train(epochs, orders) {
  const asGiven = data.inputs.map((_, i) => i);
  let loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = orders ? orders[epoch] : asGiven;
    let waiting = 0;
    loss = 0;
    order.forEach((sample, i) => {
      network.forward(data.inputs[sample]);
      loss += network.backward(data.targets[sample]);
      waiting++;
      if (waiting === data.batch || i === order.length - 1) {
        network.update(data.rate);
        waiting = 0;
      }
    });
  }
  return loss / data.inputs.length;
}

function answer(command) {
  if (command.sizes) {
    network = new Network(command.sizes);
    data = command;
    return {};
  }
  if (command.weights) {
    network.setParameters(command);
    return {};
  }
  if (command.epochs) {
    return { loss: train(command.epochs, command.order) };
  }
  if (command.clock) {
    const { user, system } = process.cpuUsage(); // microseconds
    return { seconds: (user + system) / 1e6 };
  }
  return network.parameters();
}

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line)))));
