"""Bug hunts of chapters 6 and 7: the update, and the training loop."""

import nn_core
from nn_check.answers.reference import book_class
from nn_check.exercises import wrong_gradients
from nn_check.exercises.hunts_forward import CHAPTER_5_MISTAKES
from nn_check.kinds import BugHunt, class_runs
from nn_check.kinds.bug_hunt import ALL, LEARNING_RATE

EXERCISES = {}


def _fit_with(samples):
    """Return a class whose batches are samples(inputs, targets, shuffled, unshuffled).

    shuffled holds the indices of the batch in the epoch's random order; unshuffled is the
    slice of the same length in the order of the data.
    """

    def wrong_samples(self, inputs, targets, batch, begin):
        return samples(inputs, targets, batch, slice(begin, begin + len(batch)))

    return book_class(samples=wrong_samples)


UPHILL, OTHER_SLOPE, TWICE = (
    "The sign is turned: this is minus the gradient. Subtracting it would climb.",
    "The hidden δ has the slope of the output layer in it, not that of its own layer.",
    "The hidden biases are divided by N twice, N the number of samples.",
)
TORN = "The targets are taken in their old order, the inputs in a new one."
TRAINING_MISTAKES = {
    **CHAPTER_5_MISTAKES,
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
            net, x, t, LEARNING_RATE
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
    TRAINING_MISTAKES,
    planted=("train", UPHILL),
    symptom="all four arrays move up their slopes.",
    trial_run=class_runs.training,
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
    TRAINING_MISTAKES,
    planted=("fit", TORN),
    symptom="most inputs are trained with another sample's target.",
    trial_run=class_runs.training,
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
    TRAINING_MISTAKES,
    planted=("train", OTHER_SLOPE),
    symptom="two of the four groups fail the gradient check, and the loss falls all the "
    "same, until it stalls.",
    trial_run=class_runs.training,
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
    TRAINING_MISTAKES,
    planted=("train", TWICE),
    symptom="one of the four groups fails the gradient check: its steps are N times too "
    "short.",
    trial_run=class_runs.training,
    hints=(
        "Which group fails the gradient check? Does it fail with a single sample too?",
        "Divide the slopes that are used by those that are measured, for 4 samples and for "
        "200. Which numbers come out?",
        "How often is the sum over the samples divided by their number, on the way to this "
        "group?",
    ),
    done="All four groups pass the gradient check, whatever the number of samples.",
)
