"""Points for Canvas, against what Canvas publishes about its files.

Oracles: the guides "How do I export grades in the Gradebook?" and "How do I import grades in the
Gradebook?"; `lib/gradebook_exporter.rb` (order of columns, the rows "Manual Posting" and
"    Points Possible", "(read only)", names that begin with =) and `lib/gradebook_importer.rb` (what a first
line must be, whose row it is, which cells are skipped) of Canvas; and Python's csv module.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exports import Options, export
from tests.export_class import exporting, hand_in, make_class, noted

GRADE = 5  # the column of the unit
CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,significance (4321),Essay (99),Notes,\
Assignments Current Score,Current Score,Unposted Current Score,Final Score,Unposted Final Score
,,,,,Manual Posting,,,,,,,
"    Points Possible",,,,,44.00,10.00,(read only),(read only),(read only),(read only),(read only),(read only)
"Lovelace, Ada",501,S1,ada,"01, evening",,8.00,"says ""hi""\nand more",80.0,80.0,80.0,14.8,14.8
"Ní Bhriain, ""Bob""",502,S2,bob@uni.example,01,12.00,N/A,,,,,,
Carol,503,carol,c.c@uni.example,01,,EX,'quoted',,,,,
"=""=Eve""",504,=eve,eve,01,44.00,,,,,,,
"One, Minus",505,-1+1,m1,01,,,,,,,,
"Student, Test",599,,5b3f,01,,,,,,,,
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_class(tmp_path / "class")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "canvas.csv"
    path.write_bytes(CANVAS.encode())
    return path


def table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def grades(path: Path, column: int = GRADE) -> dict[str, str]:
    return {row[1]: row[column] for row in table(path.read_bytes())[3:]}


def as_canvas_reads(content: bytes) -> list[dict[str, str]]:
    """Rows of students by assignment, read by the rules of `gradebook_importer.rb`; an error if it refuses."""
    header, *rows = table(content)
    assert len(header) > 3 and "Student" in header[0] and "ID" in header[1]
    information = 3
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        information += 1
    elif re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3]):
        information += 2
    assert "Section" in header[information - 1]
    possible = rows.pop(0)
    assert "Points Possible" in possible[0]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_only_the_cells_of_the_unit_change_and_no_other_byte(
    course: Course, template: Path
) -> None:
    done = exporting(course, "canvas")(template=template)
    expected = CANVAS.replace('"01, evening",,8.00', '"01, evening",39.5,8.00')
    expected = expected.replace("c.c@uni.example,01,,EX", "c.c@uni.example,01,25.33,EX")
    expected = expected.replace("505,-1+1,m1,01,,", "505,-1+1,m1,01,11,")
    expected = expected.replace("504,=eve,eve,01,44.00", "504,=eve,eve,01,44")
    assert done.paths == [template.with_name("canvas-01_significance.csv")]
    assert done.paths[0].read_bytes().decode() == expected
    assert template.read_text() == CANVAS


def test_who_waits_for_a_person_keeps_what_canvas_has_and_is_named(
    course: Course, template: Path
) -> None:
    done = exporting(course, "canvas")(template=template)
    assert grades(done.paths[0])["502"] == "12.00"
    assert "question-why not graded yet" in noted(done, "bob")
    done = exporting(course, "canvas")(template=template, include_pending=True)
    assert grades(done.paths[0])["502"] == "30"
    assert noted(done, "bob") == "'bob' had 12.00 in Canvas, and has 30 now"


def test_what_nobody_has_judged_is_not_exported_as_zero(tmp_path: Path, template: Path) -> None:
    course = make_class(tmp_path / "class", {"ada": (None, 3)})
    done = exporting(course, "canvas")(template=template)
    assert grades(done.paths[0])["501"] == ""
    assert "significance.paired_bootstrap not graded yet" in noted(done, "ada")


def test_who_is_missing_on_either_side_is_one_line_each(tmp_path: Path, template: Path) -> None:
    course = make_class(tmp_path / "class", {"ada": (1, 1), "zoe": (2, 2)})
    done = exporting(course, "canvas")(template=template)
    assert noted(done, "zoe") == "'zoe' has points, but no row in the file"
    unmatched = [note for note in done.notes if "has no points here" in note]
    assert len(unmatched) == 5
    assert "'Student, Test' (row 9) has no points here: left as it is" in unmatched


def test_excused_and_not_assigned_stay(course: Course, template: Path) -> None:
    template.write_text(CANVAS.replace('"01, evening",,', '"01, evening",EX,'))
    done = exporting(course, "canvas")(template=template)
    assert grades(done.paths[0])["501"] == "EX"
    assert noted(done, "ada") == "'ada' has 'EX' in Canvas: left as it is"


def test_the_user_in_the_name_of_canvas_download_is_the_id(tmp_path: Path, template: Path) -> None:
    course = make_class(tmp_path / "class", {"lovelaceada": (20, 2), "onem": (10, 1)})
    hand_in(course, "lovelaceada_LATE_501_77_significance.ipynb", "onem_505_78_significance.ipynb")
    done = exporting(course, "canvas")(template=template)
    assert (grades(done.paths[0])["501"], grades(done.paths[0])["505"]) == ("22", "11")


def test_a_number_that_moodle_gave_is_nobody_in_canvas(tmp_path: Path, template: Path) -> None:
    course = make_class(tmp_path / "class", {"Ada_L": (20, 2)})
    hand_in(course, "Ada L_501_assignsubmission_file/significance.ipynb")
    done = exporting(course, "canvas")(template=template)
    assert grades(done.paths[0])["501"] == "" and "no row" in noted(done, "Ada_L")


def test_the_roster_leads_from_names_and_addresses_to_ids(tmp_path: Path, template: Path) -> None:
    course = make_class(tmp_path / "class", {"u1": (20, 2), "u2": (10, 0)})
    roster = (
        "id,first_name,last_name,email\nu1,Ada,Lovelace,\nu2,Robert,Brown,c.c@uni.example\n"
        "u3,Minus,One,\n"
    )
    (course.root / "students.csv").write_text(roster)
    done = exporting(course, "canvas")(template=template)
    assert (grades(done.paths[0])["501"], grades(done.paths[0])["503"]) == ("22", "10")


def test_two_people_are_never_taken_for_one(tmp_path: Path, template: Path) -> None:
    """An id that is one row's login and another row's SIS id; a row that is two students' by its cells."""
    template.write_text(CANVAS.replace("502,S2,", "502,ada,").replace("504,=eve,eve", "504,x,y"))
    course = make_class(tmp_path / "class", {"ada": (1, 1), "x": (2, 2), "y": (3, 3)})
    done = exporting(course, "canvas")(template=template)
    assert set(grades(done.paths[0]).values()) == {"", "12.00", "44.00"}
    assert "may be 'Lovelace, Ada' (row 4) and" in next(n for n in done.notes if "'ada' may" in n)
    assert any("may be 'x' or 'y'" in note for note in done.notes)


def test_without_a_template_canvas_takes_what_is_written(course: Course) -> None:
    (course.root / "students.csv").write_text("id,first_name,last_name\nada,Ada,Lovelace\n")
    done = exporting(course, "canvas")()
    rows = as_canvas_reads(done.paths[0].read_bytes())
    assert {row["SIS Login ID"]: row["01_significance"] for row in rows} == {
        "ada": "39.5",
        "carol": "25.33",
    }
    assert [row["Student"] for row in rows] == ["Lovelace, Ada", "carol"]
    assert table(done.paths[0].read_bytes())[1] == ["    Points Possible", "", "", "", "44"]


def test_an_id_that_looks_like_a_formula_goes_only_where_canvas_wrote_it_first(
    course: Course,
) -> None:
    done = exporting(course, "canvas")()
    assert b"eve" not in done.paths[0].read_bytes() and b"-1" not in done.paths[0].read_bytes()
    assert "for a formula" in noted(done, "=eve") and "for a formula" in noted(done, "-1+1")


def test_a_unit_that_canvas_does_not_know_is_a_new_column(course: Course, template: Path) -> None:
    template.write_text(CANVAS.replace("significance (4321)", "Something else (4321)"))
    done = exporting(course, "canvas")(template=template)
    before, after = (table(path.read_bytes()) for path in (template, done.paths[0]))
    assert [row[:-1] for row in after] == before
    assert [row[-1] for row in after] == [
        *("01_significance", "", "44", "39.5", "", "25.33", "44", "11", "")
    ]
    assert "Canvas will make a new assignment '01_significance'" in done.notes


def test_two_columns_that_may_be_the_units_are_asked_about(course: Course, template: Path) -> None:
    template.write_text(CANVAS.replace("Essay (99)", "Significance (99)"))
    with pytest.raises(CourseError, match=r"--column with one of 'significance \(4321\)', 'Sig"):
        exporting(course, "canvas")(template=template)
    done = exporting(course, "canvas")(template=template, column="significance (4321)")
    assert grades(done.paths[0])["501"] == "39.5"


def test_a_column_that_canvas_does_not_let_be_written_is_refused(
    course: Course, template: Path
) -> None:
    with pytest.raises(CourseError, match="does not let 'Notes' be written"):
        exporting(course, "canvas")(template=template, column="Notes")


def test_other_maxima_are_refused_or_converted(course: Course, template: Path) -> None:
    template.write_text(CANVAS.replace("44.00,10.00,(read", "100.00,10.00,(read"))
    with pytest.raises(CourseError, match=r"44 points, the assignment in Canvas 100: .* --scale"):
        exporting(course, "canvas")(template=template)
    done = exporting(course, "canvas")(template=template, scale=True)
    assert grades(done.paths[0])["501"] == "89.77"  # 39.5 / 44 of 100


def test_semicolons_decimal_commas_and_a_byte_order_mark_stay(
    course: Course, tmp_path: Path
) -> None:
    text = (
        "Student;ID;SIS Login ID;Section;significance (4321);Final Score\r\n"
        '"    Points Possible";;;;44,00;(read only)\r\n'
        '"Lovelace; Ada";501;ada;A;"12,00";80,5\r\n'
    )
    template = tmp_path / "export.csv"
    template.write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = exporting(course, "canvas")(template=template)
    expected = text.replace('"12,00"', '"39,5"')
    assert done.paths[0].read_bytes() == b"\xef\xbb\xbf" + expected.encode()


def test_last_and_first_names_in_two_columns(course: Course, tmp_path: Path) -> None:
    template = tmp_path / "export.csv"
    template.write_text(
        "LastName,FirstName,ID,SIS Login ID,Section,significance (1)\n"
        "    Points Possible,,,,,44\nLovelace,Ada,501,ada,A,\n"
    )
    done = exporting(course, "canvas")(template=template)
    assert "Lovelace,Ada,501,ada,A,39.5\n" in done.paths[0].read_text()


def test_canvas_own_file_is_never_overwritten(course: Course, template: Path) -> None:
    with pytest.raises(CourseError, match="is the template: name another file"):
        exporting(course, "canvas")(template=template, output=template)
    assert template.read_text() == CANVAS


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,points\nada,3\n", "is not the file that is needed: in Canvas: Grades, Export"),
        (CANVAS.replace("Ní", "N\xed").encode("latin-1"), "is not UTF-8"),
        (CANVAS.replace('"Lovelace, Ada"', '"Lovelace, Ada').encode(), "is not the file"),
        (b"", "is not the file"),
    ],
)
def test_another_file_is_one_clear_line(
    course: Course, tmp_path: Path, content: bytes, told: str
) -> None:
    template = tmp_path / "x.csv"
    template.write_bytes(content)
    with pytest.raises(CourseError, match=told):
        exporting(course, "canvas")(template=template)
    with pytest.raises(CourseError, match=r"cannot read .*: No such file"):
        exporting(course, "canvas")(template=tmp_path / "none.csv")


def test_what_is_not_an_export_is_one_clear_line(course: Course) -> None:
    with pytest.raises(CourseError, match="there are canvas, moodle, gradescope, csv"):
        export(course, "blackboard", None, Options())
    with pytest.raises(CourseError, match="which unit"):
        export(course, "canvas", None, Options())
    with pytest.raises(CourseError, match="--include-pending is not for `course export csv`"):
        export(course, "csv", None, Options(include_pending=True))
    with pytest.raises(CourseError, match="--feedback is not for `course export canvas`"):
        exporting(course, "canvas")(feedback=True)


def test_nobody_graded_is_one_clear_line(tmp_path: Path) -> None:
    course = make_class(tmp_path / "class", {})
    with pytest.raises(CourseError, match="run `course grade 01_significance` first"):
        exporting(course, "canvas")()
