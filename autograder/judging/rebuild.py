"""Make the notebook that is graded: the instructor's, with the student's text in it.

From a submission come only the text of solution cells and the cells that the student added. Tags,
flags, points, order, kernelspec and outputs are the instructor's. What had to be repaired is told to
the student in whole sentences; what looks like tampering is a flag for the instructor.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.author_cells import DropAuthorCells
from autograder.cells import is_skipped
from autograder.settings import CODE_STUB, TEXT_STUB
from course_utils.readable import one_line, writable

CHECK_PREFIX = "check-"
LIKE_ENOUGH = 0.6
MOST_LOOKED_AT = 500  # cells that nothing names, of which one could be like one of ours


@dataclass
class Rebuilt:
    """A canonical notebook, what was repaired, and a hash of everything that came from the student."""

    notebook: NotebookNode
    repairs: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    content_hash: str = ""
    instructor_hash: str = ""  # of the notebook that it was made from


@lru_cache(maxsize=16)
def _released(path: Path, _modified: float) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    resources: dict = {}
    for preprocessor in (
        DropAuthorCells(),
        LockCells(),
        ClearSolutions(code_stub=CODE_STUB, text_stub=TEXT_STUB),
        ClearHiddenTests(),
        ClearMarkScheme(enforce_metadata=False),
        ComputeChecksums(),
    ):
        notebook, resources = preprocessor.preprocess(notebook, resources)
    return notebook


def released(path: Path) -> NotebookNode:
    """The notebook as students get it, made from the instructor's built one by nbgrader's own steps."""
    return copy.deepcopy(_released(path, path.stat().st_mtime))


def rebuild(instructor: Path, submitted: NotebookNode) -> Rebuilt:
    """Put the student's solution text and free cells into the instructor's notebook."""
    result = Rebuilt(released(instructor))
    result.instructor_hash = hashlib.sha256(instructor.read_bytes()).hexdigest()
    ours = result.notebook.cells
    theirs = [_clean(cell) for cell in submitted.cells]
    partners = _match(ours, theirs)
    _note_tampering(result, submitted)
    claimed = {index for group in partners.values() for index in group}
    extra = _free_cells(ours, theirs, partners, claimed, result)
    rebuilt = list(extra.get(-1, []))
    for index, cell in enumerate(ours):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            parts = sorted(partners.get(index, []))
            apart = _fill(cell, [theirs[i] for i in parts], result)
            numbers = parts[len(parts) - len(apart) :]
            kept = [_of_student(part, j) for part, j in zip(apart, numbers, strict=True)]
            extra[index] = [*kept, *extra.get(index, [])]
        rebuilt += [cell, *extra.get(index, [])]
    result.notebook.cells = rebuilt
    result.content_hash = _hash(rebuilt)
    return result


def exercise_cell(cell: NotebookNode) -> str | None:
    """The function that an autograded check cell is about, or None."""
    grader = cell.metadata.get("nbgrader", {})
    name = grader.get("grade_id", "")
    if cell.cell_type == "code" and grader.get("grade") and name.startswith(CHECK_PREFIX):
        return name.removeprefix(CHECK_PREFIX)
    return None


def _clean(cell: NotebookNode) -> NotebookNode:
    source = cell.get("source", "")
    return NotebookNode(
        cell_type=cell.get("cell_type", "raw"),
        source=writable("".join(source) if isinstance(source, list) else str(source)),
        grade_id=_text((cell.get("metadata") or {}).get("nbgrader"), "grade_id"),
        id=str(cell.get("id", "")),
    )


def _text(mapping: object, key: str) -> str:
    value = mapping.get(key, "") if isinstance(mapping, dict) else ""
    return value if isinstance(value, str) else ""


def _match(ours: list[NotebookNode], theirs: list[NotebookNode]) -> dict[int, list[int]]:
    """Which submitted cells belong to which of ours: by grade_id, cell id, equal text, then likeness."""
    by_name = {_text(cell.metadata.get("nbgrader"), "grade_id"): i for i, cell in enumerate(ours)}
    by_id = {cell.id: i for i, cell in enumerate(ours)}
    by_name.pop("", None)
    partners: dict[int, list[int]] = {}
    for j, cell in enumerate(theirs):
        index = by_name.get(cell.grade_id) if cell.grade_id else by_id.get(cell.id)
        if index is not None:
            partners.setdefault(index, []).append(j)
    free = [j for j in range(len(theirs)) if not any(j in group for group in partners.values())]
    for rule in (_same_text, _defines_the_function, _alike):
        for i, cell in enumerate(ours):
            if i in partners:
                continue
            found = next((j for j in free[:MOST_LOOKED_AT] if rule(cell, theirs[j])), None)
            if found is not None:
                partners[i] = [found]
                free.remove(found)
    return partners


def _same_text(our: NotebookNode, their: NotebookNode) -> bool:
    return bool(our.source.strip()) and our.source.strip() == their.source.strip()


def _defines_the_function(our: NotebookNode, their: NotebookNode) -> bool:
    grader = our.metadata.get("nbgrader", {})
    if our.cell_type != "code" or not grader.get("solution"):
        return False
    return bool(
        re.search(rf"^[ \t]*(def|class)[ \t]+{re.escape(grader['grade_id'])}\b", their.source, re.M)
    )


def _alike(our: NotebookNode, their: NotebookNode) -> bool:
    """Whether most pairs of words of the two are the same (Dice); a longest common part takes too long."""
    if our.cell_type != their.cell_type or not our.source.strip():
        return False
    mine, yours = _word_pairs(our.source[:4000]), _word_pairs(their.source[:4000])
    return 2 * (mine & yours).total() >= LIKE_ENOUGH * (mine.total() + yours.total())


@lru_cache(maxsize=2 * MOST_LOOKED_AT)
def _word_pairs(source: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(re.findall(r"\w+|[^\w\s]", source)))


def _fill(cell: NotebookNode, parts: list[NotebookNode], result: Rebuilt) -> list[NotebookNode]:
    """Fill a solution cell from its parts; what begins with a cell magic (%%time) must be a cell of its own.

    Returns the parts from that one on: they run behind it.
    """
    name = cell.metadata["nbgrader"]["grade_id"]
    if not parts:
        result.repairs.append(f"The cell for `{name}` was missing; it was put back empty.")
        return []
    if len(parts) > 1:
        result.repairs.append(
            f"The cell for `{name}` was there {len(parts)} times; all its parts were run in order, and the last one that defines it counts."
        )
    if any(part.cell_type != cell.cell_type for part in parts):
        result.repairs.append(f"The cell for `{name}` was made a {cell.cell_type} cell again.")
    first, *others = parts
    apart = next(
        (i for i, part in enumerate(others) if part.source.lstrip().startswith("%%")), None
    )
    together = [first, *(others if apart is None else others[:apart])]
    cell.source = "\n\n".join(part.source for part in together)
    return [] if apart is None else others[apart:]


def _free_cells(
    ours: list[NotebookNode],
    theirs: list[NotebookNode],
    partners: dict[int, list[int]],
    claimed: set[int],
    result: Rebuilt,
) -> dict[int, list[NotebookNode]]:
    """The cells a student added, and changed copies of open cells, after the cell they stood behind."""
    owner = {j: i for i, group in partners.items() for j in group}
    extra: dict[int, list[NotebookNode]] = {}
    place = -1
    for j, cell in enumerate(theirs):
        our = ours[owner[j]] if j in owner else None
        place = owner.get(j, place)
        if our is not None and not _kept_beside(our, cell, result):
            continue
        if not cell.source.strip() or cell.cell_type not in ("code", "markdown"):
            continue
        extra.setdefault(place, []).append(_of_student(cell, j))
    return extra


def _of_student(cell: NotebookNode, number: int) -> NotebookNode:
    """A cell of the student's own in the rebuilt notebook; `number` is its place in the submission."""
    make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    kept = make(cell.source)
    kept.id = f"student-{number}"
    kept.metadata["tags"] = ["student"]
    return kept


def _kept_beside(our: NotebookNode, cell: NotebookNode, result: Rebuilt) -> bool:
    """A changed open code cell runs too, behind the original; everything else gives way to ours."""
    grader = our.metadata.get("nbgrader", {})
    same = cell.source.strip() == our.source.strip()
    if grader.get("solution") or same:
        return False
    if grader.get("grade") or grader.get("locked"):
        result.repairs.append(
            f"The cell `{grader['grade_id']}` was changed; the original was used."
        )
        return False
    if is_skipped(our):
        return False
    return cell.cell_type == "code"


def _note_tampering(result: Rebuilt, submitted: NotebookNode) -> None:
    found = []
    for number, cell in enumerate(submitted.cells, 1):
        metadata = cell.get("metadata") or {}
        tags = metadata.get("tags") or []
        if isinstance(tags, list) and "skip-execution" in tags:
            name = one_line(_text(metadata.get("nbgrader"), "grade_id")[:60])
            found.append(name or f"cell {number}")
    if found:
        found.sort(key=lambda name: name.startswith("cell "))  # those with names of their own first
        named = ", ".join(found[:5]) + ", …" * (len(found) > 5)
        result.flags.append(f"tagged skip-execution in the submission: {named}")
        result.repairs.append(
            "A cell was tagged `skip-execution`; tags of submissions are ignored."
        )


def _hash(cells: list[NotebookNode]) -> str:
    """A hash of what the student wrote, the same for the same work whatever file it came in."""
    work = [
        [cell.get("id", ""), cell.cell_type, cell.source]
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("solution")
        or "student" in cell.metadata.get("tags", [])
    ]
    return hashlib.sha256(json.dumps(work).encode("utf-8", "surrogatepass")).hexdigest()
