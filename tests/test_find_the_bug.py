"""Testers are graded on every candidate there is, in an order that tells nothing, in every unit."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.check import Check, share_earned
from autograder.checks import all_checks
from course_utils.plain import Code

TESTERS = {name: check for name, check in all_checks().items() if "find_the_bug" in name}
EACH = pytest.mark.parametrize("exercise", TESTERS)


def candidates(check: Check, seed: int) -> list[Code]:
    return [case.args[0] for case in check.draw(np.random.default_rng(seed))]


@EACH
def test_the_same_candidates_come_every_time_and_each_once(exercise: str) -> None:
    first, second = (candidates(TESTERS[exercise], seed) for seed in (0, 1))
    assert set(first) == set(second) and len(set(first)) == len(first) >= 30
    assert first != second


@EACH
def test_a_tester_that_counts_its_calls_earns_nothing(exercise: str) -> None:
    """Wherever it changes its mind: candidates before that are called right, and those after it wrong."""
    check = TESTERS[exercise]
    for seed in range(20):
        cases = check.draw(np.random.default_rng(seed))
        wrong = [check.expected(case) for case in cases]
        for turning in range(len(cases) + 1):
            told = [number >= turning for number in range(len(cases))]
            rows = zip(cases, told, wrong, strict=True)
            failed = {case.shows for case, said, right in rows if said != right}
            assert share_earned(check.properties, failed) == 0, (seed, turning)


@EACH
def test_right_candidates_are_many_enough_to_matter(exercise: str) -> None:
    check = TESTERS[exercise]
    heart = next(iter(check.properties))
    cases = [c for c in check.draw(np.random.default_rng(0)) if c.shows == heart]
    right = [case for case in cases if not check.expected(case)]
    assert len(right) >= 4 and len(cases) - len(right) >= 5
