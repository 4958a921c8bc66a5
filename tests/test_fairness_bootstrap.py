"""Resampled tables of unit 02, and counting at scale: as if person by person, but fast.

Tests with chance in them have a fixed seed; "1e-6" is how often another seed would raise an alarm.
"""

from __future__ import annotations

import itertools
import math
import time
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from scipy import stats
from sklearn.metrics import confusion_matrix

from course_utils.fairness import (
    bootstrap_tables,
    confusion_by_group,
    error_rates,
    fairness_gaps,
)
from tests.fairness_oracles import BLACK, BOTH, CELLS, WHITE, people_of

SMALL = {"a": dict(tn=2, fp=0, fn=1, tp=0), "b": dict(tn=0, fp=1, fn=0, tp=1)}
MIDDLE = {"a": dict(tn=9, fp=4, fn=2, tp=7), "b": dict(tn=3, fp=6, fn=1, tp=8)}


def as_array(tables: dict) -> np.ndarray:
    """All cells of all groups as columns: shape (num_samples, 4 · groups)."""
    return np.array([tables[group][cell] for group in tables for cell in CELLS]).T


def column_of_each_person(tables: dict) -> np.ndarray:
    """Where each person is counted, in `as_array`."""
    y_true, y_pred, group = people_of(tables)
    return 4 * (group == "b") + 2 * y_true + y_pred


def by_resampling_people(tables: dict, num_samples: int, rng: np.random.Generator) -> np.ndarray:
    """What `bootstrap_tables` is short for: draw people, and count with scikit-learn."""
    y_true, y_pred, group = people_of(tables)
    rows = []
    for _ in range(num_samples):
        drawn = rng.integers(len(group), size=len(group))
        true, pred, names = y_true[drawn], y_pred[drawn], group[drawn]
        rows.append(
            np.concatenate(
                [
                    confusion_matrix(
                        true[names == name], pred[names == name], labels=[0, 1]
                    ).ravel()
                    for name in tables
                ]
            )
        )
    return np.array(rows)


def shortest(run: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs: the one that was disturbed least."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def test_a_resampled_table_has_the_groups_the_cells_and_the_number_of_people_of_the_first():
    drawn = bootstrap_tables(BOTH, 50, np.random.default_rng(0))
    assert list(drawn) == list(BOTH)
    for cells in drawn.values():
        assert tuple(cells) == CELLS
        assert all(count.shape == (50,) and count.dtype.kind == "i" for count in cells.values())
    assert as_array(drawn).sum(axis=1).tolist() == [6150] * 50


def test_each_table_comes_as_often_as_when_people_are_drawn_one_by_one():
    place = column_of_each_person(SMALL)
    every = Counter(  # all 5⁵ ways to draw the five people
        tuple(np.bincount(place[list(who)], minlength=8))
        for who in itertools.product(range(5), repeat=5)
    )
    drawn = Counter(map(tuple, as_array(bootstrap_tables(SMALL, 31_250, np.random.default_rng(1)))))
    assert set(drawn) <= set(every)
    often = [table for table, ways in every.items() if ways >= 5]  # expected at least 50 times
    rest = 31_250 - sum(drawn[table] for table in often)
    observed = [*(drawn[table] for table in often), rest]
    expected = [*(10 * every[table] for table in often), 31_250 - 10 * sum(map(every.get, often))]
    assert stats.chisquare(observed, expected).pvalue > 1e-6


def test_each_cell_has_the_distribution_of_explicit_resampling():
    ours = as_array(bootstrap_tables(MIDDLE, 3000, np.random.default_rng(2)))
    place = column_of_each_person(MIDDLE)
    people = place[np.random.default_rng(3).integers(len(place), size=(3000, len(place)))]
    theirs = np.array([np.bincount(row, minlength=8) for row in people])
    for one, other in zip(ours.T, theirs.T, strict=True):
        top = np.quantile(other, 0.99).astype(int)  # rare counts share the last column
        table = [np.bincount(np.minimum(x, top), minlength=top + 1) for x in (one, other)]
        seen = np.array(table)[:, np.sum(table, axis=0) > 0]
        assert stats.chi2_contingency(seen).pvalue > 1e-6 / 8


def test_means_and_covariances_of_the_cells_are_the_multinomials():
    drawn = as_array(bootstrap_tables(BOTH, 40_000, np.random.default_rng(4)))
    cells = np.array([table[cell] for table in BOTH.values() for cell in CELLS])
    share = cells / 6150
    covariance = 6150 * (np.diag(share) - np.outer(share, share))
    spread = np.sqrt(np.diag(covariance))
    assert np.abs((drawn.mean(axis=0) - cells) / spread).max() < 6 / math.sqrt(40_000)
    # The standard error of a correlation is below 1/√n: 6 of them for all 64 entries.
    scaled = (np.cov(drawn.T) - covariance) / np.outer(spread, spread)
    assert np.abs(scaled).max() < 6 * math.sqrt(2 / 40_000)


def test_the_size_of_a_group_is_resampled_too():
    black = as_array(bootstrap_tables(BOTH, 20_000, np.random.default_rng(5)))[:, :4].sum(axis=1)
    expected = stats.binom.std(6150, 3696 / 6150)
    assert black.std() == pytest.approx(expected, rel=6 / math.sqrt(2 * 20_000))


def test_all_randomness_comes_from_the_generator_and_the_table_stays_as_it_was():
    table = {group: dict(cells) for group, cells in MIDDLE.items()}
    first, second = (bootstrap_tables(table, 9, np.random.default_rng(6)) for _ in range(2))
    assert np.array_equal(as_array(first), as_array(second))
    assert table == MIDDLE


def test_an_empty_group_stays_empty():
    nobody = dict.fromkeys(CELLS, 0)
    drawn = bootstrap_tables({**MIDDLE, "c": nobody}, 20, np.random.default_rng(7))
    assert not as_array(drawn)[:, 8:].any()


def test_one_person_is_drawn_every_time():
    alone = {"a": dict(tn=0, fp=1, fn=0, tp=0)}
    assert (
        as_array(bootstrap_tables(alone, 3, np.random.default_rng(0))).tolist()
        == [[0, 1, 0, 0]] * 3
    )


@pytest.mark.parametrize(
    ("tables", "num_samples", "offence"),
    [
        (MIDDLE, 0, "0 samples"),
        (MIDDLE, -3, "-3 samples"),
        ({}, 5, "0.* people"),
        ({"a": dict.fromkeys(CELLS, 0)}, 5, "0 people"),
        ({"a": dict(tn=5, fp=-1, fn=2, tp=3)}, 5, "-1"),
        ({"a": dict(tn=5, fp=math.nan, fn=2, tp=3)}, 5, "nan"),
    ],
)
def test_nothing_to_draw_from_is_refused_and_named(tables, num_samples, offence):
    with pytest.raises(ValueError, match=offence):
        bootstrap_tables(tables, num_samples, np.random.default_rng(0))


# --- unit 1 decides: is the gap in PPV real? ----------------------------------------------------


def test_the_gap_in_ppv_has_z_1_96_and_the_bootstrap_agrees():
    high = [[t["tp"], t["fp"]] for t in (BLACK, WHITE)]  # those called high: arrested again, or not
    z = math.sqrt(stats.chi2_contingency(high, correction=False).statistic)
    assert round(z, 2) == 1.96
    assert stats.norm.sf(z) < 0.05 < 2 * stats.norm.sf(z)  # one-sided yes; two-sided just not

    drawn = bootstrap_tables(BOTH, 100_000, np.random.default_rng(8))
    ppv = {group: error_rates(**cells)["ppv"] for group, cells in drawn.items()}
    p_value = np.mean(ppv["Black"] - ppv["White"] > 2 * (1369 / 2174 - 505 / 854))
    # The bootstrap knows no "pooled" rate: its spread is that of the two shares as they are.
    shares = [stats.bernoulli(1369 / 2174).var() / 2174, stats.bernoulli(505 / 854).var() / 854]
    expected = stats.norm.sf((1369 / 2174 - 505 / 854) / math.sqrt(sum(shares)))
    assert p_value == pytest.approx(expected, abs=5 * math.sqrt(0.026 / 100_000))
    assert p_value < 0.05


# --- speed --------------------------------------------------------------------------------------


def test_10_000_resamples_with_rates_and_gaps_are_faster_than_100_by_drawing_people():
    def ten_thousand() -> None:
        drawn = bootstrap_tables(BOTH, 10_000, np.random.default_rng(9))
        for cells in drawn.values():
            error_rates(**cells)
        fairness_gaps(drawn)

    def one_hundred() -> None:
        by_resampling_people(BOTH, 100, np.random.default_rng(9))

    assert shortest(ten_thousand) < shortest(one_hundred, times=1)


@pytest.mark.parametrize("n", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_counting_by_group_is_10_times_faster_than_fairlearn_with_the_same_numbers(n):
    rng = np.random.default_rng(10)
    y_true, y_pred = rng.integers(0, 2, (2, n))
    group = rng.choice(["asian", "black", "hispanic", "other", "white"], size=n)
    start = time.perf_counter()
    frame = MetricFrame(
        metrics=confusion_matrix, y_true=y_true, y_pred=y_pred, sensitive_features=group
    )
    theirs = time.perf_counter() - start
    found = confusion_by_group(y_true, y_pred, group)
    assert {name: list(cells.values()) for name, cells in found.items()} == {
        name: cells.ravel().tolist() for name, cells in frame.by_group.items()
    }
    assert 10 * shortest(lambda: confusion_by_group(y_true, y_pred, group)) < theirs
