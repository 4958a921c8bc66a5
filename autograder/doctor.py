"""What this machine can do, one line each, and how to get more out of it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course import REPO, Course
from autograder.sandbox import INSTALL_BUBBLEWRAP, probe


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
    level = probe()
    namespaces = level.level == "namespaces"
    free = shutil.disk_usage(course.root).free >> 30
    return [
        Line(
            True,
            "python",
            f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        ),
        Line(namespaces, "sandbox", f"{level.level}: {level.why}", INSTALL_BUBBLEWRAP),
        *_packages(),
        *_programs(),
        *_data(),
        _gpu(),
        Line(free >= 2, "disk", f"{free} GiB free", "grading a class needs about 2 GiB"),
    ]


def _packages() -> Iterator[Line]:
    lock = REPO / "requirements.lock"
    pins = [line.strip().split("==") for line in lock.read_text().splitlines() if "==" in line]
    wrong = []
    for name, version in pins:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found.split("+")[0] != version.split(" ")[0]:
            wrong.append(f"{name} {found} (pinned {version})")
    what = f"{len(pins) - len(wrong)} of {len(pins)} as pinned"
    shown = f"{what}; {', '.join(wrong[:5])}" if wrong else what
    yield Line(not wrong, "packages", shown, "pip install -r requirements.lock")


def _programs() -> Iterator[Line]:
    for name, need in (
        ("nbgrader", "grading"),
        ("alembic", "a new gradebook"),
        ("jupyter", "notebooks"),
    ):
        path = shutil.which(name)
        yield Line(
            bool(path),
            name,
            f"found, for {need}" if path else f"not on PATH, needed for {need}",
            "put the environment's bin folder on PATH",
        )
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    yield Line(
        bool(browser),
        "browser",
        "chromium found" if browser else "no chromium: browser tests skip",
        "apt-get install chromium",
    )


def _data() -> Iterator[Line]:
    from course_utils.data.carriers import CARRIERS

    for carrier in CARRIERS:
        ready = carrier.is_ready()
        what = (
            f"{', '.join(carrier.files)} {'there, sums right' if ready else 'missing or damaged'}"
        )
        yield Line(ready, "data", what, "course data")


def _gpu() -> Line:
    try:
        import torch
    except ImportError:
        return Line(False, "gpu", "torch is not installed", "pip install -r requirements.lock")
    if torch.cuda.is_available():
        return Line(True, "gpu", torch.cuda.get_device_name(0))
    return Line(True, "gpu", "none: everything runs on the CPU")
