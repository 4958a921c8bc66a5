"""The proof that stands before a site: its pages tell no secret and name no place on this machine.

A unit's page may say what students of that unit get to read, such as the properties that a self-check shows;
with respect to other units' secrets, its own proof counts. All other files (search index, guides, images)
must keep the secrets of every unit. `_static` is not looked into: it holds the theme's files and MathJax.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from autograder.bundles.leaks import Leak, find_leaks
from autograder.bundles.secret_text import machine_paths, secret_lines
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.workers import spread

_SHOWN = 5


def prove_pages(course: Course, units: Sequence[Unit], html: Path) -> None:
    """Raise CourseError that names file and line unless these pages may be shown to everybody."""
    names = [unit.name for unit in units]
    calls = [(name, (str(course.root), name, names, str(html))) for name in names]
    leaks: list[Leak] = []
    with closing(spread(leaks_of, calls, os.cpu_count() or 1)) as done:
        for _, future in done:
            leaks += future.result()
    if leaks:
        more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        shown = "; ".join(map(str, leaks[:_SHOWN]))
        raise CourseError(f"the pages would leak: {shown}{more}")


def leaks_of(root: str, name: str, names: list[str], html: str) -> list[Leak]:
    """What pages tell of one unit's secrets; what a worker does."""
    course = Course(Path(root))
    others = tuple(f"units/{other}.html" for other in names if other != name)
    secrets = secret_lines(course.unit(name)) | machine_paths(course)
    return find_leaks(Path(html), secrets, but=("_static/", *others))
