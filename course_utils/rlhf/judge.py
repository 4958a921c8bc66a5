"""The held-out judge: people's choices on other texts, by other raters, as a number for any text.

A Bradley–Terry model that is linear in the words and pairs of words of a text. It is of another kind
than the reward model on purpose: what fools the one need not fool the other.

Source: R. Bradley and M. Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952).
Leaves out: the order of words, beyond neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.rlhf.movies import Part

PROVIDED = ("*",)  # whole in the student's copy


class Judge:
    """Learns from people's choices between texts; then scores any text."""

    def __init__(self, part: Part, *, num_pairs: int = 40_000, seed: int = 1) -> None:
        """Learn from pairs of one part's texts."""
        from scipy.sparse import vstack
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression

        self._words = CountVectorizer(ngram_range=(1, 2), min_df=2, binary=True)
        counts = self._words.fit_transform(part.texts)
        pairs = part.pairs(num_pairs, np.random.default_rng(seed))
        lead = counts[pairs[:, 0]] - counts[pairs[:, 1]]
        half = len(pairs) // 2  # half of them turned round, for both answers have to occur
        self._model = LogisticRegression(C=0.1, fit_intercept=False, max_iter=1000)
        self._model.fit(vstack([lead[:half], -lead[half:]]), [1] * half + [0] * (len(pairs) - half))

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one number for each text; the difference of two is the log-odds of the better one."""
        return self._model.decision_function(self._words.transform(texts))


def accuracy(scores: NDArray[np.float64], pairs: NDArray[np.int64]) -> float:
    """The share of human choices (better, worse) that the scores agree with; ties count half."""
    better, worse = scores[pairs[:, 0]], scores[pairs[:, 1]]
    return float(((better > worse) + 0.5 * (better == worse)).mean())


def human_ceiling(part: Part, num_pairs: int, rng: np.random.Generator) -> float:
    """How often one person's choice agrees with the mean of all the others, on untied pairs."""
    agree: list[bool] = []
    while len(agree) < num_pairs:
        i, j = rng.integers(len(part.texts), size=2)
        one = [int(rng.integers(len(part.scores[k]))) for k in (i, j)]
        own = part.scores[i][one[0]] - part.scores[j][one[1]]
        rest = [np.delete(part.scores[k], n).mean() for k, n in zip((i, j), one, strict=True)]
        if own != 0 and rest[0] != rest[1]:
            agree.append((own > 0) == (rest[0] > rest[1]))
    return float(np.mean(agree))
