"""The small unit as an instructor without our grader would give it: nbgrader's own steps, asserts as tests.

The hidden tests compare with the reference on a few inputs, give partial credit where that is natural,
and are neither careless nor paranoid.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.redteam.attack import NAME, POINTS
from tests.redteam.small_unit import UNIT, small_notebook

HIDDEN = "CANARY-hidden-tests-of-plain-nbgrader"
TESTS = {
    "accuracy_difference": """
assert abs(accuracy_difference(np.array([1, 1, 0, 1, 0]), np.array([1, 0, 0, 0, 0])) - 0.4) < 1e-6
assert np.isclose(accuracy_difference(np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0])), -2 / 3)
np.testing.assert_allclose(accuracy_difference(np.ones(7), np.ones(7)), 0.0, atol=1e-9)
""",
    "holm": """
np.testing.assert_array_equal(holm(np.array([0.04, 0.01, 0.03]), 0.05), [False, True, False])
np.testing.assert_array_equal(holm(np.array([0.01, 0.02, 0.04]), 0.05), [True, True, True])
assert list(holm(np.array([0.2, 0.001, 0.5, 0.012]), 0.05)) == [False, True, False, True]
assert holm(np.array([0.05]), 0.05)[0]
""",
    "find_the_bug_significance": """
def _right(a, b, rows):
    return np.mean((a - b)[rows].sum(axis=1) > 2 * (a - b).sum())
def _too_many(a, b, rows):
    return np.mean((a - b)[rows].sum(axis=1) >= 2 * (a - b).sum())
def _one_sided(a, b, rows):
    return np.mean((a - b)[rows].sum(axis=1) > (a - b).sum())
def _constant(a, b, rows):
    return 0.5
_cases = [(_right, False), (_too_many, True), (_one_sided, True), (_constant, True)]
_found = sum(find_the_bug_significance(f) == wrong for f, wrong in _cases if wrong)
_passed = all(find_the_bug_significance(f) == wrong for f, wrong in _cases if not wrong)
float(2 * _found) if _passed else 0.0
""",
}


def make_course(folder: Path) -> None:
    """A course with nothing of ours but the text of the unit, released, and its gradebook."""
    notebook = small_notebook(HIDDEN)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check-")
        if cell.metadata.get("nbgrader", {}).get("grade") and name in TESTS:
            note = f"# Graded later.\n### BEGIN HIDDEN TESTS\n# {HIDDEN}\n"
            cell.source = f"{note}{TESTS[name].strip()}\n### END HIDDEN TESTS"
    release(folder, UNIT, NAME, notebook)


def release(folder: Path, unit: str, name: str, notebook: NotebookNode) -> None:
    """Release one notebook of a new course with nbgrader alone."""
    source = folder / "source" / unit
    source.mkdir(parents=True)
    nbformat.write(notebook, source / name)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.ClearMarkScheme.enforce_metadata = False\n"
    )
    nbgrader(folder, "generate_assignment", unit)


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run an nbgrader command in the folder of a course."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [programs / "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


def copy_course(course: Path, target: Path) -> None:
    """A course for one submission, so that none can harm the next."""
    shutil.copytree(course, target, symlinks=True)


def points(course: Path, student: str) -> dict[str, float] | None:
    """What the gradebook says of a student's checks; None when it knows no submission, or is destroyed."""
    query = """
        select base_cell.name, coalesce(grade.manual_score, grade.auto_score) from grade
        join base_cell on grade.cell_id = base_cell.id
        join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        where submitted_assignment.student_id = ?
    """
    try:
        with sqlite3.connect(course / "gradebook.db") as db:
            found = {
                name.removeprefix("check-"): score
                for name, score in db.execute(query, (student,))
                if name.startswith("check-")
            }
    except sqlite3.Error:
        return None
    return {name: found.get(name) or 0.0 for name in POINTS} if found else None
