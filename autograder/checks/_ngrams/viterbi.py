"""ngrams.viterbi_decode: the best sentence, all of its words judged together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import loaded, some_words, table_code, telling_cases
from autograder.checks._ngrams.viterbi_versions import (
    INF,
    always_first,
    backwards,
    bigram_swapped,
    bigrams_only,
    by_recursion,
    by_table,
    channel_only,
    channel_swapped,
    decode,
    end_returned,
    greedy,
    greedy_from_the_end,
    no_end,
    no_start,
    no_words_fail,
    none_if_impossible,
    not_traced_back,
    observed_before,
    observed_kept,
    one_way_for_each_score,
    place_skipped,
    score_returned,
    start_returned,
    underflows,
    worst,
)
from course_utils.ngrams import viterbi_decode
from course_utils.plain import Code


def agree_sentence(args, expected, answer):
    """How much worse than the best sentence, in tolerances; ties are as good as the reference's."""
    from itertools import pairwise

    observed, candidates, channel, bigram = args
    channel, bigram = channel.load(), bigram.load()

    def score(words):
        spaced = ["<s>", *words, "</s>"]
        total = sum(bigram(v, w) for v, w in pairwise(spaced))
        return total + sum(channel(x, w) for x, w in zip(observed, words, strict=True))

    if answer is None:
        return "it returned None (was a `return` forgotten?)"
    if not isinstance(answer, list | tuple):
        return "expected a list of words, got something else"
    if len(answer) != len(observed):
        return f"expected {len(observed)} words, got {len(answer)}"
    if any(word not in options for word, options in zip(answer, candidates, strict=True)):
        return "some word is not among the candidates of its place"
    best, given = score(expected), score(answer)
    return 0.0 if best == given else (best - given) / (1e-5 * (1 + abs(best)))


def draw(rng: np.random.Generator) -> list[Case]:
    def eighths(low: float, high: float) -> float:
        return float(rng.integers(round(8 * low), round(8 * high))) / 8

    def coarse(low: float, high: float) -> float:
        """One of two numbers, so that many ways are equally good."""
        return float(rng.choice([low, high])) / 2

    def case(
        shows: str,
        sizes: list[int],
        share: float = 1.0,
        default: float = -12.0,
        value: Callable[[float, float], float] = eighths,
    ) -> Case:
        """Tables of both directions; a bigram outside the share has the default."""
        words = some_words(rng, 6)
        candidates = [[words[i] for i in rng.permutation(6)[:size]] for size in sizes]
        strange = [
            options[0][1:] + str(t) if options else "?" for t, options in enumerate(candidates)
        ]
        observed = [x if rng.random() < 0.7 else words[rng.integers(6)] for x in strange]
        pairs = {(x, w) for x, options in zip(observed, candidates, strict=True) for w in options}
        channel = {pair: value(-4, 0) for a, b in sorted(pairs) for pair in ((a, b), (b, a))}
        spaced = [["<s>"], *candidates, ["</s>"]]
        steps = {(v, w) for a, b in pairwise(spaced) for v in a for w in b}
        kept = [step for step in sorted(steps) if rng.random() < share]
        bigram = {pair: value(-6, 0) for v, w in kept for pair in ((v, w), (w, v))}
        functions = (
            table_code("channel_log_prob", "observed, intended", channel, default),
            table_code("bigram_log_prob", "previous, word", bigram, default),
        )
        return Case((observed, candidates, *functions), shows)

    def long(length: int) -> Case:
        """So many words that only O(T · C²) comes to an end; the tables are a formula."""
        words = ["".join(rng.choice(list("abcdefgh"), 4)) for _ in range(40)]
        sizes = rng.integers(3, 7, size=length)
        candidates = [[words[i] for i in rng.permutation(40)[:size]] for size in sizes]
        observed = [words[rng.integers(40)] for _ in range(length)]
        functions = (
            formula("channel_log_prob", "observed", "intended", int(rng.integers(10**6))),
            formula("bigram_log_prob", "previous", "word", int(rng.integers(10**6))),
        )
        return Case((observed, candidates, *functions), "long")

    def impossible(sizes: list[int]) -> Case:
        """Few bigrams are possible, but some sentence is."""
        while True:
            drawn = case("impossible", sizes, 0.4, -INF)
            if none_if_impossible(*map(loaded, drawn.args)):
                return drawn

    return [
        case("value", [3, 2, 3, 2]),
        case("value", [2, 3, 4, 2, 3]),
        case("value", [3, 3, 3]),
        case("value", [3, 4, 3, 4, 3], value=coarse),
        case("ends", [2, 1, 1, 3]),
        case("ends", [3, 1, 3]),
        case("ends", [4]),
        long(200),
        impossible([3, 4, 3, 3]),
        case("impossible", [2, 2, 3], 0.0, -INF),
        case("empty", [2, 3, 0, 2]),
        case("no words", []),
    ]


def formula(name: str, first: str, second: str, seed: int) -> Code:
    """Log probabilities between −13 and −3 that look random and need no table."""
    return Code(
        f"from zlib import crc32\n\ndef {name}({first}, {second}):\n"
        f'    number = crc32(f"{seed} {{{first}}} {{{second}}}".encode())\n'
        f"    return -3 - number % 1000 / 100\n",
        name,
    )


def expected(observed, candidates, channel_log_prob, bigram_log_prob):
    return viterbi_decode(observed, candidates, loaded(channel_log_prob), loaded(bigram_log_prob))


VITERBI: Check = Check(
    exercise="ngrams.viterbi_decode",
    properties={
        "value": "gives the sentence with the largest sum of channel and bigram log probabilities",
        "ends": "counts the bigrams that begin with <s> and end with </s>",
        "long": "decodes 200 words, in well under ten seconds",
        "impossible": "copes with −inf, also when every sentence is impossible",
        "empty": "raises ValueError when a position has no candidates",
        "no words": "gives [] for no observed words",
    },
    cases=telling_cases(lambda: VITERBI, draw),
    agree=agree_sentence,
    expect=expected,
    accepts=[by_table, by_recursion, decode],
    misconceptions=[
        Misconception(
            "greedy",
            greedy,
            "Each word is chosen as soon as it is reached. A word that looks best now may leave nothing "
            "good to come after it. Keep the best way to every candidate, and decide at the end.",
        ),
        Misconception(
            "greedy from the end",
            greedy_from_the_end,
            "The words are chosen one by one from the last to the first. Keep the best way to every "
            "candidate, and decide only when all is seen.",
        ),
        Misconception(
            "channel only",
            channel_only,
            "Only the channel decides, word by word. Add the bigrams: what stands before and after "
            "tells which word was meant.",
        ),
        Misconception(
            "observed word as previous",
            observed_before,
            "The bigrams look back at the observed word. What stands before is a candidate, and which "
            "one is what you are looking for.",
        ),
        Misconception(
            "every word as if first",
            always_first,
            "Every word is judged as if <s> stood before it. Look back at the candidates before.",
        ),
        Misconception(
            "bigrams only",
            bigrams_only,
            "The channel is left out, so the observed words play no part. Add channel_log_prob(observed, "
            "candidate) at every position.",
        ),
        Misconception(
            "channel turned round",
            channel_swapped,
            "The channel gets its arguments in the wrong order. It is channel_log_prob(observed, "
            "intended).",
        ),
        Misconception(
            "bigram turned round",
            bigram_swapped,
            "The bigram gets its arguments in the wrong order. It is bigram_log_prob(previous, word).",
        ),
        Misconception(
            "no start",
            no_start,
            "The first word's bigram is missing: bigram_log_prob('<s>', first).",
        ),
        Misconception(
            "no end",
            no_end,
            "The last bigram is missing: bigram_log_prob(last, '</s>') decides with which word the "
            "sentence ends.",
        ),
        Misconception(
            "not traced back",
            not_traced_back,
            "At each position this takes the candidate that was reached best. Those need not belong to "
            "one sentence. Remember for each candidate where its best way came from; then go back from "
            "the best end.",
        ),
        Misconception(
            "one way for each score",
            one_way_for_each_score,
            "Ways are kept by their scores, so that of two equally good ones one is lost, and it may go on "
            "better. Keep one for each candidate.",
        ),
        Misconception(
            "worst sentence",
            worst,
            "This is the worst sentence. Log probabilities are negative, and the best is the largest.",
        ),
        Misconception(
            "back to front",
            backwards,
            "The sentence is back to front: it was traced from its end. Reverse it.",
        ),
        Misconception(
            "start returned",
            start_returned,
            "The sentence begins with <s>. Return one word for each observed word.",
        ),
        Misconception(
            "end returned",
            end_returned,
            "The sentence ends with </s>. Return one word for each observed word.",
        ),
        Misconception(
            "score for sentence",
            score_returned,
            "This is the best score. Return the sentence that has it.",
        ),
        Misconception(
            "product underflows",
            underflows,
            "The probabilities are multiplied. For long sentences all products are 0 and all ways look "
            "alike. Add up logarithms.",
        ),
        Misconception(
            "None when all are impossible",
            none_if_impossible,
            "When every sentence has −inf, None comes back. All are equally good then: return any.",
        ),
        Misconception(
            "position skipped",
            place_skipped,
            "A position without candidates is left out, and the sentence is too short. Raise ValueError.",
        ),
        Misconception(
            "observed word kept",
            observed_kept,
            "Where there are no candidates, the observed word is kept. The caller is to decide that: "
            "raise ValueError.",
        ),
        Misconception(
            "no words fail",
            no_words_fail,
            "candidates[0] raises IndexError when there are no words at all. The best sentence of no "
            "words is [].",
        ),
    ],
)
