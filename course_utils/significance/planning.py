"""How many test examples must you label before a gap of a given size can be seen?

The question to ask *before* the experiment. A difference d of one example is +1, 0 or −1, with mean
`gap` and variance `disagreement` − gap². Its mean over n examples is about normal; the test must be
large enough for that mean to clear the threshold of the level `alpha` with probability `power`.

Source: J. Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988), chapter 2; for
accuracies, D. Card et al., "With Little Power Comes Great Responsibility", EMNLP 2020.
Leaves out: that the threshold is set by the variance without a gap, which is a little larger (R. J.
Connor, Biometrics 43 (1987)), and the exact power of the bootstrap or of McNemar's test.
"""

from __future__ import annotations

from math import ceil

from scipy.special import ndtri  # quantiles of the normal, without the slow import of scipy.stats

_ROUNDING = 1e-9  # relative: far above floating-point error, far below one example


def minimum_test_size(gap: float, disagreement: float, power: float, alpha: float) -> int:
    """Return the smallest test set that shows a true gap with probability `power`.

        n ≥ (z₁₋α + z_power)² · (disagreement − gap²) / gap²

    z_q is the q quantile of the standard normal distribution; the test is one-sided.

    Args:
        gap: the true difference in accuracy that you want to see, a fraction.
        disagreement: P(exactly one of A and B is right), a fraction; gap < disagreement ≤ 1.
        power: probability of a significant result when the gap is real, in (0, 1); 0.8 is usual.
        alpha: probability of one when there is no gap, in (0, 1), smaller than power; 0.05 is
            usual.

    Returns:
        n, a whole number of test examples, at least 1.

    Raises:
        ValueError: not 0 < gap < disagreement ≤ 1, or not 0 < alpha < power < 1.

    One point of accuracy between classifiers that disagree on one example in ten:

    >>> minimum_test_size(gap=0.01, disagreement=0.10, power=0.8, alpha=0.05)
    6177
    """
    if not 0 < gap < disagreement <= 1:
        raise ValueError(
            f"gap = {gap} and disagreement = {disagreement}: expected 0 < gap < disagreement ≤ 1, "
            "because A can only lead where the two disagree"
        )
    if not 0 < alpha < power < 1:
        raise ValueError(f"alpha = {alpha} and power = {power}: expected 0 < alpha < power < 1")
    z = ndtri(power) - ndtri(alpha)  # z₁₋α = −z_α, and 1 − α would round
    bound = z**2 * (disagreement - gap**2) / gap**2
    # (0.9 − 0.3²)/0.3² is 9, and 9.000000000000002 in floating point: not a reason to ask for 10.
    return max(1, ceil(bound * (1 - _ROUNDING)))
