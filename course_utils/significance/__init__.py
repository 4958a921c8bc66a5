"""Unit 01: is classifier A really better than classifier B?

    difference.py    which one was right more often, on one test set
    restarts.py      the first source of variance: training is random
    bootstrap.py     the second: the test set is random. The paired bootstrap
    exact.py         the bootstrap with every test set counted, and nothing drawn
    planning.py      how large a test set must be before you start
    scores.py        the same for scores that are not 0 or 1
    many_tests.py    what to do with more than one p-value
    bug_hunt.py      a test that tells right implementations from wrong ones

Everywhere `correct_a` and `correct_b` say, for the same n test examples in the same order, whether
A and B were right: 0 or 1, or booleans. Later units call `paired_bootstrap_p_value` and `paired_bootstrap_of_scores`.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Significance Testing".
"""

from course_utils.significance.bootstrap import (
    bootstrap_sample,
    paired_bootstrap,
    paired_bootstrap_p_value,
)
from course_utils.significance.bug_hunt import find_the_bug_significance
from course_utils.significance.difference import accuracy_difference
from course_utils.significance.exact import exact_paired_bootstrap
from course_utils.significance.many_tests import holm
from course_utils.significance.planning import minimum_test_size
from course_utils.significance.restarts import restart_interval, variance_components
from course_utils.significance.scores import paired_bootstrap_of_scores

__all__ = [
    "accuracy_difference",
    "bootstrap_sample",
    "exact_paired_bootstrap",
    "find_the_bug_significance",
    "holm",
    "minimum_test_size",
    "paired_bootstrap",
    "paired_bootstrap_of_scores",
    "paired_bootstrap_p_value",
    "restart_interval",
    "variance_components",
]
