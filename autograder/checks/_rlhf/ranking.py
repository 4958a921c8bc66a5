"""rlhf.ranking_to_pairs: K replies make K(K − 1)/2 comparisons."""

from __future__ import annotations

import itertools

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.rlhf import ranking_to_pairs


def ask_pairs(function, args):
    """Ask twice; the order of the pairs is free, so they are sorted."""
    (ranking,) = args
    given = list(ranking)
    answers = []
    for _ in range(2):
        pairs = list(function(given))
        assert all(len(pair) == 2 for pair in pairs), "not all of them are pairs"
        answers.append(sorted([list(pair) for pair in pairs], key=repr))
    return {
        "pairs": answers[0],
        "again": answers[1],
        "unchanged": given == list(ranking),
    }


def agree_pairs(args, expected, answer):
    """0 for the same pairs; in words what is wrong otherwise."""
    pairs, right = answer["pairs"], expected["pairs"]
    if pairs != right:
        return f"expected {len(right)} pairs (better, worse), got {len(pairs)}" + (
            " that are not all the same" if len(pairs) == len(right) else ""
        )
    if not answer["unchanged"]:
        return "it changes one of its arguments"
    if answer["again"] != right:
        return "called a second time with the same arguments, it gives another answer"
    return 0.0


def right_pairs(ranking):
    return ask_pairs(ranking_to_pairs, (ranking,))


def by_two_loops(ranking):
    return [
        (ranking[i], ranking[j]) for i in range(len(ranking)) for j in range(i + 1, len(ranking))
    ]


def from_the_end(ranking):
    found = []
    rest = list(ranking)
    while rest:
        worst = rest.pop()
        found += [[better, worst] for better in rest]
    return found


def as_generator(ranking):
    yield from itertools.combinations(ranking, 2)


def swapped(ranking):
    return [(worse, better) for better, worse in by_two_loops(ranking)]


def neighbours(ranking):
    return list(itertools.pairwise(ranking))


def best_against_all(ranking):
    return [(ranking[0], other) for other in ranking[1:]]


def all_against_worst(ranking):
    return [(other, ranking[-1]) for other in ranking[:-1]]


def both_ways(ranking):
    return list(itertools.permutations(ranking, 2))


def with_themselves(ranking):
    return list(itertools.combinations_with_replacement(ranking, 2))


def everything(ranking):
    return list(itertools.product(ranking, repeat=2))


def two_by_two(ranking):
    return [(ranking[i], ranking[i + 1]) for i in range(0, len(ranking) - 1, 2)]


def places(ranking):
    return list(itertools.combinations(range(len(ranking)), 2))


def sorted_first(ranking):
    return by_two_loops(sorted(ranking))


def three_at_most(ranking):
    return by_two_loops(ranking[:3])


def draw(rng: np.random.Generator) -> list[Case]:
    words = ["moss", "ink", "tin", "oak", "fog", "elk", "jam"]

    def some(count: int) -> list[str]:
        while True:
            chosen = rng.permutation(words)[:count].tolist()
            if count < 3 or chosen != sorted(chosen):
                return chosen

    return [
        Case((some(4),), "value"),
        Case((some(5),), "value"),
        Case(([*rng.permutation(9)[:6].tolist(), 11, 3 + 20],), "numbers"),
        Case((sorted(some(2), reverse=True),), "two"),
        Case((some(1),), "one"),
    ]


RANKING: Check = Check(
    exercise="rlhf.ranking_to_pairs",
    properties={
        "value": "gives every pair (better, worse) of a ranking, once",
        "numbers": "does so for replies that are numbers",
        "two": "gives one pair for two replies",
        "one": "gives no pair for one reply",
    },
    cases=draw,
    ask=ask_pairs,
    agree=agree_pairs,
    expect=right_pairs,
    accepts=[by_two_loops, from_the_end, as_generator],
    misconceptions=[
        Misconception(
            "worse first",
            swapped,
            "The worse reply comes first in each pair. The ranking goes from best to worst, the pairs "
            "are (better, worse).",
        ),
        Misconception(
            "only neighbours",
            neighbours,
            "Only neighbours in the ranking are compared. The first is better than the third, too: K "
            "replies give K(K − 1)/2 pairs.",
        ),
        Misconception(
            "only the best",
            best_against_all,
            "Only pairs with the best reply are there. The others are ranked among themselves, too.",
        ),
        Misconception(
            "only the worst",
            all_against_worst,
            "Only pairs with the worst reply are there. The others are ranked among themselves, too.",
        ),
        Misconception(
            "both ways",
            both_ways,
            "Each pair is there twice, once the wrong way round. Keep (better, worse).",
        ),
        Misconception(
            "each paired with itself",
            with_themselves,
            "Replies are compared with themselves. Nothing is better than itself.",
        ),
        Misconception(
            "everything with everything",
            everything,
            "All pairs are there, in both orders and of each reply with itself. Keep (better, worse).",
        ),
        Misconception(
            "two by two",
            two_by_two,
            "The first is compared with the second, the third with the fourth, and that is all. Compare "
            "each with all that are worse.",
        ),
        Misconception(
            "places for replies",
            places,
            "These are places in the ranking. Return the replies that stand there.",
        ),
        Misconception(
            "sorted",
            sorted_first,
            "The replies were sorted. Their order *is* the ranking: leave it.",
        ),
        Misconception(
            "the first three",
            three_at_most,
            "Only the first three replies are compared. A ranking may be of any length.",
        ),
    ],
)
