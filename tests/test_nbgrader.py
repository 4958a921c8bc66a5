"""nbgrader stays nbgrader: its own commands give the verdicts of `course grade`."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder.bundles.student_notebook import generate
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.exports.spreadsheet import export_csv
from autograder.grading.grade import Graded, grade
from autograder.grading.gradebook import nbgrader_config, open_gradebook
from autograder.pages.feedback import write_feedback
from autograder.report import write_report
from autograder.samples import blank, learner, solved
from tests.nbgrader_command import nbgrader

CONFIG = """
from autograder.nbgrader_plugins import configure
configure(get_config(), root={root!r})
"""


def hand_in(course: Course, unit: Unit, student: str, notebook: nbformat.NotebookNode) -> None:
    path = course.root / "submitted" / student / unit.name / "significance.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def scores(course: Course, unit: Unit, student: str) -> dict[str, float]:
    with open_gradebook(course) as gradebook:
        submission = gradebook.find_submission(unit.name, student)
        return {g.name: g.auto_score for book in submission.notebooks for g in book.grades}


def total(course: Course, unit: Unit, student: str) -> float:
    checks = {k: v for k, v in scores(course, unit, student).items() if k.startswith("check-")}
    return sum(value or 0 for value in checks.values())


@pytest.fixture(scope="module")
def classroom(course: Course, unit: Unit) -> Course:
    """A released unit and a small class, handed in but not graded."""
    (course.root / "nbgrader_config.py").write_text(CONFIG.format(root=str(course.root)))
    nbgrader(course.root, "generate_assignment", unit.name)
    source = nbformat.read(unit.built, as_version=4)
    hand_in(course, unit, "ada", solved(unit, source))
    hand_in(course, unit, "ben", learner(unit, nbformat.read(unit.built, as_version=4)))
    cheat = blank(unit, source)
    patch = "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None\nprint('10/10')"
    cheat.cells.insert(2, new_code_cell(patch))
    cheat.cells.append(
        new_markdown_cell("<script>alert('marks')</script><img src=x onerror=alert(1)>")
    )
    cheat.cells.append(new_markdown_cell("[marks](javascript:alert('link'))"))
    for cell in cheat.cells:
        cell.metadata["tags"] = ["skip-execution"]
    hand_in(course, unit, "cleo", cheat)
    noisy = solved(unit, nbformat.read(unit.built, as_version=4))
    noisy.cells.insert(2, new_code_cell("import sys; print('careful', file=sys.stderr)"))
    hand_in(course, unit, "dora", noisy)
    return course


def test_generate_assignment_gives_the_notebook_without_solutions(
    classroom: Course, unit: Unit
) -> None:
    text = (classroom.root / "release" / unit.name / "significance.ipynb").read_text()
    assert "write this function first" in text
    assert "judge_here" not in text
    assert "BEGIN SOLUTION" not in text


@pytest.fixture(scope="module")
def autograded(classroom: Course, unit: Unit) -> Course:
    nbgrader(classroom.root, "autograde", unit.name)
    return classroom


def test_autograde_believes_answers_and_not_what_a_notebook_shows(
    autograded: Course, unit: Unit
) -> None:
    assert total(autograded, unit, "ada") == 40
    assert total(autograded, unit, "dora") == 40  # warns on stderr, and is right
    assert total(autograded, unit, "cleo") == 0  # prints 10/10, skips cells, patches asserts
    assert 0 < total(autograded, unit, "ben") < 40


def test_course_grade_gives_the_same_points_and_keeps_manual_grades(
    autograded: Course, unit: Unit
) -> None:
    before = {
        student: scores(autograded, unit, student) for student in ("ada", "ben", "cleo", "dora")
    }
    with open_gradebook(autograded) as gradebook:
        mark = gradebook.find_grade("question-report", "significance", unit.name, "ada")
        mark.manual_score = 3.5
        gradebook.db.commit()
    outcomes = grade(autograded, unit, workers=2)
    assert [row.student for row in outcomes] == ["ada", "ben", "cleo", "dora"]
    for student, expected in before.items():
        assert scores(autograded, unit, student) == expected
    nbgrader(autograded.root, "autograde", unit.name, "--student", "ada", "--force")
    with open_gradebook(autograded) as gradebook:
        mark = gradebook.find_grade("question-report", "significance", unit.name, "ada")
        assert mark.manual_score == 3.5
        assert gradebook.find_submission(unit.name, "ada").score == 43.5


def test_the_formgrader_page_autogrades_with_the_same_judge(autograded: Course, unit: Unit) -> None:
    before = scores(autograded, unit, "ben")
    config = nbgrader_config(autograded)
    page = NbGraderAPI(CourseDirectory(config=config), config=config)  # what its buttons call
    answer = page.autograde(unit.name, "ben", force=True)
    assert answer["success"], answer
    assert scores(autograded, unit, "ben") == before


def test_nothing_is_judged_twice(autograded: Course, unit: Unit) -> None:
    grade(autograded, unit)
    assert not any(row.fresh for row in grade(autograded, unit))


def test_feedback_names_the_mistake_and_is_harmless(autograded: Course, unit: Unit) -> None:
    pages = {path.parts[-3]: path.read_text() for path in write_feedback(autograded, unit)}
    assert set(pages) == {"ada", "ben", "cleo", "dora"}
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", pages["ben"])).replace("&gt;", ">")
    assert "counted too. Only strictly larger leads count" in text
    assert "5.33 of 8 points" in text
    assert "paired_bootstrap 5.33 of 8 This is what you get when test sets" in text
    for page in pages.values():
        assert "judge_here" not in page
        assert "autograder.inline" not in page
    page = BeautifulSoup(pages["cleo"], "html.parser")
    assert not [tag for tag in page.find_all("script") if "alert" in tag.text]
    attributes = [
        (name, str(value)) for tag in page.find_all() for name, value in tag.attrs.items()
    ]
    assert not [name for name, _ in attributes if name.startswith("on")]
    assert not [value for _, value in attributes if "javascript:" in value]


def test_the_table_of_exercises_leads_to_each_of_them(autograded: Course, unit: Unit) -> None:
    for path in write_feedback(autograded, unit):
        page = BeautifulSoup(path.read_text(), "html.parser")
        links = [link["href"] for link in page.find("table").select("td a")]  # type: ignore[union-attr]
        assert len(links) == 9
        assert all(page.find("a", attrs={"name": link.removeprefix("#")}) for link in links)


def test_nbgrader_makes_the_same_feedback_and_export(autograded: Course, unit: Unit) -> None:
    shutil.rmtree(autograded.root / "feedback", ignore_errors=True)
    nbgrader(autograded.root, "generate_feedback", unit.name)
    pages = sorted((autograded.root / "feedback").glob(f"*/{unit.name}/significance.html"))
    assert len(pages) == 4
    nbgrader(autograded.root, "export", "--to", str(autograded.root / "nbgrader.csv"))
    with open(autograded.root / "nbgrader.csv", newline="") as file:
        rows = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    export_csv(autograded, unit, autograded.root / "ours.csv")
    with open(autograded.root / "ours.csv", newline="") as file:
        ours = {
            row["student"]: float(row["points"])
            for row in csv.DictReader(file)
            if row["exercise"] == "total"
        }
    assert ours == rows


def test_the_report_shows_points_mistakes_and_flags(autograded: Course, unit: Unit) -> None:
    outcomes = [*grade(autograded, unit), Graded("eve", reason="hw.ipynb is empty: save it again")]
    page = write_report(autograded, unit, outcomes).read_text()
    assert "&gt;= for &gt;" in page
    rows = [[cell.text for cell in row.find_all("td")] for row in look(page)]
    assert any(
        row[0] == "cleo" and row[3].startswith("tagged skip-execution in the submission: ")
        for row in rows
    )
    assert [row[3:] for row in rows if row[1] == "3 (student-2)"] == [
        [
            "replaces numpy.testing.assert_allclose",
            "np.testing.assert_allclose = lambda *a, **k: None",
        ],
        ["holds the text '10/10'", "print('10/10')"],
    ]
    assert {row[0] for row in rows} == {"cleo"}
    assert "eve: hw.ipynb is empty" in page


def look(page: str) -> list[Tag]:
    """The rows of the report's section for the instructor's eyes, without the head."""
    (table,) = BeautifulSoup(page, "html.parser").find_all("table", class_="look")
    return list(table.find_all("tr"))[1:]


def test_one_bad_submission_never_stops_the_rest(classroom: Course, unit: Unit) -> None:
    for student, content in {"f1": b"", "f2": b"{", "f3": b'{"nbformat": 9}'}.items():
        folder = classroom.root / "submitted" / student / unit.name
        folder.mkdir(parents=True)
        (folder / "significance.ipynb").write_bytes(content)
    link = classroom.root / "submitted" / "f4" / unit.name
    link.mkdir(parents=True)
    (link / "significance.ipynb").symlink_to("/etc/passwd")
    outcomes = {row.student: row for row in grade(classroom, unit)}
    assert outcomes["ada"].result is not None
    assert [outcomes[f"f{i}"].status for i in range(1, 5)] == [
        "set aside: significance.ipynb is empty: open it in JupyterLab, save it, and hand it in again",
        *(outcomes[f"f{i}"].status for i in (2, 3)),
        "set aside: significance.ipynb is not a plain file",
    ]
    assert "not JSON" in outcomes["f2"].status
    assert "format 9" in outcomes["f3"].status
    for student in ("f1", "f2", "f3", "f4"):
        shutil.rmtree(classroom.root / "submitted" / student)


def test_grading_before_releasing_says_what_to_do(tmp_path: Path, unit: Unit) -> None:
    with pytest.raises(CourseError, match="course release 01_significance"):
        grade(Course(tmp_path), unit)


def test_releasing_again_keeps_the_marks(autograded: Course, unit: Unit, tmp_path: Path) -> None:
    before = total(autograded, unit, "ada")
    generate(autograded, unit, tmp_path / "again", record=True)
    assert total(autograded, unit, "ada") == before
