"""fairness.counterfactual: abduction, action and prediction in a structural causal model."""

from __future__ import annotations

from itertools import product

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import Args, draw_until, tells_apart
from autograder.checks._fairness.models import agree_distribution, ask_distribution, draw_model
from course_utils.fairness import counterfactual


def run(model, causes, assignment):
    world = dict(causes)
    for name, (arguments, table) in model["functions"].items():
        world[name] = table[tuple(world[argument] for argument in arguments)]
        world[name] = assignment.get(name, world[name])
    return world


def fitting(model, evidence):
    """Everybody who fits the evidence, with the probability before it was seen."""
    found = []
    names = list(model["exogenous"])
    for combination in product(*(model["exogenous"][name].items() for name in names)):
        causes = {name: value for name, (value, _) in zip(names, combination, strict=True)}
        p = float(np.prod([p for _, p in combination]))
        world = run(model, causes, {})
        if p > 0 and all(world[name] == value for name, value in evidence.items()):
            found.append((causes, p))
    if not found:
        raise ValueError("nobody fits the evidence")
    return found


def predicted(model, people, assignment, target):
    weights: dict = {}
    for causes, p in people:
        value = run(model, causes, assignment)[target]
        weights[value] = weights.get(value, 0.0) + p
    return weights


def prior_for_posterior(model, evidence, assignment, target):
    fitting(model, evidence)
    return counterfactual(model, {}, assignment, target)


def group_average(model, evidence, assignment, target):
    fitting(model, evidence)
    return counterfactual(model, assignment, {}, target)


def no_action(model, evidence, assignment, target):
    return counterfactual(model, evidence, {}, target)


def evidence_kept(model, evidence, assignment, target):
    return counterfactual(model, evidence, {**evidence, **assignment}, target)


def zero_not_assigned(model, evidence, assignment, target):
    return counterfactual(model, evidence, {n: v for n, v in assignment.items() if v}, target)


def not_divided(model, evidence, assignment, target):
    return predicted(model, fitting(model, evidence), assignment, target)


def most_probable_person(model, evidence, assignment, target):
    causes, _ = max(fitting(model, evidence), key=lambda person: person[1])
    return predicted(model, [(causes, 1.0)], assignment, target)


def all_alike(model, evidence, assignment, target):
    people = fitting(model, evidence)
    return predicted(model, [(c, 1 / len(people)) for c, _ in people], assignment, target)


def marginals_for_joint(model, evidence, assignment, target):
    people = fitting(model, evidence)
    total = sum(p for _, p in people)
    after = {name: dict.fromkeys(row, 0.0) for name, row in model["exogenous"].items()}
    for causes, p in people:
        for name, value in causes.items():
            after[name][value] += p / total
    return counterfactual({**model, "exogenous": after}, {}, assignment, target)


def nobody_answered(model, evidence, assignment, target):
    try:
        return counterfactual(model, evidence, assignment, target)
    except ValueError:
        return {}


MISCONCEPTIONS = [
    Misconception(
        "prior for posterior",
        prior_for_posterior,
        "This is what would happen to anybody. We saw something about this person: keep only those "
        "exogenous values that would have produced it.",
    ),
    Misconception(
        "group average",
        group_average,
        "This is how those fare who *have* the assigned value. They are other people. Keep this "
        "person's exogenous values, and run the functions again.",
    ),
    Misconception(
        "no action",
        no_action,
        "This is this person in the real world. In the other world the assigned variables have the "
        "values of `assignment`, whatever their functions say.",
    ),
    Misconception(
        "0 is not assigned",
        zero_not_assigned,
        "Where the assigned value is 0 (or False), it is not assigned: `if value` and `value or …` take 0 "
        "for nothing. Ask whether the name is in `assignment`.",
    ),
    Misconception(
        "evidence kept in the other world",
        evidence_kept,
        "This holds everything that was seen fixed in the other world too. Only the exogenous values "
        "stay; what follows from the assigned value is computed again.",
    ),
    Misconception(
        "not divided by the total",
        not_divided,
        "These weights add up to the probability of the evidence. We know that it happened: divide by "
        "their total, so that they add up to 1.",
    ),
    Misconception(
        "only the most probable person",
        most_probable_person,
        "This follows only the most probable combination of exogenous values. The others that fit the "
        "evidence are possible too: add them up, each with its weight.",
    ),
    Misconception(
        "all equally likely",
        all_alike,
        "This counts each combination that fits the evidence once. Some are more likely: weigh each "
        "with the product of its probabilities.",
    ),
    Misconception(
        "each exogenous variable by itself",
        marginals_for_joint,
        "You learn about each exogenous variable by itself, and then multiply. What was seen ties them "
        "together: if it was not the one, it was the other. Keep whole combinations, with their weights.",
    ),
    Misconception(
        "impossible evidence answered",
        nobody_answered,
        "The answers are right, but when nobody fits the evidence there is no distribution. Raise "
        "ValueError.",
    ),
]


def by_three_steps(model, evidence, assignment, target):
    people = fitting(model, evidence)
    total = sum(p for _, p in people)
    return predicted(model, [(causes, p / total) for causes, p in people], assignment, target)


def with_zeros(model, evidence, assignment, target):
    answer = counterfactual(model, evidence, assignment, target)
    values = list(model["functions"][target][1].values())
    return {value: np.float32(answer.get(value, 0.0)) for value in values}


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(mark: int) -> list[Args]:
        model, (a, x, y, *_) = draw_model(rng)
        one, other = rng.permutation(["one", "two"]).tolist()
        grade = int(rng.integers(3))
        return [
            (model, {a: one, y: grade}, {a: other}, y),
            (model, {a: one, x: int(rng.integers(2))}, {a: other}, y),
            (model, {y: grade}, {x: mark}, y),
        ]

    def possible(drawn: list[Args]) -> bool:
        try:
            return all(fitting(args[0], known) for args in drawn for known in args[1:3])
        except ValueError:
            return False

    def draw_possible(mark: int) -> list[Args]:
        return draw_until(lambda: draw(mark), possible)

    mistakes = [m.function for m in MISCONCEPTIONS if m.function is not nobody_answered]
    values = draw_until(
        lambda: [*draw_possible(0), *draw_possible(1)],
        lambda drawn: tells_apart((counterfactual, *mistakes), drawn),
    )

    def draw_any() -> Args:
        model, (a, x, y, *_) = draw_model(rng)
        evidence = {x: int(rng.integers(2)), y: int(rng.integers(3)), a: "one"}
        return model, evidence, {a: "two"}, y

    impossible = draw_until(draw_any, lambda args: not possible([args]))
    model, (a, x, y, *_) = draw_model(rng)
    return [
        *(Case(args, "value") for args in values),
        Case(impossible, "impossible"),
        Case((model, {y: 7}, {a: "two"}, x), "impossible"),
    ]


COUNTERFACTUAL = Check(
    exercise="fairness.counterfactual",
    properties={
        "value": "gives the distribution of target for this person in the other world",
        "impossible": "refuses evidence that fits nobody, with ValueError",
    },
    cases=cases,
    ask=ask_distribution,
    agree=agree_distribution,
    expect=counterfactual,
    accepts=[by_three_steps, with_zeros],
    misconceptions=MISCONCEPTIONS,
)
