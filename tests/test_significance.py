"""Unit 01's references, against scipy, closed forms, enumeration and simulation."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from course_utils.figures import DescribedFigure, explore
from course_utils.figures import significance as figures
from course_utils.significance import (
    accuracy_difference,
    bootstrap_sample,
    exact_paired_bootstrap,
    find_the_bug_significance,
    holm,
    minimum_test_size,
    paired_bootstrap,
    paired_bootstrap_p_value,
    restart_interval,
    variance_components,
)


def answers_with(only_a: int, only_b: int, neither: int = 0, both: int = 0) -> np.ndarray:
    """Two rows, A and B, with so many examples of each kind."""
    kinds = [(1, 0)] * only_a + [(0, 1)] * only_b + [(0, 0)] * neither + [(1, 1)] * both
    return np.array(kinds, dtype=float).T


def p_by_enumeration(differences: list[int]) -> Fraction:
    """List all nⁿ resampled test sets: slow, and true by definition."""
    n, total = len(differences), sum(differences)
    leads = [sum(choice) for choice in itertools.product(differences, repeat=n)]
    return Fraction(sum(lead > 2 * total for lead in leads), n**n)


# --- the difference in accuracy -----------------------------------------------------------------


def test_the_difference_is_positive_when_a_is_better():
    assert accuracy_difference([1, 1, 1, 0], [0, 1, 0, 1]) == 0.25
    assert accuracy_difference([0, 1, 0, 1], [1, 1, 1, 0]) == -0.25


def test_the_difference_of_float_vectors_is_the_difference_of_their_means():
    a, b = np.random.default_rng(1).integers(0, 2, (2, 37)).astype(float)
    assert accuracy_difference(a, b) == pytest.approx(a.mean() - b.mean(), abs=1e-12)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.float32, np.float64])
def test_every_packing_of_right_and_wrong_is_accepted(dtype):
    a, b = np.array([[1, 0, 1], [0, 1, 0]], dtype=dtype)
    assert accuracy_difference(a, b) == pytest.approx(1 / 3)
    assert accuracy_difference(list(a), tuple(b)) == pytest.approx(1 / 3)
    assert paired_bootstrap(a[::1], b, [[0, 0, 2], [0, 1, 2]]) == 0.5


@pytest.mark.parametrize(
    ("a", "b", "offence"),
    [
        ([1, 0, 1], [1, 0], r"\(3,\)"),
        ([], [], "empty"),
        ([1, 0.5], [1, 0], "0.5"),
        ([1, 2], [1, 0], "2"),
        ([1, -1], [1, 0], "-1"),
        ([1, math.nan], [1, 0], "nan"),
        ([[1, 0]], [[1, 0]], r"\(1, 2\)"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        accuracy_difference,
        exact_paired_bootstrap,
        lambda a, b: paired_bootstrap(a, b, [[0]]),
        lambda a, b: paired_bootstrap_p_value(a, b, 10, np.random.default_rng(0)),
    ],
)
def test_illegal_vectors_are_refused_and_named(function, a, b, offence):
    with pytest.raises(ValueError, match=offence):
        function(a, b)


# --- drawing test sets --------------------------------------------------------------------------


def test_a_sample_has_one_row_for_each_test_set_and_one_column_for_each_example():
    sample = bootstrap_sample(7, 5, np.random.default_rng(0))
    assert sample.shape == (5, 7)
    assert sample.dtype.kind == "i"
    assert sample.min() >= 0 and sample.max() <= 6


def test_every_index_is_equally_likely_in_every_place():
    sample = bootstrap_sample(5, 20_000, np.random.default_rng(1))
    for column in sample.T:
        counts = np.bincount(column, minlength=5)
        assert stats.chisquare(counts).pvalue > 1e-6


def test_neighbouring_entries_of_a_sample_are_independent():
    sample = bootstrap_sample(3, 30_000, np.random.default_rng(2))
    table = np.zeros((3, 3))
    np.add.at(table, (sample[:, 0], sample[:, 1]), 1)
    assert stats.chi2_contingency(table).pvalue > 1e-6


def test_all_randomness_of_a_sample_comes_from_the_generator():
    first, second = (bootstrap_sample(9, 4, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(("n", "num_samples"), [(0, 3), (3, 0), (-1, 3)])
def test_an_empty_sample_is_refused(n, num_samples):
    with pytest.raises(ValueError, match=rf"{n}.*{num_samples}"):
        bootstrap_sample(n, num_samples, np.random.default_rng(0))


# --- the paired bootstrap -----------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_over_all_test_sets_the_paired_bootstrap_is_the_enumerated_fraction(n):
    every_row = np.array(list(itertools.product(range(n), repeat=n)))
    for a in itertools.product((0, 1), repeat=n):
        for b in itertools.product((0, 1), repeat=n):
            expected = p_by_enumeration([x - y for x, y in zip(a, b, strict=True)])
            assert paired_bootstrap(a, b, every_row) == pytest.approx(float(expected), abs=1e-12)


def test_ties_between_sums_do_not_count_although_floating_point_breaks_them():
    a = [1] * 9 + [0] * 11
    b = [1] * 8 + [0] * 12  # leads by one of twenty: example 8
    row = [8, 8, *range(7), *range(9, 20)]  # leads by two: exactly 2 δ(D)
    lead = np.mean(np.take(a, row)) - np.mean(np.take(b, row))
    assert lead == pytest.approx(0.1)
    assert paired_bootstrap(a, b, [row]) == 0.0


def test_a_lead_of_zero_twice_is_a_tie():
    assert paired_bootstrap([1, 0, 1], [1, 0, 1], [[0, 1, 2], [0, 0, 0]]) == 0.0


def test_twice_a_negative_lead_keeps_its_sign():
    assert paired_bootstrap([0, 0, 1], [1, 0, 1], [[0, 1, 2], [0, 0, 1], [0, 0, 0]]) == 1 / 3


def test_the_paired_bootstrap_agrees_with_scipys_bootstrap_distribution():
    a, b = answers_with(only_a=14, only_b=6, both=80)
    resamples = np.random.default_rng(4).integers(100, size=(20_000, 100))
    drawn = stats.bootstrap(
        (a - b,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(5)
    ).bootstrap_distribution
    theirs = np.mean(np.round(100 * drawn) > 16)
    assert paired_bootstrap(a, b, resamples) == pytest.approx(theirs, abs=0.012)  # 5 sigma: 0.011


@pytest.mark.parametrize(
    ("resamples", "offence"),
    [
        ([[0, 1, 2]], r"\(1, 3\)"),
        ([0, 1], r"\(2,\)"),
        (np.zeros((0, 2), int), r"\(0, 2\)"),
        ([[0.0, 1.0]], "float"),
        ([[True, False]], "bool"),
        ([[0, 2]], "2"),
        ([[-1, 0]], "-1"),
    ],
)
def test_resamples_that_are_not_indices_are_refused_and_named(resamples, offence):
    with pytest.raises(ValueError, match=offence):
        paired_bootstrap([1, 0], [0, 0], resamples)


def test_no_reference_changes_its_arguments():
    a, b = answers_with(3, 1, 5)
    resamples = np.random.default_rng(6).integers(9, size=(11, 9))
    p_values, table = np.array([0.04, 0.01]), np.eye(3)
    arrays = [a, b, resamples, p_values, table]
    for array in arrays:
        array.setflags(write=False)
    accuracy_difference(a, b)
    paired_bootstrap(a, b, resamples)
    paired_bootstrap_p_value(a, b, 10, np.random.default_rng(0))
    exact_paired_bootstrap(a, b)
    restart_interval(p_values, 0.9)
    variance_components(table)
    holm(p_values, 0.05)


# --- without drawing, and drawing fast ----------------------------------------------------------


@pytest.mark.parametrize("differences", list(itertools.product((-1, 0, 1), repeat=5))[::7])
def test_the_exact_p_value_is_the_enumerated_fraction(differences):
    a = [1 if d == 1 else 0 for d in differences]
    b = [1 if d == -1 else 0 for d in differences]
    assert exact_paired_bootstrap(a, b) == float(p_by_enumeration(list(differences)))


@pytest.mark.parametrize("kinds", [(5, 2, 13), (0, 7, 30), (31, 28, 1), (60, 0, 0), (0, 0, 60)])
def test_the_exact_p_value_is_a_sum_of_scipys_multinomial(kinds):
    ahead, behind, _ = kinds
    n = sum(kinds)
    grid = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)])
    counted = grid[grid[:, 0] - grid[:, 1] > 2 * (ahead - behind)]
    expected = stats.multinomial.pmf(counted, n, np.array(kinds) / n).sum()
    assert exact_paired_bootstrap(*answers_with(*kinds)) == pytest.approx(expected, abs=1e-9)


def test_without_losses_the_exact_p_value_is_a_binomial_tail():
    expected = stats.binom.sf(2 * 4, 50, 4 / 50)  # only wins can be drawn: more than twice 4
    assert exact_paired_bootstrap(*answers_with(4, 0, 46)) == pytest.approx(expected, rel=1e-9)


def test_the_exact_p_value_refuses_61_examples():
    exact_paired_bootstrap(*answers_with(31, 29))
    with pytest.raises(ValueError, match="61"):
        exact_paired_bootstrap(*answers_with(31, 30))


@pytest.mark.parametrize("kinds", [(9, 3, 28), (3, 9, 28), (5, 5, 30), (7, 0, 33), (0, 0, 40)])
def test_the_fast_p_value_agrees_with_scipys_multinomial(kinds):
    ahead, behind, _ = kinds
    grid = np.array([(i, j, 40 - i - j) for i in range(41) for j in range(41 - i)])
    counted = grid[grid[:, 0] - grid[:, 1] > 2 * (ahead - behind)]
    expected = stats.multinomial.pmf(counted, 40, np.array(kinds) / 40).sum()
    p_value = paired_bootstrap_p_value(*answers_with(*kinds), 100_000, np.random.default_rng(7))
    assert p_value == pytest.approx(expected, abs=5 * math.sqrt(0.25 / 100_000))


def test_the_fast_p_value_of_a_large_test_set_is_near_the_normal_one():
    n, only_a, only_b = 1_000_000, 25_400, 24_600
    a, b = answers_with(only_a, only_b, n - only_a - only_b)
    spread = math.sqrt((only_a + only_b) / n - ((only_a - only_b) / n) ** 2)
    expected = stats.norm.sf((only_a - only_b) / n * math.sqrt(n) / spread)
    p_value = paired_bootstrap_p_value(a, b, 1_000_000, np.random.default_rng(8))
    assert p_value == pytest.approx(expected, rel=0.2)


def test_the_fast_p_value_needs_at_least_one_test_set():
    with pytest.raises(ValueError, match="num_samples = 0"):
        paired_bootstrap_p_value([1], [0], 0, np.random.default_rng(0))


def test_equally_good_classifiers_are_told_apart_in_about_five_percent_of_test_sets():
    rng = np.random.default_rng(9)
    found = 0
    for _ in range(2000):
        difference = rng.choice([-1, 0, 1], p=[0.1, 0.8, 0.1], size=500)
        found += paired_bootstrap_p_value(difference == 1, difference == -1, 1000, rng) <= 0.05
    assert 0.035 < found / 2000 < 0.075


# --- restarts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_the_interval_is_scipys_t_interval(level):
    accuracies = np.random.default_rng(10).random(7)
    low, high = stats.t.interval(level, 6, loc=accuracies.mean(), scale=stats.sem(accuracies))
    mean, half_width = restart_interval(accuracies, level)
    assert (mean - half_width, mean + half_width) == pytest.approx((low, high), abs=1e-9)


def test_the_interval_uses_the_tabled_quantile_of_students_t():
    mean, half_width = restart_interval([38, 44, 45, 46, 52], 0.95)  # s = 5; table: t₄ = 2.776
    assert mean == 45
    assert half_width == pytest.approx(2.776 * 5 / math.sqrt(5), abs=1e-3)


def test_equal_accuracies_have_an_interval_without_width():
    assert restart_interval([0.1, 0.1, 0.1], 0.95) == pytest.approx((0.1, 0.0), abs=1e-12)


def test_intervals_contain_the_truth_as_often_as_they_promise():
    runs = np.random.default_rng(11).normal(0.7, 0.05, size=(4000, 3))
    intervals = np.array([restart_interval(run, 0.9) for run in runs])
    covered = np.mean(np.abs(intervals[:, 0] - 0.7) <= intervals[:, 1])
    assert covered == pytest.approx(0.9, abs=5 * math.sqrt(0.09 / 4000))


@pytest.mark.parametrize(
    ("accuracies", "level", "offence"),
    [
        ([0.9], 0.95, r"\(1,\)"),
        ([], 0.95, r"\(0,\)"),
        ([[0.9, 0.8]], 0.95, r"\(1, 2\)"),
        ([0.9, math.nan], 0.95, "nan"),
        ([0.9, math.inf], 0.95, "inf"),
        ([0.9, 0.8], 0.0, "level = 0.0"),
        ([0.9, 0.8], 1.0, "level = 1.0"),
        ([0.9, 0.8], 95, "level = 95"),
    ],
)
def test_an_interval_that_has_no_meaning_is_refused(accuracies, level, offence):
    with pytest.raises(ValueError, match=offence):
        restart_interval(accuracies, level)


def test_the_variances_of_the_worked_example():
    parts = variance_components([[1, 1, 1, 0], [1, 1, 0, 0]])
    assert parts == pytest.approx({"train": 1 / 32, "test": (3 / 16 + 1 / 4) / 2 / 4})


def test_the_variance_components_are_those_of_the_world_they_come_from():
    rng = np.random.default_rng(12)
    truth = rng.normal(0.8, 0.03, size=400)  # 400 restarts; no test example is harder than another
    correct = rng.random((400, 1000)) < truth[:, None]
    parts = variance_components(correct)
    assert parts["test"] == pytest.approx(np.mean(truth * (1 - truth)) / 1000, rel=0.02)
    # With examples drawn afresh for each restart, row means carry both variances.
    assert parts["train"] == pytest.approx(0.03**2 + parts["test"], rel=5 * math.sqrt(2 / 399))


@pytest.mark.parametrize(
    ("correct", "offence"),
    [([1, 0, 1], r"\(3,\)"), ([[1, 0]], r"\(1, 2\)"), ([[1, 3], [0, 1]], "3"), ([[], []], "empty")],
)
def test_variances_need_a_table_of_restarts(correct, offence):
    with pytest.raises(ValueError, match=offence):
        variance_components(correct)


# --- planning -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "disagreement", "power", "alpha"),
    [
        (0.01, 0.1, 0.8, 0.05),
        (0.037, 0.21, 0.9, 0.01),
        (0.3, 1.0, 0.5, 0.2),
        (0.49, 0.5, 0.06, 0.05),
        (0.0013, 0.043, 0.99, 0.001),
    ],
)
def test_the_test_size_is_the_smallest_that_fulfils_the_inequality(gap, disagreement, power, alpha):
    z = stats.norm.isf(alpha) + stats.norm.ppf(power)
    n = minimum_test_size(gap, disagreement, power, alpha)
    spread = disagreement - gap**2
    assert isinstance(n, int)
    assert n * gap**2 >= z**2 * spread * (1 - 1e-9)
    assert (n - 1) * gap**2 < z**2 * spread


def test_the_test_size_is_not_rounded_up_from_a_whole_number():
    power = stats.norm.cdf(1)  # z is 1 − 0, so n ≥ (0.9 − 0.3²)/0.3² = 9
    assert (0.9 - 0.3**2) / 0.3**2 > 9
    assert minimum_test_size(0.3, 0.9, power, 0.5) == 9


def test_an_easy_question_still_needs_one_example():
    assert minimum_test_size(0.9, 1.0, 0.5000001, 0.5) == 1


def test_a_test_of_the_planned_size_has_the_planned_power():
    n = minimum_test_size(0.05, 0.3, 0.8, 0.05)
    sums = np.random.default_rng(13).multinomial(n, [0.175, 0.125, 0.7], size=20_000)
    lead = (sums[:, 0] - sums[:, 1]) / n
    spread = np.sqrt(((sums[:, 0] + sums[:, 1]) / n - lead**2) / n)
    found = np.mean(lead / spread > stats.norm.isf(0.05))  # the z-test that the formula plans for
    assert found == pytest.approx(0.8, abs=0.015)


@pytest.mark.parametrize(
    ("gap", "disagreement", "power", "alpha"),
    [
        (0.0, 0.1, 0.8, 0.05),
        (-0.01, 0.1, 0.8, 0.05),
        (0.1, 0.1, 0.8, 0.05),
        (0.2, 0.1, 0.8, 0.05),
        (0.1, 1.1, 0.8, 0.05),
        (0.1, 0.2, 0.05, 0.05),
        (0.1, 0.2, 0.01, 0.05),
        (0.1, 0.2, 1.0, 0.05),
        (0.1, 0.2, 0.8, 0.0),
        (math.nan, 0.2, 0.8, 0.05),
    ],
)
def test_a_plan_outside_the_formulas_world_is_refused(gap, disagreement, power, alpha):
    with pytest.raises(ValueError, match="expected 0 <"):
        minimum_test_size(gap, disagreement, power, alpha)


# --- many tests ---------------------------------------------------------------------------------


def closed_testing(p_values: list[float], alpha: float) -> list[bool]:
    """Reject i when Bonferroni rejects every intersection that contains i: Holm's definition."""
    every = range(len(p_values))
    subsets = [
        s for size in range(1, len(p_values) + 1) for s in itertools.combinations(every, size)
    ]
    falls = {s: min(p_values[i] for i in s) <= alpha / len(s) for s in subsets}
    return [all(falls[s] for s in subsets if i in s) for i in every]


def test_holm_is_the_closed_test_of_bonferroni():
    rng = np.random.default_rng(14)
    for trial in range(300):
        p_values = list(rng.random(1 + trial % 6) ** 3)
        assert holm(p_values, 0.2).tolist() == closed_testing(p_values, 0.2)


def test_holm_stops_at_the_first_failure_and_keeps_the_order_given():
    # 0.01 ≤ 0.05/4 and 0.013 ≤ 0.05/3; then 0.03 > 0.05/2 stops, and 0.04 ≤ 0.05/1 comes too late
    assert holm([0.04, 0.01, 0.03, 0.013], 0.05).tolist() == [False, True, False, True]


def test_holm_rejects_at_equality():
    assert holm([0.025, 0.05], 0.05).tolist() == [True, True]


def test_holm_returns_booleans_even_of_no_tests():
    assert holm([], 0.05).shape == (0,)
    assert holm([0.5], 0.05).dtype == np.bool_


def test_holm_keeps_false_alarms_rare_when_all_hypotheses_are_true():
    p_values = np.random.default_rng(15).random((5000, 14))
    alarms = np.mean([holm(row, 0.05).any() for row in p_values])
    assert alarms == pytest.approx(1 - (1 - 0.05 / 14) ** 14, abs=5 * math.sqrt(0.05 / 5000))


@pytest.mark.parametrize(
    ("p_values", "alpha", "offence"),
    [
        ([0.1, 1.1], 0.05, "1.1"),
        ([0.1, -0.1], 0.05, "-0.1"),
        ([0.1, math.nan], 0.05, "nan"),
        ([[0.1]], 0.05, r"\(1, 1\)"),
        ([0.1], 0.0, "alpha = 0.0"),
        ([0.1], 1, "alpha = 1"),
    ],
)
def test_holm_refuses_what_is_not_a_p_value_or_a_level(p_values, alpha, offence):
    with pytest.raises(ValueError, match=offence):
        holm(p_values, alpha)


# --- the bug hunt -------------------------------------------------------------------------------


def right(a, b, rows):
    differences = np.asarray(a, float) - np.asarray(b, float)
    return float(np.mean(differences[rows].sum(axis=1) > 2 * differences.sum()))


def by_loops(a, b, rows):
    total, v = sum(map(int, a)) - sum(map(int, b)), 0
    for row in rows:
        v += sum(int(a[i]) - int(b[i]) for i in row) > 2 * total
    return v / len(rows)


RIGHT: dict[str, Callable] = {
    "vectorised": right,
    "by loops": by_loops,
    "in float32": lambda a, b, rows: np.float32(right(a, b, rows)),
    "a 0-d array": lambda a, b, rows: np.array(right(a, b, rows)),
    "off by less than the tolerance": lambda a, b, rows: right(a, b, rows) + 5e-6,
}


def compared(with_what: Callable, compare: Callable = np.greater) -> Callable:
    def candidate(a, b, rows):
        d = np.asarray(a, float) - np.asarray(b, float)
        return float(np.mean(compare(d[rows].sum(axis=1), with_what(d))))

    return candidate


def of_answer(change: Callable) -> Callable:
    return lambda a, b, rows: change(right(a, b, rows), len(a), len(rows))


def by_accuracies(a, b, rows, dtype=np.float64):
    a, b = np.asarray(a, dtype), np.asarray(b, dtype)
    return np.mean(a[rows].mean(axis=1) - b[rows].mean(axis=1) > 2 * (a.mean() - b.mean()))


def apart(a, b, rows):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return np.mean(a[rows].sum(axis=1) - b[rows[::-1]].sum(axis=1) > 2 * (a - b).sum())


def transposed(a, b, rows):
    d = np.asarray(a, float) - np.asarray(b, float)
    return np.mean(d[rows].sum(axis=0) > 2 * d.sum())


def without(index: int) -> Callable:
    def candidate(a, b, rows):
        d = np.asarray(a, float) - np.asarray(b, float)
        left_out = index % len(d)
        return np.mean(np.where(rows == left_out, 0, d[rows]).sum(axis=1) > 2 * d.sum())

    return candidate


def distinct_only(a, b, rows):
    d = np.asarray(a, float) - np.asarray(b, float)
    return np.mean([d[np.unique(row)].sum() > 2 * d.sum() for row in rows])


def draws_its_own(a, b, rows):
    return right(a, b, np.random.default_rng(0).integers(len(a), size=rows.shape))


def sorts_the_argument(a, b, rows):
    p_value = right(a, b, rows)
    rows.sort()
    return p_value


def changes_a(a, b, rows):
    p_value = right(a, b, rows)
    a[:] = 0
    return p_value


def fails_on_booleans(a, b, rows):
    return right(a, b, rows) if a.dtype != bool else np.mean((a - b)[rows])


def fails_on_one_example(a, b, rows):
    if len(a) == 1:
        raise ZeroDivisionError
    return right(a, b, rows)


def remembers_the_first_answer() -> Callable:
    seen: list[float] = []

    def candidate(a, b, rows):
        seen.append(right(a, b, rows))
        return seen[0]

    return candidate


WRONG: dict[str, Callable] = {
    ">= for >": compared(lambda d: 2 * d.sum(), np.greater_equal),
    "< for >": compared(lambda d: 2 * d.sum(), np.less),
    "compared with the lead": compared(lambda d: d.sum()),
    "compared with zero": compared(lambda d: 0),
    "compared with 1.5 leads": compared(lambda d: 1.5 * d.sum()),
    "sign of the lead lost": compared(lambda d: 2 * abs(d.sum())),
    "negative lead taken for zero": compared(lambda d: 2 * max(d.sum(), 0)),
    "overflow of int8": compared(lambda d: int(np.int64(2 * d.sum()).astype(np.int8))),
    "two-sided": compared(lambda d: 2 * abs(d.sum()), lambda s, t: np.abs(s) > t),
    "A and B swapped": lambda a, b, rows: right(b, a, rows),
    "A and B resampled apart": apart,
    "axes transposed": transposed,
    "accuracies in floating point": by_accuracies,
    "accuracies in float32": lambda a, b, rows: by_accuracies(a, b, rows, np.float32),
    "last index never used": without(-1),
    "first index never used": without(0),
    "without replacement": distinct_only,
    "first row skipped": lambda a, b, rows: right(a, b, rows[1:]) if len(rows) > 1 else 0.0,
    "last row skipped": lambda a, b, rows: right(a, b, rows[:-1]) if len(rows) > 1 else 0.0,
    "draws its own": draws_its_own,
    "1 - p": of_answer(lambda p, n, num: 1 - p),
    "doubled": of_answer(lambda p, n, num: min(1.0, 2 * p)),
    "in percent": of_answer(lambda p, n, num: 100 * p),
    "a count": of_answer(lambda p, n, num: p * num),
    "divided by n": of_answer(lambda p, n, num: p * num / n),
    "(v + 1)/(B + 1)": of_answer(lambda p, n, num: (p * num + 1) / (num + 1)),
    "rounded to 4 digits": of_answer(lambda p, n, num: round(p, 4)),
    "never zero": of_answer(lambda p, n, num: max(p, 1 / num)),
    "a list": of_answer(lambda p, n, num: [p]),
    "an array of one": of_answer(lambda p, n, num: np.array([p])),
    "text": of_answer(lambda p, n, num: str(p)),
    "nothing": of_answer(lambda p, n, num: None),
    "nan": of_answer(lambda p, n, num: math.nan),
    "wrong only without a lead": of_answer(lambda p, n, num: 0.5 if p == 0 else p),
    "sorts the argument": sorts_the_argument,
    "changes correct_a": changes_a,
    "fails on booleans": fails_on_booleans,
    "fails on one example": fails_on_one_example,
    "remembers the first answer": remembers_the_first_answer(),
}


@pytest.mark.parametrize("name", RIGHT)
def test_the_bug_hunt_acquits(name):
    assert find_the_bug_significance(RIGHT[name]) is False


@pytest.mark.parametrize("name", WRONG)
def test_the_bug_hunt_convicts(name):
    assert find_the_bug_significance(WRONG[name]) is True


# --- the figures --------------------------------------------------------------------------------


def difference(a, b):
    return float(np.mean(np.asarray(a, float) - np.asarray(b, float)))


def drawn_figures() -> dict[str, DescribedFigure]:
    rng = np.random.default_rng(16)
    a, b = answers_with(13, 7, 80)
    rows = rng.integers(100, size=(60, 100))
    points, is_blue = rng.normal(size=(30, 2)), rng.random(30) < 0.5
    runs = {"A": list(rng.random(9)), "B": list(rng.random(9))}
    leads = np.round(rng.normal(0, 0.03, 50), 2)
    parts = {"A": {"train": 0.0001, "test": 0.0004}}
    return {
        "dots": figures.paired_dots(a[:20], b[:20]),
        "restarts": figures.restart_histogram(runs, lambda values, level: (0.5, 0.1)),
        "intervals": figures.many_intervals([(0.7, 0.1), (0.6, 0.05)], truth=0.7),
        "gaussians": figures.gaussian_test_set(points, is_blue, {"A": (1, 0), "B": (1, 1)}),
        "redrawn": figures.redrawn_accuracies(runs, {"A": 0.8, "B": 0.7}, leads),
        "variances": figures.variance_bars(parts),
        "leads": figures.lead_histogram(a, b, rows, difference, right),
        "sizes": figures.p_value_against_size([100, 1000], [0.3, 0.01], gap=0.01),
        "uncentred": figures.uncentred_bootstrap(
            leads, 0.0, [0.0, 0.1], uncentred=[0.5, 0.5], centred=[0.5, 0.01]
        ),
    }


@pytest.mark.parametrize("name", drawn_figures())
def test_each_figure_has_alt_text_titles_and_labels(name):
    figure = drawn_figures()[name]
    assert len(figure.alt_text) > 40 and figure.alt_text.endswith(".")
    assert figure.png().startswith(b"\x89PNG")
    for axes in figure.axes:
        assert axes.get_title(loc="left")
        assert axes.get_ylabel()
        named_bars = all(label.get_text() for label in axes.get_xticklabels())
        assert axes.get_xlabel() or named_bars


def test_the_lead_histogram_hatches_what_the_given_function_counts():
    a, b = answers_with(only_a=2, only_b=1, neither=2)
    rows = np.array([[0, 0, 1, 3, 4], [0, 1, 3, 3, 4], [0, 1, 2, 3, 4]])  # leads of 3, 2 and 1
    for function, counted in ((right, 1), (WRONG[">= for >"], 2), (WRONG["compared with zero"], 3)):
        alt_text = figures.lead_histogram(a, b, rows, difference, function).alt_text
        assert f"{counted} of 3 test sets are hatched" in alt_text


def test_an_interval_figure_counts_the_misses():
    alt_text = figures.many_intervals([(0.7, 0.1), (0.6, 0.05), (0.8, 0.2)], truth=0.7).alt_text
    assert "1 of them" in alt_text


def test_a_figure_shows_its_alt_text_in_the_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figures.paired_dots([1, 0], [1, 1])._ipython_display_()
    image, caption = shown
    assert image.alt == caption.data.strip("*")
    assert "On 0 examples only A is right, on 1 only B" in image.alt


def test_without_ipywidgets_the_first_frame_is_shown(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explore(lambda n=4: figures.paired_dots([1] * n, [0] * n), n=(2, 9, 1))
    assert isinstance(shown[0], DescribedFigure)
    assert "ipywidgets" in capsys.readouterr().out
