"""impacts.watermark_z: green pairs against chance, each pair once.

The arguments of a case are the tokens, the green pairs and the fraction; the ask makes `is_green`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_from
from course_utils.impacts import watermark_z


def ask_watermark(function, args):
    """Make `is_green` of a set of pairs."""
    tokens, green, fraction = args
    known, kept = {tuple(pair) for pair in green}, list(tokens)
    z = function(kept, lambda previous, token: (previous, token) in known, fraction)
    return {"z": z, "unchanged": kept == list(tokens)}


def agree_watermark(args, expected, answer):
    """The distance of z; in words, whether the tokens have changed."""
    from course_utils.agreement import deviation

    far = deviation(expected["z"], answer["z"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    return far


def right(*args: Any) -> Any:
    return ask_watermark(watermark_z, args)


def made(
    *,
    pairs: Callable[[Any], Any] = lambda tokens: set(itertools.pairwise(tokens)),
    count: Callable[[int], int] = lambda n: n,
    spread: Callable[[int, float], float] = lambda T, p: sqrt(T * p * (1 - p)),
    expected: Callable[[int, float], float] = lambda T, p: p * T,
    ask: Callable[..., bool] = lambda is_green, a, b: is_green(a, b),
    wanted: bool = True,
    empty: float = 0.0,
    finish: Callable[[float], float] = lambda z: z,
) -> Callable[..., float]:
    """A version; each keyword is a place where people go wrong."""

    def version(tokens, is_green, fraction):
        seen = list(pairs(tokens))
        if not seen:
            return empty
        green = sum(bool(ask(is_green, a, b)) == wanted for a, b in seen)
        T = count(len(seen))
        return finish((green - expected(T, fraction)) / spread(T, fraction))

    return version


def every_pair(tokens: Any) -> Any:
    return list(itertools.pairwise(tokens))


def by_dictionary(tokens, is_green, fraction):
    colours = {}
    for i in range(1, len(tokens)):
        colours[tokens[i - 1], tokens[i]] = float(is_green(tokens[i - 1], tokens[i]))
    if not colours:
        return 0
    share = np.mean(list(colours.values()))
    return (share - fraction) / np.sqrt(fraction * (1 - fraction) / len(colours))


def last_of_each(tokens: Any) -> Any:
    """One pair for each distinct token, instead of for each pair."""
    return list({b: (a, b) for a, b in every_pair(tokens)}.values())


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, size: int, fraction: float, share: float, vocabulary: int) -> Case:
        tokens = rng.integers(vocabulary, size=size).tolist()
        pairs = [(a, b) for a in range(vocabulary) for b in range(vocabulary)]
        green = [list(pair) for pair in pairs if rng.random() < share]
        return Case((tokens, green, fraction), shows)

    def telling() -> list[Case]:
        return [
            case("value", 23, 0.25, 0.6, 5),
            case("value", 17, 0.4, 0.8, 4),
            case("value", 25, 0.7, 0.15, 5),  # less green than by chance
        ]

    def good(cases: list[Case]) -> bool:
        asked = [
            lambda *args, f=known.function: ask_watermark(f, args)["z"]
            for known in MISTAKES
            if known.name != "nan for short texts"
        ]
        return tells_from(lambda *args: right(*args)["z"], asked, [c.args for c in cases])

    words = ["the", "cat", "saw", "the", "cat", "that", "saw", "the", "dog"]
    green_words = [["the", "cat"], ["saw", "the"], ["that", "saw"], ["dog", "the"]]
    return [
        *draw_until(telling, good),
        Case((words, green_words, 0.3), "words"),
        case("long", 300, 0.5, 0.5, 40),
        Case(([3] * 12, [[3, 3]], 0.25), "repeated"),
        Case(([1, 2] * 9, [[1, 2]], 0.3), "repeated"),
        Case(([5, 7], [[5, 7]], 0.2), "short"),
        Case(([5], [], 0.5), "short"),
        Case(([], [], 0.5), "short"),
    ]


MISTAKES = [
    Misconception(
        "repeated pairs counted",
        made(pairs=every_pair),
        "Pairs that come again are counted again. Their colour is known: count each once.",
    ),
    Misconception(
        "distinct tokens",
        made(pairs=last_of_each),
        "Each *token* is counted once. Count each pair of neighbours once.",
    ),
    Misconception(
        "length for pairs",
        made(count=lambda n: n + 1),
        "T is one too large: between n tokens there are n − 1 pairs.",
    ),
    Misconception(
        "no root",
        made(spread=lambda T, p: T * p * (1 - p)),
        "This divides by the variance. Divide by its root, the standard deviation.",
    ),
    Misconception(
        "γ for γ(1 − γ)",
        made(spread=lambda T, p: sqrt(T * p)),
        "The spread of a count is √(Tγ(1 − γ)): the factor 1 − γ is missing.",
    ),
    Misconception(
        "spread of a fair coin",
        made(spread=lambda T, p: sqrt(T) / 2),
        "This is the spread for γ = ½. Use the fraction that is given.",
    ),
    Misconception(
        "a fair coin",
        made(spread=lambda T, p: sqrt(T) / 2, expected=lambda T, p: T / 2),
        "γ is taken for ½ everywhere. Use the fraction that is given.",
    ),
    Misconception(
        "red for green",
        made(wanted=False),
        "Red tokens are counted. Count the green ones.",
    ),
    Misconception(
        "neighbours exchanged",
        made(ask=lambda is_green, a, b: is_green(b, a)),
        "The neighbours are exchanged: is_green(previous, token).",
    ),
    Misconception(
        "nothing expected",
        made(expected=lambda T, p: 0.0),
        "Chance makes γT tokens green. Subtract that first.",
    ),
    Misconception(
        "sign",
        made(finish=lambda z: -z),
        "The sign is wrong: more green than expected is a positive z.",
    ),
    Misconception(
        "absolute value",
        made(finish=abs),
        "A text with *less* green than by chance gets a positive z here. Keep the sign.",
    ),
    Misconception(
        "never below 0",
        made(finish=lambda z: max(z, 0.0)),
        "Less green than by chance is cut to 0. Keep the negative z.",
    ),
    Misconception(
        "sign lost",
        made(finish=lambda z: z * z),
        "This is z². Only a text with *more* green is suspicious: keep the sign.",
    ),
    Misconception(
        "share, not z",
        made(spread=lambda T, p: float(T)),
        "This is how much the green share exceeds γ. Divide by its standard deviation.",
    ),
    Misconception(
        "nan for short texts",
        made(empty=float("nan")),
        "A text without a pair gives nan. There is nothing to see in it: 0.0.",
    ),
]
WATERMARK: Check = Check(
    exercise="impacts.watermark_z",
    properties={
        "value": "gives (green − γT) / √(Tγ(1 − γ)) over distinct pairs",
        "words": "works for tokens that are words",
        "long": "works for a long text",
        "repeated": "counts a pair once that comes again and again",
        "short": "gives 0.0 for fewer than two tokens, and z for two",
    },
    cases=draw,
    ask=ask_watermark,
    agree=agree_watermark,
    expect=right,
    accepts=[made(), by_dictionary],
    misconceptions=MISTAKES,
)
