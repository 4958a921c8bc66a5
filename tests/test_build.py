"""Sources become the same notebooks at every build, with stable ids and nothing of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.authoring import build as building
from autograder.authoring.build import build
from autograder.authoring.source import METADATA
from autograder.course import Course, Unit, topics_of
from autograder.errors import CourseError

SOURCE = """# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, jupytext_version: '1.19.6'}
#   kernelspec: {display_name: my own, language: python, name: mine}
# ---

# %% [markdown]
# # A toy

# %% nbgrader={"grade": false, "grade_id": "double", "locked": false, "schema_version": 3, "solution": true, "task": false}
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


# %%
selfcheck("toy.double", double)

# %% nbgrader={"grade": true, "grade_id": "check-double", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
### BEGIN HIDDEN TESTS
assert double(2) == 4
### END HIDDEN TESTS

# %% tags=["demo"]
%matplotlib inline
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_toy.py").write_text(SOURCE, encoding="utf-8")
    known = [SimpleNamespace(function_name="double")]
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: known)
    monkeypatch.setattr(building, "compile_public_cases", lambda topics, headings: None)
    return Course.find(tmp_path)


def built(course: Course) -> Path:
    return course.unit("toy").built


def test_two_builds_give_the_same_bytes(course: Course) -> None:
    assert build(course) == [built(course)]
    first = built(course).read_bytes()
    built(course).unlink()
    build(course)
    assert built(course).read_bytes() == first
    assert first.endswith(b"}\n")


def test_a_second_build_changes_nothing(course: Course) -> None:
    build(course)
    before = built(course).stat().st_mtime_ns
    assert build(course) == []
    assert built(course).stat().st_mtime_ns == before


def test_check_names_what_is_out_of_date_and_writes_nothing(course: Course) -> None:
    assert build(course, check=True) == [built(course)]
    assert not built(course).exists()
    build(course)
    assert build(course, check=True) == []
    built(course).write_text("{}")
    assert build(course, check=True) == [built(course)]
    assert built(course).read_text() == "{}"


def test_ids_come_from_grade_ids_and_a_counter(course: Course) -> None:
    build(course)
    cells = json.loads(built(course).read_text())["cells"]
    ids = [cell["id"] for cell in cells]
    assert ids == ["cell-001", "double", "cell-003", "check-double", "cell-005"]


def test_nothing_of_jupytext_or_the_authors_kernel_stays(course: Course) -> None:
    build(course)
    document = json.loads(built(course).read_text())
    assert document["metadata"] == METADATA
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert "lines_to_next_cell" not in built(course).read_text()
    assert all(not cell.get("outputs") for cell in document["cells"])


def test_a_broken_policy_is_named_after_the_notebook_is_written(course: Course) -> None:
    source = course.unit("toy").source
    source.write_text(SOURCE.replace("# # A toy", "# ## A toy"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"01_toy\.py: has 0 headings of level 1"):
        build(course)
    assert built(course).is_file()


def test_public_cases_are_compiled_again_only_when_what_they_depend_on_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []

    def write_topic(topic: str, folder: Path, headings: dict[str, str]) -> Path:
        compiled.append(topic)
        (folder / f"{topic}.json").write_text("{}")
        return folder / f"{topic}.json"

    versions = iter(["old", "old", "new", "new"])
    monkeypatch.setattr(building, "PUBLIC_CASES", tmp_path)
    monkeypatch.setattr("autograder.checks.checks_of", lambda topic: [topic])
    monkeypatch.setattr("autograder.authoring.public_cases.write_topic", write_topic)
    monkeypatch.setattr("autograder.judging.provenance.hash_of_topic", lambda topic: next(versions))
    for heading in ("Twice", "Twice", "Twice", "Double"):
        building.compile_public_cases(("toy",), {"double": heading})
    assert compiled == ["toy", "toy", "toy"]


@pytest.mark.parametrize("name", ["01_toy", "01", "1", "toy", "01_toy/"])
def test_a_unit_is_found_by_name_number_or_topic(course: Course, name: str) -> None:
    assert course.unit(name).name == "01_toy"


def test_a_unit_that_does_not_exist_is_one_clear_line(course: Course) -> None:
    with pytest.raises(CourseError, match=r"^no unit '99': the units are 01_toy$"):
        course.unit("99")


def test_a_workspace_that_does_not_exist_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="is not a folder"):
        Course.find(tmp_path / "nowhere")


def test_the_workspace_is_the_option_then_the_variable_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("option", "variable", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    assert Course.find().root.name == "here"
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "variable"))
    assert Course.find().root.name == "variable"
    assert Course.find(tmp_path / "option").root.name == "option"


def test_a_unit_with_two_topics_has_one_notebook(tmp_path: Path) -> None:
    name = "06_pretraining_and_rlhf"
    unit = Unit(name, 6, topics_of(name)[0], tmp_path / f"{name}.py", tmp_path / name)
    assert unit.topics == ("pretraining", "rlhf")
    assert unit.built.name == "pretraining_and_rlhf.ipynb"
