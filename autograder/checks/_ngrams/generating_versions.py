"""Versions of generate, wrong and right ones."""

from __future__ import annotations

import bisect
from itertools import accumulate

import numpy as np

from course_utils.ngrams import generate, sample_word


def _roll(row, u):
    total = sum(row.values())
    return sample_word({word: count / total for word, count in row.items()}, u)


def _last(history, n):
    return tuple(history[len(history) - (n - 1) :])


def _walk(counts, n, uniforms, *, roll=_roll, context_of=_last, starts=None):
    """Generate with one part exchanged: the die, the context, the number of `<s>`."""
    starts = n - 1 if starts is None else starts
    history = ["<s>"] * starts
    for u in uniforms:
        word = roll(counts[context_of(history, n)], u)
        if word == "</s>":
            break
        history.append(word)
    return history[starts:]


def end_returned(counts, n, uniforms):
    words = generate(counts, n, uniforms)
    return [*words, "</s>"] if len(words) < len(uniforms) else words


def starts_returned(counts, n, uniforms):
    return ["<s>"] * (n - 1) + generate(counts, n, uniforms)


def begins_again(counts, n, uniforms):
    words, used = [], 0
    while used < len(uniforms):
        sentence = generate(counts, n, uniforms[used:])
        words += sentence
        used += len(sentence) + 1
    return words


def ends_ignored(counts, n, uniforms):
    words: list = []
    context = ("<s>",) * (n - 1)
    for u in uniforms:
        word = _roll(counts[context], u)
        if word != "</s>":
            words.append(word)
            context = (*context, word)[1:]
    return words


def most_probable(counts, n, uniforms):
    return _walk(counts, n, uniforms, roll=lambda row, u: max(row, key=row.get))


def counts_for_probabilities(counts, n, uniforms):
    return _walk(counts, n, uniforms, roll=sample_word)


def all_alike(counts, n, uniforms):
    return _walk(counts, n, uniforms, roll=lambda row, u: list(row)[int(u * len(row))])


def sorted_by_name(counts, n, uniforms):
    return _walk(counts, n, uniforms, roll=lambda row, u: _roll(dict(sorted(row.items())), u))


def same_number(counts, n, uniforms):
    return generate(counts, n, [uniforms[0]] * len(uniforms)) if len(uniforms) else []


def first_number_lost(counts, n, uniforms):
    return generate(counts, n, uniforms[1:])


def stuck_at_start(counts, n, uniforms):
    return _walk(counts, n, uniforms, context_of=lambda history, n: ("<s>",) * (n - 1))


def one_start(counts, n, uniforms):
    return _walk(counts, n, uniforms, starts=min(1, n - 1))


def whole_history(counts, n, uniforms):
    return _walk(counts, n, uniforms, context_of=lambda history, n: tuple(history))


def minus_zero(counts, n, uniforms):
    return _walk(counts, n, uniforms, context_of=lambda h, n: tuple(h[-(n - 1) :]))


def needs_an_end(counts, n, uniforms):
    words = generate(counts, n, uniforms)
    if len(words) == len(uniforms):
        return [*words, uniforms[len(words)]]  # IndexError
    return words


def unfinished_dropped(counts, n, uniforms):
    words = generate(counts, n, uniforms)
    return words if len(words) < len(uniforms) else []


def one_text(counts, n, uniforms):
    return " ".join(generate(counts, n, uniforms))


def by_whole_numbers(counts, n, uniforms):
    """Holds u times the total against sums of counts."""
    history = ("<s>",) * (n - 1)
    for u in uniforms:
        row = counts[history[len(history) - n + 1 :]]
        sums = list(accumulate(row.values()))
        history += (list(row)[bisect.bisect_right(sums, u * sums[-1])],)
        if history[-1] == "</s>":
            break
    return tuple(word for word in history if word not in ("<s>", "</s>"))


def recursively(counts, n, uniforms, context=None):
    context = ("<s>",) * (n - 1) if context is None else context
    if len(uniforms) == 0:
        return []
    totals = np.cumsum(list(counts[context].values()))
    place = np.searchsorted(totals / totals[-1], uniforms[0], side="right")
    word = list(counts[context])[min(place, len(totals) - 1)]
    if word == "</s>":
        return []
    return [word, *recursively(counts, n, uniforms[1:], (*context, word)[1:])]
