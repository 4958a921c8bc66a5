"""Unit 03: language models that count.

    counting.py        how often does which word follow which?
    probability.py     from counts to probabilities: of words, of sentences; perplexity
    smoothing.py       something for what was never seen
    sampling.py        roll the die, word after word
    noisy_channel.py   guess what was meant: prior times channel
    edits.py           misspellings: which words are one slip away, and how likely is each slip?
    fast_edits.py      the same candidates from an index: ten times as many words a second
    scale.py           the same counts for millions of tokens, in numpy
    fast_model.py      a model on those counts, for all of Shakespeare in seconds
    history.py         how large is large? Google's counts, and models since
    bug_hunt.py        a test that tells right implementations of `count_ngrams` from wrong ones

A sentence is a list of words. `counts` is what `count_ngrams` gives: {context: {word: count}}, where
a context is the tuple of the n − 1 words before. `<s>` stands before a sentence and is never
predicted; `</s>` ends it and is.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Task: Language Modeling".
"""

from course_utils.ngrams.bug_hunt import find_the_bug_ngrams
from course_utils.ngrams.counting import count_ngrams
from course_utils.ngrams.edits import ChannelModel, edit_candidates
from course_utils.ngrams.fast_edits import CandidateIndex
from course_utils.ngrams.fast_model import FastNgramModel
from course_utils.ngrams.noisy_channel import noisy_channel_decode, viterbi_decode
from course_utils.ngrams.probability import (
    ngram_probability,
    perplexity,
    sentence_log_probability,
)
from course_utils.ngrams.sampling import generate, sample_word
from course_utils.ngrams.scale import count_ngrams_fast
from course_utils.ngrams.smoothing import add_k_probability, interpolated_probability

__all__ = [
    "CandidateIndex",
    "ChannelModel",
    "FastNgramModel",
    "add_k_probability",
    "count_ngrams",
    "count_ngrams_fast",
    "edit_candidates",
    "find_the_bug_ngrams",
    "generate",
    "interpolated_probability",
    "ngram_probability",
    "noisy_channel_decode",
    "perplexity",
    "sample_word",
    "sentence_log_probability",
    "viterbi_decode",
]
