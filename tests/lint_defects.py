"""Cells and checks that are sound, and the same with one defect each: for the tests of lint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.page import Page
from autograder.check import Case, Check, Misconception
from autograder.course import Unit

Cells = dict[str, NotebookNode]
UNIT = Unit("90_toy", 90, "toy", Path("/nowhere/90_toy.py"), Path("/nowhere/90_toy"))


def grading(grade_id: str, **flags: Any) -> dict[str, Any]:
    plain = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**plain, "grade_id": grade_id, **flags}}


def sound() -> Cells:
    """The cells of a notebook that keeps every rule, by name."""
    opening = (
        "# Doubling\n\nWhen you are done you can\n\n- double.\n\n**About 5 minutes · 5 points:** "
        "2 checked by a program, 3 by a person.\n\n**You need:** addition."
    )
    solution = (
        'def double(x):\n    """Return twice x."""\n    ### BEGIN SOLUTION\n'
        "    return 2 * x\n    ### END SOLUTION"
    )
    answer = (
        "### BEGIN SOLUTION\nBecause.\n=== BEGIN MARK SCHEME ===\n- 1 point: why.\n- 2 points: how.\n"
        "=== END MARK SCHEME ===\n### END SOLUTION"
    )
    imports = (
        "import numpy as np\nfrom course_utils.figures import impacts as figures\nnp.__version__"
    )
    cells = {
        "opening": new_markdown_cell(opening),
        "versions": new_code_cell(imports),
        "exercise": new_markdown_cell("## Exercise 1: double (2 points)\n\nWorked number: 2 is 4."),
        "double": new_code_cell(solution, metadata=grading("double", solution=True)),
        "selfcheck": new_code_cell('selfcheck("toy.double", double)'),
        "check-double": new_code_cell(
            "### BEGIN HIDDEN TESTS\nassert double(2) == 4\n### END HIDDEN TESTS",
            metadata=grading("check-double", grade=True, locked=True, points=2),
        ),
        "predict": new_markdown_cell(
            "**Predict.** Will it rise?\n\n![A line that rises](line.png)"
        ),
        "figure": new_code_cell("figures.tornado(double, {}, {}, 'm')"),
        "question-why": new_markdown_cell(
            answer, metadata=grading("question-why", grade=True, solution=True, points=3)
        ),
        "recap": new_markdown_cell("## Recap\n\n- one\n- two\n- three"),
        "references": new_markdown_cell("### References\n\n- A book."),
        "simplified": new_markdown_cell("### What is simplified\n\n- All of it."),
    }
    for name, cell in cells.items():
        cell.id = name
    return cells


def page(cells: Cells) -> Page:
    return Page(UNIT, new_notebook(cells=list(cells.values())))


def with_source(name: str, change: Callable[[str], str]) -> Callable[[Cells], None]:
    """A defect in the text of one cell."""

    def defect(cells: Cells) -> None:
        before = cells[name].source
        cells[name].source = change(before)
        assert cells[name].source != before

    return defect


def replaced(name: str, old: str, new: str = "") -> Callable[[Cells], None]:
    return with_source(name, lambda text: text.replace(old, new))


def without(name: str) -> Callable[[Cells], None]:
    return lambda cells: cells.pop(name) and None


def with_two_of_one_name(cells: Cells) -> None:
    cells["again"] = new_code_cell("", metadata=grading("check-double", grade=True, points=2))
    cells["again"].id = "again"


# Each defect: the rule that names it, the cell that it is in, and how to make it.
DEFECTS: dict[str, tuple[str, str, Callable[[Cells], None]]] = {
    "second title": ("title", "opening", replaced("recap", "## Recap", "# Recap")),
    "skipped heading": ("heading", "references", replaced("references", "###", "####")),
    "one grade id twice": ("grade-id", "again", with_two_of_one_name),
    "solution of another name": ("exercise", "double", replaced("double", "def double", "def twice")),
    "no check cell": ("check-cell", "double", without("check-double")),
    "no selfcheck": ("selfcheck", "double", without("selfcheck")),
    "no title": ("first-cell", "opening", without("opening")),
    "no minutes": ("first-cell", "opening", replaced("opening", "5 minutes", "a while")),
    "no prerequisites": ("first-cell", "opening", replaced("opening", "**You need:**", "Know")),
    "no goals": ("first-cell", "opening", replaced("opening", "you can\n\n- double", "done")),
    "no versions": ("versions", "versions", replaced("versions", "np.__version__")),
    "no recap": ("ending", "simplified", without("recap")),
    "no references": ("ending", "simplified", without("references")),
    "nothing simplified": ("ending", "references", without("simplified")),
    "recap of two": ("recap", "recap", replaced("recap", "\n- three")),
    "sixteen lines": ("code-lines", "figure", with_source("figure", lambda t: t + "\nx = 1" * 15)),
    "121 words": ("prose-words", "simplified", with_source("simplified", lambda t: t + " word" * 115)),
    "image without alt": ("alt-text", "predict", replaced("predict", "A line that rises")),
    "html image without alt": ("alt-text", "recap", with_source("recap", lambda t: t + "\n<img src='a'>")),
    "figure by hand": ("alt-text", "figure", with_source("figure", lambda t: t + "\nplt.plot([1])")),
    "nobody asked": ("predict", "figure", replaced("predict", "**Predict.** Will it rise?")),
    "no worked number": ("worked-number", "double", replaced("exercise", "Worked number: 2 is 4.")),
    "other points in the heading": ("points", "double", replaced("exercise", "2 points", "4 points")),
    "other points in the first cell": ("points", "opening", replaced("opening", "3 by", "4 by")),
    "rubric of other points": ("points", "question-why", replaced("question-why", "2 points", "1 point")),
    "no rubric": ("rubric", "question-why", replaced("question-why", "BEGIN MARK SCHEME", "")),
    "parameter nobody speaks of": ("parameter", "double", replaced("double", "(x)", "(x, base)")),
    "no docstring": ("docstring", "double", replaced("double", '"""Return twice x."""', "")),
}  # fmt: skip


def doubled(x: float) -> float:
    return 2 * x


def wrong(factor: float) -> Callable[[float], float]:
    return lambda x: factor * x


def sound_check() -> Check:
    """A check that has enough to say."""
    hint = "This is {} times the number. Twice was asked for: add it to itself."
    return Check(
        exercise="toy.double",
        properties={"value": "doubles"},
        cases=lambda rng: [Case((float(rng.uniform(1, 2)),), "value")],
        expect=doubled,
        accepts=[doubled, lambda x: x + x],
        misconceptions=[Misconception(f"x {n}", wrong(n), hint.format(n)) for n in (0, 1, 3, 4, 5)],
    )


def with_hint(hint: str) -> Check:
    check = sound_check()
    first, *others = check.misconceptions
    return replace(check, misconceptions=[replace(first, hint=hint), *others])


def of_one_name() -> Check:
    check = sound_check()
    return replace(check, misconceptions=[*check.misconceptions, check.misconceptions[0]])


CHECK_DEFECTS: dict[str, tuple[str, Callable[[], Check]]] = {
    "four misconceptions": ("misconceptions", lambda: replace(sound_check(), misconceptions=sound_check().misconceptions[:4])),
    "one name twice": ("misconceptions", of_one_name),
    "no hint": ("hint", lambda: with_hint("")),
    "short hint": ("hint", lambda: with_hint("Wrong factor.")),
    "hint without an end": ("hint", lambda: with_hint("This is another factor than the one asked for")),
    "nothing accepted": ("accepts", lambda: replace(sound_check(), accepts=[])),
    "full stop": ("property", lambda: replace(sound_check(), properties={"value": "doubles."})),
}  # fmt: skip


def near(distance: float) -> Check:
    """A check with a mistake that is only so many tolerances from the right answer 1."""
    known = Misconception("near", lambda x: 1.0 + distance * 1e-5 * 2, "a hint")
    cases: Callable[[np.random.Generator], list[Case]] = lambda rng: [Case((0.5,), "value")]  # noqa: E731
    return replace(sound_check(), cases=cases, misconceptions=[known])
