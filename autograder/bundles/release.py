"""Release a unit: nbgrader's student notebook, the masked library, the proof, and one zip.

Everything is made in a staging folder and proved there. Only then the gradebook learns of the
release, and `release/UNIT` and `dist/UNIT-student.zip` are replaced: a release that fails leaves
all as it was.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.authoring.build import build
from autograder.bundles.bundle import fill_bundle
from autograder.bundles.proof import prove
from autograder.bundles.student_notebook import generate
from autograder.course import Course, Unit
from autograder.nbgrader_plugins import write_config

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold


def release(course: Course, unit: Unit) -> Path:
    """Release one unit and return its zip. Raises CourseError, changing nothing, if it fails."""
    build(course)
    with staging(course) as stage:
        bundle = generate(course, unit, stage / "bundle", record=False)
        fill_bundle(unit, bundle)
        prove(course, unit, bundle)
        packed = write_zip(bundle, stage / "bundle.zip")
        write_config(course)
        generate(course, unit, stage / "recorded", record=True)
        replace_folder(course.root / "release" / unit.name, bundle, stage)
        target = course.root / "dist" / f"{unit.name}-student.zip"
        target.parent.mkdir(exist_ok=True)
        packed.replace(target)
    return target


def write_zip(folder: Path, target: Path) -> Path:
    """Pack a folder under its own name; the same files give the same bytes, on any day."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whatever this machine is
            info.external_attr = 0o100644 << 16
            archive.writestr(info, path.read_bytes())
    return target


def replace_folder(target: Path, new: Path, stage: Path) -> None:
    """Put `new` in the place of `target`, which is moved aside and comes back if that fails."""
    target.parent.mkdir(exist_ok=True)
    aside = stage / "replaced"
    if target.exists():
        target.replace(aside)
    try:
        new.replace(target)
    except OSError:
        if aside.exists():
            aside.replace(target)
        raise


@contextmanager
def staging(course: Course) -> Iterator[Path]:
    """A private folder on the same disk as the release, gone afterwards."""
    course.state.mkdir(mode=0o700, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix="release-", dir=course.state))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
