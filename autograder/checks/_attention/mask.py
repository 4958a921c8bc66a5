"""attention.causal_mask: a token looks at itself and at what came before."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.attention import causal_mask


def ask_mask(function, args):
    """Call, write into the answer, and call again."""
    import numpy as np

    first = function(args[0])
    kept = np.array(first)
    if isinstance(first, np.ndarray) and first.flags.writeable and first.dtype == bool:
        first[...] = ~first
    return [kept, np.array(function(args[0]))]


def agree_mask(args, expected, answer):
    """Entries first; their kind and the second call where they are the question."""
    from course_utils.agreement import deviation

    mask, again = answer
    far = deviation(expected, mask)
    if far <= 1 and args[1] == "booleans" and mask.dtype != bool:
        return f"the entries are no booleans: their dtype is {mask.dtype}"
    if far <= 1 and args[1] == "fresh" and deviation(expected, again) > 1:
        return "when a caller has written into the first mask, a second call gives another"
    return far


def mask(num_tokens, question):
    return causal_mask(num_tokens)


def draw(rng: np.random.Generator) -> list[Case]:
    sizes = [int(size) for size in rng.permutation([3, 5, 7])]
    cases = [Case((size, "entries"), "value") for size in sizes]
    cases += [Case((1, "entries"), "one"), Case((sizes[0], "booleans"), "booleans")]
    return [*cases, Case((int(rng.integers(8, 20)), "fresh"), "fresh")]


def strict(T):
    return np.tril(np.ones((T, T), dtype=bool), -1)


def upside_down(T):
    return np.triu(np.ones((T, T), dtype=bool))


def strictly_ahead(T):
    return np.triu(np.ones((T, T), dtype=bool), 1)


def one_ahead(T):
    return np.tril(np.ones((T, T), dtype=bool), 1)


def everything(T):
    return np.ones((T, T), dtype=bool)


def itself_only(T):
    return np.eye(T, dtype=bool)


def one_row(T):
    return np.arange(T) <= T - 1


def additive(T):
    return np.where(causal_mask(T), 0.0, -np.inf)


def numbers(T):
    return np.tril(np.ones((T, T)))


def with_one_more(T):
    return causal_mask(T + 1)


def window_of_two(T):
    return causal_mask(T) & ~np.tril(np.ones((T, T), dtype=bool), -2)


_KEPT: dict[int, np.ndarray] = {}


def remembered(T):
    if T not in _KEPT:
        _KEPT.clear()  # what was written into it must not last from one question to another
        _KEPT[T] = causal_mask(T)
    return _KEPT[T]


def by_comparison(T):
    return np.arange(T)[:, None] >= np.arange(T)


def by_lists(T):
    return [[j <= t for j in range(T)] for t in range(T)]


def by_tri(T):
    return np.tri(T, dtype=bool)


MASK: Check = Check(
    exercise="attention.causal_mask",
    properties={
        "value": "is True where t may look at j: at itself and at all before",
        "one": "works for a single token",
        "booleans": "holds booleans, not numbers",
        "fresh": "gives a fresh array at each call",
    },
    cases=draw,
    expect=mask,
    ask=ask_mask,
    agree=agree_mask,
    accepts=[causal_mask, by_comparison, by_lists, by_tri],
    misconceptions=[
        Misconception("strict", strict, "A token may look at itself, too: j ≤ t, not j < t."),
        Misconception(
            "upside down",
            upside_down,
            "This is the other triangle: tokens see what comes *after* them. Row t, column j, j ≤ t.",
        ),
        Misconception(
            "True where hidden",
            strictly_ahead,
            "True and False are exchanged: True means that t may look at j.",
        ),
        Misconception(
            "one ahead", one_ahead, "Each token sees one ahead, which is the answer. Only j ≤ t."
        ),
        Misconception(
            "everything", everything, "Every token sees every other. Hide those with j > t."
        ),
        Misconception(
            "itself only", itself_only, "Each token sees only itself. It may look back, too."
        ),
        Misconception(
            "two only",
            window_of_two,
            "Each token sees itself and the one before. It may look at *all* before.",
        ),
        Misconception(
            "one row", one_row, "This is one row. A row for each token is asked: (T, T)."
        ),
        Misconception(
            "0 and −∞",
            additive,
            "These are numbers to add to the scores. Booleans are asked: True where t may look.",
        ),
        Misconception(
            "numbers", numbers, "These are the numbers 1 and 0. Booleans are asked: dtype=bool."
        ),
        Misconception(
            "one more", with_one_more, "The table is one row and column too large: (T, T) is asked."
        ),
        Misconception(
            "one array for all callers",
            remembered,
            "The same array is handed out again and again, so what one caller writes into it, all "
            "others see. Make a fresh one at each call.",
        ),
    ],
)
