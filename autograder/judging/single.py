"""`course check`: judge one function in a .py file, through the same sandbox and judge as a notebook."""

from __future__ import annotations

import hashlib
from pathlib import Path

from autograder.check import Verdict
from autograder.checks import find_check
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.integrity.flags import flags_of_source
from autograder.judging import seeds
from autograder.judging.rebuild import CHECK_PREFIX, released
from autograder.judging.sitting import Sitting
from autograder.sandboxes.budgets import budgets_of
from autograder.sandboxes.library import student_library
from autograder.sandboxes.sandbox import choose, marks
from autograder.sandboxes.warm_processes import warm_process

LARGEST_SOURCE = 1 << 20  # bytes


def check_file(course: Course, exercise: str, path: Path, *, sandbox: str = "auto") -> Verdict:
    """The verdict on the function of `exercise` that `path` defines."""
    check = find_check(exercise)
    unit = course.unit(check.topic)
    source = _read(path)
    level = choose(sandbox)
    notebook = released(unit.notebook())
    warm = warm_process(student_library(course, unit), notebook, level, [check])
    content = hashlib.sha256(source.encode()).hexdigest()
    key = seeds.submission_key(seeds.student_key(course, unit.name, ""), content)
    with Sitting(warm, budgets_of(course)) as sitting:
        outputs = sitting.run(source)
        verdict = sitting.judge(check, key, points_of(unit, check.function_name))
    verdict.integrity = marks(level) + [str(f) for f in flags_of_source(source, exercise)]
    errors = [output for output in outputs if output.output_type == "error"]
    if errors and not verdict.full:
        told = f"{path.name} stopped with {errors[0].ename}: {errors[0].evalue}"
        verdict.messages.insert(0, told[:300])
    return verdict


def points_of(unit: Unit, function: str) -> float:
    """How many points the notebook gives for an exercise."""
    for path in unit.notebooks():
        for cell in released(path).cells:
            grader = cell.metadata.get("nbgrader", {})
            if grader.get("grade_id") == CHECK_PREFIX + function:
                return float(grader["points"])
    raise CourseError(f"{unit.name} has no check cell for {function}: run `course build`")


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > LARGEST_SOURCE:
        raise CourseError(f"{path} has over {LARGEST_SOURCE >> 20} MiB: hand in source code only")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8 text: save it as UTF-8") from None
