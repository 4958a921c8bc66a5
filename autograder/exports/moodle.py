"""Points for Moodle: the assignment's grading worksheet filled in, and a zip of the feedback pages.

Formats: Moodle's documentation "Assignment FAQ" (offline marking), "Grade import", and its own readers
(`mod/assign/feedback/offline/importgradeslib.php`, `…/file/importziplib.php`). A person is the number at
the end of the Identifier ("Participant 123456"), which belongs to one assignment. "Last modified (grade)"
must stay, or Moodle takes the row for outdated. A grade above the maximum is skipped there without a word.
"""

from __future__ import annotations

import re

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.exports.options import Exported, Options, write
from autograder.exports.people import Person, match, numbers_of
from autograder.exports.points import Points, points_of_unit, ready
from autograder.exports.scale import Scale
from autograder.exports.sheet import Sheet, decimal_mark, number, written
from autograder.exports.spreadsheet import made_from_nothing
from autograder.intake.whose import MOODLE, Roster
from autograder.zips import zipped

WHAT = "in the assignment: Submissions, Actions, Download grading worksheet"
UPLOAD = "in the assignment: Submissions, Actions, Upload grading worksheet"
PAGES = "in the assignment: Submissions, Actions, Upload multiple feedback files in a zip"
PARTICIPANT = re.compile(r"\D*(?P<number>\d+)")
UNFIT = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|_&]+')  # in names of folders; _ parts them in Moodle


def export_moodle(course: Course, unit: Unit, options: Options) -> Exported:
    """Fill in the grading worksheet, or write what Moodle's gradebook imports."""
    everybody = points_of_unit(course, unit)
    leaving, notes = ready(everybody, include_pending=options.include_pending)
    place = options.place(unit, course.root, "moodle")
    if not options.template:
        if options.feedback:
            raise CourseError("--feedback needs --template: it says who is which participant")
        content, more = _for_import(course, unit, leaving)
        write(place, content.encode())
        return Exported([place], [*notes, *more])
    grade = options.column or "Grade"
    sheet = Sheet.read(options.template, lambda header: grade in header[1:], WHAT)
    matched, more = _match(sheet, grade, course, unit, everybody)
    most = max(points.max_points for points in everybody)
    given, told = _fill(sheet, grade, unit, matched, leaving, most, scale=options.scale)
    write(place, sheet.content())
    done = Exported([place], [*notes, *more, *told, UPLOAD])
    if options.feedback:
        pages, missing = _pages(course, unit, {student: matched[student] for student in given})
        done.paths.append(place.with_name(f"{place.stem}-feedback.zip"))
        write(done.paths[-1], pages)
        done.notes += [*missing, PAGES]
    return done


def _match(
    sheet: Sheet, grade: str, course: Course, unit: Unit, everybody: list[Points]
) -> tuple[dict[str, Person], list[str]]:
    identifier, last = sheet.column("Identifier") or 0, sheet.column(grade) or 0
    name = sheet.column("Full name")
    others = [i for i in range(last) if i not in (identifier, name, sheet.column("Status"))]
    people = []
    for row in sheet.people():
        found = PARTICIPANT.fullmatch(sheet.value(row, identifier).strip())
        if not found:
            raise CourseError(f"{sheet.path}, row {row + 1}, names no participant: {WHAT}")
        identities = tuple(sheet.value(row, column) for column in others)
        people.append(Person(row, found["number"], identities, sheet.value(row, name)))
    roster = Roster.read(course.root / "students.csv")
    students = {points.student for points in everybody}
    return match(people, students, numbers_of(course, unit, MOODLE), roster)


def _fill(
    sheet: Sheet,
    grade: str,
    unit: Unit,
    matched: dict[str, Person],
    leaving: dict[str, Points],
    most: float,
    *,
    scale: bool,
) -> tuple[list[str], list[str]]:
    """Fill in grades; who has one now, and a line for each one that Moodle would not take."""
    column = sheet.column(grade)
    assert column is not None
    maximum = sheet.column("Maximum Grade")
    maximum = column + 1 if maximum is None else maximum
    changeable = sheet.column("Grade can be changed")
    limits = [sheet.value(row, maximum) for row in sheet.people()]
    mark = decimal_mark([*limits, *(sheet.value(row, column) for row in sheet.people())])
    given, notes = [], []
    for student in sorted(leaving.keys() & matched.keys()):
        row = matched[student].row
        highest = number(sheet.value(row, maximum))
        if highest is None:
            raise CourseError(
                f"{sheet.path}, row {row + 1}, has no number as its maximum grade: "
                f"let the assignment's grade be points, {most:g} at most"
            )
        now = Scale.of(unit, most, highest, "Moodle", scale=scale).convert(leaving[student].points)
        if now > highest:
            told = f"{written(now)} of {written(highest)}, which Moodle does not take from a file"
            notes.append(f"{student!r} has {told}: give it by hand")
            continue
        if sheet.value(row, changeable) == "No":
            notes.append(f"{student!r}: Moodle says that this grade cannot be changed")
            continue
        if was := sheet.grade(row, column, now, mark):
            notes.append(f"{student!r} had {was} in Moodle, and has {written(now, mark)} now")
        given.append(student)
    return given, notes


def _pages(course: Course, unit: Unit, people: dict[str, Person]) -> tuple[bytes, list[str]]:
    """A zip in which each one's feedback lies in a folder as Moodle names them."""
    files, missing = {}, []
    for student, person in people.items():
        folder = folder_of(person)
        own = sorted((course.root / "feedback" / student / unit.name).glob("[!.]*"))
        for path in own:
            if path.is_file() and not path.is_symlink():
                files[f"{folder}/{path.name}"] = path.read_bytes()
        if not own:
            missing.append(f"{student!r} has no feedback page: run `course feedback {unit.name}`")
    return zipped(files), missing


def folder_of(person: Person) -> str:
    """The folder that is a person's in a zip for Moodle.

    >>> folder_of(Person(1, number="71", name="Ada_King, of L.O. / Lovelace"))
    'Ada King, of L.O. Lovelace_71_assignsubmission_file_'
    """
    name = " ".join(UNFIT.sub(" ", person.name).split()).strip(". ~")[:80]
    return f"{name or 'Participant'}_{person.number}_assignsubmission_file_"


def _for_import(course: Course, unit: Unit, leaving: dict[str, Points]) -> tuple[str, list[str]]:
    """What the gradebook's own import takes: somebody's identity, and points."""
    roster = Roster.read(course.root / "students.csv")
    rows = (
        (student, [student, roster.people.get(student, {}).get("email", ""), written(own.points)])
        for student, own in leaving.items()
    )
    header = [["ID number", "Email address", unit.name]]
    content, notes = made_from_nothing(header, rows, "id")
    notes.append(
        "in Moodle: Grades, Import, CSV file; map 'ID number' (or 'Email address') to itself, "
        f"and {unit.name!r} to the grade item; with --template the assignment keeps its grades"
    )
    return content, notes
