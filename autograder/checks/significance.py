"""The checks of unit 01, in the order of the notebook."""

from autograder.checks._significance.difference import DIFFERENCE
from autograder.checks._significance.exact import EXACT
from autograder.checks._significance.find_the_bug import FIND_THE_BUG
from autograder.checks._significance.holm import HOLM
from autograder.checks._significance.interval import INTERVAL
from autograder.checks._significance.paired import PAIRED_BOOTSTRAP
from autograder.checks._significance.planning import TEST_SIZE
from autograder.checks._significance.sample import SAMPLE
from autograder.checks._significance.variances import VARIANCES

CHECKS = [
    DIFFERENCE,
    INTERVAL,
    VARIANCES,
    SAMPLE,
    PAIRED_BOOTSTRAP,
    EXACT,
    FIND_THE_BUG,
    TEST_SIZE,
    HOLM,
]
