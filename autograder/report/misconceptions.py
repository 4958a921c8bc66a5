"""What a class has not understood: its misconceptions, by how many students share them, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.authoring.places import Place
from autograder.report.item_analysis import Item
from autograder.report.work import Work, is_unwritten

MANY = 0.1  # share of a class from which on a mistake is the class's, not a person's
MOST_TOLD = 3


@dataclass(frozen=True)
class Known:
    """A misconception, and who has it."""

    exercise: str
    name: str
    hint: str
    students: list[Work]
    place: Place | None


@dataclass(frozen=True)
class Told:
    """One thing that a class has not understood, in words."""

    exercise: str
    what: str
    hint: str = ""
    place: Place | None = None


def ranked(works: Sequence[Work], where: Mapping[str, Place]) -> list[Known]:
    """The misconceptions of a class, the most frequent first."""
    found: dict[tuple[str, str], Known] = {}
    for work in works:
        for verdict in work.verdicts:
            if verdict.misconception:
                key = verdict.exercise, verdict.misconception
                place = where.get(verdict.exercise.partition(".")[2])
                # a verdict that names a misconception ends with its hint
                new = Known(*key, verdict.messages[-1] if verdict.messages else "", [], place)
                found.setdefault(key, new).students.append(work)
    return sorted(found.values(), key=lambda known: -len(known.students))


def not_understood(
    works: Sequence[Work], known: Sequence[Known], items: Sequence[Item], where: Mapping[str, Place]
) -> list[Told]:
    """The two or three things that many have not understood: known mistakes first, then hard exercises."""
    told = [
        Told(
            one.exercise, f"“{one.name}”: {len(one.students)} of {len(works)}", one.hint, one.place
        )
        for one in known
        if len(one.students) >= max(2, MANY * len(works))
    ]
    for item in sorted(items, key=lambda item: item.mean / (item.max_points or 1)):
        lost, unexplained, wrote = _lost(works, item.exercise)
        named = any(one.exercise == item.exercise for one in told)
        if not named and lost >= 2 and lost >= wrote / 2:
            what = f"{lost} of the {wrote} who wrote it got nothing"
            what += (
                f"; for {unexplained} of them no known mistake explains it" if unexplained else ""
            )
            told.append(Told(item.exercise, what, "", where.get(item.exercise.partition(".")[2])))
    return told[:MOST_TOLD]


def _lost(works: Sequence[Work], exercise: str) -> tuple[int, int, int]:
    """How many wrote an exercise and got nothing, how many of these without a known mistake; and wrote it."""
    wrote = [
        verdict
        for work in works
        for verdict in work.verdicts
        if verdict.exercise == exercise and not is_unwritten(verdict)
    ]
    lost = [verdict for verdict in wrote if not verdict.points]
    return len(lost), sum(not verdict.misconception for verdict in lost), len(wrote)
