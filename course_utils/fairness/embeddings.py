"""What word vectors learned from us: analogies, and a direction taken out.

Source: T. Bolukbasi and others, "Man is to Computer Programmer as Woman is to Homemaker? Debiasing
Word Embeddings", NeurIPS 2016; T. Mikolov, W. Yih and G. Zweig, "Linguistic Regularities in
Continuous Space Word Representations", NAACL 2013, for analogies by adding vectors.
Leaves out: that bias remains in the neighbourhoods after `neutralize` (H. Gonen and Y. Goldberg,
"Lipstick on a Pig", NAACL 2019), and the second half of Bolukbasi's method, "equalize".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def analogy(vectors: ArrayLike, words: Sequence[str], a: str, b: str, c: str, k: int) -> list[str]:
    """Return the k best answers to "a is to b as c is to …".

    The words whose vectors have the largest cosine with b − a + c, best first. The three words of
    the question are left out: without this rule the answer would mostly be one of them.

    Args:
        vectors: shape (V, d), a unit vector for each word.
        words: V words, in the order of the rows.
        a, b, c: words of the question.
        k: how many answers.

    Returns:
        k words, fewer when there are fewer; ties in the order of `words`.

    Raises:
        ValueError: an unknown word, or k < 1.

    >>> vectors = [[1, 0], [0, 1], [-1, 0], [0, -1], [0.6, 0.8]]
    >>> analogy(vectors, ["east", "north", "west", "south", "ne"], "east", "north", "north", 2)
    ['west', 'ne']
    """
    if k < 1:
        raise ValueError(f"k = {k}: ask for at least one word")
    rows = np.asarray(vectors, dtype=np.float64)
    index = {word: i for i, word in reversed(list(enumerate(words)))}
    if missing := [word for word in (a, b, c) if word not in index]:
        raise ValueError(f"{missing[0]!r} is not among the {len(words)} words")
    goal = rows[index[b]] - rows[index[a]] + rows[index[c]]
    # The cosine times a constant; rounded, because equal rows may differ in the sixteenth digit.
    similarity = np.round(rows @ goal, 12)
    best = np.argsort(-similarity, kind="stable")
    return [words[i] for i in best if words[i] not in (a, b, c)][:k]


def neutralize(vector: ArrayLike, direction: ArrayLike) -> NDArray[np.float64]:
    """Take the component along a direction out of a vector, and make its length 1 again.

        v' = v − (v·d)/(d·d) d,   then v'/|v'|

    Args:
        vector: shape (d,).
        direction: shape (d,), of any length but 0.

    Raises:
        ValueError: the direction is 0, the shapes differ, or nothing is left of the vector.

    >>> neutralize([3.0, 4.0], [0.0, 2.0])
    array([1., 0.])
    """
    v, d = np.asarray(vector, dtype=np.float64), np.asarray(direction, dtype=np.float64)
    if v.shape != d.shape or v.ndim != 1:
        raise ValueError(f"vector has shape {v.shape}, direction {d.shape}: both are (d,)")
    if not d.any():
        raise ValueError("the direction has length 0")
    d = d / np.abs(d).max()  # so that its square neither vanishes nor overflows
    rest = v - (v @ d) / (d @ d) * d
    length = np.linalg.norm(rest)
    if length <= 1e-12 * np.linalg.norm(v):
        raise ValueError("the vector lies along the direction: nothing is left of it")
    return rest / length
