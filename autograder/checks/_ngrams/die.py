"""ngrams.sample_word: the word on which a die with unequal sides comes to rest."""

from __future__ import annotations

import bisect
import math
from itertools import accumulate

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_words, telling_cases
from course_utils.ngrams import sample_word


def at_most(distribution, u):
    return next((w for w, t in _totals(distribution) if u <= t), [*distribution][-1])


def _totals(distribution):
    return zip(distribution, accumulate(distribution.values()), strict=True)


def by_name(distribution, u):
    return sample_word(dict(sorted(distribution.items())), u)


def largest_first(distribution, u):
    return sample_word(dict(sorted(distribution.items(), key=lambda pair: -pair[1])), u)


def smallest_first(distribution, u):
    return sample_word(dict(sorted(distribution.items(), key=lambda pair: pair[1])), u)


def backwards(distribution, u):
    return sample_word(dict(reversed(distribution.items())), u)


def most_probable(distribution, u):
    return max(distribution, key=distribution.get)


def all_alike(distribution, u):
    return [*distribution][int(u * len(distribution))]


def not_added_up(distribution, u):
    return next((w for w, p in distribution.items() if u < p), [*distribution][-1])


def nearest(distribution, u):
    return min(distribution, key=lambda word: abs(distribution[word] - u))


def one_early(distribution, u):
    place = list(distribution).index(sample_word(distribution, u))
    return [*distribution][max(0, place - 1)]


def one_late(distribution, u):
    place = list(distribution).index(sample_word(distribution, u))
    return [*distribution][min(len(distribution) - 1, place + 1)]


def nothing_left(distribution, u):
    for word, total in _totals(distribution):
        if u < total:
            return word
    return None


def index_error(distribution, u):
    totals = np.cumsum(list(distribution.values()))
    return [*distribution][int(np.searchsorted(totals, u, side="right"))]


def first_if_left_over(distribution, u):
    return next((w for w, t in _totals(distribution) if u < t), next(iter(distribution)))


def first_of_equals(distribution, u):
    words, probabilities = [*distribution], [*distribution.values()]
    for p, total in zip(probabilities, accumulate(probabilities), strict=True):
        if u < total:
            return words[probabilities.index(p)]
    return words[-1]


def last_of_equals(distribution, u):
    return {p: w for w, p in distribution.items()}[distribution[sample_word(distribution, u)]]


def probability_of_it(distribution, u):
    return distribution[sample_word(distribution, u)]


def by_searching(distribution, u):
    totals = np.cumsum(list(distribution.values()))
    place = int(np.searchsorted(totals, u, side="right"))
    return np.array(list(distribution))[min(place, len(distribution) - 1)]


def by_bisection(distribution, u):
    totals = list(accumulate(distribution.values()))
    totals[-1] = math.inf
    return tuple(distribution)[bisect.bisect_right(totals, u)]


def by_taking_away(distribution, u):
    for word, p in distribution.items():
        if u < p:
            return word
        u -= p
    return word


def draw(rng: np.random.Generator) -> list[Case]:
    def die(probabilities: list[float]) -> dict:
        words = [*some_words(rng, len(probabilities) - 1), "</s>"]
        return {
            words[i]: p for i, p in zip(rng.permutation(len(words)), probabilities, strict=True)
        }

    def ordinary(size: int) -> dict:
        counts = rng.integers(1, 12, size=size)
        return die((counts / counts.sum()).tolist())

    def inside(distribution: dict) -> float:
        """Some u that no rounding takes over a boundary."""
        place = int(rng.integers(len(distribution)))
        return at(distribution, place)

    def at(distribution: dict, place: int) -> float:
        ends = np.array([0, *accumulate(distribution.values())])
        return float(ends[place] + rng.uniform(0.1, 0.9) * (ends[place + 1] - ends[place]))

    def repeated() -> dict:
        """The second and the fourth word are as probable, and the third never comes."""
        first, twice, last = rng.permutation([2, 5, 9])
        total = first + 2 * twice + last
        return die([float(n / total) for n in (first, twice, 0, twice, last)])

    usual = [ordinary(size) for size in (4, 5, 7, 5, 9, 4)]
    exact = [0.25, 0.125, 0.5, 0.125]  # sums of these are not rounded
    dice = [die([exact[i] for i in rng.permutation(4)]) for _ in range(3)]
    ends = [list(accumulate(distribution.values())) for distribution in dice]
    rounded = die([0.142857] * 7)  # six digits, as in a printed table: the sum is 0.999999
    return [
        *(Case((distribution, inside(distribution)), "value") for distribution in usual),
        *(
            Case((distribution := repeated(), at(distribution, place)), "value")
            for place in (1, 3, 4)
        ),
        *(Case((dice[i], float(ends[i][i])), "boundary") for i in range(3)),
        Case((die([0.0, 0.375, 0.625]), 0.0), "boundary"),
        Case((die([0.1] * 10), math.nextafter(1.0, 0.0)), "rounding"),
        Case((rounded, 0.9999995), "rounding"),
        Case(({some_words(rng, 1)[0]: 1.0}, float(rng.random())), "one"),
    ]


SAMPLE_WORD: Check = Check(
    exercise="ngrams.sample_word",
    properties={
        "value": "gives the first word, in the order of the dict, whose cumulative probability exceeds u",
        "boundary": "gives the next word when u is exactly a cumulative probability",
        "rounding": "gives the last word when rounding leaves u above the sum",
        "one": "gives the only word there is",
    },
    cases=telling_cases(lambda: SAMPLE_WORD, draw),
    expect=sample_word,
    accepts=[by_searching, by_bisection, by_taking_away],
    misconceptions=[
        Misconception(
            "<= at the boundary",
            at_most,
            "This stops where u equals the cumulative probability. u lies in [0, 1), 0 included, so a "
            "side of width p takes the u from its start up to, but not including, its end: u < total.",
        ),
        Misconception(
            "sorted by name",
            by_name,
            "The words were sorted first. Any fixed order would do for a die, but ours is the order of "
            "the dict, so that the same u gives everybody the same word.",
        ),
        Misconception(
            "most probable first",
            largest_first,
            "The words were sorted by probability first. Take them in the order of the dict.",
        ),
        Misconception(
            "least probable first",
            smallest_first,
            "The words were sorted, least probable first. Take them in the order of the dict.",
        ),
        Misconception(
            "from the back",
            backwards,
            "The words are gone through from the last to the first. Begin with the first.",
        ),
        Misconception(
            "argmax for sampling",
            most_probable,
            "This is always the most probable word, whatever u is. A die shows the other sides too: "
            "add up the probabilities until they exceed u.",
        ),
        Misconception(
            "all words alike",
            all_alike,
            "This gives every word the same chance: u · V, rounded down. A word with twice the "
            "probability has twice the room between 0 and 1.",
        ),
        Misconception(
            "not added up",
            not_added_up,
            "u is held against the probability of each word by itself. Hold it against the sum so far.",
        ),
        Misconception(
            "nearest probability",
            nearest,
            "This is the word whose probability is nearest to u. u is a place on the line from 0 to 1: "
            "lay the probabilities end to end, and see on which one it falls.",
        ),
        Misconception(
            "one word too early",
            one_early,
            "This is the word before the right one. The word that lifts the sum above u is the answer.",
        ),
        Misconception(
            "one word too late",
            one_late,
            "This is the word after the right one. Add a word's probability before you compare with u.",
        ),
        Misconception(
            "None for a rounded sum",
            nothing_left,
            "The probabilities may add up to 0.9999999999999999, with u just above. Then the loop ends "
            "without an answer, and None comes back. Return the last word after the loop.",
        ),
        Misconception(
            "IndexError for a rounded sum",
            index_error,
            "The probabilities may add up to a little less than 1, with u above. Then the place that "
            "was found lies behind the last word. Take the last word instead.",
        ),
        Misconception(
            "first word for a rounded sum",
            first_if_left_over,
            "When rounding leaves u above the sum, the first word comes out (np.argmax of all False is "
            "0). u is near 1 there, so the last word is right.",
        ),
        Misconception(
            "first of equally probable words",
            first_of_equals,
            "Of words with the same probability always the first comes out (list.index finds the first). "
            "Go through words and probabilities side by side.",
        ),
        Misconception(
            "last of equally probable words",
            last_of_equals,
            "Of words with the same probability always the last comes out: a dict whose keys are "
            "probabilities keeps one word for each. Keep the words as keys.",
        ),
        Misconception(
            "probability for word",
            probability_of_it,
            "This is the probability of the right word. Return the word itself.",
        ),
    ],
)
