"""Reading and rebuilding submissions: the student's text in the instructor's notebook, nothing else."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.errors import CourseError
from autograder.intake.reading import read_notebook
from autograder.judging.rebuild import exercise_cell, rebuild, released

ANSWER = "def double(x):\n    return x + x"


def grader(**about: object) -> dict:
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {**usual, **about}}


@pytest.fixture
def instructor(tmp_path: Path) -> Path:
    solution = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    hidden = "# Graded later.\n### BEGIN HIDDEN TESTS\nassert double(2) == 4\n### END HIDDEN TESTS"
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Doubling", id="title"),
            new_code_cell("import math", id="imports"),
            new_code_cell(solution, id="double", metadata=grader(grade_id="double", solution=True)),
            new_code_cell("plot(double)", id="figure", metadata={"tags": ["demo"]}),
            new_code_cell(
                hidden,
                id="check-double",
                metadata=grader(grade_id="check-double", grade=True, locked=True, points=4),
            ),
            new_markdown_cell(
                "Why?",
                id="question-why",
                metadata=grader(grade_id="question-why", grade=True, solution=True, points=2),
            ),
        ]
    )
    path = tmp_path / "doubling.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def answered(instructor: Path) -> NotebookNode:
    notebook = released(instructor)
    notebook.cells[2].source = ANSWER
    notebook.cells[5].source = "Because."
    return notebook


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def test_the_released_notebook_holds_neither_solution_nor_hidden_test(instructor: Path) -> None:
    text = nbformat.writes(released(instructor))
    assert "return 2 * x" not in text
    assert "assert double" not in text
    assert "write this function first" in text


def test_the_students_text_is_taken_over(instructor: Path, answered: NotebookNode) -> None:
    result = rebuild(instructor, answered)
    assert result.notebook.cells[2].source == ANSWER
    assert result.notebook.cells[5].source == "Because."
    assert result.repairs == []


def test_tags_flags_points_and_outputs_are_the_instructors(
    instructor: Path, answered: NotebookNode
) -> None:
    expected = rebuild(instructor, copy.deepcopy(answered)).notebook
    for cell in answered.cells:
        cell.metadata["tags"] = ["skip-execution"]
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"].update(points=1000, locked=False, grade=False)
    answered.cells[4].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000.0"})]
    answered.metadata["kernelspec"] = {"name": "bash", "display_name": "", "language": ""}
    result = rebuild(instructor, answered)
    assert result.notebook == expected
    assert result.flags == [
        "tagged skip-execution in the submission: double, check-double, question-why, cell 1, cell 2, …"
    ]


def test_deleted_cells_come_back_and_the_student_is_told(
    instructor: Path, answered: NotebookNode
) -> None:
    del answered.cells[2:5]
    result = rebuild(instructor, answered)
    assert [exercise_cell(cell) for cell in result.notebook.cells if exercise_cell(cell)] == [
        "double"
    ]
    assert "NotImplementedError" in result.notebook.cells[2].source
    assert "`double` was missing" in result.repairs[0]


def test_a_split_solution_cell_is_joined_in_order(instructor: Path, answered: NotebookNode) -> None:
    twin = copy.deepcopy(answered.cells[2])
    answered.cells[2].source, twin.source = "def helper(): pass", ANSWER
    answered.cells.insert(3, twin)
    result = rebuild(instructor, answered)
    assert result.notebook.cells[2].source == "def helper(): pass\n\n" + ANSWER
    assert "2 times" in result.repairs[0]


def test_cells_in_any_order_find_their_places(instructor: Path, answered: NotebookNode) -> None:
    random.Random(0).shuffle(answered.cells)
    result = rebuild(instructor, answered)
    assert sources(result.notebook)[2] == ANSWER


def test_a_notebook_stripped_of_metadata_and_ids_is_recognised(
    instructor: Path, answered: NotebookNode
) -> None:
    for number, cell in enumerate(answered.cells):
        cell.metadata = NotebookNode()
        cell.id = f"colab{number}"
    assert sources(rebuild(instructor, answered).notebook)[2] == ANSWER


def test_a_raw_solution_cell_is_code_again(instructor: Path, answered: NotebookNode) -> None:
    answered.cells[2].cell_type = "raw"
    result = rebuild(instructor, answered)
    assert result.notebook.cells[2].cell_type == "code"
    assert "code cell again" in result.repairs[0]


def test_helper_cells_stay_where_the_student_put_them(
    instructor: Path, answered: NotebookNode
) -> None:
    answered.cells.insert(2, new_code_cell("def helper(): return 2"))
    answered.cells.append(new_markdown_cell("My notes"))
    result = sources(rebuild(instructor, answered).notebook)
    assert result[2:4] == ["def helper(): return 2", ANSWER]
    assert result[-1] == "My notes"


def test_a_changed_import_cell_runs_beside_the_original(
    instructor: Path, answered: NotebookNode
) -> None:
    answered.cells[1].source = "import math, random"
    assert sources(rebuild(instructor, answered).notebook)[1:3] == [
        "import math",
        "import math, random",
    ]


def test_a_changed_test_cell_gives_way_to_the_original(
    instructor: Path, answered: NotebookNode
) -> None:
    answered.cells[4].source = "print('10/10')"
    result = rebuild(instructor, answered)
    assert "10/10" not in nbformat.writes(result.notebook)
    assert "`check-double` was changed" in result.repairs[0]


def test_the_hash_depends_on_the_work_and_not_on_the_file(
    instructor: Path, answered: NotebookNode
) -> None:
    once = rebuild(instructor, copy.deepcopy(answered)).content_hash
    answered.metadata["editor"] = "another"
    answered.cells[2].outputs = []
    assert rebuild(instructor, copy.deepcopy(answered)).content_hash == once
    answered.cells[2].source += "  # changed"
    assert rebuild(instructor, answered).content_hash != once


BROKEN = {
    b"": "empty",
    b"   \n": "empty",
    b"{": "not JSON",
    b"print(1)": "not JSON",
    b"\xff\xfe{\0}\0": "not UTF-8",
    b"[" * 100_000: "not JSON",
    b"[]": "not a notebook",
    b'{"nbformat": 3, "worksheets": []}': "format 3",
    b'{"nbformat": 9, "cells": []}': "format 9",
    b'{"nbformat": 4}': "no proper list of cells",
    b'{"nbformat": 4, "cells": [1]}': "no proper list of cells",
    b'{"nbformat": 4, "cells": [{"source": "a\\u0000b"}]}': "no proper list of cells",
    b'{"nbformat": 4, "cells": [{"source": [1]}]}': "no proper list of cells",
}


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(BROKEN[content]))
def test_an_unreadable_notebook_is_one_clear_line(content: bytes) -> None:
    with pytest.raises(CourseError, match=BROKEN[content]) as caught:
        read_notebook(content, "hw.ipynb")
    assert str(caught.value).startswith("hw.ipynb ")
    assert "\n" not in str(caught.value)


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    text = json.dumps(
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1\r\n"}]}, indent=1
    )
    notebook = read_notebook(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "hw.ipynb")
    assert notebook.cells[0].source == "x = 1\r\n"


def test_metadata_deeper_than_the_stack_is_never_walked() -> None:
    deep = '{"a":' * 600 + "1" + "}" * 600
    text = (
        f'{{"nbformat": 4, "cells": [{{"cell_type": "code", "source": "1", "metadata": {deep}}}]}}'
    )
    (cell,) = read_notebook(text.encode(), "deep.ipynb").cells
    assert cell == {"cell_type": "code", "source": "1", "metadata": {}}


def test_half_a_surrogate_pair_can_be_written_afterwards(
    instructor: Path, answered: NotebookNode
) -> None:
    answered.cells[2].source = ANSWER + " # \ud800"
    rebuilt = rebuild(instructor, answered)
    assert "# \ufffd" in nbformat.writes(rebuilt.notebook).encode().decode()


@pytest.mark.parametrize("source", ["\n" * 2_000_000, " " * 2_000_000, "def " * 500_000])
def test_no_text_is_slow_to_look_through(instructor: Path, source: str) -> None:
    """Each took longer than anybody would wait; it is over within a second now."""
    submitted = new_notebook(cells=[new_code_cell(source)])
    assert "`double` was missing" in rebuild(instructor, submitted).repairs[0]


def test_a_part_that_begins_with_a_cell_magic_stays_a_cell_of_its_own(
    instructor: Path, answered: NotebookNode
) -> None:
    timed = copy.deepcopy(answered.cells[2])
    timed.source = "%%time\ndouble(3)"
    later = copy.deepcopy(timed)
    later.source = "print(double(4))"
    answered.cells[3:3] = [timed, later]
    rebuilt = rebuild(instructor, answered)
    cells = rebuilt.notebook.cells
    at = next(i for i, cell in enumerate(cells) if cell.id == "double")
    assert [cell.source for cell in cells[at : at + 3]] == [ANSWER, timed.source, later.source]
    assert [cell.metadata.get("tags") for cell in cells[at + 1 : at + 3]] == [["student"]] * 2
    assert [cell.id for cell in cells[at + 1 : at + 3]] == ["student-3", "student-4"]
