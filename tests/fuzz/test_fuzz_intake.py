"""Hostile zips and names at the intake: taken in, set aside or refused in clear lines, and nothing lost."""

from __future__ import annotations

import io
import os
import tempfile
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import Course
from autograder.errors import CourseError
from autograder.intake.archive import is_rubbish
from autograder.intake.collect import collect
from autograder.intake.whose import STUDENT_ID
from tests.fuzz.targets import handed_in, take_in
from tests.fuzz.zips import ENDS, NOTEBOOK, PARTS, Entry, pack, unicode_path

FUZZ = settings(derandomize=True, database=None, deadline=None, max_examples=40)
FILE_NAMES = st.sampled_from(PARTS) | st.text(max_size=12)
PATHS = st.builds(
    lambda parts, end: ("/".join(parts) + end).encode("utf-8", "surrogatepass"),
    st.lists(FILE_NAMES, min_size=1, max_size=3),
    st.sampled_from(ENDS),
)
CONTENTS = st.sampled_from([NOTEBOOK, b"", b"x" * 3000]) | st.binary(max_size=40)
HONEST = st.builds(Entry, name=PATHS, content=CONTENTS)
LYING = st.builds(
    Entry,
    name=PATHS,
    content=CONTENTS,
    method=st.sampled_from([0, 8, 9, 12, 14, 93, 99]),
    flags=st.integers(0, 65535),
    mode=st.sampled_from([0o100644, 0o120777, 0o040755, 0o020666, 0]),
    date=st.integers(0, 2**32 - 1),
    longer=st.integers(-4000, 2**32 - 4000),
    packed_longer=st.integers(-100, 100),
    wrong_sum=st.booleans(),
    place=st.none() | st.integers(0, 500),
    local_name=st.none() | PATHS,
    extra=st.binary(max_size=30) | st.builds(unicode_path, PATHS, FILE_NAMES),
)
INNER = st.builds(
    lambda name, entries: Entry(name + b".zip", pack(entries)),
    PATHS,
    st.lists(HONEST | LYING, max_size=3),
)


@given(st.lists(HONEST | LYING | INNER, min_size=1, max_size=4), st.none() | st.integers(0, 65535))
@FUZZ
def test_a_zip_whose_headers_lie_is_taken_in_or_refused(
    entries: list[Entry], count: int | None
) -> None:
    take_in(pack(entries, count=count))


def kept_by(course: Course) -> set[bytes]:
    return {path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@given(st.lists(HONEST, min_size=1, max_size=5))
@FUZZ
def test_every_byte_that_came_in_is_kept_or_the_whole_is_refused(entries: list[Entry]) -> None:
    content = pack(entries)
    with handed_in(content) as (course, path):
        try:
            collect(course, course.unit("1"), path)
        except CourseError:
            assert kept_by(course) == set()
            return
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            came = {
                file.read(entry)
                for entry in file.infolist()
                if not is_rubbish(PurePosixPath(entry.filename))
            }
        assert came - {b""} <= kept_by(course)


def fits(name: str) -> bool:
    return "/" not in name and "\0" not in name and 0 < len(os.fsencode(name)) < 200


FOLDER_NAMES = FILE_NAMES.filter(lambda name: fits(name) and name not in (".", ".."))


@given(
    st.dictionaries(FOLDER_NAMES, CONTENTS.filter(bool), min_size=1, max_size=4),
    st.sampled_from([0, 1, 2**31, 2**33, -(2**31), 10**9]),
)
@FUZZ
def test_any_name_and_date_in_a_folder_is_kept_and_told(files: dict[str, bytes], date: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        course, folder = Course(Path(place) / "course"), Path(place) / "incoming"
        course.root.mkdir()
        wanted = set()
        for number, (name, content) in enumerate(files.items()):
            inside = PurePosixPath(name, "significance.ipynb" if number % 2 else "x.ipynb")
            path = folder / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (date, date))
            wanted |= set() if is_rubbish(inside) else {content}
        try:
            report = collect(course, course.unit("1"), folder)
        except CourseError as error:
            assert str(error).isprintable() and not wanted
            return
        assert all(line.isprintable() for line in str(report).splitlines())
        assert wanted <= kept_by(course)
        assert {path.name for path in Path(place).iterdir()} == {"course", "incoming"}


@pytest.mark.parametrize(
    "student", ["con", "NUL", "aux.x", "Com1", "lpt9.tar", "ada.", "ada ", "ada\u200b", "a\u0301da"]
)
def test_what_some_system_cannot_call_a_folder_is_no_student_id(student: str) -> None:
    assert not STUDENT_ID.fullmatch(student)


@pytest.mark.parametrize(
    "student", ["conny", "ada.l", "nulty", "al@x.org", "auxiliary", "com12", "7"]
)
def test_an_id_that_merely_begins_like_a_device_is_one(student: str) -> None:
    assert STUDENT_ID.fullmatch(student)


def test_one_name_in_two_normal_forms_is_never_two_students(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    course.root.mkdir()
    (course.root / "students.csv").write_text(
        "id,first_name,last_name\nzoe2,Zo\xeb,M\xfcller\n", encoding="utf-8"
    )
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Zo\xeb M\xfcller")
        folder = tmp_path / form / name
        folder.mkdir(parents=True)
        (folder / "significance.ipynb").write_bytes(NOTEBOOK + form.encode())
        report = collect(course, course.unit("1"), tmp_path / form)
        assert list(report.accepted) == ["zoe2"]


def test_a_second_name_in_an_entry_leads_nowhere_else() -> None:
    name = b"ada/significance.ipynb"
    take_in(pack([Entry(name, NOTEBOOK, extra=unicode_path(name, "../../x.ipynb"))]))
