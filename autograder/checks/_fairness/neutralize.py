"""fairness.neutralize: the component along a direction taken out, and length 1 again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import Args, draw_until, tells_apart
from course_utils.fairness import neutralize


def _unit(v: Any) -> Any:
    return v / np.linalg.norm(v)


def direction_taken_for_unit(vector, direction):
    return _unit(vector - (vector @ direction) * direction)


def divided_by_length_once(vector, direction):
    return _unit(vector - (vector @ direction) / np.linalg.norm(direction) * direction)


def length_not_restored(vector, direction):
    return vector - (vector @ direction) / (direction @ direction) * direction


def old_length(vector, direction):
    return np.linalg.norm(vector) * neutralize(vector, direction)


def subtracts_direction(vector, direction):
    return _unit(vector - direction)


def subtracts_unit_direction(vector, direction):
    return _unit(vector - _unit(direction))


def kept(vector, direction):
    return _unit((vector @ direction) * direction)


def component_added(vector, direction):
    return _unit(vector + (vector @ direction) / (direction @ direction) * direction)


def mirrored(vector, direction):
    return _unit(vector - 2 * (vector @ direction) / (direction @ direction) * direction)


def sign_lost(vector, direction):
    return _unit(vector - abs(vector @ direction) / (direction @ direction) * direction)


def sum_for_length(vector, direction):
    rest = length_not_restored(vector, direction)
    return rest / np.abs(rest).sum()


def changed_in_place(vector, direction):
    vector -= (vector @ direction) / (direction @ direction) * direction
    vector /= np.linalg.norm(vector)
    return vector


MISCONCEPTIONS = [
    Misconception(
        "direction taken for a unit vector",
        direction_taken_for_unit,
        "This is v − (v·d) d, which is right only where d has length 1. Here d has any length: divide "
        "by d·d.",
    ),
    Misconception(
        "divided by the length once",
        divided_by_length_once,
        "This divides by the length of d once. d comes in twice, in v·d and as the arrow that is taken "
        "away, so divide by its length twice, which is d·d.",
    ),
    Misconception(
        "length not 1",
        length_not_restored,
        "The component is gone, and with it a part of the length. One step is left: divide by the "
        "length, so that it is 1 again.",
    ),
    Misconception(
        "old length restored",
        old_length,
        "The direction is right, but the answer is as long as the vector was. Its length should be 1.",
    ),
    Misconception(
        "the whole direction subtracted",
        subtracts_direction,
        "This takes away all of d, whatever v is. Take away only as much of it as there is in v: "
        "v·d tells how much.",
    ),
    Misconception(
        "the unit direction subtracted",
        subtracts_unit_direction,
        "This takes away a step of length 1 along d, whatever v is. Take away only as much as there "
        "is in v: v·d tells how much.",
    ),
    Misconception(
        "component kept",
        kept,
        "This is the component along d itself, the part that should go. Subtract it from v, and keep "
        "the rest.",
    ),
    Misconception(
        "component added",
        component_added,
        "The component along d is twice what it was, because it was added. Subtract it: the answer "
        "has the dot product 0 with d.",
    ),
    Misconception(
        "mirrored",
        mirrored,
        "The component along d was subtracted twice, so v is now mirrored and points to the other "
        "side. Subtract it once.",
    ),
    Misconception(
        "sign lost",
        sign_lost,
        "This is right where v·d is positive. Where it is negative, v points against d, and the sign "
        "has to stay: no abs().",
    ),
    Misconception(
        "sum for length",
        sum_for_length,
        "The direction is right, but the absolute values add up to 1. Length is the root of the sum "
        "of squares, np.linalg.norm.",
    ),
    Misconception(
        "changes its arguments",
        changed_in_place,
        "The answer is right, but it was written over the caller's vector: −= and /= change an array "
        "in place. Make a new array.",
    ),
]


def by_projection(vector, direction):
    """Multiplied by I − dd'/d'd, the matrix of the projection."""
    v, d = np.asarray(vector), np.asarray(direction)
    with np.errstate(invalid="ignore"):  # nan where the reference refuses
        rest = (np.eye(len(d)) - np.outer(d, d) / np.inner(d, d)) @ v
        return rest / np.sqrt((rest**2).sum())


def by_least_squares(vector, direction):
    column = np.asarray(direction)[:, None]
    rest = np.asarray(vector) - column @ np.linalg.lstsq(column, vector, rcond=None)[0]
    return (rest / np.linalg.norm(rest)).tolist()


def in_float32(vector, direction):
    return neutralize(vector, direction).astype(np.float32)


def by_loops(vector, direction):
    along = sum(float(x) * float(y) for x, y in zip(vector, direction, strict=True))
    square = sum(float(y) ** 2 for y in direction)
    rest = [float(x) - along / square * float(y) for x, y in zip(vector, direction, strict=True)]
    return tuple(x / math.hypot(*rest) for x in rest)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(d: int, length: float, sign: int, old: float = 1.0) -> Args:
        v, direction = _unit(rng.normal(size=d)), _unit(rng.normal(size=d))
        if sign * (v @ direction) < 0:
            direction = -direction
        return old * v, length * direction

    def some_of_both(args: Args) -> bool:
        return 0.25 < abs(_unit(args[0]) @ _unit(args[1])) < 0.85

    mistakes = [
        known.function for known in MISCONCEPTIONS if known.function is not changed_in_place
    ]
    values = draw_until(
        lambda: [draw(3, 0.4, 1), draw(5, 1.7, -1), draw(7, 2.3, 1, 3.0), draw(4, 1.0, -1, 0.6)],
        lambda drawn: (
            all(map(some_of_both, drawn))
            and tells_apart((neutralize, *mistakes), drawn)
            and tells_apart((neutralize, direction_taken_for_unit), drawn[:2])
        ),
    )
    v, d = draw_until(lambda: draw(6, 1.3, 1), some_of_both)
    across = _unit(v - (v @ d) / (d @ d) * d)
    return [
        *(Case(args, "value") for args in values),
        Case((across, d), "across"),
        Case((2.5 * across, -d), "across"),
    ]


NEUTRALIZE = Check(
    exercise="fairness.neutralize",
    properties={
        "value": "removes the component along the direction, and makes the length 1 again",
        "across": "leaves the direction of a vector alone that has no such component",
    },
    cases=cases,
    expect=neutralize,
    accepts=[by_projection, neutralize, by_least_squares, in_float32, by_loops],
    misconceptions=MISCONCEPTIONS,
)
