"""significance.find_the_bug_significance: the student's tester meets right and wrong candidates."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.candidates import POOL, PUBLIC, Candidate
from course_utils.plain import Code
from course_utils.significance import find_the_bug_significance, paired_bootstrap

IS_WRONG = {candidate.code: candidate.wrong for candidate in [*POOL, *PUBLIC]}
OTHERS = ("ties", "sign", "changes", "raises", "shape")


def _cases(rng: np.random.Generator, pool: list[Candidate]) -> list[Case]:
    def some(shows: str, count: int) -> list[Candidate]:
        found = [candidate for candidate in pool if candidate.shows == shows]
        return [found[i] for i in rng.permutation(len(found))[:count]]

    heart = some("right", 2) + some("near", 1) + some("rule", 4)
    drawn = [Case((candidate.code,), "rule") for candidate in heart]
    return drawn + [Case((c.code,), shows) for shows in OTHERS for c in some(shows, 2)]


def cases(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, POOL)


def public_cases(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, PUBLIC)


def label(candidate: Code) -> bool:
    """Right or wrong, from the table; a test holds the table against brute force."""
    return IS_WRONG[candidate]


def tester(
    *,
    tests_ties: bool = True,
    tests_sign: bool = True,
    sees_changes: bool = True,
    raising_is_wrong: bool = True,
    sees_shape: bool = True,
) -> Callable[[Callable], bool]:
    """A tester that compares with a right version on 60 random inputs, with chosen blind spots."""

    def find_the_bug(candidate: Callable) -> bool:
        rng = np.random.default_rng(17)
        for trial in range(60):
            n = int(rng.integers(2, 14))
            a, b = rng.integers(0, 2, size=(2, n))
            if trial % 5 == 4:
                b = rng.permutation(a)
            if not tests_sign and a.sum() < b.sum():
                a, b = b, a
            rows = rng.integers(0, n, size=(23, n))
            if not tests_ties:
                rows = rows[(a - b)[rows].sum(axis=1) != 2 * (a - b).sum()]
                if len(rows) == 0:
                    continue
            handed = copy.deepcopy((a, b, rows))
            try:
                answer = candidate(*handed)
            except Exception:
                if raising_is_wrong:
                    return True
                continue
            if sees_shape and (isinstance(answer, list) or np.ndim(answer) != 0):
                return True
            if not np.all(np.abs(np.mean(answer) - paired_bootstrap(a, b, rows)) < 1e-4):
                return True
            unchanged = all(map(np.array_equal, handed, (a, b, rows)))
            if sees_changes and not unchanged:
                return True
        return False

    return find_the_bug


def always_wrong(candidate):
    return True


def always_right(candidate):
    return False


def opposite(candidate):
    return not tester()(candidate)


def lets_it_escape(candidate):
    for a, b in (([1, 0], [0, 1]), ([0, 0, 1], [1, 1, 0])):
        candidate(np.array(a), np.array(b), np.zeros((3, len(a)), int))
    return tester()(candidate)


def too_strict(candidate):
    """Demands equality to the last bit."""
    rng = np.random.default_rng(3)
    for _ in range(60):
        n = int(rng.integers(2, 12))
        a, b = rng.integers(0, 2, size=(2, n))
        rows = rng.integers(0, n, size=(19, n))
        try:
            if candidate(a.copy(), b.copy(), rows.copy()) != paired_bootstrap(a, b, rows):
                return True
        except Exception:
            return True
    return tester()(candidate)


def as_numpy_bool(candidate):
    return np.bool_(tester()(candidate))


class Tester:
    def __call__(self, candidate):
        return tester()(candidate)


FIND_THE_BUG = Check(
    exercise="significance.find_the_bug_significance",
    properties={
        "rule": "tells right versions from versions with a wrong rule",
        "ties": "finds a version that is wrong only for ties",
        "sign": "finds a version that is wrong only when B leads",
        "changes": "finds a version that changes its arguments",
        "raises": "finds a version that raises on legal input",
        "shape": "finds a version that does not return one number",
    },
    cases=cases,
    public=public_cases,
    own=paired_bootstrap,
    expect=label,
    accepts=[find_the_bug_significance, as_numpy_bool, Tester()],
    misconceptions=[
        Misconception(
            "always True",
            always_wrong,
            "Everything is called wrong, right versions too. Compare with the right answer.",
        ),
        Misconception(
            "always False",
            always_right,
            "Nothing is ever called wrong. Compare the candidate's answers with the right ones.",
        ),
        Misconception(
            "True and False swapped",
            opposite,
            "The answers are the wrong way round: True means that the candidate is wrong.",
        ),
        Misconception(
            "exceptions escape",
            lets_it_escape,
            "A candidate's exception ends your tester. Catch it: a candidate that raises is wrong.",
        ),
        Misconception(
            "exceptions ignored",
            tester(raising_is_wrong=False),
            "A candidate that raises on legal input is wrong; your tester goes on as if nothing were.",
        ),
        Misconception(
            "no ties tried",
            tester(tests_ties=False),
            "Your inputs hold no tie, so >= and > look the same. Try rows with δ(S) = 2 δ(D).",
        ),
        Misconception(
            "B never leads",
            tester(tests_sign=False),
            "In your inputs A is never behind. Try data on which B is better.",
        ),
        Misconception(
            "changed arguments not seen",
            tester(sees_changes=False),
            "Some candidates change their arguments. Keep copies, and compare afterwards.",
        ),
        Misconception(
            "shape not seen",
            tester(sees_shape=False),
            "Some candidates return an array or a list. Check that the answer is one number.",
        ),
        Misconception(
            "equality to the last bit",
            too_strict,
            "Right versions may differ in the last digits. Allow a difference of 1e-5.",
        ),
    ],
)
