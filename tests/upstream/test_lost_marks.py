"""Honest work that gets no marks, or stops the grading of others: each reproduction goes with a report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import MissingEntry
from nbgrader.utils import determine_grade

from tests.upstream.classroom import ANSWERS, Classroom, flags
from tests.upstream.reports import weakness


@weakness("14_stderr_costs_all_marks")
def test_a_right_answer_that_warns_gets_nothing(classroom: Classroom) -> None:
    warns = "import warnings\ndef double(x):\n    warnings.warn('slow')\n    return 2 * x"
    classroom.hand_in("ada", double=warns, triple=ANSWERS["triple"])
    assert classroom.autograde("ada")["success"]
    assert classroom.points("ada") == {"double": 0, "triple": 1}


def split_in_two(notebook: NotebookNode) -> None:
    """What JupyterLab's "Split Cell" leaves: both halves have the metadata."""
    half = notebook.cells[0].copy()
    notebook.cells[0].source, half.source, half.id = "# my answer", ANSWERS["double"], "half"
    notebook.cells.insert(1, half)


@weakness("15_split_cell_stops_the_batch")
def test_a_split_cell_leaves_later_students_ungraded(classroom: Classroom) -> None:
    classroom.hand_in("s1", split_in_two, **ANSWERS)
    classroom.hand_in("s2", **ANSWERS)
    outcome = classroom.autograde("*")  # as `nbgrader autograde ps1` does
    assert not outcome["success"]
    assert "use an old version" in outcome["log"]  # though the version is the right one
    with classroom.gradebook() as gradebook, pytest.raises(MissingEntry):
        gradebook.find_submission("ps1", "s2")


def flip_a_flag(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata["nbgrader"]["grade"] = False


@weakness("16_flipped_flag_loses_all")
def test_a_flipped_flag_loses_all_answers(classroom: Classroom) -> None:
    classroom.hand_in("ada", flip_a_flag, **ANSWERS)
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "Inconsistent checksums for cell test-double" in outcome["log"]
    assert classroom.points("ada") == {"double": None, "triple": None}


def bring_a_cell_along(notebook: NotebookNode) -> None:
    from_elsewhere = new_code_cell("1 + 1", metadata=flags("other", solution=True))
    notebook.cells.append(from_elsewhere)


@weakness("17_foreign_cell_loses_all")
def test_a_cell_of_another_assignment_loses_all_answers(classroom: Classroom) -> None:
    classroom.hand_in("ada", bring_a_cell_along, **ANSWERS)
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "does not have a grade_id" in outcome["log"]
    assert classroom.points("ada") == {"double": None, "triple": None}


@weakness("18_dead_kernel_loses_all")
def test_a_kernel_that_dies_takes_earlier_marks_along(classroom: Classroom) -> None:
    classroom.hand_in("ada", double=ANSWERS["double"], triple="import os; os._exit(1)")
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "DeadKernelError" in outcome["log"]
    assert classroom.points("ada") == {"double": None, "triple": None}


@weakness("19_ignored_interrupt_loses_all")
def test_a_loop_that_ignores_the_interrupt_takes_earlier_marks_along(
    classroom: Classroom,
) -> None:
    loop = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    classroom.config.Execute.timeout = classroom.config.Execute.iopub_timeout = 1
    classroom.hand_in("ada", double=ANSWERS["double"], triple=loop)
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "Timeout waiting for IOPub output" in outcome["log"]
    assert classroom.points("ada") == {"double": None, "triple": None}


def somebody_reads(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))  # ends the reader, too
    except OSError:
        return False
    return True


@weakness("20_daemons_outlive_grading")
def test_a_daemon_that_student_code_started_outlives_grading(classroom: Classroom) -> None:
    starts_a_daemon = (
        "import os, subprocess\n"
        "os.mkfifo('pipe')\n"
        "subprocess.Popen(['cat', 'pipe'], start_new_session=True)"
    )
    classroom.hand_in("ada", double=starts_a_daemon)
    classroom.autograde("ada")
    assert somebody_reads(classroom.root / "autograded" / "ada" / "ps1" / "pipe")


@weakness("21_odd_score_loses_all")
@pytest.mark.parametrize(("shown", "error"), [("1.5", ValueError), ("", KeyError)])
def test_a_score_above_the_maximum_or_without_text_raises(
    shown: str, error: type[Exception]
) -> None:
    result = new_output("execute_result", data={"text/plain": shown})
    about_test = flags("test-double", grade=True, locked=True, points=1)
    cell = new_code_cell("score", metadata=about_test, outputs=[result])
    with pytest.raises(error):
        determine_grade(cell)


@weakness("22_bad_timestamp_loses_all")
def test_a_timestamp_that_is_no_date_raises_an_attribute_error(classroom: Classroom) -> None:
    folder = classroom.hand_in("ada", **ANSWERS)
    (folder / "timestamp.txt").write_text("in time")
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "'CourseDirectory' object has no attribute 'fail'" in outcome["log"]


@weakness("23_empty_file_logs_a_traceback")
def test_an_empty_notebook_logs_a_traceback(classroom: Classroom) -> None:
    folder = classroom.hand_in("ada")
    (folder / "ps1.ipynb").write_bytes(b"")
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert outcome["log"].count("Traceback (most recent call last)") > 1


def instructions_before_the_test(notebook: NotebookNode) -> None:
    about = flags("instructions", locked=True)
    notebook.cells.insert(1, new_code_cell("# now write it", id="instructions", metadata=about))


def delete_the_test(notebook: NotebookNode) -> None:
    del notebook.cells[2]


@weakness("24_missing_cell_loses_all")
def test_a_deleted_test_is_not_put_back_behind_a_read_only_cell(classroom: Classroom) -> None:
    classroom.release(instructions_before_the_test)
    classroom.config.OverwriteCells.add_missing_cells = True
    classroom.hand_in("ada", delete_the_test, **ANSWERS)
    outcome = classroom.autograde("ada")
    assert not outcome["success"]
    assert "KeyError: 'instructions'" in outcome["log"]
