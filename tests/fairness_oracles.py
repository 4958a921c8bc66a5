"""For the tests of unit 02: ProPublica's tables, people laid out from them, joint tables."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

# How We Analyzed the COMPAS Recidivism Algorithm, 2016. "All" is more than the sum of the others.
ALL = dict(tn=2681, fp=1282, fn=1216, tp=2035)
BLACK = dict(tn=990, fp=805, fn=532, tp=1369)
WHITE = dict(tn=1139, fp=349, fn=461, tp=505)
BOTH = {"Black": BLACK, "White": WHITE}
CELLS = ("tn", "fp", "fn", "tp")


def people(counts: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """One entry of y_true and of y_pred for each person in the table."""
    numbers = [counts[cell] for cell in CELLS]
    return np.repeat([0, 0, 1, 1], numbers), np.repeat([0, 1, 0, 1], numbers)


def people_of(
    counts_by_group: Mapping[str, Mapping[str, int]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y_true, y_pred and group of everybody in the tables."""
    rows = [people(counts) for counts in counts_by_group.values()]
    group = np.repeat(list(counts_by_group), [len(true) for true, _ in rows])
    return np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows]), group


def distribution(values: list[Any], rng: random.Random, *, zeros: bool = False) -> dict[Any, Any]:
    """Random exact probabilities that sum to 1; one of several is 0, if so wished."""
    parts = [rng.randint(1, 9) for _ in values]
    if zeros and len(parts) > 1:
        parts[rng.randrange(len(parts))] = 0
    return {value: Fraction(part, sum(parts)) for value, part in zip(values, parts, strict=True)}


def joint_table(network: Mapping[str, Any]) -> list[tuple[dict[str, Any], Fraction]]:
    """Every assignment of values to all names, possible or not, with its probability."""
    values = [
        list(dict.fromkeys(value for row in table.values() for value in row))
        for _, table in network.values()
    ]
    joint = []
    for combination in itertools.product(*values):
        world = dict(zip(network, combination, strict=True))
        p = Fraction(1)
        for name, (parents, table) in network.items():
            p *= table[tuple(world[parent] for parent in parents)].get(world[name], 0)
        joint.append((world, p))
    return joint


def conditional(
    network: Mapping[str, Any], target: str, evidence: Mapping[str, Any]
) -> dict[Any, Fraction] | None:
    """P(target | evidence) from the whole joint table; None where the evidence is impossible."""
    found: dict[Any, Fraction] = {}
    for world, p in joint_table(network):
        if p and evidence.items() <= world.items():
            found[world[target]] = found.get(world[target], Fraction(0)) + p
    return {value: p / sum(found.values()) for value, p in found.items()} or None


def same_distribution(found: Mapping[Any, float], expected: Mapping[Any, Fraction]) -> bool:
    """Agreement to 1e-9; a value that is missing has probability 0."""
    return all(abs(found.get(v, 0) - expected.get(v, 0)) < 1e-9 for v in {*found, *expected})
