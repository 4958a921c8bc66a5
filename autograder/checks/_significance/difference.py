"""significance.accuracy_difference: δ = mean(correct_a − correct_b).

Not asked: booleans and lists, because `(a − b).mean()` is right.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_apart, tells_from
from autograder.checks._significance.vectors import paired_vectors
from course_utils.significance import accuracy_difference


def swapped(a, b):
    return float(np.mean(b) - np.mean(a))


def absolute(a, b):
    return float(abs(np.mean(a) - np.mean(b)))


def counted(a, b):
    return float(np.sum(a) - np.sum(b))


def percent(a, b):
    return float(100 * (np.mean(a) - np.mean(b)))


def rounded(a, b):
    return round(float(np.mean(a) - np.mean(b)), 2)


def relative(a, b):
    return float((np.mean(a) - np.mean(b)) / np.mean(b)) if np.any(b) else np.inf


def disagreement(a, b):
    return float(np.mean(a != b))


def among_disagreements(a, b):
    return float(np.sum(a - b) / max(np.sum(a != b), 1))


def whole_division(a, b):
    return float((np.sum(a) - np.sum(b)) // len(a))


def only_a(a, b):
    return float(np.mean(a))


def subtracted_in_place(a, b):
    a -= b
    return float(a.mean())


def looks_subtracted_in_place(args, expected, answer):
    """Called twice, correct_a has become correct_a − 2 correct_b."""
    import numpy as np

    return np.array_equal(answer[2][0], args[0] - 2 * args[1])


MISCONCEPTIONS = [
    Misconception(
        "B minus A",
        swapped,
        "This is what you get when A is subtracted from B. δ is positive when A is better, so it is A "
        "minus B.",
    ),
    Misconception(
        "sign lost",
        absolute,
        "This is what you get when the sign is dropped. Without it nobody can see who leads: when B is "
        "better, δ is negative.",
    ),
    Misconception(
        "sum for mean",
        counted,
        "This is what you get when the differences are added up and not divided by n, the number of "
        "examples.",
    ),
    Misconception(
        "percent for fraction",
        percent,
        "This is the answer in percent. Return a fraction between −1 and 1; percent are for print().",
    ),
    Misconception(
        "rounded",
        rounded,
        "This is the right answer, rounded to two digits. Round when you print, not when you compute: "
        "whoever uses your answer needs the rest.",
    ),
    Misconception(
        "relative difference",
        relative,
        "This is what you get when the difference is divided by B's accuracy: how much better A is "
        "*compared with B*. δ is the plain difference.",
    ),
    Misconception(
        "disagreement for difference",
        disagreement,
        "This is how often A and B differ. An example that only B gets right counts −1 and not +1, so "
        "wins and losses cancel.",
    ),
    Misconception(
        "only disagreements in the mean",
        among_disagreements,
        "This is what you get when you divide by the number of examples on which A and B differ. The "
        "others are 0, and they belong to the mean: divide by n.",
    ),
    Misconception(
        "whole-number division",
        whole_division,
        "This is what you get with //, which throws the fraction away. Divide with /.",
    ),
    Misconception(
        "accuracy of A only",
        only_a,
        "This is the accuracy of A alone. Where is B?",
    ),
    Misconception(
        "changes its arguments",
        subtracted_in_place,
        "The first answer is right, and then correct_a has changed: a −= b writes into the caller's "
        "array, so the next call starts from other data. Make a new array.",
        recognise=looks_subtracted_in_place,
    ),
]


def by_loop(a, b):
    total = 0
    for i in range(len(a)):
        total += int(a[i]) - int(b[i])
    return total / len(a)


def in_float32(a, b):
    return np.mean(np.asarray(a, np.float32)) - np.mean(np.asarray(b, np.float32))


def plain_means(a, b, weight=1.0):
    return np.asarray(weight * (a - b).mean())


def by_recursion(a, b):
    def lead(i: int) -> Fraction:
        return Fraction(int(a[i]) - int(b[i])) + (lead(i + 1) if i + 1 < len(a) else 0)

    return float(lead(0) / len(a))


class ByGenerator:
    def __call__(self, a, b):
        return sum(x - y for x, y in zip(a.tolist(), b.tolist(), strict=True)) / len(b)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(n: int, sign: int, dtype: Any = np.float64) -> tuple[Any, Any]:
        fewer = int(rng.integers(1, n // 4 + 1))
        more = fewer + int(rng.integers(1, n // 4 + 1))
        return paired_vectors(rng, n, *((more, fewer) if sign > 0 else (fewer, more)), dtype)

    wrong = [known.function for known in MISCONCEPTIONS]
    visible = [rule for rule in wrong if rule not in (absolute, subtracted_in_place)]
    heart = draw_until(
        lambda: [draw(11, 1), draw(23, 1, np.int64)],
        lambda drawn: tells_apart((accuracy_difference, *visible), drawn),
    )
    behind = draw_until(
        lambda: [draw(17, -1), draw(101, -1)],
        lambda drawn: tells_from(accuracy_difference, (absolute, swapped), drawn),
    )
    return [
        *(Case(args, "value") for args in heart),
        *(Case(args, "sign") for args in behind),
        Case(paired_vectors(rng, 13, 3, 3), "equal"),
        Case((np.array([1.0]), np.array([0.0])), "one"),
    ]


DIFFERENCE = Check(
    exercise="significance.accuracy_difference",
    properties={
        "value": "gives mean(correct_a − correct_b)",
        "sign": "is negative when B is better",
        "equal": "gives 0 when A and B are right equally often",
        "one": "works for a single example",
    },
    cases=cases,
    expect=accuracy_difference,
    accepts=[
        by_loop,
        in_float32,
        plain_means,
        partial(plain_means, weight=1),
        by_recursion,
        ByGenerator(),
    ],
    misconceptions=MISCONCEPTIONS,
)
