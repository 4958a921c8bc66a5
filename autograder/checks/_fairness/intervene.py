"""fairness.intervene: do() in a Bayesian network, as a new network."""

from __future__ import annotations

import copy

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import Args, draw_until, tells_apart
from autograder.checks._fairness.models import draw_network
from course_utils.fairness import intervene, query


def _certain(value):
    return ((), {(): {value: 1.0}})


def _values(network, name):
    return list(dict.fromkeys(v for row in network[name][1].values() for v in row))


def children_cut(network, assignment):
    done = intervene(network, assignment)
    for name, (parents, _) in network.items():
        if name not in assignment and set(parents) & set(assignment):
            done[name] = ((), {(): query(network, name, {})})
    return done


def rows_kept(network, assignment):
    done = dict(network)
    for name, value in assignment.items():
        parents, table = network[name]
        done[name] = (parents, {key: {value: 1.0} for key in table})
    return done


def first_row_only(network, assignment):
    done = dict(network)
    for name, value in assignment.items():
        parents, table = network[name]
        done[name] = (parents, dict(table) | {next(iter(table)): {value: 1.0}})
    return done


def others_removed(network, assignment):
    return {name: _certain(value) for name, value in assignment.items()}


def variable_removed(network, assignment):
    return {name: node for name, node in network.items() if name not in assignment}


def old_probability(network, assignment):
    done = dict(network)
    for name in assignment:
        done[name] = ((), {(): query(network, name, {})})
    return done


def seen_for_done(network, assignment):
    return {
        name: _certain(assignment[name])
        if name in assignment
        else (parents, table)
        if parents
        else (parents, {(): query(network, name, assignment)})
        for name, (parents, table) in network.items()
    }


def one_only(network, assignment):
    return intervene(network, dict(list(assignment.items())[:1]))


def value_alone(network, assignment):
    return dict(network) | dict(assignment)


def equally_likely(network, assignment):
    done = dict(network)
    for name in assignment:
        values = _values(network, name)
        done[name] = ((), {(): dict.fromkeys(values, 1 / len(values))})
    return done


def changed_in_place(network, assignment):
    for name, value in assignment.items():
        network[name] = _certain(value)
    return network


MISCONCEPTIONS = [
    Misconception(
        "changes the given network",
        changed_in_place,
        "The answer is right, but the given network has changed with it. It is still needed, to "
        "compare seeing with doing: make a new dict.",
    ),
    Misconception(
        "parents kept",
        rows_kept,
        "The values are right, but the arrows are still there: the variable still lists its parents. "
        "Cut them: its parents are (), and it has one row.",
    ),
    Misconception(
        "only one row set",
        first_row_only,
        "Only the first row of the table was set. In the other rows the variable still listens to its "
        "parents. Replace the whole table, and cut the parents.",
    ),
    Misconception(
        "children cut off",
        children_cut,
        "This cuts the arrows *out of* the variable that is set, so doing has no effect on anything. "
        "Cut the arrows into it, and leave its children alone.",
    ),
    Misconception(
        "others removed",
        others_removed,
        "Only the variables that are set are left. All others stay in the network, with their tables.",
    ),
    Misconception(
        "variable removed",
        variable_removed,
        "The variables that are set are gone from the network, though their children still ask for "
        "them. Keep each, with one certain value.",
    ),
    Misconception(
        "still by chance",
        old_probability,
        "The parents are cut, but the variable keeps the probabilities it had before. Doing means "
        "that it has this value for certain: {value: 1.0}.",
    ),
    Misconception(
        "all values equally likely",
        equally_likely,
        "This gives all values of the variable the same probability. Doing means that it has the "
        "value of the assignment for certain: {value: 1.0}.",
    ),
    Misconception(
        "seeing for doing",
        seen_for_done,
        "This changes what we believe about the causes, as if the value had been *seen*. When we set "
        "it ourselves it tells nothing about its causes: leave their tables alone.",
    ),
    Misconception(
        "only one is set",
        one_only,
        "Only the first variable of the assignment was set. Set them all: is there a return inside "
        "the loop?",
    ),
    Misconception(
        "value in place of a node",
        value_alone,
        "The network now has a bare value where parents and a table should stand. A variable that is "
        "set is ((), {(): {value: 1.0}}).",
    ),
]


def by_rebuilding(network, assignment):
    done = {}
    for name, (parents, table) in network.items():
        rows = {key: dict(row) for key, row in table.items()}
        done[name] = _certain(assignment[name]) if name in assignment else (parents, rows)
    return done


def by_deep_copy(network, assignment):
    done = copy.deepcopy(network)
    done.update({name: ([], {(): {value: 1}}) for name, value in assignment.items()})
    return done


def by_recursion(network, assignment):
    if not assignment:
        return dict(network)
    (name, value), *rest = assignment.items()
    return by_recursion({**network, name: [(), {(): {value: np.float32(1)}}]}, dict(rest))


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(child_first: bool, several: bool) -> Args:
        network, (_, x, y, _) = draw_network(rng, child_first=child_first)
        if several:
            return network, {y: ("low", "mid", "high")[rng.integers(3)], x: int(rng.integers(2))}
        return network, {x: int(rng.integers(2))}

    mistakes = [m.function for m in MISCONCEPTIONS if m.function is not changed_in_place]
    values = draw_until(
        lambda: [draw(False, False), draw(True, True), draw(True, False)],
        lambda drawn: tells_apart((intervene, *mistakes), drawn),
    )
    network, (z, _, _, w) = draw_network(rng, child_first=True)
    return [
        *(Case(args, "value") for args in values),
        Case((network, {z: 1}), "ends"),
        Case((network, {w: False}), "ends"),
        Case((network, {}), "ends"),
    ]


INTERVENE = Check(
    exercise="fairness.intervene",
    properties={
        "value": "cuts the parents of what is set, makes its value certain, and keeps all else",
        "ends": "can set a root, a leaf, or nothing at all",
    },
    cases=cases,
    expect=intervene,
    accepts=[by_rebuilding, by_deep_copy, by_recursion],
    misconceptions=MISCONCEPTIONS,
)
