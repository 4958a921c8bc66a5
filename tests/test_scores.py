"""The paired bootstrap of scores, against enumeration, scipy and the normal.

"Sigma" is the standard error of a share of resampled test sets; five of them is a false alarm in
two million other seeds.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from course_utils.significance import paired_bootstrap_of_scores, scores

SIGMA = math.sqrt(0.25 / 20_000)


def p_by_enumeration(differences: list[int]) -> Fraction:
    """Of all nⁿ test sets, the share whose sum is more than twice the one seen."""
    n, seen = len(differences), sum(differences)
    sums = [sum(chosen) for chosen in itertools.product(differences, repeat=n)]
    return Fraction(sum(total > 2 * seen for total in sums), n**n)


@pytest.mark.parametrize(
    "differences",
    [
        [3, -1, 4, 1],
        [-5, 9, 2, -6],
        [0, 0, 7],
        [1, 2],
        [-3, -4, 1, 0, 2],
        [1, 0, 0, 0],
        [8],
        [-8],
        [0, 0],
    ],
)
def test_the_share_is_that_of_all_test_sets(differences):
    expected = p_by_enumeration(differences)
    b = np.arange(len(differences)) * 11
    for unit in (1, 0.1, 1e-3, 1e6):  # tenths are not exact: what should be a tie is one still
        a_scores, b_scores = (b + differences) * unit, b * unit
        found = paired_bootstrap_of_scores(a_scores, b_scores, 20_000, np.random.default_rng(0))
        assert found == pytest.approx(float(expected), abs=5 * SIGMA)


@pytest.mark.parametrize("seed", range(3))
def test_of_right_and_wrong_it_is_a_sum_of_scipys_multinomial(seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.random((2, 41)) < [[0.6], [0.5]]).astype(float)
    expected = sum_over_multinomials(int((a > b).sum()), int((a < b).sum()), 41)
    found = paired_bootstrap_of_scores(a, b, 20_000, np.random.default_rng(seed))
    assert found == pytest.approx(expected, abs=5 * SIGMA)


def sum_over_multinomials(ahead: int, behind: int, n: int) -> float:
    grid = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)])
    counted = grid[grid[:, 0] - grid[:, 1] > 2 * (ahead - behind)]
    return stats.multinomial.pmf(
        counted, n, np.array([ahead, behind, n - ahead - behind]) / n
    ).sum()


def test_it_agrees_with_scipys_bootstrap_distribution():
    rng = np.random.default_rng(1)
    a, b = rng.gamma(2.0, size=(2, 60))
    a = a + 0.3
    lead = np.mean(a - b)
    assert lead > 0
    theirs = stats.bootstrap(
        (a - b,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(2)
    ).bootstrap_distribution
    found = paired_bootstrap_of_scores(a, b, 20_000, np.random.default_rng(3))
    assert found == pytest.approx(np.mean(theirs > 2 * lead), abs=5 * math.sqrt(2) * SIGMA)


def test_of_many_scores_it_is_the_z_test():
    d = np.random.default_rng(4).normal(0.04, 1, size=3000)
    expected = stats.norm.sf(d.mean() / (d.std() / math.sqrt(len(d))))
    assert 0.001 < expected < 0.1
    found = paired_bootstrap_of_scores(d, np.zeros(3000), 20_000, np.random.default_rng(5))
    assert found == pytest.approx(expected, abs=0.005)


def test_the_scores_are_compared_example_by_example():
    # Examples differ by thousands, A and B by 1 and a little: unpaired, nothing would be found.
    rng = np.random.default_rng(6)
    b = rng.normal(0, 1000, size=50)
    assert paired_bootstrap_of_scores(b + rng.normal(1, 0.5, 50), b, 2000, rng) == 0


def test_a_worse_system_has_a_large_p_value_and_an_equal_one_0():
    a, b = np.random.default_rng(7).normal(size=(2, 30))
    assert paired_bootstrap_of_scores(a - 1, b, 2000, np.random.default_rng(8)) > 0.99
    # No lead can be more than twice no lead: like unit 01's, the share is then 0 by definition.
    assert paired_bootstrap_of_scores(b, b, 2000, np.random.default_rng(8)) == 0


def test_equally_good_systems_are_told_apart_in_about_five_percent_of_test_sets():
    rng = np.random.default_rng(9)
    found = [
        paired_bootstrap_of_scores(rng.exponential(size=80), rng.exponential(size=80), 400, rng)
        for _ in range(1500)
    ]
    rate = np.mean(np.array(found) <= 0.05)
    assert 0.035 < rate < 0.075


def test_the_result_does_not_depend_on_how_many_numbers_are_in_memory_at_once(monkeypatch):
    a, b = np.random.default_rng(10).normal(size=(2, 25))
    if a.mean() < b.mean():
        a, b = b, a
    whole = paired_bootstrap_of_scores(a, b, 1001, np.random.default_rng(11))
    for at_once in (1, 30, 25 * 400):  # less than one row, one row, several with a rest
        monkeypatch.setattr(scores, "_NUMBERS_AT_ONCE", at_once)
        assert paired_bootstrap_of_scores(a, b, 1001, np.random.default_rng(11)) == whole


def test_lists_and_read_only_views_are_accepted_and_left_alone():
    a, b = np.random.default_rng(12).normal(size=(2, 9)).repeat(2, axis=1)[:, ::2]
    a.setflags(write=False)
    b.setflags(write=False)
    one = paired_bootstrap_of_scores(a, b, 50, np.random.default_rng(13))
    other = paired_bootstrap_of_scores(a.tolist(), tuple(b), 50, np.random.default_rng(13))
    assert type(one) is float and one == other


@pytest.mark.parametrize(
    ("a", "b", "num_samples", "offence"),
    [
        ([1.0, 2.0], [1.0], 5, r"\(2,\) and \(1,\)"),
        ([], [], 5, r"\(0,\)"),
        ([[1.0]], [[1.0]], 5, r"\(1, 1\)"),
        (1.0, 1.0, 5, r"\(\)"),
        ([1.0, -math.inf], [1.0, 2.0], 5, "not finite"),  # the log of a probability of 0
        ([1.0, 2.0], [1.0, math.nan], 5, "not finite"),
        ([1.0, 2.0], [1.0, 3.0], 0, "num_samples = 0"),
        ([1.0, 2.0], [1.0, 3.0], -1, "num_samples = -1"),
    ],
)
def test_scores_that_cannot_be_resampled_are_refused(a, b, num_samples, offence):
    with pytest.raises(ValueError, match=offence):
        paired_bootstrap_of_scores(a, b, num_samples, np.random.default_rng(0))
