"""fairness.confusion_counts: four kinds of outcome.

Not asked: empty arrays, arrays of unequal length, and labels that are text.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from autograder.check import Case, Check
from autograder.checks._fairness.counts_mistakes import MISCONCEPTIONS
from autograder.checks._fairness.drawing import some_counts, telling_cases
from course_utils.fairness import confusion_counts


def by_loop(y_true, y_pred):
    seen = {float(label) for label in [*y_true, *y_pred]}
    if not (seen <= {0.0, 1.0} or seen <= {-1.0, 1.0}):
        raise ValueError(seen)
    found = Counter(tn=0, fp=0, fn=0, tp=0)
    for outcome, said in zip(y_true, y_pred, strict=True):
        found[("t" if outcome == said else "f") + ("p" if said == 1 else "n")] += 1
    return found


def by_bincount(y_true, y_pred):
    y = np.array([y_true, y_pred], dtype=float)
    if not (np.all(y * (y - 1) == 0) or np.all(abs(y) == 1)):
        raise ValueError("neither 0/1 nor −1/+1")
    tn, fp, fn, tp = np.bincount(2 * (y[0] > 0) + (y[1] > 0), minlength=4).astype(np.int32)
    return {"tp": tp, "tn": tn, "fp": fp, "fn": fn}


def by_products(y_true, y_pred):
    confusion_counts(y_true, y_pred)
    t, p = (np.asarray(y, dtype=np.float32) > 0 for y in (y_true, y_pred))
    t, p = t.astype(np.float32), p.astype(np.float32)
    tp, fp, fn = int(t @ p), int((1 - t) @ p), int(t @ (1 - p))
    return {"tn": len(t) - tp - fp - fn, "fp": fp, "fn": fn, "tp": tp}


def draw(rng: np.random.Generator) -> list[Case]:
    def labels(dtype: type = np.int64, **given: int) -> list[np.ndarray]:
        cells = list((some_counts(rng, 3, 14) | given).values())
        code = rng.permutation(np.repeat(np.arange(4), cells))
        return [(code // 2).astype(dtype), (code % 2).astype(dtype)]

    def spoiled(which: int, label: float) -> list[np.ndarray]:
        pair = labels(np.float64)
        pair[which][rng.integers(len(pair[which]))] = label
        return pair

    true, pred = labels()
    signed = [2 * y - 1 for y in labels(np.float64)]
    drawn = {
        "value": [labels(), [y.astype(np.int32) for y in labels()]],
        "floats": [labels(np.float64)],
        "signs": [[2 * y - 1 for y in labels()], signed],
        "booleans": [labels(bool)],
        "lists": [[y.tolist() for y in labels()]],
        "absent": [
            *(labels(fp=0, tp=0), labels(tn=0, fp=0, fn=0), labels(fp=0, fn=0)),
            *(labels(fp=0, fn=0, tp=0), labels(fn=0, tp=0)),  # only zeros in both, or in y_true
            *([2 * y - 1 for y in only] for only in (labels(fp=0, fn=0, tp=0), labels(tn=0, fp=0))),
        ],
        "refuses": [
            *(spoiled(0, 2), spoiled(1, 2), spoiled(1, np.nan), spoiled(0, 0.5)),
            *(spoiled(1, -1), [true, 2 * pred - 1], [2 * true - 1, pred]),
            [0 * true, 0 * pred - 1],  # from each pair one label only
        ],
    }
    return [Case(tuple(args), shows) for shows, inputs in drawn.items() for args in inputs]


COUNTS: Check = Check(
    exercise="fairness.confusion_counts",
    properties={
        "value": "counts tn, fp, fn and tp, with 1 as the positive label",
        "floats": "counts labels that are floats, and the counts are integers nevertheless",
        "signs": "understands −1 and +1",
        "booleans": "understands booleans",
        "lists": "understands lists",
        "absent": "gives 0 for a kind of outcome that does not occur",
        "refuses": "raises ValueError for any other label, nan too, and when two pairs are mixed",
    },
    cases=telling_cases(lambda: COUNTS, draw),
    expect=confusion_counts,
    accepts=[by_loop, by_bincount, by_products],
    misconceptions=MISCONCEPTIONS,
)
