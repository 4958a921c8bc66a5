"""The library that students get: signatures without bodies from this unit on, whole before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.bundles.masking import masked_library
from autograder.course import Unit
from autograder.errors import CourseError
from tests.toy_course import make_library


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_library(tmp_path / "library", monkeypatch)


@pytest.fixture
def unit(library: Path, tmp_path: Path) -> Unit:
    return Unit("02_toy", 2, "toy", tmp_path / "02_toy.py", tmp_path / "02_toy")


@pytest.fixture
def masked(unit: Unit, tmp_path: Path) -> Path:
    return masked_library(unit, tmp_path / "student")


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that finds the library of `folder` and no other."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    command = [sys.executable, "-P", "-B", "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_masked_library_imports_and_raises(masked: Path) -> None:
    done = run("from course_utils.toy import doubled; doubled(3)", masked.parent)
    assert done.stderr.strip().endswith(
        "NotReleasedYet: toy.doubled belongs to unit 02_toy: write it yourself there"
    )


def test_a_later_units_functions_are_masked_and_earlier_ones_whole(masked: Path) -> None:
    code = "import course_utils.early as e, course_utils.late as l; print(e.known()); l.later()"
    done = run(code, masked.parent)
    assert done.stdout == "an earlier unit is whole\n"
    assert "late.later belongs to unit 03_late" in done.stderr


def test_signatures_docstrings_and_comments_between_functions_stay(masked: Path) -> None:
    text = (masked / "toy" / "squares.py").read_text()
    for kept in (
        '"""Add squares (module docstring)."""',
        "# A constant that everybody may read.",
        "    number: float,  # in metres\n    *,\n    times: int = 1,\n) -> float:",
        ">>> doubled(3)\n    6",
        "def sum_of_squares(numbers):\n    raise NotReleasedYet(",
        '        """Add a number."""\n        raise NotReleasedYet(',
        "    step = 1\n",
    ):
        assert kept in text


def test_bodies_and_the_comments_in_them_vanish(masked: Path) -> None:
    text = (masked / "toy" / "squares.py").read_text()
    for gone in ("number + number", "secret idea", "last remark", "start_of_everything", "* 1.0"):
        assert gone not in text


def test_private_helpers_stay_only_where_kept_code_needs_them(masked: Path) -> None:
    text = (masked / "toy" / "squares.py").read_text()
    assert "_total" not in text and "What the helper is for" not in text
    done = run("from course_utils.toy import provided; print(provided(1))", masked.parent)
    assert done.stdout == "21\n"


def test_a_module_that_is_provided_whole_stays_as_written(
    library: Path, unit: Unit, tmp_path: Path
) -> None:
    text = 'PROVIDED = ("*",)\n\n\ndef given(value):\n    return _inner(value)\n\n\ndef _inner(value):\n    return value\n'
    (library / "toy" / "whole.py").write_text(text)
    target = masked_library(unit, tmp_path / "student")
    assert (target / "toy" / "whole.py").read_text() == text


def test_a_helper_that_a_figure_needs_stays(library: Path, unit: Unit, tmp_path: Path) -> None:
    (library / "figures" / "toy.py").write_text("from course_utils.toy.squares import _total\n")
    masked_library(unit, tmp_path / "student")
    code = "from course_utils.figures.toy import _total; print(_total([3, 4]))"
    assert run(code, tmp_path / "student").stdout == "25\n"


def test_public_cases_of_later_units_stay_at_home(masked: Path) -> None:
    assert sorted(p.name for p in (masked / "public_cases").iterdir()) == ["early.json", "toy.json"]


def test_a_folder_that_belongs_to_no_unit_is_refused(
    library: Path, unit: Unit, tmp_path: Path
) -> None:
    (library / "stray").mkdir()
    (library / "stray" / "module.py").write_text("")
    with pytest.raises(CourseError, match="course_utils/stray belongs to no unit"):
        masked_library(unit, tmp_path / "student")


def test_a_named_lambda_is_refused(library: Path, unit: Unit, tmp_path: Path) -> None:
    (library / "toy" / "short.py").write_text("trick = lambda a: a * 3\n")
    with pytest.raises(CourseError, match=r"toy/short.py line 1: a lambda has no body"):
        masked_library(unit, tmp_path / "student")
