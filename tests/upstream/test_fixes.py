"""Each suggested fix, applied to a copy of nbgrader, mends its weakness: the reproduction fails then."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest

from tests.upstream.reports import HERE, Report, reports
from tests.upstream.weaving import marked

DIFF = re.compile(r"```diff\n(.*?)```", re.S)
FIXABLE = [report for report in reports() if DIFF.search(report.text)]
BULK = ("docs", "tests", "labextension", "node_modules", "__pycache__")


def test_a_fix_that_is_no_diff_says_that_it_was_not_tried() -> None:
    sketched = [report for report in reports() if report not in FIXABLE]
    for report in sketched:
        assert re.search(r"\b([Nn]ot|None of them was)\s+tried\b", report.section("Suggested fix"))
    assert len(FIXABLE) > len(sketched)


@pytest.mark.slow
@pytest.mark.parametrize("report", FIXABLE, ids=lambda report: report.name)
def test_the_suggested_fix_mends_it(report: Report, tmp_path: Path) -> None:
    package = Path(nbgrader.__file__).parent
    shutil.copytree(package, tmp_path / "nbgrader", ignore=shutil.ignore_patterns(*BULK))
    diff = "".join(DIFF.findall(report.section("Suggested fix")))
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, text=True, check=True)
    path, function = marked()[report.name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"{path.relative_to(HERE.parent.parent)}::{function.name}"],
        cwd=HERE.parent.parent,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^\d+ failed in", done.stdout, re.M), done.stdout + done.stderr
    assert f"the report is {report.path.name}" in done.stdout
