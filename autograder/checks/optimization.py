"""The checks of unit 07, first part, in the order of the notebook."""

from autograder.checks._optimization.adam import ADAM, ADAMW
from autograder.checks._optimization.adaptive import ADAGRAD, RMSPROP
from autograder.checks._optimization.cost import COST
from autograder.checks._optimization.find_the_bug import FIND_THE_BUG
from autograder.checks._optimization.loss_scale import LOSS_SCALE
from autograder.checks._optimization.memory import MEMORY, TRAINING_MEMORY
from autograder.checks._optimization.sgd import SGD

CHECKS = [
    SGD,
    ADAGRAD,
    RMSPROP,
    ADAM,
    FIND_THE_BUG,
    ADAMW,
    MEMORY,
    TRAINING_MEMORY,
    LOSS_SCALE,
    COST,
]
