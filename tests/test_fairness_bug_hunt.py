"""The tester of `error_rates` accepts right implementations of many kinds, and finds each mistake."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from course_utils.fairness import error_rates, find_the_bug_fairness
from tests.fairness_oracles import people

NAN = math.nan
RATES = ("fpr", "fnr", "ppv", "npv", "base_rate", "selection_rate", "accuracy")


def quotient(part: Any, whole: Any) -> Any:
    return part / whole if whole else NAN


def plain(tn: Any, fp: Any, fn: Any, tp: Any) -> dict[str, Any]:
    n = tn + fp + fn + tp
    return {
        "fpr": quotient(fp, fp + tn),
        "fnr": quotient(fn, fn + tp),
        "ppv": quotient(tp, tp + fp),
        "npv": quotient(tn, tn + fn),
        "base_rate": quotient(fn + tp, n),
        "selection_rate": quotient(fp + tp, n),
        "accuracy": quotient(tn + tp, n),
    }


# --- right --------------------------------------------------------------------------------------


def by_laying_out_people(tn: int, fp: int, fn: int, tp: int) -> dict[str, Any]:
    y_true, y_pred = people(dict(tn=tn, fp=fp, fn=fn, tp=tp))
    if not len(y_true):  # scikit-learn refuses to count nobody
        return dict.fromkeys(RATES, NAN)
    recall = partial(metrics.recall_score, y_true, y_pred, zero_division=np.nan)
    precision = partial(metrics.precision_score, y_true, y_pred, zero_division=np.nan)
    return {
        "fpr": 1 - recall(pos_label=0),
        "fnr": 1 - recall(),
        "ppv": precision(),
        "npv": precision(pos_label=0),
        "base_rate": y_true.mean(),
        "selection_rate": y_pred.mean(),
        "accuracy": metrics.accuracy_score(y_true, y_pred),
    }


def converted(convert: Callable[[float], Any]) -> Callable[..., dict[str, Any]]:
    return lambda *cells: {name: convert(rate) for name, rate in plain(*cells).items()}


def backwards(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    return OrderedDict(reversed(plain(tn, fp, fn, tp).items()))


def exact(tn: int, fp: int, fn: int, tp: int) -> dict[str, Any]:
    return plain(*map(Fraction, (tn, fp, fn, tp)))


def numpys_own_division(tn: int, fp: int, fn: int, tp: int) -> dict[str, Any]:
    with np.errstate(all="ignore"):
        tn, fp, fn, tp = (np.float64(cell) for cell in (tn, fp, fn, tp))
        n = tn + fp + fn + tp
        ends = {"fpr": fp / (fp + tn), "fnr": fn / (fn + tp), "accuracy": (tn + tp) / n}
        ends |= {"ppv": tp / (tp + fp), "npv": tn / (tn + fn)}
        return ends | {"base_rate": (fn + tp) / n, "selection_rate": (fp + tp) / n}


RIGHT = [
    error_rates,
    plain,
    by_laying_out_people,
    numpys_own_division,
    backwards,
    exact,
    converted(np.float32),
    converted(np.asarray),  # 0-d arrays
    converted(lambda rate: rate + 5e-6),
]


@pytest.mark.parametrize("candidate", RIGHT)
def test_right_implementations_are_accepted(candidate):
    assert find_the_bug_fairness(candidate) is False


# --- wrong --------------------------------------------------------------------------------------


def changed(**rates: Callable[[int, int, int, int], Any]) -> Callable[..., dict[str, Any]]:
    """`plain`, with some rates computed in another way."""
    return lambda *cells: plain(*cells) | {name: rate(*cells) for name, rate in rates.items()}


def instead_of_nan(value: Any) -> Callable[..., dict[str, Any]]:
    return converted(lambda rate: value if math.isnan(rate) else rate)


def refuses_nobody(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    if tn + fp + fn + tp == 0:
        raise ValueError("there is nobody")
    return plain(tn, fp, fn, tp)


def all_nan_if_one_is(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    rates = plain(tn, fp, fn, tp)
    return dict.fromkeys(rates, NAN) if any(map(math.isnan, rates.values())) else rates


WRONG: dict[str, Callable[..., Any]] = {
    "the table transposed": lambda tn, fp, fn, tp: plain(tn, fn, fp, tp),
    "the outcomes exchanged": lambda tn, fp, fn, tp: plain(fn, tp, tn, fp),
    "the decisions exchanged": lambda tn, fp, fn, tp: plain(fp, tn, tp, fn),
    "positive and negative exchanged": lambda tn, fp, fn, tp: plain(tp, fn, fp, tn),
    "another order of parameters": lambda tp, fp, fn, tn: plain(tn, fp, fn, tp),
    "fdr for fpr": changed(fpr=lambda tn, fp, fn, tp: quotient(fp, fp + tp)),
    "fpr over everybody": changed(fpr=lambda *c: quotient(c[1], sum(c))),
    "fnr over everybody": changed(fnr=lambda *c: quotient(c[2], sum(c))),
    "fnr of those predicted 0": changed(fnr=lambda tn, fp, fn, tp: quotient(fn, fn + tn)),
    "specificity for fpr": changed(fpr=lambda tn, fp, fn, tp: quotient(tn, tn + fp)),
    "recall for fnr": changed(fnr=lambda tn, fp, fn, tp: quotient(tp, tp + fn)),
    "ppv with fn": changed(ppv=lambda tn, fp, fn, tp: quotient(tp, tp + fn)),
    "npv with fp": changed(npv=lambda tn, fp, fn, tp: quotient(tn, tn + fp)),
    "base rate of those predicted": changed(base_rate=lambda *c: quotient(c[1] + c[3], sum(c))),
    "selection rate of the outcome": changed(selection_rate=lambda *c: quotient(c[2] + c[3], sum(c))),
    "selection rate without fp": changed(selection_rate=lambda *c: quotient(c[3], sum(c))),
    "error for accuracy": changed(accuracy=lambda *c: quotient(c[1] + c[2], sum(c))),
    "balanced accuracy": changed(
        accuracy=lambda tn, fp, fn, tp: (quotient(tn, tn + fp) + quotient(tp, tp + fn)) / 2
    ),
    "accuracy of the positives": changed(accuracy=lambda *c: quotient(c[3], sum(c))),
    "odds for a rate": changed(base_rate=lambda tn, fp, fn, tp: quotient(fn + tp, tn + fp)),
    "0 for 0/0": instead_of_nan(0.0),
    "1 for 0/0": instead_of_nan(1.0),
    "None for 0/0": instead_of_nan(None),
    "infinity for 0/0": instead_of_nan(math.inf),
    "division by zero": lambda tn, fp, fn, tp: changed(fpr=lambda *c: fp / (fp + tn))(tn, fp, fn, tp),
    "only ppv is 0 for 0/0": changed(ppv=lambda tn, fp, fn, tp: tp / (tp + fp) if tp + fp else 0),
    "only npv divides by zero": changed(npv=lambda tn, fp, fn, tp: tn / (tn + fn)),
    "one added to every count": lambda *cells: plain(*(cell + 1 for cell in cells)),
    "a small number in the denominator": changed(ppv=lambda *c: c[3] / (c[3] + c[1] + 1e-9)),
    "nan for a rate that is 0": converted(lambda rate: rate or NAN),
    "nan everywhere if somewhere": all_nan_if_one_is,
    "refuses a table without people": refuses_nobody,
    "percent": converted(lambda rate: 100 * rate),
    "rounded to two digits": converted(lambda rate: round(rate, 2)),
    "rounded to four digits": converted(lambda rate: round(rate, 4)),
    "text": converted(str),
    "whole division": converted(lambda rate: rate if math.isnan(rate) else int(rate)),
    "a list of one": converted(lambda rate: [rate]),
    "an array of one": converted(lambda rate: np.array([rate])),
    "a key is missing": lambda *cells: {k: v for k, v in plain(*cells).items() if k != "npv"},
    "a key too many": lambda *cells: plain(*cells) | {"tpr": 0.5},
    "keys in capitals": lambda *cells: {k.upper(): v for k, v in plain(*cells).items()},
    "a tuple": lambda *cells: tuple(plain(*cells).values()),
    "nothing": lambda *cells: None,
    "raises": lambda *cells: 1 / 0,
    "three parameters": lambda tn, fp, fn: plain(tn, fp, fn, 1),
}  # fmt: skip


@pytest.mark.parametrize("candidate", WRONG.values(), ids=WRONG)
def test_every_mistake_is_found(candidate):
    assert find_the_bug_fairness(candidate) is True


@pytest.mark.parametrize("candidate", [None, 3, "error_rates", math.sqrt])
def test_what_cannot_be_called_so_is_wrong(candidate):
    assert find_the_bug_fairness(candidate) is True
