"""The numbers of unit 03's story, as the lecture and the release print them."""

from __future__ import annotations

from course_utils.ngrams.history import (
    COWS,
    GOOGLE_NGRAMS,
    GOOGLE_SENTENCES,
    GOOGLE_TOKENS,
    LANGUAGE_MODELS,
)


def test_googles_counts_are_the_lectures():
    assert GOOGLE_NGRAMS == {
        1: 13_588_391,
        2: 314_843_401,
        3: 977_069_902,
        4: 1_313_818_354,
        5: 1_176_470_663,
    }
    assert GOOGLE_TOKENS == 1_000_000_000_000
    assert GOOGLE_SENTENCES == 95_000_000_000


def test_googles_counts_sum_to_3_8_billion_where_the_lecture_says_about_3():
    total = sum(GOOGLE_NGRAMS.values())
    assert total == 3_795_790_711
    assert round(total / 1e9, 1) == 3.8 and total // 10**9 == 3  # "~3 billion" cuts, not rounds


def test_the_cutoff_leaves_fewer_fivegrams_than_fourgrams():
    counts = [GOOGLE_NGRAMS[n] for n in (1, 2, 3, 4, 5)]
    assert counts[:4] == sorted(counts[:4])
    assert counts[4] < counts[3]


def test_the_table_of_language_models_is_the_lectures():
    rows = [(m.name, m.creators, m.year, m.tokens, m.parameters) for m in LANGUAGE_MODELS]
    assert rows == [
        ("GPT-2", "OpenAI", 2019, 10_000_000_000, 1_500_000_000),
        ("GPT-3", "OpenAI", 2020, 300_000_000_000, 175_000_000_000),
        ("PaLM", "Google", 2022, 780_000_000_000, 540_000_000_000),
        ("Chinchilla", "DeepMind", 2022, 1_400_000_000_000, 70_000_000_000),
        ("LaMDA", "Google", 2022, 1_560_000_000_000, 137_000_000_000),
        ("LLaMA", "Meta", 2023, 1_400_000_000_000, 65_000_000_000),
        ("GPT-4", "OpenAI", 2023, None, None),
    ]


def test_each_snippet_says_cows_eat_exactly_once():
    assert len(COWS) == len(set(COWS)) == 11
    assert all(snippet.split().count("cows") == 1 for snippet in COWS)
    assert all("cows eat" in snippet for snippet in COWS)
