"""`course new-unit`: everything that is demanded of a unit holds at once, and nothing that is there is touched."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.new_unit import Names, new_unit, with_row, with_topic
from autograder.course import REPO
from autograder.errors import CourseError
from tests.clone import copy_of_the_clone, run

NINE = Names("09_toys", "09", "toys", "Toys")
TEN = Names("10_games", "10", "games", "Games")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """As much of a clone as `new_unit` looks at."""
    for name in ("autograder/course.py", "README.md", "pyproject.toml", "course_utils/progress.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(REPO / name, tmp_path / name)
    for folder in ("notebooks", "tests", "course_utils/data", "autograder/checks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "notebooks" / "20_late.py").write_text("")
    (tmp_path / "tests" / "test_cli.py").write_text("")
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tokenization", "no name for a unit"),
        ("9_tokenization", "no name for a unit"),
        ("09_Tokenization", "no name for a unit"),
        ("09_a__b", "no name for a unit"),
        ("09_to-kens", "no name for a unit"),
        ("09_../../etc", "no name for a unit"),
        ("09_class", "no name for a unit"),
        ("09_" + "a" * 31, "no name for a unit"),
        ("00_zero", "no name for a unit"),
        ("04_tokenization", "number 04 is taken by 04_attention"),
        ("20_tokenization", "number 20 is taken by 20_late"),
        ("09_attention", "topic 'attention' is taken by 04_attention"),
        ("09_rlhf", "topic 'rlhf' is taken by 06_pretraining_and_rlhf"),
        ("09_late", "topic 'late' is taken by 20_late"),
        ("09_data", "course_utils/data is there already"),
        ("09_progress", "course_utils/progress.py is there already"),
        ("09_cli", "tests/test_cli.py is there already"),
    ],
)
def test_a_name_that_cannot_be_is_one_line_and_nothing_is_written(
    name: str, told: str, repo: Path
) -> None:
    before = contents(repo)
    with pytest.raises(CourseError, match=r"\A[^\n]+\Z") as error:
        new_unit(name, repo=repo)
    assert told in str(error.value)
    assert contents(repo) == before


@pytest.mark.parametrize("title", ['Say "so"', "two\nlines", "a | b", "x" * 81, "{{ 1 }}", "\\n"])
def test_a_title_that_would_break_a_file_is_refused(title: str, repo: Path) -> None:
    before = contents(repo)
    with pytest.raises(CourseError, match="is no title"):
        new_unit("09_toys", title=title, repo=repo)
    assert contents(repo) == before


def test_nothing_that_is_there_is_changed_but_two_lists_by_a_line_each(repo: Path) -> None:
    before = contents(repo)
    written = new_unit("09_toys", title="Toys, and how to count them", repo=repo)
    after = contents(repo)
    assert {path for path in after if after[path] != before.get(path)} == set(written)
    changed = [path for path in written if path in before]
    assert {path.name for path in changed} == {"course.py", "README.md"}
    for path in changed:
        old, new = before[path].splitlines(), after[path].splitlines()
        (added,) = [line for line in new if line not in old]
        assert [line for line in new if line != added] == old
    assert b"# # Toys, and how to count them\n" in after[repo / "notebooks" / "09_toys.py"]


def test_units_stand_in_order_in_both_lists_whichever_came_first(repo: Path) -> None:
    text = (repo / "autograder" / "course.py").read_text(encoding="utf-8")
    text = with_topic(with_topic(text, TEN), NINE)
    (table,) = [node.value for node in ast.parse(text).body if isinstance(node, ast.AnnAssign)]
    assert table is not None
    names = list(ast.literal_eval(table))
    assert names == sorted(names) and names[-2:] == ["09_toys", "10_games"]
    readme = (repo / "README.md").read_text(encoding="utf-8")
    rows = with_row(with_row(readme, TEN), NINE).splitlines()
    places = [i for i, row in enumerate(rows) if row.startswith(("| 08 ", "| 09 ", "| 10 "))]
    assert len(places) == 3 and places[2] - places[0] == 2


@pytest.mark.parametrize("topic", ["atoms", "vocabulary", "a" * 30])
def test_what_is_laid_out_is_formatted_as_the_rest_whatever_its_name(
    topic: str, repo: Path
) -> None:
    written = new_unit(f"09_{topic}", title="T" * 80, repo=repo)
    files = [str(path) for path in written if path.suffix == ".py"]
    ruff = Path(sys.executable).with_name("ruff")
    ours = 'lint.isort.known-first-party=["autograder", "course_utils"]'
    for words in (["check", "--config", ours], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *words, "--no-cache", *files], cwd=repo, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with a new unit, built."""
    folder = copy_of_the_clone(tmp_path_factory.mktemp("new") / "clone")
    done = run("course new-unit 09_tokenization && course build", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "course build --check",
        "course lint 09_tokenization",
        "python -m pytest -q tests/test_tokenization.py tests/test_policies.py tests/test_samples.py",
        "python -m pytest -q tests/test_every_check.py -k tokenization",
        "python -m pytest -q tests/test_doctests.py -k tokenization",
        "python -m pytest -q tests/test_notebooks.py -k 'tokenization and (budget or stops)'",
    ],
)
def test_all_that_is_demanded_of_a_unit_holds_right_away(command: str, clone: Path) -> None:
    done = run(command, clone)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_released_without_authors_cells_and_graded_right_away(clone: Path) -> None:
    done = run(
        "mkdir ../class && course --root ../class release 09 && course samples 09 ../incoming && "
        "course --root ../class collect 09 ../incoming && "
        "course --root ../class grade 09 --json ../grades.json",
        clone,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((clone.parent / "grades.json").read_text(encoding="utf-8"))
    points = {row["student"]: (row["points"], row["max_points"]) for row in rows}
    assert points == {"solved": (4, 4), "blank": (0, 4), "learner": (0, 4), "hostile": (0, 4)}
    judged = run("course judge 09 ../incoming/learner/tokenization.ipynb --json", clone)
    (verdict,) = json.loads(judged.stdout)["verdicts"]
    assert verdict["misconception"] == "windows side by side"
    notebook = "09_tokenization/tokenization.ipynb"
    built = (clone / "notebooks" / notebook).read_text(encoding="utf-8")
    released = (clone.parent / "class" / "release" / notebook).read_text(encoding="utf-8")
    assert "For you, the author" in built and "For you, the author" not in released


def stamps(clone: Path) -> dict[str, str]:
    folder = clone / "course_utils" / "public_cases"
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.version")}


def test_only_the_topics_that_changed_are_compiled_again(clone: Path) -> None:
    before = stamps(clone)
    check = clone / "autograder" / "checks" / "_tokenization" / "moving_average_ttr.py"
    check.write_text(check.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert run("course build", clone).returncode == 0
    after = stamps(clone)
    assert {topic for topic in after if after[topic] != before[topic]} == {"tokenization"}


def test_a_second_unit_stands_beside_the_first(clone: Path) -> None:
    taken = run("course new-unit 09_other", clone)
    assert taken.returncode == 2 and len(taken.stderr.splitlines()) == 1
    done = run("course new-unit 10_bytes && course build && course lint 9 && course lint 10", clone)
    assert done.returncode == 0, done.stdout + done.stderr
    for unit in ("9", "10"):
        done = run(f"course release {unit}", clone)
        assert done.returncode == 0, done.stdout + done.stderr
