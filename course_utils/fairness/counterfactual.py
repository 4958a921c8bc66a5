"""What would have happened to *this* person?

A structural causal model keeps chance apart from mechanism:

    {"exogenous": {"u": {0: 0.5, 1: 0.5}, …},                 # independent causes that we do not see
     "functions": {"a": (("u",), {(0,): "x", (1,): "y"}), …}}  # in causal order; no chance in them

so the same person, the same u, can be put into another world. Three steps: abduction (what do we
now know about u?), action (set a variable), prediction (run the functions again).

Source: J. Pearl, "Causality", 2nd edition, section 7.1; M.J. Kusner and others, "Counterfactual
Fairness", NeurIPS 2017, definition 5.
Leaves out: exogenous variables that depend on each other, path-specific effects, and how one would
ever learn such a model from data, which is the hard part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from course_utils.fairness.networks import Value, check_names

Model = Mapping[str, Mapping[str, Any]]
World = dict[str, Value]


def counterfactual(
    model: Model, evidence: Mapping[str, Value], assignment: Mapping[str, Value], target: str
) -> dict[Value, float]:
    """Return the distribution of `target`, had `assignment` been so, for somebody with `evidence`.

    Args:
        model: see the module.
        evidence: {name: value} seen in the real world.
        assignment: {endogenous name: value} set in the other world.
        target: name of a variable.

    Returns:
        {value: probability}; a value that is missing has probability 0.

    Raises:
        ValueError: unknown names, an illegal model, or evidence of probability 0.

    Effort u gives a grade, but one teacher lifts it: would she have passed without him?

    >>> model = {"exogenous": {"u": {0: 0.5, 1: 0.5}, "t": {0: 0.5, 1: 0.5}},
    ...          "functions": {"lift": (("t",), {(0,): 0, (1,): 1}),
    ...                        "passed": (("u", "lift"), {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1})}}
    >>> counterfactual(model, {"lift": 1, "passed": 1}, {"lift": 0}, "passed")
    {0: 0.5, 1: 0.5}
    """
    check_model(model)
    names = {**model["exogenous"], **model["functions"]}
    check_names(names, target, *evidence)
    check_names(model["functions"], *assignment)
    weights: dict[Value, float] = {}
    for causes, probability in _people(model):  # abduction: who can it have been?
        real = run(model, causes, {})
        if all(real[name] == value for name, value in evidence.items()):
            other = run(model, causes, assignment)  # action and prediction
            weights[other[target]] = weights.get(other[target], 0.0) + probability
    total = sum(weights.values())
    if total <= 0:
        raise ValueError(f"the evidence {dict(evidence)} has probability 0")
    return {value: weight / total for value, weight in weights.items()}


def is_counterfactually_fair(
    model: Model,
    predictor: tuple[tuple[str, ...], Mapping[tuple[Value, ...], float]],
    protected: str,
    tolerance: float,
) -> bool:
    """Say whether nobody's prediction would have changed, had the protected attribute been another.

    For every assignment of all endogenous variables that can occur, and every value of `protected`,
    the expected prediction in the other world is within `tolerance` of the prediction in this one.

    Args:
        model: see the module.
        predictor: (arguments, table) over endogenous names; the table gives a number.
        protected: an endogenous name.
        tolerance: the largest difference that passes, at least 0.

    Raises:
        ValueError: unknown names, or an illegal model or predictor.

    >>> model = {"exogenous": {"u": {0: 0.5, 1: 0.5}, "v": {0: 0.5, 1: 0.5}},
    ...          "functions": {"a": (("u",), {(0,): 0, (1,): 1}), "x": (("v",), {(0,): 0, (1,): 1})}}
    >>> is_counterfactually_fair(model, (("x",), {(0,): 0.1, (1,): 0.9}), "a", 0.0)
    True
    >>> is_counterfactually_fair(model, (("a",), {(0,): 0.1, (1,): 0.9}), "a", 0.5)
    False
    """
    check_model(model)
    arguments, table = predictor
    check_names(model["functions"], protected, *arguments)
    if not tolerance >= 0:
        raise ValueError(f"tolerance = {tolerance}: at least 0")

    def prediction(world: World) -> float:
        key = tuple(world[name] for name in arguments)
        if key not in table:
            raise ValueError(f"the predictor has no row for {key}")
        return table[key]

    values = dict.fromkeys(model["functions"][protected][1].values())
    return all(
        abs(_expected(model, evidence, {protected: value}, prediction) - now) <= tolerance + 1e-12
        for evidence, now in _reachable(model, prediction)
        for value in values
    )


def _expected(
    model: Model, evidence: World, assignment: World, prediction: Callable[[World], float]
) -> float:
    """The mean prediction in the other world, over everybody with this evidence."""
    total = weighted = 0.0
    for causes, probability in _people(model):
        real = run(model, causes, {})
        if all(real[name] == value for name, value in evidence.items()):
            total += probability
            weighted += probability * prediction(run(model, causes, assignment))
    return weighted / total


def _reachable(model: Model, prediction: Callable[[World], float]) -> Iterator[tuple[World, float]]:
    """Each assignment of the endogenous variables that can occur, once, with its prediction."""
    seen = set()
    for causes, _ in _people(model):
        world = run(model, causes, {})
        endogenous = {name: world[name] for name in model["functions"]}
        if (key := tuple(endogenous.values())) not in seen:
            seen.add(key)
            yield endogenous, prediction(world)


def run(model: Model, causes: Mapping[str, Value], assignment: Mapping[str, Value]) -> World:
    """Return the values of all variables, for given exogenous ones; `assignment` overrides."""
    world = dict(causes)
    for name, (arguments, table) in model["functions"].items():
        if name in assignment:
            world[name] = assignment[name]
            continue
        key = tuple(world[argument] for argument in arguments)
        if key not in table:
            raise ValueError(f"the function of {name!r} has no row for {key}")
        world[name] = table[key]
    return world


def _people(model: Model) -> Iterator[tuple[World, float]]:
    """Every combination of exogenous values that can occur, with its probability."""
    names = list(model["exogenous"])
    for combination in product(*(model["exogenous"][name].items() for name in names)):
        probability = 1.0
        for _, p in combination:
            probability *= p
        if probability > 0:
            yield dict(zip(names, (value for value, _ in combination), strict=True)), probability


def check_model(model: Model) -> None:
    """Raise ValueError for a row that is no distribution, a later name used or a name used twice."""
    for name, row in model["exogenous"].items():
        if any(not p >= 0 for p in row.values()) or abs(sum(row.values()) - 1) > 1e-6:
            raise ValueError(f"the distribution of {name!r} sums to {sum(row.values())}, not to 1")
    known = set(model["exogenous"])
    for name, (arguments, _) in model["functions"].items():
        if name in model["exogenous"]:
            raise ValueError(f"{name!r} is exogenous and has a function: it is one or the other")
        if missing := [argument for argument in arguments if argument not in known]:
            raise ValueError(f"{name!r} uses {missing[0]!r}, which does not come before it")
        known.add(name)
