"""Build the notebooks: py:percent source -> .ipynb, the same bytes at every build.

jupytext keeps nbgrader's metadata but draws random cell ids and notes its own version; here ids
come from the grade_id or from a counter, and nothing of jupytext stays. There are no outputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jupytext
import nbformat

from autograder.authoring.places import headings_of
from autograder.authoring.policies import problems_of_folder, problems_of_notebook
from autograder.authoring.unit_pages import refresh_unit_pages
from autograder.course import REPO, Course
from autograder.errors import CourseError
from autograder.lint.page import EXCUSE
from autograder.whole_file import write_whole

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PUBLIC_CASES = REPO / "course_utils" / "public_cases"


def build(course: Course, check: bool = False) -> list[Path]:
    """Build every notebook, compile the public cases, write the units' pages; return what changed.

    With `check` nothing is written: the paths returned are those that are out of date. Raises
    CourseError when a notebook breaks a policy, after writing, so that it can be looked at.
    """
    changed: list[Path] = []
    problems: list[str] = []
    notebooks = {unit: read_source(unit.source) for unit in course.units()}
    for unit, notebook in notebooks.items():
        content = notebook_bytes(notebook)
        if not unit.built.is_file() or unit.built.read_bytes() != content:
            changed.append(unit.built)
            if not check:
                write_whole(unit.built, content)
        problems += problems_of_notebook(unit, notebook)
        problems += problems_of_folder(unit)
        if not check:
            compile_public_cases(unit.topics, headings_of(notebook))
    if course.root == REPO:
        changed += refresh_unit_pages(course, notebooks, check)
    if problems:
        raise CourseError("; ".join(problems))
    return changed


def read_source(source: Path) -> nbformat.NotebookNode:
    """Read a py:percent source as a notebook with stable ids and nothing of this machine in it."""
    notebook = with_stable_ids(jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent"))
    for cell in notebook.cells:
        cell.metadata.pop(EXCUSE, None)
    return notebook


def with_stable_ids(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook as jupytext read it, without what jupytext draws or notes itself."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{number:03}"
    return notebook


def notebook_bytes(notebook: nbformat.NotebookNode) -> bytes:
    """Write a notebook with sorted keys and one newline at its end."""
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n").encode()


def compile_public_cases(topics: tuple[str, ...], headings: Mapping[str, str]) -> None:
    """Write `public_cases/<topic>.json` for each topic that has checks, unless it is up to date."""
    from autograder.authoring.public_cases import write_topic
    from autograder.checks import checks_of  # importing the checks imports every reference
    from autograder.judging.provenance import hash_of_topic

    for topic in topics:
        current = f"{hash_of_topic(topic)}\n{json.dumps(headings)}"
        stamp = PUBLIC_CASES / f"{topic}.version"
        compiled = PUBLIC_CASES / f"{topic}.json"
        if compiled.is_file() and stamp.is_file() and stamp.read_text() == current:
            continue
        if checks_of(topic):
            PUBLIC_CASES.mkdir(exist_ok=True)
            write_topic(topic, PUBLIC_CASES, headings)
            stamp.write_text(current)
