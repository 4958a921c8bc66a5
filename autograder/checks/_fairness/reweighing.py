"""fairness.reweighing: P(a) P(y) / P(a, y) for every cell of a table of groups and outcomes.

The tables have more groups than labels, or fewer, so that a transposed answer has the wrong shape.
Not asked: negative counts.
"""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_apart
from course_utils.fairness import reweighing


def _quiet(rule):
    """The rule without numpy's warnings, after the refusals that are right."""

    def wrong(counts):
        reweighing(counts)
        with np.errstate(all="ignore"):
            return rule(np.asarray(counts, dtype=np.float64))

    return wrong


def _margins(c):
    return c.sum(axis=1, keepdims=True), c.sum(axis=0, keepdims=True)


def _independent(c):
    groups, labels = _margins(c)
    return groups * labels / c.sum()


inverted = _quiet(lambda c: c / _independent(c))
group_left_out = _quiet(lambda c: np.where(c > 0, _margins(c)[1] / c, 0))
outcome_left_out = _quiet(lambda c: np.where(c > 0, _margins(c)[0] / c, 0))
given_the_group = _quiet(lambda c: np.where(c > 0, reweighing(c) * _margins(c)[0] / c.sum(), 0))
one_over_share = _quiet(lambda c: np.where(c > 0, c.sum() / c, 0))
counts_for_shares = _quiet(
    lambda c: np.where(c > 0, _margins(c)[0] * _margins(c)[1] / (c * c.sum() ** 2), 0)
)
new_counts = _quiet(_independent)
equal_cells = _quiet(lambda c: np.where(c > 0, c.sum() / (c.size * c), 0))
equal_labels = _quiet(
    lambda c: np.where(c > 0, np.broadcast_to(c.sum() / (c.shape[1] * _margins(c)[1]), c.shape), 0)
)
sums_to_one = _quiet(lambda c: reweighing(c) / reweighing(c).sum())
transposed = _quiet(lambda c: reweighing(c).T)
empty_is_infinite = _quiet(lambda c: _independent(c) / c)
empty_is_one = _quiet(lambda c: np.where(c > 0, reweighing(c), 1))


def smoothed(counts):
    reweighing(counts)
    c = np.asarray(counts, dtype=np.float64) + 1
    return _independent(c) / c


def accepts_empty_margins(counts):
    c = np.asarray(counts, dtype=np.float64)
    return np.divide(_independent(c), c, out=np.zeros_like(c), where=c > 0)


def refuses_empty_cells(counts):
    if not np.asarray(counts).all():
        raise ValueError("an empty cell")
    return reweighing(counts)


MISCONCEPTIONS = [
    Misconception(
        "weights inverted",
        inverted,
        "These are the right weights upside down, P(a, y) over P(a) P(y). What is *rarer* than "
        "independence would have it must count *more*.",
    ),
    Misconception(
        "P(y | a) for P(a, y)",
        given_the_group,
        "This is what you get when P(a) P(y) is divided by P(y | a), the cell's share of its *group*. "
        "P(a, y) is the cell's share of *all* examples.",
    ),
    Misconception(
        "P(a) forgotten",
        group_left_out,
        "This is P(y) over P(a, y). The factor P(a) is missing, the share of this group among everybody.",
    ),
    Misconception(
        "P(y) forgotten",
        outcome_left_out,
        "This is P(a) over P(a, y). The factor P(y) is missing, the share of this outcome among "
        "everybody.",
    ),
    Misconception(
        "only the rare cells count",
        one_over_share,
        "This is 1 over P(a, y): every cell gets the same total weight then. Independence asks for less: "
        "keep P(a) and P(y) as they are.",
    ),
    Misconception(
        "counts and shares mixed",
        counts_for_shares,
        "The weights are right up to a factor: you divide shares by a *count*. Divide the cell by the "
        "number of all examples too.",
    ),
    Misconception(
        "expected counts for weights",
        new_counts,
        "These are the counts that independence would give. The weight is this *divided by* the count "
        "that there is.",
    ),
    Misconception(
        "all cells made equal",
        equal_cells,
        "Here each cell weighs the same in the end, so that groups and outcomes lose their own sizes. "
        "Keep the margins: use P(a) and P(y) of the table.",
    ),
    Misconception(
        "only the outcomes are balanced",
        equal_labels,
        "This makes the outcomes equally frequent, and does not look at the groups at all. The weight "
        "depends on both, on the cell.",
    ),
    Misconception(
        "weights sum to 1",
        sums_to_one,
        "These weights are scaled to the sum 1. Leave them: then the weighted number of examples is the "
        "number that there is.",
    ),
    Misconception(
        "transposed",
        transposed,
        "The right numbers with rows and columns exchanged. The answer has the shape of the table: "
        "groups are rows, outcomes are columns.",
    ),
    Misconception(
        "an empty cell gets no 0",
        empty_is_infinite,
        "In an empty cell you divide by 0, and inf comes out. There is nobody to weight: set that weight "
        "to 0.",
    ),
    Misconception(
        "an empty cell gets 1",
        empty_is_one,
        "An empty cell gets the weight 1 here. There is nobody to weight, so the answer there is 0.",
    ),
    Misconception(
        "one added to each count",
        smoothed,
        "This is what you get when 1 is added to each cell to avoid dividing by 0. It changes every "
        "weight. Treat the empty cells by themselves.",
    ),
    Misconception(
        "empty group or outcome accepted",
        accepts_empty_margins,
        "A whole group (or a whole outcome) without examples goes through in silence. Something is wrong "
        "with such a table: raise ValueError.",
    ),
    Misconception(
        "an empty cell refused",
        refuses_empty_cells,
        "A single empty cell is legal, and its weight is 0. Raise ValueError only when a whole row or a "
        "whole column is empty.",
    ),
]


def by_loop(counts):
    rows = [[float(cell) for cell in row] for row in counts]
    total, labels = sum(map(sum, rows)), [sum(column) for column in zip(*rows, strict=True)]
    if total and not (all(labels) and all(map(sum, rows))):  # a table of zeros is not asked
        raise ValueError("empty")
    return [
        [sum(row) / total * label / total / (cell / total) if cell else 0
         for cell, label in zip(row, labels, strict=True)]
        for row in rows
    ]  # fmt: skip


def in_float32(counts):
    reweighing(counts)
    joint = np.asarray(counts, dtype=np.float32) / np.float32(np.sum(counts))
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return np.where(joint == 0, np.float32(0), product / np.maximum(joint, np.float32(1e-20)))


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(*shape: int) -> np.ndarray:
        return rng.integers(3, 40, size=shape).astype(np.float64)

    def with_hole(*shape: int) -> np.ndarray:
        table = draw(*shape)
        table[tuple(rng.integers(0, shape))] = 0
        return table

    def without(axis: int, *shape: int) -> np.ndarray:
        table = draw(*shape)
        np.moveaxis(table, axis, 0)[rng.integers(shape[axis])] = 0
        return table

    row, other = draw(2, 3)
    alike = rng.permutation([row, other, row, row[::-1]])  # equal groups, and groups of equal size
    elsewhere = (empty_is_infinite, empty_is_one, accepts_empty_margins, refuses_empty_cells)
    seen = [m.function for m in MISCONCEPTIONS if m.function not in elsewhere]
    heart = draw_until(
        lambda: [(draw(2, 3),), (draw(5, 2),), (draw(2, 2).astype(np.int64),)],
        lambda drawn: tells_apart((reweighing, *seen), drawn),
    )
    return [
        *(Case(args, "value") for args in heart),
        Case((with_hole(3, 2),), "hole"),
        Case((with_hole(2, 3),), "hole"),
        Case((rng.permutation([[0, 9, 4], [7, 0, 5]]).astype(np.float64),), "hole"),
        Case((alike,), "value"),
        Case((without(0, 3, 2),), "empty"),
        Case((without(1, 2, 3),), "empty"),
    ]


REWEIGHING = Check(
    exercise="fairness.reweighing",
    properties={
        "value": "gives P(a) P(y) / P(a, y) for every group and outcome",
        "hole": "gives 0 for an empty cell, and the right weights to the others",
        "empty": "raises ValueError for an empty group or an empty outcome",
    },
    cases=cases,
    expect=reweighing,
    accepts=[by_loop, in_float32],
    misconceptions=MISCONCEPTIONS,
)
