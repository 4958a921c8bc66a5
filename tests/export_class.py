"""A class whose points are to go back to an LMS: a gradebook made here, without grading anything."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from autograder.course import Course, Unit
from autograder.exports import Exported, Options, export
from autograder.grading.gradebook import open_gradebook
from autograder.intake.collect import collect

UNIT = "01_significance"
CHECK, QUESTION = "check-paired_bootstrap", "question-why"
MOST = {CHECK: 40, QUESTION: 4}
CLASS = {  # the program's points, a person's; None: not given yet
    "ada": (36.5, 3),
    "bob": (30, None),
    "carol": (25.333333, 0),
    "=eve": (40, 4),
    "-1+1": (11, 0),
}


Given = Mapping[str, tuple[float | None, float | None]]


def make_class(root: Path, students: Given = CLASS) -> Course:
    """A gradebook with one unit of 40 + 4 points."""
    root.mkdir()
    shutil.copy(_empty_gradebook(), root / "gradebook.db")
    course = Course(root)
    with open_gradebook(course) as gradebook:
        gradebook.add_assignment(UNIT)
        gradebook.add_notebook("significance", UNIT)
        for name, most in MOST.items():
            kind = "code" if name == CHECK else "markdown"
            gradebook.add_grade_cell(name, "significance", UNIT, max_score=most, cell_type=kind)
        for student, (automatic, manual) in students.items():
            gradebook.add_student(student)
            gradebook.add_submission(UNIT, student)
            for grade in gradebook.find_submission_notebook("significance", UNIT, student).grades:
                if grade.name == CHECK and automatic is not None:
                    grade.auto_score, grade.needs_manual_grade = automatic, False
                elif grade.name == QUESTION and manual is not None:
                    grade.manual_score, grade.needs_manual_grade = manual, False
        gradebook.db.commit()
    return course


@cache
def _empty_gradebook() -> Path:
    """Made once: nbgrader starts another program to make one."""
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root)
    with open_gradebook(Course(root)):
        return root / "gradebook.db"


def hand_in(course: Course, *names: str) -> None:
    """Have `course collect` take in files of these names, as an LMS's download has them."""
    folder = course.root.parent / f"{course.root.name}-downloaded"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    collect(course, course.unit(UNIT), folder)


def exporting(course: Course, kind: str) -> Callable[..., Exported]:
    """`course export KIND 1` with options by their names."""
    return lambda **options: export(course, kind, unit_of(course), Options(**options))


def unit_of(course: Course) -> Unit:
    return course.unit(UNIT)


def noted(done: Exported, who: str) -> str:
    """The one line about somebody."""
    (line,) = [note for note in done.notes if repr(who) in note]
    return line
