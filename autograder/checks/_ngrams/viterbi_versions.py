"""Versions of viterbi_decode, wrong and right ones."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

INF = math.inf


def decode(observed, candidates, channel, bigram, *, start=True, end=True, pick=max):
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
    return decode(observed, candidates, lambda x, w: 0.0, bigram)


def channel_swapped(observed, candidates, channel, bigram):
    return decode(observed, candidates, lambda x, w: channel(w, x), bigram)


def bigram_swapped(observed, candidates, channel, bigram):
    return decode(observed, candidates, channel, lambda v, w: bigram(w, v))


def no_start(observed, candidates, channel, bigram):
    return decode(observed, candidates, channel, bigram, start=False)


def no_end(observed, candidates, channel, bigram):
    return decode(observed, candidates, channel, bigram, end=False)


def worst(observed, candidates, channel, bigram):
    return decode(observed, candidates, channel, bigram, pick=min)


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


def one_way_for_each_score(observed, candidates, channel, bigram):
    """A dict from scores to ways: of equal ones only the last is kept."""
    if not all(candidates):
        raise ValueError("a position without candidates")
    ways = {0.0: ("<s>",)}
    for x, options in zip(observed, candidates, strict=True):
        longer = {}
        for w in options:
            score = max(ways, key=lambda s, w=w: s + bigram(ways[s][-1], w))
            way = ways[score]
            longer[score + bigram(way[-1], w) + channel(x, w)] = (*way, w)
        ways = longer
    return list(ways[max(ways, key=lambda s: s + bigram(ways[s][-1], "</s>"))][1:])


def backwards(observed, candidates, channel, bigram):
    return decode(observed, candidates, channel, bigram)[::-1]


def start_returned(observed, candidates, channel, bigram):
    return ["<s>", *decode(observed, candidates, channel, bigram)]


def end_returned(observed, candidates, channel, bigram):
    return [*decode(observed, candidates, channel, bigram), "</s>"]


def score_returned(observed, candidates, channel, bigram):
    words = ["<s>", *decode(observed, candidates, channel, bigram), "</s>"]
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
    words = decode(observed, candidates, channel, bigram)
    spaced = ["<s>", *words, "</s>"]
    total = sum(bigram(v, w) for v, w in pairwise(spaced))
    total += sum(channel(x, w) for x, w in zip(observed, words, strict=True))
    return words if total > -INF else None


def place_skipped(observed, candidates, channel, bigram):
    pairs = [(x, options) for x, options in zip(observed, candidates, strict=True) if options]
    return decode([x for x, _ in pairs], [options for _, options in pairs], channel, bigram)


def observed_kept(observed, candidates, channel, bigram):
    options = [options or [x] for x, options in zip(observed, candidates, strict=True)]
    return decode(observed, options, channel, bigram)


def no_words_fail(observed, candidates, channel, bigram):
    if not candidates[0]:
        raise ValueError("a position without candidates")
    return decode(observed, candidates, channel, bigram)


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
