"""One graded submission, boiled down to what a page shows of it: the executed notebook is left behind."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.cells import is_exercise
from autograder.check import Verdict
from autograder.grading.grade import Graded
from autograder.integrity.flags import Flag, name_of
from autograder.report.limits import limit_in_output, limit_in_sentence


@dataclass(frozen=True)
class Limit:
    """A limit that a submission reached: the exercise or cell, and what its author was told."""

    where: str
    what: str


@dataclass(frozen=True)
class Work:
    """What a page shows of one graded submission."""

    student: str
    points: float
    max_points: float
    verdicts: list[Verdict]
    repairs: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    sandbox: str = ""
    judged: str = ""  # ISO 8601, UTC; empty when it is not known
    code: dict[str, str] = field(default_factory=dict)  # the text of each solution cell, by its id
    limits: list[Limit] = field(default_factory=list)

    @classmethod
    def of(cls, row: Graded) -> Work:
        """The work of somebody who was graded."""
        result = row.result
        assert result is not None
        cells = result.executed.cells if result.executed else []
        told = [Limit(short(v), what) for v in result.verdicts if (what := _limit_of(v))]
        return cls(
            row.student,
            result.points,
            result.max_points,
            result.verdicts,
            result.repairs,
            result.evidence,
            result.sandbox,
            str(result.made_with.get("judged", "")),
            {name_of(cell): cell.source for cell in cells if is_exercise(cell)},
            [*told, *_limits_of_cells(cells)],
        )

    @property
    def share(self) -> float:
        """The points as a share of all there are."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def seconds(self) -> float:
        return sum(verdict.seconds for verdict in self.verdicts)

    @property
    def anchor(self) -> str:
        """The id of this student's part of the page."""
        return anchor_of(self.student)


def short(verdict: Verdict) -> str:
    """The name of the function that an exercise is about."""
    return verdict.exercise.partition(".")[2]


def is_unwritten(verdict: Verdict) -> bool:
    """Whether the function was left as it was released."""
    return verdict.messages == [f"{short(verdict)} is not written yet."]


def anchor_of(student: str) -> str:
    """An id for HTML, the same on every page, and another one for every student.

    >>> anchor_of("ada"), anchor_of("<b>")
    ('student-ada', 'student-b-507ca5a2')
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", student).strip("-")
    mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"student-{plain}" if plain == student else f"student-{plain[:40]}-{mark}"


def _limit_of(verdict: Verdict) -> str:
    return next(filter(None, map(limit_in_sentence, verdict.messages)), "")


def _limits_of_cells(cells: list[NotebookNode]) -> Iterator[Limit]:
    for number, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if what := limit_in_output(output):
                yield Limit(f"cell {number} ({name_of(cell)})", what)
