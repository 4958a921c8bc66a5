"""Grade a whole class: many submissions through an engine, one writer, nobody stops anybody.

Judging a submission is a pure function of its bytes (`judging`). Workers judge; only this process writes. A
submission that cannot be judged is set aside with its reason, and the others go on. What is in the
store of results already is not judged again, so that an interrupted run is simply started again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from autograder.certificates.certificate import issue, sweep_drafts
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.gradebook import Recorder
from autograder.grading.many import Engine, Judged, judge_all
from autograder.grading.patience import AGAIN, only_one
from autograder.grading.results import ResultStore
from autograder.grading.standing import Standing
from autograder.intake.submissions import Submission, submissions, unreadable
from autograder.integrity.flags import flags_beside
from autograder.judging.desk import Desk
from autograder.judging.judge import Result
from autograder.phases import phase
from autograder.sandboxes.sandbox import choose

NOT_YET = "not graded yet"
BATCH, BATCH_SECONDS = 50, 2.0  # results that are entered together, and how long one may wait


@dataclass
class Graded(Judged):
    """What became of one submission; `fresh` if it was judged now."""

    fresh: bool = True

    @property
    def status(self) -> str:
        return "graded" if self.result else f"set aside: {self.reason}"

    def look_beside(self, course: Course, unit: Unit) -> None:
        """Flag files beside the notebook that are named like libraries."""
        if self.result:
            self.result.flag(flags_beside(course, unit, self.student))

    def as_json(self) -> dict[str, Any]:
        empty: dict[str, Any] = {"points": None, "max_points": None, "verdicts": []}
        summary = self.result.summary() if self.result else empty
        return {"student": self.student, "status": self.status, **summary}


def grade(
    course: Course,
    unit: Unit,
    *,
    fresh: bool = False,
    wait_seconds: float = 0.0,
    **options: Any,
) -> list[Graded]:
    """Judge and record every submission of a unit. `fresh` ignores what is stored; `options` as in Run.

    While another process grades in this workspace, it waits for so many seconds, or refuses.

    A result is stored, then entered into the gradebook, then its notebook is written: whatever stops
    us in between, the next run finds what is stored and does the rest.
    """
    with only_one(course, wait_seconds):
        run = Run(course, unit, **options)
        outcomes = run.all(fresh)
    for outcome in outcomes:
        outcome.look_beside(course, unit)
    return sorted(outcomes, key=lambda outcome: outcome.student)


class Run:
    """One run over a class, by the one process that writes."""

    def __init__(
        self,
        course: Course,
        unit: Unit,
        *,
        workers: int | None = None,
        scheduler: str = "",
        sandbox: str = "auto",
        only: Collection[str] | None = None,
    ) -> None:
        """`workers`: on this machine, default one for each core; `scheduler`: of a Dask cluster.

        `only` these students, if any are named.
        """
        self.only = only
        self.course, self.unit = course, unit
        self.engine = Engine(workers, scheduler)
        self.desk = Desk.of(course, unit, sandbox)
        self.recorder, self.store = Recorder(course, unit), ResultStore(course, unit)
        self._handed_in: dict[str, Submission] = {}
        self._batch: list[tuple[Submission, Result]] = []
        self._entered_at = time.monotonic()

    def all(self, fresh: bool = False) -> list[Graded]:
        """Judge what is not known, and record everything as soon as it is there."""
        with _disk_may_be_full():
            self.sweep()
            outcomes = []
            for outcome in self.outcomes(fresh):
                outcomes.append(outcome)
                self._enter(outcome)
            self._enter_batch()
        return outcomes

    def judge_all(self, fresh: bool = False) -> list[Graded]:
        """Judge what is not known, and keep it in the store; record nothing."""
        with _disk_may_be_full():
            return list(self.outcomes(fresh))

    def record(self, outcomes: Iterable[Graded]) -> None:
        """Record what was judged."""
        with _disk_may_be_full():
            self.sweep()
            for outcome in outcomes:
                self._enter(outcome)
            self._enter_batch()

    def sweep(self) -> None:
        """Clear up after a run that was killed."""
        self.recorder.sweep()
        self.store.sweep()
        sweep_drafts(self.course, self.unit)

    def outcomes(self, fresh: bool) -> Iterator[Graded]:
        """What is known first, then what is judged now, as it comes; judged results are stored."""
        waiting: dict[str, Submission] = {}
        for key, submission, known in look_up(self.course, self.unit, self.desk, self.only):
            self._handed_in[submission.student] = submission
            if key is None or (known.result and not fresh):
                yield known
            else:
                waiting[key] = submission
        if not waiting:
            return
        judged = judge_all(self.course, self.desk, waiting.items(), self.engine)
        with closing(judged), Standing(self.unit.name, len(waiting)) as standing:
            for key, outcome in judged:  # if we stop here, the workers do too
                if outcome.result:
                    with phase("store"):
                        self.store.put(key, outcome.result)
                standing.one(outcome)
                yield Graded(outcome.student, outcome.result, outcome.reason)

    def _enter(self, outcome: Graded) -> None:
        """Certify, and enter into the gradebook with the next batch."""
        if outcome.result is None:
            return
        submission = self._handed_in[outcome.student]
        with phase("certificates"):
            issue(self.course, self.unit, submission, outcome.result)
        if not outcome.fresh and self.recorder.holds(submission, outcome.result):
            return
        self._batch.append((submission, outcome.result))
        if len(self._batch) >= BATCH or time.monotonic() - self._entered_at > BATCH_SECONDS:
            self._enter_batch()

    def _enter_batch(self) -> None:
        if self._batch:
            self.recorder.record(self._batch)
        self._batch, self._entered_at = [], time.monotonic()


@contextmanager
def _disk_may_be_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.strerror else str(error)
        raise CourseError(f"grading stopped at {what}: mend that, then {AGAIN}") from error


def look_up(
    course: Course, unit: Unit, desk: Desk, only: Collection[str] | None = None
) -> Iterator[tuple[str | None, Submission, Graded]]:
    """Each submission, its key in the store, and what is known about it without judging."""
    level, store = choose(desk.sandbox).level, ResultStore(course, unit)
    for submission, problem in submissions(course, unit, only):
        key = result = None
        if not problem:
            with phase("look up"):
                key = store.key_of(submission, desk, level)
                result = store.get(key)
            if not result and (problem := unreadable(submission)):
                key = None
        reason = problem or ("" if result else NOT_YET)
        yield key, submission, Graded(submission.student, result, reason, fresh=False)
