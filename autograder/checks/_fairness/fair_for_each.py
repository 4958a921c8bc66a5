"""fairness.is_counterfactually_fair: would nobody's prediction have been another?

The answers are yes and no, so single cases say little. Cases are collected until every two known
mistakes, and the right answer, differ on one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import MOST_DRAWS, Args
from autograder.checks._fairness import fair_for_each_mistakes as wrong
from autograder.checks._fairness.fair_for_each_mistakes import MISCONCEPTIONS, differences
from autograder.checks._fairness.models import NAMES, draw_model
from course_utils.fairness import counterfactual, is_counterfactually_fair

MARGIN = 0.02  # between a tolerance and each difference that some rule compares with it
ENOUGH = 4  # cases with each answer

by_differences = wrong.by_differences


def by_an_extended_model(model, predictor, protected, tolerance):
    """As the notebook does it: the prediction is one more function, and `counterfactual` is asked."""
    functions = {**model["functions"], "prediction": predictor}
    extended = {"exogenous": model["exogenous"], "functions": functions}
    for seen in {tuple(world.items()) for _, _, world in wrong.people(model)}:
        evidence = dict(seen)
        now = predictor[1][tuple(evidence[name] for name in predictor[0])]
        for value in set(model["functions"][protected][1].values()):
            other = counterfactual(extended, evidence, {protected: value}, "prediction")
            if abs(sum(number * p for number, p in other.items()) - now) > tolerance:
                return False
    return True


def in_numpy(model, predictor, protected, tolerance):
    found = np.abs(np.array(differences(model, predictor, protected), dtype=np.float32))
    return np.bool_(found.max() <= tolerance)


def draw_case(rng: np.random.Generator) -> Args | None:
    """A model, a predictor and a tolerance that lies between what different rules compare with it."""
    model, (a, x, y, *_) = draw_model(rng, effect=float(rng.random() < 0.85))
    arguments = [(x, y), (y,), (y, x), (x,), (a, y), (x, a)][int(rng.integers(6))]
    table: dict[tuple[Any, ...], float] = {(): 0.0}
    for name in arguments:
        values = sorted(set(model["functions"][name][1].values()), key=str)
        table = {(*key, value): 0.0 for key in table for value in values}
    table = {key: float(rng.integers(11)) / 10 for key in table}
    predictor = (arguments, table)
    critical = sorted({0.0, *wrong.compared(model, predictor, a)})
    rooms = [
        (low, high)
        for low, high in zip(critical, [*critical[1:], critical[-1] + 0.2], strict=True)
        if high - low > 2 * MARGIN
    ]
    if not rooms:
        return None
    low, high = rooms[int(rng.integers(len(rooms)))]
    return model, predictor, a, round((low + high) / 2, 3)


def draw_equal(rng: np.random.Generator) -> list[Args]:
    """Differences of just the tolerance. Eighths are not rounded, whatever is done with them."""
    drawn = []
    for effect in (0, 1):
        a, x, u = (str(name) for name in rng.choice(NAMES, 3, replace=False))
        of_cause = {("p",): "one", ("q",): "two"}
        to_x = {("one",): 0, ("two",): int(effect)}
        share = int(rng.integers(1, 8)) / 8
        causes = {u: {"p": share, "q": 1 - share}}
        small = {"exogenous": causes, "functions": {a: ((u,), of_cause), x: ((a,), to_x)}}
        low, high = (float(number) / 8 for number in rng.choice(9, 2, replace=False))
        predictor = ((x,), {(0,): low, (1,): high})
        drawn.append((small, predictor, a, abs(high - low) * effect))
    return drawn


def cases(rng: np.random.Generator) -> list[Case]:
    known = [m.function for m in MISCONCEPTIONS if m.function is not wrong.strictly_within]
    rules: list[Callable[..., bool]] = [by_differences, *known]
    apart: set[tuple[int, int]] = set()
    number = {True: 0, False: 0}
    found: list[Case] = []
    for _ in range(MOST_DRAWS):
        args = draw_case(rng)
        if args is None:
            continue
        answers = [bool(rule(*args)) for rule in rules]
        new = {(i, j) for i, j in combinations(range(len(rules)), 2) if answers[i] != answers[j]}
        if new - apart or number[answers[0]] < ENOUGH:
            apart |= new
            number[answers[0]] += 1
            found.append(Case(args, "verdict"))
        if len(apart) == len(rules) * (len(rules) - 1) // 2 and min(number.values()) >= ENOUGH:
            return [*found, *(Case(args, "verdict") for args in draw_equal(rng))]
    raise AssertionError(f"the mistakes do not come apart in {MOST_DRAWS} draws")


COUNTERFACTUALLY_FAIR = Check(
    exercise="fairness.is_counterfactually_fair",
    properties={
        "verdict": "says True exactly where no prediction would change by over `tolerance`",
    },
    cases=cases,
    expect=is_counterfactually_fair,
    accepts=[by_an_extended_model, in_numpy, by_differences],
    misconceptions=MISCONCEPTIONS,
)
