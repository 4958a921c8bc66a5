"""Unit 03's test of right and wrong counters, on counters made of nltk's windows.

That it also judges the candidates of the check is tested where the checks are.
"""

from __future__ import annotations

from collections import Counter

import pytest
from nltk.util import ngrams

from course_utils.ngrams import count_ngrams, find_the_bug_ngrams
from tests.ngram_oracles import padded_ngrams


def test_the_bug_hunter_accepts_nltks_windows_in_any_order_and_kind_of_dictionary():
    def right(sentences, n):
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for sentence in reversed(padded_ngrams(sentences, n)):
            for *context, word in sentence:
                counts.setdefault(tuple(context), Counter())[word] += 1
        return counts

    assert not find_the_bug_ngrams(right)


def windows_of(pad, *, n_off: int = 0):
    def wrong(sentences, n):
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for sentence in pad(sentences, n):
            for *context, word in ngrams(sentence, n + n_off):
                counts.setdefault(tuple(context), Counter())[word] += 1
        return counts

    return wrong


WRONG = {
    "no end": windows_of(lambda s, n: [["<s>"] * (n - 1) + x for x in s]),
    "one start": windows_of(lambda s, n: [["<s>"] * (n > 1) + x + ["</s>"] for x in s]),
    "no start": windows_of(lambda s, n: [[*x, "</s>"] for x in s]),
    "n starts": windows_of(lambda s, n: [["<s>"] * n + x + ["</s>"] for x in s]),
    "n − 1 ends": windows_of(lambda s, n: [["<s>"] * (n - 1) + x + ["</s>"] * (n - 1) for x in s]),
    "one long text": windows_of(
        lambda s, n: [["<s>"] * (n - 1) + [w for x in s for w in (*x, "</s>")]]
    ),
    "no empty sentences": windows_of(
        lambda s, n: [["<s>"] * (n - 1) + x + ["</s>"] for x in s if x]
    ),
    "sentences once": windows_of(
        lambda s, n: [["<s>"] * (n - 1) + list(x) + ["</s>"] for x in {*map(tuple, s)}]
    ),
    "contexts of n words": windows_of(
        lambda s, n: [["<s>"] * n + x + ["</s>"] for x in s], n_off=1
    ),
    "lower case": windows_of(
        lambda s, n: [["<s>"] * (n - 1) + [w.lower() for w in x] + ["</s>"] for x in s]
    ),
    "nothing": lambda sentences, n: {},
    "not a dictionary": lambda sentences, n: None,
    "raises": lambda sentences, n: 1 / 0,
    "empty rows": lambda sentences, n: {**count_ngrams(sentences, n), ("never",) * (n - 1): {}},
    "changes its sentences": lambda s, n: [count_ngrams(s, n), [x.append("</s>") for x in s]][0],
}


@pytest.mark.parametrize("name", WRONG)
def test_the_bug_hunter_finds(name):
    assert find_the_bug_ngrams(WRONG[name])
