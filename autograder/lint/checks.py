"""What a check has to say: enough mistakes, each by name with a hint that teaches and gives nothing away."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.page import Finding, page_of
from autograder.bundles.secret_text import as_secrets, squeeze
from autograder.cells import is_exercise
from autograder.check import Check
from autograder.checks import checks_of
from autograder.course import REPO, Course, Unit
from autograder.lint.margins import reference, too_small
from course_utils.asking import portable, shipped

FEWEST_MISCONCEPTIONS = 5
FEWEST_ACCEPTED = 2
SHORTEST_HINT = 40  # characters
CHECKS = REPO / "autograder" / "checks"

Told = tuple[str, str, str]  # rule, what falls short, text that stands near it in the source


def of_checks(unit: Unit, seeds: range) -> Iterator[Finding]:
    """Yield what falls short in the checks of a unit."""
    for topic in unit.topics:
        for check in checks_of(topic):
            told = [*problems_of_check(check), *_secrets(check)]
            told += [("margin", text, name) for name, text in too_small(check, seeds)]
            for rule, text, near in told:
                path, line = place_of(check, near)
                yield Finding(path, line, f"check {check.exercise}", rule, text)


def problems_of_check(check: Check) -> Iterator[Told]:
    """Yield what a check has too little of."""
    names = [known.name for known in check.misconceptions]
    if len(names) < FEWEST_MISCONCEPTIONS:
        told = f"{len(names)} misconceptions, at least {FEWEST_MISCONCEPTIONS}: what else do students write?"
        yield "misconceptions", told, ""
    for name, count in Counter(names).items():
        if count > 1 or not name.strip():
            told = f"misconception {name!r} is there {count} times: give each a name of its own"
            yield "misconceptions", told, name
    for known in check.misconceptions:
        yield from _problems_of_hint(known.name, known.hint)
    if len(check.accepts) < FEWEST_ACCEPTED:
        told = f"{len(check.accepts)} accepted versions, at least {FEWEST_ACCEPTED}: add unusual right ones"
        yield "accepts", told, ""
    for sentence in check.properties.values():
        if sentence.endswith("."):
            yield "property", f"property {sentence!r} ends with a full stop: leave it out", sentence


def _problems_of_hint(name: str, hint: str) -> Iterator[Told]:
    if not hint.strip():
        yield (
            "hint",
            f"misconception {name!r} has no hint: say what was done, and where to look",
            name,
        )
    elif len(hint) <= SHORTEST_HINT:
        told = f"hint of {name!r} has {len(hint)} characters, over {SHORTEST_HINT}: say what to do instead"
        yield "hint", told, name
    elif hint.rstrip()[-1] not in ".?)…":
        yield "hint", f"hint of {name!r} is no whole sentence: end it with a full stop", name


def _secrets(check: Check) -> Iterator[Told]:
    lines = [*lines_of_reference(check), *lines_of_solution(check)]
    for line, near in given_away(check, lines):
        yield "hint-solution", f"gives a line of the solution away: {line!r}. Say it in words", near


def given_away(check: Check, solution: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each line of a solution that students could read in the check, and where it stands.

    They read properties and hints, and the sources of `ask`, `agree` and `recognise`.
    """
    told = {sentence: sentence for sentence in check.properties.values()}
    told |= {"ask=": shipped(check.ask), "agree=": portable(check.agree) if check.agree else ""}
    for known in check.misconceptions:
        recognise = portable(known.recognise) if known.recognise else ""
        told[known.name] = f"{known.hint}\n{recognise}"
    for near, text in told.items():
        public = squeeze(text)
        for secret, line in as_secrets(solution).items():
            if secret in public:
                yield line, near


def lines_of_reference(check: Check) -> list[str]:
    """The lines of the reference's body."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(reference(check)))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return [line for node in tree.body[1:] for line in ast.unparse(node).splitlines()]


def lines_of_solution(check: Check) -> list[str]:
    """The lines of the model solution in the unit's notebook, if there is one yet."""
    for unit in Course(REPO).units():
        for cell in page_of(unit).notebook.cells if check.topic in unit.topics else ():
            if is_exercise(cell) and f"def {check.function_name}(" in cell.source:
                _, _, solution = cell.source.partition("### BEGIN SOLUTION")
                return solution.partition("### END SOLUTION")[0].splitlines()
    return []


def place_of(check: Check, near: str = "") -> tuple[Path, int]:
    """Where a check stands; with `near`, the line that holds this text."""
    files = [CHECKS / f"{check.topic}.py", *sorted((CHECKS / f"_{check.topic}").glob("*.py"))]
    found = _first(files, f'"{check.exercise}"')
    beside = [path for path in files if found and path.stem.startswith(found[0].stem)]
    return (near and _first(beside, near)) or found or (files[0], 1)


def _first(files: list[Path], text: str) -> tuple[Path, int] | None:
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if text in line:
                return path, number
    return None
