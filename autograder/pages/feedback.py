"""What students get back: nbgrader's feedback pages, from notebooks that hold no hidden test.

Each student's page is made in a worker process. Showing a notebook takes as long as its author wants
(highlighting and Markdown are slow on text that is made for it); who takes too long gets a plain page.
"""

from __future__ import annotations

import html
import logging
import os
import re
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.certificates.certificate import issued
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.gradebook import nbgrader_config
from autograder.grading.workers import spread
from autograder.intake.arrivals import write
from autograder.judging.rebuild import exercise_cell
from autograder.whole_file import write_whole

LOG = logging.getLogger("course.feedback")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False
PAGE_SECONDS = 90.0  # for one student's page, on a busy machine
# nbgrader's page fetches it from elsewhere; the formulas are set already
MATHJAX = re.compile(r'<script src="https://[^"]*/mathjax/[^"]*"> *</script>')
PLAIN = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>Your notebook could not be shown here: {why}. What was said about each exercise:</p>
<pre>{told}</pre></body></html>
"""


def write_feedback(course: Course, unit: Unit, only: Collection[str] | None = None) -> list[Path]:
    """Write `feedback/<student>/<unit>/<notebook>.html` for everybody who was graded, or only for some.

    Beside it stands `<notebook>.certificate.json`, the certificate that is in force.
    """
    graded = {path.parent.parent.name for path in _executed(course, unit, "*")}
    students = sorted(graded if only is None else graded & set(only))
    if not students:
        raise CourseError(f"nobody was graded in {unit.name}: run `course grade {unit.name}` first")
    calls = ((student, (str(course.root), unit.name, student)) for student in students)
    with closing(spread(make_page, calls, os.cpu_count() or 1, PAGE_SECONDS)) as made:
        for student, future in made:
            try:
                future.result()
            except Exception as error:  # no student's notebook stops the others' pages
                _write_plain_pages(course, unit, student, error)
    pages = [
        page
        for student in students
        for page in sorted((course.root / "feedback" / student / unit.name).glob("*.html"))
    ]
    for page in pages:
        if certificates := issued(course, unit, page.parent.parent.name, page.name):
            write(page.with_suffix(".certificate.json"), certificates[-1].read_bytes())
    return pages


def make_page(root: str, unit_name: str, student: str) -> None:
    """Have nbgrader write one student's page; what a worker does."""
    course = Course(Path(root))
    config = nbgrader_config(course)
    directory = CourseDirectory(config=config, assignment_id=unit_name, student_id=student)
    try:
        GenerateFeedback(coursedir=directory, config=config, log=LOG, force=True).start()
    except NbGraderException as error:  # it holds what cannot be sent back to another process
        raise CourseError(f"nbgrader cannot show it: {error}") from None
    for page in (course.root / "feedback" / student / unit_name).glob("*.html"):
        without = MATHJAX.sub("", page.read_text(encoding="utf-8"), count=1)
        write_whole(page, without.encode())


def _executed(course: Course, unit: Unit, student: str) -> list[Path]:
    return sorted((course.root / "autograded").glob(f"{student}/{unit.name}/*.ipynb"))


def _write_plain_pages(course: Course, unit: Unit, student: str, error: Exception) -> None:
    """What our checks said, as text, where the page itself takes too long or cannot be made."""
    for path in _executed(course, unit, student):
        cells = nbformat.read(path, as_version=4).cells
        told = [
            output.get("text", "")
            for cell in cells
            if exercise_cell(cell)
            for output in cell.get("outputs", [])
        ]
        title, why = f"{unit.name}: {student}", str(error)
        page = PLAIN.format(
            title=html.escape(title), why=html.escape(why), told=html.escape("\n".join(told))
        )
        place = course.root / "feedback" / student / unit.name / f"{path.stem}.html"
        write_whole(place, page.encode())
