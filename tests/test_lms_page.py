"""The page on Canvas, Moodle and Gradescope: every command on it is run, in a class that an LMS knows."""

from __future__ import annotations

import csv
import os
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat

from autograder.course import REPO, Course, Unit
from autograder.samples import blank, solved
from tests.documented import commands_of
from tests.redteam.classroom import release

PAGE = REPO / "autograder" / "docs" / "lms.md"
COURSE = Path(sys.executable).with_name("course")
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,significance (4321),Final Score\n"
    '"    Points Possible",,,,,44.00,(read only)\n'
    '"Lovelace, Ada",501,S1,ada,01,,\n'
    '"Babbage, Charles",502,S2,cb,01,,\n'
)
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)"\n'
    '"Participant 71","Ada Lovelace",ada@uni.example,"Submitted",,44.00,-\n'
    '"Participant 72","Charles Babbage",cb@uni.example,"Submitted",,44.00,-\n'
)
ROSTER = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@uni.example\ncb,Charles,Babbage,\n"


def download(path: Path, unit: Unit, solver: str, beginner: str) -> None:
    """A zip of submissions as an LMS makes it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, make in ((solver, solved), (beginner, blank)):
            notebook = make(unit, nbformat.read(unit.built, as_version=4))
            archive.writestr(name, nbformat.writes(notebook))


def make_course(tmp_path: Path) -> Course:
    """A released unit, and what an instructor has downloaded."""
    tmp_path.mkdir()
    course = Course(tmp_path)
    unit = course.unit("1")
    (tmp_path / "students.csv").write_text(ROSTER)
    (tmp_path / "canvas.csv").write_text(CANVAS)
    (tmp_path / "moodle.csv").write_text(MOODLE)
    notebook = unit.built.name
    download(
        tmp_path / "canvas.zip",
        unit,
        f"lovelaceada_501_9_{notebook}",
        f"babbagecharles_502_8_{notebook}",
    )
    folders = [f"{who}_assignsubmission_file" for who in ("Ada Lovelace_71", "Charles Babbage_72")]
    download(tmp_path / "moodle.zip", unit, *(f"{folder}/{notebook}" for folder in folders))
    release(course, unit)
    return course


def test_every_command_of_the_page_does_what_the_page_says(tmp_path: Path) -> None:
    """Each LMS has a class of its own: a new one begins with what is collected."""
    commands = commands_of(PAGE)
    assert len(commands) == 12 and all(command.startswith("course ") for command in commands)
    for command in commands:
        if command.startswith("course collect"):
            course = make_course(tmp_path / str(len(list(tmp_path.iterdir()))))
        words = [str(COURSE), *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=course.root, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert "set aside" not in done.stdout
        if command.endswith("--template canvas.csv"):
            assert "question" in done.stderr and "not graded yet" in done.stderr
    names = {path.name for path in tmp_path.glob("*/*")}
    assert {"canvas-01_significance.csv", "new-column.csv", "for-import.csv", "points.csv"} <= names
    with open(course.root / "moodle-01_significance.csv", newline="") as file:
        grades = {row["Full name"]: row["Grade"] for row in csv.DictReader(file)}
    assert grades == {"Ada Lovelace": "40", "Charles Babbage": "0"}
    with zipfile.ZipFile(course.root / "moodle-01_significance-feedback.zip") as archive:
        pages = {name for name in archive.namelist() if name.endswith(".html")}
    assert pages == {
        f"{who}_assignsubmission_file_/significance.html"
        for who in ("Ada Lovelace_71", "Charles Babbage_72")
    }
    assert (course.root / "dist" / "01_significance-gradescope.zip").stat().st_mode & 0o077 == 0
    for path in tmp_path.glob("*/*.csv"):
        if path.name in (texts := {"canvas.csv": CANVAS, "moodle.csv": MOODLE}):
            assert path.read_text() == texts[path.name]


def test_commands_are_found_as_a_reader_would_copy_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`course no` \n\n```bash\n# a remark\ncourse a --b 1  # why\n\n$ course c \\\n    d\n```\n"
        "```python\nno()\n```\n    course indented\n```sh\ncourse e\n```\n"
    )
    assert commands_of(page) == ["course a --b 1", "course c d", "course e"]


def test_the_page_says_what_the_export_says() -> None:
    done = subprocess.run(
        [COURSE, "export", "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    page = PAGE.read_text(encoding="utf-8")
    for option in (
        "--template",
        "--column",
        "--scale",
        "--include-pending",
        "--feedback",
        "--output",
    ):
        assert option in done.stdout and option in page
