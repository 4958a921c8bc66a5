"""Rules that every notebook keeps, shown on broken ones and then demanded of ours."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.build import build
from autograder.authoring.policies import exercises_of, problems_of_folder, problems_of_notebook
from autograder.bundles.bundle import INSTRUCTOR_ONLY
from autograder.course import REPO, TOPICS, Course, Unit

CLONE = Course(REPO)


def grading(grade_id: str, **flags: Any) -> dict[str, Any]:
    plain = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**plain, "grade_id": grade_id, **flags}}


def sound() -> dict[str, Any]:
    """The cells of a notebook that keeps every rule, by name."""
    hidden = "### BEGIN HIDDEN TESTS\nassert double(2) == 4\n### END HIDDEN TESTS"
    return {
        "title": new_markdown_cell("# A toy\n\n```\n# not a heading\n```"),
        "part": new_markdown_cell("## A part"),
        "exercise": new_code_cell(
            "def double(x):\n    ...", metadata=grading("double", solution=True)
        ),
        "selfcheck": new_code_cell('selfcheck("toy.double", double)'),
        "check": new_code_cell(
            hidden, metadata=grading("check-double", grade=True, locked=True, points=2)
        ),
        "question": new_markdown_cell(
            "Why?", metadata=grading("question-why", grade=True, solution=True, points=3)
        ),
    }


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Unit:
    known = [SimpleNamespace(function_name="double")]
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: known)
    (tmp_path / "01_toy").mkdir()
    return Unit("01_toy", 1, "toy", tmp_path / "01_toy.py", tmp_path / "01_toy")


def problems(unit: Unit, cells: dict[str, Any]) -> list[str]:
    return problems_of_notebook(unit, new_notebook(cells=list(cells.values())))


def test_a_sound_notebook_has_no_problems(unit: Unit) -> None:
    assert problems(unit, sound()) == []


def test_a_grade_id_used_twice_is_named(unit: Unit) -> None:
    cells = sound()
    cells["again"] = new_code_cell("", metadata=grading("check-double", grade=True, points=1))
    assert "grade_id 'check-double' is used 2 times" in problems(unit, cells)[0]


def test_a_second_title_is_named(unit: Unit) -> None:
    cells = sound()
    cells["part"].source = "# Another"
    assert "has 2 headings of level 1" in problems(unit, cells)[0]


def test_a_skipped_heading_level_is_named(unit: Unit) -> None:
    cells = sound()
    cells["part"].source = "### Too deep"
    assert problems(unit, cells) == [
        "01_toy.py: heading '### Too deep' skips a level: write it as ##"
    ]


def test_an_exercise_without_a_check_cell_is_named(unit: Unit) -> None:
    cells = sound()
    del cells["check"]
    assert problems(unit, cells) == [
        "01_toy.py: exercise 'double' has no graded cell 'check-double'"
    ]


def test_a_check_cell_without_hidden_tests_is_named(unit: Unit) -> None:
    cells = sound()
    cells["check"].source = "assert double(2) == 4"
    assert "needs points and a region of hidden tests" in problems(unit, cells)[0]


def test_an_exercise_without_a_selfcheck_is_named(unit: Unit) -> None:
    cells = sound()
    cells["selfcheck"].source = 'selfcheck("toy.triple", double)'
    assert "has no self-check" in problems(unit, cells)[0]


def test_an_exercise_that_no_check_knows_is_named(unit: Unit, monkeypatch: Any) -> None:
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: [])
    assert "exercise 'double' has no Check" in problems(unit, sound())[0]


def test_a_check_that_the_notebook_does_not_ask_for_is_named(unit: Unit, monkeypatch: Any) -> None:
    known = [SimpleNamespace(function_name=name) for name in ("double", "triple")]
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: known)
    assert "checks 'triple', which the notebook does not ask for" in problems(unit, sound())[0]


def test_a_question_is_not_an_exercise(unit: Unit) -> None:
    assert exercises_of(new_notebook(cells=list(sound().values()))) == ["double"]


def test_a_stray_file_beside_a_built_notebook_is_named(unit: Unit) -> None:
    (unit.folder / "solution.py").write_text("return 1")
    assert list(problems_of_folder(unit)) == [
        "01_toy/solution.py would be released as it is: move it elsewhere"
    ]


# Ours.


def test_our_built_notebooks_are_in_sync_and_keep_every_rule() -> None:
    assert build(CLONE, check=True) == []


def test_every_unit_of_ours_stands_in_the_table_of_topics() -> None:
    assert {unit.name for unit in CLONE.units()} <= set(TOPICS)


def test_students_get_every_dependency_but_those_that_only_instructors_need() -> None:
    text = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    listed = text.split("# what instructors need", 1)[1].split("]", 1)[0]
    assert set(re.findall(r'^ *"([A-Za-z0-9_.-]+)', listed, flags=re.M)) == INSTRUCTOR_ONLY


def test_the_conda_environment_agrees_with_pyproject() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (REPO / "environment.yml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)["dependencies"]
    plain = [entry for entry in listed if isinstance(entry, str)]
    from_pip = [line for entry in listed if isinstance(entry, dict) for line in entry["pip"]]
    assert {re.split(r"[<>=! ]", entry)[0] for entry in plain} == {"python", "pip"}
    (python,) = (entry for entry in plain if entry.startswith("python"))
    assert python.removeprefix("python").strip() == project["requires-python"]
    assert all(re.fullmatch(r"-e \.(\[[a-z,]+\])?", line) for line in from_pip) and from_pip
