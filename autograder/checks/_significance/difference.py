"""significance.accuracy_difference: δ = mean(correct_a − correct_b)."""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import correctness, draw_until, strided, tells
from course_utils.significance import accuracy_difference


def swapped(a, b):
    return float(np.mean(b) - np.mean(a))


def absolute(a, b):
    return float(abs(np.mean(a) - np.mean(b)))


def counted(a, b):
    return float(np.sum(a) - np.sum(b))


def percent(a, b):
    return float(100 * (np.mean(a) - np.mean(b)))


def relative(a, b):
    return float((np.mean(a) - np.mean(b)) / np.mean(b)) if np.any(b) else 0.0


def disagreement(a, b):
    return float(np.mean(np.asarray(a) != np.asarray(b)))


def only_a(a, b):
    return float(np.mean(a))


def loop(a, b):
    total = 0
    for i in range(len(a)):
        total += int(a[i]) - int(b[i])
    return total / len(a)


def in_float32(a, b):
    return np.mean(np.asarray(a, np.float32)) - np.mean(np.asarray(b, np.float32))


def plain_means(a, b, weight=1.0):
    return np.asarray(weight * (a - b).mean())


class Difference:
    def __call__(self, a, b):
        return sum(int(x) - int(y) for x, y in zip(a, b, strict=True)) / len(b)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(n: int, sign: int) -> tuple[np.ndarray, np.ndarray]:
        fewer = int(rng.integers(1, n // 4 + 1))
        more = fewer + int(rng.integers(1, n // 4 + 1))
        return correctness(rng, n, *((more, fewer) if sign > 0 else (fewer, more)))

    others = (swapped, counted, percent, disagreement, only_a)

    def telling(*wrong):
        return lambda args: tells(accuracy_difference, (*others, *wrong), args)

    drawn = [Case(draw_until(lambda: draw(11, 1), telling()), "value")]
    drawn.append(Case(draw_until(lambda: draw(23, 1), telling(relative)), "value"))
    negative = draw_until(lambda: draw(17, -1), telling(relative, absolute))
    drawn.append(Case(negative, "sign"))
    a, b = draw(101, -1)
    drawn.append(Case((strided(a), strided(b)), "sign"))
    same = correctness(rng, 13, 3, 3)
    return [*drawn, Case(same, "equal"), Case((np.array([1]), np.array([0])), "one")]


DIFFERENCE = Check(
    exercise="significance.accuracy_difference",
    properties={
        "value": "gives mean(correct_a − correct_b)",
        "sign": "is negative when B is better",
        "equal": "gives 0 when both are right equally often",
        "one": "works for a single example",
    },
    cases=cases,
    expect=accuracy_difference,
    accepts=[loop, in_float32, plain_means, Difference(), partial(plain_means, weight=1)],
    misconceptions=[
        Misconception(
            "B minus A",
            swapped,
            "This is what you get when you subtract A from B. δ is positive when A is better: A − B.",
        ),
        Misconception(
            "absolute difference",
            absolute,
            "This is what you get when the sign is dropped. Without it nobody can see who leads.",
        ),
        Misconception(
            "sum for mean",
            counted,
            "This is what you get when you add up the differences and do not divide by n.",
        ),
        Misconception(
            "percent for fraction",
            percent,
            "This is the answer in percent. Return a fraction between −1 and 1.",
        ),
        Misconception(
            "relative difference",
            relative,
            "This is what you get when you divide by B's accuracy. δ is a plain difference.",
        ),
        Misconception(
            "disagreement for difference",
            disagreement,
            "This is how often A and B differ. Where B alone is right, count −1, not +1.",
        ),
        Misconception(
            "accuracy of A only",
            only_a,
            "This is the accuracy of A. Subtract that of B.",
        ),
    ],
)
