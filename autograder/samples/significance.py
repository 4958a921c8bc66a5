"""The learner's functions of unit 01. Each makes one mistake that its check names."""

import numpy as np
from scipy import stats


def paired_bootstrap(correct_a, correct_b, resamples):
    difference = np.asarray(correct_a, dtype=int) - np.asarray(correct_b, dtype=int)
    sums = difference[resamples].sum(axis=1)
    return float(np.mean(sums >= 2 * difference.sum()))


def restart_interval(accuracies, level):
    if len(accuracies) < 2:
        raise ValueError("at least two restarts are needed")
    z = stats.norm.ppf((1 + level) / 2)
    return np.mean(accuracies), z * np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


def variance_components(correct):
    correct = np.asarray(correct, dtype=float)
    accuracy = correct.mean(axis=1)
    test = np.mean(accuracy * (1 - accuracy) / correct.shape[1])
    return {"train": np.var(accuracy), "test": test}


def holm(p_values, alpha):
    return np.asarray(p_values) <= alpha / len(p_values)
