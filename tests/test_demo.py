"""The whole way once, as `make demo` goes it, and the README's word about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.course import REPO
from autograder.demo import run_demo


def test_the_demo_grades_its_class_and_the_readme_says_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = run_demo(tmp_path)
    printed = capsys.readouterr().out
    summary = json.loads(path.read_text())
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    for unit, students in summary.items():
        assert set(students) == {"solved", "blank", "learner", "hostile"}
        assert all(row["status"] == "graded" for row in students.values())
        full = students["solved"]["max_points"]
        assert students["solved"]["points"] == full
        assert students["blank"]["points"] == students["hostile"]["points"] == 0
        assert 0 < students["learner"]["points"] < full
        for student in students:
            page = tmp_path / "demo" / "feedback" / student / unit
            assert list(page.glob("*.html"))
    table = [line.rstrip() for line in printed.splitlines()]
    for line in readme.split("ends with a table", 1)[1].splitlines()[2:7]:
        assert line.strip() in [row.strip() for row in table]
