"""What every source notebook must keep, checked at each build: the rules a program can see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.authoring.page import Finding, Page
from autograder.cells import grading, is_exercise, without_fences
from autograder.course import Unit


def problems_of_notebook(unit: Unit, notebook: NotebookNode) -> list[str]:
    """Return one sentence for each broken policy; none when all is well."""
    return [f"{unit.source.name}: {found.told}" for found in broken(Page(unit, notebook))]


def broken(page: Page) -> Iterator[Finding]:
    """Yield a finding for each broken policy."""
    yield from _ids(page)
    yield from _headings(page)
    yield from _exercises(page)
    yield from _checks(page)


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
    return [grading(cell)["grade_id"] for cell in notebook.cells if is_exercise(cell)]


def _ids(page: Page) -> Iterator[Finding]:
    cells = page.notebook.cells
    places = {grading(cell)["grade_id"]: i for i, cell in enumerate(cells) if grading(cell)}
    counts = Counter(grading(cell)["grade_id"] for cell in cells if grading(cell))
    for grade_id, count in counts.items():
        if count > 1:
            told = f"grade_id {grade_id!r} is used {count} times: give each cell its own"
            yield page.finding("grade-id", told, places[grade_id])
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", grade_id):
            told = f"grade_id {grade_id!r} may hold only letters, digits, _ and -, at most 64"
            yield page.finding("grade-id", told, places[grade_id])


def _headings(page: Page) -> Iterator[Finding]:
    headings = [
        (index, heading)
        for index, cell in enumerate(page.notebook.cells)
        if cell.cell_type == "markdown"
        for heading in re.findall(r"^ {0,3}(#{1,6} .*)$", without_fences(cell.source), flags=re.M)
        if not re.search(r"(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)", heading)
    ]
    levels = [heading.split()[0].count("#") for _, heading in headings]
    if levels.count(1) != 1:
        told = f"has {levels.count(1)} headings of level 1: a notebook has exactly one, its title"
        yield page.finding("title", told)
    for before, level, (index, heading) in zip([0, *levels], levels, headings, strict=False):
        if level > before + 1:
            told = f"heading {heading!r} skips a level: write it as {'#' * (before + 1)}"
            yield page.finding("heading", told, index, heading)


def _exercises(page: Page) -> Iterator[Finding]:
    notebook = page.notebook
    cells = {grading(cell).get("grade_id"): cell for cell in notebook.cells}
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    ids = "|".join(page.unit.topics)
    for index, cell in enumerate(notebook.cells):
        if not is_exercise(cell):
            continue
        name = grading(cell)["grade_id"]
        if not re.search(rf"^def {re.escape(name)}\(", cell.source, flags=re.M):
            told = f"solution cell {name!r} does not define {name}"
            yield page.finding("exercise", told, index)
        check = cells.get(f"check-{name}")
        if check is None or not grading(check).get("grade"):
            told = f"exercise {name!r} has no graded cell 'check-{name}'"
            yield page.finding("check-cell", told, index)
        elif "BEGIN HIDDEN TESTS" not in check.source or not grading(check).get("points"):
            told = f"cell 'check-{name}' needs points and a region of hidden tests"
            yield page.finding("check-cell", told, index)
        if not re.search(rf"""\bselfcheck\(\s*["']({ids})\.{re.escape(name)}["']""", code):
            wanted = f'selfcheck("{page.unit.topic}.{name}", {name})'
            told = f"exercise {name!r} has no self-check: add {wanted}"
            yield page.finding("selfcheck", told, index)


def _checks(page: Page) -> Iterator[Finding]:
    from autograder.checks import checks_of

    places = {grading(c)["grade_id"]: i for i, c in enumerate(page.notebook.cells) if grading(c)}
    written = set(exercises_of(page.notebook))
    topics = page.unit.topics
    checked = {check.function_name for topic in topics for check in checks_of(topic)}
    module = f"autograder/checks/{page.unit.topic}.py"
    for name in sorted(written - checked):
        yield page.finding("check", f"exercise {name!r} has no Check in {module}", places[name])
    for name in sorted(checked - written):
        told = f"{module} checks {name!r}, which the notebook does not ask for"
        yield page.finding("check", told)
