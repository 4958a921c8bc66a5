"""After training: the mixing, against geometry in exact fractions, a grid, and fairlearn.

Each group's reachable points (fpr, tpr) are a parallelogram. The best point of their intersection is
one of its corners: a corner of one parallelogram, or where two edges cross.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from course_utils.fairness import equalized_odds_mixing
from tests.fairness_oracles import BOTH, CELLS, people_of

Tables = dict[Any, dict[str, int]]
Point = tuple[Fraction, Fraction]

with_both_outcomes = st.fixed_dictionaries(dict.fromkeys(CELLS, st.integers(0, 12))).filter(
    lambda t: t["tn"] + t["fp"] and t["fn"] + t["tp"]
)
several_groups = st.dictionaries(st.integers(), with_both_outcomes, min_size=1, max_size=4)


class AsGiven(ClassifierMixin, BaseEstimator):
    """A classifier whose decision is its input."""

    def fit(self, X, y):
        self.classes_ = [0, 1]  # the sign of having been fitted
        return self

    def predict(self, X):
        return X[:, 0]


# --- geometry -----------------------------------------------------------------------------------


def own_point(t: dict[str, int]) -> Point:
    return Fraction(t["fp"], t["fp"] + t["tn"]), Fraction(t["tp"], t["tp"] + t["fn"])


def corners(point: Point) -> list[Point]:
    """All low; the group's own; all high; its own, turned round: in this order a circle."""
    f, t = point
    return [(Fraction(0), Fraction(0)), (f, t), (Fraction(1), Fraction(1)), (1 - f, 1 - t)]


def cross(o: Point, a: Point, b: Point) -> Fraction:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def inside(p: Point, polygon: list[Point]) -> bool:
    """On one side of every edge; and within the unit square, for one that is only a line."""
    sides = [cross(a, b, p) for a, b in itertools.pairwise([*polygon, polygon[0]])]
    return (min(sides) >= 0 or max(sides) <= 0) and all(0 <= x <= 1 for x in p)


def crossing(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Where the lines ab and cd meet, if in one point."""
    one, other = cross(a, b, c), cross(a, b, d)
    if one == other:
        return []
    share = one / (one - other)
    return [(c[0] + share * (d[0] - c[0]), c[1] + share * (d[1] - c[1]))]


def best_accuracy(tables: Tables) -> Fraction:
    """The highest accuracy at any corner of the intersection."""
    polygons = [corners(own_point(t)) for t in tables.values()]
    edges = [edge for p in polygons for edge in itertools.pairwise([*p, p[0]])]
    points = {corner for polygon in polygons for corner in polygon}
    for one, other in itertools.combinations(edges, 2):
        points.update(crossing(*one, *other))
    reachable = [p for p in points if all(inside(p, polygon) for polygon in polygons)]
    return max(accuracy(tables, p) for p in reachable)


def accuracy(tables: Tables, point: Point) -> Fraction:
    negatives = sum(t["tn"] + t["fp"] for t in tables.values())
    positives = sum(t["fn"] + t["tp"] for t in tables.values())
    return ((1 - point[0]) * negatives + point[1] * positives) / (negatives + positives)


def assert_feasible(tables: Tables, found: dict[str, Any]) -> None:
    """What is promised is what this mixing does, to the people in the tables, on average."""
    assert set(found) == {"mix", "fpr", "tpr", "accuracy"}
    assert list(found["mix"]) == list(tables)
    right = 0.0
    for name, t in tables.items():
        low, high = found["mix"][name]
        assert 0 <= low <= 1 and 0 <= high <= 1
        fp, tp = low * t["tn"] + high * t["fp"], low * t["fn"] + high * t["tp"]
        assert fp / (t["tn"] + t["fp"]) == pytest.approx(found["fpr"], abs=1e-6)
        assert tp / (t["fn"] + t["tp"]) == pytest.approx(found["tpr"], abs=1e-6)
        right += t["tn"] + t["fp"] - fp + tp
    everybody = sum(sum(t.values()) for t in tables.values())
    assert found["accuracy"] == pytest.approx(right / everybody, abs=1e-6)


@settings(max_examples=200)
@given(several_groups)
@example({"a": dict(tn=9, fp=1, fn=2, tp=8), "b": dict(tn=1, fp=9, fn=8, tp=2)})  # b reversed
@example({"a": dict(tn=9, fp=1, fn=2, tp=8), "b": dict(tn=6, fp=3, fn=4, tp=2)})  # b is a coin
@example({"a": dict(tn=7, fp=0, fn=0, tp=4), "b": dict(tn=3, fp=2, fn=1, tp=9)})  # a is perfect
@example({"a": dict(tn=7, fp=0, fn=4, tp=0), "b": dict(tn=0, fp=2, fn=0, tp=9)})  # both constant
def test_the_mixing_is_feasible_and_as_accurate_as_the_best_corner(tables):
    found = equalized_odds_mixing(tables)
    assert_feasible(tables, found)
    assert found["accuracy"] == pytest.approx(float(best_accuracy(tables)), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_no_point_of_a_grid_that_all_groups_can_reach_is_more_accurate(seed):
    rng = np.random.default_rng(seed)
    tables = {
        name: dict(zip(CELLS, rng.integers(1, 40, 4).tolist(), strict=True))
        for name in ("a", "b", "c")
    }
    fpr, tpr = np.meshgrid(np.linspace(0, 1, 201), np.linspace(0, 1, 201))
    reachable = np.ones(fpr.shape, dtype=bool)
    for t in tables.values():
        f, s = map(float, own_point(t))
        q = np.linalg.solve([[1 - f, f], [1 - s, s]], np.array([fpr.ravel(), tpr.ravel()]))
        reachable &= ((q >= 0) & (q <= 1)).all(axis=0).reshape(fpr.shape)
    best = accuracy(tables, (fpr, tpr))[reachable].max()
    found = equalized_odds_mixing(tables)["accuracy"]
    assert best <= found + 1e-6 and found < best + 0.02  # the grid's mesh is 0.005


# --- fairlearn ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tables",
    [
        BOTH,
        {"a": dict(tn=70, fp=30, fn=20, tp=45), "b": dict(tn=50, fp=11, fn=9, tp=13)},
        {
            "a": dict(tn=33, fp=12, fn=8, tp=31),
            "b": dict(tn=90, fp=10, fn=60, tp=40),
            "c": dict(tn=25, fp=20, fn=5, tp=28),
        },
    ],
)
def test_the_best_accuracy_is_that_of_fairlearns_threshold_optimizer(tables):
    y_true, y_pred, group = people_of(tables)
    X = y_pred[:, None].astype(float)
    theirs = ThresholdOptimizer(
        estimator=AsGiven(), constraints="equalized_odds", objective="accuracy_score",
        grid_size=5000, flip=True, predict_method="predict",
    )  # fmt: skip
    theirs.fit(X, y_true, sensitive_features=group)
    high = theirs._pmf_predict(X, sensitive_features=group)[:, 1]  # before the lots are drawn
    found = equalized_odds_mixing(tables)
    expected = np.mean(np.where(y_true == 1, high, 1 - high))
    assert expected - 1e-6 <= found["accuracy"] < expected + 1e-3  # they look at a grid of fprs
    assert found["fpr"] == pytest.approx(high[y_true == 0].mean(), abs=2e-3)
    assert found["tpr"] == pytest.approx(high[y_true == 1].mean(), abs=2e-3)
    for name, mix in found["mix"].items():
        means = [high[(group == name) & (y_pred == decision)].mean() for decision in (0, 1)]
        assert mix == pytest.approx(means, abs=2e-3)


# --- numbers, and what has no answer ------------------------------------------------------------


def test_equal_odds_for_black_and_white_defendants_are_the_published_ones():
    found = equalized_odds_mixing(BOTH)
    assert [round(found[k], 4) for k in ("fpr", "tpr", "accuracy")] == [0.3833, 0.6155, 0.6161]
    assert np.round(found["mix"]["Black"], 4).tolist() == [0, 0.8547]
    assert np.round(found["mix"]["White"], 4).tolist() == [0.1944, 1]
    before = sum(t["tn"] + t["tp"] for t in BOTH.values()) / sum(
        sum(t.values()) for t in BOTH.values()
    )
    assert round(before, 4) == 0.6509


def test_groups_that_are_equal_already_keep_their_classifier():
    found = equalized_odds_mixing(
        {"a": dict(tn=8, fp=2, fn=1, tp=3), "b": dict(tn=4, fp=1, fn=2, tp=6)}
    )
    assert found["mix"]["a"] == pytest.approx((0, 1), abs=1e-6)
    assert found["mix"]["b"] == pytest.approx((0, 1), abs=1e-6)


def test_numbers_of_people_do_not_matter_only_their_shares():
    millions = {name: {c: 10**6 * n for c, n in t.items()} for name, t in BOTH.items()}
    one, other = equalized_odds_mixing(BOTH), equalized_odds_mixing(millions)
    for key in ("fpr", "tpr", "accuracy"):
        assert one[key] == pytest.approx(other[key], abs=1e-6)


@pytest.mark.parametrize(
    ("table", "offence"),
    [
        (dict(tn=3, fp=2, fn=0, tp=0), "'b' lacks an outcome: 0 positives, 5 negatives"),
        (dict(tn=0, fp=0, fn=3, tp=2), "'b' lacks an outcome: 5 positives, 0 negatives"),
        (dict(tn=0, fp=0, fn=0, tp=0), "'b' lacks an outcome"),
        (dict(tn=3, fp=-1, fn=3, tp=2), "'b' holds a count that is negative"),
        (dict(tn=3, fp=math.nan, fn=3, tp=2), "'b' holds .* not finite"),
        (dict(tn=3, fp=math.inf, fn=3, tp=2), "'b' holds .* not finite"),
    ],
)
def test_a_group_without_error_rates_is_refused_and_named(table, offence):
    with pytest.raises(ValueError, match=offence):
        equalized_odds_mixing({"a": dict(tn=1, fp=1, fn=1, tp=1), "b": table})


def test_no_groups_are_refused():
    with pytest.raises(ValueError, match="no groups"):
        equalized_odds_mixing({})
