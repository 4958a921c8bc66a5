"""What instructors and those who build on nbgrader stumble over: each reproduction goes with a report."""

from __future__ import annotations

import csv
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import inspect, text
from sqlalchemy.exc import SAWarning

from tests.upstream.classroom import ANSWERS, Classroom
from tests.upstream.reports import weakness


@weakness("25_gradebook_is_opened_nine_times")
def test_grading_one_notebook_opens_the_gradebook_nine_times(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connect = Gradebook.__init__

    def counted(self: Gradebook, *arguments: Any, **named: Any) -> None:
        opened.append(str(arguments[0]))
        connect(self, *arguments, **named)

    classroom.hand_in("ada", **ANSWERS)
    monkeypatch.setattr(Gradebook, "__init__", counted)
    assert classroom.autograde("ada")["success"]
    assert len(opened) >= 9
    assert len(set(opened)) == 1


def refuse(**about: Any) -> None:
    raise PermissionError("this one must not be graded")


@weakness("26_hooks_cannot_refuse")
def test_a_hook_that_raises_does_not_stop_grading(classroom: Classroom) -> None:
    classroom.config.Autograde.pre_convert_hook = refuse
    classroom.hand_in("ada", **ANSWERS)
    outcome = classroom.autograde("ada")
    assert outcome["success"]
    assert classroom.points("ada") == {"double": 1, "triple": 1}


@weakness("27_alembic_by_bare_name")
def test_without_alembic_on_the_path_half_a_gradebook_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")  # as when Python is started by its full path
        with pytest.raises(FileNotFoundError, match="alembic"):
            Gradebook(url)
    with Gradebook(url) as gradebook:  # now alembic is there, and nothing is said
        assert "alembic_version" not in inspect(gradebook.engine).get_table_names()


@weakness("28_new_submission_warns")
def test_adding_a_submission_makes_sqlalchemy_warn(classroom: Classroom) -> None:
    with warnings.catch_warnings(record=True) as caught, classroom.gradebook() as gradebook:
        warnings.simplefilter("always")
        gradebook.update_or_create_student("ada")
        gradebook.add_submission("ps1", "ada")
    told = [str(warning.message) for warning in caught if warning.category is SAWarning]
    assert any("not in session" in message for message in told)


@weakness("29_setenv_does_not_restore")
def test_setenv_forgets_the_old_value_and_stays_after_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COURSE", "before")
    with utils.setenv(COURSE="during"):
        pass
    assert "COURSE" not in os.environ
    with pytest.raises(ZeroDivisionError), utils.setenv(COURSE="during"):
        1 / 0
    assert os.environ["COURSE"] == "during"


@weakness("30_csv_is_not_quoted")
def test_a_comma_in_a_name_moves_the_columns_and_a_formula_stays_one(
    classroom: Classroom, tmp_path: Path
) -> None:
    with classroom.gradebook() as gradebook:
        gradebook.update_or_create_student("eve", last_name="King, Jr.", first_name="=1+1")
        exporter = CsvExportPlugin()
        exporter.to = str(tmp_path / "grades.csv")
        exporter.export(gradebook)
    with open(tmp_path / "grades.csv", newline="") as file:
        head, row = csv.reader(file)
    assert len(row) == len(head) + 1
    assert "=1+1" in row


@weakness("31_unnamed_course_has_no_row")
def test_an_assignment_refers_to_a_course_that_is_not_there(tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "") as gradebook:  # the default id
        gradebook.add_assignment("ps1")
        broken = gradebook.db.execute(text("PRAGMA foreign_key_check")).all()
    assert [(row[0], row[2]) for row in broken] == [("assignment", "course")]
