"""An n-gram model on sorted counts: all of Shakespeare in seconds, with the same probabilities.

An n-gram is its context and one more word, and its context is an (n − 1)-gram, which has a place in
the sorted table of the order before. So place · V + word is one number for each n-gram, however
large n: sort these numbers, count equal ones, go on with the next order. To look up a million
probabilities at once is one binary search an order.

Leaves out: adding sentences later; Kneser-Ney smoothing; anything that does not fit into memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.ngrams.counting import END, START

PROVIDED = ("FastNgramModel", "vocabulary_of", "with_unknown")  # whole in the student's copy
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
            ValueError: n < 1, or no sentences.
        """
        if n < 1 or not sentences:
            raise ValueError(f"n = {n} and {len(sentences)} sentences: both must be at least 1")
        self.n = n
        words = dict.fromkeys(chain([START, END], *sentences))  # each once
        self.ids = {word: i for i, word in enumerate(words)}
        self.size = len(self.ids) + 1  # the last id is for words that were never seen
        self.orders = self._count(self._padded(sentences))

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Return the maximum likelihood probability of every token under every order.

        Returns:
            Shape (n, tokens), the tokens of all sentences in order, each `</s>` included; a token
            in a context that was never seen has 0.
        """
        flat = self._padded(sentences)
        predicted = flat != self.ids[START]
        place = np.zeros(len(flat), dtype=np.int64)
        rows = []
        for order in self.orders:
            context = _before(place)
            place = order.find(context * self.size + flat)
            known = np.flatnonzero((place >= 0) & predicted)
            row = np.zeros(len(flat))
            row[known] = order.counts[place[known]] / order.totals[context[known]]
            rows.append(row[predicted])
        return np.array(rows)

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
        if len(weights) != self.n or min(weights) < 0 or not abs(sum(weights) - 1) <= 1e-6:
            raise ValueError(f"weights {weights}: need {self.n} numbers that sum to 1")
        with np.errstate(divide="ignore"):
            return np.log(np.asarray(weights) @ self.probabilities(sentences))

    def perplexity(self, sentences: Sequence[Sequence[str]], weights: Sequence[float]) -> float:
        """Return exp(−mean log probability) over all tokens, `</s>` included.

        Raises:
            ValueError: other weights, or no sentences, so nothing was predicted.
        """
        if not sentences:
            raise ValueError("there are no sentences: nothing is predicted")
        return float(np.exp(-np.mean(self.log_probabilities(sentences, weights))))

    def _padded(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.int64]:
        """All sentences in one array of ids, each with n − 1 starts before and one end after."""
        words = map(self.ids.get, chain.from_iterable(sentences), repeat(self.size - 1))
        lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        flat = np.full(lengths.sum() + self.n * len(lengths), self.ids[START])
        flat[np.cumsum(lengths + self.n) - 1] = self.ids[END]
        shifts = np.repeat(self.n * np.arange(len(lengths)) + self.n - 1, lengths)
        flat[np.arange(len(shifts)) + shifts] = np.fromiter(words, np.int64, len(shifts))
        return flat

    def _count(self, flat: NDArray[np.int64]) -> list[_Order]:
        predicted = flat != self.ids[START]
        place = np.zeros(len(flat), dtype=np.int64)  # order 0: the one empty context
        orders = []
        for _ in range(self.n):
            codes, place = _unique(_before(place) * self.size + flat)
            counts = np.bincount(place[predicted], minlength=len(codes))
            totals = np.bincount(codes // self.size, weights=counts).astype(np.float64)
            orders.append(_Order(codes, counts, totals))
        return orders


class _Order(NamedTuple):
    """What is known of one order; contexts are places in the order before."""

    codes: NDArray[np.int64]  # sorted
    counts: NDArray[np.int64]  # of each code; 0 for those that end in a start
    totals: NDArray[np.float64]  # of each context

    def find(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """The place of each wanted code, −1 where it is unknown.

        They are looked up in order, so that neighbours find the same numbers in the processor's cache.
        """
        codes, where = _sorted(wanted)
        place = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found = np.empty_like(place)
        found[where] = np.where(self.codes[place] == codes, place, -1)
        return found


def _before(place: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the n-gram that ended one position earlier.

    What stands before the first position is never asked for: there are only starts.
    """
    return np.concatenate([[0], place[:-1]])


def _unique(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As np.unique: each code once, sorted, and the place of every code among them."""
    codes, where = _sorted(codes)
    first = np.diff(codes, prepend=-1) != 0
    place = np.empty_like(where)
    place[where] = np.cumsum(first) - 1
    return codes[first], place


def _sorted(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sorted codes, and where each stood.

    Numbers sort ten times faster than they can be asked for their order: so each takes its place along, in bits of
    its own behind the code, if 63 bits are enough for both.
    """
    bits = len(codes).bit_length()
    if int(codes.max(initial=0)).bit_length() + bits > 63:
        where = np.argsort(codes)
        return codes[where], where
    packed = np.sort(codes << bits | np.arange(len(codes)))
    return packed >> bits, packed & ((1 << bits) - 1)
