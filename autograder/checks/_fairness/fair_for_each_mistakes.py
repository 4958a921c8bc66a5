"""Wrong versions of is_counterfactually_fair. Each compares other numbers with the tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from autograder.check import Misconception

World = dict[str, Any]


def people(model: Any, assignment: World | None = None) -> Iterator[tuple[World, float, World]]:
    """Everybody: exogenous values, their probability, and the endogenous values that follow."""
    names = list(model["exogenous"])
    for combination in product(*(model["exogenous"][name].items() for name in names)):
        causes = {name: value for name, (value, _) in zip(names, combination, strict=True)}
        p = 1.0
        for _, share in combination:
            p *= share
        if p > 0:
            yield causes, p, follow(model, causes, assignment or {})


def follow(model: Any, causes: World, assignment: World) -> World:
    world = dict(causes)
    for name, (arguments, table) in model["functions"].items():
        value = table[tuple(world[argument] for argument in arguments)]
        world[name] = assignment.get(name, value)
    return {name: world[name] for name in model["functions"]}


def said(predictor: Any, world: World) -> float:
    arguments, table = predictor
    return table[tuple(world[name] for name in arguments)]


def values_of(model: Any, protected: str) -> list[Any]:
    return sorted(set(model["functions"][protected][1].values()), key=str)


def by_evidence(model: Any) -> list[tuple[World, list[tuple[World, float]]]]:
    """Each assignment of the endogenous variables, with those who have it: causes and share."""
    groups: dict[tuple[Any, ...], tuple[World, list[tuple[World, float]]]] = {}
    for causes, p, world in people(model):
        groups.setdefault(tuple(world.values()), (world, []))[1].append((causes, p))
    found = []
    for world, members in groups.values():
        total = sum(p for _, p in members)
        found.append((world, [(causes, p / total) for causes, p in members]))
    return found


def differences(model: Any, predictor: Any, protected: str) -> list[float]:
    """Expected prediction in the other world less the prediction in this one."""
    return [
        sum(p * said(predictor, follow(model, causes, {protected: value})) for causes, p in members)
        - said(predictor, world)
        for world, members in by_evidence(model)
        for value in values_of(model, protected)
    ]


def by_differences(model, predictor, protected, tolerance):
    return max(map(abs, differences(model, predictor, protected))) <= tolerance


def one_sided(model, predictor, protected, tolerance):
    return max(differences(model, predictor, protected)) <= tolerance


def strictly_within(model, predictor, protected, tolerance):
    return max(map(abs, differences(model, predictor, protected))) < tolerance


def exact(model, predictor, protected, tolerance):
    return max(map(abs, differences(model, predictor, protected))) <= 1e-9


def anybody(model, predictor, protected, tolerance):
    per_value = len(values_of(model, protected))
    found = [abs(d) for d in differences(model, predictor, protected)]
    each = [max(found[i : i + per_value]) for i in range(0, len(found), per_value)]
    return min(each) <= tolerance


def unaware(model, predictor, protected, tolerance):
    return protected not in predictor[0]


def _group_means(model, predictor, protected):
    sums: dict[Any, list[float]] = {}
    for _, p, world in people(model):
        entry = sums.setdefault(world[protected], [0.0, 0.0])
        entry[0] += p * said(predictor, world)
        entry[1] += p
    return [total / weight for total, weight in sums.values()]


def group_gap(model, predictor, protected):
    means = _group_means(model, predictor, protected)
    return max(means) - min(means)


def group_averages(model, predictor, protected, tolerance):
    return group_gap(model, predictor, protected) <= tolerance


def direct_gap(model, predictor, protected):
    return max(
        abs(said(predictor, {**world, protected: value}) - said(predictor, world))
        for _, _, world in people(model)
        for value in values_of(model, protected)
    )


def only_direct(model, predictor, protected, tolerance):
    return direct_gap(model, predictor, protected) <= tolerance


def worst_gap(model, predictor, protected):
    return max(
        abs(said(predictor, follow(model, causes, {protected: value})) - said(predictor, world))
        for causes, _, world in people(model)
        for value in values_of(model, protected)
    )


def worst_case(model, predictor, protected, tolerance):
    return worst_gap(model, predictor, protected) <= tolerance


def prior_gap(model, predictor, protected):
    would_be = [
        sum(p * said(predictor, other) for _, p, other in people(model, {protected: value}))
        for value in values_of(model, protected)
    ]
    return max(
        abs(other - said(predictor, world)) for world, _ in by_evidence(model) for other in would_be
    )


def prior(model, predictor, protected, tolerance):
    return prior_gap(model, predictor, protected) <= tolerance


def likely_gap(model, predictor, protected):
    return max(
        abs(
            said(predictor, follow(model, max(members, key=lambda m: m[1])[0], {protected: value}))
            - said(predictor, world)
        )
        for world, members in by_evidence(model)
        for value in values_of(model, protected)
    )


def most_probable(model, predictor, protected, tolerance):
    return likely_gap(model, predictor, protected) <= tolerance


def compared(model: Any, predictor: Any, protected: str) -> list[float]:
    """Every number that one of the rules compares with the tolerance."""
    found = differences(model, predictor, protected)
    gaps = [group_gap, direct_gap, worst_gap, prior_gap, likely_gap]
    return [max(found), max(map(abs, found)), *(gap(model, predictor, protected) for gap in gaps)]


MISCONCEPTIONS = [
    Misconception(
        "a difference of just the tolerance refused",
        strictly_within,
        "A difference that is equal to the tolerance makes a predictor unfair here, so that with tolerance 0 "
        "nothing is ever fair. It passes: <=.",
    ),
    Misconception(
        "group averages",
        group_averages,
        "This compares the averages of the groups. Counterfactual fairness asks about each person: "
        "keep the exogenous values that fit what was seen, and only change the protected attribute.",
    ),
    Misconception(
        "unaware is fair",
        unaware,
        "Not looking at the protected attribute is not enough: it may reach the prediction through "
        "other variables, and what looks at it may still change little. Compute the other world.",
    ),
    Misconception(
        "only the direct effect",
        only_direct,
        "This changes the protected attribute and leaves all other variables as they were. What "
        "follows from it changes too: run the functions again.",
    ),
    Misconception(
        "prior for posterior",
        prior,
        "The expectation is over those exogenous values that fit this person, not over everybody: "
        "the first of the three steps, abduction, is missing.",
    ),
    Misconception(
        "worst case for expectation",
        worst_case,
        "This looks at each combination of exogenous values alone. Nobody can tell apart those that "
        "fit the same evidence: compare the *expected* prediction over all of them.",
    ),
    Misconception(
        "only the most probable",
        most_probable,
        "This follows only the most probable combination of exogenous values. Take the expectation "
        "over all that fit the evidence.",
    ),
    Misconception(
        "tolerance ignored",
        exact,
        "This asks for no difference at all. Differences up to `tolerance` pass.",
    ),
    Misconception(
        "one-sided difference",
        one_sided,
        "This only counts predictions that would have risen. One that would have fallen is as "
        "unfair: take the absolute difference.",
    ),
    Misconception(
        "somebody for everybody",
        anybody,
        "One person whose prediction stays the same is not enough: it has to hold for every "
        "assignment that can occur, and for every value of the protected attribute.",
    ),
]
