"""Unit 03's counts and probabilities, against nltk.lm, worked examples and properties."""

from __future__ import annotations

import copy
import math
from collections import Counter
from itertools import product

import nltk.lm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.ngrams import (
    add_k_probability,
    count_ngrams,
    interpolated_probability,
    ngram_probability,
    perplexity,
    sentence_log_probability,
)
from tests.ngram_oracles import COWS_SENTENCES, fitted, padded_ngrams, zipf_sentences

CORPORA = st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=6)


# --- counting -----------------------------------------------------------------------------------


def test_the_lectures_eleven_snippets_give_its_row_of_counts():
    row = count_ngrams(COWS_SENTENCES, 3)["cows", "eat"]
    assert row == {"corn": 4, "grass": 3, "hay": 2, "if": 1, "which": 1}
    assert len(COWS_SENTENCES) == 11


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7])
def test_counts_are_those_of_nltks_windows(n):
    sentences = zipf_sentences(1)
    windows = Counter(window for sentence in padded_ngrams(sentences, n) for window in sentence)
    counts = count_ngrams(sentences, n)
    flat = {(*context, word): c for context, row in counts.items() for word, c in row.items()}
    assert flat == windows


@given(CORPORA, st.integers(1, 4))
def test_every_word_and_every_end_is_counted_once_and_no_start(sentences, n):
    counts = count_ngrams(sentences, n)
    counted: Counter[str] = Counter()
    for context, row in counts.items():
        assert len(context) == n - 1
        assert row and all(type(count) is int and count > 0 for count in row.values())
        counted.update(row)
    said = Counter(word for sentence in sentences for word in sentence)
    assert counted == said + Counter({"</s>": len(sentences)})
    assert "<s>" not in counted


def test_two_sentences_never_share_an_ngram():
    assert count_ngrams([["a"], ["b"]], 2) == {
        ("<s>",): {"a": 1, "b": 1},
        ("a",): {"</s>": 1},
        ("b",): {"</s>": 1},
    }


def test_a_trigram_has_two_starts_before_the_first_word():
    assert count_ngrams([["a"]], 3) == {("<s>", "<s>"): {"a": 1}, ("<s>", "a"): {"</s>": 1}}


def test_an_empty_sentence_still_ends():
    assert count_ngrams([[], []], 2) == {("<s>",): {"</s>": 2}}
    assert count_ngrams([], 2) == {}


def test_contexts_and_words_come_in_the_order_of_their_first_appearance():
    counts = count_ngrams([["b", "a", "b", "c"]], 2)
    assert list(counts) == [("<s>",), ("b",), ("a",), ("c",)]
    assert list(counts["b",]) == ["a", "c"]


@pytest.mark.parametrize("n", [0, -1])
def test_an_ngram_without_words_is_refused(n):
    with pytest.raises(ValueError, match=f"n = {n}"):
        count_ngrams([["a"]], n)


# --- maximum likelihood -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "elevenths"), [("corn", 4), ("grass", 3), ("hay", 2), ("if", 1), ("which", 1)]
)
def test_cows_eat_what_the_lecture_says(word, elevenths):
    counts = count_ngrams(COWS_SENTENCES, 3)
    assert ngram_probability(counts, ("cows", "eat"), word) == pytest.approx(elevenths / 11)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_probabilities_are_those_of_nltks_maximum_likelihood(n):
    sentences = zipf_sentences(2)
    theirs = fitted(nltk.lm.MLE(n), sentences, n, also=["<s>"])
    counts = count_ngrams(sentences, n)
    seen = [window for sentence in padded_ngrams(sentences, n) for window in sentence]
    unseen = [(*window[:-1], "w1") for window in seen] + [("w39",) * n]
    for *context, word in {*seen, *unseen}:
        expected = theirs.score(word, tuple(context))
        assert ngram_probability(counts, context, word) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_perplexity_and_log_probability_are_nltks(n):
    train, test = zipf_sentences(3), zipf_sentences(3)[:40]
    theirs = fitted(nltk.lm.MLE(n), train, n, also=["<s>"])
    counts = count_ngrams(train, n)
    windows = padded_ngrams(test, n)
    expected = theirs.perplexity([window for sentence in windows for window in sentence])
    assert perplexity(counts, n, test) == pytest.approx(expected, rel=1e-12)
    for sentence, its_windows in zip(test, windows, strict=True):
        bits = sum(theirs.logscore(window[-1], window[:-1]) for window in its_windows)
        assert sentence_log_probability(counts, n, sentence) == pytest.approx(
            bits * math.log(2), abs=1e-12
        )


def test_what_was_never_seen_has_probability_zero_and_perplexity_infinity():
    counts = count_ngrams([["cows", "eat"]], 2)
    assert ngram_probability(counts, ("cows",), "moo") == 0.0
    assert ngram_probability(counts, ("sheep",), "eat") == 0.0
    assert sentence_log_probability(counts, 2, ["cows", "moo"]) == -math.inf
    assert sentence_log_probability(counts, 2, []) == -math.inf  # no sentence ended at once
    assert perplexity(counts, 2, [["cows", "eat"], ["sheep"]]) == math.inf


def test_looking_up_what_is_not_there_does_not_put_it_there():
    counts = count_ngrams([["a", "b"], []], 2)
    before = copy.deepcopy(counts)
    sentences = [["a", "z"], ["z"]]
    ngram_probability(counts, ("z",), "a")
    ngram_probability(counts, ["a"], "z")
    sentence_log_probability(counts, 2, sentences[0])
    perplexity(counts, 2, sentences)
    add_k_probability(counts, ("z",), "z", 0.5, {"a", "z"})
    interpolated_probability([count_ngrams(sentences, 1), counts], [0.5, 0.5], ("z",), "z")
    count_ngrams(sentences, 3)
    assert counts == before
    assert sentences == [["a", "z"], ["z"]]


@given(CORPORA, st.integers(1, 3))
def test_next_words_of_a_seen_context_have_probability_one_together(sentences, n):
    counts = count_ngrams(sentences, n)
    for context, row in counts.items():
        assert sum(ngram_probability(counts, context, w) for w in row) == pytest.approx(1)


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=3), min_size=1, max_size=5))
def test_a_bigram_model_is_a_distribution_over_sentences(sentences):
    """Over all sentences of at most 6 words: their probabilities sum to at most 1."""
    counts = count_ngrams(sentences, 2)
    every = (list(words) for length in range(7) for words in product("ab", repeat=length))
    total = sum(math.exp(sentence_log_probability(counts, 2, sentence)) for sentence in every)
    assert total <= 1 + 1e-9


def test_the_perplexity_of_the_lectures_row_is_4_3412():
    row = [4 / 11, 3 / 11, 2 / 11, 1 / 11, 1 / 11]
    assert math.exp(-sum(p * math.log(p) for p in row)) == pytest.approx(4.3412, abs=5e-5)
    counts = {(): {"corn": 4, "grass": 3, "hay": 2, "if": 1, "</s>": 1}}
    sentence = ["corn"] * 4 + ["grass"] * 3 + ["hay"] * 2 + ["if"]  # and its end
    assert perplexity(counts, 1, [sentence]) == pytest.approx(4.3412, abs=5e-5)


def test_a_fair_die_is_as_perplexing_as_it_has_sides():
    counts = {(): dict.fromkeys([*"abcde", "</s>"], 7)}
    assert perplexity(counts, 1, [list("abc"), [], list("edcba")]) == pytest.approx(6)


def test_a_long_sentence_does_not_underflow():
    counts = {(): {"a": 1, "</s>": 1}}
    assert sentence_log_probability(counts, 1, ["a"] * 5000) == pytest.approx(5001 * math.log(0.5))
    assert perplexity(counts, 1, [["a"] * 5000]) == pytest.approx(2)


def test_the_perplexity_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no sentences"):
        perplexity({(): {"a": 1}}, 1, [])
