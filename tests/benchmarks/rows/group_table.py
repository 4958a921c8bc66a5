"""The table of tn, fp, fn, tp for each group: one pass, against fairlearn's data frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.fairness import confusion_by_group
from tests.benchmarks.contest import Contest, Sides

PEOPLE = 1_000_000
GROUPS = np.array(["African-American", "Asian", "Caucasian", "Hispanic", "Other"])


def prepare() -> Sides:
    """Labels 0 and 1 that agree for 65 %, groups by name and of unequal size."""
    from fairlearn.metrics import MetricFrame
    from sklearn.metrics import confusion_matrix

    rng = np.random.default_rng(1)
    y_true = rng.integers(0, 2, PEOPLE)
    y_pred = np.where(rng.random(PEOPLE) < 0.65, y_true, 1 - y_true)
    group = GROUPS[rng.choice(5, PEOPLE, p=[0.51, 0.01, 0.34, 0.09, 0.05])]

    def ours() -> dict[object, dict[str, int]]:
        return confusion_by_group(y_true, y_pred, group)

    def fairlearns() -> Any:
        frame = MetricFrame(
            metrics=confusion_matrix, y_true=y_true, y_pred=y_pred, sensitive_features=group
        )
        return frame.by_group

    return Sides(ours, fairlearns, _same)


def _same(ours: dict[object, dict[str, int]], theirs: Any) -> bool:
    return {name: list(row.values()) for name, row in ours.items()} == {
        name: matrix.ravel().tolist() for name, matrix in theirs.items()
    }


CONTESTS = [
    Contest(
        row="group confusion table",
        peer="fairlearn.metrics.MetricFrame",
        target=1 / 10,
        work="the four counts of 5 groups in 1 000 000 rows, groups by name; fairlearn's metric is "
        "scikit-learn's confusion_matrix",
        packages=("fairlearn", "scikit-learn"),
        prepare=prepare,
    )
]
