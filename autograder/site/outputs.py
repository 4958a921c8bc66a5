"""What the cells of a solved unit show when they are run, offline; kept, because running takes a minute.

Kept under a hash of everything that the outputs depend on: the solved notebook, the library it imports,
the data and the pinned packages. (jupyter-cache looks at the notebook's code alone: after a change of a figure
in `course_utils` it would show the old one.)
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi

from autograder.authoring.source import notebook_bytes
from autograder.course import REPO, Course, Unit
from autograder.errors import CourseError
from autograder.grading.workers import spread
from autograder.samples import solved
from autograder.whole_file import write_whole
from course_utils.data import data_dir
from course_utils.progress import track

Outputs = dict[str, list[dict[str, Any]]]  # by the id of a cell
# of its warnings the kernel has one for everybody who talks to it by TCP, as nbclient does
QUIET = ["--log-level=ERROR"]
CELL_SECONDS = 300  # on a busy machine; the notebooks keep to 60
NOWHERE = "http://127.0.0.1:9"  # whoever wants the network fails at once
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")


def outputs_of(course: Course, units: Iterable[Unit]) -> dict[str, Outputs]:
    """Return each unit's outputs; run, on all cores, those that were not run in this version yet."""
    paths = {unit.name: _path(course, unit) for unit in units}
    calls = [
        (name, (str(course.root), name, str(path)))
        for name, path in paths.items()
        if not path.is_file()
    ]
    if calls:
        with closing(spread(run, calls, os.cpu_count() or 1)) as done:
            for _, future in track(done, "running the solved units", total=len(calls)):
                future.result()
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def run(root: str, name: str, path: str) -> None:
    """Run one solved notebook and keep its outputs; what a worker does. Raises CourseError."""
    unit = Course(Path(root)).unit(name)
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    environment = {**os.environ, "COURSE_DATA": str(data_dir()), "OMP_NUM_THREADS": "1"}
    environment |= {"PYTHONPATH": str(REPO), **dict.fromkeys(PROXIES, NOWHERE)}
    with tempfile.TemporaryDirectory(prefix="course-site-") as folder:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=QUIET,
        )
        try:
            client.execute(env=environment)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            last = (strip_ansi(str(error)).strip().splitlines() or ["the kernel died"])[-1]
            raise CourseError(f"{name} does not run through, solved: {last}") from None
    kept = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    write_whole(Path(path), json.dumps(kept).encode())


def _path(course: Course, unit: Unit) -> Path:
    """Where the outputs of this version of a unit are kept: in the private state, as they are not proved yet."""
    digest = hashlib.sha256()
    library = sorted((REPO / "course_utils").rglob("*.py"))
    cases = sorted((REPO / "course_utils" / "public_cases").glob("*.json"))
    for path in (*library, *cases, REPO / "requirements.lock"):
        digest.update(path.relative_to(REPO).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path in sorted(
        data_dir().glob("*")
    ):  # they are checked by their sums where they are loaded
        digest.update(f"{path.name} {path.stat().st_size}".encode())
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    digest.update(notebook_bytes(notebook))
    return course.state / "site" / "outputs" / f"{unit.name}-{digest.hexdigest()[:16]}.json"
