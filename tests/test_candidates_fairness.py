"""The table of right and wrong versions of error_rates is held against exact fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograder.checks._fairness.candidates import HIDDEN, PUBLIC, Candidate
from autograder.checks._fairness.find_the_bug import PROPERTIES

Table = tuple[int, int, int, int]
TABLES: list[Table] = [
    *product((0, 3), (0, 5), (0, 7), (0, 11)),
    *((990, 805, 532, 1369), (1, 40, 900, 6), (10, 10, 10, 10), (1, 1, 1, 1)),
]  # type: ignore[list-item]


def by_definition(tn: int, fp: int, fn: int, tp: int) -> dict[str, Fraction | None]:
    def share(part: int, *others: int) -> Fraction | None:
        return Fraction(part, part + sum(others)) if part + sum(others) else None

    return {
        "fpr": share(fp, tn),
        "fnr": share(fn, tp),
        "ppv": share(tp, fp),
        "npv": share(tn, fn),
        "base_rate": share(fn + tp, tn + fp),
        "selection_rate": share(fp + tp, tn + fn),
        "accuracy": share(tn + tp, fp + fn),
    }


def own(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    rates = by_definition(tn, fp, fn, tp)
    return {name: float("nan") if rate is None else float(rate) for name, rate in rates.items()}


def is_right(function: Callable[..., Any], table: Table) -> bool:
    try:
        answer, rights = function(*table), by_definition(*table)
        return set(answer) == set(rights) and all(
            np.shape(answer[name]) == ()
            and (
                np.isnan(answer[name])
                if right is None
                else abs(answer[name] - float(right)) <= 1e-5 * (1 + right)
            )
            for name, right in rights.items()
        )
    except Exception:
        return False


ALL = pytest.mark.parametrize(
    "candidate",
    [
        pytest.param(c, id=f"{name}-{c.shows}-{i}")
        for name, pool in (("hidden", HIDDEN), ("public", PUBLIC))
        for i, c in enumerate(pool)
    ],
)


@ALL
def test_the_table_is_right(candidate: Candidate) -> None:
    function = candidate.code.load(own)
    assert all(is_right(function, table) for table in TABLES) != candidate.wrong


@ALL
def test_what_is_wrong_only_at_zeros_is_said_to_be(candidate: Candidate) -> None:
    function = candidate.code.load(own)
    wrong_without_zeros = not all(is_right(function, table) for table in TABLES if all(table))
    assert wrong_without_zeros == (
        candidate.wrong and candidate.shows not in ("undefined", "raises")
    )


def test_every_property_has_candidates_in_both_pools() -> None:
    for pool in (HIDDEN, PUBLIC):
        assert {candidate.shows for candidate in pool} == set(PROPERTIES)
        assert {c.wrong for c in pool if c.shows == "rule"} == {True, False}
        assert {c.wrong for c in pool if c.shows == "close"} == {False}


def test_public_candidates_hold_no_line_of_hidden_ones() -> None:
    hidden = {line.strip() for candidate in HIDDEN for line in candidate.body.splitlines()}
    public = {line.strip() for candidate in PUBLIC for line in candidate.body.splitlines()}
    assert {line for line in hidden & public if "return" not in line} <= {"", 'r["npv"] = r["ppv"]'}


def test_no_candidate_comes_twice() -> None:
    assert len({candidate.code for candidate in [*HIDDEN, *PUBLIC]}) == len(HIDDEN) + len(PUBLIC)
