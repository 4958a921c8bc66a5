"""A real submission full of text that no file can hold, in the real sandbox: graded, recorded, reported."""

from __future__ import annotations

import json

import nbformat

from autograder.course import Course, Unit
from autograder.grading.grade import Graded
from autograder.intake.reading import read_notebook
from autograder.judging.judge import judge_rebuilt
from autograder.judging.rebuild import rebuild
from autograder.report import write_report
from autograder.samples import solved

RAISES = r"""
def accuracy_difference(correct_a, correct_b):
    raise ValueError("\ud800 \u202e\x1b[2J\nsecond line")
"""
SHOWS = r"""
print("\ud83d", "\udfff")
display({"a": "\ud800"})
raise RuntimeError("\ud800")
"""


def test_half_characters_stop_neither_the_record_nor_the_report(course: Course, unit: Unit) -> None:
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "accuracy_difference":
            cell.source = RAISES + "\n# \ud800 half a character in the source"
    notebook.cells.insert(2, nbformat.v4.new_code_cell(SHOWS))
    submitted = read_notebook(json.dumps(notebook).encode(), "significance.ipynb")
    result = judge_rebuilt(course, unit, rebuild(unit.built, submitted), student="ada")

    nbformat.write(result.executed, course.root / "executed.ipynb")
    page = write_report(course, unit, [Graded("ada", result)]).read_text(encoding="utf-8")
    (lost,) = (verdict for verdict in result.verdicts if not verdict.full)
    assert lost.points == 0 and lost.exercise == "significance.accuracy_difference"
    assert all(line.isprintable() for line in lost.messages), lost.messages
    assert r"it raised ValueError: \ud800 \u202e\x1b[2J second line" in lost.messages[0]
    assert "accuracy_difference" in page
