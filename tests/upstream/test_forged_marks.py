"""Marks that nbgrader gives for answers that are wrong: each reproduction goes with a report."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from tests.upstream.classroom import ANSWERS, Classroom, flags
from tests.upstream.reports import weakness


@weakness("01_silence_is_full_marks")
def test_tests_that_were_blanked_give_full_marks(classroom: Classroom) -> None:
    blanks_later_cells = "get_ipython().input_transformers_cleanup.append(lambda lines: [])"
    classroom.hand_in("ada", double=blanks_later_cells)
    assert classroom.autograde("ada")["success"]
    assert classroom.points("ada") == {"double": 1, "triple": 1}


def skip_everything(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]


@weakness("02_skipped_tests_are_full_marks")
def test_tests_tagged_by_the_student_are_not_run(classroom: Classroom) -> None:
    classroom.hand_in("ada", skip_everything)
    assert classroom.autograde("ada")["success"]
    assert classroom.points("ada") == {"double": 1, "triple": 1}


def mark_the_test(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata["tags"] = ["mine"]
    notebook.cells[1].metadata["mine"] = {"anything": 1}


@weakness("03_metadata_of_students_survive")
def test_metadata_of_a_locked_cell_are_the_students(classroom: Classroom) -> None:
    classroom.hand_in("ada", mark_the_test)
    assert classroom.autograde("ada")["success"]
    graded = classroom.root / "autograded" / "ada" / "ps1" / "ps1.ipynb"
    kept = json.loads(graded.read_text(encoding="utf-8"))["cells"][1]["metadata"]
    assert kept.get("tags") == ["mine"]
    assert kept.get("mine") == {"anything": 1}


@weakness("04_odd_results_are_full_marks")
@pytest.mark.parametrize("shown", ["nan", "True", "None", "-1", "np.float64(0.0)", "tensor(0.)"])
def test_a_result_that_is_no_number_of_points_gives_all_of_them(shown: str) -> None:
    result = new_output("execute_result", data={"text/plain": shown})
    about_test = flags("test-double", grade=True, locked=True, points=1)
    cell = new_code_cell("score", metadata=about_test, outputs=[result])
    assert determine_grade(cell) == (1, 1)


@weakness("05_gradebook_is_writable")
def test_one_students_code_changes_anothers_marks(classroom: Classroom) -> None:
    classroom.hand_in("ben")
    classroom.autograde("ben")
    changes_the_gradebook = (
        "import sqlite3\n"
        "with sqlite3.connect('../../../gradebook.db') as db:\n"
        "    db.execute('UPDATE grade SET manual_score = 1')"
    )
    classroom.hand_in("ada", double=changes_the_gradebook)
    classroom.autograde("ada")
    with classroom.gradebook() as gradebook:
        scores = [gradebook.find_submission("ps1", student).score for student in ("ben", "ada")]
    assert scores == [2, 2]


@weakness("06_own_kernel_is_started")
def test_a_file_beside_the_notebook_becomes_the_kernel(classroom: Classroom) -> None:
    folder = classroom.hand_in("ada")
    launcher = (
        "open('canary.txt', 'w').write('the kernel is mine')\n"
        "from ipykernel.kernelapp import launch_new_instance\n"
        "launch_new_instance()\n"
    )
    (folder / "ipykernel_launcher.py").write_text(launcher)
    assert classroom.autograde("ada")["success"]
    canary = classroom.root / "autograded" / "ada" / "ps1" / "canary.txt"
    assert canary.exists()
    assert canary.read_text() == "the kernel is mine"


@weakness("07_timestamp_is_believed")
@pytest.mark.parametrize("claimed", ["2001-01-01 00:00:00 UTC", ""])
def test_a_late_submission_says_that_it_is_early(classroom: Classroom, claimed: str) -> None:
    yesterday = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    with classroom.gradebook() as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=yesterday)
    folder = classroom.hand_in("ada", **ANSWERS)
    (folder / "timestamp.txt").write_text(claimed)
    assert classroom.autograde("ada")["success"]
    with classroom.gradebook() as gradebook:
        assert gradebook.find_submission("ps1", "ada").total_seconds_late == 0


def choose_a_kernel(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"name": "of-the-student", "display_name": "mine"}


@weakness("08_student_chooses_the_kernel")
def test_without_a_kernelspec_in_the_source_the_students_is_used(classroom: Classroom) -> None:
    classroom.hand_in("ada", choose_a_kernel, **ANSWERS)
    log = classroom.autograde("ada")["log"]
    assert "No such kernel named of-the-student" in log
