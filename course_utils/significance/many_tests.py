"""More than one p-value: keep the chance of *any* false alarm at alpha.

Compare m pairs of equally good classifiers at level 0.05 each, and with m = 14 you should expect a
"winner" more often than not. Bonferroni compares every p-value with α/m. Holm's step-down gives the
same guarantee and never rejects less, so there is no reason to prefer Bonferroni.

Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statistics 6
(1979).
Leaves out: the false discovery rate (Benjamini and Hochberg), a weaker promise for hundreds of
tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike, alpha: float) -> NDArray[np.bool_]:
    """Say which of m null hypotheses to reject, with P(any false rejection) ≤ alpha.

    Sort the p-values, p₍₁₎ ≤ … ≤ p₍ₘ₎, and reject in that order

        while p₍ᵢ₎ ≤ α/(m − i + 1),   i = 1, 2, …

    The first that fails stops everything: it and all larger ones stand, however small they are.

    Args:
        p_values: shape (m,), each in [0, 1], in any order.
        alpha: in (0, 1), such as 0.05.

    Returns:
        Shape (m,), True where rejected, in the order given.

    Raises:
        ValueError: a p-value outside [0, 1] (or nan), or alpha outside (0, 1).

    0.01 ≤ 0.05/3 is rejected; 0.03 > 0.05/2 is not, and so 0.04 ≤ 0.05/1 is not either:

    >>> holm([0.04, 0.01, 0.03], 0.05)
    array([False,  True, False])
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError(f"p_values has shape {p.shape}: expected (m,)")
    illegal = ~((p >= 0) & (p <= 1))
    if illegal.any():
        raise ValueError(f"p_values contains {p[illegal][0]}: a p-value lies in [0, 1]")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha = {alpha}: a level lies strictly between 0 and 1")
    order = np.argsort(p, kind="stable")
    passes = p[order] <= alpha / np.arange(len(p), 0, -1)
    rejected = np.empty(len(p), dtype=np.bool_)
    rejected[order] = np.logical_and.accumulate(passes)
    return rejected
