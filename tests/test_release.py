"""What students get, and the proof that it holds no secret: on a toy course with a toy library."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.authoring import build as building
from autograder.bundles import bundle, proof, release, secret_text
from autograder.bundles.leaks import find_leaks
from autograder.bundles.masking import masked_library
from autograder.bundles.proof import prove_scores
from autograder.bundles.secret_text import machine_paths, secret_lines
from autograder.check import Verdict
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.gradebook import open_gradebook
from autograder.judging.judge import Result
from tests.toy_course import CHECKS, HIDDEN, RUBRIC, SOLUTION, SOURCE, make_library


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_library(tmp_path / "library", monkeypatch)


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without a class; nbgrader needs seconds to make one."""
    course = Course(tmp_path_factory.mktemp("gradebook"))
    with open_gradebook(course):
        return course.root / "gradebook.db"


@pytest.fixture
def course(
    tmp_path: Path, library: Path, empty_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Course:
    root = tmp_path / "class"
    (root / "notebooks").mkdir(parents=True)
    shutil.copyfile(empty_gradebook, root / "gradebook.db")
    (root / "notebooks" / "02_toy.py").write_text(SOURCE, encoding="utf-8")
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "pyproject.toml").write_text(
        '[project]\nrequires-python = ">=3.11"\n'
        'dependencies = ["numpy>=2", "nbgrader>=0.9.6", "torch>=2.5,<3"]\n'
    )
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "toy.py").write_text(CHECKS, encoding="utf-8")
    monkeypatch.setattr(bundle, "REPO", repo)
    monkeypatch.setattr(secret_text, "CHECKS", checks)
    known = [SimpleNamespace(function_name="sum_of_squares")]
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: known)
    monkeypatch.setattr(building, "compile_public_cases", lambda topics, headings: None)
    monkeypatch.setattr(proof, "prove_scores", lambda *args: None)
    return Course.find(root)


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.unit("toy")


@pytest.fixture
def masked(unit: Unit, tmp_path: Path) -> Path:
    return masked_library(unit, tmp_path / "student")


# The release.


def test_a_released_notebook_holds_no_solution(course: Course, unit: Unit) -> None:
    release.release(course, unit)
    text = (course.root / "release" / "02_toy" / "toy.ipynb").read_text()
    for secret in (SOLUTION, HIDDEN, RUBRIC, "hypotenuse", "CANARY"):
        assert secret not in text
    assert "write this function first" in text and "YOUR ANSWER HERE" in text
    assert "Graded when you submit" in text


def test_the_zip_has_one_folder_with_all_a_student_needs(course: Course, unit: Unit) -> None:
    with zipfile.ZipFile(release.release(course, unit)) as archive:
        names = archive.namelist()
        requirements = archive.read("02_toy/requirements.txt").decode()
        readme = archive.read("02_toy/README.md").decode()
    assert {name.split("/")[0] for name in names} == {"02_toy"}
    for name in ("toy.ipynb", "README.md", "course_utils/toy/squares.py"):
        assert f"02_toy/{name}" in names
    assert not [name for name in names if "__pycache__" in name or "autograder" in name]
    assert requirements == "numpy>=2\n"
    assert readme.startswith("# Squares\n") and "jupyter lab toy.ipynb" in readme
    assert "$" not in readme


def test_torch_is_required_where_the_notebook_imports_it(course: Course, unit: Unit) -> None:
    unit.source.write_text(SOURCE.replace("import math", "import torch"), encoding="utf-8")
    release.release(course, unit)
    text = (course.root / "release" / "02_toy" / "requirements.txt").read_text()
    assert text == "numpy>=2\ntorch>=2.5,<3\n"


def test_two_releases_give_the_same_zip_without_a_path_of_this_machine(
    course: Course, unit: Unit
) -> None:
    first = release.release(course, unit).read_bytes()
    os.utime(unit.source, (1, 1))
    assert release.release(course, unit).read_bytes() == first
    target = course.root / "dist" / "02_toy-student.zip"
    assert find_leaks(target, machine_paths(course)) == []


def test_a_failed_proof_names_the_file_and_leaves_the_earlier_release(
    course: Course, unit: Unit, library: Path
) -> None:
    good = release.release(course, unit).read_bytes()
    (library / "figures" / "extra.txt").write_text(f"first\n    {SOLUTION}\n")
    with pytest.raises(CourseError) as caught:
        release.release(course, unit)
    assert f"course_utils/figures/extra.txt, line 2: {SOLUTION}" in str(caught.value)
    assert (course.root / "dist" / "02_toy-student.zip").read_bytes() == good
    assert not (course.root / "release/02_toy/course_utils/figures/extra.txt").exists()
    assert not list(course.state.glob("release-*"))


def test_a_solution_in_the_metadata_of_a_cell_stops_the_release(course: Course, unit: Unit) -> None:
    marked = SOURCE.replace("# %%\nselfcheck", f'# %% hint="{SOLUTION}"\nselfcheck')
    unit.source.write_text(marked, encoding="utf-8")
    with pytest.raises(CourseError, match=r"toy.ipynb, cell 4, metadata, hint: return sum"):
        release.release(course, unit)
    assert not (course.root / "dist").exists()


def test_a_library_that_cannot_be_imported_stops_the_release(
    course: Course, unit: Unit, library: Path
) -> None:
    path = library / "toy" / "squares.py"
    path.write_text(path.read_text() + "\n\nTABLE = doubled(2)\n")
    with pytest.raises(CourseError, match=r"cannot be imported: .*name in PROVIDED"):
        release.release(course, unit)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_releasing_again_keeps_submissions_and_marks(course: Course, unit: Unit) -> None:
    release.release(course, unit)
    with open_gradebook(course) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("02_toy", "ada")
        grade = gradebook.find_grade("question-why", "toy", "02_toy", "ada")
        grade.manual_score = 2.5
        gradebook.db.commit()
    release.release(course, unit)
    without_question = SOURCE[: SOURCE.index("# %% [markdown] nbgrader")]
    unit.source.write_text(without_question, encoding="utf-8")
    with pytest.raises(CourseError, match="there are submissions"):
        release.release(course, unit)
    with open_gradebook(course) as gradebook:
        assert gradebook.find_grade("question-why", "toy", "02_toy", "ada").manual_score == 2.5
    assert "Why?" in (course.root / "release" / "02_toy" / "toy.ipynb").read_text()


def test_a_gradebook_is_made_although_alembic_is_not_on_the_path(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", "")
    release.release(course, unit)
    with open_gradebook(course) as gradebook:
        names = {cell.name for cell in gradebook.find_notebook("toy", "02_toy").grade_cells}
    assert names == {"check-sum_of_squares", "question-why"}


# The proof.


def test_a_canary_is_a_secret_even_in_a_comment(unit: Unit) -> None:
    assert b"CANARY-solution" in secret_lines(unit)


def test_secrets_are_solutions_tests_rubrics_bodies_and_checks(unit: Unit) -> None:
    shown = set(secret_lines(unit).values())
    wanted = {
        SOLUTION,
        HIDDEN,
        RUBRIC,
        "doubled_number = number + number",
        "return sum(entry**2 for entry in numbers)",
        "return 'a later unit is not written yet'",
        "return draw(-17, 23)",
        "total = numbers @ numbers",
    }
    assert wanted <= shown


def test_what_students_read_anyway_is_no_secret(library: Path, unit: Unit) -> None:
    path = library / "figures" / "toy.py"
    path.write_text("def draw():\n    doubled_number = number + number\n")
    shown = set(secret_lines(unit).values())
    assert "doubled_number = number + number" not in shown
    assert 'return "drawn as everybody may read"' not in shown
    assert "return value + LARGEST * 2" not in shown


def test_hints_in_the_public_cases_are_no_secrets_but_solutions_in_them_are(
    library: Path, course: Course, unit: Unit
) -> None:
    (secret_text.CHECKS / "toy.py").write_text(f'''HINTS = [
    "You added the numbers themselves.",
]
STARTS = """{SOLUTION}"""
''')
    cases = {"toy.f": {"hint": ["You added the numbers themselves.", SOLUTION]}}
    path = library / "public_cases" / "toy.json"
    path.write_text(json.dumps(cases, indent=1), encoding="utf-8")
    leaks = find_leaks(library / "public_cases", secret_lines(unit))
    assert {leak.line for leak in leaks} == {SOLUTION}


def test_planting_in_the_masked_library_stops_the_proof(
    course: Course, unit: Unit, masked: Path
) -> None:
    path = masked / "toy" / "squares.py"
    path.write_text(path.read_text() + "\n# doubled_number = number + number\n")
    with pytest.raises(CourseError, match=r"course_utils/toy/squares.py, line \d+: doubled_number"):
        proof.prove(course, unit, masked.parent)


def test_compiled_code_and_the_gradebook_never_leave(
    course: Course, unit: Unit, masked: Path
) -> None:
    (masked / "toy" / "squares.pyc").write_bytes(b"\0")
    with pytest.raises(CourseError, match=r"course_utils/toy/squares.pyc: not for students"):
        proof.prove(course, unit, masked.parent)


def result(points: float, *stops: str) -> Result:
    """What the judge says of a notebook with one exercise worth 2, whose cells stop like this."""
    cells = [new_code_cell(outputs=[new_output("error", ename=name, evalue="")]) for name in stops]
    verdict = Verdict("toy.sum_of_squares", points, 2.0)
    return Result("02_toy", [verdict], executed=new_notebook(cells=cells))


@pytest.mark.parametrize(
    ("blank", "solved", "reason"),
    [
        (result(0.5), result(2), "blank it scores 0.5 points, not 0"),
        (result(0, "NameError"), result(2), "blank, cell '.*' stops: NameError"),
        (result(0), result(1.5), "solved it gets 1.5 of 2 for toy.sum_of_squares"),
        (result(0), result(2, "ValueError"), "solved, cell '.*' stops: ValueError"),
    ],
)
def test_wrong_scores_stop_the_release(
    course: Course,
    unit: Unit,
    monkeypatch: pytest.MonkeyPatch,
    blank: Result,
    solved: Result,
    reason: str,
) -> None:
    monkeypatch.setattr("autograder.judging.judge.judge_notebook", lambda *_: blank)
    monkeypatch.setattr(proof, "judge_solved", lambda *_: solved)
    with pytest.raises(CourseError, match=f"^02_toy is not released: {reason}"):
        prove_scores(course, unit, unit.folder.parent)


def test_right_scores_let_it_pass(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = result(0, "NotImplementedError", "NotImplementedError")
    monkeypatch.setattr("autograder.judging.judge.judge_notebook", lambda *_: blank)
    monkeypatch.setattr(proof, "judge_solved", lambda *_: result(2))
    prove_scores(course, unit, unit.folder.parent)
