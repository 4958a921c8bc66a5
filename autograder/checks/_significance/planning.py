"""significance.minimum_test_size: how many test examples it takes to see a gap.

Not asked: a gap of exactly 0, about which the exercise is silent.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._significance import planning_mistakes as wrong
from course_utils.significance import minimum_test_size


def with_normal_dist(gap, disagreement, power, alpha):
    if gap <= 0 or gap >= disagreement or disagreement > 1 or power <= alpha:
        raise ValueError(f"gap={gap}")
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha) + normal.inv_cdf(power)
    return np.int64(-((z * z * (disagreement - gap * gap)) // -(gap * gap)))


def by_search(gap, disagreement, power, alpha, *, first=1):
    needed = wrong.bound(gap, disagreement, power, alpha)
    low, high = 0, first
    while high < needed:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= needed else (middle, high)
    return np.asarray(high)


class ByCeiling:
    def __call__(self, gap, disagreement, power, alpha):
        needed = wrong.bound(gap=gap, disagreement=disagreement, power=power, alpha=alpha)
        return int(np.ceil(needed).item())


def cases(rng: np.random.Generator) -> list[Case]:
    def uniform(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 3)

    def draw(largest: float) -> Args:
        gap = uniform(0.02, largest)
        return gap, uniform(1.5 * gap, 0.6), uniform(0.6, 0.95), uniform(0.01, 0.15)

    def clear(args: Args) -> bool:
        """Far from a whole number: no last digit of a quantile decides."""
        return 0.05 < wrong.bound(*args) % 1 < 0.95

    fails_heart = [
        known.function
        for known in wrong.MISCONCEPTIONS
        if known.function not in (wrong.quantile_made_positive, wrong.one_refused, wrong.no_refusal)
    ]
    values = draw_until(
        lambda: [draw(0.2), draw(0.2), draw(0.05)],
        lambda inputs: (
            all(map(clear, inputs)) and tells_apart((minimum_test_size, *fails_heart), inputs)
        ),
    )
    weak = draw_until(
        lambda: [(uniform(0.03, 0.1), 0.3, uniform(0.2, 0.45), uniform(0.02, 0.1))],
        lambda inputs: (
            clear(inputs[0])
            and tells_from(minimum_test_size, [wrong.quantile_made_positive], inputs)
        ),
    )
    whole = draw_until(lambda: (uniform(0.1, 0.5), 1.0, 0.8, uniform(0.01, 0.1)), clear)
    level = uniform(0.05, 0.3)
    refused = {
        "gap": [
            (-uniform(0.01, 0.1), 0.3, 0.8, 0.05),
            (0.25, 0.25, 0.8, 0.05),
            (0.3, uniform(0.1, 0.28), 0.8, 0.05),
        ],
        "disagreement": [(0.1, uniform(1.01, 1.5), 0.8, 0.05)],
        "power": [(0.1, 0.3, level, level), (0.1, 0.3, 0.05, uniform(0.1, 0.4))],
    }
    return [
        *(Case(args, "value") for args in values),
        *(Case(args, "weak") for args in weak),
        Case(whole, "whole"),
        *(Case(args, shows) for shows, inputs in refused.items() for args in inputs),
    ]


TEST_SIZE = Check(
    exercise="significance.minimum_test_size",
    properties={
        "value": "gives the smallest whole n that satisfies the inequality",
        "weak": "holds for a power below one half, too",
        "whole": "accepts a disagreement of exactly 1",
        "gap": "raises ValueError unless 0 < gap < disagreement",
        "disagreement": "raises ValueError when the disagreement is over 1",
        "power": "raises ValueError unless alpha < power",
    },
    cases=cases,
    expect=minimum_test_size,
    accepts=[with_normal_dist, by_search, ByCeiling()],
    misconceptions=wrong.MISCONCEPTIONS,
)
