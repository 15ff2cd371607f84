"""Bug hunts of chapters 6 and 7: the update, and the loops around it."""

import nn_core
from nn_check import trial_runs
from nn_check.cases import book_class
from nn_check.exercises import wrong_gradients
from nn_check.exercises.hunts_forward import OF_CHAPTER_5
from nn_check.hunting import ALL, RATE, BugHunt

EXERCISES = {}


def _fit_with(samples):
    """Return a class whose fit takes samples(inputs, targets, batch, in order)."""

    def taken(self, inputs, targets, batch, begin):
        return samples(inputs, targets, batch, slice(begin, begin + len(batch)))

    return book_class(samples=taken)


UPHILL, OTHER_SLOPE, TWICE = (
    "The sign is turned: this is minus the gradient. Subtracting it would climb.",
    "The hidden δ has the slope of the output layer in it, not that of its own layer.",
    "The hidden biases are divided by N twice, N the number of samples.",
)
TORN = "The targets are taken in their old order, the inputs in a new one."
OF_TRAINING = {
    **OF_CHAPTER_5,
    (
        "loss",
        "The half is missing.",
    ): book_class(loss=lambda self, x, t: 2 * nn_core.NeuralNetwork.loss(self, x, t)),
    (
        "loss",
        "The sum over the samples is taken; the loss is a mean.",
    ): book_class(
        loss=lambda self, x, t: x.shape[1] * nn_core.NeuralNetwork.loss(self, x, t)
    ),
    **{
        ("train", words): book_class(gradients=wrong)
        for words, wrong in wrong_gradients.MISTAKES
    },
    ("train", OTHER_SLOPE): book_class(gradients=wrong_gradients.with_output_slope),
    ("train", "Nothing moves: every step is zero."): book_class(
        gradients=wrong_gradients.nothing
    ),
    (
        "train",
        "The hidden error goes back through weights that are already updated.",
    ): book_class(
        gradients=lambda net, x, t: wrong_gradients.through_updated_weights(
            net, x, t, RATE
        )
    ),
    ("fit", TORN): _fit_with(lambda x, t, batch, here: (x[:, batch], t[:, here])),
    (
        "fit",
        "The inputs are taken in their old order, the targets in a new one: torn apart the "
        "other way round.",
    ): _fit_with(lambda x, t, batch, here: (x[:, here], t[:, batch])),
    (
        "fit",
        "Inputs and targets belong together, but they come in the same order in every "
        "epoch: the new order is not used.",
    ): _fit_with(lambda x, t, batch, here: (x[:, here], t[:, here])),
    (
        "fit",
        "Each update takes all samples, so there are no batches any more.",
    ): _fit_with(lambda x, t, batch, here: (x, t)),
}

EXERCISES["ex06-hunt-uphill"] = BugHunt(
    ALL,
    OF_TRAINING,
    planted=("train", UPHILL),
    symptom="all four arrays move up their slopes.",
    trial=trial_runs.by_fit,
    hints=(
        "The loss rises from the first epochs on. Do the arrays move against their slopes, "
        "or along them?",
        "All four arrays go the wrong way at once. What do their four lines share?",
        "Take a single sample whose output is too large. Follow the signs from the error to "
        "the change of the output's bias.",
    ),
    done="Each array moves against its slope, and the loss falls.",
)

EXERCISES["ex06-hunt-torn"] = BugHunt(
    ALL,
    OF_TRAINING,
    planted=("fit", TORN),
    symptom="most inputs are trained with another sample's target.",
    trial=trial_runs.by_fit,
    hints=(
        "Call train yourself, a few hundred times with all samples: the loss falls. Which "
        "method is left?",
        "Print the targets of the first batch in fit, and beside them those that the same "
        "samples have in the data.",
        "The new order says which samples are in a batch. For how many arrays must it "
        "say so?",
    ),
    done="Every input comes with its own target again.",
)

EXERCISES["ex07-hunt-slope"] = BugHunt(
    ALL,
    OF_TRAINING,
    planted=("train", OTHER_SLOPE),
    symptom="two of the four groups fail the gradient check, and the loss falls all the "
    "same, until it stalls.",
    trial=trial_runs.by_fit,
    hints=(
        "Which groups fail the gradient check, and what do their two lines have in common?",
        "A delta is an error times a slope. Whose error, and whose slope?",
        "Make a network with two output nodes and train it: which line raises an error, and "
        "about which shapes?",
    ),
    done="All four groups pass the gradient check.",
)

EXERCISES["ex07-hunt-biases"] = BugHunt(
    ALL,
    OF_TRAINING,
    planted=("train", TWICE),
    symptom="one of the four groups fails the gradient check: its steps are N times too "
    "short.",
    trial=trial_runs.by_fit,
    hints=(
        "Which group fails the gradient check? Does it fail with a single sample too?",
        "Divide the slopes that are used by those that are measured, for 4 samples and for "
        "200. Which numbers come out?",
        "How often is the sum over the samples divided by their number, on the way to this "
        "group?",
    ),
    done="All four groups pass the gradient check, whatever the number of samples.",
)
