"""Judging on a Dask cluster: the verdicts of this machine, whatever dies, and no secret leaves."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import REPO, Course
from autograder.errors import CourseError
from autograder.grading.grade import grade
from autograder.grading.many import Engine, scheduler_of
from autograder.intake.submissions import submissions
from autograder.judging.desk import Desk, unpacked
from autograder.judging.seeds import course_secret
from tests.crash_class import UNIT, copy_class, holdings, make_class, results

distributed = pytest.importorskip("distributed", reason="no `distributed`: pip install '.[dask]'")
pytestmark = pytest.mark.usefixtures("namespaces")
STUDENTS = 24
PROGRAMS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_class(tmp_path_factory.mktemp("before") / "class", STUDENTS)


@pytest.fixture(scope="module")
def here(before: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the engine of this machine makes of the class."""
    course = copy_class(before, tmp_path_factory.mktemp("here") / "class")
    grade(course, course.unit(UNIT), workers=2)
    return holdings(course)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster


def test_the_cluster_gives_the_verdicts_of_this_machine(
    before: Course, here: dict[str, Any], cluster: Any, tmp_path: Path
) -> None:
    course = copy_class(before, tmp_path / "class")
    outcomes = grade(course, course.unit(UNIT), scheduler=cluster.scheduler_address)
    assert len(outcomes) == STUDENTS and all(outcome.result for outcome in outcomes)
    assert holdings(course) == here


def test_workers_that_are_killed_lose_nothing(
    before: Course, here: dict[str, Any], cluster: Any, tmp_path: Path
) -> None:
    course = copy_class(before, tmp_path / "class")
    stored, killed = len(results(course)), []

    def kill_two() -> None:
        with distributed.Client(cluster.scheduler_address) as client:
            for point in (3, 12):
                while len(results(course)) < stored + point:
                    time.sleep(0.02)
                victim = next(iter(client.run(os.getpid).values()))
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

    killer = threading.Thread(target=kill_two, daemon=True)
    killer.start()
    grade(course, course.unit(UNIT), scheduler=cluster.scheduler_address)
    killer.join(60)
    assert len(set(killed)) == 2
    assert holdings(course) == here


def test_the_commands_for_one_machine_work_as_they_are_written(
    before: Course, here: dict[str, Any], tmp_path: Path
) -> None:
    page = (REPO / "autograder" / "docs" / "cluster.md").read_text(encoding="utf-8")
    section = page.partition("## One machine\n")[2].partition("##")[0]
    commands = [line.strip() for line in section.splitlines() if line.startswith("    ")]
    assert [command.split()[:2] for command in commands] == [
        ["dask", "scheduler"], ["dask", "worker"], ["course", "grade"],
    ]  # fmt: skip
    course, port = copy_class(before, tmp_path / "class"), free_port()
    environment = {**os.environ, "COURSE_ROOT": str(course.root)}
    running = []
    try:
        for command in commands:
            words = command.replace("8786", str(port)).replace("04_attention", UNIT).split()
            words += ["--dashboard-address", ":0"] * (words[1] != "grade")
            running.append(
                subprocess.Popen(
                    [str(PROGRAMS / words[0]), *words[1:]],
                    env=environment,
                    cwd=tmp_path,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        assert running[-1].wait(180) == 0
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(60)
    assert holdings(course) == here


def free_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return int(any_socket.getsockname()[1])


def test_what_travels_holds_no_secret_and_no_way_to_the_gradebook(before: Course) -> None:
    desk = Desk.of(before, before.unit(UNIT))
    secret = course_secret(before)
    sent: list[tuple[Any, ...]] = []

    class Spy(Engine):
        def spread(self, desk: Desk, calls: Any) -> Any:
            sent.extend(calls)
            yield from ()

    from autograder.grading.many import judge_all

    waiting = [(s.student, s) for s, _ in submissions(before, desk.unit)]
    assert list(judge_all(before, desk, waiting, Spy())) == []
    assert len(sent) == STUDENTS
    everything = pickle.dumps((desk.packed(), sent))
    for hidden in (secret, b"gradebook.db", b"sqlite", str(before.root).encode()):
        assert hidden not in everything


def test_a_desk_is_the_same_after_its_way(before: Course) -> None:
    desk = Desk.of(before, before.unit(UNIT))
    packed = desk.packed()
    there = unpacked(packed)
    assert packed == desk.packed() == there.packed()
    assert there.budgets == desk.budgets and there.unit.topics == desk.unit.topics
    assert unpacked(packed) is there


@pytest.mark.parametrize(
    ("engine", "scheduler", "told"),
    [
        ("spark", "", "no engine 'spark'"),
        ("dask", "", "needs --scheduler"),
        ("local", "tcp://x:1", "is for --engine dask"),
    ],
)
def test_an_engine_that_cannot_be_is_one_line(engine: str, scheduler: str, told: str) -> None:
    with pytest.raises(CourseError, match=told):
        scheduler_of(engine, scheduler)


def test_no_scheduler_and_no_worker_are_one_line_each(
    before: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.grading.cluster.CONNECT_SECONDS", 2)
    unit = before.unit(UNIT)
    with pytest.raises(CourseError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        grade(before, unit, scheduler="tcp://127.0.0.1:1")
    empty = distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=":0")
    with empty, pytest.raises(CourseError, match="has no worker"):
        grade(before, unit, scheduler=empty.scheduler_address)
