"""fairness.query: P(target | evidence) in a Bayesian network, by enumeration."""

from __future__ import annotations

import copy

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart
from autograder.checks._fairness import query_mistakes as wrong
from autograder.checks._fairness.models import agree_distribution, ask_distribution, draw_network
from course_utils.fairness import query


def with_every_value(network, target, evidence):
    """Every value of the target is in the answer, the impossible ones with 0."""
    answer = query(network, target, evidence)
    return {value: answer.get(value, 0.0) for value in wrong.values_of(network, target)}


def in_float32(network, target, evidence):
    return {value: np.float32(p) for value, p in query(network, target, evidence).items()}


def by_recursion(network, target, evidence):
    """Russell and Norvig's enumeration: one variable after the other, parents first."""
    order: list[str] = []
    while len(order) < len(network):
        ready = [n for n in network if n not in order and set(network[n][0]) <= set(order)]
        if not ready:
            raise ValueError("a cycle, or an unknown parent")
        order.append(ready[0])
    for _, table in network.values():
        for row in table.values():
            if abs(1 - sum(row.values())) > 1e-6:
                raise ValueError("a row does not sum to 1")

    def weight(rest, world):
        if not rest:
            return 1.0
        name, *others = rest
        parents, table = network[name]
        row = table[tuple(world[p] for p in parents)]
        known = [world[name]] if name in world else list(row)
        return sum(
            row.get(value, 0) * weight(others, {**world, name: value})
            for value in known
            if row.get(value, 0) > 0
        )

    weights = {
        value: weight(order, {**evidence, target: value})
        for value in wrong.values_of(network, target)
        if evidence.get(target, value) == value
    }
    total = sum(weights.values())
    if total == 0:
        raise ValueError("impossible")
    return {value: np.float64(p / total) for value, p in weights.items()}


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(child_first: bool = False) -> list[Args]:
        network, (z, x, y, w) = draw_network(rng, child_first=child_first)
        return [
            (network, y, {x: int(rng.integers(2))}),
            (network, z, {x: int(rng.integers(2)), w: bool(rng.integers(2))}),
            (network, x, {y: ("low", "mid", "high")[rng.integers(3)]}),
            (network, w, {}),
        ]

    mistakes = [known.function for known in wrong.MISCONCEPTIONS]
    in_values = [rule for rule in mistakes if rule not in wrong.ELSEWHERE]
    values = draw_until(
        lambda: [*draw(), *draw()], lambda drawn: tells_apart((query, *in_values), drawn)
    )
    order = draw(child_first=True)
    network, (z, x, y, w) = draw_network(rng)
    certain = copy.deepcopy(network)
    certain[w] = (
        (y,),
        {("low",): {True: 1.0, False: 0.0}, ("mid",): {True: 1.0}, ("high",): {False: 1.0}},
    )
    cycle = network | {z: ((w,), {(v,): {0: 0.5, 1: 0.5} for v in (True, False)})}
    rounded, long, short = (copy.deepcopy(network) for _ in range(3))
    rounded[y][1][(1, 0)] = {"low": 0.7, "mid": 0.2, "high": 0.1}  # 0.9999999999999999 in floats
    long[y][1][(0, 1)]["mid"] += 0.25
    short[y][1][(1, 0)]["high"] /= 2
    unknown = {name: node for name, node in network.items() if name != z}
    return [
        *(Case(args, "value") for args in values),
        *(Case(args, "order") for args in order),
        Case((certain, y, {w: False}), "zero"),
        Case((certain, y, {w: True, x: 1}), "zero"),
        Case((certain, z, {w: True, y: "high"}), "impossible"),
        Case((certain, x, {w: False, y: "mid"}), "impossible"),
        Case((rounded, y, {x: 1}), "rounding"),
        Case((long, x, {}), "rows"),
        Case((short, y, {x: 1}), "rows"),
        Case((cycle, y, {x: 1}), "graph"),
        Case((unknown, y, {x: 1}), "graph"),
    ]


QUERY = Check(
    exercise="fairness.query",
    properties={
        "value": "gives the distribution of target among the worlds that agree with the evidence",
        "order": "works when a child stands before its parents",
        "zero": "gives impossible values the probability 0",
        "impossible": "refuses evidence that cannot be, with ValueError",
        "rounding": "takes rows whose sum is 1 but for rounding",
        "rows": "refuses a row that does not sum to 1, with ValueError",
        "graph": "refuses a cycle and an unknown parent, with ValueError",
    },
    cases=cases,
    ask=ask_distribution,
    agree=agree_distribution,
    expect=query,
    accepts=[by_recursion, with_every_value, in_float32],
    misconceptions=wrong.MISCONCEPTIONS,
)
