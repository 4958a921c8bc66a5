"""`make demo`: the whole way once, from sources to a graded sample class, in `demo/`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from autograder.bundles.release import release
from autograder.course import Course, Unit
from autograder.grading.grade import Graded, grade
from autograder.intake.collect import collect
from autograder.pages.feedback import write_feedback
from autograder.report import write_report, write_reports
from autograder.samples import write_samples
from autograder.sandboxes import budgets

IMPATIENT = """\
# The hostile student has a loop without end in each unit: nobody should have to wait long for that.
ask_seconds = 3
"""


def run_demo(root: Path) -> Path:
    """Make the demo course in `root/demo`, and return the path of its summary."""
    folder = root / "demo"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    (folder / budgets.NAME).write_text(IMPATIENT, encoding="utf-8")
    course = Course.find(folder)
    summary: dict[str, Any] = {}
    for unit in course.units():
        outcomes, paths = _one_unit(course, unit)
        summary[unit.name] = {row.student: _summary(row) for row in outcomes}
        _print_table(unit, outcomes, paths, root)
    course_page, *_ = write_reports(course)
    path = folder / "summary.json"
    path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(f"\nreport    {course_page.relative_to(root)}\nsummary   {path.relative_to(root)}")
    print("gradebook cd demo && ../.venv/bin/jupyter lab   (menu Nbgrader, Formgrader)")
    return path


def _one_unit(course: Course, unit: Unit) -> tuple[list[Graded], list[Path]]:
    print(f"\n{unit.name}: release, with the proof that nothing leaks")
    bundle = release(course, unit)
    incoming = course.root / "incoming" / unit.name
    write_samples(unit, incoming)
    collect(course, unit, incoming)
    outcomes = grade(course, unit)
    pages = write_feedback(course, unit)
    return outcomes, [bundle, write_report(course, unit, outcomes), *pages]


def _summary(row: Graded) -> dict[str, Any]:
    data = row.as_json()
    return {name: data[name] for name in ("points", "max_points", "status")}


def _print_table(unit: Unit, outcomes: list[Graded], paths: list[Path], root: Path) -> None:
    print(f"\n{'student':<10}{'points':>12}  recognised")
    for row in outcomes:
        if row.result is None:
            print(f"{row.student:<10}{'–':>12}  {row.status}")
            continue
        points = f"{row.result.points:g} / {row.result.max_points:g}"
        named = [v.misconception for v in row.result.verdicts if v.misconception]
        print(f"{row.student:<10}{points:>12}  {'; '.join(named)}")
    bundle, report, *pages = paths
    print(f"\nbundle    {bundle.relative_to(root)}\nreport    {report.relative_to(root)}")
    for page in pages:
        print(f"feedback  {page.relative_to(root)}")
