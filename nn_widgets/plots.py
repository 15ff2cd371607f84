"""Plot samples, decision boundaries, losses and networks with matplotlib.

Each function takes an `ax`, keeps no state and returns what it drew.
"""

import matplotlib.collections
import matplotlib.colors
import numpy as np

# Blue and orange are distinguishable with every common form of colour blindness. In addition,
# class 0 is always drawn as circles and class 1 as triangles.
CLASS_COLOURS = ("#0072B2", "#D55E00")
CLASS_MARKERS = ("o", "^")
HOLLOW_COLOURS = ("#00395a", "#7a2f00")  # darker, for thin lines on a coloured map
LINE_COLOURS = (*CLASS_COLOURS, "black")  # of the curves in a plot
OUTPUT_COLOURS = matplotlib.colors.LinearSegmentedColormap.from_list(
    "outputs", ["#6aaed6", "#f7f7f7", "#f0965a"]
)


def _axes(ax):
    if ax is None:
        import matplotlib.pyplot as plt  # imported late: the live widgets do not need pyplot

        ax = plt.gca()
    return ax


def view_limits(inputs, margin=0.15):
    """Return (x_min, x_max, y_min, y_max) of a square around the samples, (2, N)."""
    low, high = inputs.min(axis=1), inputs.max(axis=1)
    middle, half = (low + high) / 2, (high - low).max() / 2 * (1 + 2 * margin)
    return (
        middle[0] - half,
        middle[0] + half,
        middle[1] - half,
        middle[1] + half,
    )


def grid_points(limits, steps):
    """Return steps × steps points of the square as columns, (2, steps²), row by row."""
    x = np.linspace(limits[0], limits[1], steps)
    y = np.linspace(limits[2], limits[3], steps)
    return np.stack(np.meshgrid(x, y)).reshape(2, -1)


def plot_samples(dataset, ax=None, hollow=False, size=36):
    """Draw two-dimensional samples: blue circles for class 0, orange triangles for 1."""
    ax = _axes(ax)
    drawn = []
    for label, (colour, edge, marker) in enumerate(
        zip(CLASS_COLOURS, HOLLOW_COLOURS, CLASS_MARKERS, strict=True)
    ):
        chosen = dataset.targets[0] == label
        drawn.append(
            ax.scatter(
                *dataset.inputs[:, chosen],
                s=size,
                marker=marker,
                facecolors="none" if hollow else colour,
                edgecolors=edge if hollow else "white",
                linewidths=1.2 if hollow else 0.7,
                label=f"class {label}" + (" (test)" if hollow else ""),
                zorder=3,
            )
        )
    ax.set(xlabel="input 1", ylabel="input 2")
    return drawn


def plot_boundary(net, dataset, ax=None, steps=100):
    """Draw the network's output over the plane, its boundary at 0.5, and the samples."""
    ax = _axes(ax)
    limits = view_limits(dataset.inputs)
    outputs = net.feedforward(grid_points(limits, steps)).reshape(steps, steps)
    image = ax.imshow(
        outputs,
        extent=limits,
        origin="lower",
        cmap=OUTPUT_COLOURS,
        vmin=0,
        vmax=1,
        interpolation="bilinear",
    )
    if outputs.min() < 0.5 < outputs.max():
        ax.contour(outputs, [0.5], extent=limits, colors="black", linewidths=1.5)
    plot_samples(dataset, ax)
    return image


def plot_losses(losses, ax=None, label=None, **line):
    """Draw the loss of each epoch on a logarithmic axis, in the next of LINE_COLOURS."""
    ax = _axes(ax)
    line = {"color": LINE_COLOURS[len(ax.lines) % len(LINE_COLOURS)], **line}
    (drawn,) = ax.semilogy(np.arange(1, len(losses) + 1), losses, label=label, **line)
    ax.set(xlabel="epoch", ylabel="loss")
    return drawn


def plot_network(input_nodes, hidden_nodes, output_nodes, ax=None, net=None, most=8):
    """Draw a network's nodes and connections; return {(layer, node): (x, y)}.

    Layers are numbered 0 to 2. If a layer has more than `most` nodes, the first `most - 1`
    are drawn, and a note gives the number of the others. With a `net`, each connection's
    width is proportional to its weight: orange and solid for positive weights, blue and
    dashed for negative ones.
    """
    ax = _axes(ax)
    places = {}
    for layer, nodes in enumerate((input_nodes, hidden_nodes, output_nodes)):
        shown = nodes if nodes <= most else most - 1
        slots = shown + (nodes > shown)
        heights = 0.5 + (np.arange(slots)[::-1] - (slots - 1) / 2) / max(slots, 4)
        for node in range(shown):
            places[layer, node] = (float(layer), float(heights[node]))
        if nodes > shown:
            text = f"⋮ {nodes - shown} more"
            ax.text(layer, heights[-1], text, ha="center", va="center", fontsize=11)
    lines = [[places[start], places[end]] for start, end in _connections(places)]
    widths, colours, styles = style_of_connections(net, places)
    ax.add_collection(
        matplotlib.collections.LineCollection(
            lines, linewidths=widths, colors=colours, linestyles=styles, zorder=1
        )
    )
    ax.scatter(
        *np.transpose(list(places.values())),
        s=900,
        facecolors="#f7f7f7",
        edgecolors="#33475b",
        linewidths=1.5,
        zorder=4,
    )
    for layer, name in enumerate(("inputs", "hidden layer", "output")):
        ax.text(layer, -0.06, name, ha="center", va="top", fontsize=11)
    ax.set(xlim=(-0.35, 2.35), ylim=(-0.16, 1.05))
    ax.set_axis_off()
    return places


def _connections(places):
    """Return the (start, end) nodes of every connection that is drawn."""
    return [
        (one, other) for one in places for other in places if other[0] == one[0] + 1
    ]


def style_of_connections(net, places):
    """Return the widths, colours and line styles of a network's connections.

    `places` is the result of plot_network with the same `net`, which may be None.
    """
    widths, colours, styles = [], [], []
    for (layer, node), (_, next_node) in _connections(places):
        weight = 0.0
        if net is not None:
            weights = (net.weights_input_hidden, net.weights_hidden_output)[layer]
            weight = weights[next_node, node] / max(np.abs(weights).max(), 1e-12)
        widths.append(1.0 if net is None else 0.4 + 4 * abs(weight))
        colours.append("#6b7785" if net is None else CLASS_COLOURS[int(weight > 0)])
        styles.append("--" if weight < 0 else "-")
    return widths, colours, styles
