"""Item analysis: how hard each exercise was, and whether it tells strong students from weak ones.

The discrimination of an exercise is the corrected item-total correlation: Pearson's r between its points
and the points of all *other* exercises. With full marks or nothing it is the point-biserial correlation.
Left out: item response theory, which needs hundreds of students.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.work import Work, is_unwritten

FEW = 30  # students: with fewer, a correlation may be off by 0.2 and more (about 1 / sqrt(n - 1))
TOO_FEW = 3  # with two, it is 1, −1 or undefined whatever they did


@dataclass(frozen=True)
class Item:
    """One exercise and how a class did in it. Shares are between 0 and 1."""

    exercise: str
    max_points: float
    mean: float
    full: float  # the share with full marks
    nothing: float  # the share with no points
    unwritten: float  # the share that left it as it was
    discrimination: float | None
    num_students: int
    misconception: str = ""  # the most common one

    @property
    def warning(self) -> str:
        """What to keep in mind about the discrimination, or nothing."""
        if self.discrimination is None:
            return ""
        if self.discrimination < 0:
            return "negative: who is good at the rest is worse here. Look at the exercise and its check"
        return f"rough: fewer than {FEW} students" if self.num_students < FEW else ""


@dataclass(frozen=True)
class Glance:
    """The totals of a class, in points; `counts` of students by tenths of all points."""

    mean: float
    median: float
    max_points: float
    counts: list[int]


def discrimination(points: Sequence[float], rest: Sequence[float]) -> float | None:
    """Pearson's r of an exercise's points with those of the rest; None where it is undefined.

    >>> discrimination([0, 1, 2], [10, 11, 12])
    1.0
    >>> discrimination([2, 2, 2], [10, 11, 12]) is None
    True
    """
    if len(points) < TOO_FEW or min(points) == max(points) or min(rest) == max(rest):
        return None
    return round(float(np.corrcoef(points, rest)[0, 1]), 6)


def analyse(works: Sequence[Work]) -> list[Item]:
    """Every exercise that somebody was graded in, in the order of the notebook."""
    by_exercise: dict[str, list[tuple[Work, int]]] = {}
    for work in works:
        for index, verdict in enumerate(work.verdicts):
            by_exercise.setdefault(verdict.exercise, []).append((work, index))
    return [_item(exercise, rows) for exercise, rows in by_exercise.items()]


def _item(exercise: str, rows: list[tuple[Work, int]]) -> Item:
    verdicts = [work.verdicts[index] for work, index in rows]
    points = [verdict.points for verdict in verdicts]
    rest = [
        round(work.points - verdict.points, 6)
        for (work, _), verdict in zip(rows, verdicts, strict=True)
    ]
    named = Counter(verdict.misconception for verdict in verdicts if verdict.misconception)
    return Item(
        exercise,
        max(verdict.max_points for verdict in verdicts),
        float(np.mean(points)),
        float(np.mean([verdict.full for verdict in verdicts])),
        float(np.mean([earned == 0 for earned in points])),
        float(np.mean([is_unwritten(verdict) for verdict in verdicts])),
        discrimination(points, rest),
        len(points),
        named.most_common(1)[0][0] if named else "",
    )


def glance(works: Sequence[Work]) -> Glance | None:
    """The totals of a class; None when nobody is graded."""
    if not works:
        return None
    totals = [work.points for work in works]
    counts, _ = np.histogram([work.share for work in works], bins=10, range=(0, 1))
    most = max(work.max_points for work in works)
    return Glance(float(np.mean(totals)), float(np.median(totals)), most, counts.tolist())
