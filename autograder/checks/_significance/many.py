"""significance.holm: Holm's step-down for several p-values."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import draw_until, strided, tells
from course_utils.significance import holm


def bonferroni(p, alpha):
    return np.asarray(p) <= alpha / len(p)


def uncorrected(p, alpha):
    return np.asarray(p) <= alpha


def _limits(p, alpha):
    p = np.asarray(p)
    order = np.argsort(p)
    return p, order, alpha / (len(p) - np.arange(len(p)))


def goes_on_after_a_failure(p, alpha):
    p, order, limits = _limits(p, alpha)
    rejected = np.zeros(len(p), bool)
    rejected[order] = p[order] <= limits
    return rejected


def step_up(p, alpha):
    p, order, limits = _limits(p, alpha)
    passing = np.flatnonzero(p[order] <= limits)
    rejected = np.zeros(len(p), bool)
    rejected[order[: passing[-1] + 1 if len(passing) else 0]] = True
    return rejected


def sorted_order(p, alpha):
    order = np.argsort(p)
    return np.asarray(holm(p, alpha))[order]


def false_discovery_rate(p, alpha):
    p, order, _ = _limits(p, alpha)
    passing = np.flatnonzero(p[order] <= alpha * np.arange(1, len(p) + 1) / len(p))
    rejected = np.zeros(len(p), bool)
    rejected[order[: passing[-1] + 1 if len(passing) else 0]] = True
    return rejected


def _step_down(p, alpha, fails):
    p = np.asarray(p)
    rejected = np.zeros(len(p), bool)
    for rank, index in enumerate(np.argsort(p)):
        if fails(p[index], rank, len(p)):
            break
        rejected[index] = True
    return rejected


def strictly_less(p, alpha):
    return _step_down(p, alpha, lambda x, rank, m: x >= alpha / (m - rank))


def one_rank_late(p, alpha):
    return _step_down(p, alpha, lambda x, rank, m: x > alpha / (m - rank + 1))


def unsorted(p, alpha):
    p = np.asarray(p)
    rejected = np.zeros(len(p), bool)
    for rank, x in enumerate(p):
        if x > alpha / (len(p) - rank):
            break
        rejected[rank] = True
    return rejected


def accepted(p, alpha):
    return ~np.asarray(holm(p, alpha))


def first_of_equals(p, alpha):
    values = np.asarray(p).tolist()
    places = [values.index(value) for value in sorted(values)]
    rejected = np.zeros(len(p), bool)
    rejected[places[: int(np.sum(holm(p, alpha)))]] = True
    return rejected


def by_sorting_pairs(p, alpha):
    rejected = [False] * len(p)
    for done, (value, index) in enumerate(sorted((float(v), i) for i, v in enumerate(p))):
        if value > alpha / (len(p) - done):
            return rejected
        rejected[index] = True
    return rejected


def by_adjusting(p, alpha):
    """Adjusted p-values: the running maximum of (m − i + 1) p, held against alpha."""
    p = np.asarray(p)
    order = np.argsort(p)
    adjusted = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    rejected = np.empty(len(p), dtype=np.int8)
    rejected[order] = adjusted <= alpha
    return rejected.astype(bool)


def recursively(p, alpha):
    def go(left):
        if not left or p[min(left, key=lambda i: p[i])] > alpha / len(left):
            return set()
        best = min(left, key=lambda i: p[i])
        return {best} | go([i for i in left if i != best])

    chosen = go(list(range(len(p))))
    return np.array([i in chosen for i in range(len(p))], dtype=np.bool_)


WRONG = (
    bonferroni,
    uncorrected,
    goes_on_after_a_failure,
    step_up,
    sorted_order,
    one_rank_late,
    unsorted,
    accepted,
)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(m: int) -> tuple[np.ndarray, float]:
        alpha = float(rng.choice([0.05, 0.1]))
        return np.round(alpha * rng.beta(0.6, 1.4, size=m), 5), alpha

    def clear(args: tuple[np.ndarray, float]) -> bool:
        """No p-value on a limit (there rounding would decide), no two equal."""
        p, alpha = args
        limits = alpha * np.arange(1, len(p) + 1) / len(p)
        limits = np.concatenate([limits, alpha / np.arange(1, len(p) + 2)])
        far = np.abs(p[:, None] - limits).min() > 1e-6
        return bool(far) and len(set(p)) == len(p)

    def telling(*wrong):
        return lambda args: clear(args) and tells(holm, wrong, args)

    def boundary(m: int) -> tuple[np.ndarray, float]:
        """Smallest p-values exactly on their limits: powers of two, so that nothing is rounded."""
        limits = [0.25 / 4, 0.25 / 2, 0.25]
        p = np.array([0.25 / 4 / 8, limits[0] / 2, limits[1], limits[2]])[:m]
        return rng.permutation(p), 0.25

    def near_limits(m: int) -> tuple[np.ndarray, float]:
        alpha = float(rng.choice([0.05, 0.1]))
        limits = alpha / (m - np.arange(m))
        return rng.permutation(np.round(limits * rng.uniform(0.4, 1.3, size=m), 5)), alpha

    def spread_out(m: int) -> tuple[np.ndarray, float]:
        alpha = float(rng.choice([0.05, 0.1]))
        return np.round(rng.uniform(0, 1.3 * alpha, size=m), 5), alpha

    first = draw_until(lambda: draw(5), telling(bonferroni, uncorrected, unsorted, sorted_order))
    second = draw_until(
        lambda: near_limits(7),
        lambda x: (
            telling(step_up, goes_on_after_a_failure)(x)
            and tells(step_up, (uncorrected, false_discovery_rate, goes_on_after_a_failure), x)
        ),
    )
    fourth = draw_until(
        lambda: spread_out(8),
        lambda x: (
            telling(one_rank_late, false_discovery_rate)(x)
            and tells(false_discovery_rate, (uncorrected, step_up), x)
        ),
    )
    third = draw_until(lambda: draw(11), telling(bonferroni, uncorrected, unsorted, accepted))
    return [
        Case(first, "value"),
        Case(second, "value"),
        Case(fourth, "value"),
        Case((strided(third[0]), third[1]), "value"),
        Case(boundary(4), "boundary"),
        Case((rng.permutation([0.003, 0.003, 0.012, 0.04, 0.9]), 0.05), "equal"),
        Case((np.array([0.2, 0.9, 0.5]), 0.05), "none"),
        Case((np.array([0.001, 0.0001, 0.002]), 0.05), "none"),
        Case((np.array([0.04]), 0.05), "one"),
        Case((np.array([0.06]), 0.05), "one"),
    ]


HOLM = Check(
    exercise="significance.holm",
    properties={
        "value": "rejects by Holm's step-down, in the order given",
        "boundary": "rejects a p-value that is exactly on its limit",
        "equal": "decides alike on equal p-values",
        "none": "can reject none and can reject all",
        "one": "is the plain test for a single p-value",
    },
    cases=cases,
    expect=holm,
    accepts=[by_sorting_pairs, by_adjusting, recursively],
    misconceptions=[
        Misconception(
            "equal p-values confused",
            first_of_equals,
            "Of two equal p-values only the first is rejected, as if they were looked up by their value "
            "(list.index finds the first). Keep track of places.",
        ),
        Misconception(
            "Bonferroni",
            bonferroni,
            "This is Bonferroni's correction: every p-value against α/m. Holm relaxes the limit step by "
            "step, to α/(m − 1), α/(m − 2), …",
        ),
        Misconception(
            "no correction",
            uncorrected,
            "This holds every p-value against α itself, as if there were only one test.",
        ),
        Misconception(
            "goes on after a failure",
            goes_on_after_a_failure,
            "The first p-value above its limit stops everything: no larger one is rejected either.",
        ),
        Misconception(
            "step-up",
            step_up,
            "This starts from the largest p-value (Hochberg's step-up). Holm starts from the smallest "
            "and stops at the first failure.",
        ),
        Misconception(
            "false discovery rate",
            false_discovery_rate,
            "This is Benjamini and Hochberg's procedure, with limits i α/m. It bounds another error.",
        ),
        Misconception(
            "sorted order returned",
            sorted_order,
            "The decisions are right, but in sorted order. Put each back where its p-value stood.",
        ),
        Misconception(
            "< for <=",
            strictly_less,
            "A p-value equal to its limit is rejected: reject while p ≤ limit.",
        ),
        Misconception(
            "limits one rank late",
            one_rank_late,
            "The limits start with α/(m + 1). The smallest p-value is held against α/m.",
        ),
        Misconception(
            "not sorted",
            unsorted,
            "The p-values are taken in the order given. Sort them first, smallest first.",
        ),
        Misconception(
            "accepted for rejected",
            accepted,
            "True and False are swapped: True means rejected.",
        ),
    ],
)
