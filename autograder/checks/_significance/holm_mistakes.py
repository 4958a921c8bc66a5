"""Mistakes in significance.holm, and what is said about them."""

from __future__ import annotations

import numpy as np

from autograder.check import Misconception
from course_utils.significance import holm


def _limits(p, alpha):
    """The order from the smallest p-value, and the limit of each in that order."""
    return np.argsort(p, kind="stable"), alpha / (len(p) - np.arange(len(p)))


def _placed(order, decisions):
    rejected = np.zeros(len(order), dtype=bool)
    rejected[order] = decisions
    return rejected


def _up_to_last(passes):
    """True up to the last place that passes."""
    return np.arange(len(passes)) <= (np.flatnonzero(passes)[-1] if passes.any() else -1)


def bonferroni(p, alpha):
    return p <= alpha / len(p)


def uncorrected(p, alpha):
    return p <= alpha


def goes_on_after_a_failure(p, alpha):
    order, limits = _limits(p, alpha)
    return _placed(order, p[order] <= limits)


def step_up(p, alpha):
    order, limits = _limits(p, alpha)
    return _placed(order, _up_to_last(p[order] <= limits))


def false_discovery_rate(p, alpha):
    order, _ = _limits(p, alpha)
    limits = alpha * np.arange(1, len(p) + 1) / len(p)
    return _placed(order, _up_to_last(p[order] <= limits))


def in_sorted_order(p, alpha):
    return np.sort(holm(p, alpha))[::-1]


def permuted_twice(p, alpha):
    return holm(p, alpha)[np.argsort(p, kind="stable")][np.argsort(p, kind="stable")]


def _step_down(order, p, limits, fails):
    rejected = np.zeros(len(p), dtype=bool)
    for i, limit in zip(order, limits, strict=True):
        if fails(p[i], limit):
            break
        rejected[i] = True
    return rejected


def strictly_less(p, alpha):
    order, limits = _limits(p, alpha)
    return _step_down(order, p, limits, lambda value, limit: value >= limit)


def one_rank_late(p, alpha):
    order, _ = _limits(p, alpha)
    limits = alpha / (len(p) + 1 - np.arange(len(p)))
    return _step_down(order, p, limits, lambda value, limit: value > limit)


def one_rank_early(p, alpha):
    order, limits = _limits(p, alpha)
    limits = np.append(limits, np.inf)[1:]
    return _step_down(order, p, limits, lambda value, limit: value > limit)


def not_sorted(p, alpha):
    return _step_down(range(len(p)), p, _limits(p, alpha)[1], lambda value, limit: value > limit)


def largest_first(p, alpha):
    order, limits = _limits(p, alpha)
    return _step_down(order[::-1], p, limits, lambda value, limit: value > limit)


def kept(p, alpha):
    return ~holm(p, alpha)


def adjusted(p, alpha):
    order, _ = _limits(p, alpha)
    factors = len(p) - np.arange(len(p))
    values = np.empty(len(p))
    values[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1)
    return values


def first_of_equals(p, alpha):
    values = p.tolist()
    places = [values.index(value) for value in sorted(values)]
    rejected = np.zeros(len(p), dtype=bool)
    rejected[places[: int(holm(p, alpha).sum())]] = True
    return rejected


def counts_equals_once(p, alpha):
    values = np.unique(p)
    return np.isin(p, values[holm(values, alpha)])


def sorted_in_place(p, alpha):
    p.sort()
    return holm(p, alpha)


def looks_sorted_in_place(args, expected, answer):
    """The p-values have become sorted."""
    import numpy as np

    return np.array_equal(answer[2][0], np.sort(args[0]))


MISCONCEPTIONS = [
    Misconception(
        "Bonferroni",
        bonferroni,
        "This is Bonferroni's correction, every p-value against α/m. Holm's first limit is α/m too, but "
        "after each rejection the next is larger: α/(m − 1), α/(m − 2), …",
    ),
    Misconception(
        "no correction",
        uncorrected,
        "This holds every p-value against α itself, as if it were the only one. With many tests some "
        "are below α by luck.",
    ),
    Misconception(
        "goes on after a failure",
        goes_on_after_a_failure,
        "This is what you get when each p-value is held against its own limit, and nothing stops. The "
        "first p-value above its limit ends it: that one and all larger ones are kept.",
    ),
    Misconception(
        "step-up",
        step_up,
        "This is what you get when you start from the largest p-value (Hochberg's step-up). Holm starts "
        "from the smallest, and stops at the first that is above its limit.",
    ),
    Misconception(
        "false discovery rate",
        false_discovery_rate,
        "This is Benjamini and Hochberg's procedure, with the limits i α/m. It bounds the *share* of "
        "false rejections; Holm bounds the chance that there is any.",
    ),
    Misconception(
        "changes its arguments",
        sorted_in_place,
        "The p-values of the caller are sorted afterwards: p.sort() works in place, and the order given "
        "is lost. Use np.sort or np.argsort.",
        recognise=looks_sorted_in_place,
    ),
    Misconception(
        "in sorted order",
        in_sorted_order,
        "The decisions are right, but they stand in the order of the sorted p-values. Put each back "
        "where its p-value stood.",
    ),
    Misconception(
        "order applied twice",
        permuted_twice,
        "The decisions are right, but not in their places. `order[i]` is the place that the i-th "
        "smallest p-value came from: write to that place (on the left of =), do not read from it.",
    ),
    Misconception(
        "< for <=",
        strictly_less,
        "A p-value that is equal to its limit is rejected: reject while p ≤ limit.",
    ),
    Misconception(
        "limits one rank late",
        one_rank_late,
        "Your limits start with α/(m + 1). Counting from 0 or from 1? The smallest p-value is held "
        "against α/m, the largest against α.",
    ),
    Misconception(
        "limits one rank early",
        one_rank_early,
        "Your limits start with α/(m − 1). Counting from 0 or from 1? The smallest p-value is held "
        "against α/m, the largest against α.",
    ),
    Misconception(
        "not sorted",
        not_sorted,
        "This is what you get when the p-values are taken in the order given. Start with the smallest, "
        "wherever it stands.",
    ),
    Misconception(
        "largest first",
        largest_first,
        "This is what you get when the p-values are sorted from the largest to the smallest. The "
        "smallest comes first, and meets the strictest limit.",
    ),
    Misconception(
        "True and False exchanged",
        kept,
        "True and False have changed places: True says that the null hypothesis is rejected.",
    ),
    Misconception(
        "adjusted p-values",
        adjusted,
        "These are Holm's adjusted p-values. One step is left: compare them with α, and return True or "
        "False for each.",
    ),
    Misconception(
        "equal p-values confused",
        first_of_equals,
        "Of two equal p-values only the first is rejected, as if they were looked up by their value "
        "(list.index finds the first). Keep track of places.",
    ),
    Misconception(
        "equal p-values counted once",
        counts_equals_once,
        "This is what you get when equal p-values count as one (np.unique, set). Each is a test of its "
        "own: m counts them all, and each has its place in the order, and its limit.",
    ),
]
