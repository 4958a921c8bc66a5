"""Mistakes in fairness.fairness_gaps, and what is said about them."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np

from autograder.check import Misconception
from autograder.checks._fairness.drawing import CELLS
from course_utils.fairness import error_rates, fairness_gaps

RATES = {
    "independence": "selection_rate",
    "separation_fpr": "fpr",
    "separation_tpr": "fnr",
    "sufficiency_ppv": "ppv",
    "sufficiency_npv": "npv",
}


def _spread(counts_by_group, gap, **rates):
    """A gap of each criterion by some rule, called with the rates of the groups."""
    rows = [error_rates(**counts) for counts in counts_by_group.values()]
    chosen = RATES | rates
    return {name: float(gap([row[rate] for row in rows])) for name, rate in chosen.items()}


def _range(values):
    return np.max(values) - np.min(values)


def _pairs(values, combine, start=0.0):
    found = [abs(a - b) for a, b in combinations(values, 2)]
    return combine(found) if found else start


def first_two(counts):
    return _spread(counts, lambda v: abs(v[0] - v[min(1, len(v) - 1)]))


def first_and_last(counts):
    return _spread(counts, lambda v: abs(v[0] - v[-1]))


def neighbours(counts):
    return _spread(counts, lambda v: np.max([0.0, *(abs(a - b) for a, b in pairwise(v))]))


def against_first(counts):
    return _spread(counts, lambda v: np.max([abs(x - v[0]) for x in v]))


def mean_of_pairs(counts):
    return _spread(counts, lambda v: _pairs(v, np.mean))


def sum_of_pairs(counts):
    return _spread(counts, lambda v: _pairs(v, sum))


def from_the_mean(counts):
    return _spread(counts, lambda v: np.max(np.abs(v - np.mean(v))))


def from_everybody(counts):
    whole = {cell: sum(c[cell] for c in counts.values()) for cell in ("tn", "fp", "fn", "tp")}
    overall = fairness_gaps({"zero": whole, "all": whole})  # nan where even the whole is undefined
    for name, rate in RATES.items():
        values = [error_rates(**c)[rate] for c in counts.values()]
        overall[name] += float(np.max(np.abs(np.subtract(values, error_rates(**whole)[rate]))))
    return overall


def deviation(counts):
    return _spread(counts, np.std)


def signed(counts):
    return _spread(counts, lambda v: v[0] - v[-1])


def ratio(counts):
    return _spread(counts, lambda v: np.min(v) / np.max(v) if np.max(v) else math.nan)


def missing_ratio(counts):
    return _spread(counts, lambda v: 1 - np.min(v) / np.max(v) if np.max(v) else math.nan)


def relative(counts):
    return _spread(counts, lambda v: np.max(v) / np.min(v) - 1 if np.min(v) else math.nan)


def largest_rate(counts):
    return _spread(counts, np.max)


def percent(counts):
    return {name: 100 * gap for name, gap in fairness_gaps(counts).items()}


def base_rates(counts):
    return _spread(counts, _range, independence="base_rate")


def accuracies(counts):
    return _spread(counts, _range, independence="accuracy")


def exchanged_separation(counts):
    return _spread(counts, _range, separation_fpr="fnr", separation_tpr="fpr")


def exchanged_sufficiency(counts):
    return _spread(counts, _range, sufficiency_ppv="npv", sufficiency_npv="ppv")


def exchanged_criteria(counts):
    return _spread(
        counts, _range, separation_fpr="ppv", separation_tpr="npv",
        sufficiency_ppv="fpr", sufficiency_npv="fnr",
    )  # fmt: skip


def of_predictions(counts):
    return _spread(counts, _range, separation_fpr="ppv", separation_tpr="npv")


def of_outcomes(counts):
    return _spread(counts, _range, sufficiency_ppv="fnr", sufficiency_npv="fpr")


def pythons_max(counts):
    return _spread(counts, lambda v: max(v) - min(v))


def pythons_max_of_pairs(counts):
    return _spread(counts, lambda v: _pairs(v, max))


def undefined_ignored(counts):
    return _spread(counts, lambda v: np.nanmax(v) - np.nanmin(v) if np.isfinite(v).any() else 0.0)


def undefined_as_zero(counts):
    return _spread(counts, lambda v: _range(np.nan_to_num(v)))


def gap_zero(counts):
    return {name: 0.0 if math.isnan(gap) else gap for name, gap in fairness_gaps(counts).items()}


def all_undefined(counts):
    gaps = fairness_gaps(counts)
    return dict.fromkeys(gaps, math.nan) if any(map(math.isnan, gaps.values())) else gaps


def nan_for_one_group(counts):
    gaps = fairness_gaps(counts)
    return gaps if len(counts) > 1 else dict.fromkeys(gaps, math.nan)


def one_group_refused(counts):
    if len(counts) < 2:
        raise ValueError("at least two groups")
    return fairness_gaps(counts)


def largest_of_different(counts):
    """Compares only groups whose rates differ, and of none there is no largest."""

    def gap(values):
        if len(values) == 1 or np.isnan(values).any():
            return _range(values)
        return max(abs(a - b) for a, b in combinations(values, 2) if a != b)

    return _spread(counts, gap)


def undefined_everywhere_is_zero(counts):
    return _spread(counts, lambda v: 0.0 if np.isnan(v).all() else _range(v))


def equal_selection_once(counts):
    """Groups with the same selection rate are one key of a dict."""
    tables = {error_rates(**c)["selection_rate"]: c for c in counts.values()}
    return _spread(tables, _range)


def adds_to_tables(counts):
    gaps = _spread(
        {group: {cell: c[cell] for cell in CELLS} for group, c in counts.items()}, _range
    )
    for c in counts.values():
        c["n"] = sum(c[cell] for cell in CELLS)
    return gaps


MISCONCEPTIONS = [
    Misconception(
        "equal rates not compared",
        largest_of_different,
        "You compare only groups whose rates differ, and where all are equal there is nothing left to "
        "take the largest of. Equal rates differ by 0: compare every two groups.",
    ),
    Misconception(
        "groups with equal selection rates once",
        equal_selection_once,
        "Of groups that are selected equally often only the last is looked at: a dict whose keys are "
        "rates keeps one of them. Keep the groups apart.",
    ),
    Misconception(
        "nowhere defined is fair",
        undefined_everywhere_is_zero,
        "Where a rate is undefined in every group you return 0, as if they were equal. Nothing is known "
        "there: nan.",
    ),
    Misconception(
        "only the first two groups",
        first_two,
        "You compare the first two groups only. With three or more the largest difference may lie "
        "between any two of them.",
    ),
    Misconception(
        "sign kept",
        signed,
        "Some of your gaps are negative: the first group less the last. A gap is an absolute "
        "difference, of whichever two groups are farthest apart.",
    ),
    Misconception(
        "first group against the last",
        first_and_last,
        "You compare the first group with the last. The two that are farthest apart may be any two.",
    ),
    Misconception(
        "only neighbours compared",
        neighbours,
        "You compare each group with the next one in the dict. The order of the groups means nothing: "
        "compare every two of them.",
    ),
    Misconception(
        "all against the first group",
        against_first,
        "You compare every group with the first one. The two that are farthest apart need not include "
        "it.",
    ),
    Misconception(
        "mean of the differences",
        mean_of_pairs,
        "This is the mean difference over all pairs of groups. A large gap between two groups must not "
        "be diluted by the others: take the largest.",
    ),
    Misconception(
        "sum of the differences",
        sum_of_pairs,
        "You add up the differences of all pairs of groups. Take the largest one.",
    ),
    Misconception(
        "distance from the mean",
        from_the_mean,
        "This is the largest distance from the mean of the groups. The gap is between two groups.",
    ),
    Misconception(
        "distance from everybody",
        from_everybody,
        "This is the largest distance from the rate of all people together. The gap is between two "
        "groups.",
    ),
    Misconception(
        "standard deviation",
        deviation,
        "This is the standard deviation of the groups' rates. The gap is the difference of the two that "
        "are farthest apart.",
    ),
    Misconception(
        "ratio for difference",
        ratio,
        "This is the ratio of the smallest rate to the largest. (Some laws use it: the four-fifths "
        "rule.) Here a gap is a difference.",
    ),
    Misconception(
        "1 − ratio",
        missing_ratio,
        "This is 1 − smallest/largest, a relative difference. Here a gap is the plain difference.",
    ),
    Misconception(
        "relative to the smallest",
        relative,
        "This is how much larger the largest rate is *compared with* the smallest. Here a gap is the "
        "plain difference.",
    ),
    Misconception(
        "largest rate for gap",
        largest_rate,
        "This is the largest rate of any group. What is the smallest? The gap is their difference.",
    ),
    Misconception(
        "percent for fractions",
        percent,
        "Your gaps are in percentage points. Return fractions between 0 and 1.",
    ),
    Misconception(
        "base rate for selection rate",
        base_rates,
        "Your independence gap compares base rates: how the world is. Independence is about the "
        "decision: compare selection rates, (fp + tp)/n.",
    ),
    Misconception(
        "accuracy for selection rate",
        accuracies,
        "Your independence gap compares accuracies. Independence asks whether all groups are *selected* "
        "equally often, rightly or not: (fp + tp)/n.",
    ),
    Misconception(
        "fpr and tpr exchanged",
        exchanged_separation,
        "The two gaps of separation are under each other's name. separation_fpr is about those with the "
        "outcome 0, separation_tpr about those with the outcome 1.",
    ),
    Misconception(
        "ppv and npv exchanged",
        exchanged_sufficiency,
        "The two gaps of sufficiency are under each other's name. sufficiency_ppv is about those called "
        "positive.",
    ),
    Misconception(
        "separation and sufficiency exchanged",
        exchanged_criteria,
        "Separation looks at the decision given the *outcome* (fpr, tpr), sufficiency at the outcome "
        "given the *decision* (ppv, npv). Yours are the other way round.",
    ),
    Misconception(
        "separation given the prediction",
        of_predictions,
        "Your gaps of separation condition on the prediction. h ⊥ a | y: given the *outcome*, fp/(fp + "
        "tn) and tp/(tp + fn).",
    ),
    Misconception(
        "sufficiency given the outcome",
        of_outcomes,
        "Your gaps of sufficiency condition on the outcome. y ⊥ a | h: given the *prediction*, tp/(tp + "
        "fp) and tn/(tn + fn).",
    ),
    Misconception(
        "Python's max and nan",
        pythons_max,
        "Python's max and min lose a nan that does not come first: every comparison with nan is False. "
        "np.max and np.min let it through, as they should here.",
    ),
    Misconception(
        "Python's max of pairs and nan",
        pythons_max_of_pairs,
        "Python's max loses the difference that is nan, unless it comes first: every comparison with nan "
        "is False. np.max lets it through, as it should here.",
    ),
    Misconception(
        "undefined groups left out",
        undefined_ignored,
        "Where the rate of one group is undefined you compare the others. That group would vanish "
        "silently, and silence would look like fairness: the gap is nan.",
    ),
    Misconception(
        "undefined rates as 0",
        undefined_as_zero,
        "You take an undefined rate for 0. Nothing is known about that group, so the gap is nan.",
    ),
    Misconception(
        "0 for an undefined gap",
        gap_zero,
        "Where a rate is undefined you return the gap 0, that is, perfect fairness. Nothing is known "
        "there: nan.",
    ),
    Misconception(
        "one undefined rate makes all nan",
        all_undefined,
        "One undefined rate makes all of your gaps nan. The other criteria can still be measured: decide "
        "for each by itself.",
    ),
    Misconception(
        "nan for one group",
        nan_for_one_group,
        "For a single group you return nan. There is nobody to differ from: its gaps are 0.0.",
    ),
    Misconception(
        "one group refused",
        one_group_refused,
        "A single group is legal. There is nobody to differ from: its gaps are 0.0.",
    ),
    Misconception(
        "changes its arguments",
        adds_to_tables,
        "The gaps are right, and afterwards the caller's tables have entries that were not there. Keep "
        "what you compute in variables of your own.",
    ),
]
