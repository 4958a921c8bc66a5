"""CSV files of others in which cells are filled in: whatever people are called, the csv module reads it back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.exports.people import Person, match
from autograder.exports.sheet import Sheet
from autograder.intake.whose import Roster

# Without a lone \r, which Python's writer does not always quote, so that its reader sees a new row.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
ODD = st.sampled_from(['"', ",", ";", "\n", "\r\n", '""', "=1+1", "-1", "@x", " a", "Ní,", "'"])
ROWS = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(TEXT | ODD, min_size=width, max_size=width), min_size=1)
)
STYLES = st.tuples(
    st.sampled_from(",;\t:"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)


def as_csv(rows: list[list[str]], style: tuple[str, str, int, bool]) -> bytes:
    delimiter, end, quoting, mark = style
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return (b"\xef\xbb\xbf" if mark else b"") + file.getvalue().encode()


def read(content: bytes, delimiter: str) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@given(ROWS, STYLES, TEXT | ODD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filled_sheet_reads_back_and_an_unfilled_one_is_the_same_bytes(
    tmp_path: Path, rows: list[list[str]], style: tuple[str, str, int, bool], grade: str
) -> None:
    rows = [["Student\ufeff", *["x"] * (len(rows[0]) - 1)], *rows]
    path = tmp_path / "sheet.csv"
    path.write_bytes(content := as_csv(rows, style))
    sheet = Sheet.read(path, lambda header: header == rows[0], "a sheet")
    assert sheet.values() == rows and sheet.content() == content
    sheet.fill(len(rows) - 1, 1, grade)
    rows[-1][1] = grade
    assert read(sheet.content(), style[0]) == rows


@given(st.lists(TEXT | ODD, unique=True), st.lists(TEXT | ODD))
def test_no_row_gets_two_students_and_no_student_two_rows(
    students: list[str], names: list[str]
) -> None:
    people = [Person(row, identities=(name, name[1:])) for row, name in enumerate(names, 1)]
    matched, _ = match(people, students, {}, Roster())
    assert len({person.row for person in matched.values()}) == len(matched)
    for student, person in matched.items():
        claims = [p for p in people if student.casefold() in map(str.casefold, p.identities)]
        assert claims == [person] or not claims


@pytest.mark.parametrize("broken", ['a,"b', 'a,"b"c', 'a,b\n"x" ,y'])
def test_what_the_csv_module_would_read_otherwise_is_refused(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(broken)
    with pytest.raises(Exception, match="is not the file that is needed"):
        Sheet.read(path, lambda header: header[0] == "a", "a sheet")
