"""The page of the course, against nbgrader's own gradebook, and the command that writes all pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.grade import Graded
from autograder.grading.gradebook import open_gradebook
from autograder.report import write_course_report, write_reports
from autograder.report.unit_page import Class
from tests.test_report_pages import read, result


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[Class]]:
    """Two units: ada has both, ben waits for a person in one, cem only enrolled, dora's cannot be judged."""
    course = Course(tmp_path_factory.mktemp("taught"))
    (course.root / "students.csv").write_text("id\nada\nben\nfay\n")
    given = {"ada": (3.0, 1.5, 0.5), "ben": (1.0, None, 0.0)}
    with open_gradebook(course) as gradebook:
        gradebook.add_student("cem")
        for name in ("01_significance", "02_fairness"):
            gradebook.add_assignment(name)
            gradebook.add_notebook("n", name)
            gradebook.add_grade_cell("check-holm", "n", name, max_score=4, cell_type="code")
            gradebook.add_grade_cell("question", "n", name, max_score=2, cell_type="markdown")
        for student, (automatic, by_hand, late) in given.items():
            gradebook.update_or_create_student(student)
            gradebook.add_submission("01_significance", student)
            notebook = gradebook.find_submission_notebook("n", "01_significance", student)
            notebook.late_submission_penalty = late
            for grade in notebook.grades:
                if grade.name == "question":
                    grade.manual_score, grade.needs_manual_grade = by_hand, by_hand is None
                else:
                    grade.auto_score, grade.needs_manual_grade = automatic, False
        gradebook.db.commit()
    first, second = (course.unit(name) for name in ("1", "2"))
    bad = result(1.0, misconception="Bonferroni", messages=["no", "a hint"])
    rows = [Graded("ada", result(3.0)), Graded("ben", bad), Graded("dora", reason="it is empty")]
    return course, [
        Class.of(course, first, rows),
        Class.of(course, second, [Graded("ada", result())]),
    ]


def rows_of(page: BeautifulSoup, section: str) -> list[list[str]]:
    rows = page.select(f"#{section} tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in rows]


def test_the_course_page_has_the_totals_that_nbgrader_has(
    taught: tuple[Course, list[Class]],
) -> None:
    course, classes = taught
    page = read(write_course_report(course, classes))
    told = {row[0]: row[1:] for row in rows_of(page, "students")}
    with open_gradebook(course) as gradebook:
        for student in ("ada", "ben"):
            theirs = gradebook.find_submission("01_significance", student)
            late = sum(notebook.late_submission_penalty for notebook in theirs.notebooks)
            assert float(told[student][0]) == theirs.score - late
    assert told["ada"][1] == "4 3 + 1.5" and told["ben"][1] == "1 1 + 0 …"
    assert told["ada"][2] == "!" and told["ben"][2] == "–"
    assert told["dora"] == ["0", "!", "–"] and told["cem"] == ["0", "–", "–"]
    links = {link["href"] for link in page.select("#students a")}
    assert links == {f"01_significance.html#student-{name}" for name in ("ada", "ben")}


def test_the_course_page_counts_its_units_and_names_who_fell_behind(
    taught: tuple[Course, list[Class]],
) -> None:
    course, classes = taught
    page = read(write_course_report(course, classes))
    first, second = rows_of(page, "glance")
    # of 6: ada 4 and ben 1; median 2.5; one of two has half; ben waits
    assert first == ["01_significance", "3", "5", "1", "0", "2.5", "6", "50 %", "1"]
    assert second[1:5] == ["1", "5", "0", "0"] and second[7] == "–"
    behind = {row[0]: row[2] for row in rows_of(page, "behind")}
    both = "01_significance, 02_fairness"
    assert behind == {"cem": both, "fay": both, "ben": "02_fairness", "dora": "02_fairness"}


def test_the_course_page_names_what_was_hard_and_mistaken(
    taught: tuple[Course, list[Class]],
) -> None:
    page = read(write_course_report(*taught))
    hardest = rows_of(page, "exercises")
    assert [row[:4] for row in hardest] == [
        ["01_significance", "holm", "2", "4"], ["02_fairness", "holm", "4", "4"]
    ]  # fmt: skip
    (frequent,) = rows_of(page, "misconceptions")
    assert frequent[:5] == ["1", "01_significance", "holm", "Bonferroni", "a hint"]
    assert "(cell " in frequent[5]


@pytest.mark.parametrize("words", [[], ["2"]])
def test_a_report_about_nobody_is_one_line_that_says_what_to_do(
    words: list[str], tmp_path: Path
) -> None:
    command = [
        str(Path(sys.executable).with_name("course")),
        "report",
        *words,
        "--root",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and done.stdout == "" and not (tmp_path / "report").exists()
    (line,) = done.stderr.splitlines()
    assert line.startswith("course: nobody has handed in ") and "course collect" in line
    with pytest.raises(CourseError):
        list(write_reports(Course(tmp_path)))


def test_a_report_of_the_course_writes_every_unit_that_was_handed_in(course: Course) -> None:
    folder = course.root / "submitted" / "ada" / "02_fairness"
    folder.mkdir(parents=True)
    (folder / "fairness.ipynb").write_text("{")
    names = [path.name for path in write_reports(course, sandbox="off")]
    assert names == ["course.html", "02_fairness.html"]
    page = read(course.root / "report" / "02_fairness.html")
    assert page.select("#aside li")[0].text.startswith("ada: ")
    assert [link["href"] for link in page.select("h1 + p a")] == ["course.html"]
