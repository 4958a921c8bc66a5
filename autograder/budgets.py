"""What an instructor allows one submission: `budgets.toml` in the course's folder, else the defaults.

# budgets.toml
cell_seconds = 30
total_seconds = 300
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict

from autograder.course import Course
from autograder.errors import CourseError
from autograder.sandbox import Budgets

NAME = "budgets.toml"


def budgets_of(course: Course) -> Budgets:
    """The budgets of a course. Raises CourseError naming what its file does not say well."""
    path = course.root / NAME
    if not path.is_file():
        return Budgets()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(
            f"{path} is not TOML ({error}): write lines like `cell_seconds = 30`"
        ) from None
    usual: dict[str, float] = asdict(Budgets())
    for name, value in told.items():
        if name not in usual:
            raise CourseError(f"{path}: no budget {name!r}: there are {', '.join(usual)}")
        if type(value) not in (int, float) or not 0 < value < float("inf"):
            raise CourseError(f"{path}: {name} = {value!r} is not a number above 0")
    return Budgets(**{name: type(usual[name])(value) for name, value in told.items()})  # type: ignore[arg-type]
