"""rlhf.epsilon_greedy: explore, or take the first best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.rlhf import epsilon_greedy


def made(
    *,
    explore: Callable[[float, float], bool] = lambda u, epsilon: u < epsilon,
    any_action: Callable[[float, float, int], Any] = lambda v, u, A: int(v * A),
    best: Callable[[Any], Any] = lambda q: int(torch.argmax((q == q.max()).int())),
    answer: Callable[[Any, Any], Any] = lambda action, q: action,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(q_values, epsilon, u, v):
        q = torch.as_tensor(q_values)
        action = any_action(v, u, len(q)) if explore(u, epsilon) else best(q)
        return answer(action, q)

    return version


def in_python(q_values, epsilon, u, v):
    values = [float(q) for q in q_values]
    if epsilon > u:
        return int(np.floor(v * len(values)))
    return values.index(max(values))


def in_numpy(q_values, epsilon, u, v):
    q = np.asarray(q_values, dtype=float)
    return np.int64(np.argmax(q) if u >= epsilon else np.trunc(v * q.size))


def other_than_best(v, u, A):
    return int(v * (A - 1))


def last_best(q):
    return int((q == q.max()).nonzero()[-1])


def any_of_the_best(q_values, epsilon, u, v):
    q = torch.as_tensor(q_values)
    best = range(len(q)) if u < epsilon else (q == q.max()).nonzero()[:, 0].tolist()
    return best[int(v * len(best))]


def draw(rng: np.random.Generator) -> list[Case]:
    def values(A: int) -> torch.Tensor:
        """The best is neither the first nor the last, the largest size neither, nor the worst."""
        q = np.sort(rng.uniform(0.3, 3, size=A)) - 1.9
        middle = int(rng.integers(1, A - 1))
        q = rng.permutation(q[:-1]).tolist()
        q.insert(middle, 1.3)
        q[0] = -4.0 - rng.uniform()
        return torch.tensor(q, dtype=torch.float64)

    cases = []
    for A in (4, 5, 7):
        q, epsilon = values(A), float(rng.uniform(0.3, 0.5))
        best = int(q.argmax())
        for action in rng.permutation(A)[:4]:
            v = float((action + rng.uniform(0.55, 0.8)) / A)
            if action != best:
                cases.append(
                    Case((q, epsilon, epsilon * float(rng.uniform(0.1, 0.9)), v), "explores")
                )
        high, v = float(rng.uniform(epsilon + 0.05, 0.95)), float(rng.uniform(0.01, 0.99))
        cases.append(Case((q, epsilon, high, v), "value"))
        far = (best + 1.5) / A % 1
        cases.append(Case((q, epsilon, max(epsilon + 0.02, 1 - epsilon / 2), far), "value"))
    q = values(5)
    away = (int(q.argmax()) + 1.5) / 5 % 1
    equal = torch.tensor([0.5, 2.0, -1.0, 2.0, 2.0], dtype=torch.float64)
    cases += [
        Case((equal, 0.2, 0.7, 0.1), "ties"),
        Case((equal, 0.2, float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.7, 0.99))), "ties"),
        Case((-equal.abs(), 0.2, 0.9, 0.9), "ties"),
        Case((equal, 0.4, float(rng.uniform(0.01, 0.39)), float(rng.uniform(0.61, 0.79))), "ties"),
        Case((q, 0.25, 0.25, away), "border"),
        Case((q, 0.0, 0.0, away), "border"),
        Case((q, 1.0, 0.999, away), "border"),
        Case((q.tolist(), 0.3, 0.6, away), "list"),
    ]
    return cases


EPSILON_GREEDY: Check = Check(
    exercise="rlhf.epsilon_greedy",
    properties={
        "value": "takes the best action when it does not explore",
        "explores": "takes action ⌊v · A⌋ when it explores",
        "ties": "takes the first of several best actions",
        "border": "explores if u is less than epsilon, and not if they are equal",
        "list": "takes a list as well",
    },
    cases=draw,
    expect=epsilon_greedy,
    accepts=[made(), in_python, in_numpy],
    misconceptions=[
        Misconception(
            "never explores",
            made(explore=lambda u, epsilon: False),
            "It always takes the best action. When u is below epsilon, explore.",
        ),
        Misconception(
            "always explores",
            made(explore=lambda u, epsilon: True),
            "It always explores. Only when u is below epsilon.",
        ),
        Misconception(
            "the wrong way round",
            made(explore=lambda u, epsilon: u >= epsilon),
            "It explores when it should not, and the other way round. epsilon is the probability of "
            "exploring: u below epsilon.",
        ),
        Misconception(
            "explores at the border",
            made(explore=lambda u, epsilon: u <= epsilon),
            "It explores when u equals epsilon. With epsilon = 0 and u = 0 it should not: strictly less.",
        ),
        Misconception(
            "one minus epsilon",
            made(explore=lambda u, epsilon: u > 1 - epsilon),
            "It explores when u is above 1 − epsilon. As often, but for other numbers: u below epsilon.",
        ),
        Misconception(
            "last of the best",
            made(best=last_best),
            "Of several best actions it takes the last. Take the first.",
        ),
        Misconception(
            "any of the best",
            any_of_the_best,
            "Of several best actions it takes one by v. v is for exploring: take the first.",
        ),
        Misconception(
            "the worst",
            made(best=lambda q: int(q.argmin())),
            "It takes the action that is worth least. Take the best one.",
        ),
        Misconception(
            "largest size",
            made(best=lambda q: int(q.abs().argmax())),
            "It takes the action of the largest absolute value, and −4 is not a good one.",
        ),
        Misconception(
            "u for v",
            made(any_action=lambda v, u, A: int(u * A)),
            "The action to explore is chosen with u, which is small whenever it explores. Use v.",
        ),
        Misconception(
            "rounded",
            made(any_action=lambda v, u, A: min(round(v * A), A - 1)),
            "v · A is rounded to the nearest number. Round down, or the first action comes up half as "
            "often.",
        ),
        Misconception(
            "times A − 1",
            made(any_action=other_than_best),
            "v is multiplied by A − 1, so that the last action never comes up. By A.",
        ),
        Misconception(
            "value for action",
            made(answer=lambda action, q: float(q[action])),
            "This is what the action is worth. Return its number.",
        ),
    ],
)
