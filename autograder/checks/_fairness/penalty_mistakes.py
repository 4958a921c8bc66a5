"""Mistakes in fairness.fair_logistic_loss, and what is said about them."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.special import expit

from autograder.check import Misconception


def variant(
    w, X, y, group, strength, *, loss_sum=1, grad_sum=1, square=True, centre=True, ddof=0,
    of_scores=lambda s: s, loss_strength=1.0, grad_strength=1.0, sign=1, first=None,
):  # fmt: skip
    """The penalised loss with one thing done differently."""
    X, y, group = (np.asarray(a, dtype=np.float64) for a in (X, y, group))
    n, s = len(y), X @ np.asarray(w, dtype=np.float64)
    centred = group - group.mean() if centre else group
    covariance = centred @ of_scores(s) / (n - ddof)
    slope = X.T @ centred / (n - ddof)
    losses = first(s, y) if first else np.logaddexp(0, s) - y * s
    price = covariance**2 if square else abs(covariance)
    steep = 2 * covariance * slope if square else np.sign(covariance) * slope
    loss = losses.sum() / (n if loss_sum == 1 else 1) + loss_strength * strength * price
    gradient = sign * X.T @ (expit(s) - y) / (n if grad_sum == 1 else 1)
    return float(loss), gradient + grad_strength * strength * steep


def _quiet(first):
    """The loss of each example by a formula that breaks at large scores."""

    def losses(s, y):
        with np.errstate(all="ignore"):
            return first(s, y)

    return losses


def _with_eps(s, y):
    p = expit(s)
    return -(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))


def _clipped(s, y):
    s = np.clip(s, -30, 30)
    return np.logaddexp(0, s) - y * s


def pooled_by_outcome(w, X, y, group, strength):
    return variant(w, X, y, y, strength)


def only_the_loss(w, X, y, group, strength):
    return variant(w, X, y, group, strength)[0]


def gradient_first(w, X, y, group, strength):
    return variant(w, X, y, group, strength)[::-1]


def labels_plus_minus(w, X, y, group, strength):
    s = np.asarray(X) @ np.asarray(w)
    loss, gradient = variant(w, X, y, group, strength)
    plain = np.mean(np.logaddexp(0, s) - np.asarray(y) * s)
    return loss - plain + np.mean(np.logaddexp(0, -np.asarray(y) * s)), gradient


MISCONCEPTIONS = [
    Misconception(
        "strength ignored",
        partial(variant, loss_strength=0.0, grad_strength=0.0),
        "This is the plain logistic loss and its gradient. Where is the price for a score that goes "
        "with the group?",
    ),
    Misconception(
        "gradient without penalty",
        partial(variant, grad_strength=0.0),
        "The loss is right, but the gradient is that of the first part only. The penalty depends on the "
        "weights too: add its gradient, or the training will not feel it.",
    ),
    Misconception(
        "factor 2 forgotten",
        partial(variant, grad_strength=0.5),
        "The loss is right. In the gradient the penalty is half as large as it should be: the "
        "derivative of c² is 2c times the derivative of c.",
    ),
    Misconception(
        "penalty only in the gradient",
        partial(variant, loss_strength=0.0),
        "The gradient is right, but the loss lacks the penalty. Both must speak of the same function, "
        "or the optimiser is led astray.",
    ),
    Misconception(
        "covariance not squared",
        partial(variant, square=False),
        "Here the price is the size of the covariance, |c|. It is to be c²: smooth at 0, and dearer the "
        "farther away.",
    ),
    Misconception(
        "group not centred",
        partial(variant, centre=False),
        "This is what you get when the mean of the group is not subtracted. Then scores that are large "
        "for everybody cost something too: use a minus its mean.",
    ),
    Misconception(
        "covariance with n - 1",
        partial(variant, ddof=1),
        "The covariance is divided by n − 1, as np.cov does if not told otherwise. Divide by n.",
    ),
    Misconception(
        "sum for mean",
        partial(variant, loss_sum=0, grad_sum=0),
        "This is what you get when the logistic losses are added up and not divided by n. With the "
        "mean, the strength means the same for any number of examples.",
    ),
    Misconception(
        "gradient summed",
        partial(variant, grad_sum=0),
        "The loss is right. In the gradient the first part is a sum over the examples: divide it by n, "
        "as in the loss.",
    ),
    Misconception(
        "sign of the gradient",
        partial(variant, sign=-1),
        "The loss is right, but the first part of the gradient points the other way: it is made of "
        "σ(s) − y, not of y − σ(s).",
    ),
    Misconception(
        "covariance of probabilities",
        partial(variant, of_scores=expit),
        "The covariance is taken with the probabilities σ(s). It is to be with the scores s = Xw "
        "themselves.",
    ),
    Misconception(
        "outcome for group",
        pooled_by_outcome,
        "Here the penalty is on scores that go with the outcome y, which is what the scores are for. "
        "It should be on those that go with the group.",
    ),
    Misconception(
        "labels of -1 and +1",
        labels_plus_minus,
        "This is log(1 + exp(−y s)), the loss for labels −1 and +1. Here y is 0 or 1: "
        "log(1 + exp(s)) − y s.",
    ),
    Misconception(
        "only the loss",
        only_the_loss,
        "This is the right loss, alone. Return two things: the loss and the gradient.",
    ),
    Misconception(
        "gradient first",
        gradient_first,
        "Both are right, in the wrong order: the loss comes first, then the gradient.",
    ),
    Misconception(
        "overflow",
        partial(variant, first=_quiet(lambda s, y: np.log(1 + np.exp(s)) - y * s)),
        "Right for small scores; at a score of 1000 exp overflows, and the loss is inf or nan. "
        "np.logaddexp(0, s) is the same number without going through exp(s).",
    ),
    Misconception(
        "logarithm of 0",
        partial(
            variant,
            first=_quiet(lambda s, y: -(y * np.log(expit(s)) + (1 - y) * np.log(1 - expit(s)))),
        ),
        "Right for small scores; at large ones σ(s) becomes 0 or 1 exactly, and its logarithm is −inf "
        "or nan. Do not go through the probability: use np.logaddexp(0, s).",
    ),
    Misconception(
        "a small number in the logarithm",
        partial(variant, first=_with_eps),
        "A small number inside the logarithm stops the loss at about 28. For a score of 1000 on the "
        "wrong side it is 1000: use np.logaddexp(0, s).",
    ),
    Misconception(
        "scores clipped",
        partial(variant, first=_clipped),
        "The scores are clipped before the loss, so that a hopeless mistake costs no more than a bad "
        "one. np.logaddexp(0, s) needs no clipping.",
    ),
]
