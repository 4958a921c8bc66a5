"""Two criteria exclude each other when base rates differ: exactly, on tables of fractions.

The theorem is proved in the lecture; here it is run, on random joint tables of group, score and
outcome, and on all small tables of counts. `fairness_gaps` must see in each what the fractions say.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from course_utils.fairness import error_rates, fairness_gaps
from tests.fairness_oracles import CELLS

Joint = dict[tuple[int, int, int], Fraction]  # (group, score, outcome) -> probability
GROUP, SCORE, OUTCOME = 0, 1, 2


def distribution(size: int, rng: random.Random) -> list[Fraction]:
    """Random probabilities, none of them 0, that sum to exactly 1."""
    parts = [rng.randint(1, 9) for _ in range(size)]
    return [Fraction(part, sum(parts)) for part in parts]


def marginal(joint: Joint, *kept: int) -> dict[tuple[int, ...], Fraction]:
    found: dict[tuple[int, ...], Fraction] = {}
    for world, p in joint.items():
        key = tuple(world[i] for i in kept)
        found[key] = found.get(key, Fraction(0)) + p
    return found


def independent(joint: Joint, one: int, other: int, *given: int) -> bool:
    """one ⊥ other | given: P(x, y, z) P(z) = P(x, z) P(y, z) everywhere."""
    all_three, condition = marginal(joint, one, other, *given), marginal(joint, *given)
    first, second = marginal(joint, one, *given), marginal(joint, other, *given)
    ranges = [{world[i] for world in joint} for i in (one, other, *given)]
    return all(
        all_three.get((x, y, *z), 0) * condition.get(tuple(z), 0)
        == first.get((x, *z), 0) * second.get((y, *z), 0)
        for x, y, *z in itertools.product(*ranges)
    )


def joints(scores: int, rng: random.Random, how: str) -> Joint:
    """A joint table of 3 groups that satisfies one or two criteria by its construction."""
    groups = distribution(3, rng)
    score = [distribution(scores, rng) for _ in range(3)]
    outcome = [[distribution(2, rng) for _ in range(scores)] for _ in range(3)]
    if "independence" in how:  # all groups have the scores of the first
        score = [score[0]] * 3
    if "sufficiency" in how:  # a score means the same for everybody
        outcome = [outcome[0]] * 3
    return {
        (a, r, y): groups[a] * score[a][r] * outcome[a][r][y]
        for a, r, y in itertools.product(range(3), range(scores), range(2))
    }


def counts(joint: Joint) -> dict[int, dict[str, int]]:
    """The table of people, as many as are needed to have whole numbers of them."""
    n = math.lcm(*(p.denominator for p in joint.values()))
    return {
        a: {
            cell: int(n * joint[a, r, y])
            for cell, (r, y) in zip(CELLS, [(0, 0), (1, 0), (0, 1), (1, 1)], strict=True)
        }
        for a in range(3)
    }


# --- independence and sufficiency imply equal base rates ----------------------------------------


@pytest.mark.parametrize("scores", [2, 3, 5])
@pytest.mark.parametrize("seed", range(20))
def test_independence_and_sufficiency_of_one_score_imply_that_outcomes_do_not_go_with_groups(
    scores, seed
):
    joint = joints(scores, random.Random(seed), "independence and sufficiency")
    assert sum(joint.values()) == 1
    assert independent(joint, SCORE, GROUP)
    assert independent(joint, OUTCOME, GROUP, SCORE)
    assert independent(joint, OUTCOME, GROUP)


@pytest.mark.parametrize("how", ["independence", "sufficiency"])
def test_one_of_the_two_alone_implies_nothing(how):
    found = [joints(3, random.Random(seed), how) for seed in range(20)]
    assert not any(independent(joint, OUTCOME, GROUP) for joint in found)
    assert all(
        independent(joint, SCORE, GROUP) == (how == "independence")
        and independent(joint, OUTCOME, GROUP, SCORE) == (how == "sufficiency")
        for joint in found
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_gaps_see_both_criteria_and_the_equal_base_rates(seed):
    tables = counts(joints(2, random.Random(seed), "independence and sufficiency"))
    gaps = fairness_gaps(tables)
    for name in ("independence", "sufficiency_ppv", "sufficiency_npv"):
        assert gaps[name] == pytest.approx(0, abs=1e-12)
    base_rates = [error_rates(**cells)["base_rate"] for cells in tables.values()]
    assert base_rates == pytest.approx([base_rates[0]] * 3, abs=1e-12)


# --- no table with unequal base rates has two of the three --------------------------------------


def small_tables(most: int) -> Iterator[tuple[int, int, int, int]]:
    """All counts (tn, fp, fn, tp) of up to `most` people with somebody in each cell."""
    for cells in itertools.product(range(1, most - 2), repeat=4):
        if sum(cells) <= most:
            yield cells


def conditions(cells: tuple[int, int, int, int]) -> dict[str, tuple[Fraction, ...]]:
    """What must be equal in both groups for each criterion."""
    tn, fp, fn, tp = cells
    return {
        "independence": (Fraction(fp + tp, sum(cells)),),
        "separation": (Fraction(fp, fp + tn), Fraction(tp, tp + fn)),
        "sufficiency": (Fraction(tp, tp + fp), Fraction(tn, tn + fn)),
        "base rate": (Fraction(fn + tp, sum(cells)),),
    }


def test_of_all_small_tables_none_with_unequal_base_rates_has_two_criteria():
    tables = list(small_tables(10))
    assert len(tables) == math.comb(10, 4)
    told = [conditions(cells) for cells in tables]
    columns = np.array(tables).T  # (4, tables)
    one, other = np.triu_indices(len(tables), 1)
    gaps = fairness_gaps(
        {
            name: dict(zip(CELLS, columns[:, chosen], strict=True))
            for name, chosen in (("a", one), ("b", other))
        }
    )
    names = ("independence", "separation", "sufficiency")
    separation = np.maximum(gaps["separation_fpr"], gaps["separation_tpr"])
    sufficiency = np.maximum(gaps["sufficiency_ppv"], gaps["sufficiency_npv"])
    seen = np.array([gaps["independence"], separation, sufficiency]).T < 1e-12
    alone = dict.fromkeys(names, 0)
    for i, j, fulfilled in zip(one.tolist(), other.tolist(), seen.tolist(), strict=True):
        exact = [told[i][name] == told[j][name] for name in names]
        assert fulfilled == exact, (tables[i], tables[j])
        if told[i]["base rate"] == told[j]["base rate"] or not useful(tables[i]):
            continue
        assert sum(exact) <= 1, (tables[i], tables[j])
        for name, holds in zip(names, exact, strict=True):
            alone[name] += holds
    assert all(alone.values())  # each alone is possible


def useful(cells: tuple[int, int, int, int]) -> bool:
    """Does the decision go with the outcome at all?"""
    tn, fp, fn, tp = cells
    return tn * tp != fp * fn


def test_the_exceptions_are_a_useless_and_a_perfect_classifier():
    useless = {"a": dict(tn=4, fp=2, fn=2, tp=1), "b": dict(tn=2, fp=1, fn=4, tp=2)}
    gaps = fairness_gaps(useless)
    assert (gaps["independence"], gaps["separation_fpr"], gaps["separation_tpr"]) == (0, 0, 0)
    assert gaps["sufficiency_ppv"] == pytest.approx(1 / 3)
    perfect = {"a": dict(tn=4, fp=0, fn=0, tp=2), "b": dict(tn=2, fp=0, fn=0, tp=4)}
    gaps = fairness_gaps(perfect)
    assert gaps["independence"] == pytest.approx(1 / 3)
    assert {gap for name, gap in gaps.items() if name != "independence"} == {0.0}
