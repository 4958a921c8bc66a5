"""What students get back: nbgrader's feedback pages, from notebooks that hold no hidden test."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.arrivals import write
from autograder.certificate import issued
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.gradebook import nbgrader_config

LOG = logging.getLogger("course.feedback")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False


def write_feedback(course: Course, unit: Unit, only: Collection[str] | None = None) -> list[Path]:
    """Write `feedback/<student>/<unit>/<notebook>.html` for everybody who was graded, or only for some.

    Beside it stands `<notebook>.certificate.json`, the certificate that is in force.
    """
    config = nbgrader_config(course)
    if not list((course.root / "autograded").glob(f"*/{unit.name}/*.ipynb")):
        raise CourseError(f"nobody was graded in {unit.name}: run `course grade {unit.name}` first")
    pages: list[Path] = []
    for student in sorted(only) if only is not None else ["*"]:
        directory = CourseDirectory(config=config, assignment_id=unit.name, student_id=student)
        try:
            GenerateFeedback(coursedir=directory, config=config, log=LOG, force=True).start()
        except NbGraderException as error:
            told = f"nbgrader cannot write the feedback of {unit.name}: {error}"
            raise CourseError(told) from error
        pages += sorted((course.root / "feedback").glob(f"{student}/{unit.name}/*.html"))
    for page in pages:
        if certificates := issued(course, unit, page.parent.parent.name, page.name):
            write(page.with_suffix(".certificate.json"), certificates[-1].read_bytes())
    return pages
