"""What the guides tell people to type works as it is written, and their pages say what is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.source import read_source
from autograder.authoring.unit_pages import FOLDER, graded
from autograder.bundles.release import release
from autograder.course import REPO, Course
from autograder.samples import learner, solved
from tests.browser import jupyter
from tests.documented import commands_of

DOCS = REPO / "autograder" / "docs"
BIN = Path(sys.executable).parent
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
}


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        command, shell=True, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_term_goes_as_the_instructors_page_says(tmp_path: Path) -> None:
    commands = commands_of(DOCS / "instructors.md")
    assert commands[:2] == ["mkdir fall", "cd fall"]
    run(commands[0], tmp_path)
    fall = tmp_path / "fall"
    unit = Course(fall).unit("1")

    def answered(make: Callable[..., nbformat.NotebookNode]) -> nbformat.NotebookNode:
        return make(unit, nbformat.read(unit.built, as_version=4))

    (fall / "downloads").mkdir()
    nbformat.write(answered(solved), fall / "downloads" / "ada.ipynb")
    nbformat.write(answered(learner), fall / "downloads" / "ben.ipynb")
    printed = {}
    for command in commands[2:]:
        if command == "jupyter lab":  # it stays: tests/browser/test_instructor.py works in it
            with jupyter.serving(fall, tmp_path / "home"):
                continue
        if command == "course watch INBOX --once":
            nbformat.write(answered(solved), fall / "INBOX" / unit.name / "cleo.ipynb")
        printed[command] = run(command, fall)
    assert (fall / "dist" / "01_significance-student.zip").is_file()
    assert (
        "ada" in printed["course grade 1 --profile"]
        and "40 / 40" in printed["course grade 1 --profile"]
    )
    assert "cleo 40 of 40" in printed["course watch INBOX --once"]
    for made in ("report/01_significance.html", "report/course.html", "grades.csv"):
        assert (fall / made).is_file(), made
    assert (
        fall / "feedback" / "ben" / "01_significance" / "significance.certificate.json"
    ).is_file()
    assert printed["course regrade 1 --plan"] == "0 of 3 would have other points\n"


@pytest.mark.slow
def test_a_student_sets_up_as_the_students_page_says(tmp_path: Path) -> None:
    """With every package of the bundle installed: some minutes."""
    course = Course(tmp_path)
    with zipfile.ZipFile(release(course, course.unit("1"))) as bundle:
        bundle.extractall(tmp_path / "home")
    folder = tmp_path / "home" / "01_significance"
    make, install, lab = commands_of(DOCS / "students.md")
    run(make, folder)
    run(install, folder)
    with jupyter.serving(folder, tmp_path / "away", command=lab.split()):
        pass


def test_what_the_maintainers_page_says_before_a_commit_passes() -> None:
    commands = commands_of(DOCS / "maintainers.md")
    lint = (REPO / "Makefile").read_text(encoding="utf-8")
    for command in commands:
        if command.startswith("pytest"):
            assert all((REPO / path).is_file() for path in command.split()[1:])
            run(f"{command} --collect-only -q", REPO)
        else:  # `make lint` runs them before all tests, and nothing runs if one fails
            assert f"$(RUN) {command}\n" in lint, command


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    for target in re.findall(r"`make ([\w-]+)", page.read_text(encoding="utf-8")):
        assert re.search(rf"^[\w -]*\b{re.escape(target)}\b[\w -]*:", MAKEFILE, re.MULTILINE), (
            target
        )


MAKEFILE = (REPO / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_every_course_command_and_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = set(re.findall(r"^ *│? *([a-z-]+) {2,}", run("course --help", REPO), re.MULTILINE))
    assert {"grade", "release"} <= known
    assert {name for name in re.findall(r"\bcourse ([a-z]+(?:-[a-z]+)?) [\d`]", text)} <= known
    # those of unit 09 are made on the page that names them
    for path in re.findall(r"`((?:tests|autograder|course_utils|notebooks)/[\w./]+)`", text):
        assert (REPO / path).exists() or "vocabulary" in path, path


def test_each_unit_has_a_page_with_the_points_of_its_notebook() -> None:
    for unit in Course(REPO).units():
        text = (REPO / FOLDER / f"{unit.name}.md").read_text(encoding="utf-8")
        most = int(re.search(r"· (\d+) points", text)[1])  # type: ignore[index]
        rows = [int(p) for p in re.findall(r"\| (\d+) \| a (?:program|person) \|$", text, re.M)]
        assert sum(rows) == most, unit.name
        assert "**You need:**" in text and re.search(r"About \d+ minutes", text)
        assert len(rows) == len(graded(read_source(unit.source)))
    assert shutil.which("course", path=ENVIRONMENT["PATH"])
