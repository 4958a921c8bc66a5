"""fairness.error_rates: seven quotients of four counts.

Not asked: counts that are arrays of many tables, which the reference can do and a student need not.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from autograder.check import Case, Check
from autograder.checks._fairness.drawing import some_counts, telling_cases
from autograder.checks._fairness.rates_mistakes import MISCONCEPTIONS
from course_utils.fairness import error_rates


def by_matrix(tn, fp, fn, tp):
    table = np.array([[tn, fp], [fn, tp]], dtype=np.float32)  # outcome, prediction
    with np.errstate(invalid="ignore"):
        (_, fpr), (fnr, _) = table / table.sum(axis=1, keepdims=True)
        (npv, _), (_, ppv) = table / table.sum(axis=0)
        joint = table / table.sum()
    rates = {"fpr": fpr, "fnr": fnr, "ppv": ppv, "npv": npv, "accuracy": np.trace(joint)}
    return rates | {"base_rate": joint[1].sum(), "selection_rate": np.asarray(joint[:, 1].sum())}


def by_fractions(tn, fp, fn, tp):
    def share(one, *others):
        total = one + sum(others)
        return float(Fraction(one, total)) if total else float("nan")

    return {
        "accuracy": share(tn + tp, fp + fn),
        "selection_rate": share(fp + tp, tn + fn),
        "base_rate": share(fn + tp, tn + fp),
        "npv": share(tn, fn),
        "ppv": share(tp, fp),
        "fnr": share(fn, tp),
        "fpr": share(fp, tn),
    }


def by_complements(tn, fp, fn, tp):
    rates = error_rates(tp, fn, fp, tn)  # both labels turned round
    names = {"fpr": "fnr", "fnr": "fpr", "ppv": "npv", "npv": "ppv", "accuracy": "accuracy"}
    turned = {name: rates[other] for name, other in names.items()}
    return turned | {name: 1 - rates[name] for name in ("base_rate", "selection_rate")}


def draw(rng: np.random.Generator) -> list[Case]:
    def table(low: int = 2, high: int = 19, **given: int) -> tuple[int, ...]:
        return tuple((some_counts(rng, low, high) | given).values())

    drawn: dict[str, list[tuple[int, ...]]] = {
        "value": [table(), table(), table(500, 3000)],
        "undefined": [table(tn=0, fp=0), table(fn=0, tp=0), table(fp=0, tp=0), table(tn=0, fn=0)],
        "zero": [table(fp=0), table(fn=0), table(tp=0), table(tn=0)],
        "nobody": [(0, 0, 0, 0)],
    }
    return [Case(args, shows) for shows, inputs in drawn.items() for args in inputs]


RATES: Check = Check(
    exercise="fairness.error_rates",
    properties={
        "value": "divides by the right people in each of the seven rates",
        "undefined": "gives nan for 0/0, and the other rates all the same",
        "zero": "gives 0 where only the numerator is 0",
        "nobody": "gives nan for every rate of nobody",
    },
    cases=telling_cases(lambda: RATES, draw),
    expect=error_rates,
    accepts=[by_matrix, by_fractions, by_complements],
    misconceptions=MISCONCEPTIONS,
)
