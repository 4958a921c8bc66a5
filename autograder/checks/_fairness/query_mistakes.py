"""Mistakes in fairness.query, and what is said about them."""

from __future__ import annotations

from itertools import product

from autograder.check import Misconception
from course_utils.fairness import intervene, query


def values_of(network, name):
    """All values in the rows of a variable, in the order of the rows."""
    return list(dict.fromkeys(value for row in network[name][1].values() for value in row))


def weigh(network, target, evidence, key=lambda values: values):
    """The weight of each value of target, all worlds added up, nothing checked."""
    weights = {}
    for combination in product(*(values_of(network, name) for name in network)):
        world = dict(zip(network, combination, strict=True))
        if any(world[name] != value for name, value in evidence.items()):
            continue
        weight = 1.0
        for name, (parents, table) in network.items():
            row = table[key(tuple(world[parent] for parent in parents))]
            weight *= row.get(world[name], 0.0)
        weights[world[target]] = weights.get(world[target], 0.0) + weight
    return weights


def normalised(weights):
    total = sum(weights.values())
    if not total:
        raise ValueError("impossible evidence")
    return {value: weight / total for value, weight in weights.items()}


def joint(network, target, evidence):
    query(network, target, evidence)
    return weigh(network, target, evidence)


def ignores_evidence(network, target, evidence):
    query(network, target, evidence)
    return query(network, target, {})


def does_for_sees(network, target, evidence):
    return query(intervene(network, evidence), target, {})


def one_piece_of_evidence(network, target, evidence):
    query(network, target, evidence)
    return query(network, target, dict(list(evidence.items())[:1]))


def only_causes(network, target, evidence):
    query(network, target, evidence)
    above, waiting = set(), [target]
    while waiting:
        waiting += (new := set(network[waiting.pop()][0]) - above)
        above |= new
    return query(network, target, {n: v for n, v in evidence.items() if n in above | {target}})


def own_table(network, target, evidence):
    query(network, target, evidence)
    parents, table = network[target]
    rows = [
        row
        for key, row in table.items()
        if all(evidence.get(p, v) == v for p, v in zip(parents, key, strict=True))
    ]
    return {v: sum(row.get(v, 0) for row in rows) / len(rows) for v in values_of(network, target)}


def key_backwards(network, target, evidence):
    query(network, target, evidence)
    return normalised(weigh(network, target, evidence, key=lambda values: values[::-1]))


def most_probable(network, target, evidence):
    answer = query(network, target, evidence)
    return {max(answer, key=lambda value: answer[value]): 1.0}


def rows_unchecked(network, target, evidence):
    if any(parent not in network for parents, _ in network.values() for parent in parents):
        raise ValueError("unknown parent")
    try:
        return query(network, target, evidence)
    except ValueError as error:
        if "row" not in str(error):
            raise
    return normalised(weigh(network, target, evidence))


def rows_exactly_one(network, target, evidence):
    if any(sum(row.values()) != 1 for _, table in network.values() for row in table.values()):
        raise ValueError("a row does not sum to 1")
    return query(network, target, evidence)


def only_above_one(network, target, evidence):
    if any(sum(row.values()) > 1.001 for _, table in network.values() for row in table.values()):
        raise ValueError("a row sums to more than 1")
    return rows_unchecked(network, target, evidence)


def impossible_answered(network, target, evidence):
    try:
        return query(network, target, evidence)
    except ValueError as error:
        if "probability 0" not in str(error):
            raise
    return dict.fromkeys(values_of(network, target), 0.0)


def in_the_order_given(network, target, evidence):
    seen = set()
    for name, (parents, _) in network.items():
        for parent in parents:
            if parent not in seen:
                raise KeyError(parent)
        seen.add(name)
    return query(network, target, evidence)


ELSEWHERE = (
    rows_unchecked,
    rows_exactly_one,
    only_above_one,
    impossible_answered,
    in_the_order_given,
)

MISCONCEPTIONS = [
    Misconception(
        "not divided by the total",
        joint,
        "This is the probability of target *and* evidence together. Among those who show the "
        "evidence the shares add up to 1: divide by their total.",
    ),
    Misconception(
        "evidence ignored",
        ignores_evidence,
        "This is what we believe before seeing anything. Keep only the worlds that agree with the "
        "evidence.",
    ),
    Misconception(
        "doing for seeing",
        does_for_sees,
        "This is what happens when somebody *sets* the evidence. Whoever only sees it learns "
        "something about its causes too, so the evidence's own tables count as well.",
    ),
    Misconception(
        "only one piece of evidence",
        one_piece_of_evidence,
        "This uses the first thing that was seen, and not the others. A world counts if it agrees "
        "with all of the evidence.",
    ),
    Misconception(
        "only evidence on causes",
        only_causes,
        "This leaves out evidence that is no cause of the target. But an effect tells about its "
        "cause: who coughs is more likely to be ill.",
    ),
    Misconception(
        "only the target's own table",
        own_table,
        "This is the mean of rows in the target's own table, as if all values of its parents were "
        "equally likely. How likely they are is told by their own tables and by the evidence.",
    ),
    Misconception(
        "parents in another order",
        key_backwards,
        "This reads the tables with the parents' values the wrong way round. The key has the values "
        "in the order of `parents`.",
    ),
    Misconception(
        "only the most probable value",
        most_probable,
        "This puts everything on the most probable value. The others are possible too: return the "
        "probability of each value.",
    ),
    Misconception(
        "rows not checked",
        rows_unchecked,
        "The answers are right, but a row that does not sum to 1 passes unseen. Add up each row, and "
        "raise ValueError where it is not 1.",
    ),
    Misconception(
        "rows compared exactly",
        rows_exactly_one,
        "The answers are right, but a row such as 0.7, 0.2, 0.1 is refused: in floats its sum is "
        "0.9999999999999999. Compare with a small tolerance.",
    ),
    Misconception(
        "rows below 1 pass",
        only_above_one,
        "The answers are right, but a row that sums to less than 1 passes unseen. Compare the "
        "*absolute* difference from 1.",
    ),
    Misconception(
        "impossible evidence answered",
        impossible_answered,
        "The answers are right, but for evidence that cannot be, the total is 0 and there is no "
        "distribution. Raise ValueError.",
    ),
    Misconception(
        "parents expected first",
        in_the_order_given,
        "The answers are right as long as parents stand before children. The dict may list them in "
        "any order: first find an order in which each variable follows its parents.",
    ),
]
