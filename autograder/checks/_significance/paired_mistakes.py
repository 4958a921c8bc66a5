"""Mistakes in significance.paired_bootstrap, and what is said about them."""

from __future__ import annotations

import numpy as np

from autograder.check import Misconception
from course_utils.significance import paired_bootstrap


def _share(rule, a, b, resamples):
    """The share of rows on which `rule(leads, lead)` holds, in sums of whole numbers."""
    d = a - b
    return float(np.mean(rule(d[resamples].sum(axis=1), d.sum())))


def at_least(a, b, resamples):
    return _share(lambda s, d: s >= 2 * d, a, b, resamples)


def float_means(a, b, resamples):
    leads = a[resamples].mean(axis=1) - b[resamples].mean(axis=1)
    return float(np.mean(leads > 2 * (a.mean() - b.mean())))


def float_leads(a, b, resamples):
    leads = a[resamples].mean(axis=1) - b[resamples].mean(axis=1)
    return float(np.mean(leads > 2 * (a - b).mean()))


def above_delta(a, b, resamples):
    return _share(lambda s, d: s > d, a, b, resamples)


def above_zero(a, b, resamples):
    return _share(lambda s, d: s > 0, a, b, resamples)


def complement(a, b, resamples):
    return _share(lambda s, d: s <= 2 * d, a, b, resamples)


def swapped(a, b, resamples):
    return _share(lambda s, d: -s > -2 * d, a, b, resamples)


def count(a, b, resamples):
    return paired_bootstrap(a, b, resamples) * len(resamples)


def divided_by_n(a, b, resamples):
    return count(a, b, resamples) / len(a)


def percent(a, b, resamples):
    return 100 * paired_bootstrap(a, b, resamples)


def one_added(a, b, resamples):
    return (count(a, b, resamples) + 1) / (len(resamples) + 1)


def along_columns(a, b, resamples):
    d = a - b
    return float(np.mean(d[resamples].sum(axis=0) > 2 * d.sum()))


def resampled_apart(a, b, resamples):
    leads = a[resamples].sum(axis=1) - b[np.roll(resamples, 1, axis=0)].sum(axis=1)
    return float(np.mean(leads > 2 * (a - b).sum()))


def b_not_resampled(a, b, resamples):
    return float(np.mean(a[resamples].sum(axis=1) - b.sum() > 2 * (a - b).sum()))


def sum_against_mean(a, b, resamples):
    return _share(lambda s, d: s > 2 * d / len(a), a, b, resamples)


def duplicates_dropped(a, b, resamples):
    d = a - b
    leads = np.array([d[np.unique(row)].sum() for row in resamples])
    return float(np.mean(leads > 2 * d.sum()))


def equal_rows_once(a, b, resamples):
    return _share(lambda s, d: s > 2 * d, a, b, np.unique(resamples, axis=0))


def same_examples_once(a, b, resamples):
    return equal_rows_once(a, b, np.sort(resamples, axis=1))


def two_sided(a, b, resamples):
    return _share(lambda s, d: abs(s - d) > abs(d), a, b, resamples)


def both_absolute(a, b, resamples):
    return _share(lambda s, d: abs(s) > 2 * abs(d), a, b, resamples)


def threshold_absolute(a, b, resamples):
    return _share(lambda s, d: s > 2 * abs(d), a, b, resamples)


def leader_first(a, b, resamples):
    return _share(lambda s, d: np.sign(d) * s > 2 * abs(d), a, b, resamples)


def subtracted_in_place(a, b, resamples):
    a -= b
    return float(np.mean(a[resamples].sum(axis=1) > 2 * a.sum()))


def looks_subtracted_in_place(args, expected, answer):
    """Called twice, correct_a has become correct_a − 2 correct_b."""
    import numpy as np

    return np.array_equal(answer[2][0], args[0] - 2 * args[1])


ROUNDING_HINT = (
    "This is what you get when accuracies are subtracted as floats: 0.8 − 0.7 is a little more than "
    "0.1, so rounding breaks ties at random. Subtract example by example, and compare sums, which are "
    "whole numbers."
)
MISCONCEPTIONS = [
    Misconception(
        ">= for >",
        at_least,
        "This is what you get when test sets with δ(S) = 2 δ(D) are counted too. Only strictly larger "
        "leads count, and among accuracies ties are common.",
    ),
    Misconception("means of floats compared", float_means, ROUNDING_HINT),
    Misconception("leads of floats compared", float_leads, ROUNDING_HINT),
    Misconception(
        "compared with δ(D)",
        above_delta,
        "This is what you get with δ(S) > δ(D). The leads δ(S) scatter about δ(D), so about half of "
        "them are above it, whatever the data: compare with 2 δ(D).",
    ),
    Misconception(
        "compared with 0",
        above_zero,
        "This is what you get with δ(S) > 0: how often A still leads. That is not how surprising its "
        "lead is: compare with 2 δ(D).",
    ),
    Misconception(
        "1 − v/B",
        complement,
        "This is 1 − v/B. A *small* p-value means a surprising lead: return v/B.",
    ),
    Misconception(
        "A and B exchanged",
        swapped,
        "This is the p-value of the other question, whether B is better. δ is A minus B.",
    ),
    Misconception(
        "count for fraction",
        count,
        "This is v, the number of test sets. Divide by B, the number of rows of `resamples`.",
    ),
    Misconception(
        "divided by n",
        divided_by_n,
        "This is v/n. Each row is one test set, so divide by the number of rows, not by their length.",
    ),
    Misconception(
        "percent for fraction",
        percent,
        "This is the p-value in percent. Return a fraction between 0 and 1.",
    ),
    Misconception(
        "one added",
        one_added,
        "This is (v + 1)/(B + 1). Some people prefer it, because it is never 0; asked is v/B.",
    ),
    Misconception(
        "axes transposed",
        along_columns,
        "This is what you get when you add up the columns of `resamples`. Each *row* is a test set: "
        "sum along axis 1.",
    ),
    Misconception(
        "A and B resampled apart",
        resampled_apart,
        "This is what you get when A and B are given different rows. One row must pick the same "
        "examples for both; that is what *paired* means.",
    ),
    Misconception(
        "B not resampled",
        b_not_resampled,
        "This is what you get when only A is resampled. Each row is a new test set for A *and* for B.",
    ),
    Misconception(
        "sum against mean",
        sum_against_mean,
        "This is what you get when a *sum* over the row is compared with 2 δ(D), which is a *mean*. "
        "Take sums on both sides, or means on both.",
    ),
    Misconception(
        "duplicates dropped",
        duplicates_dropped,
        "This is what you get when an example that comes twice in a row counts once. A resampled test "
        "set may hold an example several times, and each time counts.",
    ),
    Misconception(
        "equal rows counted once",
        equal_rows_once,
        "This is what you get when a row that comes twice counts once (a set, a dict or np.unique). v and "
        "B count all rows.",
    ),
    Misconception(
        "rows of the same examples counted once",
        same_examples_once,
        "This is what you get when rows that hold the same examples, in whatever order, count once. v "
        "and B count all rows.",
    ),
    Misconception(
        "two-sided",
        two_sided,
        "This is what you get when leads far *below* δ(D) are counted too. The test is one-sided: only "
        "δ(S) > 2 δ(D).",
    ),
    Misconception(
        "absolute values",
        both_absolute,
        "This is what you get with |δ(S)| > 2 |δ(D)|. The test is one-sided: keep both signs.",
    ),
    Misconception(
        "sign of the threshold lost",
        threshold_absolute,
        "This is what you get with 2 |δ(D)| on the right. When B is better, 2 δ(D) is negative, and p "
        "is large.",
    ),
    Misconception(
        "leader put first",
        leader_first,
        "This is what you get when A and B change places whenever B is better. The question stays "
        "whether A is better, and then the answer is a large p.",
    ),
    Misconception(
        "changes its arguments",
        subtracted_in_place,
        "The first answer is right, and then correct_a has changed: a −= b writes into the caller's "
        "array. Make a new array for the differences.",
        recognise=looks_subtracted_in_place,
    ),
]
