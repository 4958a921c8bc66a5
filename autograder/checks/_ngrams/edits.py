"""ngrams.edit_candidates: the words of a lexicon that are at most one slip away."""

from __future__ import annotations

import string

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import draw_until, telling_cases
from course_utils.ngrams import edit_candidates

WORDS = (
    "pasture",
    "meadow",
    "stable",
    "tractor",
    "farmer",
    "clover",
    "grazing",
    "butcher",
    "orchid",
)
BEYOND_A_TO_Z = "éßñ-'7XЖ牛"


def ask_words(function, args):
    """Hand the lexicon over as a set, and bring the words back in alphabetical order."""
    word, lexicon = args
    known = set(lexicon)
    found = function(word, known)
    if known != set(lexicon):
        raise AssertionError("it changes the lexicon")
    collection = isinstance(found, set | frozenset | list | tuple)
    if collection and all(isinstance(w, str) for w in found) and len(set(found)) == len(found):
        return sorted(map(str, found))
    return found


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


def _without(kind):
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


def draw(rng: np.random.Generator) -> list[Case]:
    letters = string.ascii_lowercase

    def letter() -> str:
        return letters[rng.integers(26)]

    def slips(word: str, i: int, new: str) -> list[str]:
        """One slip of each kind, all at place i."""
        cut = [word[:i] + word[i + 1 :], word[:i] + new + word[i:], word[:i] + new + word[i + 1 :]]
        j = min(i, len(word) - 2)
        return [*cut, word[:j] + word[j + 1] + word[j] + word[j + 2 :]]

    def decoys(word: str, new: str) -> list[str]:
        """Words that are two slips away or more, each for some mistake."""
        i = int(rng.integers(1, len(word) - 3))
        swapped = word[:i] + word[i + 2] + word[i + 1] + word[i] + word[i + 3 :]
        return [
            *(swapped, word[2:], word + new + new, new + word[1:-1] + new, word[1:] + word[0]),
            *(word[::-1], word.upper(), word + "land", word[0] + new + new + word[3:]),
        ]

    def case(shows: str, *, known: bool, new: str = "", places: tuple[int, ...] = ()) -> Case:
        word = WORDS[rng.integers(len(WORDS))]
        middle = int(rng.integers(2, len(word) - 2))
        fresh = [c for c in letters if c not in word]
        new = new or fresh[rng.integers(len(fresh))]
        lexicon = [*decoys(word, new), *(["cow", "hay"]), *([word] if known else [])]
        for place in places or (0, middle, len(word) - 1):
            lexicon += slips(word, place, new)
        lexicon.append(word + new)
        unique = sorted(set(lexicon) - (set() if known else {word}))
        return Case((word, [unique[i] for i in rng.permutation(len(unique))]), shows)

    odd = BEYOND_A_TO_Z[rng.integers(len(BEYOND_A_TO_Z))]
    short = draw_until(lambda: [letter() for _ in range(4)], lambda x: len(set(x)) == 4)
    a, b, c, d = short
    return [
        case("value", known=False),
        case("value", known=False),
        case("value", known=False, places=(1, 4)),
        case("itself", known=True),
        case("characters", known=False, new=odd),
        Case((a, [c, a + b, a + b + c, d + a, b + c, a, a + d + a]), "short"),
        Case((a + b, [b + a, b, d, a + c, c + b, a + c + b, c + d, b + a + b]), "short"),
    ]


def sorted_candidates(word, lexicon):
    return sorted(edit_candidates(word, lexicon))


EDITS: Check = Check(
    exercise="ngrams.edit_candidates",
    properties={
        "value": "gives the words of the lexicon that are at most one slip away",
        "itself": "gives the word itself if it is in the lexicon, beside its neighbours",
        "characters": "knows other letters than a to z",
        "short": "works for words of one and two letters",
    },
    cases=telling_cases(lambda: EDITS, draw),
    ask=ask_words,
    expect=sorted_candidates,
    accepts=[edit_candidates, by_distance, by_stripping],
    misconceptions=[
        Misconception(
            "no transposition",
            _without("swapped"),
            "Words with two neighbouring letters swapped are missing: teh for the. For Levenshtein that "
            "is two slips, for us it is one.",
        ),
        Misconception(
            "no longer words",
            _without("longer"),
            "Words that are one letter longer are missing. When a letter was lost in writing, put one "
            "back in: at every place, every letter.",
        ),
        Misconception(
            "no shorter words",
            _without("shorter"),
            "Words that are one letter shorter are missing. When a letter too much was written, take "
            "one out: each in turn.",
        ),
        Misconception(
            "no substitution",
            _without("exchanged"),
            "Words with one letter exchanged for another are missing.",
        ),
        Misconception(
            "word itself missing",
            _without("itself"),
            "The word itself is missing, though it is in the lexicon. Perhaps it was no slip at all: it "
            "is a candidate like the others.",
        ),
        Misconception(
            "nothing but a known word",
            only_itself_if_known,
            "When the word is in the lexicon, nothing else comes back. A known word can be a slip, too: "
            "form for from. Give its neighbours as well.",
        ),
        Misconception(
            "no letter added at the end",
            no_letter_at_the_end,
            "A letter is never added after the last one. A word of L letters has L + 1 places for it: "
            "range(len(word) + 1).",
        ),
        Misconception(
            "a to z only",
            a_to_z,
            "Only the letters a to z are tried. Words also hold é, -, ' and capitals: take the letters "
            "from the lexicon.",
        ),
        Misconception(
            "case ignored",
            case_ignored,
            "Capitals and small letters are taken for the same. Here they are different letters.",
        ),
        Misconception(
            "two slips",
            two_slips,
            "Words that are two slips away came along. One slip is the most.",
        ),
        Misconception(
            "lexicon ignored",
            lexicon_ignored,
            "Strings that are not in the lexicon came along. Keep only those that are words.",
        ),
        Misconception(
            "first letter taken for right",
            first_letter_right,
            "The first letter is never changed. It can be wrong like any other.",
        ),
        Misconception(
            "any two letters swapped",
            any_two_swapped,
            "Letters that are not neighbours were swapped, too. Only neighbours count as one slip.",
        ),
        Misconception(
            "anagrams",
            anagrams,
            "Words of the same letters in any order came along. Only two neighbours may be swapped.",
        ),
        Misconception(
            "only the common length compared",
            beginning_only,
            "The letters are compared only as far as the shorter word goes (zip stops there), so cow "
            "and cowslip look alike. Compare the lengths as well.",
        ),
        Misconception(
            "same length only",
            same_length,
            "Only words of the same length come back. A slip can also lose a letter or add one.",
        ),
    ],
)
