"""Take in submissions: nothing handed in is lost or changed, and each finds its student.

Each arrival is kept byte for byte under its hash in the course's private state. Of several arrivals of
one student the latest counts, by the time of the server or LMS (the zip's entry or the file's date; a
`timestamp.txt` is never believed), and is copied to `submitted/<student>/<unit>/<notebook>.ipynb`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.archive import Member, read_zip
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.reading import LARGEST_NOTEBOOK, read_notebook

STUDENT_ID = re.compile(r"(?![.-])[A-Za-z0-9._@-]{1,64}")
LMS_NAME = re.compile(r"(?P<student>.+?)_(?:late_)?\d+_(?:\d+_)?(?:assignsubmission_file_?)?(?P<rest>.*)")


@dataclass
class IntakeReport:
    """What came in: the notebooks that count, and one line for whatever needs a person's eye."""

    unit: str
    accepted: dict[str, str] = field(default_factory=dict)  # student -> hash of what counts
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        count = len(self.accepted)
        lines = [f"{self.unit}: {count} {'submission' if count == 1 else 'submissions'} taken in"]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def collect(course: Course, unit: Unit, path: Path) -> IntakeReport:
    """Take in a folder or zip. Raises CourseError when it is not one, or holds no notebook at all."""
    names = {notebook.stem for notebook in unit.notebooks()} or {unit.built.stem}
    roster = _roster(course)
    report = IntakeReport(unit.name)
    found = False
    for member in _members(path):
        if member.path.suffix.lower() != ".ipynb" or ".ipynb_checkpoints" in member.path.parts:
            continue
        found = True
        student, stem = _whose(member.path, unit, names)
        _keep(course, unit, member, student, stem, roster, report)
    if not found:
        raise CourseError(f"{path} holds no notebook (.ipynb): is it the right folder or zip?")
    for student in sorted(report.accepted):
        _choose(course, unit, student, report)
    return report


def _members(path: Path) -> Iterator[Member]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_symlink():
                raise CourseError(f"{file} is a symbolic link: hand in the file itself")
            if file.is_file() and file.suffix.lower() in (".ipynb", ".zip"):
                relative = PurePosixPath(file.relative_to(path).as_posix())
                yield from _unfold(file, relative)
    elif path.is_file():
        yield from _unfold(path, PurePosixPath(path.name))
    else:
        raise CourseError(f"there is no {path}: name a folder or zip of submissions")


def _unfold(file: Path, relative: PurePosixPath) -> Iterator[Member]:
    content = file.read_bytes()
    if file.suffix.lower() != ".zip":
        yield Member(relative, content, datetime.fromtimestamp(file.stat().st_mtime, UTC))
        return
    base = relative.parent if len(relative.parts) == 1 else relative.with_suffix("")
    for member in read_zip(content, file.name):
        yield Member(base / member.path, member.content, member.received)


def _whose(path: PurePosixPath, unit: Unit, names: set[str]) -> tuple[str, str]:
    """Student id and notebook name from a path in any usual layout.

    `ada.ipynb`, `ada/significance.ipynb`, `ada/01_significance/significance.ipynb`, and Canvas's and
    Moodle's `lovelaceada_12_345_significance.ipynb`, `Ada Lovelace_99_assignsubmission_file/….ipynb`.
    """
    folders = [part for part in path.parts[:-1] if part not in (unit.name, unit.topic, "submitted")]
    lms = LMS_NAME.fullmatch(path.stem)
    if folders:
        own = LMS_NAME.fullmatch(folders[-1])
        student = own["student"] if own else folders[-1]
        stem = path.stem
    elif lms:
        student, stem = lms["student"], re.sub(r"-\d+$", "", lms["rest"])
    else:
        student, stem = path.stem, ""
    only = next(iter(names)) if len(names) == 1 else ""
    return student.strip().replace(" ", "_"), stem if stem in names else only or stem


def _keep(
    course: Course,
    unit: Unit,
    member: Member,
    student: str,
    stem: str,
    roster: set[str] | None,
    report: IntakeReport,
) -> None:
    digest = hashlib.sha256(member.content).hexdigest()[:16]
    reason = _why_aside(student, roster, member)
    if reason:
        place = course.state / "set_aside" / unit.name / digest
        report.notes.append(f"{member.path} is set aside: {reason}")
    else:
        place = course.state / "arrivals" / unit.name / student / digest
        report.accepted[student] = digest
        try:
            read_notebook(member.content, str(member.path))
        except CourseError as error:
            report.notes.append(f"{student}: {error}")
    about = {"from": str(member.path), "received": member.received.isoformat(), "notebook": stem}
    place.mkdir(parents=True, exist_ok=True)
    _write(place / "submitted.ipynb", member.content)
    if not (place / "received.json").exists() or json.loads(
        (place / "received.json").read_text(encoding="utf-8")
    )["received"] < about["received"]:
        _write(place / "received.json", json.dumps(about, indent=1).encode())


def _why_aside(student: str, roster: set[str] | None, member: Member) -> str:
    if not STUDENT_ID.fullmatch(student):
        return f"{student!r} is no student id (letters, digits, . _ @ -): rename it and collect again"
    if roster is not None and student not in roster:
        return f"unknown student id {student!r}: add it to students.csv and collect again"
    if len(member.content) > LARGEST_NOTEBOOK:
        return f"it has over {LARGEST_NOTEBOOK >> 20} MiB: ask for it without outputs"
    return ""


def _choose(course: Course, unit: Unit, student: str, report: IntakeReport) -> None:
    """Copy the latest arrival to where nbgrader looks; the others stay where they are kept."""
    arrivals = []
    for place in (course.state / "arrivals" / unit.name / student).iterdir():
        about = json.loads((place / "received.json").read_text(encoding="utf-8"))
        arrivals.append((about["received"], place.name, about, place))
    arrivals.sort(key=lambda arrival: arrival[:2])
    _, digest, about, place = arrivals[-1]
    if len(arrivals) > 1:
        when = about["received"][:19].replace("T", " ")
        report.notes.append(f"{student} handed in {len(arrivals)} times: the one of {when} counts")
    report.accepted[student] = digest
    folder = course.root / "submitted" / student / unit.name
    folder.mkdir(parents=True, exist_ok=True)
    name = about["notebook"] or unit.built.stem
    _write(folder / f"{name}.ipynb", (place / "submitted.ipynb").read_bytes())


def _roster(course: Course) -> set[str] | None:
    """The ids of `students.csv` (column `id`), or None when there is no such file."""
    path = course.root / "students.csv"
    if not path.is_file():
        return None
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if "id" not in (reader.fieldnames or []):
            raise CourseError(f"{path} has no column `id`: its first line names the columns")
        return {row["id"].strip() for row in reader if row["id"]}


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and not when it holds this already."""
    if path.is_file() and path.read_bytes() == content:
        return
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(content)
    os.replace(draft, path)
