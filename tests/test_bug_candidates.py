"""The candidates that testers are graded on: each label holds against a plain count, row by row."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from autograder.checks._significance.candidates import POOL, PUBLIC, Candidate
from course_utils.plain import Code


def counted(a: Any, b: Any, rows: Any) -> float:
    """v/B by adding up whole numbers one after the other."""
    delta = sum(int(x) - int(y) for x, y in zip(a, b, strict=True))
    leads = [sum(int(a[i]) - int(b[i]) for i in row) for row in rows]
    return sum(lead > 2 * delta for lead in leads) / len(leads)


def misbehaves(candidate: Code) -> bool:
    """Whether the candidate is off, raises, or changes its arguments on any of many inputs."""
    function = candidate.load(counted)
    rng = np.random.default_rng(0)
    for trial in range(200):
        n = int(rng.integers(2, 12))
        a, b = rng.integers(0, 2, size=(2, n))
        if trial % 4 == 0:
            b = rng.permutation(a)
        rows = rng.integers(0, n, size=(int(rng.integers(1, 30)), n))
        handed = copy.deepcopy((a, b, rows))
        try:
            answer = function(*handed)
        except Exception:
            return True
        if np.shape(answer) != () or abs(answer - counted(a, b, rows)) > 1e-5:
            return True
        if not all(map(np.array_equal, handed, (a, b, rows))):
            return True
    return False


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    assert misbehaves(candidate.code) == candidate.wrong


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
