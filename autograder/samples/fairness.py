"""The learner's functions of unit 02. Each makes one mistake that its check names."""

import numpy as np
from scipy.special import expit


def confusion_counts(y_true, y_pred):
    t, p = np.asarray(y_true) == 1, np.asarray(y_pred) == 1
    cells = {"tn": ~t & ~p, "fp": ~t & p, "fn": t & ~p, "tp": t & p}
    return {name: int(cell.sum()) for name, cell in cells.items()}


def reweighing(counts):
    counts = np.asarray(counts, dtype=float)
    groups, labels = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    if not (groups.all() and labels.all()):
        raise ValueError("a group or a label is empty")
    return counts * counts.sum() / (groups * labels)


def fair_logistic_loss(weights, X, y, group, strength):
    scores = X @ weights
    centred = group - np.mean(group)
    loss = np.mean(np.logaddexp(0, scores) - y * scores) + strength * np.mean(centred * scores) ** 2
    return loss, X.T @ (expit(scores) - y) / len(y)


def equalized_odds_mixing(counts_by_group):
    n = sum(sum(c.values()) for c in counts_by_group.values())
    positives = sum(c["fn"] + c["tp"] for c in counts_by_group.values())
    mix = {group: (0.0, 0.0) for group in counts_by_group}
    return {"mix": mix, "fpr": 0.0, "tpr": 0.0, "accuracy": (n - positives) / n}
