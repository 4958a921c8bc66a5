"""Versions of noisy_channel_decode, wrong and right ones."""

from __future__ import annotations

import math

import numpy as np

from course_utils.ngrams import noisy_channel_decode

INF = math.inf


def _best(score):
    """The first candidate with the largest score."""

    def version(observed, candidates, channel, language):
        if len(candidates) == 0:
            raise ValueError("no candidates")
        return max(candidates, key=lambda word: score(observed, word, channel, language))

    return version


def _total(observed, word, channel, language):
    return channel(observed, word) + language(word)


channel_only = _best(lambda x, y, channel, language: channel(x, y))


language_only = _best(lambda x, y, channel, language: language(y))


channel_swapped = _best(lambda x, y, channel, language: channel(y, x) + language(y))


language_of_observed = _best(lambda x, y, channel, language: channel(x, y) + language(x))


probabilities_added = _best(
    lambda x, y, channel, language: math.exp(channel(x, y)) + math.exp(language(y))
)


logs_multiplied = _best(
    lambda x, y, channel, language: max(channel(x, y), -1e9) * max(language(y), -1e9)
)


subtracted = _best(lambda x, y, channel, language: channel(x, y) - max(language(y), -1e9))


larger_of_two = _best(lambda x, y, channel, language: max(channel(x, y), language(y)))


underflows = _best(lambda x, y, channel, language: math.exp(channel(x, y)) * math.exp(language(y)))


least_probable = _best(lambda *args: -_total(*args))


by_name = _best(lambda x, y, channel, language: (_total(x, y, channel, language), y))


def last_of_equals(observed, candidates, channel, language):
    return noisy_channel_decode(observed, candidates[::-1], channel, language)


def sorted_first(observed, candidates, channel, language):
    return noisy_channel_decode(observed, sorted(candidates), channel, language)


def _scan(start):
    def version(observed, candidates, channel, language):
        if not candidates:
            raise ValueError("no candidates")
        best, best_score = None, start
        for word in candidates:
            score = _total(observed, word, channel, language)
            if score > best_score:
                best, best_score = word, score
        return best

    return version


none_if_impossible = _scan(-INF)


starts_at_zero = _scan(0.0)


starts_too_high = _scan(-1000.0)


def score_returned(observed, candidates, channel, language):
    best = noisy_channel_decode(observed, candidates, channel, language)
    return _total(observed, best, channel, language)


def place_returned(observed, candidates, channel, language):
    return candidates.index(noisy_channel_decode(observed, candidates, channel, language))


def observed_if_nothing(observed, candidates, channel, language):
    if not candidates:
        return observed
    return noisy_channel_decode(observed, candidates, channel, language)


def index_error(observed, candidates, channel, language):
    first = candidates[0]
    return noisy_channel_decode(observed, [first, *candidates[1:]], channel, language)


def observed_if_candidate(observed, candidates, channel, language):
    if observed in candidates:
        return observed
    return noisy_channel_decode(observed, candidates, channel, language)


def by_numpy(observed, candidates, channel, language):
    if len(candidates) < 1:
        raise ValueError(observed)
    scores = [channel(observed, word) + language(word) for word in candidates]
    return np.array(candidates)[np.argmax(scores)]


def by_loop(observed, candidates, channel, language):
    if candidates == []:
        raise ValueError("nothing to choose from")
    best = candidates[0]
    for word in candidates[1:]:
        score = language(word) + channel(observed, word)
        if score > language(best) + channel(observed, best):
            best = word
    return best


def by_sorting(observed, candidates, channel, language):
    ranked = sorted(candidates, key=lambda word: -_total(observed, word, channel, language))
    if not ranked:
        raise ValueError("no candidates")
    return ranked[0]
