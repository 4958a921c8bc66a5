"""The page of one unit: `report/<unit>.html`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.authoring.places import places
from autograder.check import Verdict
from autograder.course import Course, Unit
from autograder.grading.grade import NOT_YET, Graded
from autograder.report.item_analysis import Item, analyse, glance
from autograder.report.misconceptions import not_understood, ranked
from autograder.report.page import write_page
from autograder.report.side_by_side import beside
from autograder.report.similarity import THRESHOLD, similar
from autograder.report.timings import timings
from autograder.report.work import Work

TENTHS = [f"{low}–{low + 10}" for low in range(0, 100, 10)]
MOST = {"most_rows": 500, "most_messages": 8, "most_repairs": 20}  # that are shown
SLOWEST = 10


@dataclass(frozen=True)
class Class:
    """All who handed in a unit: who is graded, who was set aside, and who waits for `course grade`."""

    unit: Unit
    works: list[Work]
    aside: list[Graded]
    waiting: list[str]

    @classmethod
    def of(cls, course: Course, unit: Unit, outcomes: Iterable[Graded]) -> Class:
        """Take what a page needs of each outcome, one after the other: executed notebooks are large."""
        found = cls(unit, [], [], [])
        for row in outcomes:
            row.look_beside(course, unit)
            if row.result:
                found.works.append(Work.of(row))
            elif row.reason == NOT_YET:
                found.waiting.append(row.student)
            else:
                found.aside.append(row)
        found.works.sort(key=lambda work: work.student)
        return found


def write_report(
    course: Course, unit: Unit, outcomes: Iterable[Graded], *, similarity: bool = True
) -> Path:
    """Write `report/<unit>.html` and return its path."""
    return write_unit_page(course, Class.of(course, unit, outcomes), similarity=similarity)


def write_unit_page(course: Course, told: Class, *, similarity: bool = True) -> Path:
    """Write the page about a class and return its path."""
    unit, works, folder = told.unit, told.works, course.root / "report"
    items, where = analyse(works), places(unit)
    known = ranked(works, where)
    alike = similar(unit, works) if similarity else None
    judged = sorted(work.judged[:16].replace("T", " ") for work in works if work.judged)
    return write_page(
        folder / f"{unit.name}.html",
        "unit.html",
        unit=unit,
        course_page=(folder / "course.html").is_file(),
        works=works,
        aside=told.aside,
        waiting=told.waiting,
        glance=glance(works),
        tenths=TENTHS,
        judged=f"{judged[0]} to {judged[-1]} UTC" if judged else "",
        sandboxes=Counter(work.sandbox for work in works).most_common(),
        items=items,
        warnings=_warnings(items),
        known=known,
        told=not_understood(works, known, items, where),
        timings=timings(works),
        slowest=sorted(works, key=lambda work: -work.seconds)[:SLOWEST],
        limits=[(work, limit) for work in works for limit in work.limits],
        flagged=[(work, flag) for work in works for flag in work.flags],
        by_exercise=_by_exercise(works, items),
        similar=alike,
        threshold=THRESHOLD,
        pairs=[(pair, beside(pair, alike.ignored)) for pair in alike.pairs] if alike else [],
        pages=_feedback_pages(course, unit, works),
        **MOST,
    )


def _warnings(items: list[Item]) -> dict[str, list[str]]:
    """What to keep in mind about discriminations -> the exercises that it is about."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.warning:
            found[item.warning].append(item.exercise.partition(".")[2])
    return found


def _by_exercise(works: list[Work], items: list[Item]) -> list[dict[str, Verdict]]:
    """For each exercise: the verdict by student."""
    verdicts: dict[str, dict[str, Any]] = {item.exercise: {} for item in items}
    for work in works:
        for verdict in work.verdicts:
            verdicts[verdict.exercise][work.student] = verdict
    return list(verdicts.values())


def _feedback_pages(course: Course, unit: Unit, works: list[Work]) -> dict[str, str]:
    """By student, the feedback page that is there, as a link from the folder `report`."""
    found = {}
    for work in works:
        folder = course.root / "feedback" / work.student / unit.name
        for page in sorted(folder.glob("*.html"))[:1]:
            found[work.student] = quote(f"../{page.relative_to(course.root).as_posix()}")
    return found
