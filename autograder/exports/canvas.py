"""Points for Canvas: its exported gradebook with the unit's column filled in, ready for *Import*.

Format: Canvas's guides "How do I export grades in the Gradebook?" and "How do I import grades in the
Gradebook?", and its own reader and writer (`gradebook_importer.rb`, `gradebook_exporter.rb`): the columns
Student (or LastName, FirstName), ID, SIS User ID, SIS Login ID, Section come first; an assignment is
"title (id)"; a title that Canvas does not know becomes a new assignment, with the points of the row
"Points Possible"; what that row calls "(read only)" is ignored. Empty cells erase grades, so what is not
filled in keeps what Canvas wrote.
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
from autograder.intake.whose import CANVAS, Roster

WHAT = "in Canvas: Grades, Export, Export Entire Gradebook"
POSSIBLE = "Points Possible"
TITLE = re.compile(r"(?P<title>.*)\s\(\d+\)", re.DOTALL)
POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
DECIDED = ("EX", "N/A")  # excused; not assigned
UPLOAD = "in Canvas: Grades, Import, then upload it"


def export_canvas(course: Course, unit: Unit, options: Options) -> Exported:
    """Fill in Canvas's own file, or write the least that Canvas takes."""
    everybody = points_of_unit(course, unit)
    leaving, notes = ready(everybody, include_pending=options.include_pending)
    most = max(points.max_points for points in everybody)
    place = options.place(unit, course.root, "canvas")
    if options.template:
        sheet = Sheet.read(options.template, _is_canvas, WHAT)
        notes += _fill(sheet, course, unit, options, leaving, everybody, most)
        write(place, sheet.content())
    else:
        content, more = _least(course, unit, leaving, most)
        notes += more
        write(place, content.encode())
    return Exported([place], [*notes, UPLOAD])


def _is_canvas(header: list[str]) -> bool:
    name = header[:1] == ["Student"] or header[:2] == ["LastName", "FirstName"]
    return name and "ID" in header and "Section" in header


def _fill(
    sheet: Sheet,
    course: Course,
    unit: Unit,
    options: Options,
    leaving: dict[str, Points],
    everybody: list[Points],
    most: float,
) -> list[str]:
    rows = list(sheet.people())
    possible = next((row for row in rows if POSSIBLE in sheet.value(row, 0)), None)
    people = [_person(sheet, row) for row in rows if row != possible and not _posting(sheet, row)]
    students = {points.student for points in everybody}
    numbers = numbers_of(course, unit, CANVAS)
    matched, notes = match(people, students, numbers, Roster.read(course.root / "students.csv"))
    column = _column(sheet, unit, options.column)
    if column is None:
        column = _add_column(sheet, options.column or unit.name, possible, most)
        notes.append(f"Canvas will make a new assignment {sheet.header[column]!r}")
    elif possible is not None and "read only" in sheet.value(possible, column):
        raise CourseError(f"Canvas does not let {sheet.header[column]!r} be written: take another")
    theirs = number(sheet.value(possible, column)) if possible is not None else None
    scale = Scale.of(unit, most, theirs, "Canvas", scale=options.scale)
    mark = decimal_mark([cell for row in sheet.values() for cell in row[_first(sheet) :]])
    for student in sorted(leaving.keys() & matched.keys()):
        row = matched[student].row
        before, now = sheet.value(row, column).strip(), scale.convert(leaving[student].points)
        if before.upper() in DECIDED:
            notes.append(f"{student!r} has {before!r} in Canvas: left as it is")
            continue
        if was := sheet.grade(row, column, now, mark):
            notes.append(f"{student!r} had {was} in Canvas, and has {written(now, mark)} now")
    return notes


def _person(sheet: Sheet, row: int) -> Person:
    names = [sheet.value(row, sheet.column(name)) for name in ("LastName", "FirstName", "Student")]
    ours = [sheet.value(row, sheet.column(f"SIS {name} ID")) for name in ("Login", "User")]
    canvas_id = sheet.value(row, sheet.column("ID"))
    return Person(row, canvas_id, (*ours, canvas_id), ", ".join(filter(None, names)))


def _posting(sheet: Sheet, row: int) -> bool:
    """Whether this row only says which grades are hidden."""
    return all(POSTING.fullmatch(sheet.value(row, i)) for i in range(len(sheet.rows[row])))


def _column(sheet: Sheet, unit: Unit, wanted: str) -> int | None:
    """The unit's column: the one that is asked for, else the one that is called like the unit."""
    names = {wanted.casefold()} if wanted else {unit.name, unit.built.stem}
    found = []
    for index, title in list(enumerate(sheet.header))[_first(sheet) :]:
        split = TITLE.fullmatch(title)
        if names & {title.casefold(), (split["title"] if split else title).strip().casefold()}:
            found.append(index)
    if len(found) > 1:
        titles = ", ".join(repr(sheet.header[index]) for index in found)
        raise CourseError(f"which column is {unit.name}? Say --column with one of {titles}")
    return found[0] if found else None


def _first(sheet: Sheet) -> int:
    """Where the columns that hold no identity begin."""
    return (sheet.column("Section") or 0) + 1


def _add_column(sheet: Sheet, title: str, possible: int | None, most: float) -> int:
    column = len(sheet.header)
    for row in (0, *sheet.people()):
        sheet.fill(row, column, "")
    sheet.fill(0, column, title)
    if possible is not None:
        sheet.fill(possible, column, written(most))
    return column


def _least(
    course: Course, unit: Unit, leaving: dict[str, Points], most: float
) -> tuple[str, list[str]]:
    """The columns without which Canvas refuses a file, and the unit's."""
    roster = Roster.read(course.root / "students.csv")
    users = {student: user for user, student in numbers_of(course, unit, CANVAS).items()}

    def row(student: str, points: Points) -> list[str]:
        about = roster.people.get(student, {})
        name = ", ".join(filter(None, (about.get("last_name"), about.get("first_name")))) or student
        return [name, users.get(student, ""), student, "", written(points.points)]

    header = [
        ["Student", "ID", "SIS Login ID", "Section", unit.name],
        [f"    {POSSIBLE}", "", "", "", written(most)],
    ]
    rows = ((student, row(student, points)) for student, points in leaving.items())
    content, notes = made_from_nothing(header, rows, "id or name")
    notes.append("without --template, Canvas finds people by their SIS Login ID: is that your id?")
    notes.append(f"Canvas will make a new assignment {unit.name!r}, unless it has one of that name")
    return content, notes
