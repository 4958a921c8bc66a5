"""What comes in: every usual layout finds its student, nothing is lost, nothing hostile gets through."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.intake import archive
from autograder.intake.archive import members, read_zip
from autograder.intake.arrivals import Arrivals
from autograder.intake.collect import IntakeReport, collect
from autograder.intake.whose import Roster, owners

NAME = "significance.ipynb"
ROSTER = "id,first_name,last_name,email\nada1,Ada,Lovelace,al@x.org\nzoe2,Zoë,Müller,\n"


def notebook(text: str = "") -> bytes:
    return json.dumps(
        {"cells": [], "metadata": {"a": text}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course").mkdir()
    return Course(tmp_path / "course")


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.unit("significance")


def entry(name: str, *, mode: int = 0, year: int = 2026, minute: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (year, 3, 1, 12, minute, 0))
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def zipped(files: dict[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    pairs = files if isinstance(files, list) else [(entry(name), c) for name, c in files.items()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for info, content in pairs:
            file.writestr(info, content)
    return buffer.getvalue()


def incoming(course: Course, files: dict[str, bytes], *, seconds: int = 1_700_000_000) -> Path:
    """A folder of submissions, each handed in at the given time."""
    folder = course.root.parent / "incoming"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (seconds, seconds))
    return folder


def collect_zip(
    course: Course, unit: Unit, content: bytes, name: str = "class.zip"
) -> IntakeReport:
    path = course.root.parent / name
    path.write_bytes(content)
    return collect(course, unit, path)


def submitted(course: Course) -> dict[str, bytes]:
    """What counts; beside it lies when it came in."""
    base = course.root / "submitted"
    files = {p.relative_to(base).as_posix(): p.read_bytes() for p in base.rglob("*") if p.is_file()}
    notebooks = {path: content for path, content in files.items() if path.endswith(".ipynb")}
    beside = {str(PurePosixPath(path).with_name("timestamp.txt")) for path in notebooks}
    assert files.keys() - notebooks.keys() == beside
    return notebooks


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def set_aside(course: Course) -> list[bytes]:
    return sorted(p.read_bytes() for p in course.state.glob("set_aside/*/*/submitted"))


# Layouts.

LAYOUTS = {
    "a file for each student": "ada.ipynb",
    "a folder for each student": "ada/significance.ipynb",
    "a folder with a file of any name": "ada/my work.ipynb",
    "a deep folder": "ada/home/work/significance.ipynb",
    "nbgrader": "submitted/ada/01_significance/significance.ipynb",
    "canvas": "ada_12345_678_significance.ipynb",
    "canvas, late and again": "ada_LATE_12345_678_significance-1.ipynb",
    "canvas, late in small letters": "ada_late_12345_678_significance-1.ipynb",
    "moodle with folders": "ada_1234_assignsubmission_file/significance.ipynb",
    "moodle with folders of its own": "ada_1234_assignsubmission_file_/deep/significance.ipynb",
    "moodle without folders": "ada_1234_assignsubmission_file_significance.ipynb",
    "upper case": "ada/SIGNIFICANCE.IPYNB",
}


@pytest.mark.parametrize("name", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_every_usual_layout_finds_its_student(
    course: Course, unit: Unit, name: str, packed: bool
) -> None:
    files = {name: notebook("a"), name.replace("ada", "bob").replace("1234", "9"): notebook("b")}
    if packed:
        report = collect_zip(course, unit, zipped(files))
    else:
        report = collect(course, unit, incoming(course, files))
    assert sorted(report.accepted) == ["ada", "bob"]
    assert submitted(course)[f"ada/01_significance/{NAME}"] == notebook("a")
    assert report.notes == []


def test_a_folder_round_the_whole_class_is_looked_through(course: Course, unit: Unit) -> None:
    files = {"week 1/ada.ipynb": notebook("a"), "week 1/bob/x.ipynb": notebook("b")}
    assert sorted(collect_zip(course, unit, zipped(files)).accepted) == ["ada", "bob"]


def test_a_zip_for_each_student_is_unfolded(course: Course, unit: Unit) -> None:
    files = {
        "ada.zip": zipped({NAME: notebook("a")}),
        "bob.zip": zipped({f"x/{NAME}": notebook("b")}),
    }
    for report in (
        collect_zip(course, unit, zipped(files)),
        collect(course, unit, incoming(course, files)),
    ):
        assert sorted(report.accepted) == ["ada", "bob"]


def test_a_name_with_a_space_becomes_an_id(course: Course, unit: Unit) -> None:
    files = {f"Ada Lovelace_77_assignsubmission_file/{NAME}": notebook()}
    assert list(collect_zip(course, unit, zipped(files)).accepted) == ["Ada_Lovelace"]


def test_two_students_of_one_name_are_not_taken_for_one(course: Course, unit: Unit) -> None:
    files = {f"Ada L_{n}_assignsubmission_file/{NAME}": notebook(str(n)) for n in (7, 8)}
    report = collect_zip(course, unit, zipped(files))
    assert report.accepted == {} and "several students are called 'Ada_L'" in report.notes[0]
    assert set_aside(course) == [notebook("7"), notebook("8")]


MERGED = {
    "a space and an underscore": (f"Ada L/{NAME}", f"Ada_L/{NAME}"),
    "files too": ("Ada L.ipynb", "Ada_L.ipynb"),
    "folders of two tutorials": (f"A/ada/{NAME}", f"A/bob/{NAME}"),
}


@pytest.mark.parametrize(("one", "two"), MERGED.values(), ids=MERGED)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
def test_two_people_are_never_merged_into_one(
    course: Course, unit: Unit, one: str, two: str, at_once: bool
) -> None:
    other = {f"B/eve/{NAME}": notebook("e"), f"B/{NAME}": notebook("f")}
    if at_once:
        report = collect_zip(course, unit, zipped({one: notebook("1"), two: notebook("2")} | other))
        assert set_aside(course) == [notebook("1"), notebook("2")]
    else:
        collect_zip(course, unit, zipped({two: notebook("2")} | other))
        report = collect_zip(course, unit, zipped({one: notebook("1")} | other))
        assert set_aside(course) == [notebook("1")]
    assert "may be several students" in report.notes[0] and list(report.accepted) == ["B"]
    assert notebook("1") not in submitted(course).values()


def test_who_is_named_by_the_very_id_is_that_student(course: Course, unit: Unit) -> None:
    files = {f"Ada L_7_assignsubmission_file/{NAME}": notebook("moodle")}
    assert list(collect_zip(course, unit, zipped(files)).accepted) == ["Ada_L"]
    report = collect(course, unit, incoming(course, {f"Ada_L/{NAME}": notebook("by hand")}))
    assert list(report.accepted) == ["Ada_L"]
    assert list(collect_zip(course, unit, zipped(files)).accepted) == ["Ada_L"]
    assert len(Arrivals(course, unit).of("Ada_L")) == 2


def test_a_zip_given_alone_is_a_class_not_a_student(course: Course, unit: Unit) -> None:
    report = collect_zip(course, unit, zipped({NAME: notebook()}), name="ada.zip")
    assert report.accepted == {} and "does not tell whose it is" in report.notes[0]


def test_two_spellings_of_one_id_are_not_mixed(course: Course, unit: Unit) -> None:
    collect(course, unit, incoming(course, {f"ada/{NAME}": notebook("a")}))
    report = collect_zip(course, unit, zipped({f"Ada/{NAME}": notebook("b")}))
    assert report.accepted == {} and "may be one student" in report.notes[0]


def test_what_systems_leave_in_zips_is_passed_over(course: Course, unit: Unit) -> None:
    rubbish = [
        "__MACOSX/ada/._significance.ipynb",
        "ada/.DS_Store",
        "ada/.ipynb_checkpoints/x.ipynb",
    ]
    files = {f"ada/{NAME}": notebook(), **dict.fromkeys(rubbish, b"x")}
    report = collect_zip(course, unit, zipped(files))
    assert list(report.accepted) == ["ada"] and report.notes == []


def test_a_notebook_that_names_nobody_is_set_aside(course: Course, unit: Unit) -> None:
    report = collect(course, unit, incoming(course, {NAME: notebook()}))
    assert report.accepted == {} and "does not tell whose it is" in report.notes[0]
    assert set_aside(course) == [notebook()]


# The roster.


def test_an_unknown_student_id_is_set_aside_and_named_with_the_fix(
    course: Course, unit: Unit
) -> None:
    (course.root / "students.csv").write_text("id\nada\n")
    files = {f"ada/{NAME}": notebook("a"), f"eve/{NAME}": notebook("e"), "eve/notes.txt": b"t"}
    report = collect(course, unit, incoming(course, files))
    assert list(report.accepted) == ["ada"]
    assert "unknown student id 'eve': add it to students.csv" in report.notes[0]
    assert set_aside(course) == sorted([notebook("e"), b"t"])
    (course.root / "students.csv").write_text("id\nada\neve\n")
    assert sorted(collect(course, unit, incoming(course, files)).accepted) == ["ada", "eve"]


@pytest.mark.parametrize(
    "name",
    ["lovelaceada_1_2_significance.ipynb", "Ada Lovelace_9_assignsubmission_file/x.ipynb", "al/x.ipynb",
     "week1/ADA1/x.ipynb", "al@x.org.ipynb", "Lovelace, Ada/x.ipynb"],
)  # fmt: skip
def test_a_roster_leads_from_names_to_ids(course: Course, unit: Unit, name: str) -> None:
    (course.root / "students.csv").write_text(ROSTER, encoding="utf-8-sig")
    assert list(collect(course, unit, incoming(course, {name: notebook()})).accepted) == ["ada1"]


def test_a_name_that_is_no_id_is_found_in_the_roster(course: Course, unit: Unit) -> None:
    files = {f"Zoë Müller_5_assignsubmission_file/{NAME}": notebook()}
    report = collect_zip(course, unit, zipped(files))
    assert report.accepted == {} and "is no student id" in report.notes[0]
    (course.root / "students.csv").write_text(ROSTER, encoding="utf-8")
    assert list(collect_zip(course, unit, zipped(files)).accepted) == ["zoe2"]


def test_a_name_that_two_in_the_roster_have_is_told_apart_by_a_person(
    course: Course, unit: Unit
) -> None:
    (course.root / "students.csv").write_text(ROSTER + "ada7,Ada,Lovelace,\n", encoding="utf-8")
    files = {f"Ada Lovelace_{n}_assignsubmission_file/{NAME}": notebook(str(n)) for n in (1, 2)}
    report = collect_zip(course, unit, zipped(files))
    assert report.accepted == {} and len(set_aside(course)) == 2
    assert "'Ada_Lovelace' may be ada1 or ada7: rename it to the right one" in report.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"name\nada\n", "no column `id`"), ("id\nZoë".encode("latin-1"), "not CSV in UTF-8")],
)
def test_a_roster_that_cannot_be_read_is_named(
    course: Course, unit: Unit, text: bytes, said: str
) -> None:
    (course.root / "students.csv").write_bytes(text)
    with pytest.raises(CourseError, match=said):
        collect(course, unit, incoming(course, {"ada.ipynb": notebook()}))


# Several submissions.


def test_the_date_of_the_file_that_counts_is_when_it_was_handed_in(
    course: Course, unit: Unit
) -> None:
    collect(course, unit, incoming(course, {"ada.ipynb": notebook()}, seconds=1_000_000_000))
    (file,) = (course.root / "submitted").rglob("*.ipynb")
    assert file.stat().st_mtime == 1_000_000_000


def test_the_later_of_two_submissions_counts_and_both_are_kept(course: Course, unit: Unit) -> None:
    collect(course, unit, incoming(course, {"ada.ipynb": notebook("late")}, seconds=2_000_000))
    report = collect(
        course, unit, incoming(course, {"ada.ipynb": notebook("early")}, seconds=1_000_000)
    )
    assert submitted(course) == {f"ada/01_significance/{NAME}": notebook("late")}
    kept = {arrival.content() for arrival in Arrivals(course, unit).of("ada")}
    assert kept == {notebook("early"), notebook("late")}
    assert "ada handed in 2 times: the one of 1970-01-24" in report.notes[0]


def test_in_one_zip_the_dates_of_the_entries_decide(course: Course, unit: Unit) -> None:
    late = (entry("ada_1_2_significance.ipynb", minute=30), notebook("late"))
    early = (entry("ada_1_3_significance-1.ipynb", minute=10), notebook("early"))
    collect_zip(course, unit, zipped([late, early]))
    assert list(submitted(course).values()) == [notebook("late")]


def test_without_dates_the_one_collected_last_counts(course: Course, unit: Unit) -> None:
    for text in ("first", "second"):
        collect(course, unit, incoming(course, {"ada.ipynb": notebook(text)}, seconds=5))
    assert list(submitted(course).values()) == [notebook("second")]


def test_a_timestamp_written_by_the_student_is_not_believed(course: Course, unit: Unit) -> None:
    files = {f"ada/{NAME}": notebook("on time"), "ada/timestamp.txt": b"2001-01-01 00:00:00 UTC"}
    collect(course, unit, incoming(course, files, seconds=1_000_000))
    files = {f"ada/{NAME}": notebook("forged"), "ada/timestamp.txt": b"2099-01-01 00:00:00 UTC"}
    collect(course, unit, incoming(course, files, seconds=900_000))
    assert submitted(course) == {f"ada/01_significance/{NAME}": notebook("on time")}


def test_the_dates_inside_a_students_own_zip_are_not_believed(course: Course, unit: Unit) -> None:
    forged = zipped([(entry(NAME, year=2099), notebook("forged"))])
    early = (entry("ada.zip", minute=1), forged)
    late = (entry(f"ada/x/{NAME}", minute=2), notebook("late"))
    collect_zip(course, unit, zipped([early, late]))
    assert list(submitted(course).values()) == [notebook("late")]


def test_collecting_twice_changes_nothing(course: Course, unit: Unit) -> None:
    files = {
        f"ada/{NAME}": notebook("a"),
        "ada/helper.py": b"x = 1",
        f"a b c?/{NAME}": notebook("b"),
    }
    folder = incoming(course, files)
    first = collect(course, unit, folder)
    before = everything(course.root)
    second = collect(course, unit, folder)
    assert (first, everything(course.root)) == (second, before)


def test_collecting_what_was_chosen_does_not_make_it_newer(course: Course, unit: Unit) -> None:
    collect(course, unit, incoming(course, {"ada.ipynb": notebook("1")}, seconds=1_000_000_000))
    before = everything(course.root)
    collect(course, unit, course.root / "submitted")
    after = everything(course.root)  # the date, which we wrote there, is one more file of hers
    assert {path: after[path] for path in after if "beside" not in path} == before
    collect(course, unit, incoming(course, {"ada.ipynb": notebook("2")}, seconds=1_000_000_009))
    assert list(submitted(course).values()) == [notebook("2")]


def test_handing_in_the_first_version_again_makes_it_count(course: Course, unit: Unit) -> None:
    for text, seconds in (("a", 10), ("b", 20), ("a", 30)):
        collect(course, unit, incoming(course, {"ada.ipynb": notebook(text)}, seconds=seconds))
    assert list(submitted(course).values()) == [notebook("a")]


def test_what_lies_in_submitted_by_another_way_is_kept(course: Course, unit: Unit) -> None:
    own = course.root / "submitted" / "ada" / unit.name / NAME
    own.parent.mkdir(parents=True)
    own.write_bytes(b"by hand")
    os.utime(own, (50, 50))
    collect(course, unit, incoming(course, {"ada.ipynb": notebook()}, seconds=60))
    assert own.read_bytes() == notebook()
    assert b"by hand" in {arrival.content() for arrival in Arrivals(course, unit).of("ada")}


def test_two_notebooks_of_which_one_has_the_name(course: Course, unit: Unit) -> None:
    files = {f"ada/{NAME}": notebook("a"), "ada/scratch.ipynb": notebook("s")}
    report = collect(course, unit, incoming(course, files))
    assert list(submitted(course).values()) == [notebook("a")]
    assert "'ada/scratch.ipynb' is kept but does not count" in report.notes[0]


def test_two_notebooks_of_which_none_has_the_name_are_set_aside(course: Course, unit: Unit) -> None:
    files = {"ada/x.ipynb": notebook("x"), "ada/y.ipynb": notebook("y"), f"bob/{NAME}": notebook()}
    report = collect(course, unit, incoming(course, files))
    assert list(report.accepted) == ["bob"]
    assert "which of 'ada' is significance.ipynb" in report.notes[0]


def test_an_interrupted_record_is_mended(course: Course, unit: Unit) -> None:
    folder = incoming(course, {"ada.ipynb": notebook()})
    collect(course, unit, folder)
    (record,) = course.state.rglob("received.json")
    whole = record.read_bytes()
    record.write_bytes(whole[:20])
    assert list(collect(course, unit, folder).accepted) == ["ada"]
    assert record.read_bytes() == whole


# Contents.

BROKEN = {
    "not JSON": (b"I did this in Word", "not JSON"),
    "empty": (b"", "is empty"),
    "UTF-16": (notebook().decode().encode("utf-16"), "not UTF-8"),
    "NUL bytes": (b"\0" * 100, "not JSON"),
    "nbformat 3": (b'{"nbformat": 3, "worksheets": []}', "format 3"),
    "nested": (b"[" * 100_000, "not a notebook"),
    "Windows line ends": (notebook().replace(b" ", b"\r\n"), ""),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_is_kept_as_it_is_and_stops_nobody(
    course: Course, unit: Unit, content: bytes, said: str
) -> None:
    report = collect(
        course, unit, incoming(course, {"ada.ipynb": content, "bob.ipynb": notebook()})
    )
    assert submitted(course)[f"ada/01_significance/{NAME}"] == content
    assert sorted(report.accepted) == ["ada", "bob"]
    if said:
        assert report.notes[0].startswith("ada: ") and said in report.notes[0]
    assert len(report.notes) == bool(said)


def test_other_files_are_kept_once_and_code_is_named(course: Course, unit: Unit) -> None:
    files = {f"{who}/{NAME}": notebook(who) for who in ("ada", "bob")}
    files |= {f"{who}/plot.png": b"the same" for who in ("ada", "bob")}
    files |= {"bob/numpy.py": b"evil", "bob/course_utils/plain.py": b"from the bundle"}
    report = collect(course, unit, incoming(course, files))
    assert report.notes == ["bob: 'bob/numpy.py' kept, but never run"]
    kept = sorted(p.read_bytes() for p in (course.state / "beside").rglob("*") if p.is_file())
    assert kept == [b"evil", b"from the bundle", b"the same"]
    assert all(name.endswith(NAME) for name in submitted(course))


def test_a_student_without_a_notebook_is_named(course: Course, unit: Unit) -> None:
    files = {f"ada/{NAME}": notebook(), "bob/essay.docx": b"essay"}
    report = collect(course, unit, incoming(course, files))
    assert report.notes == ["'bob/essay.docx' is set aside: 'bob' handed in no notebook with it"]
    assert set_aside(course) == [b"essay"]


# What is refused.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({}), "holds nothing that can be taken in"),
        (zipped({"ada/notes.txt": b""}), r"holds no notebook \(.ipynb\)"),
        (b"", "not a readable zip"),
        (b"PK\x03\x04 and then nothing", "not a readable zip"),
    ],
    ids=["empty zip", "no notebook", "no bytes", "cut off"],
)
def test_a_zip_without_notebooks_is_one_clear_line(
    course: Course, unit: Unit, content: bytes, said: str
) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        collect_zip(course, unit, content)
    assert "\n" not in str(raised.value)
    assert everything(course.root) == {}


def test_a_path_that_is_not_there_and_an_unknown_unit_are_one_clear_line(
    course: Course, unit: Unit
) -> None:
    with pytest.raises(CourseError, match="there is no"):
        collect(course, unit, course.root / "nowhere")
    with pytest.raises(CourseError, match=r"no unit '99_x': the units are 01_significance"):
        course.unit("99_x")


def test_the_command_line_says_it_in_one_line_and_exits_with_2(course: Course) -> None:
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "collect"]
    for unit, path in (("99_x", "."), ("1", "nowhere")):
        done = subprocess.run(
            [*command, unit, path, "--root", str(course.root)], capture_output=True, text=True
        )
        (line,) = done.stderr.splitlines()
        assert done.returncode == 2 and done.stdout == ""
        assert line.startswith("course: ") and (unit if unit != "1" else path) in line


@pytest.mark.parametrize("where", [".", ".."])
def test_the_courses_own_folder_is_not_taken_for_submissions(
    course: Course, unit: Unit, where: str
) -> None:
    with pytest.raises(CourseError, match="holds the course itself"):
        collect(course, unit, course.root / where)


def encrypted(content: bytes) -> bytes:
    """The zip with the flag of encryption set on its first entry, there and in the directory."""
    raw = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1
    return bytes(raw)


def renamed(old: str, new: str) -> bytes:
    """A zip with an entry of a name that `zipfile` would not write."""
    return zipped({f"ada/{NAME}": notebook(), old: b"x"}).replace(old.encode(), new.encode())


FINE = (entry(f"ada/{NAME}"), notebook())
HOSTILE = {
    "a way out": (zipped({f"ada/{NAME}": notebook(), "bob/../../x.ipynb": b""}), "'bob/../../x.ipynb'"),
    "an absolute path": (zipped([FINE, (entry("/etc/x.ipynb"), b"")]), "'/etc/x.ipynb'"),
    "a drive": (zipped([FINE, (entry("C:/x.ipynb"), b"")]), "'C:/x.ipynb'"),
    "backslashes": (renamed("bob/x.ipynb", "..\\xx.ipynb"), "forward slashes"),
    "a symbolic link": (
        zipped([FINE, (entry("bob/x.ipynb", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")]),
        "'bob/x.ipynb' is a symbolic link or a device",
    ),
    "a device": (zipped([FINE, (entry("bob/x", mode=stat.S_IFCHR), b"")]), "link or a device"),
    "a FIFO": (zipped([FINE, (entry("bob/x", mode=stat.S_IFIFO), b"")]), "link or a device"),
    "names that differ by case": (zipped({"a/x.ipynb": b"", "A/X.ipynb": b""}), "twice"),
    "names that differ by accents": (zipped({"\xe9.ipynb": b"", "e\u0301.ipynb": b""}), "twice"),
    "a file that is a folder too": (zipped({"a.ipynb": b"", "a.ipynb/": b""}), "twice"),
    "encryption": (encrypted(zipped([FINE])), "is encrypted"),
    "a bomb": (zipped([FINE, (entry("bob/x.ipynb"), bytes(60 << 20))]), "over 200 times its size"),
    "a control character": (zipped([FINE, (entry("bob/\x1b[2J.ipynb"), b"")]), "control characters"),
    "a NUL": (renamed("bob/x.ipynb", "bob/\0.ipynb"), "control characters"),
    "a long name": (zipped([FINE, (entry("b" * 300), b"")]), "over 200 bytes"),
    "no name": (zipped([FINE, (entry("bob//x.ipynb"), b"")]), "does not lead straight"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_refused_whole_naming_the_first_bad_entry(
    course: Course, unit: Unit, content: bytes, said: str
) -> None:
    with pytest.raises(CourseError) as raised:
        collect_zip(course, unit, content)
    assert said in str(raised.value) and str(raised.value).startswith("'class.zip' is refused")
    assert everything(course.root) == {}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_students_own_hostile_zip_is_kept_and_stops_nobody(
    course: Course, unit: Unit, content: bytes, said: str, packed: bool
) -> None:
    files = {"eve.zip": content, f"zoe/{NAME}": notebook()}
    if packed:
        report = collect_zip(course, unit, zipped(files))
    else:
        report = collect(course, unit, incoming(course, files))
    assert list(report.accepted) == ["zoe"]
    assert report.notes[0].startswith("'eve.zip' is set aside") and said in report.notes[0]
    assert set_aside(course) == [content]


def test_a_damaged_entry_is_named(course: Course, unit: Unit) -> None:
    content = bytearray(zipped({f"ada/{NAME}": notebook("x" * 500)}))
    content[60:70] = bytes(10)
    with pytest.raises(CourseError, match=r"'ada/significance.ipynb' is damaged"):
        collect_zip(course, unit, bytes(content))


def test_a_zip_with_too_many_entries_or_bytes_is_refused(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"s{n}/{NAME}": os.urandom(500) for n in range(20)}
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 4_000)
    with pytest.raises(CourseError, match=r"'s8/significance.ipynb' brings the whole over"):
        collect_zip(course, unit, zipped(files))
    monkeypatch.setattr(archive, "LARGEST_ENTRY", 400)
    with pytest.raises(CourseError, match=r"'s0/significance.ipynb' unfolds to over"):
        collect_zip(course, unit, zipped(files))
    monkeypatch.setattr(archive, "MOST_ENTRIES", 10)
    with pytest.raises(CourseError, match="has 20 entries, over 10"):
        collect_zip(course, unit, zipped(files))


def test_a_notebook_full_of_one_printed_line_is_no_bomb(course: Course, unit: Unit) -> None:
    files = {f"ada/{NAME}": notebook("nan\\n" * 1_000_000), f"bob/{NAME}": notebook()}
    assert sorted(collect_zip(course, unit, zipped(files)).accepted) == ["ada", "bob"]


def test_zips_inside_a_zip_cannot_unfold_to_more_than_the_whole_may(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 9 << 20)
    inner = zipped({"x": bytes(1 << 20), "y": bytes(1 << 20)})
    files = {f"s{n}.zip": inner for n in range(9)} | {f"ada/{NAME}": notebook()}
    with pytest.raises(CourseError, match=r"'s4.zip' brings the whole over 9 MiB"):
        collect_zip(course, unit, zipped(files))
    assert everything(course.root) == {}


def test_a_students_zip_in_a_folder_may_unfold_no_further_than_one_in_a_zip(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_INNER", 1 << 20)
    files = {"eve.zip": zipped({"x": bytes(1 << 20), "y": b"y"}), "zoe.ipynb": notebook()}
    report = collect(course, unit, incoming(course, files))
    assert list(report.accepted) == ["zoe"]
    assert "'y' brings the whole over 1 MiB" in report.notes[0]


def test_a_giant_file_in_a_folder_is_not_read(course: Course, unit: Unit) -> None:
    folder = incoming(course, {"zoe.ipynb": notebook()})
    with open(folder / "eve.ipynb", "wb") as file:
        file.truncate(1 << 40)
    report = collect(course, unit, folder)
    assert list(report.accepted) == ["zoe"]
    assert report.notes == ["'eve.ipynb' is set aside: it has over 200 MiB"]


def test_a_folder_that_cannot_be_read_is_named(
    course: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = incoming(course, {f"zoe/{NAME}": notebook(), f"eve/{NAME}": notebook("e")})
    scandir = os.scandir

    def closed(path: str) -> object:
        if Path(path).name == "eve":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    report = collect(course, unit, folder)
    assert list(report.accepted) == ["zoe"]
    assert report.notes == ["'eve' is set aside: it cannot be read (Permission denied)"]
    before = everything(course.root)
    assert collect(course, unit, folder) == report and everything(course.root) == before


@pytest.mark.parametrize("name", [b"zo\xeb.ipynb", b"ev\x1b[2J.zip", "ev\u202e.zip".encode()])
def test_no_file_name_in_a_folder_crashes_or_reaches_the_terminal(
    course: Course, unit: Unit, name: bytes
) -> None:
    report = collect(course, unit, incoming(course, {os.fsdecode(name): b"", "bob.ipynb": b"{}"}))
    assert list(report.accepted) == ["bob"] and set_aside(course) == [b""]
    assert all(line.isprintable() for line in str(report).splitlines())


def test_an_entry_that_lies_about_its_size_is_damaged(course: Course, unit: Unit) -> None:
    raw = bytearray(zipped([FINE, (entry("bob/x.ipynb"), bytes(900_000))]))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.rindex(mark) + offset
        raw[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(CourseError, match=r"'bob/x.ipynb' is damaged"):
        collect_zip(course, unit, bytes(raw))


def test_zips_are_unfolded_to_depth_two_and_no_deeper(course: Course, unit: Unit) -> None:
    inner = zipped({NAME: notebook()})
    files = {"ada.zip": inner, "eve.zip": zipped({"a.zip": inner, NAME: notebook("e")})}
    report = collect_zip(course, unit, zipped(files))
    assert list(report.accepted) == ["ada"]
    assert "'a.zip' is nested too deep" in report.notes[0]


def test_a_link_or_pipe_in_a_folder_is_refused_alone(course: Course, unit: Unit) -> None:
    folder = incoming(course, {"zoe.ipynb": notebook()})
    (folder / "eve.ipynb").symlink_to("/etc/passwd")
    (folder / "mal").symlink_to("/etc")
    os.mkfifo(folder / "pip.ipynb")
    report = collect(course, unit, folder)
    assert list(report.accepted) == ["zoe"]
    assert [note.split(":")[0] for note in report.notes] == [
        "'eve.ipynb' is set aside", "'mal' is set aside", "'pip.ipynb' is set aside"
    ]  # fmt: skip
    assert b"root" not in b"".join(everything(course.root).values())


@pytest.mark.parametrize("student", ["..", "-rf", ".hidden", "a b?", "x" * 65, "ä", "$(id)", "~"])
def test_what_is_no_student_id_never_becomes_a_folder(
    course: Course, unit: Unit, student: str
) -> None:
    files = {f"{student}_1_2_{NAME}": notebook(), f"{student}_1_3_evil.py": b""}
    report = collect_zip(course, unit, zipped(files | {"zoe.ipynb": notebook()}))
    assert list(report.accepted) == ["zoe"]
    assert [p.name for p in (course.state / "arrivals" / unit.name).iterdir()] == ["zoe"]
    assert {p.name for p in course.state.iterdir()} <= {"arrivals", "set_aside"}
    assert [p.name for p in (course.root / "submitted").iterdir()] == ["zoe"]


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=4))
def test_no_name_in_a_zip_crashes_or_leads_out(names: list[str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number, name in enumerate(dict.fromkeys(names)):
            file.writestr(entry(name + ".ipynb" * (number % 2)), b"x")
    date = archive.datetime(2026, 1, 1, tzinfo=archive.UTC)
    try:
        found = list(read_zip(buffer.getvalue(), "x.zip", date))
    except CourseError as error:
        assert "\n" not in str(error) and "\x1b" not in str(error)
        return
    for member in found:
        assert not member.path.is_absolute() and ".." not in member.path.parts


@given(st.binary(max_size=30), st.integers(0, 400), st.booleans())
def test_no_damage_to_a_zip_raises_anything_but_a_clear_line(
    noise: bytes, place: int, cut: bool
) -> None:
    raw = zipped({f"ada/{NAME}": notebook("text " * 20), "ada.zip": zipped({"a.ipynb": b"1" * 50})})
    place %= len(raw)
    raw = raw[:place] + noise + (b"" if cut else raw[place + len(noise) :])
    try:
        list(read_zip(raw, "x.zip", archive.datetime.now(archive.UTC)))
    except CourseError as error:
        assert "\n" not in str(error)


PARTS = st.sampled_from(
    ["ada", "Ada L", "Ada_L", "..", ".", "", "C:", "submitted", "01_significance", "a\\b", "\u202e",
     "lovelace_1_2_significance", "x_7_assignsubmission_file", "x" * 190, "con", "timestamp.txt"]
) | NAMES  # fmt: skip
CONTENTS = st.sampled_from([notebook(), b"", zipped({NAME: notebook("z")})]) | st.binary(max_size=9)
NAMED = st.tuples(st.lists(PARTS, min_size=1, max_size=3), st.sampled_from(["", ".ipynb", ".zip"]))
HEALTH = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=60, deadline=None, suppress_health_check=HEALTH)
@given(entries=st.lists(st.tuples(NAMED, CONTENTS), min_size=1, max_size=4), noise=st.binary())
def test_whatever_comes_is_reported_or_refused_and_nothing_is_written_elsewhere(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[tuple[tuple[list[str], str], bytes]],
    noise: bytes,
) -> None:
    folder = tmp_path_factory.mktemp("around")
    course = Course(folder / "course")
    course.root.mkdir()
    path = folder / "class.zip"
    path.write_bytes(zipped([(entry("/".join(p) + end), c) for (p, end), c in entries]) + noise)
    before = path.read_bytes()
    try:
        report = collect(course, course.unit("1"), path)
    except CourseError as error:
        assert str(error).isprintable() and everything(course.root) == {}
    else:
        assert all(line.isprintable() for line in str(report).splitlines())
        given = {content for _, content in entries} | {notebook("z")}
        assert set(submitted(course).values()) <= given
    assert {p.name for p in folder.iterdir()} == {"class.zip", "course"}
    assert {p.name for p in course.root.iterdir()} <= {".course", "submitted"}
    assert path.read_bytes() == before
    shutil.rmtree(folder)


@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=1, max_size=5))
def test_every_path_has_an_owner(paths: list[list[str]]) -> None:
    unit = Unit("01_significance", 1, "significance", Path(), Path())
    found = [PurePosixPath(*(part.replace("/", "") or "x" for part in parts)) for parts in paths]
    found = [path.with_name(path.name + ".ipynb") for path in found if path.name]
    assert set(owners(dict.fromkeys(found), unit, {"significance"}, Roster())) == set(found)


def test_a_single_file_is_a_submission_too(course: Course, unit: Unit) -> None:
    folder = incoming(course, {"ada.ipynb": notebook()})
    assert [m.path.name for m in members(folder / "ada.ipynb")] == ["ada.ipynb"]
    assert list(collect(course, unit, folder / "ada.ipynb").accepted) == ["ada"]


def test_the_report_names_a_small_class_and_every_note(course: Course, unit: Unit) -> None:
    report = collect(course, unit, incoming(course, {"ada.ipynb": b"", "bob.ipynb": notebook()}))
    first, second = str(report).splitlines()
    assert first == "01_significance: 2 students taken in: ada, bob"
    assert second.startswith("  note: ada: 'ada.ipynb' is empty")


@pytest.mark.parametrize("roster", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "bob/ada1_1_1_significance.ipynb",
        "bob/ada1_77_assignsubmission_file_/significance.ipynb",
        "bob.zip!ada1_77_assignsubmission_file_/significance.ipynb",
        "bob.zip!ada1_1_1_significance.ipynb",
        "bob.zip!ada1/significance.ipynb",
        "bob.zip!ada1/significance.ipynb|bob/significance.ipynb",
    ],
)
def test_nobody_replaces_anothers_work_by_a_name_in_their_own_folder_or_zip(
    course: Course, unit: Unit, name: str, roster: bool
) -> None:
    if roster:
        (course.root / "students.csv").write_text(
            ROSTER + "bob,Bob,Builder,\n", encoding="utf-8-sig"
        )
    collect(course, unit, incoming(course, {"ada1/significance.ipynb": notebook("mine")}))
    place = course.root / "submitted" / "ada1" / unit.name / "significance.ipynb"
    before = place.read_bytes()
    box, _, inner = name.partition("!")
    later = course.root / "later"
    path = later / box
    path.parent.mkdir(parents=True)
    if inner:
        with zipfile.ZipFile(path, "w") as archive:
            for part in inner.split("|"):
                archive.writestr(part, notebook("not mine"))
    else:
        path.write_bytes(notebook("not mine"))
    with contextlib.suppress(CourseError):
        collect(course, unit, later)
    assert place.read_bytes() == before
