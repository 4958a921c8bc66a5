"""An n-gram model on sorted counts: all of Shakespeare in seconds, with the same probabilities.

For each order 1 … n it keeps two sorted arrays: the n-grams as numbers, and their contexts. To look
up a million probabilities at once is two binary searches.

Leaves out: adding sentences later; Kneser-Ney smoothing; anything that does not fit into memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.ngrams.counting import END, START
from course_utils.ngrams.scale import encode

UNKNOWN = "<unk>"


def vocabulary_of(sentences: Iterable[Sequence[str]], *, min_count: int = 2) -> set[str]:
    """Return the words that occur at least `min_count` times, with `</s>` and `<unk>`.

    >>> sorted(vocabulary_of([["a", "b"], ["a"]]))
    ['</s>', '<unk>', 'a']
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    return {word for word, count in counts.items() if count >= min_count} | {END, UNKNOWN}


def with_unknown(
    sentences: Iterable[Sequence[str]], vocabulary: Collection[str]
) -> list[list[str]]:
    """Replace each word outside the vocabulary by `<unk>`.

    >>> with_unknown([["a", "b"]], {"a"})
    [['a', '<unk>']]
    """
    return [[w if w in vocabulary else UNKNOWN for w in sentence] for sentence in sentences]


class FastNgramModel:
    """Maximum likelihood and interpolated n-gram probabilities of many tokens at once.

    >>> model = FastNgramModel([["cows", "eat"], ["cows", "moo"]], 2)
    >>> np.exp(model.log_probabilities([["cows", "eat"]], [0, 1])).tolist()  # cows, eat, </s>
    [1.0, 0.5, 1.0]
    """

    def __init__(self, sentences: Sequence[Sequence[str]], n: int) -> None:
        """Count all orders 1 … n.

        Raises:
            ValueError: n < 1, no sentences, or a vocabulary too large for n (V^n > 2⁶³ − 1).
        """
        if n < 1 or not sentences:
            raise ValueError(f"n = {n} and {len(sentences)} sentences: both must be at least 1")
        self.n = n
        self.ids = {START: 0, END: 1}
        for sentence in sentences:
            for word in sentence:
                self.ids.setdefault(word, len(self.ids))
        self.size = len(self.ids) + 1  # the last id is for words that were never seen
        padded = self._padded(sentences)
        self.orders = [self._count(padded, order) for order in range(1, n + 1)]

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Return the maximum likelihood probability of every token under every order.

        Returns:
            Shape (n, tokens), the tokens of all sentences in order, each `</s>` included; a token
            in a context that was never seen has 0.
        """
        padded = self._padded(sentences)
        return np.array([self._look_up(padded, order) for order in range(1, self.n + 1)])

    def log_probabilities(
        self, sentences: Sequence[Sequence[str]], weights: Sequence[float]
    ) -> NDArray[np.float64]:
        """Return the log of the interpolated probability of every token, in nats.

        Args:
            sentences: lists of words.
            weights: n numbers for the orders 1 … n, at least 0, summing to 1.

        Returns:
            Shape (tokens,), `</s>` included; −inf where the probability is 0.

        Raises:
            ValueError: other weights.
        """
        weights = list(weights)
        if len(weights) != self.n or min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
            raise ValueError(f"weights {weights}: need {self.n} numbers that sum to 1")
        with np.errstate(divide="ignore"):
            return np.log(np.asarray(weights) @ self.probabilities(sentences))

    def perplexity(self, sentences: Sequence[Sequence[str]], weights: Sequence[float]) -> float:
        """Return exp(−mean log probability) over all tokens, `</s>` included."""
        return float(np.exp(-np.mean(self.log_probabilities(sentences, weights))))

    def _padded(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.int64]:
        """All sentences in one array of ids, each with n − 1 starts before and one end after."""
        unseen, start, end = self.size - 1, [0] * (self.n - 1), [1]
        flat: list[int] = []
        for sentence in sentences:
            flat += start
            flat += [self.ids.get(word, unseen) for word in sentence]
            flat += end
        return np.array(flat, dtype=np.int64)

    def _codes(self, padded: NDArray[np.int64], order: int) -> NDArray[np.int64]:
        """The n-gram that ends at each predicted token: a start is never predicted."""
        codes = encode(padded, order, self.size)
        return codes[padded[order - 1 :] != 0] if self.n > 1 else codes

    def _count(self, padded: NDArray[np.int64], order: int) -> tuple[NDArray, ...]:
        codes, counts = np.unique(self._codes(padded, order), return_counts=True)
        contexts, first = np.unique(codes // self.size, return_index=True)
        return codes, counts, contexts, np.add.reduceat(counts, first)

    def _look_up(self, padded: NDArray[np.int64], order: int) -> NDArray[np.float64]:
        codes, counts, contexts, totals = self.orders[order - 1]
        wanted = self._codes(padded, order)
        joint = _find(codes, counts, wanted)
        total = _find(contexts, totals, wanted // self.size)
        return np.divide(joint, total, out=np.zeros(len(wanted)), where=total > 0)


def _find(keys: NDArray, values: NDArray, wanted: NDArray) -> NDArray[np.int64]:
    """The value of each wanted key; 0 where there is none."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
