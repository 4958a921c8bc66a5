"""For the tests of unit 02: ProPublica's tables, and a table as the people it counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# How We Analyzed the COMPAS Recidivism Algorithm, 2016. "All" is more than the sum of the others.
ALL = dict(tn=2681, fp=1282, fn=1216, tp=2035)
BLACK = dict(tn=990, fp=805, fn=532, tp=1369)
WHITE = dict(tn=1139, fp=349, fn=461, tp=505)
BOTH = {"Black": BLACK, "White": WHITE}
CELLS = ("tn", "fp", "fn", "tp")


def people(counts: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """One entry of y_true and of y_pred for each person in the table."""
    numbers = [counts[cell] for cell in CELLS]
    return np.repeat([0, 0, 1, 1], numbers), np.repeat([0, 1, 0, 1], numbers)


def people_of(
    counts_by_group: Mapping[str, Mapping[str, int]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y_true, y_pred and group of everybody in the tables."""
    rows = [people(counts) for counts in counts_by_group.values()]
    group = np.repeat(list(counts_by_group), [len(true) for true, _ in rows])
    return np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows]), group
