"""Points and feedback for Moodle, against what Moodle publishes about its files.

Oracles: MoodleDocs "Assignment FAQ" (offline marking) and "Grade import";
`mod/assign/feedback/offline/importgradeslib.php` (which columns must be there, and whose row it is),
`mod/assign/feedback/file/importziplib.php` (which names of folders are understood); Python's csv module.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exports.moodle import folder_of
from autograder.exports.people import Person
from autograder.zips import zipped
from tests.export_class import UNIT, exporting, hand_in, make_class, noted

HEADER = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Online text","Last modified (grade)","Feedback comments"\n'
)
MOODLE = (
    HEADER
    + """"Participant 1001","Ada Lovelace",ada@uni.example,"Submitted for grading - ",,44.00,Yes,\
"Monday, 1 June 2026, 9:03 AM","<p dir=""ltr"">I think,<br>
so</p><!-- a comment, of the editor -->",-,
"Participant 1002","Bob_the Builder / B.",bob@uni.example,"No submission - ",12.00,44.00,Yes,-,,\
"Monday, 1 June 2026, 9:03 AM",well done
"Participant 1003",Carol,carol@uni.example,"Submitted for grading - ",,44.00,No,-,,-,
"Participant 1004","=cmd|' /C calc'!A0",=eve,"Submitted for grading - ",44.00,44.00,Yes,-,,-,
"Participant 1005","One, Minus",-1+1,"Submitted for grading - ",-,44.00,Yes,-,,-,
"""
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_class(tmp_path / "class")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "Grades-Course-01.csv"
    path.write_bytes(MOODLE.encode())
    return path


def as_moodle_reads(content: bytes, delimiter: str = ",") -> dict[str, str]:
    """Grades by participant, by the rules of `importgradeslib.php`: three columns must be there."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(rows.fieldnames or ())
    return {row["Identifier"][len("Participant ") :]: row["Grade"] for row in rows}


def as_moodle_unpacks(content: bytes, participants: set[int]) -> dict[tuple[int, str, str], bytes]:
    """By participant, plugin and file name, what `is_valid_filename_for_import` finds in a zip."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            assert not parts[-1].startswith((".", "~"))
            while parts:
                info = parts.pop(0).split("_", 4)
                if len(info) < 4 or not info[1].isdecimal() or int(info[1]) not in participants:
                    continue
                rest = [info[4]] if len(info) == 5 and info[4] else []
                found[int(info[1]), f"{info[2]}_{info[3]}", "/".join(rest + parts)] = archive.read(
                    name
                )
                break
            else:
                pytest.fail(f"Moodle does not know whose {name} is")
    return found


def test_only_grades_change_and_no_other_byte(course: Course, template: Path) -> None:
    done = exporting(course, "moodle")(template=template)
    expected = MOODLE.replace(
        '"Submitted for grading - ",,44.00,Yes', '"Submitted for grading - ",39.5,44.00,Yes'
    )
    expected = expected.replace("44.00,44.00", "44,44.00").replace('",-,44.00', '",11,44.00')
    assert done.paths == [template.with_name("Grades-Course-01-01_significance.csv")]
    assert done.paths[0].read_bytes().decode() == expected
    assert template.read_text() == MOODLE
    read = as_moodle_reads(done.paths[0].read_bytes())
    assert read == {"1001": "39.5", "1002": "12.00", "1003": "", "1004": "44", "1005": "11"}
    assert "cannot be changed" in noted(done, "carol")
    assert "question-why not graded yet" in noted(done, "bob")


def test_the_participant_in_the_name_of_moodles_download_is_the_identifier(
    tmp_path: Path, template: Path
) -> None:
    course = make_class(tmp_path / "class", {"Ada_L": (20, 2), "Zed": (10, 1)})
    folder = "assignsubmission_file_"
    hand_in(
        course,
        f"Ada L_1001_{folder}/significance.ipynb",
        f"Zed_1005_{folder}/significance.ipynb",
    )
    done = exporting(course, "moodle")(template=template)
    read = as_moodle_reads(done.paths[0].read_bytes())
    assert (read["1001"], read["1005"]) == ("22", "11")


def test_a_folder_of_the_students_own_does_not_make_them_somebody_else(
    tmp_path: Path, template: Path
) -> None:
    course = make_class(tmp_path / "class", {"Mallory": (0, 0), "Zed": (10, 1)})
    folder = "assignsubmission_file_"
    hand_in(
        course,
        f"Mallory_1005_{folder}/Ada_1001_{folder}/significance.ipynb",
        f"Zed_1009_{folder}/significance.ipynb",
    )
    read = as_moodle_reads(exporting(course, "moodle")(template=template).paths[0].read_bytes())
    assert (read["1001"], read["1005"]) == ("", "0")


def test_without_names_the_participant_is_enough(tmp_path: Path) -> None:
    """Anonymous submissions: Moodle's worksheet then has no names and no addresses."""
    course = make_class(tmp_path / "class", {"Participant": (20, 2), "Other": (1, 1)})
    folder = "assignsubmission_file_"
    hand_in(
        course,
        f"Participant_1001_{folder}/significance.ipynb",
        f"Other_1002_{folder}/significance.ipynb",
    )
    template = tmp_path / "anonymous.csv"
    template.write_text(
        'Identifier,Status,Grade,"Maximum Grade","Last modified (grade)"\n'
        '"Participant 1001","Submitted for grading",,44.00,-\n'
    )
    page = course.root / "feedback" / "Participant" / UNIT / "significance.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>well</p>")
    done = exporting(course, "moodle")(template=template, feedback=True)
    assert as_moodle_reads(done.paths[0].read_bytes()) == {"1001": "22"}
    assert as_moodle_unpacks(done.paths[1].read_bytes(), {1001}) == {
        (1001, "assignsubmission_file", "significance.html"): b"<p>well</p>"
    }


def test_feedback_pages_lie_in_folders_that_moodle_understands(
    course: Course, template: Path
) -> None:
    for student in ("ada", "bob", "=eve"):
        page = course.root / "feedback" / student / UNIT / "significance.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"page of {student}")
        page.with_suffix(".certificate.json").write_text("{}")
        (page.parent / ".significance.html.7.draft").write_text("half a page")
    done = exporting(course, "moodle")(template=template, feedback=True, include_pending=True)
    assert done.paths[1].name == "Grades-Course-01-01_significance-feedback.zip"
    found = as_moodle_unpacks(done.paths[1].read_bytes(), set(range(1001, 1006)))
    pages = {who: text.decode() for (who, _, name), text in found.items() if name.endswith("html")}
    assert pages == {1001: "page of ada", 1002: "page of bob", 1004: "page of =eve"}
    assert {plugin for _, plugin, _ in found} == {"assignsubmission_file"}
    assert "no feedback page" in noted(done, "-1+1")
    with zipfile.ZipFile(done.paths[1]) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
    assert "Ada Lovelace_1001_assignsubmission_file_" in folders
    assert not any(set('"<>|\\:*?') & set(folder) for folder in folders)


@given(st.text(st.characters(codec="utf-8")) | st.sampled_from(["../..", "C:\\x", "a_9_b_c_", "."]))
def test_whatever_somebody_is_called_moodle_finds_the_participant(name: str) -> None:
    path = PurePosixPath(folder_of(Person(1, number="1001", name=name)), "page.html")
    assert len(path.parts) == 2 and ".." not in path.parts and not str(path).startswith(".")
    found = as_moodle_unpacks(zipped({str(path): b"x"}), {9, 1001})
    assert found == {(1001, "assignsubmission_file", "page.html"): b"x"}


def test_feedback_needs_the_worksheet(course: Course) -> None:
    with pytest.raises(CourseError, match="--feedback needs --template"):
        exporting(course, "moodle")(feedback=True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", ":"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_delimiter_decimal_comma_and_byte_order_mark_stays(
    course: Course, tmp_path: Path, delimiter: str, mark: bytes
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(
        ["Identifier", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"]
    )
    writer.writerow(["Participant 1001", "ada@uni.example", "", "44,00", "-"])
    template = tmp_path / "sheet.csv"
    template.write_bytes(mark + file.getvalue().encode())
    content = exporting(course, "moodle")(template=template).paths[0].read_bytes()
    assert content.startswith(mark) and as_moodle_reads(content, delimiter) == {"1001": "39,5"}
    assert content.endswith(b"\r\n")


def test_a_worksheet_in_another_language_needs_the_name_of_its_column(
    course: Course, tmp_path: Path
) -> None:
    template = tmp_path / "sheet.csv"
    template.write_text(
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Zuletzt geändert\n"
        'Teilnehmer/in1001,Ada Lovelace,ada@uni.example,Abgegeben,,"44,00",-\n'
    )
    with pytest.raises(CourseError, match="Download grading worksheet"):
        exporting(course, "moodle")(template=template)
    done = exporting(course, "moodle")(template=template, column="Bewertung")
    assert 'Abgegeben,"39,5","44,00",-' in done.paths[0].read_text()


def test_other_maxima_are_refused_or_converted(course: Course, template: Path) -> None:
    template.write_text(MOODLE.replace(",44.00,", ",100.00,"))
    with pytest.raises(CourseError, match="44 points, the assignment in Moodle 100"):
        exporting(course, "moodle")(template=template)
    done = exporting(course, "moodle")(template=template, scale=True)
    assert as_moodle_reads(done.paths[0].read_bytes())["1001"] == "89.77"


def test_more_than_the_maximum_is_named_as_moodle_would_skip_it(
    tmp_path: Path, template: Path
) -> None:
    course = make_class(tmp_path / "class", {"ada": (44, 4)})
    done = exporting(course, "moodle")(template=template)
    assert as_moodle_reads(done.paths[0].read_bytes())["1001"] == ""
    assert noted(done, "ada") == (
        "'ada' has 48 of 44, which Moodle does not take from a file: give it by hand"
    )


def test_an_assignment_with_a_scale_of_words_is_one_clear_line(
    course: Course, template: Path
) -> None:
    template.write_text(MOODLE.replace(",44.00,", ",Satisfactory,"))
    with pytest.raises(CourseError, match="row 6, has no number as its maximum grade"):
        exporting(course, "moodle")(template=template)


def test_a_file_that_names_no_participant_is_one_clear_line(course: Course, template: Path) -> None:
    template.write_text(MOODLE.replace("Participant 1003", "Carol"))
    with pytest.raises(CourseError, match="names no participant"):
        exporting(course, "moodle")(template=template)


def test_without_a_worksheet_the_gradebook_imports_it(course: Course) -> None:
    """ "Grade import": the first line names the columns, which a person then maps."""
    (course.root / "students.csv").write_text("id,email\nada,ada@uni.example\n")
    done = exporting(course, "moodle")()
    rows = list(csv.reader(io.StringIO(done.paths[0].read_text())))
    assert rows == [
        ["ID number", "Email address", UNIT],
        ["ada", "ada@uni.example", "39.5"],
        ["carol", "", "25.33"],
    ]
    assert "for a formula" in noted(done, "=eve")
