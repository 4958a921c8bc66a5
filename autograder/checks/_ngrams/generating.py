"""ngrams.generate: words drawn one after the other, until the sentence or the numbers end."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import (
    draw_until,
    some_sentences,
    some_words,
    telling_cases,
)
from autograder.checks._ngrams.generating_versions import (
    all_alike,
    begins_again,
    by_whole_numbers,
    counts_for_probabilities,
    end_returned,
    ends_ignored,
    first_number_lost,
    minus_zero,
    most_probable,
    needs_an_end,
    one_start,
    one_text,
    recursively,
    same_number,
    sorted_by_name,
    starts_returned,
    stuck_at_start,
    unfinished_dropped,
    whole_history,
)
from course_utils.ngrams import count_ngrams, generate


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 6)

    def model(n: int) -> dict:
        return count_ngrams(some_sentences(rng, (7, 9, 5, 8, 6), words), n)

    def numbers(counts: dict, size: int) -> np.ndarray:
        """Uniform numbers that no rounding takes over a boundary of any row."""
        totals = np.array([sum(row.values()) for row in counts.values()])

        def clear(u: float) -> bool:
            return bool(np.abs(u * totals - np.round(u * totals)).min() > 1e-4)

        return np.array(
            [draw_until(lambda: round(float(rng.random()), 6), clear) for _ in range(size)]
        )

    def case(shows: str, n: int, least: int, spare: int) -> Case:
        """A sentence of at least so many words; `spare` numbers are left over, or its last are cut."""

        def attempt() -> tuple:
            counts = model(n)
            return counts, n, numbers(counts, 30)

        def long_enough(args: tuple) -> bool:
            return least <= len(generate(*args)) < 20

        counts, n, uniforms = draw_until(attempt, long_enough)
        size = len(generate(counts, n, uniforms)) + 1 + spare
        return Case((counts, n, uniforms[:size]), shows)

    counts = model(2)
    drawn = [
        case("value", 2, 4, 3),
        case("value", 3, 3, 2),
        case("value", 2, 6, 5),
        case("unigrams", 1, 3, 4),
        case("long", 4, 3, 1),
        case("last", 2, 3, 0),
        case("runs out", 2, 5, -2),
        case("runs out", 3, 4, -1),
        Case((counts, 2, []), "runs out"),
    ]
    as_list = drawn[1].args
    drawn[1] = Case((*as_list[:2], as_list[2].tolist()), "value")
    return drawn


GENERATE: Check = Check(
    exercise="ngrams.generate",
    properties={
        "value": "draws each word given the n − 1 before it, and stops at </s>",
        "unigrams": "draws from the only row of a unigram model",
        "long": "begins with n − 1 times <s>",
        "last": "spends the last number on </s>",
        "runs out": "stops when the numbers run out, and gives the words so far",
    },
    cases=telling_cases(lambda: GENERATE, draw),
    expect=generate,
    accepts=[by_whole_numbers, recursively],
    misconceptions=[
        Misconception(
            "end returned",
            end_returned,
            "The </s> is among the words. It is the signal to stop, not a word of the sentence.",
        ),
        Misconception(
            "starts returned",
            starts_returned,
            "The <s> are among the words. They are the first context; return only what was drawn.",
        ),
        Misconception(
            "begins again",
            begins_again,
            "After </s> this goes on with a second sentence. Stop there, and leave the other numbers.",
        ),
        Misconception(
            "end ignored",
            ends_ignored,
            "When </s> is drawn, it is dropped and the drawing goes on. </s> means: stop.",
        ),
        Misconception(
            "argmax for sampling",
            most_probable,
            "Always the most frequent word comes next, whatever the numbers are. Then the model says "
            "one sentence for ever. Use sample_word with the next number.",
        ),
        Misconception(
            "counts for probabilities",
            counts_for_probabilities,
            "u is held against counts. A count is at least 1, so the first word always wins. Divide "
            "each count by the sum of its row.",
        ),
        Misconception(
            "all words alike",
            all_alike,
            "Every word that was ever seen after the context has the same chance here. Let a word that "
            "followed three times have three times the chance.",
        ),
        Misconception(
            "row sorted",
            sorted_by_name,
            "The row was sorted before the draw. Take its words in the order of the dict.",
        ),
        Misconception(
            "the same number again",
            same_number,
            "Every draw uses the first number. Take the next number for each draw.",
        ),
        Misconception(
            "first number lost",
            first_number_lost,
            "The first number is never used. It is there for the first word; <s> is not drawn.",
        ),
        Misconception(
            "context never moves",
            stuck_at_start,
            "Every word is drawn as if it were the first. After each draw, move the context on: drop "
            "its first word, append the new one.",
        ),
        Misconception(
            "one start for any n",
            one_start,
            "The first context is one <s> whatever n is. A model of order n looks at n − 1 words, so "
            "begin with n − 1 times <s>.",
        ),
        Misconception(
            "whole history as context",
            whole_history,
            "The context grows with every word, and soon no row has it. Keep only the last n − 1 words.",
        ),
        Misconception(
            "slice of −0",
            minus_zero,
            "words[-(n - 1):] is words[-0:] for n = 1, and that is the whole list, not an empty one. "
            "Try (*context, word)[1:], which works for every n.",
        ),
        Misconception(
            "IndexError when the numbers run out",
            needs_an_end,
            "This asks for another number when there is none left. Go over the numbers in a for loop: "
            "the sentence may end before its </s>.",
        ),
        Misconception(
            "unfinished sentence dropped",
            unfinished_dropped,
            "When the numbers run out before </s>, nothing comes back. Return the words so far.",
        ),
        Misconception(
            "text for list",
            one_text,
            "This is one text. Return the list of words; ' '.join makes a text of it where you need one.",
        ),
    ],
)
