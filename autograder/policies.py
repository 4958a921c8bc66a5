"""What every source notebook must keep, checked at each build: the rules a program can see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.course import Unit


def problems_of_notebook(unit: Unit, notebook: NotebookNode) -> list[str]:
    """Return one sentence for each broken policy; none when all is well."""
    found = [
        *_problems_of_ids(notebook),
        *_problems_of_headings(notebook),
        *_problems_of_exercises(unit, notebook),
        *_problems_with_checks(unit, notebook),
    ]
    return [f"{unit.source.name}: {problem}" for problem in found]


def problems_of_folder(unit: Unit) -> Iterator[str]:
    """nbgrader releases every file that lies beside the built notebook: there must be no other."""
    hidden = (".ipynb_checkpoints", ".DS_Store")
    for path in sorted(unit.folder.glob("*")):
        if path != unit.built and path.name not in hidden:
            yield f"{unit.folder.name}/{path.name} would be released as it is: move it elsewhere"


def exercises_of(notebook: NotebookNode) -> list[str]:
    """Return the names of the functions to write: the solution cells that are code and not graded.

    (A code cell that is both a solution and graded is marked by a person.)
    """
    return [
        _grading(cell)["grade_id"]
        for cell in notebook.cells
        if cell.cell_type == "code" and _grading(cell).get("solution") and not _is_graded(cell)
    ]


def _problems_of_ids(notebook: NotebookNode) -> Iterator[str]:
    ids = [_grading(cell)["grade_id"] for cell in notebook.cells if _grading(cell)]
    for grade_id, count in Counter(ids).items():
        if count > 1:
            yield f"grade_id {grade_id!r} is used {count} times: give each cell its own"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", grade_id):
            yield f"grade_id {grade_id!r} may hold only letters, digits, _ and -, at most 64"


def _problems_of_headings(notebook: NotebookNode) -> Iterator[str]:
    headings = [
        heading
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for heading in re.findall(r"^ {0,3}(#{1,6} .*)$", without_fences(cell.source), flags=re.M)
        if not re.search(r"(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)", heading)
    ]
    levels = [heading.split()[0].count("#") for heading in headings]
    if levels.count(1) != 1:
        yield f"has {levels.count(1)} headings of level 1: a notebook has exactly one, its title"
    for before, level, heading in zip([0, *levels], levels, headings, strict=False):
        if level > before + 1:
            yield f"heading {heading!r} skips a level: write it as {'#' * (before + 1)}"


def _problems_of_exercises(unit: Unit, notebook: NotebookNode) -> Iterator[str]:
    cells = {_grading(cell).get("grade_id"): cell for cell in notebook.cells}
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for name in exercises_of(notebook):
        if not re.search(rf"^def {re.escape(name)}\(", cells[name].source, flags=re.M):
            yield f"solution cell {name!r} does not define {name}"
        check = cells.get(f"check-{name}")
        if check is None or not _is_graded(check):
            yield f"exercise {name!r} has no graded cell 'check-{name}'"
        elif "BEGIN HIDDEN TESTS" not in check.source or not _grading(check).get("points"):
            yield f"cell 'check-{name}' needs points and a region of hidden tests"
        ids = "|".join(unit.topics)
        if not re.search(rf"""\bselfcheck\(\s*["']({ids})\.{re.escape(name)}["']""", code):
            wanted = f'selfcheck("{unit.topic}.{name}", {name})'
            yield f"exercise {name!r} has no self-check: add {wanted}"


def _problems_with_checks(unit: Unit, notebook: NotebookNode) -> Iterator[str]:
    from autograder.checks import checks_of

    written = set(exercises_of(notebook))
    checked = {check.function_name for topic in unit.topics for check in checks_of(topic)}
    module = f"autograder/checks/{unit.topic}.py"
    for name in sorted(written - checked):
        yield f"exercise {name!r} has no Check in {module}"
    for name in sorted(checked - written):
        yield f"{module} checks {name!r}, which the notebook does not ask for"


def _grading(cell: NotebookNode) -> dict:
    return cell.metadata.get("nbgrader", {})


def _is_graded(cell: NotebookNode) -> bool:
    return bool(_grading(cell).get("grade"))


def without_fences(markdown: str) -> str:
    """Prose without its blocks of code, where a # begins a comment."""
    return re.sub(r"^ {0,3}(```|~~~).*?(^ {0,3}\1|\Z)", "", markdown, flags=re.M | re.S)
