"""Whatever is killed while a class is graded: graded again, all is as if nothing had happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from autograder.course import Course
from tests.crash_run import Class, Grading, nothing_left, stored_only, until

OTHERS = ("worker", "warm", "student")


pytestmark = pytest.mark.usefixtures("namespaces")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return Class(tmp_path_factory.mktemp("small"), 30)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return Class(tmp_path_factory.mktemp("large"), 200)


def journal(course: Course) -> bool:
    """SQLite is in the middle of writing."""
    return (course.root / "gradebook.db-journal").exists()


Moment = Callable[[Course], bool]


def kill_main(course: Course, point: int, moment: Moment | None = None) -> None:
    """Start grading; when so many results are stored, and at this moment, kill it."""
    with nothing_left():
        run = Grading(course)
        run.after(point)
        if moment:
            until(lambda: moment(course) or run.ended())
        run.kill("main", random.Random(0))
        assert run.wait() == -9


def kill_others(course: Course, accidents: list[tuple[int, str]], rng: random.Random) -> None:
    """Grade to the end, while workers, warm and student processes are killed."""
    with nothing_left():
        run = Grading(course, workers=2)
        for point, kind in accidents:
            run.after(point)
            run.kill(kind, rng)
        assert run.wait() == 0, run.told()


def test_a_class_is_graded_exactly_once_whatever_is_killed(small: Class) -> None:
    rng = random.Random("small")
    first, *middle, third = small.points(rng, 5)
    course = small.copy("killed")
    kill_main(course, first, journal)
    kill_others(course, list(zip(middle, OTHERS, strict=True)), rng)
    small.check_again(course)
    again = small.copy("killed again")
    kill_main(again, third, stored_only)
    small.check_again(again)


@pytest.mark.slow
@pytest.mark.parametrize("moment", [None, journal, stored_only])
@pytest.mark.parametrize("seed", range(2))
def test_a_large_class_survives_many_kills_of_the_main_process(
    large: Class, moment: Moment | None, seed: int
) -> None:
    course = large.copy(f"main-{moment}-{seed}")
    for point in large.points(random.Random(f"{seed} {moment}"), 8):
        kill_main(course, point, moment)
    large.check_again(course)


@pytest.mark.slow
@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("seed", range(2))
def test_a_large_class_survives_many_kills_of_other_processes(
    large: Class, kind: str, seed: int
) -> None:
    rng = random.Random(f"{seed} {kind}")
    course = large.copy(f"{kind}-{seed}")
    kill_others(course, [(point, kind) for point in large.points(rng, 20)], rng)
    large.check_again(course)


def test_a_second_run_is_refused_and_ctrl_c_stops_the_first_one(small: Class) -> None:
    course = small.copy("interrupted")
    with nothing_left():
        run = Grading(course)
        run.after(small.stored + 2)
        run.main.suspend()  # or it could be ready before the second has begun
        second = Grading(course)
        assert second.wait() == 2
        assert "another `course grade` is at work" in second.last_line()
        run.interrupt()  # heard when it goes on: it could be ready before
        run.main.resume()
        assert run.wait() == 130
        assert run.last_line() == "course: stopped; to go on, run the same command again"
        assert "Traceback" not in run.told()
    small.check_again(course)


def test_the_oracle_has_every_verdict_and_keeps_what_a_person_gave(small: Class) -> None:
    rows: dict[str, Any] = small.oracle["gradebook"]
    scores = [row[0] for name, row in rows.items() if name.endswith("check-holm")]
    assert len(scores) == small.students and len(set(scores)) > 2
    assert rows["s000 significance question-report"] == (None, 2.5, None, True)
    assert rows["submitted_assignment"] == rows["submitted_notebook"] == small.students
    assert small.oracle["drafts"] == []
