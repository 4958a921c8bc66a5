"""Ctrl-C is heard, also when it came where Python ignores exceptions."""

from __future__ import annotations

import os
import signal

import pytest

from autograder.interrupts import Interrupts


class Ignoring:
    """Ctrl-C comes while it is thrown away."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass


def test_ctrl_c_stops_at_once_as_ever() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_that_python_ignored_is_heard_at_the_next_step() -> None:
    with Interrupts() as interrupts:
        interrupts.heard()
        thrown_away = Ignoring()
        del thrown_away  # python says "Exception ignored", and goes on
        with pytest.raises(KeyboardInterrupt):
            interrupts.heard()


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) is before
