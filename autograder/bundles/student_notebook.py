"""Run nbgrader's own generate_assignment, in this process, into a folder of our choice."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.gradebook import nbgrader_config, open_gradebook


def generate(course: Course, unit: Unit, folder: Path, *, record: bool) -> Path:
    """Write the student's version of a unit's notebooks to `folder/UNIT`, and return that folder.

    With `record` the gradebook gets the cells of the unit, as nbgrader does it: marks stay, and a
    change of the graded cells is refused once there are submissions.
    """
    config = nbgrader_config(course)
    config.ClearMarkScheme.enforce_metadata = False  # a rubric may stand in a question's cell
    config.CourseDirectory.release_directory = str(folder)
    if record:
        with open_gradebook(course):
            pass  # with the course's own row in it
    else:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    directory = CourseDirectory(config=config, assignment_id=unit.name)
    log = logging.getLogger("course.release")
    with _kept(log) as messages:
        try:
            GenerateAssignment(coursedir=directory, config=config, log=log).start()
        except NbGraderException as error:
            reasons = [line for text in messages for line in text.splitlines() if "Error: " in line]
            reason = (reasons or messages or [str(error)])[0].strip()
            raise CourseError(f"nbgrader cannot release {unit.name}: {reason}") from error
    return folder / unit.name


@contextmanager
def _kept(log: logging.Logger) -> Iterator[list[str]]:
    """Keep a logger's errors in a list instead of printing them."""
    messages: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda entry: messages.append(entry.getMessage())  # type: ignore[assignment]
    log.addHandler(handler)
    log.propagate = False
    try:
        yield messages
    finally:
        log.removeHandler(handler)
