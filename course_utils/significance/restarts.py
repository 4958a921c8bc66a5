"""Two sources of variance: train again and the accuracy moves, test again and it moves too.

`restart_interval` reports the first in the usual "mean ± half-width"; `variance_components` puts a
number on both, so that you know which one to spend your computer's time on.

Source: CMU 10-301/601, lecture 28, "Two Sources of Variance"; Student, "The Probable Error of a
Mean", Biometrika 6 (1908).
Leaves out: restarts that are not independent (a shared bad learning rate), and intervals for the
spread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit  # quantiles of Student's t; importing scipy.stats is slow

from course_utils.significance.difference import zeros_and_ones


def restart_interval(accuracies: ArrayLike, level: float) -> tuple[float, float]:
    """Return the mean accuracy over R restarts, and the half-width of its confidence interval.

        mean ± t · s/√R

    s is the standard deviation with R − 1 in the denominator (ddof = 1), t the (1 + level)/2
    quantile of Student's t with R − 1 degrees of freedom. Over many repetitions of all R restarts,
    a fraction `level` of the intervals contains the true mean, if accuracies are about normal.

    Args:
        accuracies: shape (R,), one accuracy for each restart, R ≥ 2; fractions or percentages.
        level: confidence, in (0, 1), such as 0.95.

    Returns:
        (mean, half_width), both in the unit of `accuracies`.

    Raises:
        ValueError: R < 2, a value that is not finite, or level outside (0, 1).

    >>> mean, half_width = restart_interval([38, 44, 45, 46, 52], 0.95)
    >>> mean, round(half_width, 2)
    (45.0, 6.21)
    """
    values = np.asarray(accuracies, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"accuracies has shape {values.shape}: expected (R,) with R ≥ 2 restarts")
    if not np.isfinite(values).all():
        raise ValueError(f"accuracies contains {values[~np.isfinite(values)][0]}: expected numbers")
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: a confidence level lies strictly between 0 and 1")
    num_restarts = len(values)
    standard_error = values.std(ddof=1) / np.sqrt(num_restarts)
    half_width = stdtrit(num_restarts - 1, (1 + level) / 2) * standard_error
    return float(values.mean()), float(half_width)


def variance_components(correct: ArrayLike) -> dict[str, float]:
    """Split the variance of an accuracy into the part from training and the part from the test set.

        train = variance over restarts of the accuracy p_r (ddof = 1)
        test  = mean over restarts of p_r (1 − p_r)/n

    Args:
        correct: shape (R, n), 0 or 1, or booleans: was restart r right on test example i? R ≥ 2.

    Returns:
        {"train": …, "test": …}, variances of an accuracy given as a fraction; their square roots
        are the standard deviations.

    Raises:
        ValueError: `correct` is not a table of at least 2 restarts and 1 example, or an entry is
            not 0 or 1.

    >>> parts = variance_components([[1, 1, 1, 0], [1, 1, 0, 0]])  # accuracies 0.75 and 0.5
    >>> parts["train"], parts["test"]
    (0.03125, 0.0546875)
    """
    table = zeros_and_ones(correct, "correct")
    if table.ndim != 2 or len(table) < 2:
        raise ValueError(
            f"correct has shape {table.shape}: expected (R, n) with R ≥ 2 restarts, one a row"
        )
    accuracy = table.mean(axis=1)  # (R,)
    return {
        "train": float(accuracy.var(ddof=1)),
        "test": float(np.mean(accuracy * (1 - accuracy)) / table.shape[1]),
    }
