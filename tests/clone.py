"""A copy of the clone to work in, with the same packages: for tests that change what is in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.course import REPO

PARTS = ("autograder", "course_utils", "notebooks", "tests")
FILES = (
    "README.md",
    "SECURITY.md",
    "Makefile",
    "pyproject.toml",
    "environment.yml",
    "requirements.lock",
)


def copy_of_the_clone(folder: Path) -> Path:
    """Copy what is needed to build, test and grade, with the public cases that are compiled already."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in (*PARTS, *FILES):
        if (REPO / part).is_dir():
            shutil.copytree(REPO / part, folder / part, ignore=ignore)
        else:
            shutil.copyfile(REPO / part, folder / part)
    return folder


def run(command: str, clone: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command in a copy: its code, our packages."""
    scripts = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(clone),
        "COURSE_SEEDS": "2",
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("COURSE_ROOT", None)
    return subprocess.run(
        command, shell=True, cwd=clone, env=environment, capture_output=True, text=True, timeout=900
    )
