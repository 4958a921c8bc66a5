"""A test that tells right implementations of `count_ngrams` from wrong ones.

It counts again in the slowest way there is, by looking at every position of every padded sentence,
and compares. What makes it sharp is the choice of the sentences.

Leaves out: the order of the answer, and what a candidate does with illegal input.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

_CORPORA: tuple[list[list[str]], ...] = (
    [["a", "b", "a", "b", "c"], ["b", "a"], ["c"]],  # sentence ends, repeats
    [["a"], [], ["a"]],  # an empty sentence
    [["x", "x", "x", "x"]],  # overlaps
    [["the", "cows", "eat"], ["cows", "eat", "the", "corn"], ["eat"]],
    [["A", "a", ".", "1"]],  # case, punctuation
    [],
)


def find_the_bug_ngrams(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `count_ngrams`.

    Wrong is: other contexts, words or counts; changed arguments; an exception.

    Args:
        candidate: called as candidate(sentences, n).

    >>> find_the_bug_ngrams(lambda sentences, n: {})
    True
    """
    return any(_is_wrong_on(candidate, corpus, n) for corpus in _CORPORA for n in (1, 2, 3, 5))


def _is_wrong_on(candidate: Callable[..., Any], corpus: list[list[str]], n: int) -> bool:
    handed_over = copy.deepcopy(corpus)
    try:
        answer = candidate(handed_over, n)
        flat = Counter(
            {
                (*context, word): count
                for context, row in answer.items()
                for word, count in row.items()
            }
        )
    except Exception:  # whatever it is, a right candidate does not raise it
        return True
    empty = any(not row for row in answer.values())
    return empty or handed_over != corpus or dict(flat) != _by_position(corpus, n)


def _by_position(corpus: list[list[str]], n: int) -> dict[tuple[str, ...], int]:
    windows: Counter[tuple[str, ...]] = Counter()
    for sentence in corpus:
        padded = ["<s>"] * (n - 1) + sentence + ["</s>"]
        windows.update(tuple(padded[i : i + n]) for i in range(len(padded) - n + 1))
    return dict(windows)
