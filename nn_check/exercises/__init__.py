"""The exercises: a file for each chapter, or several where one would be too long."""

from nn_check.exercises import (
    capstone_digits,
    capstone_train,
    ex01_import_libraries,
    ex02_define_architecture,
    ex03_initialise_weights,
    ex04_feedforward,
    ex05_activation_function,
    ex05_first_weights,
    ex06_train,
    ex07_check_the_gradient,
    hunts_forward,
    hunts_training,
)

EXERCISES = {
    **ex01_import_libraries.EXERCISES,
    **ex02_define_architecture.EXERCISES,
    **ex03_initialise_weights.EXERCISES,
    **ex04_feedforward.EXERCISES,
    **ex05_activation_function.EXERCISES,
    **ex05_first_weights.EXERCISES,
    **ex06_train.EXERCISES,
    **ex07_check_the_gradient.EXERCISES,
    **hunts_forward.EXERCISES,
    **hunts_training.EXERCISES,
    **capstone_train.EXERCISES,
    **capstone_digits.EXERCISES,
}

# {old name: name}: exercises keep their old names when they move to another chapter.
MOVED = {
    "ex03-explore-saturation": "ex05-explore-saturation",
    "ex03-initialise": "ex05-initialise",
    "ex03-xavier-limit": "ex05-xavier-limit",
    "ex06-numerical-slope": "ex07-numerical-slope",
}
