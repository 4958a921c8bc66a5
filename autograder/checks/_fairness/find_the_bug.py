"""fairness.find_the_bug_fairness: the student's tester meets right and wrong candidates.

Whether a candidate is wrong is written in the table of candidates; a test holds the table against
exact fractions.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from autograder.check import Check
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.checks._fairness.candidates import HIDDEN, PUBLIC
from autograder.checks._fairness.testers import MISCONCEPTIONS, tester
from course_utils.fairness import error_rates, find_the_bug_fairness

PROPERTIES = {
    "rule": "tells right versions from versions with a wrong rule",
    "distinct": "finds a version that is wrong only where the counts differ",
    "undefined": "finds a version that does not give nan for 0/0",
    "near": "finds a version that is off by a thousandth",
    "close": "passes a version that is off by 1e-6",
    "raises": "finds a version that raises an exception on legal counts",
    "keys": "finds a version with other keys",
    "shape": "finds a version that does not give a dict of single numbers",
}


def by_random_tables(candidate):
    """Fractions, on random tables with many zeros."""
    rng = np.random.default_rng(3)
    for row in rng.integers(0, 60, size=(150, 4)) * rng.integers(0, 2, size=(150, 4)):
        tn, fp, fn, tp = row.tolist()
        n = tn + fp + fn + tp
        parts = dict(fpr=(fp, fp + tn), fnr=(fn, fn + tp), ppv=(tp, tp + fp), npv=(tn, tn + fn))
        parts |= dict(base_rate=(fn + tp, n), selection_rate=(fp + tp, n), accuracy=(tn + tp, n))
        try:
            answer = candidate(tn, fp, fn, tp)
            if answer.keys() != parts.keys():
                return np.True_
            for name, (part, whole) in parts.items():
                right = float(Fraction(part, whole)) if whole else np.nan
                if np.ndim(answer[name]) or not np.isclose(
                    answer[name], right, rtol=0, atol=1e-5, equal_nan=True
                ):
                    return np.True_
        except Exception:
            return np.True_
    return np.False_


def as_integer(candidate):
    return int(tester(candidate))


FIND_THE_BUG = Check(
    exercise="fairness.find_the_bug_fairness",
    properties=PROPERTIES,
    cases=drawn_from(HIDDEN, {"rule"}),
    public=drawn_from(PUBLIC, {"rule"}),
    own=error_rates,
    expect=labels_of(HIDDEN, PUBLIC),
    accepts=[find_the_bug_fairness, tester, by_random_tables, as_integer],
    misconceptions=MISCONCEPTIONS,
)
