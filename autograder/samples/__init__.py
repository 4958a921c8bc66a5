"""Sample submissions that show the way through: solved, blank, a learner's, and a hostile one.

Made from the instructor's notebook. A topic's module here holds the learner's functions: each has the
name of its exercise and makes one mistake that the check should name.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from autograder.author_cells import DropAuthorCells
from autograder.course import Unit
from autograder.judging.rebuild import released
from autograder.samples.hostile import attack

BORDER = re.compile(r"### (BEGIN|END) SOLUTION")
Make = Callable[[Unit, NotebookNode], NotebookNode]


def write_samples(unit: Unit, folder: Path) -> list[Path]:
    """Write `solved.ipynb`, `blank.ipynb`, `learner.ipynb` and `hostile.ipynb` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for instructor in unit.notebooks():
        makers: dict[str, Make] = {
            "solved": solved,
            "blank": blank,
            "learner": learner,
            "hostile": hostile,
        }
        for student, make in makers.items():
            path = folder / student / instructor.name
            path.parent.mkdir(exist_ok=True)
            nbformat.write(make(unit, nbformat.read(instructor, as_version=4)), path)
            written.append(path)
    return written


def solved(unit: Unit, notebook: NotebookNode) -> NotebookNode:
    """The instructor's solutions, without the hidden tests."""
    resources: dict = {}
    steps = (DropAuthorCells(), ClearHiddenTests(), ClearMarkScheme(enforce_metadata=False))
    for preprocessor in steps:
        notebook, resources = preprocessor.preprocess(notebook, resources)
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        cell.source = "\n".join(line for line in lines if not BORDER.search(line))
    return notebook


def blank(unit: Unit, notebook: NotebookNode) -> NotebookNode:
    """The notebook as it was released."""
    return released(unit.notebook())


def learner(unit: Unit, notebook: NotebookNode) -> NotebookNode:
    """Solved, but for the functions in which this learner is mistaken."""
    notebook = solved(unit, notebook)
    mistaken = {name: source for topic in unit.topics for name, source in _functions(topic).items()}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in mistaken:
            cell.source = mistaken[name]
    return notebook


def hostile(unit: Unit, notebook: NotebookNode) -> NotebookNode:
    """Every answer wrong, and an attack in each cell."""
    return attack(blank(unit, notebook))


def _functions(topic: str) -> dict[str, str]:
    spec = importlib.util.find_spec(f"{__name__}.{topic}")
    if spec is None or spec.origin is None:
        return {}
    source = Path(spec.origin).read_text(encoding="utf-8")
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(source, node) or "" for node in nodes}
