"""Four kinds of outcome, and the rates made of them.

A prediction is positive or negative, and right or wrong: true negative (tn), false positive (fp),
false negative (fn), true positive (tp). Every rate of this unit is a quotient of sums of these four.
What differs is the denominator: *of whom* is this the share?

Source: CMU 10-301/601, lecture 28, "Different Types of Errors".
Leaves out: more than two classes, weights, scores without a threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

PROVIDED = ("bootstrap_tables",)  # whole in the student's copy
CELLS = ("tn", "fp", "fn", "tp")  # 2 · y_true + y_pred counts through them: 0, 1, 2, 3
_LABEL_PAIRS = ((0, 1), (-1, 1))


def confusion_counts(y_true: ArrayLike, y_pred: ArrayLike) -> dict[str, int]:
    """Count the four kinds of outcome.

    Args:
        y_true: shape (n,), what came to be: 0/1, −1/+1 or booleans.
        y_pred: shape (n,), what was predicted, in the same labels.

    Returns:
        {"tn", "fp", "fn", "tp"}; they add up to n.

    Raises:
        ValueError: unequal shapes, another label (nan too), or 0/1 in one array and −1/+1 in the
            other.

    >>> confusion_counts([0, 0, 1, 1, 1], [0, 1, 0, 1, 1])
    {'tn': 1, 'fp': 1, 'fn': 1, 'tp': 2}
    """
    positive_true, positive_pred = _positives(y_true, y_pred)
    counts = np.bincount(2 * positive_true + positive_pred, minlength=4)
    return dict(zip(CELLS, counts.tolist(), strict=True))


def confusion_by_group(
    y_true: ArrayLike, y_pred: ArrayLike, group: ArrayLike
) -> dict[object, dict[str, int]]:
    """Count the four kinds of outcome in every group, in one pass over the data.

    Args:
        y_true, y_pred: shape (n,), as in `confusion_counts`.
        group: shape (n,), anything that can be sorted: integers or text.

    Returns:
        {group: {"tn", "fp", "fn", "tp"}}, the groups in sorted order.

    Raises:
        ValueError: as `confusion_counts`, or `group` has another length.

    >>> confusion_by_group([0, 1, 1], [0, 1, 0], ["b", "a", "a"])
    {'a': {'tn': 0, 'fp': 0, 'fn': 1, 'tp': 1}, 'b': {'tn': 1, 'fp': 0, 'fn': 0, 'tp': 0}}
    """
    positive_true, positive_pred = _positives(y_true, y_pred)
    group = np.asarray(group)
    names = np.unique(group)
    index = np.searchsorted(names, group)  # sooner than np.unique's own inverse, which sorts
    if index.shape != positive_true.shape:
        raise ValueError(f"group has shape {index.shape}, the labels {positive_true.shape}")
    cells = np.bincount(4 * index + 2 * positive_true + positive_pred, minlength=4 * len(names))
    rows = cells.reshape(-1, 4).tolist()
    return {
        name: dict(zip(CELLS, row, strict=True))
        for name, row in zip(names.tolist(), rows, strict=True)
    }


def error_rates(tn: ArrayLike, fp: ArrayLike, fn: ArrayLike, tp: ArrayLike) -> dict[str, Any]:
    """Return every rate that the debate is about. 0/0 is nan.

        fpr = fp/(fp + tn)    of those with the outcome 0, the share predicted 1
        fnr = fn/(fn + tp)    of those with the outcome 1, the share predicted 0
        ppv = tp/(tp + fp)    of those predicted 1, the share with the outcome 1
        npv = tn/(tn + fn)    of those predicted 0, the share with the outcome 0

    and of everybody: base_rate (outcome 1), selection_rate (predicted 1), accuracy.

    Args:
        tn, fp, fn, tp: counts; arrays of one shape give arrays, which is how 10 000 resampled
            tables are computed at once.

    >>> rates = error_rates(tn=990, fp=805, fn=532, tp=1369)
    >>> round(rates["fpr"], 4), round(rates["fnr"], 4)
    (0.4485, 0.2799)
    """
    tn, fp, fn, tp = (np.asarray(count, dtype=np.float64) for count in (tn, fp, fn, tp))
    n = tn + fp + fn + tp
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = {
            "fpr": fp / (fp + tn),
            "fnr": fn / (fn + tp),
            "ppv": tp / (tp + fp),
            "npv": tn / (tn + fn),
            "base_rate": (fn + tp) / n,
            "selection_rate": (fp + tp) / n,
            "accuracy": (tn + tp) / n,
        }
    return {name: float(rate) if rate.ndim == 0 else rate for name, rate in rates.items()}


def bootstrap_tables(
    counts_by_group: Mapping[str, Mapping[str, int]], num_samples: int, rng: np.random.Generator
) -> dict[str, dict[str, NDArray[np.int64]]]:
    """Resample all people with replacement, num_samples times, and count again each time.

    Which person is drawn does not matter, only the cell of the table that the person is in. So the
    counts of all cells together are one multinomial draw of size n: the same distribution as
    drawing n people, at a thousandth of the cost.

    Args:
        counts_by_group: {group: {"tn", "fp", "fn", "tp"}}, numbers of people.
        num_samples: how many tables to draw.
        rng: a numpy generator.

    Returns:
        {group: {"tn", "fp", "fn", "tp"}}, each of shape (num_samples,).

    Raises:
        ValueError: nobody to draw, a count that is negative or nan, or num_samples < 1.

    >>> table = {"a": dict(tn=5, fp=1, fn=2, tp=4), "b": dict(tn=3, fp=3, fn=1, tp=9)}
    >>> drawn = bootstrap_tables(table, 100, np.random.default_rng(0))
    >>> sum(drawn[group][cell] for group in table for cell in CELLS).tolist() == [28] * 100
    True
    """
    cells = np.array([[counts[cell] for cell in CELLS] for counts in counts_by_group.values()])
    n = cells.sum()
    if not np.all(cells >= 0):
        raise ValueError(f"counts are {cells.tolist()}: each is at least 0")
    if n < 1 or num_samples < 1:
        raise ValueError(f"{n} people and {num_samples} samples: both must be at least 1")
    drawn = rng.multinomial(n, cells.ravel() / n, size=num_samples).T.reshape(-1, 4, num_samples)
    return {
        group: dict(zip(CELLS, rows, strict=True))
        for group, rows in zip(counts_by_group, drawn, strict=True)
    }


def _positives(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Both label vectors as 0 and 1, or say which label is neither."""
    true, pred = np.asarray(y_true), np.asarray(y_pred)
    if true.ndim != 1 or true.shape != pred.shape:
        raise ValueError(f"y_true has shape {true.shape}, y_pred {pred.shape}: both are (n,)")
    for pair in _LABEL_PAIRS:
        if np.isin(true, pair).all() and np.isin(pred, pair).all():
            return (true == 1).astype(np.intp), (pred == 1).astype(np.intp)
    labels = sorted(set(true.tolist()) | set(pred.tolist()), key=str)
    shown = ", ".join(map(repr, labels[:5]))
    raise ValueError(f"labels are {shown}: use 0 and 1 in both arrays, or -1 and +1 in both")
