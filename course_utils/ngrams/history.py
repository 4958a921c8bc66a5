"""How large is large? Google's n-gram counts, and language models since.

Source: CMU 10-301/601, lecture 28, "Large (n-Gram) Language Models" and "How large are LLMs?"; T.
Brants and A. Franz, "Web 1T 5-gram Version 1", Linguistic Data Consortium 2006, for the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

GOOGLE_TOKENS = 10**12  # about: the release says 1 024 908 267 229
GOOGLE_SENTENCES = 95 * 10**9
GOOGLE_NGRAMS = {  # distinct n-grams; words seen less than 200 times, n-grams less than 40 are cut
    1: 13_588_391,
    2: 314_843_401,
    3: 977_069_902,
    4: 1_313_818_354,
    5: 1_176_470_663,
}


@dataclass(frozen=True)
class LanguageModel:
    """One row of the lecture's table; None where nothing was published."""

    name: str
    creators: str
    year: int
    tokens: float | None  # of training data
    parameters: float | None


LANGUAGE_MODELS = (
    LanguageModel("GPT-2", "OpenAI", 2019, 10e9, 1.5e9),
    LanguageModel("GPT-3", "OpenAI", 2020, 300e9, 175e9),
    LanguageModel("PaLM", "Google", 2022, 780e9, 540e9),
    LanguageModel("Chinchilla", "DeepMind", 2022, 1.4e12, 70e9),
    LanguageModel("LaMDA", "Google", 2022, 1.56e12, 137e9),
    LanguageModel("LLaMA", "Meta", 2023, 1.4e12, 65e9),
    LanguageModel("GPT-4", "OpenAI", 2023, None, None),
)

COWS = (  # the eleven snippets of the lecture, without their dots
    "the cows eat grass",
    "our cows eat hay daily",
    "factory-farm cows eat corn",
    "on an organic farm cows eat hay and",
    "do your cows eat grass or corn",
    "what do cows eat if they have",
    "cows eat corn when there is no",
    "which cows eat which foods depends",
    "if cows eat grass",
    "when cows eat corn their stomachs",
    "should we let cows eat corn",
)
