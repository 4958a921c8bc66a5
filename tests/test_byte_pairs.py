"""GPT-2's byte pairs: known ids, any text there and back, and merging by hand."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.data import DataError
from course_utils.data.gpt2_merges import load_gpt2_merges
from course_utils.gpt.byte_pairs import END_OF_TEXT, load_gpt2_encoding


def test_known_ids() -> None:
    encoding = load_gpt2_encoding()
    assert encoding.encode("Hello world") == [15496, 995]
    assert encoding.n_vocab == 50_257
    assert encoding.encode(END_OF_TEXT, allowed_special="all") == [50_256]


@given(st.text(max_size=60))
def test_any_text_comes_back(text: str) -> None:
    encoding = load_gpt2_encoding()
    assert encoding.decode(encoding.encode(text, disallowed_special=())) == text


@cache
def ranks() -> dict[tuple[str, str], int]:
    return {pair: i for i, pair in enumerate(load_gpt2_merges())}


def merged_by_hand(word: str) -> list[str]:
    """Join the earliest learned pair again and again: for letters, which stand for themselves."""
    pieces = list(word)
    while True:
        pairs = list(pairwise(pieces))
        known = [pair for pair in pairs if pair in ranks()]
        if not known:
            return pieces
        i = pairs.index(min(known, key=ranks().__getitem__))
        pieces[i : i + 2] = ["".join(pieces[i : i + 2])]


@given(st.text("abcdefghijklmnopqrstuvwxyzE", min_size=1, max_size=12))
def test_a_word_is_cut_as_by_hand(word: str) -> None:
    encoding = load_gpt2_encoding()
    pieces = [encoding.decode([i]) for i in encoding.encode(word)]
    assert pieces == merged_by_hand(word)


def test_without_the_file_one_line_says_what_to_do(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match="gpt2_merges"):
        load_gpt2_encoding(folder=tmp_path)
