"""The checks of unit 04, in the order of the notebook."""

from autograder.checks._attention.attention import ATTENTION
from autograder.checks._attention.backpropagate import BACKPROPAGATE
from autograder.checks._attention.connections import CONNECTIONS
from autograder.checks._attention.find_the_bug import FIND_THE_BUG
from autograder.checks._attention.heads import HEADS
from autograder.checks._attention.mask import MASK
from autograder.checks._attention.rnn import RNN
from autograder.checks._attention.scores import SCORES
from autograder.checks._attention.softmax import SOFTMAX
from autograder.checks._attention.step import STEP

CHECKS = [
    BACKPROPAGATE,
    RNN,
    SCORES,
    SOFTMAX,
    MASK,
    ATTENTION,
    FIND_THE_BUG,
    HEADS,
    CONNECTIONS,
    STEP,
]
