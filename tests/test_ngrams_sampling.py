"""Unit 03's die: against numpy's searchsorted, nltk's generator, and frequencies.

Seeds are fixed, so nothing here fails by chance; with fresh seeds each chi-square test would fail
once in a million runs.
"""

from __future__ import annotations

import copy
import math
import random
from collections import Counter

import nltk.lm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_utils.ngrams import count_ngrams, generate, sample_word
from tests.ngram_oracles import COWS_SENTENCES, fitted, zipf_sentences

DIE = {"corn": 4 / 11, "grass": 3 / 11, "hay": 2 / 11, "if": 1 / 11, "which": 1 / 11}
BELOW_ONE = math.nextafter(1.0, 0.0)


# --- one roll -----------------------------------------------------------------------------------


def test_the_lectures_die_turns_over_at_its_cumulative_probabilities():
    ends = np.cumsum(list(DIE.values()))
    assert ends == pytest.approx([0.3636, 0.6364, 0.8182, 0.9091, 1], abs=5e-5)
    for u, word in [
        (0.0, "corn"),
        (0.3636, "corn"),
        (0.3637, "grass"),
        (0.6363, "grass"),
        (0.6364, "hay"),  # 7/11 is 0.63636…
        (0.8181, "hay"),
        (0.8182, "if"),
        (0.9090, "if"),
        (0.9091, "which"),
        (BELOW_ONE, "which"),
    ]:
        assert sample_word(DIE, u) == word


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any),
    st.floats(0, 1, exclude_max=True),
)
def test_a_roll_is_where_numpy_would_insert_u(counts, u):
    probabilities = np.array(counts) / sum(counts)
    place = np.searchsorted(np.cumsum(probabilities), u, side="right")
    die = {f"side {i}": p for i, p in enumerate(probabilities.tolist())}
    assert sample_word(die, u) == f"side {min(place, len(counts) - 1)}"


@given(st.permutations(range(5)), st.integers(0, 4))
def test_at_a_boundary_the_next_word_in_insertion_order_comes(order, place):
    eighths = [1, 2, 3, 1, 1]  # sums of eighths are exact
    die = {order[i]: eighths[i] / 8 for i in range(5)}
    begin = sum(eighths[:place]) / 8
    assert sample_word(die, begin) == order[place]
    assert sample_word(die, math.nextafter(begin + eighths[place] / 8, 0.0)) == order[place]


def test_a_word_of_probability_zero_never_comes():
    die = {"never": 0.0, "a": 0.5, "nor this": 0.0, "b": 0.5}
    assert [sample_word(die, u) for u in (0.0, 0.5, BELOW_ONE)] == ["a", "b", "b"]


def test_the_last_word_comes_when_rounding_leaves_u_above_the_sum():
    tenths = dict.fromkeys("abcdefghij", 0.1)  # these add up to 0.9999999999999999
    assert sample_word(tenths, BELOW_ONE) == "j"
    printed = dict.fromkeys("abcdefg", 0.142857)
    assert sample_word(printed, 0.9999995) == "g"


def test_of_probabilities_that_fall_short_of_one_the_last_takes_the_rest():
    """Documented: no sum is checked, a u above it gives the last word."""
    assert [sample_word({"a": 0.25, "b": 0.25}, u) for u in (0.2, 0.4, 0.9)] == ["a", "b", "b"]


def test_words_come_as_often_as_they_are_probable():
    uniforms = np.random.default_rng(1).random(20_000)
    rolled = Counter(sample_word(DIE, u) for u in uniforms)
    expected = [20_000 * p for p in DIE.values()]
    assert stats.chisquare([rolled[word] for word in DIE], expected).pvalue > 1e-6


def test_numpys_and_zero_dimensional_numbers_are_numbers():
    die = {"a": np.float64(0.5), "b": np.float32(0.5)}
    assert sample_word(die, np.float64(0.5)) == sample_word(die, np.array(0.5)) == "b"


@pytest.mark.parametrize("u", [-1e-9, 1.0, 1.5, float("nan"), -math.inf])
def test_a_number_outside_zero_to_one_is_refused(u):
    with pytest.raises(ValueError, match=f"u = {u}"):
        sample_word(DIE, u)


def test_a_die_without_sides_is_refused():
    with pytest.raises(ValueError, match="no words"):
        sample_word({}, 0.5)


# --- roll after roll ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_text_is_nltks_text_from_the_same_random_numbers(n, seed):
    sentences = zipf_sentences(6)
    theirs = fitted(nltk.lm.MLE(n), sentences, n, also=["<s>"])
    written, source = ["<s>"] * (n - 1), random.Random(seed)
    while len(written) < 60 + n - 1 and "</s>" not in written:
        written.append(theirs.generate(1, text_seed=written, random_seed=source))
    counts = {  # nltk rolls a die with sorted sides
        context: dict(sorted(row.items())) for context, row in count_ngrams(sentences, n).items()
    }
    source = random.Random(seed)
    uniforms = [source.random() for _ in range(60)]
    assert generate(counts, n, uniforms) == [w for w in written if w not in ("<s>", "</s>")]


def test_sentences_come_as_often_as_they_are_probable():
    counts = count_ngrams([["a", "b"], ["a"], ["a", "a"], []], 2)
    # p(first = a) = 3/4; after a: a 1/4, b 1/4, </s> 1/2; after b: </s> 1
    probable = {(): 1 / 4, ("a",): 3 / 8, ("a", "b"): 3 / 16, ("a", "a"): 3 / 32}
    rng = np.random.default_rng(2)
    written = Counter(tuple(generate(counts, 2, rng.random(40))) for _ in range(4000))
    seen = [written[sentence] for sentence in probable]
    expected = [4000 * p for p in probable.values()]
    rest = 1 - sum(probable.values())
    assert stats.chisquare([*seen, 4000 - sum(seen)], [*expected, 4000 * rest]).pvalue > 1e-6


def test_all_sentences_are_known_sentences_where_nothing_can_be_mixed():
    counts = count_ngrams(COWS_SENTENCES, 8)  # longer contexts than any two snippets share
    for i in range(11):
        assert generate(counts, 8, [i / 11 + 0.01] + [0.5] * 12) in COWS_SENTENCES


def test_one_number_is_used_for_each_draw_the_end_included():
    counts = count_ngrams([["a", "b"]], 3)
    for used, words in [(0, []), (1, ["a"]), (2, ["a", "b"]), (3, ["a", "b"]), (9, ["a", "b"])]:
        assert generate(counts, 3, [0.5] * used) == words

    class Counting(list):
        used = 0

        def __iter__(self):
            for u in list.__iter__(self):
                self.used += 1
                yield u

    uniforms = Counting([0.5] * 9)
    generate(counts, 3, uniforms)
    assert uniforms.used == 3


def test_an_empty_sentence_can_be_generated():
    assert generate({("<s>",): {"</s>": 1}}, 2, [0.3, 0.4]) == []


def test_generating_changes_nothing():
    counts = count_ngrams([["a", "b"], ["b"]], 2)
    before, uniforms = copy.deepcopy(counts), np.random.default_rng(3).random(20)
    uniforms.setflags(write=False)
    assert generate(counts, 2, uniforms) == generate(counts, 2, uniforms.tolist())
    assert counts == before


@pytest.mark.parametrize(
    ("counts", "n"),
    [({}, 1), ({}, 2), (count_ngrams([["a"]], 2), 3), (count_ngrams([["a"]], 3), 2)],
)
def test_counts_of_nothing_or_of_another_n_are_refused(counts, n):
    with pytest.raises(ValueError, match="never seen"):
        generate(counts, n, [0.5, 0.5])
