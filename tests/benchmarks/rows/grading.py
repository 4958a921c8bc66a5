"""Grading again, what grading adds to a student's own work, and the memory of a student process."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import start_new_kernel

from autograder.cells import is_skipped
from autograder.checks import checks_of
from autograder.course import REPO, Course
from autograder.grading.grade import grade
from autograder.judging.desk import Desk
from autograder.judging.rebuild import exercise_cell
from autograder.phases import measured
from autograder.samples import solved
from autograder.sandboxes.sandbox import choose
from autograder.sandboxes.warm_processes import close_warm_processes, warm_process
from tests.benchmarks.contest import Contest, Sides
from tests.benchmarks.grading_class import (
    SIZE,
    UNIT,
    Class,
    Full,
    copied,
    course,
    full,
    ours,
    the_class,
)

FEW, MANY = 10, 1000
MOST_OVERHEAD = 0.2  # seconds for a submission


def again() -> Sides:
    """A class that was graded is graded again."""
    students = the_class(MANY)
    place = Path(tempfile.mkdtemp(prefix="course-bench-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    folder = students.copy("ours", place)
    first: list[float] = []

    def grade_first() -> Full:
        first.append(course(folder, "grade", UNIT))
        return full(folder)

    def plan() -> Full:
        told = place / "changes.json"
        course(folder, "regrade", UNIT, "--plan", "--json", str(told))
        assert json.loads(told.read_text(encoding="utf-8")) == []
        return full(folder)

    graded = grade_first()
    return Sides(
        plan,
        lambda: graded,
        lambda mine, theirs: mine == theirs == students.due,
        seconds=lambda: (course(folder, "regrade", UNIT, "--plan"), first[-1]),
    )


def overhead() -> Sides:
    """With one worker: the wall of a run less what student processes computed, for each submission.

    What every run needs once is left out: it is the same in a run of a few, which is taken off.
    """
    students, few = the_class(SIZE), the_class(FEW)

    def one() -> tuple[float, float]:
        return (beyond(students) - beyond(few)) / (SIZE - FEW), MOST_OVERHEAD

    return Sides(lambda: ours(students)[1], lambda: students.due, dict.__eq__, seconds=one)


def beyond(students: Class) -> float:
    """Seconds of grading a class with one worker, less those of student processes."""
    with copied(students, "ours") as folder, measured() as phases:
        workspace = Course(folder)
        begun = time.perf_counter()
        grade(workspace, workspace.unit(UNIT), workers=1)
        return time.perf_counter() - begun - phases["asks"] - phases["cells"]


def memory() -> Sides:
    """Private memory after the solved notebook's graded cells have run, in MB."""
    unit = Course(REPO).unit(UNIT)
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    sources = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_skipped(cell) and not exercise_cell(cell)
    ]
    shown = "sorted(name for name in globals() if 'attention' in name)"

    def student() -> tuple[float, str]:
        place = Path(tempfile.mkdtemp(prefix="course-bench-"))
        desk = Desk.of(Course(place), unit)
        checks = [check for topic in unit.topics for check in checks_of(topic)]
        warm = warm_process(desk.library, notebook, choose(), checks)
        try:
            with warm.student(desk.budgets) as process:
                for source in [*sources, shown]:
                    reply = process.request({"op": "cell", "source": source, "seconds": 60}, 60)
                below = psutil.Process(warm.pid).children(recursive=True)
                (alone,) = [found for found in below if not found.children()]
                return megabytes(alone), reply["outputs"][-1]["data"]["text/plain"]
        finally:
            close_warm_processes()
            shutil.rmtree(place)

    def kernel() -> tuple[float, str]:
        manager, client = start_new_kernel(kernel_name="python3")
        answer: list[str] = []

        def hear(message: dict) -> None:
            if message["msg_type"] == "execute_result":
                answer.append(message["content"]["data"]["text/plain"])

        try:
            for source in ["import torch", *sources, shown]:
                client.execute_interactive(source, output_hook=hear, timeout=120)
            return megabytes(psutil.Process(manager.provisioner.pid)), answer[-1]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)

    return Sides(
        lambda: student()[1],
        lambda: kernel()[1],
        str.__eq__,
        seconds=lambda: (student()[0], kernel()[0]),
    )


def megabytes(process: psutil.Process) -> float:
    return process.memory_full_info().uss / 2**20


CONTESTS = [
    Contest(
        row="overhead per submission",
        peer="the 0.2 s that are allowed",
        target=1.0,
        work="one worker: wall less what student processes computed, of 40 submissions less that of 10, for each of 30",
        packages=("torch",),
        prepare=overhead,
    ),
    Contest(
        row="regrade, nothing changed",
        peer="first grade",
        target=1 / 50,
        work="1 000 submissions of unit 04, two workers; one first grade for all rounds",
        packages=("nbgrader",),
        prepare=again,
    ),
    Contest(
        row="memory per live student process",
        peer="cold kernel with torch",
        target=0.25,
        work="private memory (USS) after the graded cells of the solved unit 04 have run",
        packages=("ipykernel", "torch"),
        prepare=memory,
        unit="MB",
    ),
]
