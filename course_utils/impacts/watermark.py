"""Whether a machine wrote it: a watermark in the choice of words.

After each token a secret rule colours a share γ of the vocabulary green. A machine that prefers green
writes more of it than chance would.

Source: J. Kirchenbauer and others, "A Watermark for Large Language Models", ICML 2023.
Leaves out: paraphrases, which wash it out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Sequence
from math import sqrt


def watermark_z(
    tokens: Sequence[Hashable], is_green: Callable[[Hashable, Hashable], bool], fraction: float
) -> float:
    """Return how far the number of green tokens is from chance, in standard deviations.

        z = (green − γT) / √(Tγ(1 − γ))

    T counts distinct pairs of neighbours: a pair that comes again has the same colour again, and tells
    nothing new.

    Args:
        tokens: the text.
        is_green: is_green(previous, token).
        fraction: γ, in (0, 1).

    Returns:
        0.0 for fewer than two tokens.

    Raises:
        ValueError: fraction outside (0, 1).

    Pairs (a, b), (b, a), (a, c), of which two are green, where one half was to be expected:

    >>> round(watermark_z("abac", lambda previous, token: token != "c", 0.5), 4)
    0.5774
    """
    if not 0 < fraction < 1:
        raise ValueError(
            f"fraction is the green share of the vocabulary, in (0, 1), not {fraction}"
        )
    pairs = set(itertools.pairwise(tokens))
    if not pairs:
        return 0.0
    green = sum(bool(is_green(previous, token)) for previous, token in pairs)
    return (green - fraction * len(pairs)) / sqrt(len(pairs) * fraction * (1 - fraction))
