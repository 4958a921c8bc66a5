"""Movie snippets with every rater's score: human judgements of text.

Source: the data of C.J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment
Analysis of Social Media Text", ICWSM 2014; they arrive in the source archive of the package
vaderSentiment 3.3.2. The snippets are sentences of reviews on Rotten Tomatoes.
Licence: the package, data included, is under the MIT licence; its notice is kept beside the data.
Left out: the tweets, product reviews and newspaper editorials of the same archive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_utils.data import read_data
from course_utils.data.archives import read_members

FILES = {
    "movie_ratings.tsv": "228029a08b75ac57c871cc8848b48d4d489eb62456733da3577468fe393eab7d",
    "movie_ratings.LICENSE.txt": "74cfe41cdbf7f6925aeb4c18c148ec8db042540edb6739fd81069aa4e3c8b118",
}

_ROOT = "vaderSentiment-3.3.2"
_LICENCE = f"{_ROOT}/LICENSE.txt"
_ARCHIVE = f"{_ROOT}/additional_resources/hutto_ICWSM_2014.tar.gz"
_TEXTS = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
_SCORES = "hutto_ICWSM_2014/movieReviewSnippets_anonDataRatings.txt"
MEMBERS = (_LICENCE, _ARCHIVE)


@dataclass(frozen=True)
class MovieTexts:
    """10 605 snippets, in the order of their ids 1, 2, ..."""

    texts: list[str]  # one sentence of a review, 1 to 51 words
    means: np.ndarray  # (10605,) float64: mean of the raters' scores, -4 (very negative) to +4
    ratings: list[np.ndarray]  # the scores themselves, integers -4...+4, 15 to 29 raters a snippet


def load_movie_texts(*, folder: Path | None = None) -> MovieTexts:
    """Load the 10 605 movie snippets with their ratings.

    Rows: 10 605 (10 603 distinct texts). Fields: text; mean score and each rater's score, -4...+4.
    5 242 means are positive, 37 are 0. Source and licence: see the module.

    Raises `DataError`, naming the command that fetches the file, when it is missing or damaged.
    """
    table = read_data("movie_ratings.tsv", FILES["movie_ratings.tsv"], folder=folder)
    rows = [line.split("\t") for line in table.decode("utf-8").split("\n")[1:-1]]
    return MovieTexts(
        texts=[text for _, _, _, text in rows],
        means=np.array([float(mean) for _, mean, _, _ in rows]),
        ratings=[np.array(scores.split(","), dtype=int) for _, _, scores, _ in rows],
    )


def reduce_movies(members: dict[str, bytes]) -> dict[str, bytes]:
    """Turn the members of the source archive into one table: id, mean, scores, text.

    Tab-separated UTF-8, one header line, no quoting (no text holds a tab or a line break).
    """
    inner = read_members(members[_ARCHIVE], (_TEXTS, _SCORES), name=_ARCHIVE)
    texts = inner[_TEXTS].decode("utf-8").split("\r\n")
    scores = inner[_SCORES].decode("utf-8").splitlines()
    lines = ["id\tmean\tscores\ttext"]
    for text_line, score_line in zip(texts, scores, strict=True):
        number, mean, text = text_line.split("\t")
        same_number, _, _, ratings = score_line.split("\t")
        assert number == same_number, f"the two tables of {_ARCHIVE} disagree at id {number}"
        lines.append(f"{number}\t{mean}\t{','.join(map(str, json.loads(ratings)))}\t{text}")
    return {
        "movie_ratings.tsv": ("\n".join(lines) + "\n").encode("utf-8"),
        "movie_ratings.LICENSE.txt": members[_LICENCE],
    }
