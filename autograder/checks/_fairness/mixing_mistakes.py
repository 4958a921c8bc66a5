"""Mistakes in fairness.equalized_odds_mixing, and what is said about them."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.optimize import linprog

from autograder.check import Misconception
from course_utils.fairness import equalized_odds_mixing


def rates_of(counts, exchanged=False):
    """fpr and tpr of each group, and how many outcomes 0 and 1 there are in each."""
    table = np.array([[c["tn"], c["fp"], c["fn"], c["tp"]] for c in counts.values()], dtype=float)
    tn, fp, fn, tp = table.T
    points = np.stack([fp / (tn + fp), tp / (fn + tp)], axis=1)
    return points[:, ::-1] if exchanged else points, tn + fp, fn + tp


def solve(counts, exchanged=False, price=None, equal=(0, 1), in_order=False):
    """Mix so that the rates in `equal` agree, at the smallest price of a false and a missed one.

    With `in_order`, those called high stay the likelier ones to be high in the end.
    """
    points, negatives, positives = rates_of(counts, exchanged)
    k = len(points)
    wrong, rows = np.zeros(2 + 2 * k), []
    for i, point in enumerate(points):
        weights = price or (negatives[i], positives[i])
        for j, rate in enumerate(point):
            wrong[2 + 2 * i : 4 + 2 * i] += (1, -1)[j] * weights[j] * np.array([1 - rate, rate])
            if j in equal:
                row = np.zeros(2 + 2 * k)
                row[j], row[2 + 2 * i : 4 + 2 * i] = -1, (1 - rate, rate)
                rows.append(row)
    order = np.kron(np.eye(k + 1), [1, -1])[1:] * in_order
    x = linprog(wrong, order, np.zeros(k), rows, np.zeros(len(rows)), bounds=(0, 1)).x.clip(0, 1)
    return told(counts, x[2:].reshape(-1, 2), exchanged)


def told(counts, mix, exchanged=False):
    """What the mixing gives: the rates of all groups together, and the accuracy."""
    points, negatives, positives = rates_of(counts, exchanged)
    new = np.asarray(mix)[:, :1] * (1 - points) + np.asarray(mix)[:, 1:] * points
    fpr = float(new[:, 0] @ negatives / negatives.sum())
    tpr = float(new[:, 1] @ positives / positives.sum())
    right = (1 - fpr) * negatives.sum() + tpr * positives.sum()
    return {
        "mix": {g: (float(a), float(b)) for g, (a, b) in zip(counts, mix, strict=True)},
        "fpr": fpr,
        "tpr": tpr,
        "accuracy": float(right / (negatives.sum() + positives.sum())),
    }


def nothing_changed(counts):
    return told(counts, [(0.0, 1.0)] * len(counts))


def constant(counts):
    _, negatives, positives = rates_of(counts)
    same = float(positives.sum() > negatives.sum())
    return told(counts, [(same, same)] * len(counts))


def all_low(counts):
    return told(counts, [(0.0, 0.0)] * len(counts))


def turned(counts, change):
    found = equalized_odds_mixing(counts)
    return found | {"mix": {g: change(*q) for g, q in found["mix"].items()}}


def mean_of_groups(counts):
    found = equalized_odds_mixing(counts)
    _, negatives, positives = rates_of(counts)
    right = (1 - found["fpr"]) * negatives + found["tpr"] * positives
    return found | {"accuracy": float(np.mean(right / (negatives + positives)))}


def balanced(counts):
    found = equalized_odds_mixing(counts)
    return found | {"accuracy": (1 - found["fpr"] + found["tpr"]) / 2}


def old_accuracy(counts):
    return equalized_odds_mixing(counts) | {"accuracy": nothing_changed(counts)["accuracy"]}


def missed_for_found(counts):
    found = equalized_odds_mixing(counts)
    return found | {"tpr": 1 - found["tpr"]}


def percent(counts):
    found = equalized_odds_mixing(counts)
    return found | {name: 100 * found[name] for name in ("fpr", "tpr", "accuracy")}


never_turned = partial(solve, in_order=True)

MISCONCEPTIONS = [
    Misconception(
        "decisions never turned round",
        never_turned,
        "Your mixings keep “high” likelier for those called high. A classifier that is worse than chance "
        "is useful when it is turned round: both probabilities may be anything from 0 to 1.",
    ),
    Misconception(
        "nothing changed",
        nothing_changed,
        "Every group keeps its own decisions here, so the rates stay as unequal as they were. Choose "
        "q₀ and q₁ so that fpr' and tpr' come out the same in all groups.",
    ),
    Misconception(
        "everybody called low",
        all_low,
        "Nobody is called high here. Both rates are equal then, at 0, but many points that all groups "
        "can reach are more accurate.",
    ),
    Misconception(
        "everybody called the same",
        constant,
        "Everybody is called the same here. That is fair in this sense, and useless: there is a more "
        "accurate point that all groups can reach.",
    ),
    Misconception(
        "only tpr equalised",
        partial(solve, equal=(1,)),
        "The true positive rates agree, the false positive rates do not. That is the weaker criterion "
        "*equal opportunity*; equalised odds ask for both: two equations for each group.",
    ),
    Misconception(
        "only fpr equalised",
        partial(solve, equal=(0,)),
        "The false positive rates agree, the true positive rates do not. Write two equations for each "
        "group, one for each rate.",
    ),
    Misconception(
        "fpr and tpr exchanged",
        partial(solve, exchanged=True),
        "Here the groups' points have fpr and tpr in exchanged places, so the mixing belongs to other "
        "classifiers. fpr is fp/(fp + tn), tpr is tp/(tp + fn).",
    ),
    Misconception(
        "groups' outcomes not counted",
        partial(solve, price=(1.0, 1.0)),
        "This minimises fpr − tpr, as if both outcomes were equally frequent. The number of mistakes is "
        "N fpr + P (1 − tpr), with N outcomes 0 and P outcomes 1.",
    ),
    Misconception(
        "q0 and q1 exchanged",
        partial(turned, change=lambda low, high: (high, low)),
        "The two probabilities of each group are in exchanged places: first for those called low, then "
        "for those called high.",
    ),
    Misconception(
        "probability of low",
        partial(turned, change=lambda low, high: (1 - low, 1 - high)),
        "These are the probabilities of the final decision *low*. Return those of high, 1 minus yours.",
    ),
    Misconception(
        "probability of a change",
        partial(turned, change=lambda low, high: (low, 1 - high)),
        "The second number is the probability that a high becomes low. Return the probability that the "
        "final decision is *high*: 1 minus it.",
    ),
    Misconception(
        "accuracy of unweighted groups",
        mean_of_groups,
        "The mixing is right, but the accuracy is the mean of the groups' accuracies, as if all groups "
        "were of one size. Count all people together.",
    ),
    Misconception(
        "balanced accuracy",
        balanced,
        "The mixing is right, but the accuracy is the mean of tpr and 1 − fpr. Weight the two by how "
        "many outcomes 1 and 0 there are.",
    ),
    Misconception(
        "accuracy before mixing",
        old_accuracy,
        "The mixing is right, but the accuracy is that of the classifier before it. Equal rates have "
        "their price: use the new rates.",
    ),
    Misconception(
        "fnr for tpr",
        missed_for_found,
        "The mixing is right, but where tpr is asked you give 1 − tpr, the share of the outcomes 1 that "
        "is missed.",
    ),
    Misconception(
        "percent for fraction",
        percent,
        "The mixing is right, but the rates are in percent. Return fractions between 0 and 1.",
    ),
]
