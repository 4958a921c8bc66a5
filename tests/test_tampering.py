"""Signs of tampering are flagged where they are, and honest work has no flag."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.arrivals import Arrivals
from autograder.course import Course, Unit
from autograder.rebuild import rebuild
from autograder.samples import learner, solved
from autograder.tampering import flags_of_files, flags_of_text

EXERCISES = ["holm", "accuracy_difference"]


def of_student(source: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(source, metadata={"tags": ["student"]})])


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "from course_utils.significance import accuracy_difference as d, holm",
            "holm is imported",
        ),
        ("import inspect\ninspect.getsource(print)", "inspect.getsource"),
        ("open('/usr/lib/site-packages/x')", "site-packages"),
        ("import autograder.checks", "autograder"),
        ("import sys\nsys.setprofile(None)", "setprofile"),
    ],
)
def test_what_only_cheats_write_is_flagged(unit: Unit, source: str, told: str) -> None:
    assert any(told in flag for flag in flags_of_text(unit, of_student(source), EXERCISES))


@pytest.mark.parametrize(
    "source",
    [
        "from course_utils import figures",
        "from course_utils.selfcheck import selfcheck",
        "def holm(p, alpha):\n    return p <= alpha",
        "%matplotlib inline",
        "def (:",
        "(" * 3000,
    ],
)
def test_what_anybody_may_write_is_not(unit: Unit, source: str) -> None:
    assert flags_of_text(unit, of_student(source), EXERCISES) == []


@pytest.mark.parametrize("make", [solved, learner])
def test_honest_work_has_no_flag(unit: Unit, make: object) -> None:
    work = make(unit, nbformat.read(unit.built, as_version=4))  # type: ignore[operator]
    assert flags_of_text(unit, rebuild(unit.built, work).notebook, EXERCISES) == []


@pytest.mark.parametrize(
    ("name", "flagged"),
    [
        ("numpy.py", True),
        ("torch/__init__.py", True),
        ("sitecustomize.py", True),
        ("course_utils/data/__init__.py", False),
        ("helpers.py", False),
        ("numpy.txt", False),
        ("my work/notes.md", False),
    ],
)
def test_files_that_stand_in_for_a_library_are_flagged(
    course: Course, unit: Unit, name: str, flagged: bool
) -> None:
    path = Arrivals(course, unit).submitted("ada", "x").parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert bool(flags_of_files(course, unit, "ada")) == flagged
    path.unlink()
