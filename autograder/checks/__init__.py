"""One module per topic; each holds `CHECKS`, a list with one Check for each exercise of the topic."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from autograder.check import Check
from autograder.errors import CourseError


@cache
def all_checks() -> dict[str, Check]:
    """Every check there is, by exercise."""
    topics = _topics()
    return {check.exercise: check for topic in topics for check in checks_of(topic)}


def checks_of(topic: str) -> list[Check]:
    """The checks of one topic, in the order of the notebook; none for a topic without exercises."""
    if topic not in _topics():
        return []
    return list(importlib.import_module(f"{__name__}.{topic}").CHECKS)


def find_check(exercise: str) -> Check:
    """The check of one exercise. Raises CourseError naming the exercises there are."""
    checks = all_checks()
    if exercise not in checks:
        raise CourseError(
            f"no exercise {exercise!r}; the exercises are: {', '.join(sorted(checks))}"
        )
    return checks[exercise]


def _topics() -> list[str]:
    """The modules here, but for the private ones that only hold parts of a topic."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return [name for name in names if not name.startswith("_")]
