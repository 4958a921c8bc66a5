"""What this machine can do, one line each, and how to get more out of it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from autograder.course import REPO, Course
from autograder.sandboxes.promises import PROMISES, holds, way_up
from autograder.sandboxes.sandbox import LEVELS, REQUIRED, probe

LOCK = REPO / "requirements.lock"
OLDEST_PYTHON = (3, 11)
SPACE_WANTED = 2  # GiB: a class of some hundreds, graded
INSTALL = "pip install -r requirements.lock"
BROWSERS = ("chromium", "chromium-browser")


@dataclass(frozen=True)
class Line:
    """One finding. `fix` says what to do when `ok` is false."""

    ok: bool
    name: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f"  ->  {self.fix}" if self.fix and not self.ok else ""
        return f"{'✓' if self.ok else '✗'} {self.name:<10} {self.what}{fix}"


def report(course: Course) -> list[Line]:
    """Look at everything that the course needs or can use."""
    return [
        _python(),
        *_packages(LOCK),
        *_sandbox(),
        *_programs(),
        *_data(),
        _gpu(),
        _disk(course.root),
    ]


def _python() -> Line:
    what = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    fix = "install Python 3.11 or newer, then: make demo PYTHON=python3.12"
    return Line(sys.version_info >= OLDEST_PYTHON, "python", what, fix)


def _packages(lock: Path) -> Iterator[Line]:
    """Compare what is installed with the pins that apply to this Python."""
    if not lock.is_file():
        yield Line(False, "packages", f"there is no {lock.name}", "work in a clone of the project")
        return
    pins = list(_pins(lock.read_text(encoding="utf-8")))
    other = []
    for name, version in pins:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found.partition("+")[0] != version:  # 2.13.0+cpu is 2.13.0
            other.append(f"{name} {found} (pinned {version})")
    shown = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
    what = f"{len(pins) - len(other)} of {len(pins)} as pinned"
    yield Line(not other, "packages", f"{what}; {shown}" if other else what, INSTALL)


def _pins(lock: str) -> Iterator[tuple[str, str]]:
    """The pinned names and versions of a lock, without those for other systems.

    >>> list(_pins("# how\\nnumpy==2.4.6\\npywinpty==3.0 ; python_version < '3'"))
    [('numpy', '2.4.6')]
    """
    for line in lock.splitlines():
        try:
            pin = Requirement(line.partition("#")[0].strip())
        except InvalidRequirement:
            continue
        versions = [clause.version for clause in pin.specifier if clause.operator == "=="]
        if versions and (pin.marker is None or pin.marker.evaluate()):
            yield pin.name, versions[0]


def _sandbox() -> Iterator[Line]:
    """Which level this machine gives, what that leaves open, and how to get a better one."""
    found = probe()
    if found.level == "none":
        yield Line(
            False, "sandbox", f"none holds, nothing is graded: {found.why}", way_up(found.why)
        )
        return
    what = found.level if found.level == LEVELS[0] else f"{found.level}, because {found.why}"
    yield Line(found.level in REQUIRED, "sandbox", what, way_up(found.why))
    linux = sys.platform.startswith("linux")
    kept = holds(found.level, root=hasattr(os, "geteuid") and os.geteuid() == 0, linux=linux)
    open_ones = [text for key, text in PROMISES.items() if key not in kept]
    told = "student code " + ("; ".join(PROMISES[key] for key in PROMISES if key in kept))
    yield Line(True, "promised", told)
    if open_ones:
        yield Line(
            found.level in REQUIRED, "not", "that it " + "; ".join(open_ones), way_up(found.why)
        )


def _programs() -> Iterator[Line]:
    fix = "start `course` from the environment's bin folder, or put that on PATH"
    for name, need in (("nbgrader", "grading"), ("alembic", "making a gradebook")):
        found = shutil.which(name)
        yield Line(bool(found), name, found or f"not on PATH, needed for {need}", fix)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    what = browser or "no chromium: tests in a browser are skipped"
    yield Line(bool(browser), "browser", what, "Debian, Ubuntu: apt-get install chromium")


def _data() -> Iterator[Line]:
    from course_utils.data import data_dir
    from course_utils.data.carriers import CARRIERS

    for carrier in CARRIERS:
        ready = carrier.is_ready()
        state = f"there, checksums right, in {data_dir()}" if ready else "missing or damaged"
        yield Line(ready, "data", f"{', '.join(carrier.files)}: {state}", "course data")


def _gpu() -> Line:
    try:
        import torch
    except (ImportError, OSError) as error:  # OSError: a library that torch needs is not there
        return Line(False, "gpu", f"torch does not import ({error})", INSTALL)
    if torch.cuda.is_available():
        return Line(True, "gpu", f"{torch.cuda.get_device_name(0)} (torch {torch.__version__})")
    return Line(True, "gpu", f"none, all runs on the CPU (torch {torch.__version__})")


def _disk(folder: Path) -> Line:
    free = shutil.disk_usage(folder).free / 2**30
    need = f"free some: grading a class takes about {SPACE_WANTED} GiB"
    return Line(free >= SPACE_WANTED, "disk", f"{free:.1f} GiB free in {folder}", need)
