"""The exercises, a file for each chapter; longer ones are parted by subject."""

from nn_check.exercises import (
    capstone_digits,
    capstone_train,
    ex01_import_libraries,
    ex02_define_architecture,
    ex03_initialise_weights,
    ex04_feedforward,
    ex05_activation_function,
    ex06_train,
)

EXERCISES = {
    **ex01_import_libraries.EXERCISES,
    **ex02_define_architecture.EXERCISES,
    **ex03_initialise_weights.EXERCISES,
    **ex04_feedforward.EXERCISES,
    **ex05_activation_function.EXERCISES,
    **ex06_train.EXERCISES,
    **capstone_train.EXERCISES,
    **capstone_digits.EXERCISES,
}
