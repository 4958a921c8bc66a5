"""The checks of unit 06, second part, in the order of the notebook."""

from autograder.checks._rlhf.clipped import CLIPPED
from autograder.checks._rlhf.epsilon import EPSILON_GREEDY
from autograder.checks._rlhf.find_the_bug import FIND_THE_BUG
from autograder.checks._rlhf.optimum import OPTIMUM
from autograder.checks._rlhf.penalty import PENALTY
from autograder.checks._rlhf.preference import PREFERENCE
from autograder.checks._rlhf.q_loss import Q_LOSS
from autograder.checks._rlhf.ranking import RANKING
from autograder.checks._rlhf.supervised import SUPERVISED

CHECKS = [
    EPSILON_GREEDY,
    Q_LOSS,
    SUPERVISED,
    PREFERENCE,
    RANKING,
    PENALTY,
    CLIPPED,
    OPTIMUM,
    FIND_THE_BUG,
]
