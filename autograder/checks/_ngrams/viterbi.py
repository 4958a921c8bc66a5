"""ngrams.viterbi_decode: the best sentence, all of its words judged together."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import loaded, some_words, table_code, telling_cases
from course_utils.ngrams import viterbi_decode
from course_utils.plain import Code

INF = math.inf


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


def _decode(observed, candidates, channel, bigram, *, start=True, end=True, pick=max):
    """Viterbi's algorithm, keeping the whole way to each candidate."""
    if not all(candidates):
        raise ValueError("a position without candidates")
    ways = {"<s>": (0.0, ())}
    for t, (x, options) in enumerate(zip(observed, candidates, strict=True)):
        step = bigram if start or t > 0 else (lambda v, w: 0.0)
        ways = {
            w: pick(
                ((s + step(v, w) + channel(x, w), (*way, w)) for v, (s, way) in ways.items()),
                key=lambda pair: pair[0],
            )
            for w in options
        }
    last = bigram if end else (lambda v, w: 0.0)
    return list(pick(ways.items(), key=lambda item: item[1][0] + last(item[0], "</s>"))[1][1])


def greedy(observed, candidates, channel, bigram):
    words = ["<s>"]
    for x, options in zip(observed, candidates, strict=True):
        before = words[-1]
        words.append(max(options, key=lambda w, x=x, v=before: bigram(v, w) + channel(x, w)))
    return words[1:]


def greedy_from_the_end(observed, candidates, channel, bigram):
    words = ["</s>"]
    for x, options in zip(reversed(observed), reversed(candidates), strict=True):
        after = words[-1]
        words.append(max(options, key=lambda w, x=x, v=after: bigram(w, v) + channel(x, w)))
    return words[:0:-1]


def _each_by_itself(score):
    def version(observed, candidates, channel, bigram):
        before = ["<s>", *observed]
        return [
            max(options, key=lambda w, x=x, v=v: score(x, v, w, channel, bigram))
            for x, v, options in zip(observed, before, candidates, strict=False)
        ]

    return version


channel_only = _each_by_itself(lambda x, v, w, channel, bigram: channel(x, w))
observed_before = _each_by_itself(lambda x, v, w, channel, bigram: channel(x, w) + bigram(v, w))
always_first = _each_by_itself(lambda x, v, w, channel, bigram: channel(x, w) + bigram("<s>", w))


def bigrams_only(observed, candidates, channel, bigram):
    return _decode(observed, candidates, lambda x, w: 0.0, bigram)


def channel_swapped(observed, candidates, channel, bigram):
    return _decode(observed, candidates, lambda x, w: channel(w, x), bigram)


def bigram_swapped(observed, candidates, channel, bigram):
    return _decode(observed, candidates, channel, lambda v, w: bigram(w, v))


def no_start(observed, candidates, channel, bigram):
    return _decode(observed, candidates, channel, bigram, start=False)


def no_end(observed, candidates, channel, bigram):
    return _decode(observed, candidates, channel, bigram, end=False)


def worst(observed, candidates, channel, bigram):
    return _decode(observed, candidates, channel, bigram, pick=min)


def not_traced_back(observed, candidates, channel, bigram):
    """At each place the word that is reached best, whether or not the ways meet."""
    if not all(candidates):
        raise ValueError("a position without candidates")
    reached, words = {"<s>": 0.0}, []
    for x, options in zip(observed, candidates, strict=True):
        reached = {
            w: max(s + bigram(v, w) for v, s in reached.items()) + channel(x, w) for w in options
        }
        words.append(max(reached, key=reached.__getitem__))
    return words


def backwards(observed, candidates, channel, bigram):
    return _decode(observed, candidates, channel, bigram)[::-1]


def start_returned(observed, candidates, channel, bigram):
    return ["<s>", *_decode(observed, candidates, channel, bigram)]


def end_returned(observed, candidates, channel, bigram):
    return [*_decode(observed, candidates, channel, bigram), "</s>"]


def score_returned(observed, candidates, channel, bigram):
    words = ["<s>", *_decode(observed, candidates, channel, bigram), "</s>"]
    total = sum(bigram(v, w) for v, w in pairwise(words))
    return total + sum(channel(x, w) for x, w in zip(observed, words[1:], strict=False))


def underflows(observed, candidates, channel, bigram):
    if not all(candidates):
        raise ValueError("a position without candidates")
    ways = {"<s>": (1.0, ())}
    for x, options in zip(observed, candidates, strict=True):
        ways = {
            w: max(
                ((p * math.exp(bigram(v, w) + channel(x, w)), (*way, w)))
                for v, (p, way) in ways.items()
            )
            for w in options
        }
    return list(max((p * math.exp(bigram(w, "</s>")), way) for w, (p, way) in ways.items())[1])


def none_if_impossible(observed, candidates, channel, bigram):
    words = _decode(observed, candidates, channel, bigram)
    spaced = ["<s>", *words, "</s>"]
    total = sum(bigram(v, w) for v, w in pairwise(spaced))
    total += sum(channel(x, w) for x, w in zip(observed, words, strict=True))
    return words if total > -INF else None


def place_skipped(observed, candidates, channel, bigram):
    pairs = [(x, options) for x, options in zip(observed, candidates, strict=True) if options]
    return _decode([x for x, _ in pairs], [options for _, options in pairs], channel, bigram)


def observed_kept(observed, candidates, channel, bigram):
    options = [options or [x] for x, options in zip(observed, candidates, strict=True)]
    return _decode(observed, options, channel, bigram)


def no_words_fail(observed, candidates, channel, bigram):
    if not candidates[0]:
        raise ValueError("a position without candidates")
    return _decode(observed, candidates, channel, bigram)


def by_table(observed, candidates, channel, bigram, dtype=np.float32):
    """The textbook's two tables, of scores and of places to come from."""
    if any(len(options) == 0 for options in candidates):
        raise ValueError("a position without candidates")
    layers = [["<s>"], *candidates, ["</s>"]]
    scores, pointers = np.zeros(1, dtype), []
    for t in range(1, len(layers)):
        steps = np.array([[bigram(v, w) for v in layers[t - 1]] for w in layers[t]], dtype)
        table = scores + steps
        pointers.append(table.argmax(axis=1))
        scores = table.max(axis=1)
        if t <= len(observed):
            scores = scores + np.array([channel(observed[t - 1], w) for w in layers[t]], dtype)
    place, words = 0, []
    for t in range(len(observed), 0, -1):
        place = pointers[t][place]
        words.insert(0, np.str_(layers[t][place]))
    return words


def by_recursion(observed, candidates, channel, bigram):
    """From the end: the best that can still come after a word, the last of equals first."""
    if [] in [list(options) for options in candidates]:
        raise ValueError("a position without candidates")

    @cache
    def best_from(t, before):
        if t == len(observed):
            return bigram(before, "</s>"), ()
        found = None
        for w in candidates[t]:
            score, rest = best_from(t + 1, w)
            score += bigram(before, w) + channel(observed[t], w)
            if found is None or score >= found[0]:
                found = score, (w, rest)
        return found

    words, rest = [], best_from(0, "<s>")[1]
    while rest:
        word, rest = rest
        words.append(word)
    return tuple(words)


def draw(rng: np.random.Generator) -> list[Case]:
    def eighths(low: float, high: float) -> float:
        return float(rng.integers(round(8 * low), round(8 * high))) / 8

    def case(shows: str, sizes: list[int], share: float = 1.0, default: float = -12.0) -> Case:
        """Tables of both directions; a bigram outside the share has the default."""
        words = some_words(rng, 6)
        candidates = [[words[i] for i in rng.permutation(6)[:size]] for size in sizes]
        strange = [
            options[0][1:] + str(t) if options else "?" for t, options in enumerate(candidates)
        ]
        observed = [x if rng.random() < 0.7 else words[rng.integers(6)] for x in strange]
        pairs = {(x, w) for x, options in zip(observed, candidates, strict=True) for w in options}
        channel = {pair: eighths(-4, 0) for a, b in sorted(pairs) for pair in ((a, b), (b, a))}
        spaced = [["<s>"], *candidates, ["</s>"]]
        steps = {(v, w) for a, b in pairwise(spaced) for v in a for w in b}
        kept = [step for step in sorted(steps) if rng.random() < share]
        bigram = {pair: eighths(-6, 0) for v, w in kept for pair in ((v, w), (w, v))}
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
    accepts=[by_table, by_recursion, _decode],
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
