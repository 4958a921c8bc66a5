"""Bayesian networks, small enough to enumerate: what we see, and what we do.

A network is a dict. Each name has its parents and a table with one row for each combination of the
parents' values:

    {"a": ((), {(): {0: 0.5, 1: 0.5}}),
     "h": (("a",), {(0,): {"no": 0.9, "yes": 0.1}, (1,): {"no": 0.4, "yes": 0.6}})}

Seeing ("those who have a = 1") changes what we believe about the causes of a. Doing ("set a to 1")
does not: it cuts the arrows into a. This is the whole difference between correlation and causation.

Source: J. Pearl, "Causality", 2nd edition, Cambridge 2009, sections 1.2 and 1.3.
Leaves out: continuous variables, and networks too large to enumerate.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import product

Value = Hashable
Row = Mapping[Value, float]
Network = Mapping[str, tuple[tuple[str, ...], Mapping[tuple[Value, ...], Row]]]


def query(network: Network, target: str, evidence: Mapping[str, Value]) -> dict[Value, float]:
    """Return P(target | evidence), by adding up the probabilities of all possible worlds.

    Args:
        network: see the module.
        target: name of a variable.
        evidence: {name: value that was seen}; may be empty.

    Returns:
        {value: probability}; a value that is missing has probability 0.

    Raises:
        ValueError: unknown names, a cycle, a missing row, a row that is no distribution, or
            evidence of probability 0.

    >>> rain = {"rain": ((), {(): {True: 0.2, False: 0.8}}),
    ...         "wet": (("rain",), {(True,): {1: 0.9, 0: 0.1}, (False,): {1: 0.1, 0: 0.9}})}
    >>> round(query(rain, "rain", {"wet": 1})[True], 4)  # 0.18 / 0.26
    0.6923
    """
    order = causal_order(network)
    check_names(network, target, *evidence)
    weights: dict[Value, float] = {}
    for world, probability in _worlds(network, order, evidence):
        weights[world[target]] = weights.get(world[target], 0.0) + probability
    total = sum(weights.values())
    if total <= 0:
        raise ValueError(f"the evidence {dict(evidence)} has probability 0")
    return {value: weight / total for value, weight in weights.items()}


def intervene(network: Network, assignment: Mapping[str, Value]) -> dict:
    """Return the network in which these variables were set from outside: do(name = value).

    A set variable no longer listens to its parents; everything else stays. The old network is not
    touched.

    Args:
        network: {name: (parents, table)}.
        assignment: {name: value} of what is set.

    Raises:
        ValueError: an illegal network, or an unknown name.

    >>> rain = {"rain": ((), {(): {True: 0.2, False: 0.8}}),
    ...         "wet": (("rain",), {(True,): {1: 0.9, 0: 0.1}, (False,): {1: 0.1, 0: 0.9}})}
    >>> wet = intervene(rain, {"wet": 1})  # with a hose
    >>> wet["wet"], query(wet, "rain", {"wet": 1})[True]
    (((), {(): {1: 1.0}}), 0.2)
    """
    causal_order(network)
    check_names(network, *assignment)
    done = {name: ((), {(): {value: 1.0}}) for name, value in assignment.items()}
    return {name: done.get(name, node) for name, node in network.items()}


def causal_order(network: Network) -> list[str]:
    """Check a network, and list its variables with parents before children.

    Raises:
        ValueError: an unknown parent, a cycle, a missing row or a row that is no distribution.
    """
    order: list[str] = []
    waiting = dict.fromkeys(network)
    for name, (parents, _) in network.items():
        for parent in parents:
            if parent not in network:
                raise ValueError(f"{name!r} has the parent {parent!r}, which is not in the network")
    while waiting:
        ready = [name for name in waiting if not any(p in waiting for p in network[name][0])]
        if not ready:
            raise ValueError(f"there is a cycle through {', '.join(map(repr, waiting))}")
        for name in ready:
            del waiting[name]
        order += ready
    values = {name: _check_table(network, name) for name in order}
    for name in order:
        parents, table = network[name]
        for key in product(*(values[parent] for parent in parents)):
            if key not in table:
                raise ValueError(f"the table of {name!r} has no row for {key}")
    return order


def _check_table(network: Network, name: str) -> list[Value]:
    """Check that each row is a distribution, and list the values that the variable can have."""
    seen: dict[Value, None] = {}
    for key, row in network[name][1].items():
        numbers = list(row.values())
        if any(not p >= 0 for p in numbers) or abs(sum(numbers) - 1) > 1e-6:
            raise ValueError(f"the row {key} of {name!r} sums to {sum(numbers)}, not to 1")
        seen |= {value: None for value, p in row.items() if p > 0}
    return list(seen)


def check_names(known: Mapping[str, object], *names: str) -> None:
    """Raise ValueError for the first name that is not known."""
    for name in names:
        if name not in known:
            raise ValueError(f"{name!r} is unknown; there is: {', '.join(known)}")


def _worlds(
    network: Network, order: list[str], evidence: Mapping[str, Value]
) -> list[tuple[dict[str, Value], float]]:
    """Every world that agrees with the evidence, with its probability."""
    worlds: list[tuple[dict[str, Value], float]] = [({}, 1.0)]
    for name in order:
        parents, table = network[name]
        worlds = [
            ({**world, name: value}, probability * p)
            for world, probability in worlds
            for value, p in table[tuple(world[parent] for parent in parents)].items()
            if p > 0 and (name not in evidence or evidence[name] == value)
        ]
    return worlds
