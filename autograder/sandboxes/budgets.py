"""What an instructor allows one submission: `budgets.toml` in the course's folder, else the defaults.

# budgets.toml: seconds, bytes, counts; `sandbox.Budgets` says what each is
cell_seconds = 30
memory = 2_147_483_648
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict

from autograder.course import Course
from autograder.errors import CourseError
from autograder.sandboxes.sandbox import Budgets

NAME = "budgets.toml"
LEAST = {  # below these no honest work is done: Python, numpy and torch need as much themselves
    **{"cell_seconds": 0.5, "ask_seconds": 0.5, "total_seconds": 1.0, "cpu_seconds": 1},
    **{"memory": 256 << 20, "memory_together": 256 << 20, "processes": 8, "open_files": 32},
    **{"file_bytes": 1 << 20, "disk_bytes": 1 << 20},
}


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
        kind, least = type(usual[name]), LEAST[name]
        allowed = (int, float) if kind is float else (int,)
        if type(value) not in allowed or not least <= value < float("inf"):
            what = "number" if kind is float else "whole number"
            raise CourseError(f"{path}: {name} = {value!r} is not a {what} from {least:_} on")
    return Budgets(**{name: type(usual[name])(value) for name, value in told.items()})  # type: ignore[arg-type]
