"""Where the seconds of a class went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.work import Work


@dataclass(frozen=True)
class Timing:
    """The seconds that one exercise took, over the class."""

    exercise: str
    median: float
    most: float
    slowest: Work


def timings(works: Sequence[Work]) -> list[Timing]:
    """The median and the slowest student of each exercise, in the order of the notebook."""
    spent: dict[str, list[tuple[float, Work]]] = {}
    for work in works:
        for verdict in work.verdicts:
            spent.setdefault(verdict.exercise, []).append((verdict.seconds, work))
    return [
        Timing(exercise, float(np.median([seconds for seconds, _ in rows])), most, slowest)
        for exercise, rows in spent.items()
        for most, slowest in [max(rows, key=lambda row: row[0])]
    ]
