"""A class that is cheap to grade, and all that its workspace holds after grading: for tests of accidents."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Base
from sqlalchemy import create_engine, insert, select

from autograder.authoring.source import notebook_bytes, read_source
from autograder.bundles.student_notebook import generate
from autograder.course import REPO, Course, Unit
from autograder.grading.grade import grade
from autograder.grading.gradebook import open_gradebook
from autograder.nbgrader_plugins import write_config
from autograder.samples import solved

UNIT = "01_significance"
GRADED_BEFORE = 3  # students who were graded, by a person too, and handed in once more

RIGHT = ""  # the instructor's own answer
PARTLY_RIGHT = """
def holm(p_values, alpha):
    p = np.asarray(p_values)
    rejected = np.zeros(len(p), bool)
    for rank, index in enumerate(np.argsort(p, kind="stable")):
        if not p[index] < alpha / (len(p) - rank):
            break
        rejected[index] = True
    return rejected
"""
ANSWERS = (
    RIGHT,
    "def holm(p_values, alpha):\n    return np.asarray(p_values) <= alpha / len(p_values)",
    PARTLY_RIGHT,
    "def holm(p_values, alpha):\n    import os\n    os._exit(3)",
    "def holm(p_values, alpha):\n    raise KeyError('alpha')",
    "holm = 7",
    "import time\ntime.sleep(0.3)\ndef holm(p_values, alpha):\n    return np.asarray(p_values) > alpha",
)


def make_class(root: Path, students: int, url: str = "") -> Course:
    """A workspace: one exercise and one question of unit 01, released, and a class that handed in.

    The first few were graded before, the question too, and have changed their answer since.
    """
    course = Course(root)
    unit = _make_unit(course)
    write_config(course)
    if url:
        set_db_url(course, url)
    generate(course, unit, root / "release", record=True)
    names = [f"s{number:03}" for number in range(students)]
    for number, name in enumerate(names[:GRADED_BEFORE]):
        hand_in(course, unit, name, ANSWERS[(number + 1) % len(ANSWERS)])
    grade(course, unit, workers=1)
    with open_gradebook(course) as gradebook:
        for name in names[:GRADED_BEFORE]:
            mark = gradebook.find_grade("question-report", "significance", UNIT, name)
            mark.manual_score, mark.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    for number, name in enumerate(names):
        hand_in(course, unit, name, ANSWERS[number % len(ANSWERS)])
    return course


def _make_unit(course: Course) -> Unit:
    wanted = ("holm", "check-holm", "question-report")
    return short_unit(
        course,
        UNIT,
        lambda cells: [
            nbformat.v4.new_markdown_cell("# Holm", id="title"),
            nbformat.v4.new_code_cell("import numpy as np", id="imports"),
            *(cell for cell in cells if name_of(cell) in wanted),
        ],
    )


def short_unit(
    course: Course, name: str, chosen: Callable[[list[NotebookNode]], list[NotebookNode]]
) -> Unit:
    """A unit with some of its cells, in a workspace of its own."""
    source = course.root / "notebooks" / f"{name}.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPO / "notebooks" / source.name, source)
    unit = course.unit(name)
    notebook = read_source(source)
    notebook.cells = chosen(notebook.cells)
    unit.folder.mkdir()
    unit.built.write_bytes(notebook_bytes(notebook))
    return unit


def name_of(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def hand_in(course: Course, unit: Unit, student: str, answer: str) -> None:
    """Put a notebook with this answer where nbgrader looks for it."""
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    for cell in notebook.cells:
        if name_of(cell) == "holm" and answer:
            cell.source = answer
    path = course.root / "submitted" / student / unit.name / "significance.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def copy_class(course: Course, root: Path) -> Course:
    """The same workspace at another place, secret included: the same inputs will be drawn."""
    return Course(Path(shutil.copytree(course.root, root, dirs_exist_ok=True)))


def move_gradebook(course: Course, url: str) -> None:
    """Move the gradebook of a workspace to a database server."""
    old, new = create_engine(f"sqlite:///{course.root}/gradebook.db"), create_engine(url)
    Base.metadata.create_all(new)
    with old.connect() as source, new.begin() as target:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                target.execute(insert(table), rows)
    old.dispose()
    new.dispose()
    (course.root / "gradebook.db").unlink()
    set_db_url(course, url)


def set_db_url(course: Course, url: str) -> None:
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"get_config().CourseDirectory.db_url = {url!r}\n")


def holdings(course: Course) -> dict[str, Any]:
    """All that matters after grading: what was handed in, verdicts, gradebook, notebooks; no draft."""
    root = course.root
    handed_in = {p.relative_to(root): p.read_bytes() for p in root.glob("submitted/**/*.ipynb")}
    files = sorted(p for p in root.glob("autograded/**/*") if p.is_file())
    return {
        "submitted": handed_in,
        "verdicts": sorted(_verdicts(path) for path in results(course)),
        "autograded": {path.relative_to(root): path.read_bytes() for path in files},
        "gradebook": gradebook_rows(course),
        "certificates": {p.relative_to(root): _certified(p) for p in certificates(course)},
        "drafts": sorted(p.name for p in root.rglob("*.draft*")),
    }


def results(course: Course) -> list[Path]:
    """The stored results; none of them is a draft."""
    return list((course.state / "results" / UNIT).glob("*.json"))


def autograded(course: Course) -> list[Path]:
    return list(course.root.glob(f"autograded/*/{UNIT}/significance.ipynb"))


def certificates(course: Course) -> list[Path]:
    return list((course.state / "certificates" / UNIT).glob("*/*.json"))


def _certified(path: Path) -> dict[str, Any]:
    """What a certificate says that must be the same in every run: not the time, and not how long it took."""
    claims = json.loads(path.read_text(encoding="utf-8"))["certificate"]
    return {name: claims[name] for name in ("serial", "submission", "content", "verdicts")}


def _verdicts(path: Path) -> str:
    stored = json.loads(path.read_text(encoding="utf-8"))
    del stored["made_with"]["judged"]  # when
    for verdict in stored["verdicts"]:
        del verdict["seconds"]
    return path.name + json.dumps(stored, sort_keys=True)


def gradebook_rows(course: Course) -> dict[str, Any]:
    """Every grade and comment by student, and how many rows there are in each table."""
    with open_gradebook(course) as gradebook:
        rows: dict[str, Any] = {
            table.name: len(gradebook.db.execute(select(table)).all())
            for table in Base.metadata.sorted_tables
        }
        for submission in gradebook.assignment_submissions(UNIT):
            for book in submission.notebooks:
                who = f"{submission.student.id} {book.name}"
                for grade in book.grades:
                    scores = (grade.auto_score, grade.manual_score, grade.extra_credit)
                    rows[f"{who} {grade.name}"] = (*scores, grade.needs_manual_grade)
                for comment in book.comments:
                    rows[f"{who} comment on {comment.name}"] = comment.auto_comment
    return rows
