"""Counts, rates and gaps of unit 02, against fairlearn, scikit-learn and exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from fairlearn import metrics
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_score

from course_utils.fairness import (
    confusion_by_group,
    confusion_counts,
    error_rates,
    fairness_gaps,
    false_positive_rate_from,
)
from tests.fairness_oracles import ALL, BLACK, BOTH, CELLS, WHITE, people

RATES = ("fpr", "fnr", "ppv", "npv", "base_rate", "selection_rate", "accuracy")
GAPS = ("independence", "separation_fpr", "separation_tpr", "sufficiency_ppv", "sufficiency_npv")
counts = st.fixed_dictionaries(dict.fromkeys(CELLS, st.integers(0, 30)))


def rates_by_definition(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    """The rates as exact fractions, rounded once."""
    n = tn + fp + fn + tp
    parts = [(fp, fp + tn), (fn, fn + tp), (tp, tp + fp), (tn, tn + fn)]
    parts += [(fn + tp, n), (fp + tp, n), (tn + tp, n)]
    rates = [float(Fraction(part, whole)) if whole else math.nan for part, whole in parts]
    return dict(zip(RATES, rates, strict=True))


# --- counting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [(0, 1), (-1, 1), (False, True), (0.0, 1.0), (-1.0, 1.0)])
def test_the_counts_are_scikit_learns_in_every_packing_of_the_labels(pair):
    rng = np.random.default_rng(0)
    y_true, y_pred = np.array(pair)[(rng.random((2, 97)) < [[0.3], [0.6]]).astype(int)]
    expected = dict(zip(CELLS, confusion_matrix(y_true, y_pred).ravel(), strict=True))
    assert len(set(expected.values())) == 4  # so that no two cells could be mixed up unseen
    assert confusion_counts(y_true, y_pred) == expected
    assert confusion_counts(y_true.tolist(), tuple(y_pred.tolist())) == expected
    assert confusion_counts(np.repeat(y_true, 2)[::2], y_pred) == expected  # a strided view


def test_people_laid_out_from_a_table_are_counted_back_into_it():
    for table in (ALL, BLACK, WHITE):
        assert confusion_counts(*people(table)) == table


def test_one_label_alone_is_counted_and_nobody_is_four_zeros():
    assert confusion_counts([1, 1], [1, 1]) == dict(tn=0, fp=0, fn=0, tp=2)
    assert confusion_counts([-1], [-1]) == dict(tn=1, fp=0, fn=0, tp=0)
    assert confusion_counts([], []) == dict(tn=0, fp=0, fn=0, tp=0)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "offence"),
    [
        ([0, 1, 2], [0, 1, 1], "labels are 0, 1, 2"),
        ([0, 1, 1], [0, 1, -1], "labels are -1, 0, 1"),
        ([0, 1], [-1, 1], "labels are -1, 0, 1"),  # each fine alone, not together
        ([0.0, math.nan], [0, 1], "nan"),
        ([0, 0.5], [0, 1], "0.5"),
        (["0", "1"], ["0", "1"], "labels are '0', '1'"),
        (["yes", "no"], [0, 1], "'yes'"),
        ([0, None], [0, 1], "None"),
        (np.array([255, 1], dtype=np.uint8), [-1, 1], "255"),  # −1 in eight bits without a sign
        ([0, 1], [0, 1, 1], r"\(2,\).*\(3,\)"),
        ([[0, 1]], [[0, 1]], r"\(1, 2\)"),
        (0, 0, r"\(\)"),
    ],
)
def test_labels_that_are_no_pair_are_refused_and_named(y_true, y_pred, offence):
    for count in (confusion_counts, lambda t, p: confusion_by_group(t, p, np.zeros(np.size(t)))):
        with pytest.raises(ValueError, match=offence):
            count(y_true, y_pred)


@pytest.mark.parametrize("names", [["b", "a", "Zürich"], [3, -1, 2], [0.5, 0.25, 7.0]])
def test_the_counts_by_group_are_scikit_learns_of_each_group(names):
    rng = np.random.default_rng(1)
    y_true, y_pred = rng.integers(0, 2, (2, 211))
    group = rng.choice(names, size=211, p=[0.6, 0.3, 0.1])
    found = confusion_by_group(y_true, y_pred, group)
    assert list(found) == sorted(names)
    for name, cells in found.items():
        expected = confusion_matrix(y_true[group == name], y_pred[group == name]).ravel()
        assert list(cells.items()) == list(zip(CELLS, expected, strict=True))


def test_a_group_that_is_not_one_name_for_each_person_is_refused():
    for group in (["a"], ["a", "b", "c"], [["a"], ["b"]]):
        with pytest.raises(ValueError, match="group has shape"):
            confusion_by_group([0, 1], [1, 1], group)


# --- rates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "fpr", "fnr"),
    [(ALL, 0.3235, 0.3740), (BLACK, 0.4485, 0.2799), (WHITE, 0.2345, 0.4772)],
)
def test_the_rates_are_those_that_propublica_printed(table, fpr, fnr):
    rates = error_rates(**table)
    assert (round(rates["fpr"], 4), round(rates["fnr"], 4)) == (fpr, fnr)


def test_read_the_wrong_way_round_the_table_would_give_a_lower_rate():
    # Of those called high the share not arrested again is 37.03 %: the answer to another question.
    assert round(1 - error_rates(**BLACK)["ppv"], 4) == 0.3703


@given(counts)
def test_every_rate_is_its_fraction_and_0_over_0_is_nan(table):
    assert error_rates(**table) == pytest.approx(
        rates_by_definition(**table), abs=1e-15, nan_ok=True
    )


def test_rates_of_arrays_are_the_rates_of_each_entry():
    tables = np.random.default_rng(2).integers(0, 4, (4, 500))
    together = error_rates(*tables)
    assert set(together) == set(RATES)
    for i, table in enumerate(tables.T):
        one = {name: rate[i] for name, rate in together.items()}
        assert one == pytest.approx(rates_by_definition(*map(int, table)), abs=1e-15, nan_ok=True)


def test_rates_of_single_counts_are_plain_floats():
    assert {type(rate) for rate in error_rates(*np.array([3, 1, 4, 1])).values()} == {float}


# --- gaps ---------------------------------------------------------------------------------------


def test_the_gaps_of_black_and_white_defendants_are_the_published_ones():
    found = fairness_gaps(BOTH)
    assert [round(found[name], 4) for name in GAPS] == [0.2402, 0.2139, 0.1974, 0.0384, 0.0614]


@pytest.mark.parametrize("num_groups", [1, 2, 3, 7])
def test_the_gaps_are_those_of_fairlearns_metric_frame(num_groups):
    rng = np.random.default_rng(num_groups)
    y_true, y_pred = rng.integers(0, 2, (2, 400))
    group = rng.integers(num_groups, size=400)
    frame = metrics.MetricFrame(
        metrics={
            "independence": metrics.selection_rate,
            "separation_fpr": metrics.false_positive_rate,
            "separation_tpr": metrics.true_positive_rate,
            "sufficiency_ppv": precision_score,
            "sufficiency_npv": lambda true, pred: precision_score(true, pred, pos_label=0),
        },
        y_true=y_true,
        y_pred=y_pred,
        sensitive_features=group,
    )
    found = fairness_gaps(confusion_by_group(y_true, y_pred, group))
    assert found == pytest.approx(frame.difference().to_dict(), abs=1e-12)
    parity = metrics.demographic_parity_difference(y_true, y_pred, sensitive_features=group)
    odds = metrics.equalized_odds_difference(y_true, y_pred, sensitive_features=group)
    assert found["independence"] == pytest.approx(parity, abs=1e-12)
    assert max(found["separation_fpr"], found["separation_tpr"]) == pytest.approx(odds, abs=1e-12)


@given(st.dictionaries(st.integers(), counts, min_size=1, max_size=5))
def test_a_gap_is_the_largest_difference_of_two_groups_and_nan_where_a_rate_is(tables):
    rates = [rates_by_definition(**table) for table in tables.values()]
    found = fairness_gaps(tables)
    assert tuple(found) == GAPS
    for gap, name in zip(GAPS, ("selection_rate", "fpr", "fnr", "ppv", "npv"), strict=True):
        pairs = [abs(one[name] - other[name]) for one in rates for other in rates]
        expected = math.nan if any(map(math.isnan, pairs)) else max(pairs)
        assert found[gap] == pytest.approx(expected, abs=1e-15, nan_ok=True)


def test_a_group_without_members_makes_every_gap_nan_and_no_groups_are_refused():
    gaps = fairness_gaps({**BOTH, "nobody": dict.fromkeys(CELLS, 0)})
    assert all(math.isnan(gap) for gap in gaps.values())
    with pytest.raises(ValueError, match="no groups"):
        fairness_gaps({})


# --- the false positive rate that the others force ----------------------------------------------


def test_one_ppv_and_one_fnr_for_both_leave_the_published_false_positive_rates():
    forced = [
        false_positive_rate_from((t["fn"] + t["tp"]) / sum(t.values()), 0.62, 0.35)
        for t in BOTH.values()
    ]
    assert np.round(forced, 4).tolist() == [0.4219, 0.2586]


@given(st.tuples(*[st.integers(1, 50)] * 4))
def test_the_forced_rate_is_the_one_that_the_table_has(table):
    tn, fp, fn, tp = table
    n = sum(table)
    found = false_positive_rate_from((fn + tp) / n, tp / (tp + fp), fn / (fn + tp))
    assert found == pytest.approx(float(Fraction(fp, fp + tn)), rel=1e-9)


def test_the_forced_rate_may_exceed_1_and_is_0_at_its_ends():
    assert false_positive_rate_from(0.9, 0.5, 0.0) == pytest.approx(9)  # no classifier has these
    assert false_positive_rate_from(0, 0.5, 0.3) == 0  # nobody to find
    assert false_positive_rate_from(0.5, 1, 0.3) == 0  # nobody accused wrongly
    assert false_positive_rate_from(0.5, 0.3, 1) == 0  # nobody found


@pytest.mark.parametrize("name", ["base_rate", "ppv", "fnr"])
@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_number_that_is_no_rate_is_refused_and_named(name, value):
    with pytest.raises(ValueError, match=f"{name} = {value}"):
        false_positive_rate_from(**{**dict(base_rate=0.3, ppv=0.4, fnr=0.2), name: value})


def test_the_ends_without_a_value_are_refused():
    with pytest.raises(ValueError, match="base_rate = 1"):
        false_positive_rate_from(1, 0.5, 0.5)
    with pytest.raises(ValueError, match="ppv = 0"):
        false_positive_rate_from(0.5, 0, 0.5)
