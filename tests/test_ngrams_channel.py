"""Unit 03's noisy channel: against all strings, all sentences and matrices of scores."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symspellpy import SymSpell, Verbosity

from course_utils.ngrams import (
    CandidateIndex,
    ChannelModel,
    edit_candidates,
    noisy_channel_decode,
)
from course_utils.ngrams.edits import slip_between

WORDS = st.text("abc", max_size=5)


def edit_distance(a: str, b: str) -> int:
    """Restricted Damerau–Levenshtein, by the table of every textbook."""
    d = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    d[:, 0], d[0, :] = range(len(a) + 1), range(len(b) + 1)
    for i, j in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        cost = a[i - 1] != b[j - 1]
        d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
        if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
            d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return int(d[-1, -1])


# --- which words are one slip away --------------------------------------------------------------


@given(WORDS, st.sets(st.text("abcd", max_size=6), max_size=60))
def test_candidates_are_the_words_at_most_one_edit_away(word, lexicon):
    expected = {known for known in lexicon if edit_distance(word, known) <= 1}
    for container in (lexicon, frozenset(lexicon), sorted(lexicon), dict.fromkeys(lexicon, 1)):
        assert edit_candidates(word, container) == expected
        assert CandidateIndex(container).candidates(word) == expected


@settings(max_examples=20)
@given(WORDS)
def test_of_all_strings_the_candidates_are_those_one_edit_away(word):
    every = frozenset("".join(s) for length in range(7) for s in product("abc", repeat=length))
    assert edit_candidates(word, every) == {s for s in every if edit_distance(word, s) <= 1}


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("teh", "the"),  # transposition
        ("te", "the"),  # a letter lost
        ("thhe", "the"),  # a letter too many
        ("tje", "the"),  # another letter
        ("the", "the"),  # none
        ("het", "the"),  # two transpositions
        ("e", "the"),  # two deletions
        ("hte", "The"),  # case matters
        ("coöprate", "coöperate"),
        ("o'ear", "o'er"),
        ("", "a"),
        ("a", ""),
        ("日夲", "日本"),
        ("ab out", "about"),
    ],
)
def test_single_words_are_near_when_the_textbook_says_so(word, known):
    near = edit_distance(word, known) <= 1
    assert edit_candidates(word, {known}) == ({known} if near else set())
    assert CandidateIndex([known]).candidates(word) == ({known} if near else set())
    assert (slip_between(word, known) is not None) == (near and word != known)


def test_candidates_are_symspells():
    rng = np.random.default_rng(1)
    lexicon = frozenset(
        "".join(rng.choice([*"abcde"], size=rng.integers(2, 7))) for _ in range(3000)
    )
    theirs = SymSpell(max_dictionary_edit_distance=1)
    for word in lexicon:
        theirs.create_dictionary_entry(word, 1)
    index = CandidateIndex(lexicon)
    for _ in range(500):
        word = "".join(rng.choice([*"abcde"], size=rng.integers(2, 8)))
        found = {s.term for s in theirs.lookup(word, Verbosity.ALL, max_edit_distance=1)}
        assert edit_candidates(word, lexicon) == index.candidates(word) == found


def test_no_word_is_near_an_empty_lexicon():
    assert edit_candidates("word", set()) == CandidateIndex([]).candidates("word") == set()


# --- which slip it was --------------------------------------------------------------------------


def slipped(meant: str, kind: str, letters: str, written: str) -> set[str]:
    """Every string that this slip can make of `meant`."""
    edged = "^" + meant
    outcomes = set()
    for i in range(len(edged)):
        here = edged[i : i + len(letters)] == letters
        if kind == "insertion" and here:
            outcomes.add(edged[: i + 1] + written + edged[i + 1 :])
        elif kind == "deletion" and here:
            outcomes.add(edged[: i + 1] + edged[i + 2 :])
        elif kind in ("substitution", "transposition") and here and i > 0:
            outcomes.add(edged[:i] + written + edged[i + len(letters) :])
    return {outcome[1:] for outcome in outcomes}


@given(WORDS, WORDS)
def test_a_slip_is_named_exactly_when_there_is_one_and_makes_what_was_observed(observed, intended):
    slip = slip_between(observed, intended)
    assert (slip is not None) == (edit_distance(observed, intended) == 1)
    if slip is not None:
        assert observed in slipped(intended, slip.kind, slip.meant, slip.written)


@pytest.mark.parametrize(
    ("intended", "kind", "meant", "written"),  # Kernighan, Church and Gale's table for "acress"
    [
        ("actress", "deletion", "ct", ""),
        ("cress", "insertion", "^", "a"),
        ("caress", "transposition", "ca", "ac"),
        ("access", "substitution", "c", "r"),
        ("across", "substitution", "o", "e"),
        ("acres", "insertion", "s", "s"),
    ],
)
def test_the_slips_of_acress_are_those_of_the_paper(intended, kind, meant, written):
    assert slip_between("acress", intended) == (kind, meant, written)


# --- how likely each slip is --------------------------------------------------------------------


def test_a_channel_counts_slips_and_their_chances():
    # Chances in "the", "tea", "the": t 3, h 2, e 3, a 1, edge 3; pairs ^t 3, th 2, he 2, te 1, ea 1.
    pairs = [("teh", "the"), ("te", "tea"), ("thr", "the"), ("the", "the"), ("zzzz", "the")]
    channel = ChannelModel(pairs, k=0.1, p_correct=0.9)
    letters = 5  # t, h, e, a and the edge
    for observed, intended, slips, chances in [
        ("teh", "the", 1, 2),  # he -> eh
        ("te", "tea", 1, 1),  # a lost after e
        ("thr", "the", 1, 3),  # e -> r
        ("the", "tha", 0, 1),  # a -> e
        ("athe", "the", 0, 3),  # a after the edge
        ("te", "the", 0, 2),  # h lost after t
    ]:
        expected = 0.1 * (slips + 0.1) / (chances + 0.1 * letters)
        assert channel.log_prob(observed, intended) == pytest.approx(math.log(expected))
    assert channel.log_prob("the", "the") == pytest.approx(math.log(0.9))
    assert channel.log_prob("eht", "the") == -math.inf
    assert channel.log_prob("xyz", "the") == -math.inf


@given(st.lists(st.tuples(WORDS, WORDS), max_size=20), st.floats(0.01, 5))
def test_what_is_written_for_a_letter_has_probability_at_most_one(pairs, k):
    channel = ChannelModel(pairs, k=k, p_correct=0.5)
    for letter in set("abc") & set(channel.chances):
        others = [c for c in "abc" if c != letter and c in channel.chances]
        assert sum(2 * math.exp(channel.log_prob(c, letter)) for c in others) <= 1 + 1e-9


def test_a_channel_without_pairs_knows_only_that_one_slip_is_rarer_than_none():
    channel = ChannelModel([])
    assert -math.inf < channel.log_prob("teh", "the") < channel.log_prob("the", "the") < 0


@pytest.mark.parametrize(
    ("options", "offence"),
    [
        ({"k": 0}, "k = 0"),
        ({"k": -0.5}, "k = -0.5"),
        ({"p_correct": 0.0}, "p_correct = 0.0"),
        ({"p_correct": 1.0}, "p_correct = 1.0"),
        ({"p_correct": 95}, "p_correct = 95"),
    ],
)
def test_a_channel_of_no_probabilities_is_refused(options, offence):
    with pytest.raises(ValueError, match=offence):
        ChannelModel([("teh", "the")], **options)


# --- one word -----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-30, 0), st.integers(-30, 0)), min_size=1, max_size=8))
def test_the_decoded_word_has_the_largest_sum_and_comes_first(scores):
    names = [f"word {i}" for i in range(len(scores))]
    table = dict(zip(names, scores, strict=True))
    decoded = noisy_channel_decode(
        "seen", names, lambda x, y: float(table[y][0]), lambda y: float(table[y][1])
    )
    assert decoded == names[int(np.argmax(np.sum(scores, axis=1)))]


def test_the_channel_is_asked_for_the_observed_given_the_intended():
    asked = []
    noisy_channel_decode("teh", ["the", "ten"], lambda *a: asked.append(a) or 0.0, lambda y: 0.0)
    assert asked == [("teh", "the"), ("teh", "ten")]


def test_of_the_impossible_the_first_is_taken_and_of_nothing_nothing():
    impossible = lambda *words: -math.inf  # noqa: E731
    assert noisy_channel_decode("x", ["b", "a"], impossible, impossible) == "b"
    assert noisy_channel_decode("x", ["b", "a"], lambda x, y: -1.0, lambda y: -2.0) == "b"
    with pytest.raises(ValueError, match="no candidates for 'x'"):
        noisy_channel_decode("x", [], impossible, impossible)
