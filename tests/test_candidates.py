"""The table of right and wrong candidates is held against brute force, in fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.checks._significance.candidates import HIDDEN, PUBLIC, Candidate
from autograder.checks._significance.find_the_bug import PROPERTIES
from course_utils.significance import find_the_bug_significance, paired_bootstrap

Own = Callable[..., Any] | None


def candidates(*, wrong: bool | None = None) -> pytest.MarkDecorator:
    """Run a test for every candidate, or for the right or the wrong ones."""
    chosen = [
        pytest.param(candidate, own, id=f"{name}-{candidate.shows}-{number}")
        for name, pool, own in (("hidden", HIDDEN, None), ("public", PUBLIC, paired_bootstrap))
        for number, candidate in enumerate(pool)
        if wrong is None or candidate.wrong == wrong
    ]
    return pytest.mark.parametrize(("candidate", "own"), chosen)


Inputs = tuple[np.ndarray, np.ndarray, np.ndarray]


@cache
def inputs() -> list[tuple[Inputs, Fraction]]:
    """Inputs of many sizes, one example and one row among them, with the right p-value."""
    rng = np.random.default_rng(0)
    drawn: list[Inputs] = []
    for n in (1, 2, 3, 5, 8, 10, 13, 20, 31, 40, 101, 150):
        for num_samples in (1, 2, 7, n, 50):
            accuracy = rng.uniform(0.3, 0.9)
            a, b = rng.random((2, n)) < accuracy + rng.uniform(-0.15, 0.15, size=(2, 1))
            if rng.random() < 0.2:
                b = rng.permutation(a)
            drawn.append((a * 1.0, b * 1.0, rng.integers(n, size=(num_samples, n))))
    return [(args, by_definition(*args)) for args in drawn]


def by_definition(a: np.ndarray, b: np.ndarray, resamples: np.ndarray) -> Fraction:
    d = [Fraction(int(x) - int(y)) for x, y in zip(a, b, strict=True)]
    delta = sum(d) / len(d)
    leads = [sum(d[i] for i in row) / len(d) for row in resamples.tolist()]
    return Fraction(sum(lead > 2 * delta for lead in leads), len(leads))


def is_right(function: Callable[..., Any], args: Inputs, p: Fraction) -> bool:
    handed = tuple(arg.copy() for arg in args)
    try:
        answer = function(*handed)
    except Exception:
        return False
    unchanged = all(map(np.array_equal, handed, args))
    return unchanged and np.shape(answer) == () and abs(answer - p) <= 1e-5 * (1 + p)


@candidates()
def test_the_table_is_right(candidate: Candidate, own: Own) -> None:
    function = candidate.code.load(own)
    found_right = [is_right(function, args, p) for args, p in inputs()]
    assert all(found_right) != candidate.wrong


@candidates(wrong=False)
def test_a_right_candidate_takes_every_legal_packing(candidate: Candidate, own: Own) -> None:
    function = candidate.code.load(own)
    packings: list[Callable[[np.ndarray], Any]] = [
        lambda array: array.tolist(),
        lambda array: array.astype(np.int64),
        lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
        lambda array: array.astype(bool) if array.ndim == 1 else array.astype(np.int32),
        lambda array: [array.setflags(write=False), array][1],
    ]
    for (a, b, rows), p in inputs()[::5]:
        for pack in packings:
            answer = function(*(pack(array.copy()) for array in (a, b, rows)))
            assert isinstance(answer, float) and 0 <= answer <= 1
            assert abs(answer - p) <= 1e-5


@candidates(wrong=True)
def test_an_ordinary_tester_finds_a_wrong_candidate(candidate: Candidate, own: Own) -> None:
    """On random inputs of ordinary sizes, a fair share betrays every wrong candidate."""
    function = candidate.code.load(own)
    rng = np.random.default_rng(1)
    betrayed = 0
    for _ in range(200):
        n, num_samples = (int(size) for size in rng.integers(5, 30, size=2))
        a, b = rng.random((2, n)) < 0.6
        args = (a * 1.0, b * 1.0, rng.integers(n, size=(num_samples, n)))
        betrayed += not is_right(function, args, by_definition(*args))
    assert betrayed >= 20  # one input in ten


@candidates()
def test_the_reference_judges_every_candidate_rightly(candidate: Candidate, own: Own) -> None:
    assert find_the_bug_significance(candidate.code.load(own)) == candidate.wrong


def test_every_property_has_candidates_of_both_kinds_or_of_one() -> None:
    for pool in (HIDDEN, PUBLIC):
        shown = {candidate.shows for candidate in pool}
        assert shown == set(PROPERTIES)
        assert {c.wrong for c in pool if c.shows == "rule"} == {True, False}
        assert {c.wrong for c in pool if c.shows == "close"} == {False}
        assert all(c.wrong for c in pool if c.shows not in ("rule", "close"))


def test_public_candidates_hold_no_line_of_hidden_ones() -> None:
    hidden = {line.strip() for candidate in HIDDEN for line in candidate.body.splitlines()}
    public = {line.strip() for candidate in PUBLIC for line in candidate.body.splitlines()}
    assert hidden & public <= {"", "return p", "return [p]"}
    assert all("own(" in c.body or c.body == "return 0.05" for c in PUBLIC)


def test_candidates_tell_nothing_by_their_names() -> None:
    assert {candidate.code.name for candidate in [*HIDDEN, *PUBLIC]} == {"paired_bootstrap"}
    assert len({candidate.code for candidate in [*HIDDEN, *PUBLIC]}) == len(HIDDEN) + len(PUBLIC)
