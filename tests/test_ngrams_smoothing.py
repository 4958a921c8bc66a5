"""Unit 03's two cures for the unseen, against nltk's Lidstone, Laplace and MLE, and by hand."""

from __future__ import annotations

from fractions import Fraction

import nltk.lm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.ngrams import add_k_probability, count_ngrams, interpolated_probability
from tests.ngram_oracles import COWS_SENTENCES, fitted, padded_ngrams, zipf_sentences

CORPORA = st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=6)


# --- add k --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    ("k", "theirs"),
    [
        (1, nltk.lm.Laplace),
        (0.5, lambda n: nltk.lm.Lidstone(0.5, n)),
        (0.013, lambda n: nltk.lm.Lidstone(0.013, n)),
    ],
)
def test_add_k_is_nltks_lidstone_and_add_one_its_laplace(n, k, theirs):
    sentences = zipf_sentences(4)
    model = fitted(theirs(n), sentences, n)
    vocabulary = set(model.vocab)  # with </s> and nltk's <UNK>, without <s>
    assert "</s>" in vocabulary and "<UNK>" in vocabulary and "<s>" not in vocabulary
    counts = count_ngrams(sentences, n)
    contexts = {window[:-1] for windows in padded_ngrams(sentences, n) for window in windows}
    for context in sorted(contexts)[:40]:
        for word in vocabulary:
            expected = model.score(word, context)
            ours = add_k_probability(counts, context, word, k, vocabulary)
            assert ours == pytest.approx(expected, abs=1e-12)


def test_add_one_to_the_lectures_row():
    counts = count_ngrams(COWS_SENTENCES, 3)
    vocabulary = {word for sentence in COWS_SENTENCES for word in sentence} | {"</s>"}
    assert len(vocabulary) == 34
    corn, milk = (
        add_k_probability(counts, ("cows", "eat"), word, 1, vocabulary)
        for word in ("corn", "daily")
    )
    assert (corn, milk) == pytest.approx((5 / 45, 1 / 45))


@given(CORPORA, st.integers(1, 3), st.floats(1e-3, 10), st.lists(st.sampled_from("abcd")))
def test_add_k_gives_the_vocabulary_probability_one_together(sentences, n, k, history):
    vocabulary = ["a", "b", "c", "d", "</s>"]
    context = tuple(["<s>", "<s>", *history][len(history) + 2 - (n - 1) :])
    counts = count_ngrams(sentences, n)
    row = [add_k_probability(counts, context, word, k, vocabulary) for word in vocabulary]
    assert sum(row) == pytest.approx(1)
    assert min(row) > 0


def test_an_unseen_context_makes_all_words_alike():
    assert add_k_probability({("a",): {"b": 3}}, ("z",), "b", 0.1, list("abcd")) == 0.25


def test_an_unknown_word_gets_what_an_unseen_one_gets():
    """Documented: the caller maps unknown words to `<unk>` before, and counts it in V."""
    counts = {(): {"a": 3, "</s>": 1}}
    unseen = add_k_probability(counts, (), "b", 0.5, {"a", "b", "</s>"})
    assert add_k_probability(counts, (), "never heard of", 0.5, {"a", "b", "</s>"}) == unseen


@pytest.mark.parametrize("k", [0, -1, float("nan")])
def test_a_pseudo_count_that_is_not_positive_is_refused(k):
    with pytest.raises(ValueError, match=f"k = {k}"):
        add_k_probability({(): {"a": 1}}, (), "a", k, {"a", "</s>"})


def test_an_empty_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocabulary is empty"):
        add_k_probability({(): {"a": 1}}, (), "a", 1, set())


# --- interpolation ------------------------------------------------------------------------------


def test_interpolation_mixes_nltks_maximum_likelihood_models():
    sentences, weights = zipf_sentences(5), [0.2, 0.3, 0.5]
    theirs = [fitted(nltk.lm.MLE(n), sentences, n, also=["<s>"]) for n in (1, 2, 3)]
    models = [count_ngrams(sentences, n) for n in (1, 2, 3)]
    trigrams = {window for windows in padded_ngrams(sentences, 3) for window in windows}
    unseen = {("never", second, word) for _, second, word in trigrams}
    for first, second, word in trigrams | unseen:
        expected = sum(
            weight * model.score(word, context)
            for weight, model, context in zip(
                weights, theirs, [(), (second,), (first, second)], strict=True
            )
        )
        ours = interpolated_probability(models, weights, (first, second), word)
        assert ours == pytest.approx(expected, abs=1e-12)


def test_the_mixture_of_three_orders_by_hand():
    sentences = [["a", "b", "a"], ["b", "a"]]
    models = [count_ngrams(sentences, n) for n in (1, 2, 3)]
    # p(a) = 3/7;  p(a | b) = 2/2;  p(a | a b) = 1/1
    by_hand = Fraction(1, 2) * Fraction(3, 7) + Fraction(1, 3) + Fraction(1, 6)
    ours = interpolated_probability(models, [1 / 2, 1 / 3, 1 / 6], ("a", "b"), "a")
    assert ours == pytest.approx(float(by_hand), abs=1e-12)
    # Nobody said "b b": the trigram model adds nothing, the others stay as they are.
    short = interpolated_probability(models, [1 / 2, 1 / 3, 1 / 6], ("b", "b"), "a")
    assert short == pytest.approx(float(by_hand) - 1 / 6, abs=1e-12)


@given(CORPORA, st.tuples(*[st.floats(0.01, 1)] * 3))
def test_after_a_seen_context_the_mixture_sums_to_one(sentences, parts):
    weights = [part / sum(parts) for part in parts]
    models = [count_ngrams(sentences, n) for n in (1, 2, 3)]
    for context in models[2]:
        row = [interpolated_probability(models, weights, context, word) for word in models[0][()]]
        assert sum(row) == pytest.approx(1)


def test_only_the_nearest_words_of_a_long_context_are_used():
    models = [count_ngrams([["a", "b", "c"]], n) for n in (1, 2)]
    long = interpolated_probability(models, [0.5, 0.5], ("x", "y", "b"), "c")
    assert long == interpolated_probability(models, [0.5, 0.5], ("b",), "c") == 0.5 * 0.25 + 0.5


def test_one_model_alone_is_itself():
    assert interpolated_probability([{(): {"a": 3, "b": 1}}], [1.0], (), "b") == 0.25


@pytest.mark.parametrize(
    ("weights", "offence"),
    [
        ([0.5, 0.4], "sum to 0.9"),
        ([0.5, 0.5 + 2e-6], "must sum to 1"),
        ([0.5, 0.5 - 2e-6], "must sum to 1"),
        ([5, 5], "sum to 10"),
        ([1.5, -0.5], "-0.5"),
        ([0.5, float("nan")], "nan"),
        ([1.0], "2 models and 1 weights"),
        ([0.2, 0.3, 0.5], "2 models and 3 weights"),
    ],
)
def test_weights_that_are_no_mixture_are_refused_and_named(weights, offence):
    models = [count_ngrams([["a"]], n) for n in (1, 2)]
    with pytest.raises(ValueError, match=offence):
        interpolated_probability(models, weights, ("a",), "a")


def test_weights_off_by_rounding_are_accepted():
    models = [count_ngrams([["a"]], n) for n in (1, 2)]
    assert interpolated_probability(models, [0.5, 0.5 + 9e-7], ("a",), "</s>") > 0


def test_a_mixture_of_nothing_or_with_too_short_a_context_is_refused():
    with pytest.raises(ValueError, match="0 models"):
        interpolated_probability([], [], (), "a")
    models = [count_ngrams([["a"]], n) for n in (1, 2, 3)]
    with pytest.raises(ValueError, match="2 words of context"):
        interpolated_probability(models, [0.2, 0.3, 0.5], ("a",), "a")
