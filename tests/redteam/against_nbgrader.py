"""The same submissions against plain nbgrader: `python -m tests.redteam.against_nbgrader` writes results.md.

Each is autograded by nbgrader alone in a copy of a course, as another user, in bubblewrap: no network, a
scratch home, bounded memory and processes, and an end after some time. Takes about half an hour.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.sandboxes.sandbox import FIRST_USER_ID
from autograder.sandboxes.walls import bubblewrap
from tests.redteam import classroom, plain_nbgrader
from tests.redteam.attack import NAME, POINTS, Attack, Desk
from tests.redteam.everyone import ATTACKS, ROWS
from tests.redteam.small_unit import UNIT, desk_of

RESULTS = Path(__file__).parent / "results.md"
SECONDS = 300  # for one submission; nbgrader gives a cell 30
USER = FIRST_USER_ID + 3999
INSIDE = Path("/course/class")
BYSTANDER = "aa-honest"  # graded before; what it has must not change
FULL = sum(POINTS.values())
Points = dict[str, float] | None


@dataclass(frozen=True)
class Seen:
    """What came of one submission in plain nbgrader."""

    attack: Attack
    points: float | None
    happened: str

    @property
    def undeserved(self) -> bool:
        due = sum(POINTS[name] for name in self.attack.keeps)
        return (self.points or 0.0) > due


def main() -> None:
    """Try all, or those whose names are given, and write the table."""
    wanted = [attack for attack in ATTACKS if not sys.argv[1:] or attack.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="redteam-plain-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        course = folder / "plain"
        course.mkdir()
        plain_nbgrader.make_course(course)
        desk = plain_desk(course)
        work = classroom.honest_work(desk, "honest")
        classroom.hand_in(course / "submitted", f"{BYSTANDER}/{UNIT}", {NAME: work})
        plain_nbgrader.nbgrader(course, "autograde", UNIT, "--student", BYSTANDER)
        before = plain_nbgrader.points(course, BYSTANDER)
        with ThreadPoolExecutor(int(os.environ.get("WORKERS", "1"))) as pool:
            seen = list(
                pool.map(lambda attack: show(attempt(attack, desk, course, before)), wanted)
            )
        ours = {} if sys.argv[1:] else graded_by_us(folder)
    if ours:
        RESULTS.write_text(table(seen, ours), encoding="utf-8")
        print(RESULTS)


def plain_desk(course: Path) -> Desk:
    """What an attacker of the plain course has: nbgrader's released notebook."""
    source = nbformat.read(course / "source" / UNIT / NAME, as_version=4)
    places = {"course": str(INSIDE), "home": "/tmp", "repo": str(INSIDE), "port": "9", "free": "9"}
    made = desk_of(_Plain(course), places, plain_nbgrader.HIDDEN)  # type: ignore[arg-type]
    released = nbformat.read(course / "release" / UNIT / NAME, as_version=4)
    assert len(source.cells) == len(released.cells)
    return Desk(released, made.solved, places)


class _Plain:
    """Enough of a unit for `desk_of`."""

    def __init__(self, course: Path) -> None:
        self.built = course / "source" / UNIT / NAME


def attempt(attack: Attack, desk: Desk, course: Path, before: Points) -> Seen:
    """Hand in one submission and let nbgrader grade it."""
    files = classroom.filled(attack, desk)
    if not any(name.endswith(".ipynb") for name in files):
        return Seen(attack, None, "not tried: no notebook, only a zip or a link")
    with tempfile.TemporaryDirectory(prefix="redteam-plain-", dir=course.parent) as place:
        copied = Path(place) / "class"
        shutil.copytree(course, copied, symlinks=True)
        classroom.hand_in(copied / "submitted", f"{attack.name}/{UNIT}", files)
        own(Path(place))
        code, told = autograde(copied, attack.name)
        return judge(attack, copied, before, code, told)


def own(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)


def autograde(course: Path, student: str) -> tuple[int | None, str]:
    """Run `nbgrader autograde` behind walls; its exit code, or None when it did not end."""
    home = course.parent / "home"
    home.mkdir()
    os.chown(home, USER, USER)
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    limits = [
        "--nproc=150",
        f"--data={3 << 30}",
        f"--fsize={300 << 20}",
        "--core=0",
        "--nofile=512",
    ]
    command = bubblewrap({})
    command += [
        "--dir",
        "/course",
        "--bind",
        str(course),
        str(INSIDE),
        "--bind",
        str(home),
        "/home/i",
    ]
    command += ["--chdir", str(INSIDE), "setpriv", f"--reuid={USER}", f"--regid={USER}"]
    command += ["--clear-groups", "--no-new-privs", "prlimit", *limits, str(python), "-P", "-m"]
    command += ["nbgrader", "autograde", UNIT, "--student", student]
    paths = os.pathsep.join([path for path in sys.path if path.endswith("site-packages")])
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": paths,
        "HOME": "/home/i",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "SECRET_TOKEN": "CANARY-environment",
    }
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return None, str(late.stderr)
    return done.returncode, done.stdout + done.stderr


def judge(attack: Attack, course: Path, before: Points, code: int | None, told: str) -> Seen:
    """Say what happened: in the gradebook, to the bystander, in the executed notebook."""
    scored = plain_nbgrader.points(course, attack.name)
    earned = sum(scored.values()) if scored else None
    what = []
    if code is None:
        what.append(f"no end within {SECONDS} s")
    elif code:
        what.append("not graded: " + reason(told))
    if plain_nbgrader.points(course, BYSTANDER) != before:
        what.append("another student's points change")
    executed = course / "autograded" / attack.name / UNIT / NAME
    if executed.is_file() and shows_secret(executed):
        what.append("leak")
    due = sum(POINTS[name] for name in attack.keeps)
    if earned is not None:
        if earned > due:
            what.append("full marks" if earned == FULL else "undeserved points")
        elif earned < due:
            what.append("right work loses points")
    return Seen(attack, earned, ", ".join(what) or "right")


def shows_secret(executed: Path) -> bool:
    """Whether the student's own cells show hidden tests or the environment.

    Test cells and their tracebacks hold the tests by nbgrader's design, for everybody to read.
    """
    cells = nbformat.read(executed, as_version=4).cells
    own = [cell for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    shown = str([cell.get("outputs") for cell in own])
    return plain_nbgrader.HIDDEN in shown or "CANARY-environment" in shown


def reason(told: str) -> str:
    """The exception that ended it, or else nbgrader's first line about an error."""
    lines = [line.strip() for line in told.splitlines()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Died|Entry)\b.*:", line)]
    noted = [line.partition("ERROR] ")[2] for line in lines if "ERROR] " in line]
    return ([*raised[-1:], *noted, "no reason given"][0])[:90].replace("|", "/")


def show(seen: Seen) -> Seen:
    print(
        f"{seen.attack.row:>4} {seen.attack.name:<32} {seen.points!s:>6} {seen.happened}",
        flush=True,
    )
    return seen


def graded_by_us(folder: Path) -> dict[str, tuple[float | None, str]]:
    """Points and outcome of the same submissions with our grader."""
    home = folder / "home"
    home.mkdir()
    hall = classroom.hold(folder, home)
    return {attack.name: outcome(attack, hall) for attack in ATTACKS}


def outcome(attack: Attack, hall: classroom.Class) -> tuple[float | None, str]:
    row = hall.outcomes.get(attack.name)
    if row is None:
        return None, "refused"
    if row.result is None:
        return None, "set aside"
    flagged = any(verdict.integrity for verdict in row.result.verdicts)
    return row.result.points, "flagged" if flagged else ""


def table(seen: list[Seen], ours: dict[str, tuple[float | None, str]]) -> str:
    """A row of the list a line, then each submission."""
    families: dict[int, list[Seen]] = defaultdict(list)
    for each in seen:
        families[each.attack.row].append(each)
    lines = [HEAD.format(count=len(seen), full=FULL), *summary(families, ours), "", DETAIL]
    for each in seen:
        mine, note = ours[each.attack.name]
        due = sum(POINTS[name] for name in each.attack.keeps)
        told = f"{number(mine)} {note}".strip()
        lines.append(
            f"| {each.attack.row or '–'} | {each.attack.name} | {due:g} | {told} | {number(each.points)} | "
            f"{each.happened} |"
        )
    return "\n".join(lines) + "\n"


HEAD = """# The red team against two graders

Made by `python -m tests.redteam.against_nbgrader`: {count} submissions to a unit with {full:g} points, graded by
`course grade` in one batch, and by nbgrader alone, one at a time. *Due* are the points for what is right in a
submission. Both graders ran without a network. Row 8 needs another unit, see `test_shortcuts.py`.
"""
DETAIL = """## Each submission

| row | submission | due | ours | nbgrader | what happened in nbgrader |
|---|---|---|---|---|---|"""


def summary(
    families: dict[int, list[Seen]], ours: dict[str, tuple[float | None, str]]
) -> list[str]:
    lines = [
        "| row | family | submissions | ours: not what is due | nbgrader: more than due | less than due | not graded or no end | leaks or harms others |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, name in ROWS.items():
        if not (members := families.get(row)):
            continue
        differs = sum(not as_due(each.attack, ours[each.attack.name][0]) for each in members)
        counts = [
            sum(each.undeserved for each in members),
            sum("loses" in each.happened for each in members),
            sum("not graded" in each.happened or "no end" in each.happened for each in members),
            sum("leak" in each.happened or "another" in each.happened for each in members),
        ]
        told = " | ".join(str(count) for count in counts)
        shown = row if 0 < row < 100 else "–"
        lines.append(f"| {shown} | {name} | {len(members)} | {differs} | {told} |")
    return lines


def as_due(attack: Attack, points: float | None) -> bool:
    if attack.aside or attack.refused:
        return points is None
    return points == sum(POINTS[name] for name in attack.keeps)


def number(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


if __name__ == "__main__":
    main()
