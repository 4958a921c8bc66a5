"""One process at a time records in a workspace, and it waits for a gradebook that is busy or away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from filelock import FileLock, Timeout
from nbgrader.api import InvalidEntry
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from tornado.log import app_log

from autograder.course import Course
from autograder.errors import CourseError

T = TypeVar("T")
PAUSES_SECONDS = (1.0, 3.0, 6.0)  # SQLite itself waits five seconds for another writer, each time
AGAIN = "run the same command again; what is graded is kept"


@contextmanager
def only_one(course: Course, wait_seconds: float = 0.0) -> Iterator[None]:
    """Be the one process that grades in this workspace. A process that is killed gives way at once."""
    course.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(course.state / "grading.lock")
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        told = f"another `course grade` is at work in {course.root}: wait until it has ended"
        raise CourseError(told) from None
    try:
        yield
    finally:
        lock.release()


def patiently(act: Callable[[], T]) -> T:
    """Do something with the gradebook; what fails is done again, from its start, after a pause."""
    for pause in PAUSES_SECONDS:
        try:
            with _unlogged():
                return act()
        except (DBAPIError, InvalidEntry):
            time.sleep(pause)
    try:
        with _unlogged():
            return act()
    except (SQLAlchemyError, InvalidEntry) as error:
        raise CourseError(
            f"the gradebook fails ({_reason(error)}): mend that, then {AGAIN}"
        ) from error


def _reason(error: SQLAlchemyError | InvalidEntry) -> str:
    """What the database said, without SQL and links."""
    cause = error if isinstance(error, DBAPIError) else error.__context__
    return str(cause.orig if isinstance(cause, DBAPIError) else error)


@contextmanager
def _unlogged() -> Iterator[None]:
    """nbgrader logs errors of the database with their traceback before it raises them: we tell them."""
    before = app_log.level
    app_log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        app_log.setLevel(before)
