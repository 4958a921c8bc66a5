"""Grade a whole class: many submissions through an executor, one writer, nobody stops anybody.

Judging a submission is a pure function of its bytes. Workers judge; only this process writes. A
submission that cannot be judged is set aside with its reason, and the others go on. What is in the
store of results already is not judged again, so that an interrupted run is simply started again.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.budgets import budgets_of
from autograder.certificate import issue, sweep_drafts
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.gradebook import Recorder
from autograder.integrity import flags_beside
from autograder.judge import Result, instructor_notebook, judge_rebuilt
from autograder.library import student_library
from autograder.patience import AGAIN, only_one
from autograder.reading import read_notebook
from autograder.rebuild import rebuild
from autograder.results import ResultStore, Submission, from_json, key_of, to_json
from autograder.sandbox import choose
from autograder.workers import spread
from course_utils.progress import track

GRADERS_SECONDS = 300.0  # that our own work on one submission may take, on a busy machine


@dataclass
class Graded:
    """What became of one submission: a result, or the reason why there is none."""

    student: str
    result: Result | None = None
    reason: str = ""
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
    workers: int | None = None,
    sandbox: str = "auto",
    fresh: bool = False,
) -> list[Graded]:
    """Judge and record every submission of a unit. `fresh` ignores what is stored.

    A result is stored, then entered into the gradebook, then its notebook is written: whatever stops
    us in between, the next run finds what is stored and does the rest.
    """
    try:
        with only_one(course):
            return _grade(course, unit, workers, sandbox, fresh)
    except OSError as error:  # a full disk
        what = f"{error.filename}: {error.strerror}" if error.strerror else str(error)
        raise CourseError(f"grading stopped at {what}: mend that, then {AGAIN}") from error


def _grade(
    course: Course, unit: Unit, workers: int | None, sandbox: str, fresh: bool
) -> list[Graded]:
    recorder, store = Recorder(course, unit), ResultStore(course, unit)
    recorder.sweep()
    store.sweep()
    sweep_drafts(course, unit)
    student_library(course, unit)  # made once, before the workers want it
    outcomes: list[Graded] = []
    waiting: dict[str, Submission] = {}
    for key, submission, known in look_up(course, unit, sandbox=sandbox):
        if key is None or (known.result and not fresh):
            if known.result:
                issue(course, unit, submission, known.result)
                if not recorder.holds(submission.student, submission.path, known.result):
                    recorder.record(submission.student, submission.path, known.result)
            outcomes.append(known)
        else:
            waiting[key] = submission
    if not waiting:
        return _in_order(course, unit, outcomes)
    judged = judge_all(course, unit, waiting, workers or os.cpu_count() or 1, sandbox)
    shown = track(judged, f"grading {unit.name}", total=len(waiting))
    with closing(judged), closing(shown):  # if we stop here, the workers do too
        for key, outcome in shown:
            if outcome.result:
                store.put(key, outcome.result)
                issue(course, unit, waiting[key], outcome.result)
                recorder.record(outcome.student, waiting[key].path, outcome.result)
            outcomes.append(outcome)
    return _in_order(course, unit, outcomes)


def _in_order(course: Course, unit: Unit, outcomes: list[Graded]) -> list[Graded]:
    """By student; with flags for what came in beside the notebook, which is no part of a result."""
    for outcome in outcomes:
        outcome.look_beside(course, unit)
    return sorted(outcomes, key=lambda outcome: outcome.student)


def look_up(
    course: Course, unit: Unit, *, sandbox: str = "auto"
) -> Iterator[tuple[str | None, Submission, Graded]]:
    """Each submission, its key in the store, and what is known about it without judging."""
    level = choose(sandbox).level
    store = ResultStore(course, unit)
    for submission, problem in submissions(course, unit):
        if problem:
            yield None, submission, Graded(submission.student, reason=problem)
            continue
        instructor = instructor_notebook(unit, submission.path.stem)
        key = key_of(course, unit, submission, instructor, level)
        result = store.get(key)
        reason = "" if result else "not graded yet"
        yield key, submission, Graded(submission.student, result, reason, fresh=False)


def submissions(course: Course, unit: Unit) -> Iterator[tuple[Submission, str]]:
    """Every submission of a unit, and for those that cannot be judged the reason."""
    stems = [path.stem for path in unit.notebooks()]
    for folder in sorted((course.root / "submitted").glob(f"*/{unit.name}")):
        student = folder.parent.name
        found = sorted(folder.glob("*.ipynb"))
        chosen = [path for path in found if path.stem in stems] or found
        if not chosen:
            yield Submission(student, folder, b""), "there is no notebook in it"
            continue
        path = chosen[0]
        if path.is_symlink() or not path.is_file():
            yield Submission(student, path, b""), f"{path.name} is not a plain file"
            continue
        submission = Submission(student, path, path.read_bytes())
        try:
            instructor_notebook(unit, path.stem)
            read_notebook(submission.content, path.name)
            yield submission, ""
        except CourseError as error:
            yield submission, str(error)


def judge_all(
    course: Course, unit: Unit, waiting: dict[str, Submission], workers: int, sandbox: str
) -> Generator[tuple[str, Graded]]:
    """Judge in worker processes. A submission that cannot be judged must never stop the others."""
    root = str(course.root)
    calls = (
        (key, (root, unit.name, s.student, s.path.name, s.content, sandbox))
        for key, s in waiting.items()
    )
    limit = budgets_of(course).total_seconds + GRADERS_SECONDS
    with closing(spread(judge_task, calls, workers, limit)) as judged:
        for key, future in judged:
            student = waiting[key].student
            try:
                outcome = Graded(student, from_json(future.result()))
            except TimeoutError as error:
                outcome = Graded(student, reason=str(error))
            except BrokenExecutor:
                outcome = Graded(student, reason="the grading process died on it, twice")
            except CourseError as error:
                outcome = Graded(student, reason=str(error))
            except Exception as error:
                outcome = Graded(student, reason=f"{type(error).__name__}: {error}")
            yield key, outcome


def judge_task(
    root: str, unit_name: str, student: str, name: str, content: bytes, sandbox: str
) -> dict[str, Any]:
    """What a worker does: bytes in, a result as plain data out; no gradebook, no credentials."""
    course = Course(Path(root))
    unit = course.unit(unit_name)
    rebuilt = rebuild(instructor_notebook(unit, Path(name).stem), read_notebook(content, name))
    return to_json(judge_rebuilt(course, unit, rebuilt, student=student, sandbox=sandbox))
