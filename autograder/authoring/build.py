"""Build the notebooks: py:percent source -> .ipynb, with what is compiled beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from autograder.authoring.places import headings_of
from autograder.authoring.policies import problems_of_folder, problems_of_notebook
from autograder.authoring.source import notebook_bytes, read_source
from autograder.authoring.unit_pages import refresh_unit_pages
from autograder.course import REPO, Course
from autograder.errors import CourseError
from autograder.whole_file import write_whole

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
