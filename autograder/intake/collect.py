"""Take in submissions: nothing handed in is lost or changed, and each finds its student.

Of several notebooks by one student the latest counts, by the clock of the server or LMS (the date of
the file, or of the zip's entry; a `timestamp.txt` is never believed), else the one collected last. It is
copied to `submitted/<student>/<unit>/<notebook>.ipynb`; all are kept (`arrivals`). What is in a
notebook is not judged here: one that cannot be read is taken in too, and noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.intake.archive import members
from autograder.intake.arrivals import Arrivals, short_hash
from autograder.intake.reading import read_notebook
from autograder.intake.whose import STUDENT_ID, Owner, Roster, is_one_person, notebook_stem, owners


@dataclass
class IntakeReport:
    """What came in: the notebooks that count, and one line for whatever needs a person's eye."""

    unit: str
    accepted: dict[str, str] = field(default_factory=dict)  # student -> hash of what counts
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        count = len(self.accepted)
        who = ": " + ", ".join(sorted(self.accepted)) if 0 < count <= 10 else ""
        head = f"{self.unit}: {count} {'student' if count == 1 else 'students'} taken in{who}"
        return "\n".join([head, *(f"  note: {note}" for note in self.notes)])


def collect(course: Course, unit: Unit, path: Path) -> IntakeReport:
    """Take in a folder or zip. Raises CourseError when it is refused or holds no notebook at all.

    All of it is read once before anything is written: a zip that is refused leaves no trace.
    """
    if course.root.is_relative_to(path.resolve()):
        raise CourseError(f"{path} holds the course itself: name the folder of the submissions")
    stems = sorted({notebook.stem for notebook in unit.notebooks()} or {unit.built.stem})
    boxes = {member.path: member.box for member in members(path) if not member.refused}
    found = list(boxes)
    if not any(_is_notebook(name) for name in found):
        what = "no notebook (.ipynb)" if found else "nothing that can be taken in"
        raise CourseError(f"{path} holds {what}: name the folder or zip of the submissions")
    roster, arrivals = Roster.read(course.root / "students.csv"), Arrivals(course, unit)
    belongs = owners(boxes, unit, set(stems), roster)
    plan = _plan(belongs, stems, roster, arrivals)
    report = IntakeReport(unit.name, notes=plan.notes)
    beside: dict[str, dict[str, str]] = defaultdict(dict)
    for member in members(path):
        name = member.path
        if reason := member.refused or plan.aside.get(name, ""):
            report.notes.append(f"{str(name)!r} is set aside: {reason}")
            arrivals.set_aside(member, reason)
            continue
        if name not in belongs:  # it has only just come: the next collection takes it
            continue
        student = belongs[name].student
        if name not in plan.counting:
            beside[student][str(name)] = arrivals.keep_beside(member.content)
            continue
        report.accepted[student] = short_hash(member.content)
        if problem := _problem(member.content, str(name)):
            report.notes.append(f"{student}: {problem}")
        stem = notebook_stem(name)
        notebook = stem if stem in stems else stems[0]
        owner = belongs[name]
        arrivals.keep(student, member, notebook=notebook, number=owner.number, called=owner.called)
    for student, files in beside.items():
        arrivals.list_beside(student, files)
        report.notes += _note_modules(student, files)
    for student in sorted(report.accepted):
        for notebook in stems:
            _choose(arrivals, student, notebook, report)
    return report


@dataclass
class _Plan:
    """What each path is, decided before any content is looked at. The rest is kept beside."""

    counting: set[PurePosixPath] = field(default_factory=set)  # notebooks that are submissions
    aside: dict[PurePosixPath, str] = field(default_factory=dict)  # path -> why it is nobody's
    notes: list[str] = field(default_factory=list)


def _plan(
    belongs: dict[PurePosixPath, Owner], stems: list[str], roster: Roster, arrivals: Arrivals
) -> _Plan:
    plan = _Plan()
    wanted = " or ".join(f"{stem}.ipynb" for stem in stems)
    spelt = {student.casefold(): student for student in arrivals.students()}
    everything: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path, owner in belongs.items():
        everything[owner.student].append(path)
    for student, paths in everything.items():
        notebooks = [path for path in paths if _is_notebook(path)]
        named = [path for path in notebooks if notebook_stem(path) in stems]
        others = {notebook_stem(path) for path in notebooks}
        if not notebooks:
            named_by_folder = any(belongs[path].named for path in paths)
            why = (
                f"{student!r} handed in no notebook with it"
                if named_by_folder
                else "it is no notebook"
            )
        elif not (why := _why_not(student, roster)):
            before = arrivals.of(student)
            numbers = {belongs[path].number for path in notebooks} | {a.number for a in before}
            called = {belongs[path].called for path in named or notebooks} - {""}
            known = {arrival.called for arrival in before} - {""}
            if not called <= known | {student}:  # the very id is that student
                called |= known
            twin = spelt.setdefault(student.casefold(), student)
            if len(numbers - {""}) > 1:
                why = f"several students are called {student!r}: rename each to a student id"
            elif not is_one_person(called):
                names = " and ".join(repr(name) for name in sorted(called)[:2])
                why = f"{names} may be several students: rename each to a student id"
            elif twin != student:
                why = f"{student!r} and {twin!r} may be one student: rename one"
            elif not named and (len(others) > 1 or len(stems) > 1):
                why = f"which of {student!r} is {wanted}? Rename it"
        if why:
            plan.aside |= dict.fromkeys(paths, why)
            continue
        plan.counting |= set(named or notebooks)
        for path in sorted(set(notebooks) - plan.counting):
            plan.notes.append(
                f"{student}: {str(path)!r} is kept but does not count, as {wanted} does"
            )
    return plan


def _why_not(student: str, roster: Roster) -> str:
    """Why a name cannot be a student's id here; empty when it can."""
    if not student:
        return "its name does not tell whose it is: put it into a folder named by the student's id"
    if len(ids := roster.known_as(student)) > 1:
        return f"{student!r} may be {' or '.join(sorted(ids))}: rename it to the right one"
    if roster.ids is not None and student not in roster.ids:
        return f"unknown student id {student!r}: add it to students.csv, then collect again"
    if not STUDENT_ID.fullmatch(student):
        rule = "at most 64 letters, digits and . _ @ -"
        return f"{student!r} is no student id ({rule}): rename it, or give the name in students.csv"
    return ""


def _problem(content: bytes, name: str) -> str:
    """Why a notebook will not be graded, as far as one can see now; empty when all seems well."""
    try:
        read_notebook(content, repr(name))
    except CourseError as error:
        return str(error)
    return ""


def _note_modules(student: str, names: Iterable[str]) -> list[str]:
    """Python files could shadow a library; those of the bundle's own `course_utils` are usual."""
    code = [name for name in sorted(names) if name.endswith(".py")]
    shown = [repr(name) for name in code if "course_utils" not in PurePosixPath(name).parts[:-1]]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return [f"{student}: {', '.join(shown[:3])}{more} kept, but never run"] if shown else []


def _choose(arrivals: Arrivals, student: str, notebook: str, report: IntakeReport) -> None:
    found = arrivals.choose(student, notebook)
    if found:
        report.accepted[student] = found[-1].place.name
    if len(found) > 1:
        when = datetime.fromisoformat(found[-1].received).astimezone()
        times = f"{student} handed in {len(found)} times"
        report.notes.append(f"{times}: the one of {when:%Y-%m-%d %H:%M} counts, all are kept")


def _is_notebook(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".ipynb"
