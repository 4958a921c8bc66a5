"""All rules on the source of one unit, less what its cells excuse."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.authoring.page import Finding, Page, page_of
from autograder.authoring.policies import broken
from autograder.authoring.source import EXCUSE
from autograder.course import Unit
from autograder.lint.checks import of_checks
from autograder.lint.docstrings import of_docstrings
from autograder.lint.exercises import of_exercises
from autograder.lint.figures import of_figures
from autograder.lint.shape import of_shape

SEEDS = range(1)  # a margin is the smallest under these


def lint(unit: Unit, *, run: bool = False, seeds: range = SEEDS) -> list[Finding]:
    """Everything that falls short in a unit, in the order of its files; with `run`, what shows when it runs."""
    page = page_of(unit)
    found = less_excused(page, [*broken(page), *of_page(page)])
    found += of_checks(unit, seeds)
    if run:
        from autograder.lint.running import of_run  # starts a kernel

        found += of_run(page)
    return sorted(set(found), key=lambda one: (str(one.path), one.line, one.rule))


def of_page(page: Page) -> Iterator[Finding]:
    """Yield what falls short in a notebook and its library, besides what it must keep to be built."""
    yield from of_shape(page)
    yield from of_figures(page)
    yield from of_exercises(page)
    yield from of_docstrings(page)


def less_excused(page: Page, findings: list[Finding]) -> list[Finding]:
    """Leave out what a cell excuses with a reason. An excuse without a reason, or for nothing, is a finding."""
    excused: set[Finding] = set()
    wrong: list[Finding] = []
    for index, cell in enumerate(page.notebook.cells):
        for excuse in filter(None, map(str.strip, cell.metadata.get(EXCUSE, "").split(";"))):
            rule, _, reason = map(str.strip, excuse.partition(":"))
            meant = [one for one in findings if one.rule == rule and _in_cell(page, one, index)]
            if not reason:
                told = f'{rule!r} is excused without a reason: {EXCUSE}="{rule}: because …"'
                wrong.append(page.finding("excuse", told, index))
            elif not meant:
                wrong.append(page.finding("excuse", f"{rule!r} is excused for nothing", index))
            else:
                excused |= set(meant)
    return [one for one in findings if one not in excused] + wrong


def _in_cell(page: Page, found: Finding, index: int) -> bool:
    cell = page.notebook.cells[index]
    return found.path == page.unit.source and found.where == f"cell {cell.get('id', index)}"
