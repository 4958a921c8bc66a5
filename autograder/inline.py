"""Judge a function in the notebook's own process: for the instructor's solved notebook, never for grading.

The hidden test cells of the source notebooks call `judge_here`, so that running the solved notebook
(nbval, "Restart and run all") exercises every check on fresh inputs. When a submission is graded, these
cells are not run at all: the judge asks the student process from outside.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Verdict
from autograder.checks import find_check


def judge_in_process(exercise: str, function: Callable[..., Any], seed: int) -> Verdict:
    """The verdict of one trusted function on the cases of one seed."""
    check = find_check(exercise)
    cases = check.draw(np.random.default_rng(seed))
    return check.verdict(cases, [check.answer_of(function, case) for case in cases])


def judge_here(exercise: str, function: Callable[..., Any]) -> None:
    """Raise AssertionError with the sentences of the verdict unless the function earns everything."""
    seed = secrets.randbits(64)
    verdict = judge_in_process(exercise, function, seed)
    if not verdict.full:
        raise AssertionError(f"{exercise} (seed {seed}): " + " ".join(verdict.messages))
