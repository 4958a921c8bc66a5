"""Unit 03's speller on real misspellings, and its language models on real Shakespeare.

Run: `pytest tests/test_ngrams_data.py`. The speller's data is inside ordinary dependencies. What
needs the fetched texts is skipped, with the reason, before `course data` has run; under CI it fails.

Five splits of 2 000 held-out misspellings, by correction: a share has a standard error of 0.002.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from scipy import stats

from course_utils.data import data_dir
from course_utils.data.carriers import carriers_for
from course_utils.data.shakespeare import load_shakespeare, sentences, split_shakespeare
from course_utils.data.spelling import (
    load_misspellings,
    load_web_counts,
    load_word_list,
    split_misspellings,
)
from course_utils.ngrams import (
    ChannelModel,
    FastNgramModel,
    edit_candidates,
    noisy_channel_decode,
)
from course_utils.ngrams.edits import slip_between
from course_utils.ngrams.fast_model import vocabulary_of, with_unknown
from course_utils.significance import paired_bootstrap_p_value
from course_utils.significance.scores import paired_bootstrap_of_scores
from tests.conftest import missing

Pair = tuple[str, str]


def one_count_a_slip(pairs: Iterable[Pair]) -> Callable[[str, str], float]:
    """The simplest channel: how many slips were just this one? No context, no chances."""

    def name(observed: str, intended: str) -> tuple[str, str] | None:
        i = next(
            (i for i, (a, b) in enumerate(zip(observed, intended, strict=False)) if a != b),
            min(len(observed), len(intended)),
        )
        x, y = observed[i:], intended[i:]
        pairs = [("", y[:1]), (x[:1], ""), (x[:1], y[:1]), (x[:2], y[:2])]
        for written, meant in pairs:
            swapped = len(written) < 2 or written == meant[::-1]
            if written != meant and swapped and x[len(written) :] == y[len(meant) :]:
                return written, meant
        return None

    slips = Counter(name(*pair) for pair in pairs)
    del slips[None]
    return lambda observed, intended: math.log(slips[name(observed, intended)] + 0.5)


@pytest.fixture(scope="module")
def right() -> dict[str, np.ndarray]:
    """For each way of deciding: was the decoded word the one meant? Shape (5, 2000)."""
    pairs, lexicon, web = load_misspellings(), frozenset(load_word_list()), load_web_counts()

    def prior(word: str) -> float:
        return math.log(web.unigrams.get(word, 0.5) / web.total)

    def indifferent(*words: str) -> float:
        return 0.0

    rows: dict[str, list[list[bool]]] = {}
    for seed in range(5):
        train, test = split_misspellings(pairs, seed=seed)
        candidates = [sorted(edit_candidates(wrong, lexicon)) for wrong, _ in test]
        channel, simplest = ChannelModel(train).log_prob, one_count_a_slip(train)
        for name, channel_log_prob, language_log_prob in [
            ("prior", indifferent, prior),
            ("simplest channel", simplest, indifferent),
            ("simplest channel and prior", simplest, prior),
            ("channel", channel, indifferent),
            ("channel and prior", channel, prior),
        ]:
            decoded = [
                noisy_channel_decode(wrong, words, channel_log_prob, language_log_prob)
                for (wrong, _), words in zip(test, candidates, strict=True)
            ]
            rows.setdefault(name, []).append(
                [word == meant for word, (_, meant) in zip(decoded, test, strict=True)]
            )
    return {name: np.array(row) for name, row in rows.items()}


# --- the speller --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "share"),
    [("prior", 0.954), ("simplest channel", 0.951), ("simplest channel and prior", 0.972)],
)
def test_the_units_shares_come_out_with_the_simplest_channel(right, name, share):
    assert right[name].mean() == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(("name", "share"), [("channel", 0.976), ("channel and prior", 0.986)])
def test_the_channel_that_counts_chances_and_neighbours_is_better_still(right, name, share):
    assert right[name].mean() == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("channel and prior", "prior"),
        ("channel and prior", "channel"),
        ("channel and prior", "simplest channel and prior"),
        ("simplest channel and prior", "prior"),
        ("simplest channel and prior", "simplest channel"),
    ],
)
def test_both_together_beat_each_alone_by_unit_01s_test_and_by_scipys(right, better, worse):
    a, b = right[better].ravel(), right[worse].ravel()
    assert paired_bootstrap_p_value(a, b, 10_000, np.random.default_rng(0)) < 0.001
    wins, losses = int(np.sum(a & ~b)), int(np.sum(b & ~a))
    assert stats.binomtest(wins, wins + losses, alternative="greater").pvalue < 0.001


def test_the_probabilities_of_all_that_can_be_written_for_a_word_sum_to_about_one():
    """Slips have their probability for each chance, so a long word has a little more of them."""
    train, test = split_misspellings(load_misspellings())
    channel, letters = ChannelModel(train), string.ascii_lowercase
    totals = []
    for _, word in test[:100]:
        cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
        written = {a + c + b for a, b in cuts for c in letters} | {a + b[1:] for a, b in cuts}
        written |= {a + c + b[1:] for a, b in cuts if b for c in letters}
        written |= {a + b[1] + b[0] + b[2:] for a, b in cuts if b[1:]}
        totals.append(sum(math.exp(channel.log_prob(x, word)) for x in written))
    assert min(totals) > 0.95 and max(totals) < 1.05
    assert np.mean(totals) == pytest.approx(1, abs=0.01)


def test_most_real_misspellings_are_a_single_slip():
    pairs = load_misspellings()
    single = [slip_between(*pair) for pair in pairs if slip_between(*pair)]
    assert len(single) / len(pairs) == pytest.approx(0.8, abs=0.05)
    kinds = Counter(slip.kind for slip in single)
    assert set(kinds) == {"deletion", "insertion", "substitution", "transposition"}


# --- Shakespeare --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shakespeare() -> tuple[list[list[str]], list[list[str]]]:
    (carrier,) = carriers_for(["03_ngrams"])
    if not carrier.is_ready():
        missing(f"Shakespeare's texts are not in {data_dir()}: run `course data`")
    train, test = (
        [sentence for text in texts.values() for sentence in sentences(text)]
        for texts in split_shakespeare(load_shakespeare())
    )
    vocabulary = vocabulary_of(train)
    return with_unknown(train, vocabulary), with_unknown(test, vocabulary)


def test_on_held_out_plays_a_longer_memory_is_less_perplexed_by_more_than_luck(shakespeare):
    train, test = shakespeare
    model = FastNgramModel(train, 3)
    weights = {1: [1, 0, 0], 2: [0.3, 0.7, 0], 3: [0.25, 0.5, 0.25]}
    log_p = {n: model.log_probabilities(test, w) for n, w in weights.items()}
    perplexities = [model.perplexity(test, w) for w in weights.values()]
    assert perplexities == pytest.approx([np.exp(-log_p[n].mean()) for n in (1, 2, 3)])
    assert perplexities[0] > 2 * perplexities[1] > 2 * perplexities[2]
    begins = np.cumsum([0] + [len(sentence) + 1 for sentence in test[:-1]])
    for n in (2, 3):
        better, worse = (np.add.reduceat(log_p[order], begins) for order in (n, n - 1))
        assert paired_bootstrap_of_scores(better, worse, 1000, np.random.default_rng(0)) < 0.002
        assert stats.ttest_rel(better, worse, alternative="greater").pvalue < 1e-6


def test_unmixed_trigrams_never_saw_most_held_out_sentences(shakespeare):
    train, test = shakespeare
    model = FastNgramModel(train, 3)
    assert model.perplexity(test, [0, 0, 1]) == math.inf
    assert math.isfinite(model.perplexity(train, [0, 0, 1]))
