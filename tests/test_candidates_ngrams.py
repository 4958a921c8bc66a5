"""The candidates that testers of count_ngrams are graded on: each label holds against nltk's windows."""

from __future__ import annotations

import copy
import random
from collections import Counter
from typing import Any

import pytest
from nltk.util import ngrams, pad_sequence

from autograder.checks._ngrams.candidates import POOL, PUBLIC, Candidate
from course_utils.plain import Code

Sentences = list[list[str]]


def windows(sentences: Sentences, n: int) -> Counter[tuple[str, ...]]:
    """Every padded window, by nltk; one `</s>` is put on by hand, because nltk pads with n − 1."""
    found: Counter[tuple[str, ...]] = Counter()
    for sentence in sentences:
        started = pad_sequence(sentence, n, pad_left=True, left_pad_symbol="<s>")
        found.update(ngrams([*started, "</s>"], n))
    return found


def counted(sentences: Sentences, n: int) -> dict[tuple[str, ...], dict[str, int]]:
    table: dict[tuple[str, ...], dict[str, int]] = {}
    for window, times in windows(sentences, n).items():
        table.setdefault(window[:-1], {})[window[-1]] = times
    return table


def some_sentences(rng: random.Random) -> Sentences:
    """Few words, so that they repeat; now and then an empty sentence, or one word, or none at all."""
    return [rng.choices("abcC.", k=rng.choice([0, 1, 2, 3, 5, 8])) for _ in range(rng.randrange(5))]


def misbehaves(candidate: Code) -> bool:
    """Whether the candidate is off, raises, or changes its arguments on any of many corpora."""
    function = candidate.load(counted)
    rng = random.Random(0)
    for trial in range(200):
        sentences, n = some_sentences(rng), trial % 5 + 1
        handed: Any = copy.deepcopy(sentences)
        try:
            answer = function(handed, n)
        except Exception:
            return True
        if not isinstance(answer, dict) or answer != counted(sentences, n) or handed != sentences:
            return True
    return False


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    assert misbehaves(candidate.code) == candidate.wrong


@pytest.mark.parametrize("candidate", [c for c in POOL if not c.wrong], ids=lambda c: c.body[:60])
def test_a_right_candidate_takes_tuples_and_refuses_what_is_no_n_gram(candidate: Candidate) -> None:
    function = candidate.code.load()
    assert function((("a", "b"), ()), 2) == counted([["a", "b"], []], 2)
    with pytest.raises(ValueError):
        function([["a"]], 0)


WRONG_ONLY = {
    "unigrams": lambda sentences, n: n == 1,
    "long": lambda sentences, n: n > 3,
    "empty": lambda sentences, n: [] in sentences,
    "sentences": lambda sentences, n: len(sentences) != 1,
}


LIMITED = [c for c in [*POOL, *PUBLIC] if c.shows in WRONG_ONLY]


@pytest.mark.parametrize("candidate", LIMITED, ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_wrong_only_where_its_name_says(candidate: Candidate) -> None:
    rng = random.Random(1)
    function = candidate.code.load(counted)
    for trial in range(150):
        sentences, n = some_sentences(rng), trial % 5 + 1
        if not WRONG_ONLY[candidate.shows](sentences, n):
            assert function(sentences, n) == counted(sentences, n), (sentences, n)


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
    assert sum(not candidate.wrong for candidate in POOL) >= 4
    assert sum(candidate.wrong for candidate in POOL) >= 8
