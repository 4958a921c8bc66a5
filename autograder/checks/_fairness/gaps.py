"""fairness.fairness_gaps: how far apart the groups are, in three senses.

Not asked: no groups at all, and counts that are arrays. In `value` every rate is defined; the groups
that are farthest apart are not the first, the last or neighbours.
"""

from __future__ import annotations

import warnings
from itertools import product
from typing import Any

import numpy as np

from autograder.check import Case, Check
from autograder.checks._fairness.drawing import CELLS, some_counts, telling_cases
from autograder.checks._fairness.gaps_mistakes import MISCONCEPTIONS
from course_utils.fairness import error_rates, fairness_gaps


def by_all_pairs(counts_by_group):
    rows = [error_rates(**counts) for counts in counts_by_group.values()]

    def gap(name):
        values = [row[name] for row in rows]
        if any(value != value for value in values):
            return float("nan")
        return max(a - b for a, b in product(values, repeat=2))

    return {
        "sufficiency_npv": gap("npv"),
        "sufficiency_ppv": gap("ppv"),
        "separation_tpr": gap("fnr"),
        "separation_fpr": gap("fpr"),
        "independence": gap("selection_rate"),
    }


def in_float32(counts_by_group):
    cells = np.array([[counts[cell] for cell in CELLS] for counts in counts_by_group.values()])
    tn, fp, fn, tp = cells.T.astype(np.float32)
    with np.errstate(invalid="ignore"):
        rates = {
            "independence": (fp + tp) / cells.sum(axis=1).astype(np.float32),
            "separation_fpr": fp / (fp + tn),
            "separation_tpr": tp / (tp + fn),
            "sufficiency_ppv": tp / (tp + fp),
            "sufficiency_npv": tn / (tn + fn),
        }
    return {name: np.ptp(rate) for name, rate in rates.items()}


class BySorting:
    """Sorting puts nan last."""

    def __call__(self, counts_by_group):
        table = np.array(
            [list(error_rates(**counts).values()) for counts in counts_by_group.values()]
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fpr, tpr, ppv, npv, _, selected, _ = (
                np.asarray(column[-1] - column[0]) for column in np.sort(table, axis=0).T
            )
        named = {"separation_fpr": fpr, "separation_tpr": tpr, "independence": selected}
        return named | {"sufficiency_ppv": ppv, "sufficiency_npv": npv}


def draw(rng: np.random.Generator) -> list[Case]:
    pool = [["Black", "White", "Asian", "Other", "Native"], ["f", "m", "x", "?", "–"], range(5)]

    def groups(*given: dict[str, int], names: Any = None) -> dict[Any, dict[str, int]]:
        """One group for each of the given partial tables, under names that are not in order."""
        names = pool[rng.integers(3)] if names is None else names
        some = [list(names)[i] for i in rng.permutation(5)[: len(given)]]
        return {
            name: some_counts(rng, 3, 30) | fixed for name, fixed in zip(some, given, strict=True)
        }

    def selected_alike() -> dict[Any, dict[str, int]]:
        """Three groups of the same size and the same selection rate, and of different merit."""
        hits, misses = (rng.permutation(range(2, 12))[:3].tolist() for _ in range(2))
        tables = [
            dict(tn=15 - miss, fp=14 - hit, fn=miss, tp=hit)
            for hit, miss in zip(hits, misses, strict=True)
        ]
        return groups(*tables)

    free: dict[str, int] = {}
    no_negative, nobody_high, nobody_low = (
        {"tn": 0, "fp": 0},
        {"fp": 0, "tp": 0},
        {"tn": 0, "fn": 0},
    )
    drawn = {
        "value": [
            groups(free, free, free),
            groups(*[free] * 5),
            groups(*[free] * 4, names=range(5)),
            selected_alike(),
        ],
        "two": [groups(free, free), groups(free, free), groups(*[some_counts(rng, 3, 30)] * 2)],
        "undefined": [
            groups(free, free, no_negative),
            groups(nobody_high, free, free),
            groups(free, nobody_low, free, free),
            groups(free, {"fn": 0, "tp": 0}),
            groups(nobody_high, nobody_high),
        ],
        "one": [groups(free)],
    }
    return [Case((table,), shows) for shows, tables in drawn.items() for table in tables]


GAPS: Check = Check(
    exercise="fairness.fairness_gaps",
    properties={
        "value": "gives the largest difference between any two of several groups",
        "two": "gives the absolute difference of two groups",
        "undefined": "gives nan where the rate of some group is undefined, and only there",
        "one": "gives 0.0 for a single group",
    },
    cases=telling_cases(lambda: GAPS, draw),
    expect=fairness_gaps,
    accepts=[by_all_pairs, in_float32, BySorting()],
    misconceptions=MISCONCEPTIONS,
)
