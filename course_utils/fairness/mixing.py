"""Fairness after training: keep the classifier, and change some of its decisions by lot.

Each group gets two probabilities: of the final decision "high" for those called low, and for those
called high. So a group can reach any point (fpr, tpr) of a parallelogram with the corners (0, 0),
its own point, (1, 1) and its own point turned round the middle. Equal error rates are a point that
lies in every group's parallelogram; the best of them is the solution of a small linear programme.

Source: M. Hardt, E. Price and N. Srebro, "Equality of Opportunity in Supervised Learning", NeurIPS
2016, section 3.1.
Leaves out: scores with more than one threshold (section 3.2), and the question whether a person
should be told that a coin decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import linprog

from course_utils.fairness.errors import CELLS


def equalized_odds_mixing(
    counts_by_group: Mapping[Any, Mapping[str, float]],
) -> dict[str, Any]:
    """Find the mixing that makes both error rates equal at the highest accuracy of all together.

    With q₀ = P(high | was low) and q₁ = P(high | was high), a group's new rates are

        fpr' = q₀ (1 − fpr) + q₁ fpr,   tpr' = q₀ (1 − tpr) + q₁ tpr.

    Args:
        counts_by_group: {group: {"tn", "fp", "fn", "tp"}}, each group with both outcomes.

    Returns:
        {"mix": {group: (q₀, q₁)}, "fpr": f, "tpr": t, "accuracy": of everybody}. Where several
        mixings are equally accurate, one of them.

    Raises:
        ValueError: no groups, a group that lacks one of the outcomes, or a count that is negative
            or not finite.

    One group keeps its classifier, if that is better than a coin:

    >>> found = equalized_odds_mixing({"a": dict(tn=6, fp=2, fn=1, tp=3)})
    >>> found["mix"]["a"], found["fpr"], found["tpr"], found["accuracy"]
    ((0.0, 1.0), 0.25, 0.75, 0.75)
    """
    if not counts_by_group:
        raise ValueError("there are no groups")
    negatives, positives, rates = [], [], []
    for name, c in counts_by_group.items():
        if not all(0 <= c[cell] < np.inf for cell in CELLS):
            raise ValueError(f"group {name!r} holds a count that is negative or not finite: {c}")
        neg, pos = c["tn"] + c["fp"], c["fn"] + c["tp"]
        if neg <= 0 or pos <= 0:
            raise ValueError(f"group {name!r} lacks an outcome: {pos} positives, {neg} negatives")
        negatives.append(neg)
        positives.append(pos)
        rates.append((c["fp"] / neg, c["tp"] / pos))
    # Unknowns: fpr', tpr', then q₀ and q₁ of each group, all in [0, 1].
    wrong = np.zeros(2 + 2 * len(rates))
    wrong[:2] = sum(negatives), -sum(positives)  # errors, up to a constant
    equations = np.zeros((2 * len(rates), len(wrong)))
    for i, point in enumerate(rates):
        for j, rate in enumerate(point):
            equations[2 * i + j, j] = -1
            equations[2 * i + j, 2 + 2 * i : 4 + 2 * i] = 1 - rate, rate
    best = linprog(wrong, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=(0, 1)).x
    best = np.clip(best, 0, 1) + 0.0  # no -0.0
    fpr, tpr, *mix = best.tolist()
    right = (1 - fpr) * sum(negatives) + tpr * sum(positives)
    pairs = zip(mix[::2], mix[1::2], strict=True)
    return {
        "mix": dict(zip(counts_by_group, pairs, strict=True)),
        "fpr": fpr,
        "tpr": tpr,
        "accuracy": right / (sum(negatives) + sum(positives)),
    }
