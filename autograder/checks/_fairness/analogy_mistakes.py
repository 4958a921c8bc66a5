"""Mistakes in fairness.analogy, and what is said about them."""

from __future__ import annotations

import numpy as np

from autograder.check import Misconception
from course_utils.fairness import analogy


def similarities(vectors, words, a, b, c):
    """The dot product of every row with b − a + c."""
    i, j, m = (words.index(word) for word in (a, b, c))
    return vectors @ (vectors[j] - vectors[i] + vectors[m])


def best_first(vectors, words, a, b, c):
    return np.argsort(-similarities(vectors, words, a, b, c), kind="stable")


def _named(words, order, left_out, k):
    return [words[i] for i in order if words[i] not in left_out][:k]


def question_included(vectors, words, a, b, c, k):
    return _named(words, best_first(vectors, words, a, b, c), (), k)


def c_included(vectors, words, a, b, c, k):
    return _named(words, best_first(vectors, words, a, b, c), (a, b), k)


def left_out_after_k(vectors, words, a, b, c, k):
    first = best_first(vectors, words, a, b, c)[:k]
    return _named(words, first, (a, b, c), k)


def swapped(vectors, words, a, b, c, k):
    return analogy(vectors, words, b, a, c, k)


def c_subtracted(vectors, words, a, b, c, k):
    return analogy(vectors, words, c, b, a, k)


def all_added(vectors, words, a, b, c, k):
    i, j, m = (words.index(word) for word in (a, b, c))
    order = np.argsort(-(vectors @ (vectors[i] + vectors[j] + vectors[m])), kind="stable")
    return _named(words, order, (a, b, c), k)


def c_forgotten(vectors, words, a, b, c, k):
    i, j = words.index(a), words.index(b)
    words.index(c)
    order = np.argsort(-(vectors @ (vectors[j] - vectors[i])), kind="stable")
    return _named(words, order, (a, b, c), k)


def near_c(vectors, words, a, b, c, k):
    words.index(a), words.index(b)
    order = np.argsort(-(vectors @ vectors[words.index(c)]), kind="stable")
    return _named(words, order, (a, b, c), k)


def worst_first(vectors, words, a, b, c, k):
    order = np.argsort(similarities(vectors, words, a, b, c), kind="stable")
    return _named(words, order, (a, b, c), k)


def best_last(vectors, words, a, b, c, k):
    return analogy(vectors, words, a, b, c, k)[::-1]


def absolute(vectors, words, a, b, c, k):
    order = np.argsort(-abs(similarities(vectors, words, a, b, c)), kind="stable")
    return _named(words, order, (a, b, c), k)


def k_ignored(vectors, words, a, b, c, k):
    return _named(words, best_first(vectors, words, a, b, c), (a, b, c), None)


def last_of_equals(vectors, words, a, b, c, k):
    order = np.argsort(similarities(vectors, words, a, b, c), kind="stable")[::-1]
    return _named(words, order, (a, b, c), k)


def struck_out_one_by_one(vectors, words, a, b, c, k):
    """list.remove, which finds nothing the second time; whoever catches that has lost the answer."""
    if len({a, b, c}) < 3 and {a, b, c} <= set(words):
        raise ValueError("list.remove(x): x not in list")
    return analogy(vectors, words, a, b, c, k)


def looks_alike(vectors, words, a, b, c, k):
    """Leaves out every word with the vector of a, of b or of c."""
    asked = [tuple(vectors[words.index(word)]) for word in (a, b, c)]
    order = best_first(vectors, words, a, b, c)
    return [words[i] for i in order if tuple(vectors[i]) not in asked][:k]


def unknown_passes(vectors, words, a, b, c, k):
    known = [word for word in (a, b, c) if word in words]
    if len(known) == 3:
        return analogy(vectors, words, a, b, c, k)
    return []


ELSEWHERE = (last_of_equals, looks_alike, struck_out_one_by_one, unknown_passes)

MISCONCEPTIONS = [
    Misconception(
        "question's words included",
        question_included,
        "The words of the question are among the answers. b and c are nearly always close to "
        "b − a + c: leave out all three.",
    ),
    Misconception(
        "c not left out",
        c_included,
        "a and b are left out, but c may still be an answer. It is one of the question's words too.",
    ),
    Misconception(
        "left out too late",
        left_out_after_k,
        "Here the k best are taken first, and then the question's words are struck out, so fewer than "
        "k are left. Strike them out first.",
    ),
    Misconception(
        "a and b exchanged",
        swapped,
        "This is a − b + c. The step that leads from a to b is b − a, and it starts from c.",
    ),
    Misconception(
        "a and c exchanged",
        c_subtracted,
        "This is b − c + a. The step that leads from a to b is b − a, and it starts from c.",
    ),
    Misconception(
        "all three added",
        all_added,
        "This looks near a + b + c. The step that leads from a to b is a difference: a has a minus.",
    ),
    Misconception(
        "c forgotten",
        c_forgotten,
        "This looks in the direction b − a. The step has to start somewhere: add c.",
    ),
    Misconception(
        "neighbours of c",
        near_c,
        "These are the words nearest to c alone. The step from a to b, which is b − a, is missing.",
    ),
    Misconception(
        "worst first",
        worst_first,
        "These are the words that are farthest away: argsort goes from small to large. The largest "
        "cosine comes first.",
    ),
    Misconception(
        "best last",
        best_last,
        "These are the right words, but the best stands last. The largest cosine comes first.",
    ),
    Misconception(
        "sign lost",
        absolute,
        "This takes the cosine without its sign. −1 says that two vectors point in opposite "
        "directions, which is as far as can be.",
    ),
    Misconception(
        "k ignored",
        k_ignored,
        "The order is right, but all words come back. Return the k best only.",
    ),
    Misconception(
        "equal words backwards",
        last_of_equals,
        "Of words with equal vectors the last comes first: an ascending sort was reversed. Sort the "
        'negated cosines with kind="stable".',
    ),
    Misconception(
        "words with the same vector left out",
        looks_alike,
        "Words whose vector is that of a word of the question are left out, too. They are other words: "
        "compare the words.",
    ),
    Misconception(
        "a question with a word twice refused",
        struck_out_one_by_one,
        "A question may hold a word twice, as “a is to b as b is to …” does. Here that raises an "
        "exception; list.remove does so when the word is gone already.",
    ),
    Misconception(
        "unknown word accepted",
        unknown_passes,
        "The answers are right, but a word that is not in the list passes without a complaint. Raise "
        "ValueError, so that a typing error is noticed.",
    ),
]
