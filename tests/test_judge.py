"""Whole submissions through the judge: only right answers earn points, and one cell never costs another."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.judging import seeds
from autograder.judging.judge import Result, judge_notebook, judge_rebuilt
from autograder.judging.rebuild import rebuild
from autograder.judging.single import check_file
from autograder.judging.trusted import trusted_answers
from autograder.samples import blank, hostile, learner, solved
from autograder.sandboxes.sandbox import Budgets

GREATER_OR_EQUAL = """
import numpy as np
def paired_bootstrap(correct_a, correct_b, resamples):
    d = np.asarray(correct_a) - np.asarray(correct_b)
    return float(np.mean(d[resamples].sum(axis=1) >= 2 * d.sum()))
"""
RIGHT = GREATER_OR_EQUAL.replace(">=", ">")


@pytest.fixture
def notebook(unit: Unit) -> NotebookNode:
    return solved(unit, nbformat.read(unit.built, as_version=4))


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def judged(course: Course, unit: Unit, notebook: NotebookNode, **options: object) -> Result:
    rebuilt = rebuild(unit.built, notebook)
    return judge_rebuilt(course, unit, rebuilt, student="ada", **options)  # type: ignore[arg-type]


def lost(result: Result) -> list[str]:
    return [v.exercise.partition(".")[2] for v in result.verdicts if not v.full]


def test_the_solved_notebook_is_full(course: Course, unit: Unit, notebook: NotebookNode) -> None:
    result = judged(course, unit, notebook)
    assert lost(result) == []
    assert result.points == result.max_points == 40
    assert result.repairs == []


def test_the_released_notebook_earns_nothing_and_says_so(
    course: Course, unit: Unit, notebook: NotebookNode
) -> None:
    result = judged(course, unit, blank(unit, notebook))
    assert result.points == 0
    assert all("is not written yet" in v.messages[0] for v in result.verdicts)


def test_the_learners_mistakes_are_named(
    course: Course, unit: Unit, notebook: NotebookNode
) -> None:
    result = judged(course, unit, learner(unit, notebook))
    named = {v.exercise.partition(".")[2]: v.misconception for v in result.verdicts if not v.full}
    assert named == {
        "paired_bootstrap": ">= for >",
        "restart_interval": "normal for Student's t",
        "variance_components": "ddof 0",
        "holm": "Bonferroni",
    }
    assert 0 < result.points < result.max_points


def test_the_hostile_notebook_earns_nothing(
    course: Course, unit: Unit, notebook: NotebookNode
) -> None:
    impatient = Budgets(ask_seconds=3)  # it has a loop without end
    result = judged(course, unit, hostile(unit, notebook), budgets=impatient)
    assert result.points == 0
    assert any("skip-execution" in flag for flag in result.verdicts[0].integrity)


ACCIDENTS = {
    "exits": "import os; os._exit(0)",
    "raises SystemExit": "raise SystemExit",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGTERM); os._exit(1)",
    "never ends": "while True: pass",
    "cannot be stopped": "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
    "eats memory": "x = [bytearray(1 << 28) for _ in range(100)]",
    "prints a lot": "for _ in range(300_000): print('x' * 100)",
    "does not parse": "def (:",
}


@pytest.mark.parametrize("source", ACCIDENTS.values(), ids=ACCIDENTS.keys())
def test_an_accident_in_one_cell_leaves_the_other_exercises_alone(
    course: Course, unit: Unit, notebook: NotebookNode, source: str
) -> None:
    cell(notebook, "variance_components").source = source
    result = judged(course, unit, notebook, budgets=Budgets(cell_seconds=6))
    assert lost(result) == ["variance_components"]


FORGERIES = {
    "an object that equals everything": "class Yes(float):\n    __eq__ = lambda s, o: True\nreturn Yes()",
    "not a number": "return float('nan')",
    "a huge number": "return 1e300",
    "a pickle": "import pickle; return pickle.dumps(0)",
    "an object array": "return np.array([print], dtype=object)",
    "too much": "return np.zeros(10_000_000)",
    "a deep list": "x = []\nfor _ in range(10_000): x = [x]\nreturn x",
}


@pytest.mark.parametrize("body", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_answer_earns_nothing(
    course: Course, unit: Unit, notebook: NotebookNode, body: str
) -> None:
    lines = "\n".join("    " + line for line in body.splitlines())
    cell(notebook, "accuracy_difference").source = f"def accuracy_difference(a, b):\n{lines}"
    result = judged(course, unit, notebook)
    (verdict,) = [v for v in result.verdicts if v.exercise.endswith("accuracy_difference")]
    assert verdict.points == 0
    assert verdict.messages


def test_what_a_kernel_shows_is_not_believed(
    course: Course, unit: Unit, notebook: NotebookNode
) -> None:
    """The kernel prints 10/10, cells are tagged skip-execution, asserts are patched: 0."""
    bare = blank(unit, notebook)
    patch = "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None\nprint('10/10')\n40.0"
    bare.cells.insert(2, new_code_cell(patch))
    for each in bare.cells:
        each.metadata["tags"] = ["skip-execution"]
    assert judged(course, unit, bare).points == 0


BENIGN = {
    "warns": "import warnings, sys\nwarnings.warn('careful'); print('careful', file=sys.stderr)",
    "shows a bar": "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass",
    "prints": "print('here')",
    "imports": "import requests",
    "names in other alphabets": "größe = 変数 = 1",
}


@pytest.mark.parametrize("body", BENIGN.values(), ids=BENIGN.keys())
def test_a_right_answer_stays_right(
    course: Course, unit: Unit, notebook: NotebookNode, body: str
) -> None:
    lines = "\n".join("    " + line for line in body.splitlines())
    source = f"import numpy as np\ndef accuracy_difference(a, b):\n{lines}\n    return np.mean(a) - np.mean(b)"
    cell(notebook, "accuracy_difference").source = source
    assert lost(judged(course, unit, notebook)) == []


def test_helper_cells_are_run(course: Course, unit: Unit, notebook: NotebookNode) -> None:
    index = notebook.cells.index(cell(notebook, "accuracy_difference"))
    notebook.cells[index].source = "def accuracy_difference(a, b): return helper(a) - helper(b)"
    notebook.cells.insert(
        index, new_code_cell("def helper(x): return float(sum(map(int, x)) / len(x))")
    )
    assert lost(judged(course, unit, notebook)) == []


def test_inputs_are_fresh_for_each_student_and_the_same_again(course: Course) -> None:
    secret = seeds.course_secret(course)
    ada, again, bob = (seeds.derive(secret, "01", s, "work") for s in ("ada", "ada", "bob"))
    assert ada == again != bob
    assert seeds.derive(secret, "ab", "c") != seeds.derive(secret, "a", "bc")
    assert seeds.course_secret(course) == secret
    assert (course.state / "secret").stat().st_mode & 0o077 == 0


def test_the_json_of_a_judged_notebook_is_as_documented(
    course: Course, unit: Unit, notebook: NotebookNode, tmp_path: Path
) -> None:
    path = tmp_path / "significance.ipynb"
    nbformat.write(notebook, path)
    summary = json.loads(json.dumps(judge_notebook(course, unit, path).summary()))
    assert set(summary) == {"unit", "points", "max_points", "verdicts", "repairs", "sandbox"}
    assert set(summary["verdicts"][0]) == {
        *("exercise", "points", "max_points", "misconception", "messages", "integrity", "seconds")
    }


def test_one_function_in_a_file_is_judged_like_a_notebook(course: Course, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(RIGHT)
    wrong.write_text(GREATER_OR_EQUAL)
    assert check_file(course, "significance.paired_bootstrap", right).full
    verdict = check_file(course, "significance.paired_bootstrap", wrong)
    assert verdict.points < verdict.max_points
    assert verdict.misconception == ">= for >"


def test_a_file_that_does_not_run_says_why(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("1/0")
    verdict = check_file(course, "significance.holm", path)
    assert verdict.points == 0
    assert "ZeroDivisionError" in verdict.messages[0]


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["not UTF-8", "missing"])
def test_a_file_that_cannot_be_read_is_one_clear_line(
    course: Course, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "odd.py"
    if content:
        path.write_bytes(content)
    with pytest.raises(CourseError, match=r"odd\.py"):
        check_file(course, "significance.holm", path)


def test_no_reply_of_a_strange_form_is_an_answer() -> None:
    for reply in (
        None,
        [],
        {},
        {"answers": 3},
        {"answers": [1]},
        {"answers": [{"value": {"npy": "x"}}]},
    ):
        (answer,) = trusted_answers(reply, 1)
        assert answer.missing
