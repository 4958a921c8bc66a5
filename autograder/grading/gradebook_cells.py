"""Bring the gradebook's list of cells up to date when a check was added or changed after students handed in.

nbgrader refuses to release a notebook with other cells once there are submissions, and has no other way
to tell the gradebook. New cells are added here, for everybody who handed in, without points; what a
person has graded stays. A cell that is gone is refused: its points would stand in the sum for ever.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.api import Notebook as NotebookRow

from autograder.course import Unit
from autograder.errors import CourseError
from autograder.judging.rebuild import released


def bring_up_to_date(gradebook: Gradebook, unit: Unit) -> list[str]:
    """Add the cells of a unit's notebooks that the gradebook lacks, and return their names."""
    added: list[str] = []
    for path in unit.notebooks():
        row = gradebook.find_notebook(path.stem, unit.name)
        cells = {
            cell.metadata.nbgrader["grade_id"]: cell
            for cell in released(path).cells
            if "nbgrader" in cell.metadata
        }
        gone = sorted({cell.name for cell in row.grade_cells} - cells.keys())
        if gone:
            raise CourseError(
                f"{path.name} has no cell {gone[0]} any more, but the gradebook has points for it: "
                "put the cell back, with 0 points if it shall not count"
            )
        known = {cell.name for cell in (*row.grade_cells, *row.solution_cells)}
        for name, cell in cells.items():
            _enter(gradebook, unit, row, name, cell)
            if name not in known and (utils.is_grade(cell) or utils.is_solution(cell)):
                added.append(name)
    return added


def _enter(
    gradebook: Gradebook, unit: Unit, row: NotebookRow, name: str, cell: NotebookNode
) -> None:
    """Enter one cell, and what everybody who handed in has for it: a grade, a comment."""
    where = (name, row.name, unit.name)
    about: dict[str, Any] = {"cell_type": cell.cell_type}
    if utils.is_grade(cell):
        points = float(cell.metadata.nbgrader["points"])
        mine = gradebook.update_or_create_grade_cell(*where, max_score=points, **about)
        _fill_in(gradebook, row, mine, Grade, "grades")
    if utils.is_solution(cell):
        mine = gradebook.update_or_create_solution_cell(*where)
        _fill_in(gradebook, row, mine, Comment, "comments")
    about |= {"locked": utils.is_locked(cell), "source": cell.source}
    about["checksum"] = cell.metadata.nbgrader.get("checksum")
    gradebook.update_or_create_source_cell(*where, **about)


def _fill_in(gradebook: Gradebook, row: NotebookRow, cell: Any, kind: type, named: str) -> None:
    for submitted in row.submissions:
        if all(entry.cell_id != cell.id for entry in getattr(submitted, named)):
            gradebook.db.add(kind(cell_id=cell.id, notebook_id=submitted.id))
    gradebook.db.flush()
