"""fairness.equalized_odds_mixing: any mixing that is feasible, honestly reported, and optimal.

Several mixings may be optimal, so that an answer is not held against the reference's mixing but
against what it claims, and its accuracy against the best.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.check import SMALLEST_MARGIN, Case, Check
from autograder.check_parts.drawing import draw_until
from autograder.checks._fairness.mixing_mistakes import MISCONCEPTIONS, never_turned, solve, told
from course_utils.agreement import deviation
from course_utils.fairness import equalized_odds_mixing


def ask_mixing(function, args):
    """Ask twice, and bring the tables back."""
    return [function(*args), function(*args), args[0]]


def agree_mixing(args, expected, answer):
    """Largest of all errors in units of 1e-4: of range, of the claimed rates, and of the accuracy."""
    import numpy as np

    first, second, afterwards = answer
    if first is None:
        return "it returned None (was a `return` forgotten?)"
    if {g: dict(c) for g, c in afterwards.items()} != {g: dict(c) for g, c in args[0].items()}:
        return "it changes one of its arguments"
    worst = 0.0
    for found in (first, second):
        if set(found) != {"mix", "fpr", "tpr", "accuracy"}:
            return "expected the keys mix, fpr, tpr and accuracy"
        if set(found["mix"]) != set(args[0]):
            return "mix does not have the groups as its keys"
        claims = [np.asarray(found[name]) for name in ("fpr", "tpr", "accuracy")]
        if any(claim.shape != () or claim.dtype.kind not in "iuf" for claim in claims):
            return "fpr, tpr and accuracy are not numbers"
        fpr, tpr, accuracy = map(float, claims)
        right = everybody = 0.0
        errors = [abs(accuracy - expected["accuracy"])]
        for group, c in args[0].items():
            pair = np.asarray(found["mix"][group])
            if pair.shape != (2,) or pair.dtype.kind not in "iuf":
                return "mix does not hold two numbers for each group"
            low, high = map(float, pair)
            false_high = (low * c["tn"] + high * c["fp"]) / (c["tn"] + c["fp"])
            true_high = (low * c["fn"] + high * c["tp"]) / (c["fn"] + c["tp"])
            errors += [-low, low - 1, -high, high - 1]
            errors += [abs(false_high - fpr), abs(true_high - tpr)]
            right += (1 - false_high) * (c["tn"] + c["fp"]) + true_high * (c["fn"] + c["tp"])
            everybody += sum(c.values())
        errors.append(abs(accuracy - right / everybody))
        if not np.isfinite(errors).all():
            return "some numbers are not finite"
        worst = max(worst, *errors)
    return worst / 1e-4


def expect(counts_by_group):
    return equalized_odds_mixing(counts_by_group)


def by_eliminating(counts_by_group):
    """Without f and t as unknowns of their own: the vertices where the parallelograms' edges meet."""
    points = {
        g: (c["fp"] / (c["fp"] + c["tn"]), c["tp"] / (c["tp"] + c["fn"]))
        for g, c in counts_by_group.items()
    }

    def mix_for(target, point):
        table = np.array([[1 - point[0], point[0]], [1 - point[1], point[1]]])
        return np.linalg.solve(table, target)

    edges = []
    for x, y in points.values():
        corners = [np.array(c, dtype=float) for c in ((0, 0), (x, y), (1, 1), (1 - x, 1 - y))]
        edges += [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    targets = [corner for edge in edges for corner in edge]
    for (a, b), (c, d) in combinations(edges, 2):
        system = np.stack([b - a, c - d], axis=1)
        if abs(np.linalg.det(system)) > 1e-9:
            targets.append(a + np.linalg.solve(system, c - a)[0] * (b - a))
    best = None
    for target in targets:
        mixes = np.array([mix_for(target, point) for point in points.values()])
        if mixes.min() > -1e-9 and mixes.max() < 1 + 1e-9:
            found = told(counts_by_group, np.clip(mixes, 0, 1))
            if best is None or found["accuracy"] > best["accuracy"]:
                best = found
    return best


def in_float32(counts_by_group):
    found = solve(counts_by_group)
    return {name: np.float32(found[name]) for name in ("fpr", "tpr", "accuracy")} | {
        "mix": {g: np.array(q, dtype=np.float32) for g, q in found["mix"].items()}
    }


def as_lists(counts_by_group):
    found = equalized_odds_mixing(dict(reversed(list(counts_by_group.items()))))
    return found | {"mix": {group: list(pair) for group, pair in found["mix"].items()}}


def cases(rng: np.random.Generator) -> list[Case]:
    def table(base_rate: float) -> dict[str, int]:
        n = int(rng.integers(80, 400))
        positives = round(n * base_rate)
        fp = round((n - positives) * rng.uniform(0.1, 0.45))
        tp = round(positives * rng.uniform(0.55, 0.92))
        return dict(tn=n - positives - fp, fp=fp, fn=positives - tp, tp=tp)

    def draw(names: str, low: float, high: float) -> tuple[dict[str, dict[str, int]]]:
        return ({name: table(rng.uniform(low, high)) for name in names},)

    def seen(drawn: list[tuple[dict[str, dict[str, int]]]]) -> bool:
        rights = [equalized_odds_mixing(*args) for args in drawn]

        def worst(function) -> float:
            answers = [function(*args) for args in drawn]
            rows = zip(drawn, rights, answers, strict=True)
            tolds = [agree_mixing(args, r, [a, a, args[0]]) for args, r, a in rows]
            return max(float("inf") if isinstance(t, str) else t for t in tolds)

        known = [m.function for m in MISCONCEPTIONS if m.function is not never_turned]
        if any(worst(function) < 2 * SMALLEST_MARGIN for function in known):
            return False
        answers = [[function(*args) for args in drawn] for function in known]
        return all(deviation(a, b) > SMALLEST_MARGIN for a, b in combinations(answers, 2))

    def draw_turned() -> tuple[dict[str, dict[str, int]]]:
        """One of the two classifiers is worse than chance."""
        (tables,) = draw("cd", 0.4, 0.6)
        c = tables["d"]
        return (tables | {"d": dict(tn=c["fp"], fp=c["tn"], fn=c["tp"], tp=c["fn"])},)

    def gains(args: tuple[dict[str, dict[str, int]]]) -> bool:
        return equalized_odds_mixing(*args)["accuracy"] > never_turned(*args)["accuracy"] + 0.02

    heart = draw_until(lambda: [draw("ab", 0.55, 0.75), draw("xyz", 0.2, 0.4)], seen)
    return [
        *(Case(args, "value") for args in heart),
        Case(draw("pqrst", 0.3, 0.7), "many"),
        Case(draw("s", 0.45, 0.55), "one"),
        Case(draw_until(draw_turned, gains), "turned"),
    ]


MIXING = Check(
    exercise="fairness.equalized_odds_mixing",
    properties={
        "value": "makes fpr and tpr equal in two or three groups at the highest accuracy",
        "many": "does so for five groups",
        "one": "takes a single group",
        "turned": "turns the decisions of a classifier round that is worse than chance",
    },
    cases=cases,
    ask=ask_mixing,
    agree=agree_mixing,
    expect=expect,
    accepts=[as_lists, by_eliminating, in_float32, solve],
    misconceptions=MISCONCEPTIONS,
)
