"""Misspellings: which words are one slip away, and how likely is each slip?

One slip is a deletion, an insertion, a substitution, or a transposition of neighbouring letters.

Source: M. Kernighan, K. Church and W. Gale, "A Spelling Correction Program Based on a Noisy Channel
Model", COLING 1990. The four confusion tables are theirs.
Leaves out: words with two slips, and slips that make another real word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from math import inf, log
from typing import NamedTuple

PROVIDED = ("ChannelModel", "slip_between")  # whole in the student's copy
EDGE = "^"  # stands before the first letter


def edit_candidates(word: str, lexicon: Collection[str]) -> set[str]:
    """Return the words of the lexicon that are at most one slip away, the word itself included.

    Args:
        word: any characters; case matters.
        lexicon: known words; a frozenset is fastest, because its alphabet is looked up only once.

    >>> sorted(edit_candidates("teh", {"the", "ten", "eh", "teeth", "tech"}))
    ['eh', 'tech', 'ten', 'the']
    """
    known = frozenset(lexicon)
    letters = _alphabet(known)
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    variants = {word}
    variants.update(left + right[1:] for left, right in splits if right)
    variants.update(left + right[1] + right[0] + right[2:] for left, right in splits if right[1:])
    variants.update(left + letter + right for left, right in splits for letter in letters)
    variants.update(
        left + letter + right[1:] for left, right in splits if right for letter in letters
    )
    return {variant for variant in variants if variant in known}


@lru_cache(maxsize=8)
def _alphabet(known: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*known)


class Slip(NamedTuple):
    """One slip of the pen: `kind`, the intended letters that it happened to, what was written."""

    kind: str  # "deletion", "insertion", "substitution", "transposition"
    meant: str  # deletion: previous and lost letter; insertion: previous; transposition: both
    written: str


def slip_between(observed: str, intended: str) -> Slip | None:
    """Return the slip that turns `intended` into `observed`, or None when it takes more than one.

    In a doubled letter one cannot say which of the two was lost; the last one is named.

    >>> slip_between("teh", "the")
    Slip(kind='transposition', meant='he', written='eh')
    >>> slip_between("acress", "actress").meant  # t was lost after c
    'ct'
    """
    same = 0  # letters at the start that agree
    for x, y in zip(observed, intended, strict=False):
        if x != y:
            break
        same += 1
    x, y = observed[same:], intended[same:]
    previous = intended[same - 1] if same else EDGE
    if y and x == y[1:]:
        return Slip("deletion", previous + y[0], "")
    if x and y == x[1:]:
        return Slip("insertion", previous, x[0])
    if x and y and x[1:] == y[1:]:
        return Slip("substitution", y[0], x[0])
    if len(x) > 1 and len(y) > 1 and x[:2] == y[1::-1] and x[2:] == y[2:]:
        return Slip("transposition", y[:2], x[:2])
    return None


class ChannelModel:
    """p(observed | intended) for single slips, counted from pairs of misspelling and correction.

    Each slip has its own probability: how often it happened, among all chances it had. The chances
    are counted in the corrections. `k` is added to each count, for slips never seen. A long word has
    more chances than a short one, so that over all strings p sums only to about 1 (0.95 to 1.03).

    >>> channel = ChannelModel([("teh", "the"), ("hte", "the"), ("te", "the")], k=0.1)
    >>> channel.log_prob("teh", "the") > channel.log_prob("tge", "the")
    True
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str]], *, k: float = 0.5, p_correct: float = 0.95
    ) -> None:
        """Count. `p_correct` is the probability that a word is written without a slip."""
        if not k > 0:
            raise ValueError(f"k = {k}: a pseudo-count is positive")
        if not 0 < p_correct < 1:
            raise ValueError(f"p_correct = {p_correct}: a probability strictly between 0 and 1")
        self.k, self.p_correct = k, p_correct
        self.slips: Counter[Slip] = Counter()
        self.chances: Counter[str] = Counter()  # of single letters and of pairs of neighbours
        for observed, intended in pairs:
            slip = slip_between(observed, intended) if observed != intended else None
            if slip is not None:
                self.slips[slip] += 1
                self.chances.update(intended)
                self.chances.update(map("".join, zip(EDGE + intended, intended, strict=False)))
                self.chances[EDGE] += 1
        self.num_letters = sum(len(key) == 1 for key in self.chances) or 1

    def log_prob(self, observed: str, intended: str) -> float:
        """Return log p(observed | intended) in nats; −inf for more than one slip."""
        if observed == intended:
            return log(self.p_correct)
        slip = slip_between(observed, intended)
        if slip is None:
            return -inf
        chances = self.chances[slip.meant] + self.k * self.num_letters
        return log((1 - self.p_correct) * (self.slips[slip] + self.k) / chances)
