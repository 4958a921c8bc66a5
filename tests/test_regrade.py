"""Grading again: nothing when nothing changed; a fixed check and a new one change what they should, told first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.source import notebook_bytes, read_source
from autograder.course import REPO, Course
from autograder.grading.grade import grade
from autograder.grading.gradebook import marks_of, open_gradebook
from autograder.grading.regrade import Change, regrade
from tests.crash_class import (
    ANSWERS,
    GRADED_BEFORE,
    PARTLY_RIGHT,
    UNIT,
    certificates,
    copy_class,
    gradebook_rows,
    holdings,
    make_class,
    name_of,
    results,
)
from tests.crash_run import stamps

STUDENTS = len(ANSWERS)
PARTLY = f"s{ANSWERS.index(PARTLY_RIGHT):03}"  # a student whose answer misses one property
pytestmark = pytest.mark.usefixtures("namespaces")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_class(tmp_path_factory.mktemp("graded") / "class", STUDENTS)
    grade(course, course.unit(UNIT), workers=2)
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return copy_class(graded, tmp_path / "class")


def lines(changes: list[Change]) -> list[str]:
    return [str(change) for change in changes]


def test_when_nothing_changed_nothing_is_judged_and_nothing_is_written(course: Course) -> None:
    before, files = holdings(course), stamps(course)
    for plan in (True, False):
        changes, outcomes = regrade(course, course.unit(UNIT), plan=plan, workers=1)
        assert lines(changes) == [] and len(outcomes) == STUDENTS
        assert not any(outcome.fresh for outcome in outcomes)
    assert holdings(course) == before and stamps(course) == files


def test_fresh_judges_everybody_again_and_finds_the_same(course: Course) -> None:
    changes, outcomes = regrade(course, course.unit(UNIT), plan=True, fresh=True, workers=2)
    assert lines(changes) == [] and all(outcome.fresh for outcome in outcomes)


def copy_of_ours(folder: Path) -> Path:
    """The clone as far as grading needs it, for changing checks in it."""
    ignore = shutil.ignore_patterns("__pycache__", "*.ipynb")
    for name in ("autograder", "course_utils", "notebooks"):
        shutil.copytree(REPO / name, folder / name, ignore=ignore)
    return folder


def course_command(ours: Path, course: Course, *words: str) -> str:
    """Run `course` from another copy of the clone."""
    command = [sys.executable, "-P", "-c", "from autograder.cli import main; main()"]
    done = subprocess.run(
        [*command, *words, "--root", str(course.root)],
        env={**os.environ, "PYTHONPATH": str(ours)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


FINGERPRINTS = """
from pathlib import Path
from autograder.course import Course
from autograder.judging.desk import Desk
from autograder.judging.provenance import hash_of_grader
import sys
course = Course(Path(sys.argv[1]))
for name in ("1", "2"):
    desk = Desk.of(course, course.unit(name))
    print(hash_of_grader(desk.unit, desk.library))
"""


def test_a_fixed_check_changes_its_unit_only_and_the_plan_says_whom(
    course: Course, tmp_path: Path
) -> None:
    ours = copy_of_ours(tmp_path / "ours")
    check = ours / "autograder" / "checks" / "_significance" / "holm.py"
    text = check.read_text(encoding="utf-8")
    fixed = text.replace('        *(Case(args, "boundary") for args in boundary),\n', "")
    fixed = fixed.replace(
        '        "boundary": "rejects a p-value that is equal to its limit",\n', ""
    )
    assert text.count("boundary") - fixed.count("boundary") == 3
    print_all = [sys.executable, "-P", "-c", FINGERPRINTS, str(tmp_path)]
    prints = []
    for content in (text, fixed):
        check.write_text(content, encoding="utf-8")
        done = subprocess.run(
            print_all, env={**os.environ, "PYTHONPATH": str(ours)}, capture_output=True, check=True
        )
        prints.append(done.stdout.split())
    assert prints[0][0] != prints[1][0] and prints[0][1] == prints[1][1]

    with open_gradebook(course) as gradebook:  # a person had given this student all points
        mark = gradebook.find_grade("check-holm", "significance", UNIT, PARTLY)
        mark.manual_score = 4.0
        gradebook.db.commit()
    rows, made = gradebook_rows(course), certificates(course)
    notebooks = holdings(course)["autograded"]
    told = course_command(ours, course, "regrade", UNIT, "--plan").splitlines()
    assert f"{PARTLY}: 3.5 → 4 points (holm 3.5 → 4); by hand, and kept: holm 4" in told
    assert told[-1] == (
        f"1 of {STUDENTS} would have other points; 1 grades given by hand stay, and are marked for "
        "another look"
    )
    assert gradebook_rows(course) == rows and certificates(course) == made
    assert holdings(course)["autograded"] == notebooks

    judged = results(course)
    told = course_command(ours, course, "regrade", UNIT, "--json", str(tmp_path / "changes"))
    assert results(course) and set(results(course)) == set(judged)  # the plan had judged it
    (change,) = json.loads((tmp_path / "changes").read_text())
    assert change["before"] == {"holm": 3.5} and change["after"] == {"holm": 4.0}
    mark_now = marks_of(course, course.unit(UNIT))[PARTLY]["check-holm"]
    assert (mark_now.automatic, mark_now.manual) == (4.0, 4.0)
    assert "have other points" in told


def test_a_check_that_is_added_later_counts_for_everybody(course: Course) -> None:
    unit = course.unit(UNIT)
    notebook = nbformat.read(unit.built, as_version=4)
    whole = read_source(REPO / "notebooks" / f"{UNIT}.py")
    added = [
        cell
        for cell in whole.cells
        if name_of(cell) in ("accuracy_difference", "check-accuracy_difference")
    ]
    notebook.cells[2:2] = added
    unit.built.write_bytes(notebook_bytes(notebook))
    before = gradebook_rows(course)
    changes, _ = regrade(course, unit, plan=True, workers=2)
    assert len(changes) == STUDENTS and gradebook_rows(course) == before
    assert all(change.changed["accuracy_difference"] == (None, 0.0) for change in changes)

    regrade(course, unit, workers=2)
    marks = marks_of(course, unit)
    assert {student: m["check-accuracy_difference"].automatic for student, m in marks.items()} == (
        dict.fromkeys(marks, 0.0)
    )
    assert all(m["check-accuracy_difference"].most == 2.0 for m in marks.values())
    after = gradebook_rows(course)
    for number in range(GRADED_BEFORE):  # what a person gave is there still
        name = f"s{number:03} significance question-report"
        assert after[name][1] == before[name][1] == 2.5
    changes, _ = regrade(course, unit, plan=True, workers=1)
    assert lines(changes) == []


def test_a_check_that_is_gone_is_refused_in_one_line(course: Course) -> None:
    unit = course.unit(UNIT)
    notebook = nbformat.read(unit.built, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if name_of(cell) != "check-holm"]
    unit.built.write_bytes(notebook_bytes(notebook))
    before = gradebook_rows(course)
    with pytest.raises(Exception, match="has no cell check-holm any more"):
        regrade(course, unit, workers=1)
    assert gradebook_rows(course) == before
