"""What students get to see, and what they make others run: each reproduction goes with a report."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExtractorPlugin

from tests.upstream.classroom import ANSWERS, TESTS, Classroom
from tests.upstream.reports import weakness


def text_of(page: str) -> str:
    """A page without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


@weakness("09_hidden_tests_are_readable")
def test_student_code_reads_the_hidden_tests_and_the_solutions(classroom: Classroom) -> None:
    copies = (
        "import shutil\n"
        "shutil.copy('ps1.ipynb', 'tests.txt')\n"
        "shutil.copy('../../../source/ps1/ps1.ipynb', 'solutions.txt')"
    )
    classroom.hand_in("ada", double=copies)
    assert classroom.autograde("ada")["success"]
    folder = classroom.root / "autograded" / "ada" / "ps1"
    copied = {name: folder / f"{name}.txt" for name in ("tests", "solutions")}
    assert all(path.exists() for path in copied.values())
    assert TESTS["triple"] in copied["tests"].read_text()
    assert "return 3 * x" in copied["solutions"].read_text()


@weakness("10_hidden_tests_are_in_the_feedback")
def test_feedback_prints_the_hidden_tests(classroom: Classroom) -> None:
    classroom.hand_in("ada", **ANSWERS)
    assert classroom.autograde("ada")["success"]
    assert TESTS["double"] in text_of(classroom.feedback("ada"))


@weakness("11_links_are_followed")
def test_a_link_in_a_submission_brings_the_solution_into_the_feedback(
    classroom: Classroom,
) -> None:
    folder = classroom.hand_in("ada")
    (folder / "notes.txt").symlink_to("../../../source/ps1/ps1.ipynb")
    assert classroom.autograde("ada")["success"]
    page = classroom.feedback("ada")
    copied = classroom.root / "feedback" / "ada" / "ps1" / "notes.txt"
    assert page
    assert copied.exists() and not copied.is_symlink()
    assert "return 2 * x" in copied.read_text()


SCRIPT = "<script>document.title = 'mine'</script>"


def write_a_script(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell(f"{SCRIPT}<img src=x onerror=alert(1)>"))


@weakness("12_feedback_runs_scripts")
def test_feedback_holds_a_students_script_even_when_it_is_to_be_sanitized(
    classroom: Classroom,
) -> None:
    classroom.hand_in("ada", write_a_script)
    assert classroom.autograde("ada")["success"]
    assert SCRIPT in classroom.feedback("ada")
    classroom.config.HTMLExporter.sanitize_html = True
    page = classroom.feedback("ada")
    assert SCRIPT in page
    assert "onerror=" in page


@weakness("13_archives_are_unpacked_without_limit")
def test_a_small_archive_fills_the_disk(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    size = 20_000_000
    with zipfile.ZipFile(tmp_path / "archive" / "ada.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ps1.ipynb", b" " * size)
    assert (tmp_path / "archive" / "ada.zip").stat().st_size < size / 500
    app = ZipCollectApp(coursedir=CourseDirectory(max_file_size=1000))  # kilobytes
    ExtractorPlugin(parent=app).extract(str(tmp_path / "archive"), str(tmp_path / "extracted"))
    unpacked = tmp_path / "extracted" / "ada" / "ps1.ipynb"
    assert unpacked.exists()
    assert unpacked.stat().st_size == size
