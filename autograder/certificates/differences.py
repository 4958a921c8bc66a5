"""What a certificate claims and what is in the course now, compared: a few words for each difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from autograder.certificates.certificate import hash_of, points_of
from autograder.certificates.findings import Finding
from autograder.checks import checks_of
from autograder.course import Course, Unit
from autograder.grading.many import Engine, judge_all
from autograder.intake.reading import read_notebook
from autograder.intake.submissions import Submission
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.judging.provenance import commitment, environment, hash_of_check, hash_of_folder
from autograder.judging.rebuild import rebuild
from autograder.sandboxes.budgets import budgets_of
from autograder.sandboxes.library import student_library, version

Points = Mapping[str, tuple[float, float]]  # by exercise: points, and of how many
MOST_NAMED = 3


def differences(
    course: Course, unit: Unit, submission: Submission, claims: dict[str, Any]
) -> list[str]:
    """Everything that is not as it was certified."""
    instructor = unit.notebook(submission.path.stem)
    found = []
    if claims["submission"] != submission.hash:
        found.append("submission changed")
    if claims["instructor"] != hash_of(instructor.read_bytes()):
        found.append("instructor's notebook changed")
    rebuilt = rebuild(instructor, read_notebook(submission.content, submission.path.name))
    if claims["content"] != rebuilt.content_hash and not found:
        found.append("rebuilt content changed")
    checks = {check.exercise: check for topic in unit.topics for check in checks_of(topic)}
    changed = [
        name
        for name, certified in claims["checks"].items()
        if name not in checks or hash_of_check(checks[name]) != certified
    ]
    if changed:
        found.append(f"check changed: {_some(changed)}")
    if claims["library"] != hash_of_folder(student_library(course, unit)):
        found.append("library changed")
    if claims["grader"] != version():
        found.append("grader changed")
    now = environment()
    if others := [
        f"{name} {claims['environment'].get(name)}, now {now.get(name)}"
        for name in sorted(claims["environment"].keys() | now.keys())
        if claims["environment"].get(name) != now.get(name)
    ]:
        found.append(f"environment differs: {_some(others)}")
    if claims["budgets"] != asdict(budgets_of(course)):
        found.append("budgets differ")
    if claims["seed"] != _seed(course, unit, submission.student, claims["content"]):
        found.append("seed differs: the course has another secret")
    return found


def _seed(course: Course, unit: Unit, student: str, content: str) -> str:
    """The commitment to a submission's seed, if the course still has a secret."""
    if not (course.state / "secret").is_file():
        return ""
    key = seeds.student_key(course, unit.name, student)
    return commitment(seeds.submission_key(key, content))


def points_differ(certified: Points, found: Points, *, now: str = "in the gradebook") -> str:
    """The exercises whose points are not the certified ones; empty when all are.

    >>> points_differ({"holm": (8, 8), "bug": (0, 2)}, {"holm": (9, 8), "bug": (0, 2)})
    'holm 8 of 8 certified, 9 of 8 in the gradebook'
    """
    told = [
        f"{name} {_of(certified.get(name))} certified, {_of(found.get(name))} {now}"
        for name in sorted(certified.keys() | found.keys())
        if certified.get(name) != found.get(name)
    ]
    return _some(told)


def _of(points: tuple[float, float] | None) -> str:
    return f"{points[0]:g} of {points[1]:g}" if points else "nothing"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def judge_again(
    course: Course,
    unit: Unit,
    findings: list[Finding],
    handed_in: dict[str, Submission],
    sandbox: str,
) -> None:
    """Judge every certified submission once more, on the same cases, and compare the verdicts."""
    known = {f.student: f for f in findings if f.claims and f.student in handed_in}
    if not known:
        return
    waiting = {name: handed_in[name] for name in known}
    for name, outcome in judge_all(
        course, Desk.of(course, unit, sandbox), waiting.items(), Engine()
    ):
        finding, claims = known[name], known[name].claims or {}
        if outcome.result is None:
            finding.cannot = f"it cannot be judged again: {outcome.reason}"
            continue
        if outcome.result.sandbox != claims["sandbox"]:
            levels = f"{claims['sandbox']}, now {outcome.result.sandbox}"
            finding.differs.append(f"environment differs: sandbox {levels}")
        certified, found = (
            {v["exercise"].partition(".")[2]: (v["points"], v["max_points"]) for v in verdicts}
            for verdicts in (claims["verdicts"], points_of(outcome.result))
        )
        if told := points_differ(certified, found, now="now"):
            finding.differs.append(f"verdict differs: {told}")
