"""One class of all attackers and two honest students, taken in and graded once, as `course` does it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.bundles.student_notebook import generate
from autograder.check import Verdict
from autograder.course import REPO, Course, Unit
from autograder.exports.spreadsheet import export_csv
from autograder.grading.grade import Graded, grade
from autograder.grading.gradebook import open_gradebook
from autograder.intake.collect import IntakeReport, collect
from autograder.judging.seeds import course_secret
from autograder.nbgrader_plugins import write_config
from autograder.pages.feedback import write_feedback
from autograder.report import write_report
from tests.redteam.attack import (
    NAME,
    Attack,
    Desk,
    Files,
    Link,
    notebook,
    solution,
    written,
)
from tests.redteam.everyone import ATTACKS
from tests.redteam.small_unit import UNIT, canary, desk_of, make_unit, write_budgets
from tests.redteam.unchanged import Everything

HONEST = ("aa-honest", "zz-honest")  # the first and the last of the class


@dataclass
class Class:
    """What came of the class, and what was planted in its course."""

    course: Course
    unit: Unit
    desk: Desk
    report: IntakeReport
    outcomes: dict[str, Graded]
    alone: dict[str, Graded]
    canaries: dict[str, str]
    before: Everything
    after: Everything
    again: Everything
    calls: list[bytes] = field(default_factory=list)  # what reached our servers

    def verdicts(self, student: str) -> list[dict[str, Any]]:
        return comparable(self.outcomes[student])


def comparable(outcome: Graded) -> list[dict[str, Any]]:
    """Verdicts without the time they took."""
    assert outcome.result, outcome.reason
    return [{**vars(verdict), "seconds": 0.0} for verdict in outcome.result.verdicts]


def honest_work(desk: Desk, note: str) -> bytes:
    """All right but for one usual mistake, so that there is a verdict to compare."""
    made = notebook(desk, f"# {note}", right=True)
    solution(
        made, "holm"
    ).source = (
        "def holm(p_values, alpha):\n    return np.asarray(p_values) <= alpha / len(p_values)\n"
    )
    return written(made)


def hand_in(folder: Path, student: str, files: Files) -> None:
    """Lay the files of one student where `course collect` finds them."""
    for name, content in files.items():
        path = folder / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        else:
            path.write_bytes(content)


@contextlib.contextmanager
def listening(course: Course) -> Iterator[tuple[int, list[bytes]]]:
    """Servers that nobody in a sandbox can reach, and what reached them all the same."""
    calls: list[bytes] = []
    tcp, abstract, unix = (
        socket.socket(),
        socket.socket(socket.AF_UNIX),
        socket.socket(socket.AF_UNIX),
    )
    tcp.bind(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    abstract.bind(f"\0redteam-{port}")
    with contextlib.chdir(course.root):  # the name of a socket is short
        unix.bind("redteam.sock")
    servers = (tcp, abstract, unix)
    for server in servers:
        server.listen()
        server.setblocking(False)
    try:
        yield port, calls
        for server in servers:
            with contextlib.suppress(BlockingIOError):
                while True:
                    calls.append(repr(server.accept()[1]).encode() or b"somebody")
    finally:
        for server in servers:
            server.close()
        (course.root / "redteam.sock").unlink()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def release(course: Course, unit: Unit) -> None:
    """What of `course release` grading needs: the gradebook knows the unit, nbgrader its judge."""
    write_config(course)
    generate(course, unit, course.root / "release", record=True)


def plant(course: Course, home: Path) -> dict[str, str]:
    """Put a canary into every secret that a course has."""
    kinds = ("hidden", "gradebook", "submission", "environment", "home", "results", "source")
    planted = {kind: canary(kind) for kind in kinds}
    unit = make_unit(course, planted["hidden"])
    (course.root / "notebooks" / "plan.txt").write_text(planted["source"])
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_text(planted["home"])
    release(course, unit)
    with open_gradebook(course) as gradebook:
        gradebook.add_student("aa-honest", last_name=planted["gradebook"])
    results = course.state / "results" / UNIT
    results.mkdir(parents=True)
    (results / "0.json").write_text(f'"{planted["results"]}"')
    planted["secret"] = course_secret(course).hex()
    return planted


def hold(folder: Path, home: Path) -> Class:
    """Take in, grade and report everybody. The environment must hold the canary `environment`."""
    course = Course(folder / "course")
    course.root.mkdir()
    canaries = plant(course, home)
    os.environ["REDTEAM_PASSWORD"] = canaries["environment"]
    unit = course.unit(UNIT)
    write_budgets(course)
    with listening(course) as (port, calls):
        places = {"course": str(course.root), "home": str(home), "repo": str(REPO)}
        places |= {"port": str(port), "free": str(free_port())}
        desk = desk_of(unit, places, canaries["hidden"])
        incoming = folder / "incoming"
        for attack in ATTACKS:
            hand_in(incoming, attack.name, filled(attack, desk))
        for student in HONEST:
            hand_in(incoming, student, {NAME: honest_work(desk, canaries["submission"])})
        taken_in = collect(course, unit, incoming)
        before = Everything.of(course)
        outcomes = {row.student: row for row in grade(course, unit, workers=2)}
        after = Everything.of(course)
    write_report(course, unit, list(outcomes.values()))
    write_feedback(course, unit)
    export_csv(course, unit, course.root / "grades.csv")
    grade(course, unit, workers=2)
    again = Everything.of(course)
    alone = graded_alone(folder / "alone", course, desk, canaries["submission"])
    return Class(
        course, unit, desk, taken_in, outcomes, alone, canaries, before, after, again, calls
    )


def filled(attack: Attack, desk: Desk) -> Files:
    """What an attack hands in; links to places get their real target."""
    course = desk.places["course"]
    return {
        name: Link(content.target.replace("@course@", course))
        if isinstance(content, Link)
        else content
        for name, content in attack.make(desk).items()
    }


def graded_alone(folder: Path, other: Course, desk: Desk, note: str) -> dict[str, Graded]:
    """The honest students in a course of their own, with the same secret."""
    course = Course(folder)
    folder.mkdir()
    shutil.copytree(other.root / "notebooks", folder / "notebooks")
    course.state.mkdir(mode=0o700)
    shutil.copy(other.state / "secret", course.state / "secret")
    shutil.copy(other.root / "budgets.toml", folder)
    unit = course.unit(UNIT)
    release(course, unit)
    for student in HONEST:
        hand_in(folder / "incoming", student, {NAME: honest_work(desk, note)})
    collect(course, unit, folder / "incoming")
    return {row.student: row for row in grade(course, unit, workers=1)}


def read(outcome: Graded, attack: Attack, hall: Class) -> str:
    """Everything that a student is told: messages, repairs, outputs."""
    assert outcome.result
    verdicts: list[Verdict] = outcome.result.verdicts
    told = [message for verdict in verdicts for message in verdict.messages]
    path = hall.course.root / "autograded" / attack.name / UNIT / NAME
    return "\n".join([*told, *outcome.result.repairs, path.read_text(encoding="utf-8")])
