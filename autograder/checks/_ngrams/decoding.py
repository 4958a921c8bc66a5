"""ngrams.noisy_channel_decode: what was probably meant, given what arrived."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.decoding_versions import (
    INF,
    by_loop,
    by_name,
    by_numpy,
    by_sorting,
    channel_only,
    channel_swapped,
    index_error,
    language_of_observed,
    language_only,
    larger_of_two,
    last_of_equals,
    least_probable,
    logs_multiplied,
    none_if_impossible,
    observed_if_candidate,
    observed_if_nothing,
    place_returned,
    probabilities_added,
    score_returned,
    sorted_first,
    starts_at_zero,
    starts_too_high,
    subtracted,
    underflows,
)
from autograder.checks._ngrams.drawing import loaded, some_words, table_code, telling_cases
from course_utils.ngrams import noisy_channel_decode


def draw(rng: np.random.Generator) -> list[Case]:
    def eighths(low: float, high: float) -> float:
        """A log probability whose sums are exact, so that ties are ties."""
        return float(rng.integers(round(8 * low), round(8 * high))) / 8

    def case(
        shows: str,
        size: int,
        *,
        shift: float = 0.0,
        known: bool = False,
        impossible: Sequence[int] = (),
    ) -> Case:
        """Tables for both directions of the channel, and for the observed word as well."""
        words = some_words(rng, size + 1)
        observed = words[0][1] + words[0][0] + words[0][2:]  # a slip, and no word
        candidates = words[1:]
        if known:
            candidates[int(rng.integers(size))] = observed
        channel = {(observed, w): eighths(-9, -0.5) + shift for w in candidates}
        channel |= {(w, observed): eighths(-9, -0.5) + shift for w in candidates if w != observed}
        language = {w: eighths(-9, -0.5) + shift for w in [*candidates, observed]}
        channel |= {(observed, candidates[i]): -INF for i in impossible[::2]}
        language |= {candidates[i]: -INF for i in impossible[1::2]}
        return packed(shows, observed, candidates, channel, language)

    def packed(
        shows: str, observed: str, candidates: list[str], channel: dict, language: dict
    ) -> Case:
        functions = (
            table_code("channel_log_prob", "observed, intended", channel),
            table_code("language_log_prob", "word", language),
        )
        return Case((observed, candidates, *functions), shows)

    def tie(up: bool) -> Case:
        """Two best candidates, the first of them the later or the earlier in the alphabet."""
        words = some_words(rng, 5)
        candidates = words[1:]
        first, second = sorted(candidates[1:3], reverse=not up)
        candidates[1:3] = [first, second]
        observed = words[0][1:]
        channel = {(observed, w): eighths(-9, -5) for w in candidates}
        language = {w: eighths(-9, -5) for w in candidates}
        c, p = eighths(-2, -1), eighths(-4, -3)
        if up:  # the channel speaks for the one, the language model for the other
            c, p = p, c
        channel |= {(observed, first): c, (observed, second): p}
        language |= {first: p, second: c}
        return packed("ties", observed, candidates, channel, language)

    words = some_words(rng, 4)
    nothing = packed("none", words[0], [], {}, {words[0]: -2.5})
    never = {(words[0], w): -INF for w in words[1:]}
    lost = packed("impossible", words[0], words[1:], never, {w: eighths(-5, -1) for w in words})
    return [
        case("value", 5),
        case("value", 7),
        case("value", 6, known=True),
        case("value", 4),
        tie(True),
        tie(False),
        case("small", 5, shift=-900.0),
        case("impossible", 5, impossible=(0, 3)),
        lost,
        nothing,
    ]


def expected(observed, candidates, channel_log_prob, language_log_prob):
    return noisy_channel_decode(
        observed, candidates, loaded(channel_log_prob), loaded(language_log_prob)
    )


NOISY_CHANNEL: Check = Check(
    exercise="ngrams.noisy_channel_decode",
    properties={
        "value": "gives the candidate with the largest channel plus language log probability",
        "ties": "gives the first of several best candidates",
        "small": "survives probabilities that are too small for a float",
        "impossible": "copes with −inf, and gives the first candidate when all are impossible",
        "none": "raises ValueError when there are no candidates",
    },
    cases=telling_cases(lambda: NOISY_CHANNEL, draw),
    expect=expected,
    accepts=[by_numpy, by_loop, by_sorting],
    misconceptions=[
        Misconception(
            "channel only",
            channel_only,
            "Only the channel decides: the word that looks most alike wins, however rare it is. Add "
            "the language model's log probability.",
        ),
        Misconception(
            "language only",
            language_only,
            "Only the language model decides: the commonest word wins, whatever was written. Add the "
            "channel's log probability.",
        ),
        Misconception(
            "channel turned round",
            channel_swapped,
            "The channel gets its arguments in the wrong order. It is channel_log_prob(observed, "
            "intended): how probable is what arrived, given what was meant?",
        ),
        Misconception(
            "language model of the observed word",
            language_of_observed,
            "The language model is asked about the observed word, which is the same for all candidates. "
            "Ask it about the candidate.",
        ),
        Misconception(
            "probabilities added",
            probabilities_added,
            "The probabilities are added. They are multiplied, p(x | y) p(y), and so their logarithms "
            "are added: no exp is needed.",
        ),
        Misconception(
            "logarithms multiplied",
            logs_multiplied,
            "The logarithms are multiplied. A product of probabilities is a sum of logarithms.",
        ),
        Misconception(
            "language model subtracted",
            subtracted,
            "The language model is subtracted, so that rare words are preferred. Add it.",
        ),
        Misconception(
            "the larger of the two",
            larger_of_two,
            "Each candidate's score is the larger of its two log probabilities. Take the sum: both must "
            "be good.",
        ),
        Misconception(
            "least probable",
            least_probable,
            "This is the worst candidate. Log probabilities are negative, and the best is the largest.",
        ),
        Misconception(
            "product underflows",
            underflows,
            "exp of the log probabilities is 0 when they are small, and then all candidates look alike. "
            "Stay with the sum of logarithms.",
        ),
        Misconception(
            "last of equals",
            last_of_equals,
            "Of several best candidates this gives the last. The first one wins: compare with >, not >=.",
        ),
        Misconception(
            "ties by the alphabet",
            by_name,
            "Of several best candidates this gives the last in the alphabet (max of pairs compares the "
            "words, too). The first in the list wins: max(candidates, key=…).",
        ),
        Misconception(
            "candidates sorted",
            sorted_first,
            "The candidates were sorted first, which changes who wins a tie. Keep their order.",
        ),
        Misconception(
            "None when all are impossible",
            none_if_impossible,
            "When every score is −inf, nothing is larger than the −inf you begin with, and None comes "
            "back. Begin with the first candidate.",
        ),
        Misconception(
            "best score begins at 0",
            starts_at_zero,
            "The best score begins at 0. Log probabilities are negative, so none ever beats it. Begin "
            "with the first candidate.",
        ),
        Misconception(
            "best score begins too high",
            starts_too_high,
            "The best score begins at some low number, but log probabilities can be lower still. Begin "
            "with the first candidate.",
        ),
        Misconception(
            "score for word",
            score_returned,
            "This is the best score. Return the candidate that has it.",
        ),
        Misconception(
            "place for word",
            place_returned,
            "This is the place of the best candidate in the list. Return the candidate itself.",
        ),
        Misconception(
            "observed word when there are no candidates",
            observed_if_nothing,
            "Without candidates the observed word comes back. The caller is to decide that: raise "
            "ValueError.",
        ),
        Misconception(
            "IndexError when there are no candidates",
            index_error,
            "candidates[0] raises IndexError when there are none. Look first, and raise ValueError.",
        ),
        Misconception(
            "observed word preferred",
            observed_if_candidate,
            "The observed word wins whenever it is a candidate. It may be a slip that makes a real "
            "word: let the scores decide.",
        ),
    ],
)
