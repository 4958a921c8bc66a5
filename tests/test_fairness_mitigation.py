"""Before and during training: reweighing and the penalty, against fractions, scipy, scikit-learn."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from course_utils.fairness import fair_logistic_loss, fit_fair_logistic, reweighing

# rows: groups; columns: not arrested again, arrested again
ARRESTS = [[990 + 805, 532 + 1369], [1139 + 349, 461 + 505]]

tables = st.integers(1, 4).flatmap(
    lambda labels: st.lists(
        st.lists(st.integers(0, 20), min_size=labels, max_size=labels), min_size=1, max_size=4
    )
).filter(lambda table: all(map(any, table)) and all(map(any, zip(*table, strict=True))))  # fmt: skip


# --- before training: reweighing ----------------------------------------------------------------


def test_the_weights_of_black_and_white_defendants_are_the_published_ones():
    expected = [[1.0992, 0.9064], [0.8804, 1.1843]]
    assert np.round(reweighing(ARRESTS), 4).tolist() == expected


@given(tables)
def test_every_weight_is_its_fraction_and_an_empty_cell_has_0(table):
    n = sum(map(sum, table))
    columns = list(map(sum, zip(*table, strict=True)))
    expected = [
        [float(Fraction(sum(row) * total, n * cell)) if cell else 0.0
         for cell, total in zip(row, columns, strict=True)]
        for row in table
    ]  # fmt: skip
    found = reweighing(table)
    assert found.shape == np.shape(table)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_weighted_people_are_as_many_as_before_and_group_and_outcome_do_not_go_together():
    table = np.random.default_rng(0).integers(1, 50, (3, 4))
    group, label = (np.repeat(index.ravel(), table.ravel()) for index in np.indices(table.shape))
    weight = reweighing(table)[group, label]
    for index, margin in ((group, table.sum(axis=1)), (label, table.sum(axis=0))):
        assert np.bincount(index, weight) == pytest.approx(margin)
    correlation = np.cov(group, label, aweights=weight, bias=True)[0, 1]
    assert correlation == pytest.approx(0, abs=1e-12)
    shares = np.array([np.bincount(label[group == a], weight[group == a]) for a in range(3)])
    shares /= shares.sum(axis=1, keepdims=True)
    assert np.ptp(shares, axis=0).max() < 1e-12  # every group has the outcomes of everybody


def test_a_table_that_is_independent_already_has_weights_of_1():
    np.testing.assert_allclose(reweighing(np.outer([1, 2, 7], [3, 5])), np.ones((3, 2)))


def test_a_classifier_trained_on_the_weighted_people_learns_nothing_from_the_group():
    index = np.indices((2, 2))
    group, label, number = index[0].ravel(), index[1].ravel(), np.ravel(ARRESTS)
    model = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
    before = model.fit(group[:, None], label, number).coef_[0, 0]
    assert before == pytest.approx(math.log(966 / 1488) - math.log(1901 / 1795), abs=1e-6)
    after = model.fit(group[:, None], label, number * reweighing(ARRESTS).ravel()).coef_[0, 0]
    assert after == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "offence"),
    [
        ([[3, 1], [0, 0]], "a group or a label has no examples"),
        ([[3, 0], [2, 0]], "a group or a label has no examples"),
        ([[], []], "a group or a label has no examples"),
        ([[3, 1], [2, -1]], "negative"),
        ([[3, 1], [2, math.nan]], "not finite"),
        ([[3, 1], [2, math.inf]], "not finite"),
        ([3, 1], r"\(2,\)"),
        ([[[3, 1]]], r"\(1, 1, 2\)"),
    ],
)
def test_a_table_without_weights_is_refused(counts, offence):
    with pytest.raises(ValueError, match=offence):
        reweighing(counts)


# --- during training: the penalty ---------------------------------------------------------------


def a_problem(seed: int, n: int = 57, d: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X with a column of ones and one that goes with the group; y that goes with both."""
    rng = np.random.default_rng(seed)
    group = (rng.random(n) < 0.3).astype(float)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, d - 2)), rng.normal(size=n) + 2 * group])
    y = (rng.random(n) < 1 / (1 + np.exp(-X[:, -1] + X[:, 1]))).astype(float)
    return X, y, group


def gradient_by_complex_step(w, X, y, group, strength) -> np.ndarray:
    """Exact to the last digit: the loss is analytic, so its slope is Im f(w + ih)/h."""

    def loss(w: np.ndarray) -> complex:
        s = X @ w
        covariance = np.mean(group * s) - np.mean(group) * np.mean(s)
        return np.mean(np.log(1 + np.exp(s)) - y * s) + strength * covariance**2

    return np.array([loss(w + 1e-30j * unit).imag / 1e-30 for unit in np.eye(len(w))])


@pytest.mark.parametrize("strength", [0.0, 0.7, 300.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_loss_is_scikit_learns_plus_numpys_covariance(seed, strength):
    X, y, group = a_problem(seed)
    w = np.random.default_rng(seed).normal(size=3)
    covariance = np.cov(group, X @ w, bias=True)[0, 1]
    expected = log_loss(y, 1 / (1 + np.exp(-X @ w))) + strength * covariance**2
    loss, _ = fair_logistic_loss(w, X, y, group, strength)
    assert type(loss) is float and loss == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("strength", [0.0, 0.7, 300.0])
@pytest.mark.parametrize("d", [2, 3, 5])
def test_the_gradient_is_the_slope_of_the_loss(d, strength):
    X, y, group = a_problem(d, d=d)
    w = np.random.default_rng(d).normal(size=d)
    _, gradient = fair_logistic_loss(w, X, y, group, strength)
    expected = gradient_by_complex_step(w, X, y, group, strength)
    assert gradient.shape == (d,)
    np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-13)
    slope = optimize.approx_fprime(w, lambda w: fair_logistic_loss(w, X, y, group, strength)[0])
    np.testing.assert_allclose(gradient, slope, rtol=1e-4, atol=1e-5)


def test_a_group_moved_by_a_constant_has_the_same_penalty():
    X, y, group = a_problem(4)
    one, other = (fair_logistic_loss([0.3, -1, 2], X, y, g, 5.0) for g in (group, group + 17))
    assert one[0] == pytest.approx(other[0], rel=1e-12)
    np.testing.assert_allclose(one[1], other[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("y", "loss", "gradient"),
    [([1, 0], 0.0, 0.0), ([0, 1], 1000.0, 1000.0), ([1, 1], 500.0, 500.0)],
)
def test_scores_of_1000_are_survived(y, loss, gradient):
    found = fair_logistic_loss([1.0], [[1000.0], [-1000.0]], y, [0, 0], 1.0)
    assert found[0] == pytest.approx(loss) and found[1] == pytest.approx([gradient])


@pytest.mark.parametrize("seed", range(3))
def test_without_a_price_the_fit_is_scikit_learns(seed):
    X, y, group = a_problem(seed, n=400)
    theirs = LogisticRegression(
        C=np.inf, fit_intercept=False, tol=1e-10, solver="newton-cholesky"
    ).fit(X, y)
    np.testing.assert_allclose(fit_fair_logistic(X, y, group, 0.0), theirs.coef_[0], atol=1e-6)


@pytest.mark.parametrize("strength", [0.3, 10.0, 1e4])
def test_at_the_fitted_weights_the_slope_is_0(strength):
    X, y, group = a_problem(5, n=400)
    w = fit_fair_logistic(X, y, group, strength)  # the loss is convex: this is the smallest
    slope = gradient_by_complex_step(w, X, y, group, strength)
    assert np.abs(slope).max() < 1e-7


def test_the_higher_the_price_the_less_the_score_goes_with_the_group():
    X, y, group = a_problem(6, n=400)
    weights = [fit_fair_logistic(X, y, group, s) for s in (0, 0.1, 1, 10, 1e5)]
    gone = [abs(np.cov(group, X @ w)[0, 1]) for w in weights]
    assert gone == sorted(gone, reverse=True) and gone[0] > 0.3 and gone[-1] < 1e-4
    # In the end it is the fit under the constraint, which scipy finds another way.
    centred = (group - group.mean()) @ X / len(y)
    theirs = optimize.minimize(
        lambda w: log_loss(y, 1 / (1 + np.exp(-X @ w))), np.zeros(3), method="SLSQP",
        constraints={"type": "eq", "fun": lambda w: centred @ w}, options={"ftol": 1e-13},
    )  # fmt: skip
    np.testing.assert_allclose(weights[-1], theirs.x, atol=1e-3)


@pytest.mark.parametrize(
    ("changed", "offence"),
    [
        (dict(y=[0, 2]), "neither 0 nor 1"),
        (dict(y=[-1, 1]), "neither 0 nor 1"),
        (dict(y=[0, math.nan]), "neither 0 nor 1"),
        (dict(y=[0, 1, 1]), r"y \(3,\)"),
        (dict(y=[[0], [1]]), r"y \(2, 1\)"),
        (dict(y=1), r"y \(\)"),
        (dict(group=[0]), r"group \(1,\)"),
        (dict(X=[1.0, 2.0]), r"X is \(2,\)"),
        (dict(X=np.zeros((0, 1)), y=[], group=[]), r"y \(0,\)"),
        (dict(strength=-0.1), "strength = -0.1"),
        (dict(strength=math.nan), "strength = nan"),
    ],
)
def test_a_problem_that_does_not_fit_together_is_refused(changed, offence):
    good = dict(X=[[1.0], [2.0]], y=[0, 1], group=[0, 1], strength=1.0)
    fair_logistic_loss([0.5], **good)
    with pytest.raises(ValueError, match=offence):
        fair_logistic_loss([0.5], **{**good, **changed})
    with pytest.raises(ValueError, match=offence):
        fit_fair_logistic(**{**good, **changed})


@pytest.mark.parametrize("weights", [0.5, [[0.5]], [0.5, 0.5]])
def test_weights_of_another_shape_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        fair_logistic_loss(weights, [[1.0], [2.0]], [0, 1], [0, 1], 1.0)
