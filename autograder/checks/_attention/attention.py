"""attention.scaled_dot_product_attention: what each token takes from the others."""

from __future__ import annotations

from math import sqrt

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until
from autograder.checks._attention import attention_versions as versions
from autograder.checks._attention.attention_versions import made
from course_utils.attention import scaled_dot_product_attention

IN_TORCH = [
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.functional.multi_head_attention_forward",
    "torch.nn.MultiheadAttention",
]


def draw_mask(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """No symmetry; every row sees something and misses something."""

    def good(mask: np.ndarray) -> bool:
        return bool(mask.any(axis=-1).all() and not mask.all(axis=-1).any())

    return draw_until(lambda: rng.random(shape) < 0.55, good)


def draw(rng: np.random.Generator) -> list[Case]:
    def arrays(T: int, J: int, d_k: int, d_v: int, *leading: int, spread: float = 1.3):
        shapes = ((T, d_k), (J, d_k), (J, d_v))
        return [spread * rng.normal(size=(*leading, *shape)) + 0.2 for shape in shapes]

    q, k, v = arrays(5, 5, 3, 2)
    future = [q, k.copy(), v.copy()]
    future[1][-1], future[2][-1] = 9.0, -9.0
    causal = np.tril(np.ones((5, 5), dtype=bool))
    shuffled_q, shuffled_k, shuffled_v = arrays(3, 6, 2, 5)
    order = rng.permutation(6)
    shuffled_k[order[0]] = shuffled_k[order[1]]  # equal keys, with values of their own
    empty = draw_mask(rng, 4, 3)
    empty[int(rng.integers(4))] = False
    lone = np.zeros((2, 3), dtype=bool)
    lone[:, int(rng.integers(3))] = True
    few = draw_mask(rng, 3, 4)

    def far_away() -> list[np.ndarray]:
        far = arrays(3, 4, 5, 2)
        far[0][0] *= 400
        return far

    def overflows(far: list[np.ndarray]) -> bool:  # in the first row, however it is masked
        return bool((far[1] @ far[0][0] / sqrt(5))[few[0]].max() > 1500)

    far = draw_until(far_away, overflows)
    still = arrays(2, 5, 3, 4)
    return [
        Case(tuple(arrays(5, 3, 7, 2)), "value"),
        Case(tuple(arrays(3, 7, 2, 5)), "value"),
        Case((*arrays(5, 3, 2, 7), draw_mask(rng, 5, 3)), "mask"),
        Case((*arrays(4, 7, 3, 2), draw_mask(rng, 4, 7)), "mask"),
        Case((*arrays(2, 3, 5, 2), lone), "mask"),
        Case((q, k, v, causal), "future"),
        Case((*future, causal), "future"),
        Case((shuffled_q, shuffled_k, shuffled_v), "order"),
        Case((shuffled_q, shuffled_k[order], shuffled_v[order]), "order"),
        Case((0 * still[0], *still[1:]), "mean"),
        Case(tuple(arrays(3, 5, 2, 4, 2)), "leading"),
        Case((*arrays(2, 3, 5, 4, 3, 2), draw_mask(rng, 2, 3)), "leading"),
        Case((*arrays(3, 4, 2, 5, 2), draw_mask(rng, 2, 3, 4)), "leading"),
        Case((*arrays(4, 3, 5, 2), empty), "empty"),
        Case(tuple(far), "far"),
        Case((*far, few), "far"),
    ]


ATTENTION: Check = Check(
    exercise="attention.scaled_dot_product_attention",
    properties={
        "value": "gives softmax(q·k / √d_k) as weights, and means with these",
        "mask": "looks only where the mask is True",
        "future": "is not moved by what a causal mask hides",
        "order": "does not mind in which order keys and values come",
        "mean": "gives the plain mean of the values where a query is 0",
        "leading": "works with leading dimensions, and with a mask for all or for each",
        "empty": "gives zeros where a token may look at nothing",
        "far": "survives scores of some hundreds",
    },
    cases=draw,
    expect=scaled_dot_product_attention,
    not_allowed=IN_TORCH,
    accepts=[
        made(),
        versions.by_loop,
        versions.by_torch,
        versions.in_float32,
        versions.with_lowest_number,
    ],
    misconceptions=[
        Misconception(
            "no scale",
            made(scale=lambda q, k, v: 1.0),
            "The scores are not scaled. Divide them by √d_k before softmax.",
        ),
        Misconception(
            "d_k for √d_k",
            made(scale=lambda q, k, v: q.shape[-1]),
            "This is what you get when you divide by d_k instead of √d_k.",
        ),
        Misconception(
            "√d_v",
            made(scale=lambda q, k, v: sqrt(v.shape[-1])),
            "This is what you get when you divide by √d_v. The scale belongs to the keys: √d_k.",
        ),
        Misconception(
            "√ of the number of queries",
            made(scale=lambda q, k, v: sqrt(q.shape[-2])),
            "This divides by the root of the number of queries. d_k is the length of one key.",
        ),
        Misconception(
            "√ of the number of keys",
            made(scale=lambda q, k, v: sqrt(k.shape[-2])),
            "This divides by the root of the number of keys. d_k is the length of one key.",
        ),
        Misconception(
            "softmax over the queries",
            made(shares=versions.over_queries),
            "Softmax runs over the queries. The shares of one query, over all keys, sum to 1.",
        ),
        Misconception(
            "no softmax",
            made(shares=lambda scores: np.where(np.isfinite(scores), scores, 0.0)),
            "The scores themselves are used as weights. Softmax is missing.",
        ),
        Misconception(
            "no maximum subtracted",
            made(shares=versions.overflowing),
            "exp of a large score overflows. Subtract the largest score of each row first.",
        ),
        Misconception(
            "one maximum for all",
            made(shares=versions.global_maximum),
            "The largest score of the whole table is subtracted, so rows far below it vanish. Take "
            "each row's own.",
        ),
        Misconception(
            "mask after softmax",
            made(after=True),
            "The mask comes after softmax, and the weights no longer sum to 1. Put −∞ into the scores "
            "before.",
        ),
        Misconception(
            "mask ignored", made(use_mask=False), "The mask is not used. Put −∞ where it is False."
        ),
        Misconception(
            "mask inverted",
            made(seen=lambda mask: ~mask),
            "The mask is read the wrong way round: True means that t may look at j.",
        ),
        Misconception(
            "strict",
            made(seen=versions.strict),
            "No token may look at itself here, whatever the mask says.",
        ),
        Misconception(
            "a small number for −∞",
            made(hidden=-1e-9),
            "What is hidden gets a score near 0, and e⁰ = 1: it stays visible. −1e-9 is nearly 0; use "
            "−np.inf.",
        ),
        Misconception(
            "nan where there is nothing",
            made(shares=versions.nan_where_empty),
            "A token that may look at nothing gives nan: 0 / 0. It should give zeros.",
        ),
        Misconception(
            "everything where there is nothing",
            made(shares=versions.uniform_where_empty),
            "A token that may look at nothing looks at everything. It should give zeros.",
        ),
        Misconception(
            "largest only",
            made(finish=versions.largest_only),
            "Only the best value is taken. Take the mean of all, with the weights.",
        ),
        Misconception(
            "length 1",
            made(finish=versions.normalised_again),
            "The outputs are brought to length 1. They are weighted means, and nothing else.",
        ),
        Misconception(
            "sum for mean",
            made(finish=lambda w, v, s: (np.exp(np.minimum(s, 50)) @ v, w)),
            "The values are summed with powers that do not sum to 1. Divide by their total first.",
        ),
        Misconception(
            "scores returned",
            made(finish=lambda w, v, s: (w @ v, s)),
            "The second answer holds the scores. Return the weights, after softmax.",
        ),
        Misconception(
            "outputs only",
            made(finish=lambda w, v, s: w @ v),
            "Only the outputs come back. Return (outputs, weights).",
        ),
        Misconception(
            "weights first",
            made(finish=lambda w, v, s: (w, w @ v)),
            "The two answers are exchanged: (outputs, weights).",
        ),
    ],
)
