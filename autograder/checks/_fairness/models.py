"""Small random networks and causal models, and how distributions are asked for and compared."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from autograder.check_parts.drawing import draw_until

NAMES = ("age", "city", "drug", "exam", "job", "mood", "rain", "team")


def ask_distribution(function, args):
    """Call twice; bring both answers and the arguments back."""
    first = function(*args)
    second = function(*args)
    return [first, second, list(args)]


def agree_distribution(args, expected, answer):
    """Distance of two answers from a distribution; a missing value counts as 0."""
    from collections.abc import Mapping

    from course_utils.agreement import deviation

    first, second, afterwards = answer
    if first is None:
        return "it returned None (was a `return` forgotten?)"
    far = []
    for given in (first, second):
        if not isinstance(given, Mapping):
            raise TypeError("no dict")
        values = set(expected) | set(given)
        right = {value: expected.get(value, 0.0) for value in values}
        far.append(deviation(right, {value: given.get(value, 0.0) for value in values}))
    if far[0] <= 1 and deviation(list(args), afterwards, tolerance=1e-12) > 1:
        return "it changes one of its arguments"
    if far[0] <= 1 < far[1]:
        return "called a second time with the same arguments, it gives another answer"
    return max(far)


def draw_row(rng: np.random.Generator, values: Any) -> dict[Any, float]:
    """A distribution over these values: whole percents, none below 6, whose sum is not rounded."""

    def draw() -> list[float]:
        shares = np.round(rng.dirichlet(np.ones(len(values))) * (100 - 7 * len(values))) + 7
        return [float(share) / 100 for share in (*shares[:-1], 100 - shares[:-1].sum())]

    return dict(zip(values, draw_until(draw, lambda row: sum(row) == 1), strict=True))


def draw_network(rng: np.random.Generator, *, child_first: bool = False) -> tuple[dict, list[str]]:
    """z → x, z → y ← x, y → w; with the names [z, x, y, w]. x and y have the common cause z."""
    z, x, y, w = names = [str(name) for name in rng.choice(NAMES, 4, replace=False)]
    values = {z: (0, 1), x: (0, 1), y: ("low", "mid", "high"), w: (True, False)}
    both = (z, x) if rng.random() < 0.5 else (x, z)
    parents: dict[str, tuple[str, ...]] = {z: (), x: (z,), y: both, w: (y,)}
    order = [w, x, y, z] if child_first else names
    network = {}
    for name in order:
        keys = product(*(values[parent] for parent in parents[name]))
        network[name] = (parents[name], {key: draw_row(rng, values[name]) for key in keys})
    return network, names


def draw_model(rng: np.random.Generator, *, effect: float = 1.0) -> tuple[dict, list[str]]:
    """a ← u; x ← a, v; y ← x, a, s; with the names [a, x, y, u, v, s].

    x and y are random tables. Several values of v and s give the same x and y, so that what was seen
    leaves some doubt about them. With `effect` 0 nothing depends on a.
    """
    a, x, y, u, v, s = names = [str(name) for name in rng.choice(NAMES, 6, replace=False)]
    exogenous = {
        u: draw_row(rng, ("p", "q")),
        v: draw_row(rng, (0, 1, 2)),
        s: draw_row(rng, ("dim", "fair", "keen")),
    }
    groups, marks, grades = ("one", "two"), (0, 1), (0, 1, 2)
    to_x = {(g, i): int(rng.integers(2)) for g in groups for i in exogenous[v]}
    to_y = {(m, g, i): int(rng.choice(grades)) for m in marks for g in groups for i in exogenous[s]}
    if not effect:
        to_x = {(g, i): to_x["one", i] for g, i in to_x}
        to_y = {(m, g, i): to_y[m, "one", i] for m, g, i in to_y}
    functions = {
        a: ((u,), {("p",): "one", ("q",): "two"}),
        x: ((a, v), to_x),
        y: ((x, a, s), to_y),
    }
    return {"exogenous": exogenous, "functions": functions}, names
