"""significance.holm: Holm's step-down, in the order given.

Only `boundary` holds p-values that are equal to their limit. There limits and p-values are halves of
each other, so that no way of computing them rounds.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._significance import holm_mistakes as wrong
from course_utils.significance import holm


def by_sorting_pairs(p, alpha):
    rejected = [False] * len(p)
    for done, (value, i) in enumerate(sorted((float(value), i) for i, value in enumerate(p))):
        if value > alpha / (len(p) - done):
            return rejected
        rejected[i] = True
    return rejected


def by_adjusting(p, alpha, dtype=bool):
    return (wrong.adjusted(p, alpha) <= alpha).astype(dtype)


def by_recursion(p, alpha):
    def rejected(left):
        best = min(left, key=lambda i: p[i], default=None)
        if best is None or p[best] > alpha / len(left):
            return set()
        return {best} | rejected([i for i in left if i != best])

    chosen = rejected(list(range(len(p))))
    return tuple(i in chosen for i in range(len(p)))


class ByCounting:
    """Rejected is who has no failure among the p-values up to its own."""

    def __call__(self, p, alpha):
        smaller = (p[:, None] > p).sum(axis=1)
        fails = p > alpha / (len(p) - smaller)
        wide = np.repeat([p >= min(p[fails], default=2.0)], 2, axis=0).T
        return ~wide[:, 1]  # a view that is not contiguous, then a new array


def cases(rng: np.random.Generator) -> list[Case]:
    alpha = float(rng.choice([0.04, 0.05, 0.06, 0.1]))

    def around_limits(m: int, rejections: int, then: float) -> Args:
        """`rejections` p-values below their limits, and the others up to `then` times above."""
        share = np.append(
            rng.uniform(0.3, 0.97, rejections), rng.uniform(1.03, then, m - rejections)
        )
        return rng.permutation(np.round(share * alpha / np.arange(m, 0, -1), 6)), alpha

    def draw(m: int) -> Args:
        """After the first failure all others fail too, so that nobody needs to stop."""
        return around_limits(m, int(rng.integers(m // 3 + 1, m - 1)), then=1.7)

    def clear(args: Args) -> bool:
        """No two p-values equal, and none so near a limit that rounding decides."""
        p, _ = args
        limits = alpha / np.arange(1, len(p) + 2)
        return np.abs(p[:, None] - limits).min() > 1e-6 and len(set(p)) == len(p)

    def draw_with_late_passes(m: int) -> Args:
        return np.round(alpha * rng.beta(0.6, 1.4, size=m), 6), alpha

    elsewhere = (
        *(wrong.goes_on_after_a_failure, wrong.step_up),  # only where a later one passes
        *(wrong.strictly_less, wrong.sorted_in_place),
        *(wrong.first_of_equals, wrong.counts_equals_once),
    )
    fails_heart = [m.function for m in wrong.MISCONCEPTIONS if m.function not in elsewhere]
    values = draw_until(
        lambda: [draw(5), draw(7), draw(11)],
        lambda drawn: all(map(clear, drawn)) and tells_apart((holm, *fails_heart), drawn),
    )
    stops = draw_until(
        lambda: [draw_with_late_passes(6)],
        lambda drawn: (
            clear(drawn[0])
            and tells_apart((holm, wrong.goes_on_after_a_failure, wrong.step_up), drawn)
        ),
    )
    tiny = 2.0 ** -rng.integers(5, 8, size=2)
    boundary = [
        (rng.permutation([tiny[0] / 2, tiny[1], 0.125, 0.25]), 0.25),
        (rng.permutation([0.25, 0.5]), 0.5),
    ]
    small = alpha * round(float(rng.uniform(0.02, 0.18)), 3)
    equal = draw_until(
        lambda: [(rng.permutation([small, small, 0.7 * alpha, 0.3 * alpha, 0.9]), alpha)],
        lambda drawn: tells_from(holm, [wrong.first_of_equals], drawn),
    )
    # Kept, as the first limit is alpha / 5; counted once, or given the mean of two ranks, rejected.
    small = alpha * round(float(rng.uniform(0.203, 0.218)), 4)
    equal.append((rng.permutation([small, small, 0.6 * alpha, 0.7 * alpha, 0.9]), alpha))
    return [
        *(Case(args, "value") for args in values),
        *(Case(args, "stop") for args in stops),
        *(Case(args, "boundary") for args in boundary),
        *(Case(args, "equal") for args in equal),
        Case((np.array([0.2, 0.9, 0.5]), alpha), "extremes"),
        Case((np.array([0.001, 0.0001, 0.002]), alpha), "extremes"),
        Case((np.array([0.9 * alpha]), alpha), "extremes"),
    ]


HOLM = Check(
    exercise="significance.holm",
    properties={
        "value": "rejects by Holm's step-down, in the order given",
        "stop": "stops at the first p-value above its limit, and keeps all larger ones",
        "boundary": "rejects a p-value that is equal to its limit",
        "equal": "decides alike on equal p-values",
        "extremes": "can reject none and all, and a single one",
    },
    cases=cases,
    expect=holm,
    accepts=[
        by_sorting_pairs,
        by_adjusting,
        partial(by_adjusting, dtype=np.int8),
        by_recursion,
        ByCounting(),
    ],
    misconceptions=wrong.MISCONCEPTIONS,
)
