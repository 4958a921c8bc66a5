"""Judge many submissions: pure calls, spread over worker processes of this machine or of a cluster."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.call import judge_call
from autograder.grading.results import Submission, from_json
from autograder.grading.workers import spread
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.judging.judge import Result
from autograder.phases import add

GRADERS_SECONDS = 300.0  # that our own work on one submission may take, on a busy machine
TWICE = "the grading process died on it, twice"


@dataclass(frozen=True)
class Engine:
    """Where submissions are judged: worker processes here, or a Dask cluster."""

    workers: int | None = None  # here; default: one for each core
    scheduler: str = ""  # the address of a Dask scheduler

    def spread(
        self, desk: Desk, calls: Iterable[tuple[str, tuple[Any, ...]]]
    ) -> Generator[tuple[str, Any]]:
        """Make all calls of `judge_call`; yield each key with its future as soon as that is done."""
        if self.scheduler:
            from autograder.grading.cluster import spread_on_cluster  # needs the extra `dask`

            return spread_on_cluster(self.scheduler, desk, calls)
        here = ((key, (desk, *arguments)) for key, arguments in calls)
        limit = desk.budgets.total_seconds + GRADERS_SECONDS
        return spread(judge_call, here, self.workers or os.cpu_count() or 1, limit)


def scheduler_of(engine: str, scheduler: str) -> str:
    """The address for `--engine` and `--scheduler`; empty for this machine."""
    if engine not in ("local", "dask"):
        raise CourseError(f"no engine {engine!r}: there are local and dask")
    if engine == "dask" and not scheduler:
        raise CourseError("--engine dask needs --scheduler ADDRESS, as `dask scheduler` prints it")
    if engine == "local" and scheduler:
        raise CourseError("--scheduler is for --engine dask: say that, too")
    return scheduler


@dataclass
class Judged:
    """What became of one submission: a result, or the reason why there is none."""

    student: str
    result: Result | None = None
    reason: str = ""


def judge_all(
    course: Course,
    desk: Desk,
    waiting: Iterable[tuple[str, Submission]],
    engine: Engine,
) -> Generator[tuple[str, Judged]]:
    """Judge submissions by their keys. One that cannot be judged never stops the others.

    A submission's bytes are read when it is its turn. What the workers spent is added to the phases.
    """
    students: dict[str, str] = {}

    def calls() -> Iterator[tuple[str, tuple[Any, ...]]]:
        for key, submission in waiting:
            students[key] = submission.student
            own = seeds.student_key(course, desk.unit.name, submission.student)
            yield key, (submission.path.name, submission.content, own)

    with closing(engine.spread(desk, calls())) as judged:
        for key, future in judged:
            outcome = Judged(students.pop(key))
            try:
                stored, spent = future.result()
                outcome.result = from_json(stored)
                add(spent)
            except BrokenExecutor:
                outcome.reason = TWICE
            except (CourseError, TimeoutError) as error:
                outcome.reason = str(error)
            except Exception as error:
                outcome.reason = f"{type(error).__name__}: {error}"
            yield key, outcome
