"""Three criteria of fairness, measured, and the equation that makes them collide.

With a the group, y the outcome and h the decision:

    independence   h ⊥ a        everybody is selected at the same rate
    separation     h ⊥ a | y    the same error rates in every group
    sufficiency    y ⊥ a | h    a decision means the same in every group

The equation: fix the base rate p, the positive predictive value and the false negative rate, and the
false positive rate follows. So groups with different base rates cannot agree on all three rates,
unless the classifier makes no mistakes.

Source: CMU 10-301/601, lecture 28, "Three Criteria for Fairness"; A. Chouldechova, "Fair Prediction
with Disparate Impact", Big Data 5 (2017), equation 2.6; J. Kleinberg, S. Mullainathan and
M. Raghavan, "Inherent Trade-Offs in the Fair Determination of Risk Scores", ITCS 2017.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.fairness.errors import error_rates


def fairness_gaps(counts_by_group: Mapping[object, Mapping[str, float]]) -> dict[str, float]:
    """Return the largest difference between any two groups, for each criterion.

        independence       selection rate
        separation_fpr     false positive rate
        separation_tpr     true positive rate, 1 − fnr
        sufficiency_ppv    positive predictive value
        sufficiency_npv    negative predictive value

    Args:
        counts_by_group: {group: {"tn", "fp", "fn", "tp"}}, any number of groups, at least one.

    Returns:
        Each gap in [0, 1]; 0.0 for one group; nan where some group's rate is 0/0. Counts that are
        arrays give arrays.

    Raises:
        ValueError: no groups.

    >>> gaps = fairness_gaps({"a": dict(tn=5, fp=5, fn=1, tp=9), "b": dict(tn=8, fp=2, fn=1, tp=9)})
    >>> round(gaps["separation_fpr"], 4), gaps["separation_tpr"]
    (0.3, 0.0)
    """
    if not counts_by_group:
        raise ValueError("there are no groups to compare")
    rates = [error_rates(**counts) for counts in counts_by_group.values()]
    return {
        "independence": _range([r["selection_rate"] for r in rates]),
        "separation_fpr": _range([r["fpr"] for r in rates]),
        "separation_tpr": _range([r["fnr"] for r in rates]),  # 1 − fnr has the same range
        "sufficiency_ppv": _range([r["ppv"] for r in rates]),
        "sufficiency_npv": _range([r["npv"] for r in rates]),
    }


def _range(values: list[float]) -> float:
    """The largest pairwise difference is the largest value less the smallest."""
    span = np.max(values, axis=0) - np.min(values, axis=0)  # both are nan where a value is
    return float(span) if span.ndim == 0 else span


def false_positive_rate_from(base_rate: float, ppv: float, fnr: float) -> float:
    """Return the false positive rate that the other three numbers force.

        fpr = p/(1 − p) · (1 − ppv)/ppv · (1 − fnr)

    The share of everybody that is a true positive is p (1 − fnr). Of the predicted positives a
    share 1 − ppv is false, so there are (1 − ppv)/ppv false ones for each true one; divide by the
    1 − p of everybody that could have been a false positive.

    Args:
        base_rate: p, share with the outcome 1; 0 ≤ p < 1.
        ppv: positive predictive value, 0 < ppv ≤ 1.
        fnr: false negative rate, 0 ≤ fnr ≤ 1.

    Returns:
        The rate; more than 1 means that no classifier has these three numbers.

    Raises:
        ValueError: a number outside its range.

    >>> round(false_positive_rate_from(0.5, 0.8, 0.2), 4)
    0.2
    """
    if not (0 <= base_rate < 1 and 0 < ppv <= 1 and 0 <= fnr <= 1):
        raise ValueError(
            f"base_rate = {base_rate}, ppv = {ppv}, fnr = {fnr}: need 0 <= base_rate < 1, "
            "0 < ppv <= 1 and 0 <= fnr <= 1"
        )
    return base_rate / (1 - base_rate) * (1 - ppv) / ppv * (1 - fnr)
