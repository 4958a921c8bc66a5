"""The checks of unit 04, in the order of the notebook."""

from autograder.checks._attention.backpropagate import BACKPROPAGATE
from autograder.checks._attention.mask import MASK
from autograder.checks._attention.rnn import RNN
from autograder.checks._attention.scores import SCORES
from autograder.checks._attention.softmax import SOFTMAX

CHECKS = [
    BACKPROPAGATE,
    RNN,
    SCORES,
    SOFTMAX,
    MASK,
]
