"""What is proved of each bundle before it leaves: no secret, it imports, blank 0, solved full."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.bundles.leaks import Leak, find_leaks
from autograder.bundles.secret_text import machine_paths, secret_lines
from autograder.course import Course, Unit
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.judging.judge import Result

_SHOWN = 5
_NOT_FOR_STUDENTS = re.compile(
    r"\.pyc$|(^|/)(autograder|tests|\.course|\.git)/|gradebook\.db|\.env$"
)
_IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
for topic in sys.argv[2:]:
    package = importlib.import_module(topic)
    for module in pkgutil.walk_packages(package.__path__, topic + "."):
        importlib.import_module(module.name)
"""


def prove(course: Course, unit: Unit, bundle: Path) -> None:
    """Raise CourseError naming file and line unless the bundle may be given to students."""
    prove_silence(course, unit, bundle)
    prove_imports(unit, bundle)
    prove_scores(course, unit, bundle)


def prove_silence(course: Course, unit: Unit, bundle: Path) -> None:
    """No secret line, no path of this machine, and no file that is not for students."""
    names = [path.relative_to(bundle).as_posix() for path in sorted(bundle.rglob("*"))]
    leaks = [Leak(name, "not for students") for name in names if _NOT_FOR_STUDENTS.search(name)]
    leaks += find_leaks(bundle, secret_lines(unit) | machine_paths(course))
    if leaks:
        more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        shown = "; ".join(map(str, leaks[:_SHOWN]))
        raise CourseError(f"{unit.name} is not released, its bundle would leak: {shown}{more}")


def prove_imports(unit: Unit, bundle: Path) -> None:
    """Every module of the unit's own topics can be imported although its functions are withheld."""
    topics = [
        f"course_utils.{topic}"
        for topic in unit.topics
        if (bundle / "course_utils" / topic / "__init__.py").is_file()
    ]
    command = [sys.executable, "-P", "-s", "-B", "-c", _IMPORT_ALL, str(bundle), *topics]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=_clean())
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        raise CourseError(
            f"{unit.name} is not released, its library cannot be imported: {reason} "
            "(name in PROVIDED what a module needs while it is imported)"
        )


def judge_solved(course: Course, unit: Unit) -> Result:
    """The instructor's solutions, judged like a submission."""
    from autograder.judging.judge import judge_rebuilt
    from autograder.judging.rebuild import rebuild
    from autograder.samples import solved

    answers = solved(unit, nbformat.read(unit.built, as_version=4))
    return judge_rebuilt(course, unit, rebuild(unit.built, answers))


def prove_scores(course: Course, unit: Unit, bundle: Path) -> None:
    """The released notebook scores 0 and stops only where students write; the solved, full."""
    from autograder.judging.judge import judge_notebook

    blank = judge_notebook(course, unit, bundle / unit.built.name)
    solved = judge_solved(course, unit)
    faults = [
        *([f"blank it scores {blank.points:g} points, not 0"] if blank.points else []),
        *(f"blank, {stop}" for stop in _stops(blank) if ": NotImplementedError" not in stop),
        *(f"solved, {stop}" for stop in _stops(solved)),
        *(
            f"solved it gets {verdict.points:g} of {verdict.max_points:g} for {verdict.exercise}"
            for verdict in solved.verdicts
            if not verdict.full
        ),
    ]
    if faults:
        raise CourseError(f"{unit.name} is not released: {'; '.join(faults)}")


def _stops(result: Result) -> Iterator[str]:
    """The cells that ended with an exception, check cells apart."""
    for cell in result.executed.cells if result.executed else []:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {cell.id!r} stops: {output.ename}: {output.evalue}"


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
