"""How the cost of grading grows: `python -m tests.benchmarks.scale` writes scale.json, scale.md and scale.svg.

Classes of 10 to 1 000 submissions of three exercises of unit 04 are graded with one and two workers, of this
machine and of a Dask cluster on it: few exercises, so that it is grading that is measured, and not the students' own
work. A simulation is held against these runs; then, with what the whole unit takes a worker and the writer, it
says what classes of up to 100 000 would take. A quarter of an hour.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

import numpy as np
from distributed import LocalCluster

from autograder.course import Course
from autograder.grading.call import judge_call
from autograder.grading.grade import grade
from autograder.intake.submissions import submissions
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.phases import measured
from tests.benchmarks import report
from tests.benchmarks.grading_class import KINDS, UNIT, Class, full, make_class
from tests.benchmarks.queueing import makespan
from tests.benchmarks.scale_page import write_page

FOLDER = Path(__file__).parent
SIZES = (10, 30, 100, 300, 1000)
FEW = ("attention_scores", "causal_mask", "count_connections")
SIMULATED = (1_000, 10_000, 100_000)
WORKERS = (2, 8, 32, 128)
MINE = ("store", "certificates", "gradebook", "autograded notebooks")  # of the main process
AHEAD = {"local": 1, "dask": 2}


def main() -> None:
    """Measure, simulate, and write everything down. Sizes may be given, for trying out."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or SIZES
    with tempfile.TemporaryDirectory(prefix="course-scale-") as place:
        classes = [make_class(Path(place, str(size)), size, only=FEW) for size in sizes]
        few = judging_seconds(make_class(Path(place, "few"), 6 * KINDS, only=FEW))
        whole = make_class(Path(place, "whole"), 6 * KINDS)
        judging, writing = judging_seconds(whole), writing_seconds(whole)
        runs = [
            one_run(students, engine, workers)
            for engine in ("local", "dask")
            for workers in (1, 2)
            for students in classes
        ]
    short = float(np.median([run["writing_seconds"] / run["submissions"] for run in runs]))
    found = {
        "machine": report.machine(),
        "versions": report.versions({"numpy", "torch", "nbgrader", "distributed"}),
        "judging_seconds": judging,
        "writing_seconds": writing,
        "few_seconds": few,
        "runs": [with_simulation(run, runs, few, short) for run in runs],
        "simulated": simulated(judging, writing),
    }
    if sizes == SIZES:
        text = json.dumps(found, indent=1) + "\n"
        (FOLDER / "scale.json").write_text(text, encoding="utf-8")
        write_page(found, FOLDER)


def judging_seconds(students: Class) -> list[float]:
    """What one worker needs for each submission, alone on this machine; after a first one of each kind."""
    course = Course(students.folder / "ours")
    desk = Desk.of(course, course.unit(UNIT))
    seconds = []
    for submission, _ in submissions(course, desk.unit):
        key = seeds.student_key(course, UNIT, submission.student)
        begun = time.perf_counter()
        judge_call(desk, submission.path.name, submission.content, key)
        seconds.append(round(time.perf_counter() - begun, 4))
    return seconds[KINDS:]


def writing_seconds(students: Class) -> float:
    """What the main process needs for each submission, while nobody judges: a class is recorded anew."""
    with tempfile.TemporaryDirectory(prefix="course-scale-") as place:
        course = Course(students.copy("ours", Path(place)))
        unit = course.unit(UNIT)
        released = shutil.copy(course.root / "gradebook.db", Path(place, "released.db"))
        with measured() as first:
            grade(course, unit, workers=2)
        shutil.copy(released, course.root / "gradebook.db")
        for written in ("autograded", ".course/certificates"):
            shutil.rmtree(course.root / written)
        with measured() as phases:
            grade(course, unit)
        seconds = first["store"] + sum(phases[name] for name in MINE if name != "store")
        return seconds / len({student for student, _ in students.due})


def one_run(students: Class, engine: str, workers: int) -> dict[str, Any]:
    """Grade a class from the beginning; everybody must get what they deserve."""
    size = len({student for student, _ in students.due})
    with (
        tempfile.TemporaryDirectory(prefix="course-scale-") as place,
        dask_cluster(workers) if engine == "dask" else nullcontext("") as scheduler,
        measured() as phases,
    ):
        course = Course(students.copy("ours", Path(place)))
        begun = time.perf_counter()
        grade(course, course.unit(UNIT), workers=workers, scheduler=scheduler)
        wall = time.perf_counter() - begun
        if full(course.root) != students.due:
            raise SystemExit(f"{engine}, {workers} workers, {size}: not the points that are due")
    told = {
        "engine": engine,
        "workers": workers,
        "submissions": size,
        "wall_seconds": wall,
        "student_seconds": phases["asks"] + phases["cells"],
        "writing_seconds": sum(phases[name] for name in MINE),
    }
    print(
        " ".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in told.values()), flush=True
    )
    return told


@contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address


def with_simulation(
    run: dict[str, Any], runs: list[dict[str, Any]], judging: list[float], writing: float
) -> dict[str, Any]:
    """The run, and what the simulation says: with the start of its engine, as its smallest class shows it."""
    alike = [r for r in runs if (r["engine"], r["workers"]) == (run["engine"], run["workers"])]
    smallest = min(alike, key=lambda r: r["submissions"])
    start = smallest["wall_seconds"] - simulate(smallest, judging, writing)
    return {**run, "simulated_seconds": start + simulate(run, judging, writing)}


def simulate(run: dict[str, Any], judging: list[float], writing: float) -> float:
    drawn = np.random.default_rng(0).choice(judging, run["submissions"])
    return makespan(drawn, writing, run["workers"], ahead=AHEAD[run["engine"]])


def simulated(judging: list[float], writing: float) -> list[dict[str, Any]]:
    """Classes and clusters that this machine does not have, without the start of their engines."""
    rows: list[dict[str, Any]] = [
        {"engine": "dask", "workers": workers, "submissions": size}
        for size in SIMULATED
        for workers in WORKERS
    ]
    return [{**row, "seconds": simulate(row, judging, writing)} for row in rows]


if __name__ == "__main__":
    main()
