"""What students get, and the proof that it holds no secret: on a toy course with a toy library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder import build as building
from autograder import bundle, masking, proof, release, secret_text
from autograder.check import Verdict
from autograder.course import REPO, Course, Unit
from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.judge import Result
from autograder.leaks import find_leaks
from autograder.masking import masked_library
from autograder.proof import prove_scores
from autograder.secret_text import machine_paths, secret_lines

SOLUTION = "return sum(number * number for number in numbers)"
HIDDEN = "assert sum_of_squares([3, 4]) == 25"
RUBRIC = "Two points for naming the triangle inequality."

SOURCE = f'''# %% [markdown]
# # Squares

# %%
import math
from course_utils.toy import doubled

# %% nbgrader={{"grade": false, "grade_id": "sum_of_squares", "locked": false, "schema_version": 3, "solution": true, "task": false}}
def sum_of_squares(numbers):
    """Add the squares."""
    ### BEGIN SOLUTION
    {SOLUTION}  # CANARY-solution
    ### END SOLUTION


# %%
selfcheck("toy.sum_of_squares", sum_of_squares)

# %% nbgrader={{"grade": true, "grade_id": "check-sum_of_squares", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}}
# Graded when you submit.
### BEGIN HIDDEN TESTS
{HIDDEN}
### END HIDDEN TESTS

# %% [markdown] nbgrader={{"grade": true, "grade_id": "question-why", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}}
# Why?
# ### BEGIN SOLUTION
# Because the hypotenuse is the longest side.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# {RUBRIC}
# === END MARK SCHEME ===
'''

CHECKS = """def squares_of_negatives(draw):
    return draw(-17, 23)

CANDIDATE = START + "total = numbers @ numbers\\nreturn total"
"""

LIBRARY = {
    "__init__.py": '"""A toy library."""\n',
    "errors.py": (REPO / "course_utils" / "errors.py").read_text(encoding="utf-8"),
    "figures/__init__.py": "",
    "figures/toy.py": '"""Figures."""\n\n\ndef draw():\n    return "drawn as everybody may read"\n',
    "early/__init__.py": "def known():\n    return 'an earlier unit is whole'\n",
    "late/__init__.py": "def later():\n    return 'a later unit is not written yet'\n",
    "toy/__init__.py": '''"""Squares, and how to add them."""

from course_utils.toy.squares import Adder, doubled, provided, sum_of_squares

__all__ = ["Adder", "doubled", "provided", "sum_of_squares"]
''',
    "toy/squares.py": '''"""Add squares (module docstring)."""

from __future__ import annotations

from functools import cache

# A constant that everybody may read.
LARGEST = 10
PROVIDED = ("provided",)


@cache
def doubled(
    number: float,  # in metres
    *,
    times: int = 1,
) -> float:
    """Double a number.

    >>> doubled(3)
    6
    """
    # the secret idea of doubling
    doubled_number = number + number
    return doubled_number
    # a last remark on doubling


def sum_of_squares(numbers): return _total(numbers) * 1.0


# What the helper is for.
def _total(numbers):
    return sum(entry**2 for entry in numbers)


def _needed(value):
    return value + LARGEST * 2


def provided(value):
    """Stays whole, with the helper it needs."""
    return _needed(value)


class Adder:
    """Adds."""

    step = 1

    def __init__(self, start):
        self.start_of_everything = start

    def add(self, number):
        """Add a number."""
        return self.start_of_everything + number
''',
}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "library" / "course_utils"
    for name, text in LIBRARY.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "public_cases").mkdir()
    for topic in ("early", "toy", "late"):
        (folder / "public_cases" / f"{topic}.json").write_text(f'{{"{topic}.f": {{}}}}')
    monkeypatch.setattr(masking, "LIBRARY", folder)
    topics = {"01_early": ("early",), "02_toy": ("toy",), "03_late": ("late",)}
    monkeypatch.setattr(masking, "TOPICS", topics)
    return folder


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
    monkeypatch.setattr(building, "compile_public_cases", lambda topics: None)
    monkeypatch.setattr(proof, "prove_scores", lambda *args: None)
    return Course.find(root)


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.unit("toy")


@pytest.fixture
def masked(unit: Unit, tmp_path: Path) -> Path:
    return masked_library(unit, tmp_path / "student")


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that finds the library of `folder` and no other."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    command = [sys.executable, "-P", "-B", "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# The masked library.


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
    def judge(course: Course, unit: Unit, path: Path) -> Result:
        return solved if path == unit.built else blank

    monkeypatch.setattr("autograder.judge.judge_notebook", judge)
    with pytest.raises(CourseError, match=f"^02_toy is not released: {reason}"):
        prove_scores(course, unit, unit.folder.parent)


def test_right_scores_let_it_pass(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = iter([result(0, "NotImplementedError", "NotImplementedError"), result(2)])
    monkeypatch.setattr("autograder.judge.judge_notebook", lambda *_: next(results))
    prove_scores(course, unit, unit.folder.parent)
