"""nbval on every built notebook: the solved one passes whole; the released one stops only at blanks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest

from autograder.course import REPO, Course
from autograder.masking import masked_library
from autograder.rebuild import released
from course_utils.data import data_dir

UNITS = Course(REPO).units()
BUDGET_SECONDS = 180
LONGEST_CELL_SECONDS = 60
LONG = {"pretraining_and_rlhf", "optimization_and_distributed_training"}  # over a minute each


def run_nbval(
    notebook: Path, *, library: Path, data: Path | None = None
) -> tuple[list[ElementTree.Element], float]:
    """Run one notebook with nbval, offline; its cells as junit test cases, and the seconds it took."""
    report = notebook.with_suffix(".xml")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", str(notebook), f"--junitxml={report}"]
    command += ["-q", "-p", "no:cacheprovider", f"--nbval-cell-timeout={LONGEST_CELL_SECONDS}"]
    command += ["-c", os.devnull, "--rootdir", str(notebook.parent), "-W", "ignore"]
    environment = {**os.environ, "PYTHONPATH": str(library), "COURSE_DATA": str(data or data_dir())}
    environment["OMP_NUM_THREADS"] = (
        "1"  # two tests at a time: threads that wait for a core cost minutes
    )
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        environment[name] = "http://127.0.0.1:9"  # whoever wants the network fails at once
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=notebook.parent, env=environment, capture_output=True, text=True, timeout=900
    )
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return ElementTree.parse(report).findall(".//testcase"), time.monotonic() - begun


def failures(cells: list[ElementTree.Element]) -> dict[str, str]:
    return {
        cell.get("name", ""): "".join(part.text or part.get("message", "") for part in cell)
        for cell in cells
        if cell.find("failure") is not None or cell.find("error") is not None
    }


@pytest.mark.parametrize("path", [p for u in UNITS for p in u.notebooks()], ids=lambda p: p.stem)
def test_the_solved_notebook_passes_whole_and_in_its_budget(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    cells, seconds = run_nbval(copy, library=REPO)
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert len(cells) == len(code)
    assert failures(cells) == {}
    assert seconds < BUDGET_SECONDS
    assert max(float(cell.get("time", "0")) for cell in cells) < LONGEST_CELL_SECONDS


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in LONG else [])
        for unit in UNITS
        for path in unit.notebooks()
    ],
    ids=lambda path: path.stem,
)
def test_the_solved_notebook_passes_whole_without_any_fetched_data(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    (tmp_path / "nothing").mkdir()
    cells, _ = run_nbval(copy, library=REPO, data=tmp_path / "nothing")
    assert failures(cells) == {}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_released_notebook_stops_only_where_a_student_has_to_write(
    unit: Course, tmp_path: Path
) -> None:
    library = masked_library(unit, tmp_path / "bundle")  # type: ignore[arg-type]
    for path in unit.notebooks():  # type: ignore[attr-defined]
        copy = tmp_path / "bundle" / path.name
        nbformat.write(released(path), copy)
        cells, _ = run_nbval(copy, library=library.parent)
        stopped = failures(cells)
        assert stopped
        for name, text in stopped.items():
            assert "NotImplementedError" in text, (name, text[-1500:])
