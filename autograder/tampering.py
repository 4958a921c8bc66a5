"""Signs of tampering that are plain to see: flags for the instructor, which never change points.

Looked for: a graded function imported instead of written, words that only those need who look for source text or
switch off what watches them, a
copy of the reference under other names, and files that would stand in for a library.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import PurePosixPath

from nbformat import NotebookNode

from autograder.arrivals import Arrivals, read_json
from autograder.course import REPO, Course, Unit

WORDS = re.compile(
    r"\binspect\.getsource|\bsite-packages\b|\bautograder\b|\bsetprofile\b|\bnot_allowed\b"
)
SMALLEST_COPY = 60  # nodes of a syntax tree; shorter functions are alike by chance
RUNS = {".py", ".pyc", ".pth", ".so", ".pyd"}


def flags_of_text(unit: Unit, notebook: NotebookNode, exercises: Iterable[str]) -> list[str]:
    """Flags for what the student wrote into the cells of a rebuilt notebook."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        own = cell.metadata.get("nbgrader", {}).get("solution") or "student" in cell.metadata.get(
            "tags", []
        )
        if own and cell.cell_type == "code":
            found |= dict.fromkeys(_signs(unit, cell.source, set(exercises)))
    return list(found)


def _signs(unit: Unit, source: str, exercises: set[str]) -> Iterator[str]:
    if sign := WORDS.search(source):
        yield f"a cell mentions {sign[0]}"
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, or worse
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_utils"):
            for name in sorted(exercises & {alias.name for alias in node.names}):
                yield f"{name} is imported from course_utils"
        if isinstance(node, ast.FunctionDef) and (found := references_of(unit).get(shape(node))):
            yield f"{node.name} is a copy of the reference {found}, names apart"


def references_of(unit: Unit) -> dict[str, str]:
    return _references(unit.topics)


@cache
def _references(topics: tuple[str, ...]) -> dict[str, str]:
    """The shape of each function of the reference library that is long enough to tell -> its name."""
    paths = [path for topic in topics for path in (REPO / "course_utils" / topic).glob("*.py")]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    functions = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return {
        shape(node): node.name
        for node in functions
        if sum(1 for part in node.body for _ in ast.walk(part)) >= SMALLEST_COPY
    }


def shape(function: ast.FunctionDef) -> str:
    """A function's body without texts, each plain name replaced by the order in which it first stands."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    numbers: dict[str, str] = {}
    text = ast.dump(ast.Module(function.body[ast.get_docstring(function) is not None :], []))
    return re.sub(
        r"(\bid|\barg|\bname)='(\w+)'",
        lambda found: f"{found[1]}={numbers.setdefault(found[2], str(len(numbers)))}",
        text,
    )


def flags_of_files(course: Course, unit: Unit, student: str) -> list[str]:
    """Flags for files beside the notebook that Python would take for a library, were they in reach."""
    arrivals = Arrivals(course, unit)
    names = {PurePosixPath(name) for name in read_json(arrivals.folder / student / "beside.json")}
    folder = arrivals.submitted(student, "x").parent
    names |= {PurePosixPath(path.relative_to(folder)) for path in folder.rglob("*")}
    found = sorted(str(name) for name in names if name.suffix in RUNS and _stands_in(name))
    return [f"{name} lies beside the notebook; it is never imported" for name in found]


def _stands_in(name: PurePosixPath) -> bool:
    if "course_utils" in name.parts[:-1]:  # the bundle's own library
        return False
    modules = {name.name.partition(".")[0], name.parent.name} - {""}
    return not modules.isdisjoint(_libraries())


@cache
def _libraries() -> frozenset[str]:
    return frozenset({*sys.stdlib_module_names, *packages_distributions(), "sitecustomize"})
