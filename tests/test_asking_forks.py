"""Asking in forks: what torch's threads do to them, and that nobody gets 0 points for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.inside.wire import Late
from autograder.sandboxes import sandbox
from autograder.sandboxes.processes import WarmProcess
from autograder.sandboxes.sandbox import Budgets
from course_utils.plain import decode
from tests.conftest import missing
from tests.student_process import ask, make_library, run, said

MORE_THREADS = """
import torch
torch.set_num_threads(2)
def product(n):
    return (torch.ones(n, n).double() @ torch.ones(n, n).double()).sum().item()
print(product(600))
"""


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    if sandbox.probe().level == "none":
        missing(sandbox.probe().why)
    library = make_library(tmp_path_factory.mktemp("library"))
    process = WarmProcess(library, modules=["torch"], level=sandbox.probe())
    yield process
    process.close()


def values(answers: list) -> list:
    return [decode(answer["value"])[0] if "value" in answer else answer for answer in answers]


def test_an_answer_that_hangs_in_a_fork_for_want_of_threads_comes_all_the_same(
    warm: WarmProcess,
) -> None:
    with warm.student(Budgets()) as student:
        assert "216000000.0" in said(run(student, MORE_THREADS, 60))
        answers = values(ask(student, "product", (600,), (500,), (700,), seconds=3))
    assert answers == [600.0**3, 500.0**3, 700.0**3]


def test_a_loop_is_no_answer_with_threads_either_and_costs_that_answer_only(
    warm: WarmProcess,
) -> None:
    looping = MORE_THREADS + "def f(n):\n    while n == 1: pass\n    return n\n"
    with warm.student(Budgets()) as student:
        run(student, looping, 60)
        answers = values(ask(student, "f", (0,), (1,), (2,)))
    assert answers == [0, {"missing": "it took over 1 s"}, 2]


def test_what_catches_everything_is_given_up(warm: WarmProcess) -> None:
    deaf = "signal.signal(signal.SIGALRM, signal.SIG_IGN)"
    stubborn = f"import signal\ndef f():\n    {deaf}\n    while True: pass\n"
    with warm.student(Budgets()) as student:
        run(student, MORE_THREADS + stubborn, 60)
        with pytest.raises(Late):
            ask(student, "f", ())
    assert warm.alive()
