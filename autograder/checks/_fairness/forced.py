"""fairness.false_positive_rate_from: the rate that three others force.

Not asked: numbers outside their ranges.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from autograder.check import Case, Check
from autograder.checks._fairness.drawing import telling_cases
from autograder.checks._fairness.forced_mistakes import MISCONCEPTIONS
from course_utils.fairness import false_positive_rate_from


def by_a_table(base_rate, ppv, fnr):
    tp = Fraction(base_rate) * (1 - Fraction(fnr))
    fp = tp / Fraction(ppv) - tp
    return float(fp / (1 - Fraction(base_rate)))


def in_float32(base_rate, ppv, fnr):
    p, v, miss = np.array([base_rate, ppv, fnr], dtype=np.float32)
    one = np.float32(1)
    return np.asarray(p * (one - v) * (one - miss) / ((one - p) * v))


def by_flagged(base_rate, ppv, fnr, people=1e6):
    found = people * base_rate * (1 - fnr)
    return np.float64((found / ppv - found) / (people * (1 - base_rate)))


def draw(rng: np.random.Generator) -> list[Case]:
    def share(low: float = 0.15, high: float = 0.85) -> float:
        return round(float(rng.uniform(low, high)), 3)

    def possible() -> tuple[float, float, float]:
        return share(0.15, 0.45), share(0.55, 0.9), share(0.1, 0.7)

    drawn = {
        "value": [possible(), possible(), (share(0.52, 0.6), share(0.7, 0.9), share())],
        "impossible": [(share(0.7, 0.9), share(0.1, 0.3), share(0.1, 0.4))],
        "edges": [(0.0, share(), share()), (share(), 1.0, share()), (share(), share(), 1.0)],
        "all found": [(share(0.15, 0.45), share(0.55, 0.9), 0.0)],
    }
    return [Case(args, shows) for shows, inputs in drawn.items() for args in inputs]


FORCED: Check = Check(
    exercise="fairness.false_positive_rate_from",
    properties={
        "value": "gives p/(1 − p) · (1 − ppv)/ppv · (1 − fnr)",
        "impossible": "gives more than 1 where no classifier has these three numbers",
        "edges": "gives 0 when the base rate is 0, when ppv is 1 and when fnr is 1",
        "all found": "works for a classifier that misses nobody",
    },
    cases=telling_cases(lambda: FORCED, draw),
    expect=false_positive_rate_from,
    accepts=[by_a_table, in_float32, by_flagged],
    misconceptions=MISCONCEPTIONS,
)
