"""significance.find_the_bug_significance: the student's tester meets right and wrong candidates.

Whether a candidate is wrong is written in the table of candidates; a test holds the table against
brute force.
"""

from __future__ import annotations

import numpy as np

from autograder.check import Check
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.checks._significance.candidates import HIDDEN, PUBLIC
from autograder.checks._significance.testers import MISCONCEPTIONS, tester
from course_utils.significance import find_the_bug_significance, paired_bootstrap

PROPERTIES = {
    "rule": "tells right versions from versions with a wrong rule",
    "ties": "finds a version that is wrong only for ties",
    "rounding": "finds a version in which rounding breaks ties",
    "sign": "finds a version that is wrong only when B leads",
    "square": "finds a version that is right only when n = B",
    "near": "finds a version that is off by 1/B",
    "close": "passes a version that is off by 1e-6",
    "changes": "finds a version that changes its arguments",
    "raises": "finds a version that raises an exception on legal input",
    "shape": "finds a version that does not return one number",
}


def by_brute_force(candidate):
    """Whole numbers, row by row, on random inputs of many sizes."""
    rng = np.random.default_rng(5)
    for _ in range(90):
        n, num_samples = (int(size) for size in rng.integers(1, (33, 41)))
        a, b = rng.integers(0, 2, size=(2, n))
        rows = rng.integers(0, n, size=(num_samples, n))
        d = (a - b).tolist()
        v = sum(sum(d[i] for i in row) > 2 * sum(d) for row in rows.tolist())
        handed = a.copy(), b.copy(), rows.copy()
        try:
            p = candidate(*handed)
            if np.ndim(p) or not np.isclose(p, v / num_samples, atol=1e-5):
                return np.True_
        except Exception:
            return np.True_
        if not all(map(np.array_equal, handed, (a, b, rows))):
            return np.True_
    return np.False_


class Tester:
    def __init__(self, oracle):
        self.oracle = oracle

    def __call__(self, candidate):
        return int(self.oracle(candidate))


FIND_THE_BUG = Check(
    exercise="significance.find_the_bug_significance",
    properties=PROPERTIES,
    cases=drawn_from(HIDDEN, {"rule"}),
    public=drawn_from(PUBLIC, {"rule"}),
    own=paired_bootstrap,
    expect=labels_of(HIDDEN, PUBLIC),
    accepts=[find_the_bug_significance, tester, by_brute_force, Tester(tester)],
    misconceptions=MISCONCEPTIONS,
)
