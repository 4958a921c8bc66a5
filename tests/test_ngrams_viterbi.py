"""Unit 03's best sentence, against all sentences and against the same recursion in matrices."""

from __future__ import annotations

import copy
import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.ngrams import noisy_channel_decode, viterbi_decode


class Scores:
    """Random log probabilities of a few words; remembers what it was asked."""

    def __init__(self, num_words: int, seed: int, *, impossible: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        size = num_words + 2  # with <s> and </s>
        self.words = [f"w{i}" for i in range(num_words)]
        self.index = {word: i for i, word in enumerate([*self.words, "<s>", "</s>"])}
        self.bigrams = -rng.exponential(3, (size, size))
        self.channels = -rng.exponential(3, (size, size))
        for table in (self.bigrams, self.channels):
            table[rng.random(table.shape) < impossible] = -math.inf
        self.asked = 0

    def bigram(self, previous: str, word: str) -> float:
        self.asked += 1
        return float(self.bigrams[self.index[previous], self.index[word]])

    def channel(self, observed: str, intended: str) -> float:
        return float(self.channels[self.index[observed], self.index[intended]])

    def of(self, observed: list[str], sentence: list[str]) -> float:
        path = ["<s>", *sentence, "</s>"]
        bigrams = sum(self.bigram(*two) for two in pairwise(path))
        return bigrams + sum(map(self.channel, observed, sentence))


@settings(max_examples=150)
@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), max_size=5),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.3, 0.9]),
)
def test_no_sentence_at_all_is_better(places, seed, impossible):
    scores = Scores(6, seed, impossible=impossible)
    candidates = [[scores.words[i] for i in options] for options in places]
    observed = scores.words[: len(candidates)]
    decoded = viterbi_decode(observed, candidates, scores.channel, scores.bigram)
    assert len(decoded) == len(observed)
    assert all(word in options for word, options in zip(decoded, candidates, strict=True))
    best = max(scores.of(observed, list(sentence)) for sentence in product(*candidates))
    assert scores.of(observed, decoded) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_sentence_of_200_words_is_as_good_as_the_matrix_recursion_says(seed):
    scores, rng = Scores(30, seed), np.random.default_rng(seed)
    places = [rng.permutation(30)[: rng.integers(1, 12)] for _ in range(200)]
    seen = rng.integers(30, size=200)
    best = scores.bigrams[30, places[0]] + scores.channels[seen[0], places[0]]
    for x, before, here in zip(seen[1:], places, places[1:], strict=False):
        steps = best[:, None] + scores.bigrams[np.ix_(before, here)]
        best = steps.max(axis=0) + scores.channels[x, here]
    best = np.max(best + scores.bigrams[places[-1], 31])

    observed = [scores.words[x] for x in seen]
    candidates = [[scores.words[i] for i in options] for options in places]
    decoded = viterbi_decode(observed, candidates, scores.channel, scores.bigram)
    assert scores.of(observed, decoded) == pytest.approx(best, abs=1e-9)


def test_the_bigrams_asked_for_grow_with_t_times_c_squared():
    for num_observed, num_candidates in [(200, 10), (400, 10), (200, 20)]:
        scores = Scores(num_candidates, 1)
        candidates = [scores.words] * num_observed
        viterbi_decode([scores.words[0]] * num_observed, candidates, scores.channel, scores.bigram)
        assert scores.asked <= 2 * num_observed * num_candidates**2


def test_word_by_word_is_worse_than_all_together():
    """ "teh" alone is "the"; before "commandments" it is "ten"."""
    channel = {("teh", "the"): -1.0, ("teh", "ten"): -2.0}
    bigrams = {("<s>", "the"): -1, ("<s>", "ten"): -2, ("ten", "commandments"): -1}

    def channel_log_prob(x, y):
        return channel.get((x, y), 0.0)

    def bigram_log_prob(v, w):
        return bigrams.get((v, w), 0 if w == "</s>" else -8)

    alone = noisy_channel_decode(
        "teh", ["the", "ten"], channel_log_prob, lambda y: bigram_log_prob("<s>", y)
    )
    together = viterbi_decode(
        ["teh", "commandments"],
        [["the", "ten"], ["commandments"]],
        channel_log_prob,
        bigram_log_prob,
    )
    assert alone == "the"
    assert together == ["ten", "commandments"]


def test_the_end_of_the_sentence_has_a_say():
    bigrams = {("<s>", "a"): -1, ("<s>", "the"): -2, ("a", "</s>"): -9, ("the", "</s>"): -1}
    decoded = viterbi_decode(["x"], [["a", "the"]], lambda x, y: 0.0, lambda v, w: bigrams[v, w])
    assert decoded == ["the"]


def test_without_observed_words_there_is_no_sentence_to_guess():
    assert viterbi_decode([], [], lambda x, y: 0.0, lambda v, w: -1.0) == []


def test_when_all_is_impossible_some_sentence_comes_back():
    decoded = viterbi_decode(
        ["x", "y"], [["a", "b"], ["c"]], lambda x, y: -math.inf, lambda v, w: -math.inf
    )
    assert decoded in (["a", "c"], ["b", "c"])


def test_of_equals_any_is_right():
    decoded = viterbi_decode(["x", "y"], [["a", "b"]] * 2, lambda x, y: -1.0, lambda v, w: -1.0)
    assert all(word in ("a", "b") for word in decoded) and len(decoded) == 2


def test_five_thousand_words_neither_underflow_nor_recurse_too_deep():
    scores = Scores(2, 3)
    observed = [scores.words[0]] * 5000
    decoded = viterbi_decode(observed, [scores.words] * 5000, scores.channel, scores.bigram)
    assert math.isfinite(scores.of(observed, decoded))


@pytest.mark.parametrize(
    ("observed", "candidates", "offence"),
    [
        (["x"], [[]], "no candidates for 'x'"),
        (["x", "y", "z"], [["a"], [], ["b"]], "no candidates for 'y'"),
        (["x"], [], "1 observed words and 0 lists"),
        (["x"], [["a"], ["b"]], "1 observed words and 2 lists"),
    ],
)
def test_words_that_can_mean_nothing_are_refused_and_named(observed, candidates, offence):
    with pytest.raises(ValueError, match=offence):
        viterbi_decode(observed, candidates, lambda x, y: 0.0, lambda v, w: 0.0)


def test_decoding_changes_neither_the_words_nor_their_candidates():
    observed, candidates = ["x", "y"], [["a", "b"], ["c"]]
    before = copy.deepcopy((observed, candidates))
    first = viterbi_decode(observed, candidates, lambda x, y: 0.0, lambda v, w: -1.0)
    as_tuples = viterbi_decode(
        ("x", "y"), (("a", "b"), ("c",)), lambda x, y: 0.0, lambda v, w: -1.0
    )
    assert first == as_tuples
    assert (observed, candidates) == before
