"""Worker processes that die: the call that died with one is made once more, and no other is."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading.workers import spread
from autograder.inside.wire import WireError
from tests.crash_run import nothing_left


def note(log: str, name: str) -> int:
    """Write down that a call was made, and say how often it has been by now."""
    with open(log, "a") as file:
        file.write(f"{name}\n")
    return Path(log).read_text().split().count(name)


def work(log: str, name: str) -> str:
    """Die when the name says so: `once` at the first call, `always` at each."""
    times = note(log, name)
    if name.startswith("always") or (name.startswith("once") and times == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("broken") and times == 1:
        raise WireError("the sandbox is gone")
    if name.startswith("wrong"):
        raise ValueError(name)
    return name.upper()


@pytest.mark.parametrize("workers", [1, 3])
def test_only_the_call_that_died_with_its_worker_is_made_again(
    tmp_path: Path, workers: int
) -> None:
    names = ["a", "once-b", "c", "always-d", "broken-e", "wrong-f", "once-g", "h", "i"]
    log = str(tmp_path / "calls")
    with nothing_left():
        futures = dict(spread(work, ((name, (log, name)) for name in names), workers))
    assert sorted(futures) == sorted(names)
    failed = {name: type(f.exception()).__name__ for name, f in futures.items() if f.exception()}
    assert failed == {"always-d": "BrokenProcessPool", "wrong-f": "ValueError"}
    twice = {name for name, count in Counter(Path(log).read_text().split()).items() if count == 2}
    assert twice == {"once-b", "always-d", "broken-e", "once-g"}


def same(number: int) -> int:
    return number


def test_calls_are_taken_only_when_a_worker_is_free_for_them() -> None:
    taken: list[int] = []

    def calls() -> Iterator[tuple[str, tuple[int]]]:
        for number in range(12):
            taken.append(number)
            yield str(number), (number,)

    for done, (key, future) in enumerate(spread(same, calls(), 2), start=1):
        assert future.result() == int(key)
        assert len(taken) <= done + 2
    assert taken == list(range(12))


def first_or_never(name: str) -> None:
    if name != "first":
        signal.pause()


def test_workers_are_killed_when_nobody_wants_the_rest() -> None:
    with nothing_left():
        running = spread(first_or_never, [("first", ("first",)), ("second", ("second",))], 2)
        assert next(running)[0] == "first"
        running.close()


def sleepy(name: str) -> str:
    if name.startswith("asleep"):
        signal.pause()
    return name


def test_a_call_that_takes_too_long_is_stopped_and_the_others_go_on() -> None:
    names = ["a", "asleep-b", "c", "asleep-d", "e"]
    with nothing_left():
        futures = dict(spread(sleepy, [(name, (name,)) for name in names], 2, limit_seconds=5))
    assert sorted(futures) == sorted(names)
    late = {name for name, future in futures.items() if future.exception()}
    assert late == {"asleep-b", "asleep-d"}
    assert all("took over 5 s" in str(futures[name].exception()) for name in late)
