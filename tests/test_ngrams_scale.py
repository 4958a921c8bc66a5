"""Unit 03's fast counts and fast model, against nltk: the same numbers, sooner."""

from __future__ import annotations

import math
import time
from collections import Counter

import nltk.lm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.util import everygrams, ngrams

from course_utils.ngrams import FastNgramModel, count_ngrams_fast
from course_utils.ngrams.fast_model import _sorted, _unique, vocabulary_of, with_unknown
from tests.ngram_oracles import fitted, padded_ngrams, zipf_sentences

CORPORA = st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=6)


def check_counts(ids: list[int], n: int, answer: tuple[np.ndarray, np.ndarray]) -> None:
    """Compare with nltk's windows in sorted order."""
    expected = sorted(Counter(ngrams(ids, n)).items())
    found, counts = answer
    assert found.shape == (len(expected), n) and counts.shape == (len(expected),)
    assert found.dtype.kind == counts.dtype.kind == "i"
    assert [*zip(map(tuple, found.tolist()), counts.tolist(), strict=True)] == expected


# --- counting ids -------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 5))
def test_counts_are_nltks_windows_in_lexicographic_order(ids, n):
    check_counts(ids, n, count_ngrams_fast(ids, n))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_hundred_thousand_ids_are_counted_as_nltk_does(n):
    ids = np.minimum(np.random.default_rng(1).zipf(1.3, 100_000) - 1, 49_999)
    check_counts(ids.tolist(), n, count_ngrams_fast(ids, n))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint64])
def test_small_integers_do_not_wrap_around(dtype):
    ids = np.array([100, 7, 100, 100, 0, 100, 7, 100], dtype=dtype)
    check_counts(ids.tolist(), 3, count_ngrams_fast(ids, 3))
    check_counts(ids.tolist()[::2], 3, count_ngrams_fast(ids[::2], 3))  # a strided view


@pytest.mark.parametrize(
    ("largest", "n"),
    [
        (2**21 - 2, 3),  # (2²¹ − 1)³ is below 2⁶³
        (3_037_000_498, 2),  # 3 037 000 499² is the largest square below 2⁶³
        (1, 62),
        (2**63 - 2, 1),
        (54, 10),
    ],
)
def test_just_below_64_bits_the_counts_are_right(largest, n):
    ids = [largest] * n + [0] * n + [largest] * n
    assert (largest + 1) ** n <= 2**63 - 1
    check_counts(ids, n, count_ngrams_fast(np.array(ids), n))


@pytest.mark.parametrize(
    ("ids", "n"),
    [
        ([2**21 - 1] * 5, 3),  # (2²¹)³ is exactly 2⁶³
        ([3_037_000_499] * 5, 2),
        ([0, 1] * 50, 63),
        ([2**63 - 1], 1),
        (np.array([2**64 - 1], dtype=np.uint64), 1),
        ([2**21 - 1], 3),  # too short for a trigram, and refused all the same
    ],
)
def test_just_above_64_bits_is_refused(ids, n):
    with pytest.raises(ValueError, match="does not fit"):
        count_ngrams_fast(ids, n)


@pytest.mark.parametrize("ids", [[], [3], [3, 1]])
def test_a_text_shorter_than_n_has_no_ngrams(ids):
    found, counts = count_ngrams_fast(ids, 3)
    assert found.shape == (0, 3) and counts.shape == (0,)


@pytest.mark.parametrize(
    ("ids", "n", "offence"),
    [
        ([0, 1], 0, "n = 0"),
        ([0, -1], 1, "-1"),
        ([0.0, 1.0], 1, "float"),
        ([True, False], 1, "bool"),
        (["a"], 1, "<U1"),
        ([[0, 1]], 1, r"\(1, 2\)"),
        (3, 1, r"\(\)"),
    ],
)
def test_what_is_no_sequence_of_ids_is_refused_and_named(ids, n, offence):
    with pytest.raises(ValueError, match=offence):
        count_ngrams_fast(ids, n)


def test_counting_leaves_the_ids_as_they_are():
    ids = np.array([2, 0, 2, 0])
    ids.setflags(write=False)
    count_ngrams_fast(ids, 2)
    assert ids.tolist() == [2, 0, 2, 0]


# --- the model ----------------------------------------------------------------------------------


def expected_probabilities(train, test, n: int) -> np.ndarray:
    """One row for each order, by nltk."""
    rows = []
    for order in range(1, n + 1):
        theirs = fitted(nltk.lm.MLE(order), train, order, also=["<s>"])
        windows = [window for sentence in padded_ngrams(test, order) for window in sentence]
        rows.append([theirs.unmasked_score(window[-1], window[:-1]) for window in windows])
    return np.array(rows)


@given(CORPORA, CORPORA, st.integers(1, 4))
def test_probabilities_of_all_orders_are_nltks(train, test, n):
    ours = FastNgramModel(train, n).probabilities(test)
    assert ours == pytest.approx(expected_probabilities(train, test, n), abs=1e-12)


def test_words_that_were_never_seen_have_probability_zero():
    train, test = zipf_sentences(7), [*zipf_sentences(8)[:50], ["never", "w1", "never"], [], ["w1"]]
    ours = FastNgramModel(train, 3).probabilities(test)
    assert ours == pytest.approx(expected_probabilities(train, test, 3), abs=1e-12)
    model = FastNgramModel([["cows", "eat"]], 2)
    assert model.probabilities([["sheep"]]).tolist() == [[0, 1 / 3], [0, 0]]  # sheep, </s>
    assert model.perplexity([["sheep"]], [0.5, 0.5]) == math.inf


def test_orders_whose_codes_would_not_fit_into_64_bits_are_counted_too():
    train = [[f"w{i}" for i in range(30)] * 2, ["w3"]]  # 34²⁰ is far above 2⁶³
    ours = FastNgramModel(train, 20).probabilities(train)
    assert ours == pytest.approx(expected_probabilities(train, train, 20), abs=1e-12)


def test_the_mixture_and_its_perplexity_by_nltks_rows():
    train, weights = zipf_sentences(9), [0.2, 0.3, 0.5]
    known = {word for sentence in train for word in sentence}
    test = [sentence for sentence in zipf_sentences(10) if known.issuperset(sentence)]
    model = FastNgramModel(train, 3)
    mixed = weights @ expected_probabilities(train, test, 3)
    assert model.log_probabilities(test, weights) == pytest.approx(np.log(mixed), abs=1e-12)
    assert model.perplexity(test, weights) == pytest.approx(np.exp(-np.log(mixed).mean()))


@pytest.mark.parametrize(
    "weights", [[0.5, 0.4], [1.0], [0.2, 0.3, 0.5], [1.5, -0.5], [0.5, float("nan")], [1, 1]]
)
def test_weights_that_are_no_mixture_are_refused(weights):
    with pytest.raises(ValueError, match="2 numbers that sum to 1"):
        FastNgramModel([["a"]], 2).log_probabilities([["a"]], weights)


def test_a_model_of_nothing_and_the_perplexity_of_nothing_are_refused():
    with pytest.raises(ValueError, match="0 sentences"):
        FastNgramModel([], 2)
    with pytest.raises(ValueError, match="n = 0"):
        FastNgramModel([["a"]], 0)
    with pytest.raises(ValueError, match="no sentences"):
        FastNgramModel([["a"]], 1).perplexity([], [1.0])
    assert FastNgramModel([[]], 2).perplexity([[]], [0, 1]) == 1  # an empty sentence ends


def test_words_seen_often_enough_are_the_vocabulary_and_others_are_unknown():
    sentences = [["a", "b", "a"], ["b", "c"], []]
    assert vocabulary_of(sentences) == {"a", "b", "</s>", "<unk>"}
    assert vocabulary_of(sentences, min_count=3) == {"</s>", "<unk>"}
    assert with_unknown(sentences, {"a", "c"}) == [["a", "<unk>", "a"], ["<unk>", "c"], []]
    assert sentences == [["a", "b", "a"], ["b", "c"], []]


def test_the_vocabulary_is_nltks_with_a_cutoff():
    sentences = zipf_sentences(11)
    theirs = nltk.lm.Vocabulary([w for s in sentences for w in s], unk_cutoff=4, unk_label="<unk>")
    assert vocabulary_of(sentences, min_count=4) == {*theirs, "</s>"}
    assert with_unknown(sentences, set(theirs)) == [list(theirs.lookup(s)) for s in sentences]


def test_fitting_100_000_tokens_takes_at_most_a_tenth_of_nltks_time():
    """A ratio of two times in one run, the best of ours and one of nltk's; typical is a thirtieth."""
    sentences = zipf_sentences(12, num_sentences=18_000, num_words=20_000)
    assert 95_000 < sum(map(len, sentences)) < 105_000
    padded = [["<s>", "<s>", *sentence, "</s>"] for sentence in sentences]

    begun = time.perf_counter()
    theirs = nltk.lm.MLE(3)
    theirs.fit((everygrams(words, max_len=3) for words in padded), (w for ws in padded for w in ws))
    their_seconds = time.perf_counter() - begun

    our_seconds = math.inf
    for _ in range(5):
        begun = time.perf_counter()
        model = FastNgramModel(sentences, 3)
        our_seconds = min(our_seconds, time.perf_counter() - begun)

    windows = [window for words in padded[:2000] for window in ngrams(words, 3)]
    expected = [theirs.score(window[-1], window[:-1]) for window in windows]
    assert model.probabilities(sentences[:2000])[2] == pytest.approx(expected, abs=1e-12)
    assert our_seconds <= their_seconds / 10


# --- sorting ------------------------------------------------------------------------------------


@given(st.lists(st.integers(-5, 2**62), max_size=40) | st.lists(st.integers(-5, 9), max_size=40))
def test_codes_and_places_are_numpys_whether_or_not_both_fit_into_a_number(codes):
    array = np.array(codes, dtype=np.int64)
    ordered, where = _sorted(array)
    assert ordered.tolist() == sorted(codes) and sorted(where) == [*range(len(codes))]
    assert array[where].tolist() == ordered.tolist()
    positive = np.abs(array)
    for ours, numpys in zip(
        _unique(positive), np.unique(positive, return_inverse=True), strict=True
    ):
        assert ours.tolist() == numpys.tolist()
