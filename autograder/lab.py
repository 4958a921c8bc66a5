"""`make lab`: JupyterLab on what students get, in a folder that is only ever added to."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.bundles.release import release
from autograder.course import Course


def student_view(course: Course) -> Path:
    """Unzip each unit's bundle into `lab/`, unless it is there already; return `lab/`."""
    folder = course.root / "lab"
    folder.mkdir(exist_ok=True)
    for unit in course.units():
        if (folder / unit.name).exists():
            print(f"lab/{unit.name} is kept as it is; remove it to get the unit afresh")
            continue
        with zipfile.ZipFile(release(course, unit)) as bundle:
            bundle.extractall(folder)
    return folder


def open_lab(course: Course, *arguments: str) -> int:
    """Open JupyterLab on the student view; returns its exit code."""
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={student_view(course)}"]
    return subprocess.call([*command, *arguments])
