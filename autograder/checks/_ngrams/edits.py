"""ngrams.edit_candidates: the words of a lexicon that are at most one slip away."""

from __future__ import annotations

import string

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import draw_until, telling_cases
from autograder.checks._ngrams.edits_versions import (
    a_to_z,
    all_of_a_letter,
    anagrams,
    any_two_swapped,
    beginning_only,
    by_distance,
    by_stripping,
    case_ignored,
    first_letter_right,
    letters_counted,
    lexicon_ignored,
    no_letter_at_the_end,
    only_itself_if_known,
    only_letters_not_in_it,
    same_length,
    two_slips,
    without,
)
from course_utils.ngrams import edit_candidates

WORDS = [
    "pasture",
    "meadow",
    "stable",
    "tractor",
    "farmer",
    "clover",
    "grazing",
    "butcher",
    "orchid",
]
TWICE = ["tractor", "grazing", "turnout", "silos"]  # a letter at their ends comes again
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
            *(swapped, word[1] + word[0] + word[2:] + new, word[1] + word[0] + word[2:-1]),
            *(word[2:], word + new + new, new + word[1:-1] + new, word[1:] + word[0]),
            *(word[::-1], word.upper(), word + "land", word[0] + new + new + word[3:]),
        ]

    def case(
        shows: str,
        *,
        known: bool,
        new: str = "",
        places: tuple[int, ...] = (),
        among: list[str] = WORDS,
    ) -> Case:
        word = among[rng.integers(len(among))]
        middle = int(rng.integers(2, len(word) - 2))
        fresh = [c for c in letters if c not in word]
        new = new or fresh[rng.integers(len(fresh))]
        lexicon = [*decoys(word, new), *(["cow", "hay"]), *([word] if known else [])]
        for place in places or (0, middle, len(word) - 1):
            lexicon += slips(word, place, new)
        before, letter_there, after = word[:middle], word[middle], word[middle + 1 :]
        lexicon += [word + new, before + 2 * letter_there + after, before + after[0] + after]
        unique = sorted(set(lexicon) - (set() if known else {word}))
        return Case((word, [unique[i] for i in rng.permutation(len(unique))]), shows)

    odd = BEYOND_A_TO_Z[rng.integers(len(BEYOND_A_TO_Z))]
    short = draw_until(lambda: [letter() for _ in range(4)], lambda x: len(set(x)) == 4)
    a, b, c, d = short
    return [
        case("value", known=False),
        case("value", known=False, among=TWICE),
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
            without("swapped"),
            "Words with two neighbouring letters swapped are missing: teh for the. For Levenshtein that "
            "is two slips, for us it is one.",
        ),
        Misconception(
            "no longer words",
            without("longer"),
            "Words that are one letter longer are missing. When a letter was lost in writing, put one "
            "back in: at every place, every letter.",
        ),
        Misconception(
            "no shorter words",
            without("shorter"),
            "Words that are one letter shorter are missing. When a letter too much was written, take "
            "one out: each in turn.",
        ),
        Misconception(
            "no substitution",
            without("exchanged"),
            "Words with one letter exchanged for another are missing.",
        ),
        Misconception(
            "word itself missing",
            without("itself"),
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
            "only letters that the word lacks",
            only_letters_not_in_it,
            "Only letters that the word does not have are tried. A letter can be doubled, or stand in the "
            "wrong place: try all letters.",
        ),
        Misconception(
            "a letter replaced everywhere",
            all_of_a_letter,
            "str.replace replaces a letter wherever it stands, and a slip is at one place. Cut the word "
            "in two at each place.",
        ),
        Misconception(
            "letters counted",
            letters_counted,
            "For longer and shorter words the letters are counted, and their order is not looked at. All "
            "others have to stay in their order.",
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
