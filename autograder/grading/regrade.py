"""Grade again, with the differences first: who would have other points, and which grades people gave.

What has to be judged is judged, and kept in the store of results. Nothing else is written for a plan: no
gradebook, no notebook, no certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Course, Unit
from autograder.grading.grade import Graded, Run
from autograder.grading.gradebook import Mark, marks_of
from autograder.grading.patience import only_one
from autograder.judging.rebuild import CHECK_PREFIX


@dataclass
class Change:
    """What grading again does to one student's points."""

    student: str
    before: dict[str, float | None] = field(default_factory=dict)  # exercise -> automatic points
    after: dict[str, float] = field(default_factory=dict)
    manual: dict[str, float] = field(default_factory=dict)  # a person's, where something changes
    reason: str = ""  # why there is no result

    @property
    def changed(self) -> dict[str, tuple[float | None, float]]:
        """By exercise, where something changes: points before (none if there were none), and after."""
        pairs = {name: (self.before.get(name), points) for name, points in self.after.items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def __str__(self) -> str:
        """One line.

        >>> print(Change("ada", {"holm": 3.0}, {"holm": 4.0, "bug": 0.0}, {"holm": 5.0}))
        ada: 3 → 4 points (holm 3 → 4, bug – → 0); by hand, and kept: holm 5
        """
        if self.reason:
            return f"{self.student}: set aside: {self.reason}"
        told = ", ".join(
            f"{name} {_of(old)} → {_of(new)}" for name, (old, new) in self.changed.items()
        )
        before = sum(points or 0 for points in self.before.values())
        line = f"{self.student}: {_of(before)} → {_of(sum(self.after.values()))} points ({told})"
        if self.manual:
            kept = ", ".join(f"{name} {_of(points)}" for name, points in self.manual.items())
            line += f"; by hand, and kept: {kept}"
        return line


def _of(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def regrade(
    course: Course, unit: Unit, *, plan: bool = False, fresh: bool = False, **options: Any
) -> tuple[list[Change], list[Graded]]:
    """Judge what changed, and say what that changes; without `plan`, record it."""
    with only_one(course):
        run = Run(course, unit, **options)
        before = marks_of(course, unit)
        outcomes = run.judge_all(fresh)
        found = [_change(outcome, before.get(outcome.student, {})) for outcome in outcomes]
        if not plan:
            run.record(outcomes)
    return [change for change in found if change.changed or change.reason], outcomes


def _change(outcome: Graded, marks: dict[str, Mark]) -> Change:
    if outcome.result is None:
        return Change(outcome.student, reason=outcome.reason)
    after = {v.exercise.partition(".")[2]: v.points for v in outcome.result.verdicts}
    own = {name.removeprefix(CHECK_PREFIX): mark for name, mark in marks.items()}
    before = {name: own[name].automatic if name in own else None for name in after}
    change = Change(outcome.student, before, after)
    for name in change.changed:
        if name in own and own[name].manual is not None:
            change.manual[name] = float(own[name].manual or 0.0)
    return change


def summary(changes: Sequence[Change], outcomes: Sequence[Graded], *, plan: bool) -> str:
    """How many change, in one line."""
    changed = sum(bool(change.changed) for change in changes)
    manual = sum(len(change.manual) for change in changes)
    would = "would have" if plan else "have"
    told = f"{changed} of {len(outcomes)} {would} other points"
    if manual:
        told += f"; {manual} grades given by hand stay, and are marked for another look"
    return told
