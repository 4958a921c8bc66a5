"""impacts.memorization_rate and contamination: runs of tokens, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_from
from course_utils.impacts import contamination, memorization_rate


def runs_of(texts: Any, k: int) -> list[tuple[Any, ...]]:
    return [tuple(text[i : i + k]) for text in texts for i in range(len(text) - k + 1)]


def joined(texts: Any) -> list[list[Any]]:
    return [[token for text in texts for token in text]]


def rate(
    *,
    written: Callable[..., Any] = runs_of,
    read: Callable[..., Any] = runs_of,
    distinct: bool = True,
    share: Callable[..., float] = lambda found, all_, known: (
        len(found) / len(all_) if all_ else 0.0
    ),
    empty: float = 0.0,
) -> Callable[..., float]:
    """A version; each keyword is a place where people go wrong."""

    def version(samples, corpus, k):
        runs, known = list(written(samples, k)), set(read(corpus, k))
        runs = list(dict.fromkeys(runs)) if distinct else runs
        if not runs:
            return empty
        return share([run for run in runs if run in known], runs, known)

    return version


def by_text(samples, corpus, k):
    """Look for each run in the whole of each text."""

    def inside(run: tuple[Any, ...], text: Any) -> bool:
        return any(list(text[i : i + k]) == list(run) for i in range(len(text)))

    runs = {run: any(inside(run, text) for text in corpus) for run in runs_of(samples, k)}
    return np.mean(list(runs.values())) if runs else 0


def of_samples(samples, corpus, k):
    """The share of samples with any memorised run."""
    known = set(runs_of(corpus, k))
    return sum(any(r in known for r in runs_of([s], k)) for s in samples) / max(len(samples), 1)


def in_any_order(samples, corpus, k):
    known = {frozenset(run) for run in runs_of(corpus, k)}
    runs = set(runs_of(samples, k))
    return sum(frozenset(run) in known for run in runs) / len(runs) if runs else 0.0


def glued(texts, k):
    return ["".join(map(str, run)) for run in runs_of(texts, k)]


def with_tails(texts, n):
    """Slices that begin anywhere: the last ones are shorter than n."""
    return [tuple(text[i : i + n]) for text in texts for i in range(len(text))]


def last_run_forgotten(texts, k):
    return [tuple(text[i : i + k]) for text in texts for i in range(len(text) - k)]


def draw_rate(rng: np.random.Generator) -> list[Case]:
    def texts(sizes: list[int], letters: int) -> list[list[str]]:
        return [[chr(97 + c) for c in rng.integers(letters, size=n)] for n in sizes]

    def copied(samples: list[list[str]], corpus: list[list[str]], k: int) -> None:
        """Let the first sample end as a text of the corpus does, and repeat itself."""
        piece = corpus[0][-(k + 1) :]
        samples[0] = samples[0] + piece
        samples[1] = piece + samples[1] + piece

    def case(shows: str, k: int, letters: int, *, copy: bool = True) -> Case:
        samples, corpus = texts([7, 9, 6], letters), texts([14, 11, 9], letters)
        if copy:
            copied(samples, corpus, k)
        return Case((samples, corpus, k), shows)

    def telling() -> list[Case]:
        return [case("value", 3, 3), case("value", 2, 5)]

    def good(cases: list[Case]) -> bool:
        return tells_from(memorization_rate, WRONG_RATES, [c.args for c in cases])

    numbers = (
        [rng.integers(4, size=n).tolist() for n in (8, 7)],
        [rng.integers(4, size=30).tolist()],
    )
    words = [["ab", "c", "A", "b"], ["c", "ab"]], [["a", "bc", "a", "b"], ["b", "c", "A"]], 2
    crossing = [["a", "b"], ["c", "d", "e"]], [["z", "a", "b", "c"], ["d", "e"]], 3
    apart = [["a", "b", "c"], ["c", "b", "a"]], [["x", "a", "b"], ["c", "y", "c", "b", "a"]], 3
    a, b, c = rng.permutation(["a", "b", "c"]).tolist()
    whole = [[a, b, c], [b, c, a, b]], [[c, b, a], [a, b, c]], 3  # texts of exactly three tokens
    return [
        *draw_until(telling, good),
        Case((*numbers, 2), "numbers"),
        Case(words, "words"),
        case("one", 1, 9, copy=False),
        Case(crossing, "ends"),
        Case(apart, "ends"),
        Case(whole, "ends"),
        Case((texts([2, 1], 4), texts([9], 4), 3), "short"),
        Case(([], texts([9], 4), 2), "short"),
        Case((texts([6], 4), [], 2), "nothing read"),
    ]


RATE_MISTAKES = [
    Misconception(
        "tokens glued",
        rate(written=glued, read=glued),
        "The tokens of a run are glued to one text, so that ab, c looks like a, bc. Compare tuples.",
    ),
    Misconception(
        "repeats counted",
        rate(distinct=False),
        "Runs that the samples repeat are counted each time. Count distinct ones.",
    ),
    Misconception(
        "share of the corpus",
        rate(share=lambda found, all_, known: len(found) / len(known) if known else 0.0),
        "This is the share of the *corpus* that was written. Divide by the runs in the samples.",
    ),
    Misconception(
        "share of samples",
        of_samples,
        "This is the share of samples with anything memorised. Count runs of k tokens.",
    ),
    Misconception(
        "number, not share",
        rate(share=lambda found, all_, known: float(len(found))),
        "This is how many runs are memorised. Divide by how many there are.",
    ),
    Misconception(
        "what is new",
        rate(share=lambda found, all_, known: 1 - len(found) / len(all_)),
        "This is the share that does *not* stand in the corpus.",
    ),
    Misconception(
        "any order",
        in_any_order,
        "The order of the tokens does not matter here. Verbatim means in the same order.",
    ),
    Misconception(
        "samples joined",
        rate(written=lambda texts, k: runs_of(joined(texts), k)),
        "Samples are joined, so that runs cross from one to the next. Nothing crosses the end of a text.",
    ),
    Misconception(
        "corpus joined",
        rate(read=lambda texts, k: runs_of(joined(texts), k)),
        "The corpus is joined, so that runs cross from one text to the next. Nothing crosses the end of "
        "a text.",
    ),
    Misconception(
        "last run forgotten",
        rate(written=last_run_forgotten, read=last_run_forgotten),
        "The last run of each text is missing: there are n − k + 1 of them.",
    ),
    Misconception(
        "k + 1 tokens",
        rate(
            written=lambda texts, k: runs_of(texts, k + 1),
            read=lambda texts, k: runs_of(texts, k + 1),
        ),
        "The runs have k + 1 tokens. A slice [i : i + k] has k.",
    ),
    Misconception(
        "single tokens",
        rate(written=lambda texts, k: runs_of(texts, 1), read=lambda texts, k: runs_of(texts, 1)),
        "Single tokens are looked for. Any text shares those: take runs of k.",
    ),
    Misconception(
        "1 when nothing is long enough",
        rate(empty=1.0),
        "Without a run of k tokens nothing is memorised: 0.0.",
    ),
]
WRONG_RATES = [
    known.function
    for known in RATE_MISTAKES
    if known.name
    not in ("samples joined", "corpus joined", "tokens glued", "1 when nothing is long enough")
]
RATE: Check = Check(
    exercise="impacts.memorization_rate",
    properties={
        "value": "gives the share of distinct runs that stand in the corpus",
        "numbers": "works for tokens that are numbers",
        "words": "takes tokens as they are: ab, c is not a, bc, and A is not a",
        "one": "works for runs of one token",
        "ends": "lets no run cross the end of a text",
        "short": "gives 0.0 when no sample is long enough",
        "nothing read": "gives 0.0 when nothing was read",
    },
    cases=draw_rate,
    expect=memorization_rate,
    accepts=[rate(), by_text],
    misconceptions=RATE_MISTAKES,
)


def seen(
    *,
    items: Callable[..., Any] = lambda item, n: runs_of([item], n),
    read: Callable[..., Any] = runs_of,
    decide: Callable[..., bool] = any,
    short: bool = False,
    packed: Callable[..., Any] = lambda found: np.array(found, dtype=bool),
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(test_items, corpus, n):
        known = set(read(corpus, n))
        found = []
        for item in test_items:
            runs = list(items(item, n))
            found.append(bool(decide([run in known for run in runs])) if runs else short)
        return packed(found)

    return version


def first_places_only(test_items, corpus, n):
    """list.index finds the first place of a token."""

    def inside(run: tuple[Any, ...], text: list[Any]) -> bool:
        return run[0] in text and tuple(text[text.index(run[0]) :][:n]) == run

    return np.array(
        [any(inside(r, list(t)) for r in runs_of([item], n) for t in corpus) for item in test_items]
    )


def equal_items_once(test_items, corpus, n):
    return contamination(list(dict.fromkeys(map(tuple, test_items))), corpus, n)


def mostly(marks: list[bool]) -> bool:
    return sum(marks) > len(marks) / 2


def in_any_order_too(test_items, corpus, n):
    known = {frozenset(run) for run in runs_of(corpus, n)}
    return np.array([any(frozenset(r) in known for r in runs_of([i], n)) for i in test_items])


def whole_items(test_items, corpus, n):
    """The whole item must stand in a text."""
    return np.array(
        [
            len(item) >= n and any(tuple(item) in runs_of([text], len(item)) for text in corpus)
            for item in test_items
        ]
    )


def draw_items(rng: np.random.Generator) -> list[Case]:
    def letters(size: int, first: int, many: int) -> list[str]:
        return [chr(97 + first + c) for c in rng.integers(many, size=size)]

    def case(shows: str, n: int) -> Case:
        corpus = [letters(15, 0, 12), letters(12, 0, 12)]
        begin = int(rng.integers(3, 8))
        piece = corpus[0][begin : begin + n]
        other = letters(4, 13, 9)
        items = [
            other[:2] + piece + other[2:],  # in the middle
            other + corpus[1][-n:],  # at the end of both
            letters(n + 3, 13, 9),  # nothing
            piece[: n - 1] + other,  # one too short
            (piece[1:] + piece[:1]) + other if len(set(piece)) > 1 else other,  # another order
            corpus[0][begin : begin + n + 1],  # whole
            piece + other,  # at the beginning
            corpus[0][begin : begin + n + 1] + other[:1],  # two runs of three
            piece[:1],  # too short
        ]
        order = rng.permutation(len(items))
        return Case(([items[i] for i in order], corpus, n), shows)

    def telling() -> list[Case]:
        return [case("value", 3), case("value", 4)]

    def good(cases: list[Case]) -> bool:
        return tells_from(contamination, WRONG_SEEN, [c.args for c in cases])

    in_corpus = [["a", "b", "c"], ["b", "c"]], [["z", "a", "b"], ["c", "d", "e", "f"]]
    in_items = [["a", "b"], ["c", "d"], ["x"]], [["z", "a", "b", "c", "d"]]
    words = (
        [["ab", "c"], ["A", "b"], ["x", "ab", "c"], ["a", "bc"]],
        [["a", "bc", "d"], ["a", "b"], ["ab", "cd"]],
    )
    tails = [["b", "c"], ["x", "y"], ["c"], ["d", "x", "y"]], [["a", "b", "c"], ["x", "y"]]
    a, b, c, d = rng.permutation(["a", "b", "c", "d"]).tolist()
    again = (  # what is shared comes later in the text, where its first token comes again
        [[a, c], [a, a], [b, d], [a, c], [c, b]],
        [[a, b, a, c], [d, a, a, b]],
    )
    pieces = [["p", "q", "r", "s"], ["p", "q", "r"], ["x"]], [["p", "q", "r"], ["q", "r", "s"]]
    numbers = [[1, 2, 3], [3, 2, 1], [5]], [[9, 1, 2, 3, 4]]
    return [
        *draw_until(telling, good),
        Case((*pieces, 3), "value"),
        Case((*again, 2), "value"),
        Case((*in_corpus, 3), "ends"),
        Case((*in_items, 3), "ends"),
        Case((*numbers, 2), "numbers"),
        Case((*words, 2), "words"),
        Case((*tails, 3), "short"),
        Case(([["a"], [], ["b", "c"]], [["a", "b"]], 3), "short"),
        Case(([["a", "b"], ["c", "d"]], [], 2), "short"),
        case("one", 1),
    ]


SEEN_MISTAKES = [
    Misconception(
        "tokens glued",
        seen(items=lambda item, n: glued([item], n), read=glued),
        "The tokens of a run are glued to one text, so that ab, c looks like a, bc. Compare tuples.",
    ),
    Misconception(
        "shorter ends",
        seen(items=lambda item, n: with_tails([item], n), read=with_tails),
        "Slices at the end of a text are shorter than n, and two of them may be equal. There are len − n + 1 "
        "runs of n tokens.",
    ),
    Misconception(
        "the other way round",
        seen(packed=lambda found: ~np.array(found, dtype=bool)),
        "True and False are exchanged: True is an item that shares a run with the training text.",
    ),
    Misconception(
        "all runs",
        seen(decide=all),
        "An item counts only if all of its runs were seen. One is enough.",
    ),
    Misconception(
        "most runs",
        seen(decide=mostly),
        "An item counts only if most of its runs were seen. One is enough.",
    ),
    Misconception(
        "whole items",
        whole_items,
        "Only items that stand in the corpus as a whole are found. A shared run of n tokens is enough.",
    ),
    Misconception(
        "first run only",
        seen(items=lambda item, n: runs_of([item], n)[:1]),
        "Only the beginning of each item is looked at. The run may be anywhere.",
    ),
    Misconception(
        "any order",
        in_any_order_too,
        "The order of the tokens does not matter here. A run is shared in the same order.",
    ),
    Misconception(
        "single tokens",
        seen(items=lambda item, n: runs_of([item], 1), read=lambda texts, n: runs_of(texts, 1)),
        "Single tokens are looked for. Nearly any item shares those: take runs of n.",
    ),
    Misconception(
        "n − 1 tokens",
        seen(
            items=lambda item, n: runs_of([item], max(n - 1, 1)),
            read=lambda texts, n: runs_of(texts, max(n - 1, 1)),
        ),
        "The runs have n − 1 tokens. A slice [i : i + n] has n.",
    ),
    Misconception(
        "last run forgotten",
        seen(items=lambda item, n: last_run_forgotten([item], n)),
        "The last run of each item is missing: there are len − n + 1 of them.",
    ),
    Misconception(
        "corpus joined",
        seen(read=lambda texts, n: runs_of(joined(texts), n)),
        "The corpus is joined, so that runs cross from one text to the next. Nothing crosses the end of "
        "a text.",
    ),
    Misconception(
        "only the first place of a token",
        first_places_only,
        "A run is looked for only where its first token comes first in a text (list.index finds no other "
        "place). Look at every place.",
    ),
    Misconception(
        "equal items once",
        equal_items_once,
        "Of equal items only one has an answer (a set or a dict keeps it once). Answer for each item, in "
        "their order.",
    ),
    Misconception(
        "numbers of runs",
        lambda test_items, corpus, n: np.array(
            [sum(r in set(runs_of(corpus, n)) for r in runs_of([i], n)) for i in test_items]
        ),
        "These are numbers of shared runs. Say for each item whether there is one: True or False.",
    ),
    Misconception(
        "short items are suspicious",
        seen(short=True),
        "An item that is too short for a run cannot share one: False.",
    ),
]
WRONG_SEEN = [
    known.function
    for known in SEEN_MISTAKES
    if known.name
    not in (
        "corpus joined",
        "equal items once",
        "only the first place of a token",
        "short items are suspicious",
        "numbers of runs",
        "tokens glued",
        "shorter ends",
    )
]
SEEN: Check = Check(
    exercise="impacts.contamination",
    properties={
        "value": "marks the items that share a run of n tokens with the training text",
        "ends": "lets no run cross the end of a text",
        "numbers": "works for tokens that are numbers",
        "words": "takes tokens as they are: ab, c is not a, bc, and A is not a",
        "short": "marks nothing where an item is too short, or nothing was read",
        "one": "works for runs of one token",
    },
    cases=draw_items,
    expect=contamination,
    accepts=[seen(), seen(packed=list), seen(packed=tuple)],
    misconceptions=SEEN_MISTAKES,
)
