"""What lies on the desk of whoever judges a unit: notebooks, masked library, budgets; no gradebook, no secret.

A desk is a few folders on this machine. `packed` makes bytes of it, for a worker on another machine, who
puts it up again by `unpacked`, once.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import Course, Unit
from autograder.sandboxes.budgets import budgets_of
from autograder.sandboxes.library import student_library
from autograder.sandboxes.sandbox import Budgets
from autograder.zips import zipped

_UNPACKED: dict[str, Desk] = {}  # by the hash of their bytes
NOTEBOOKS, LIBRARY, ABOUT = "notebooks", "library", "about.json"


@dataclass(frozen=True)
class Desk:
    """All that is needed to judge submissions of one unit, but for them and their keys."""

    unit: Unit  # its folder holds the instructor's built notebooks
    library: Path  # what a student process may import
    budgets: Budgets
    sandbox: str = "auto"

    @classmethod
    def of(cls, course: Course, unit: Unit, sandbox: str = "auto") -> Desk:
        """The desk of a unit on this machine."""
        return cls(unit, student_library(course, unit), budgets_of(course), sandbox)

    def packed(self) -> bytes:
        """The whole desk as a zip; the same desk gives the same bytes."""
        unit = {"name": self.unit.name, "number": self.unit.number, "topic": self.unit.topic}
        about = {"unit": unit, "budgets": asdict(self.budgets), "sandbox": self.sandbox}
        files = {ABOUT: json.dumps(about).encode()}
        for path in self.unit.notebooks():
            files[f"{NOTEBOOKS}/{path.name}"] = path.read_bytes()
        for path in sorted(path for path in self.library.rglob("*") if path.is_file()):
            files[f"{LIBRARY}/{path.relative_to(self.library).as_posix()}"] = path.read_bytes()
        return zipped(files)


def unpacked(content: bytes) -> Desk:
    """The desk that was packed, in a folder of this process; the same bytes are unpacked once."""
    name = hashlib.sha256(content).hexdigest()
    if name not in _UNPACKED:
        _UNPACKED[name] = _unpack(content)
    return _UNPACKED[name]


def _unpack(content: bytes) -> Desk:
    place = Path(tempfile.mkdtemp(prefix="course-desk-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:  # ours, not a student's
        archive.extractall(place)
    for folder in (place, *(path for path in place.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # a sandbox may use another user
    (place / NOTEBOOKS).chmod(0o700)  # who never needs the solutions
    about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    folder = place / NOTEBOOKS
    unit = Unit(**about["unit"], source=folder.with_suffix(".py"), folder=folder)
    return Desk(unit, place / LIBRARY, Budgets(**about["budgets"]), about["sandbox"])
