"""Mistakes in fairness.confusion_counts, and what is said about them."""

from __future__ import annotations

import numpy as np

from autograder.check import Misconception
from autograder.checks._fairness.drawing import answers_when_it_should_refuse
from course_utils.fairness import confusion_counts


def _counted(true, pred):
    true, pred = np.asarray(true), np.asarray(pred)
    return {
        "tn": int(np.sum(~true & ~pred)),
        "fp": int(np.sum(~true & pred)),
        "fn": int(np.sum(true & ~pred)),
        "tp": int(np.sum(true & pred)),
    }


def _renamed(y_true, y_pred, **names):
    counts = confusion_counts(y_true, y_pred)
    return {name: counts[names.get(name, name)] for name in counts}


def transposed(y_true, y_pred):
    return _renamed(y_true, y_pred, fp="fn", fn="fp")


def zero_positive(y_true, y_pred):
    return _renamed(y_true, y_pred, fp="fn", fn="fp", tn="tp", tp="tn")


def corners_exchanged(y_true, y_pred):
    return _renamed(y_true, y_pred, tn="tp", tp="tn")


def shares(y_true, y_pred):
    return {name: n / len(y_true) for name, n in confusion_counts(y_true, y_pred).items()}


def floats(y_true, y_pred):
    return {name: float(count) for name, count in confusion_counts(y_true, y_pred).items()}


def as_tuple(y_true, y_pred):
    return tuple(confusion_counts(y_true, y_pred).values())


def without_zeros(y_true, y_pred):
    return {name: n for name, n in confusion_counts(y_true, y_pred).items() if n}


def negative_is_zero(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    t, p = np.asarray(y_true), np.asarray(y_pred)
    pairs = {"tn": (0, 0), "fp": (0, 1), "fn": (1, 0), "tp": (1, 1)}
    return {name: int(np.sum((t == a) & (p == b))) for name, (a, b) in pairs.items()}


def truth_of_labels(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    return _counted(np.asarray(y_true).astype(bool), np.asarray(y_pred).astype(bool))


def bitwise_on_numbers(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    return _counted(np.asarray(y_true).astype(int), np.asarray(y_pred).astype(int))


def lists_compared(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    return _counted(y_true == 1, y_pred == 1)


def in_place(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    for y in (y_true, y_pred):
        np.asarray(y)[np.asarray(y) == -1] = 0
    return confusion_counts(y_true, y_pred)


def has_changed_labels(args, expected, answer):
    """Each −1 in the caller's arrays has become 0; a list stays as it was."""
    import numpy as np

    pairs = list(zip(args, answer[2], strict=True))
    return all(np.array_equal(np.where(np.equal(old, -1), 0, old), new) for old, new in pairs)


def gives_floats(args, expected, answer):
    """The right numbers, and all of them are floats."""
    return answer[0] == expected and all(isinstance(n, float) for n in answer[0].values())


def _counted_if(legal, y_true, y_pred):
    t, p = np.asarray(y_true), np.asarray(y_pred)
    if not legal(t, p):
        raise ValueError("labels")
    return _counted(t == 1, p == 1)


def _pair(y):
    return np.isin(y, (0, 1)).all() or np.isin(y, (-1, 1)).all()


def no_refusal(y_true, y_pred):
    return _counted_if(lambda t, p: True, y_true, y_pred)


def only_range(y_true, y_pred):
    return _counted_if(
        lambda t, p: not any(((y < -1) | (y > 1)).any() for y in (t, p)), y_true, y_pred
    )


def three_labels(y_true, y_pred):
    return _counted_if(lambda t, p: np.isin([t, p], (-1, 0, 1)).all(), y_true, y_pred)


def each_by_itself(y_true, y_pred):
    return _counted_if(lambda t, p: _pair(t) and _pair(p), y_true, y_pred)


def only_true_checked(y_true, y_pred):
    return _counted_if(lambda t, p: _pair(t), y_true, y_pred)


def truncated(y_true, y_pred):
    with np.errstate(invalid="ignore"):
        return confusion_counts(np.asarray(y_true).astype(int), np.asarray(y_pred).astype(int))


MISCONCEPTIONS = [
    Misconception(
        "changes its arguments",
        in_place,
        "The counts are right, and afterwards the −1 in the caller's arrays have become 0. Whoever "
        "called you still needs them: make a new array.",
        recognise=has_changed_labels,
    ),
    Misconception(
        "fp and fn exchanged",
        transposed,
        "Your table is transposed. A false positive is somebody for whom 1 was *predicted* and 0 "
        "came to be; read it from right to left: positive was predicted, and that was false.",
    ),
    Misconception(
        "0 for the positive label",
        zero_positive,
        "You count 0 as positive. Here the label 1 is positive, the bad outcome or the decision "
        "“high”, so tp counts those with 1 in both arrays.",
    ),
    Misconception(
        "tn and tp exchanged",
        corners_exchanged,
        "The two kinds of right predictions are under each other's name: tp counts 1 and 1, tn "
        "counts 0 and 0. sklearn's matrix, for example, begins with tn.",
    ),
    Misconception(
        "shares for counts",
        shares,
        "These are shares of everybody. Return counts: how many people, not divided by n. The rates "
        "come in the next exercise.",
    ),
    Misconception(
        "floats for counts",
        floats,
        "The numbers are right, but they are floats. A count of people is an integer: int(…).",
        recognise=gives_floats,
    ),
    Misconception(
        "a tuple for a dict",
        as_tuple,
        "You return four numbers without names. Return a dict with the keys tn, fp, fn and tp, so "
        "that nobody has to remember the order.",
    ),
    Misconception(
        "absent kinds left out",
        without_zeros,
        "A kind of outcome that does not occur is missing from your dict. All four keys are there "
        "always; nobody is the number 0.",
    ),
    Misconception(
        "−1 not counted as negative",
        negative_is_zero,
        "With the labels −1 and +1 you lose the negatives, because you look for 0. Whatever is not 1 "
        "is negative, once you know that the labels are legal.",
    ),
    Misconception(
        "−1 taken for true",
        truth_of_labels,
        "With the labels −1 and +1 everybody is positive: bool(−1) is True, like that of any number "
        "but 0. Compare with 1.",
    ),
    Misconception(
        "~ on numbers",
        bitwise_on_numbers,
        "~ flips the bits of a number: ~0 is −1 and ~1 is −2. It means “not” for booleans only, so "
        "compare first: y_true == 1 is an array of booleans.",
    ),
    Misconception(
        "a list compared with 1",
        lists_compared,
        "A list == 1 is one False, not one for each entry. Begin with np.asarray(…): then lists work "
        "like arrays.",
    ),
    Misconception(
        "only the range of the labels is checked",
        only_range,
        "You look whether labels are below −1 or above 1. A nan is neither, 0.5 is between, and so "
        "is a mixture of −1, 0 and 1: ask whether each label is one of the pair (np.isin).",
    ),
    Misconception(
        "−1, 0 and 1 mixed",
        three_labels,
        "You allow −1, 0 and 1 together. Is somebody with 0 negative, then, or missing? Either all "
        "labels are 0 or 1, or all are −1 or +1.",
    ),
    Misconception(
        "each array checked by itself",
        each_by_itself,
        "Each of your arrays has legal labels, but one has 0 and 1 and the other −1 and +1. Both "
        "have to use the same pair: look at them together.",
    ),
    Misconception(
        "predictions not checked",
        only_true_checked,
        "You check the labels of y_true only. Predictions can be broken too: look at both arrays.",
    ),
    Misconception(
        "labels cut to integers",
        truncated,
        "astype(int) makes 0.5 a 0, and nobody notices that the data are broken. Check the labels "
        "before you convert them.",
    ),
    Misconception(
        "no refusal",
        no_refusal,
        "You count whatever comes. A 2, a 0.5 or a nan among the labels, or 0/1 beside −1/+1, is a "
        "mistake in the data, and a number would hide it: raise ValueError.",
        recognise=answers_when_it_should_refuse,
    ),
]
