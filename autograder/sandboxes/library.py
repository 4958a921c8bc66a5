"""The folder that a student process may import from: masked `course_utils`, and `inside`.

Made once for each unit and version of our code, and kept in the course's private state.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
from functools import lru_cache
from pathlib import Path

from filelock import FileLock
from nbformat import NotebookNode

from autograder.bundles.masking import masked_library
from autograder.cells import is_skipped
from autograder.course import REPO, Course, Unit


def version() -> str:
    """A hash of all code that can change a verdict: course_utils and autograder."""
    return _version(REPO)


@lru_cache
def _version(repo: Path) -> str:
    digest = hashlib.sha256()
    for folder in ("autograder", "course_utils"):
        for path in sorted((repo / folder).rglob("*.py")):
            digest.update(str(path.relative_to(repo)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def student_library(course: Course, unit: Unit) -> Path:
    """The library of one unit, made if it is not there yet. Safe when several processes do it at once."""
    place = course.state / "libraries" / f"{unit.name}-{version()}"
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not place.is_dir():
            draft = place.with_name(f"{place.name}.draft")
            shutil.rmtree(draft, ignore_errors=True)  # of a process that was killed
            draft.mkdir()
            _furnish(draft, unit)
            os.sync()  # what has its name is on the disk
            draft.rename(place)
    return place


def _furnish(folder: Path, unit: Unit) -> None:
    masked_library(unit, folder)
    inside = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPO / "autograder" / "inside", folder / "inside", ignore=inside)
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o755)
        for name in files:
            os.chmod(os.path.join(place, name), 0o644)


def imports_of(notebook: NotebookNode) -> list[str]:
    """The modules that the instructor's graded cells import: worth importing before the fork."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_skipped(cell):
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:  # magics
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= dict.fromkeys([node.module, *names])  # a name may be a module: scipy.stats
    return [name for name in found if not name.startswith("autograder")]
