"""The smallest course in which nbgrader's weaknesses show: two functions to write, one point each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

ANSWERS = {
    "double": "def double(x):\n    return 2 * x",
    "triple": "def triple(x):\n    return 3 * x",
}
TESTS = {"double": "assert double(21) == 42", "triple": "assert triple(14) == 42"}


def flags(name: str, **which: bool | int) -> dict[str, Any]:
    """nbgrader's metadata of a cell."""
    default = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **default, **which}}


def source() -> NotebookNode:
    """The instructor's notebook: behind each function one test, which is hidden."""
    notebook = new_notebook()
    for name, answer in ANSWERS.items():
        solution = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
        test = f"### BEGIN HIDDEN TESTS\n{TESTS[name]}\n### END HIDDEN TESTS"
        about_test = flags(f"test-{name}", grade=True, locked=True, points=1)
        notebook.cells += [
            new_code_cell(solution, id=name, metadata=flags(name, solution=True)),
            new_code_cell(test, id=f"test-{name}", metadata=about_test),
        ]
    return notebook


class Classroom:
    """A course folder with the released assignment `ps1`, which has one notebook, `ps1.ipynb`."""

    def __init__(self, root: Path) -> None:
        self.root, self.config = root, Config()
        self.config.CourseDirectory.root = str(root)

    def release(self, change: Callable[[NotebookNode], None] | None = None) -> None:
        """Generate the assignment from the instructor's notebook, after `change`."""
        notebook = source()
        if change:
            change(notebook)
        (self.root / "source" / "ps1").mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, self.root / "source" / "ps1" / "ps1.ipynb")
        assert self.nbgrader.generate_assignment("ps1")["success"]

    @property
    def nbgrader(self) -> NbGraderAPI:
        """What the buttons of the formgrader page call."""
        return NbGraderAPI(CourseDirectory(config=self.config), config=self.config)

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db")

    def hand_in(
        self, student: str, change: Callable[[NotebookNode], None] | None = None, /, **answers: str
    ) -> Path:
        """Submit the released notebook with these answers, after `change`; return its folder."""
        notebook = nbformat.read(self.root / "release" / "ps1" / "ps1.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        if change:
            change(notebook)
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "ps1.ipynb")
        return folder

    def autograde(self, student: str) -> dict[str, Any]:
        """Run autograde for one student; says whether it was a success, and has nbgrader's log."""
        return self.nbgrader.autograde("ps1", student)

    def points(self, student: str) -> dict[str, float | None]:
        """What the gradebook holds for each test; None before nbgrader decided."""
        with self.gradebook() as gradebook:
            grades = gradebook.find_submission("ps1", student).notebooks[0].grades
            return {grade.name.removeprefix("test-"): grade.auto_score for grade in grades}

    def feedback(self, student: str) -> str:
        """Generate the feedback of one student, and return its HTML."""
        assert self.nbgrader.generate_feedback("ps1", student)["success"]
        page = self.root / "feedback" / student / "ps1" / "ps1.html"
        return page.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder that is made once: a new gradebook takes seconds."""
    root = tmp_path_factory.mktemp("course")
    Classroom(root).release()
    return root


@pytest.fixture
def classroom(released: Path, tmp_path: Path) -> Classroom:
    """A course folder for one test."""
    shutil.copytree(released, tmp_path / "course")
    return Classroom(tmp_path / "course")
