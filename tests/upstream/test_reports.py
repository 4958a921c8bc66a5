"""The reports agree with their tests and with this repository, and can be sent as they are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.upstream.__main__ import main
from tests.upstream.reports import FIELDS, HERE, SECTIONS, Report, reports, weakness
from tests.upstream.weaving import issue, marked, refresh, reproduction

REPO = HERE.parent.parent


def test_each_report_has_its_test_and_each_test_its_report() -> None:
    assert [report.name for report in reports()] == sorted(marked())
    numbers = [report.name[:2] for report in reports()]
    assert numbers == [f"{number:02}" for number in range(1, len(numbers) + 1)]


def test_code_and_table_are_those_of_the_tests() -> None:
    stale = [path.name for path in refresh(check=True)]
    assert stale == [], "run `python -m tests.upstream`"


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.name)
def test_a_report_says_all_that_a_maintainer_asks(report: Report) -> None:
    for field in FIELDS:
        assert report.field(field)
    headings = re.findall(r"^## (.+)$", report.text, re.M)
    assert tuple(headings) == SECTIONS
    assert all(len(report.section(heading)) > 20 for heading in headings)
    assert report.field("Severity").split(":")[0] in ("high", "medium", "low")
    for thread in re.findall(r"#\d+", report.field("Threads")):
        assert re.search(rf"jupyter/\w+{thread}", report.field("Threads")), "whose number is it?"


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.name)
def test_the_workaround_is_where_the_report_says(report: Report) -> None:
    places = re.findall(r"`([^`]+)`", report.field("Worked around in"))
    assert places
    assert [place for place in places if not (REPO / place).is_file()] == []


def test_code_in_a_report_lacks_no_name() -> None:
    code = "\n\n\n".join(reproduction(report.name) for report in reports())
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for report in reports():  # each by itself: another one's import must not help out
        alone = subprocess.run(
            command, input=reproduction(report.name), capture_output=True, text=True, check=False
        )
        assert alone.returncode == 0, f"{report.name}: {alone.stdout}"


@pytest.mark.slow
def test_what_is_sent_needs_no_other_file(tmp_path: Path) -> None:
    sent = issue(next(report for report in reports() if report.name.startswith("22_")))
    for name, code in zip(
        ("classroom.py", "test_it.py"), re.findall(r"```python\n(.*?)```", sent, re.S), strict=True
    ):
        (tmp_path / name).write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_no_mark_and_no_number_of_ours_is_sent() -> None:
    for report in reports():
        assert "<!--" not in issue(report)
        assert not re.search(r"\breport \d\d\b", issue(report))


def test_the_command_prints_what_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["15"]) == 0
    assert "class Classroom" in capsys.readouterr().out


def test_an_unknown_number_is_told_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["99"]) == 2
    assert capsys.readouterr().out == f"no report '99': there are 01 to {len(reports())}\n"


def test_a_mended_weakness_says_what_can_go() -> None:
    def mended() -> None:
        assert 1 + 1 == 3

    def no_longer_raises() -> None:
        with pytest.raises(ValueError):
            pass

    for reproduced in (mended, no_longer_raises):
        told = weakness("23_empty_file_logs_a_traceback")(reproduced)
        with pytest.raises(AssertionError, match="no longer does this") as caught:
            told()
        assert "drop the workaround in `autograder/intake/reading.py`" in str(caught.value)
