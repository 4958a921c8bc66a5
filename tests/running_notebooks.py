"""A notebook run from its first cell to its last as CI does it: nbval, offline, and what each cell took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from course_utils.data import data_dir

BUDGET_SECONDS = 180
LONGEST_CELL_SECONDS = 60
THREADS = [f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL")]


def run_nbval(
    notebook: Path, *, library: Path, data: Path | None = None, threads: int = 1
) -> tuple[list[ElementTree.Element], float]:
    """Run one notebook with nbval, offline; its cells as junit test cases, and the seconds it took.

    Tests run two at a time: threads that wait for a core would cost minutes.
    """
    report = notebook.with_suffix(".xml")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", str(notebook), f"--junitxml={report}"]
    command += ["-q", "-p", "no:cacheprovider", f"--nbval-cell-timeout={LONGEST_CELL_SECONDS}"]
    command += ["-c", os.devnull, "--rootdir", str(notebook.parent), "-W", "ignore"]
    environment = {**os.environ, "PYTHONPATH": str(library), "COURSE_DATA": str(data or data_dir())}
    environment |= dict.fromkeys(THREADS, str(threads))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        environment[name] = "http://127.0.0.1:9"  # whoever wants the network fails at once
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=notebook.parent, env=environment, capture_output=True, text=True, timeout=900
    )
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return ElementTree.parse(report).findall(".//testcase"), time.monotonic() - begun


def seconds_of(cell: ElementTree.Element) -> float:
    """What a cell took."""
    return float(cell.get("time", "0"))


def failures(cells: list[ElementTree.Element]) -> dict[str, str]:
    """The cells that stopped, and how."""
    return {
        cell.get("name", ""): "".join(part.text or part.get("message", "") for part in cell)
        for cell in cells
        if cell.find("failure") is not None or cell.find("error") is not None
    }
