"""attention.softmax: shares that add up to 1, of scores of any size.

Not asked: +inf and nan.
"""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._attention import softmax_versions as versions
from autograder.checks._fairness.drawing import telling_cases
from course_utils.attention import softmax


def draw(rng: np.random.Generator) -> list[Case]:
    def scores(*shape: int) -> np.ndarray:
        """Whole 64ths, which float32 holds exactly even 2000 higher."""
        return np.round(64 * rng.normal(scale=1.5, size=shape)) / 64

    far = np.array([0.0, 1000.0, -1000.0])
    rows = scores(3, 5) + rng.permutation(far)[:, None]
    spread = scores(7)
    spread[rng.permutation(7)[:2]] += 2000.0
    columns = scores(5, 2, 3) + rng.permutation(far)

    some = scores(3, 7)
    some[rng.permuted(np.arange(21).reshape(3, 7) % 7 < 3, axis=1)] = -np.inf
    nothing = scores(5, 3)
    nothing[int(rng.integers(5))] = -np.inf
    level = scores(4, 6)
    level[:, rng.permutation(6)[:2]] = 5.0  # the largest of each row, twice
    square = scores(4, 4)
    square[:, int(rng.integers(4))] = -np.inf
    return [
        Case((scores(3, 5), 1), "value"),
        Case((scores(2, 7), -1), "value"),
        Case((scores(4, 4), -1), "value"),
        Case((level, 1), "value"),
        Case((scores(5, 3), 0), "axis"),
        Case((scores(5), 0), "axis"),
        Case((scores(2, 5, 3), 1), "axis"),
        Case((scores(3, 2, 5), -3), "axis"),
        Case((scores(2, 3, 5, 7), -1), "axis"),
        Case((rows, -1), "large"),
        Case((spread, -1), "large"),
        Case((columns, 1), "large"),
        Case((some, 1), "masked"),
        Case((some.T.copy(), 0), "masked"),
        Case((nothing, 1), "nothing"),
        Case((square, 0), "nothing"),
        Case((np.full((2, 3), -np.inf), -1), "nothing"),
    ]


MISCONCEPTIONS = [
    Misconception(
        "largest not subtracted",
        versions.nothing_subtracted,
        "exp(1000) is inf and exp(−1000) is 0, and then you divide inf by inf or 0 by 0. Subtract the "
        "largest number of each row first: the quotient stays the same.",
    ),
    Misconception(
        "largest not subtracted, 0 / 0 caught",
        versions.nothing_subtracted_zeros,
        "Rows of −inf are caught, but so is every row whose exponentials are too small for the "
        "computer, and large scores overflow. Subtract the largest number of each row first.",
    ),
    Misconception(
        "largest of all subtracted",
        versions.largest_of_all,
        "You subtract the largest number of the whole array. A row far below it becomes 0 / 0. Take "
        "the largest along the axis, with keepdims=True.",
    ),
    Misconception(
        "largest of all subtracted, 0 / 0 caught",
        versions.largest_of_all_zeros,
        "You subtract the largest number of the whole array. A row far below it vanishes as if it were "
        "all −inf. Take the largest along the axis, with keepdims=True.",
    ),
    Misconception(
        "smallest subtracted",
        versions.smallest_subtracted,
        "You subtract the smallest number of each row. Now the others are large and exp overflows; "
        "and −inf − (−inf) is nan. Subtract the largest: then every exponent is at most 0.",
    ),
    Misconception(
        "scores clipped",
        versions.clipped,
        "Nothing overflows, but scores beyond the limits of the clipping look all alike. Subtracting "
        "the largest number of each row keeps the differences, and they are what counts.",
    ),
    Misconception(
        "nan for a row of −inf",
        versions.nan_for_nothing,
        "Everything is right but a row of −inf only, where −inf − (−inf) is nan. Whoever may look at "
        "nothing gets zeros: treat a largest of −inf as 0, and a sum of 0 as 1.",
    ),
    Misconception(
        "equal shares for a row of −inf",
        versions.equal_for_nothing,
        "A row of −inf only gets equal shares: a very negative number in place of −inf leaves nothing "
        "to tell it from a row of ordinary equal scores. It should be all zeros.",
    ),
    Misconception(
        "−inf taken for 0",
        versions.infinity_as_zero,
        "−inf is treated as (almost) 0, and exp(0) = 1 is a big share. exp(−inf) is 0, and numpy knows "
        "it. (If you wrote −1e-9 for a large negative number: that is −0.000000001.)",
    ),
    Misconception(
        "one sum for all rows",
        versions.all_sum_to_one,
        "The whole array adds up to 1. Each row along the axis should: sum with axis=axis and "
        "keepdims=True.",
    ),
    Misconception(
        "always the last axis",
        versions.always_last,
        "This always works along the last axis. Use the `axis` that is given.",
    ),
    Misconception(
        "always the first axis",
        versions.always_first,
        "This always works along axis 0, so columns add up to 1. Use the `axis` that is given.",
    ),
    Misconception(
        "always axis 1",
        versions.always_second,
        "This always works along axis 1, which is the last one only of a table. Use the `axis` that is "
        "given.",
    ),
    Misconception(
        "axes counted from the wrong end",
        versions.axes_from_the_end,
        "The other axis sums to 1. axis=0 runs down the columns of a table and axis=1 along its rows: "
        "the axis named is the one that a sum makes disappear.",
    ),
    Misconception(
        "keepdims forgotten in the sum",
        versions.axis_lost,
        "The sum has lost its axis, so numpy lines it up with the wrong one, or cannot at all. Use "
        "keepdims=True.",
    ),
    Misconception(
        "keepdims forgotten",
        versions.largest_without_axis,
        "Maximum and sum have lost their axis, so numpy lines them up with the wrong one, or cannot at "
        "all. Use keepdims=True in both.",
    ),
    Misconception(
        "not divided by the sum",
        versions.not_divided,
        "The exponentials are right. One step is missing: divide by their sum, so that each row adds "
        "up to 1.",
    ),
    Misconception(
        "divided by the number of scores",
        versions.divided_by_how_many,
        "You divide by how many numbers there are. Divide by the sum of the exponentials.",
    ),
    Misconception(
        "divided by the largest",
        versions.divided_by_largest,
        "You divide by the largest exponential, so that the largest share is 1. Divide by their sum.",
    ),
    Misconception(
        "logarithms returned",
        versions.logarithms,
        "These are the logarithms of the shares. Return the shares themselves.",
    ),
    Misconception(
        "without exp",
        versions.without_exp,
        "These are the scores divided by their sum. Take exp first: shares are positive, also where a "
        "score is negative.",
    ),
    Misconception(
        "sigmoid",
        versions.sigmoid,
        "This squeezes every score by itself, 1/(1 + exp(−x)). In a softmax the scores of a row "
        "compete: their shares add up to 1.",
    ),
    Misconception(
        "sign turned round",
        versions.smallest_wins,
        "The smallest score gets the largest share. A sign is turned round: exp(x − largest).",
    ),
    Misconception(
        "powers of 2",
        versions.powers_of_two,
        "These are powers of 2 for powers of e. Use np.exp.",
    ),
    Misconception(
        "length 1 for sum 1",
        versions.unit_length,
        "The squares of each row add up to 1: you divide by the norm. Divide by the sum.",
    ),
    Misconception(
        "winner takes all",
        versions.winner_takes_all,
        "The largest score gets everything. That is a hard maximum; softmax leaves every score a "
        "share in proportion to exp(x).",
    ),
    Misconception(
        "changes its argument",
        versions.in_place,
        "The values are right, but they were written over the caller's array: −= and /= work in place. "
        "Make a new array.",
    ),
]

SOFTMAX: Check = Check(
    exercise="attention.softmax",
    properties={
        "value": "gives exp(x) / Σ exp(x) along the rows of a table",
        "axis": "works along any axis of arrays of any shape",
        "large": "survives scores of 1000 and of −1000, and rows of very different height",
        "masked": "gives −inf the share 0",
        "nothing": "gives zeros for a row of −inf only",
    },
    cases=telling_cases(lambda: SOFTMAX, draw),
    expect=softmax,
    accepts=[
        versions.row_by_row,
        versions.by_logarithms,
        versions.with_torch,
        versions.in_float32,
    ],
    misconceptions=MISCONCEPTIONS,
    not_allowed=[
        "scipy.special.softmax",
        "scipy.special.log_softmax",
        "torch.softmax",
        "torch.log_softmax",
        "torch.Tensor.softmax",
        "torch.Tensor.log_softmax",
        "torch.nn.functional.softmax",
        "torch.nn.functional.softmin",
        "torch.nn.functional.log_softmax",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.MultiheadAttention",
    ],
)
