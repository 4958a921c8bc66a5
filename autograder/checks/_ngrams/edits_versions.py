"""Versions of edit_candidates, wrong and right ones."""

from __future__ import annotations

import string
from collections import Counter

import numpy as np

from course_utils.ngrams import edit_candidates


def _splits(word):
    return [(word[:i], word[i:]) for i in range(len(word) + 1)]


def _shorter(word):
    return {a + b[1:] for a, b in _splits(word) if b}


def _longer(word, letters):
    return {a + c + b for a, b in _splits(word) for c in letters}


def _exchanged(word, letters):
    return {a + c + b[1:] for a, b in _splits(word) if b for c in letters}


def _swapped(word):
    return {a + b[1] + b[0] + b[2:] for a, b in _splits(word) if len(b) > 1}


def _near(word, lexicon, leave_out="", letters=None):
    letters = set("".join(lexicon)) if letters is None else letters
    kinds = {
        "itself": {word},
        "shorter": _shorter(word),
        "longer": _longer(word, letters),
        "exchanged": _exchanged(word, letters) - {word},
        "swapped": _swapped(word) - {word},
    }
    return set().union(*(words for kind, words in kinds.items() if kind != leave_out))


def without(kind):
    def version(word, lexicon):
        return _near(word, lexicon, kind) & set(lexicon)

    return version


def only_itself_if_known(word, lexicon):
    return {word} if word in lexicon else _near(word, lexicon) & set(lexicon)


def no_letter_at_the_end(word, lexicon):
    at_end = {word + letter for letter in set("".join(lexicon))}
    elsewhere = {a + c + b for a, b in _splits(word) if b for c in set("".join(lexicon))}
    return (edit_candidates(word, lexicon) - at_end) | (elsewhere & set(lexicon))


def a_to_z(word, lexicon):
    return _near(word, lexicon, letters=string.ascii_lowercase) & set(lexicon)


def case_ignored(word, lexicon):
    near = _near(word.lower(), [known.lower() for known in lexicon])
    return {known for known in lexicon if known.lower() in near}


def two_slips(word, lexicon):
    near = _near(word, lexicon)
    return {w for w in lexicon if w in near or _near(w, [word]) & near}


def lexicon_ignored(word, lexicon):
    return _near(word, lexicon, letters=string.ascii_lowercase)


def first_letter_right(word, lexicon):
    return {known for known in edit_candidates(word, lexicon) if known[:1] == word[:1]}


def any_two_swapped(word, lexicon):
    far = set()
    for i in range(len(word)):
        for j in range(i + 1, len(word)):
            far.add(word[:i] + word[j] + word[i + 1 : j] + word[i] + word[j + 1 :])
    return edit_candidates(word, lexicon) | (far & set(lexicon))


def letters_counted(word, lexicon):
    """For one letter more or less it only counts letters, in whatever order they stand."""

    def apart(known):
        more, less = Counter(known), Counter(word)
        return sum(((more - less) + (less - more)).values())

    return edit_candidates(word, lexicon) | {known for known in lexicon if apart(known) == 1}


def only_letters_not_in_it(word, lexicon):
    new = set("".join(lexicon)) - set(word)
    return _near(word, lexicon, letters=new) & set(lexicon)


def all_of_a_letter(word, lexicon):
    """str.replace takes out, or exchanges, a letter wherever it stands."""
    letters = set("".join(lexicon))
    replaced = {word.replace(old, new) for old in word for new in ("", *letters)}
    return (replaced | _longer(word, letters) | _swapped(word) | {word}) & set(lexicon)


def anagrams(word, lexicon):
    same = {known for known in lexicon if sorted(known) == sorted(word)}
    return edit_candidates(word, lexicon) | same


def beginning_only(word, lexicon):
    """Compares letter by letter, as far as the shorter word goes."""
    return {w for w in lexicon if sum(x != y for x, y in zip(word, w, strict=False)) <= 1}


def same_length(word, lexicon):
    return {known for known in edit_candidates(word, lexicon) if len(known) == len(word)}


def by_distance(word, lexicon):
    """Damerau's distance, the whole table."""

    def distance(a, b):
        table = np.zeros((len(a) + 1, len(b) + 1), int)
        table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
        for i in range(1, len(a) + 1):
            for j in range(1, len(b) + 1):
                steps = [table[i - 1, j] + 1, table[i, j - 1] + 1]
                steps.append(table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
                if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                    steps.append(table[i - 2, j - 2] + 1)
                table[i, j] = min(steps)
        return table[-1, -1]

    return [known for known in lexicon if distance(word, known) <= 1]


def by_stripping(word, lexicon):
    """What is left between the longest common beginning and the longest common end."""
    found = set()
    for known in lexicon:
        x, y = word, known
        while x and y and x[0] == y[0]:
            x, y = x[1:], y[1:]
        while x and y and x[-1] == y[-1]:
            x, y = x[:-1], y[:-1]
        if max(len(x), len(y)) <= 1 or (len(x) == 2 and x == y[::-1]):
            found.add(known)
    return frozenset(found)
