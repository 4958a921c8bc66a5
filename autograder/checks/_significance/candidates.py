"""Other people's versions of paired_bootstrap, right and wrong, as source text.

`POOL` is drawn from when submissions are graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function (`own`), so that no right version is given away.
"""

from __future__ import annotations

from dataclasses import dataclass

from course_utils.plain import Code


@dataclass(frozen=True)
class Candidate:
    """One version: what it shows, whether it is wrong, and the body of the function."""

    shows: str
    wrong: bool
    body: str

    @property
    def code(self) -> Code:
        lines = "\n".join("    " + line for line in self.body.strip().splitlines())
        source = f"import numpy as np\n\ndef paired_bootstrap(correct_a, correct_b, resamples):\n{lines}\n"
        return Code(source, "paired_bootstrap")


D = "d = np.asarray(correct_a).astype(int) - np.asarray(correct_b).astype(int)\n"
S = D + "s = d[np.asarray(resamples)].sum(axis=1)\n"

POOL = [
    # right, each in a style of its own
    Candidate("right", False, S + "return float(np.mean(s > 2 * d.sum()))"),
    Candidate("near", False, S + "return np.mean(s > 2 * d.sum()) + 1e-6"),
    Candidate("right", False, S + "return np.asarray(np.count_nonzero(s > 2 * d.sum()) / len(s))"),
    Candidate(
        "right",
        False,
        D
        + "return sum(int(d[list(row)].sum()) > 2 * int(d.sum()) for row in resamples) / len(resamples)",
    ),
    Candidate(
        "right",
        False,
        D
        + "counts = np.array([np.bincount(row, minlength=len(d)) for row in np.asarray(resamples)])\nreturn float((counts @ d > 2 * d.sum()).mean())",
    ),
    # wrong in the rule
    Candidate("rule", True, S + "return float(np.mean(s > d.sum()))"),
    Candidate("rule", True, S + "return float(np.mean(s > 0))"),
    Candidate("rule", True, S + "return float(np.mean(s <= 2 * d.sum()))"),
    Candidate("rule", True, S + "return float(np.sum(s > 2 * d.sum()))"),
    Candidate("rule", True, S + "return 100 * float(np.mean(s > 2 * d.sum()))"),
    Candidate("rule", True, "return 0.5"),
    Candidate(
        "rule",
        True,
        "a, b, r = np.asarray(correct_a).astype(int), np.asarray(correct_b).astype(int), np.asarray(resamples)\ns = a[r].sum(axis=1) - b[np.roll(r, 1, axis=0)].sum(axis=1)\nreturn float(np.mean(s > 2 * (a.sum() - b.sum())))",
    ),
    Candidate("rule", True, S + "return float(np.mean(-s > -2 * d.sum()))"),
    # wrong only where δ(S) = 2 δ(D)
    Candidate("ties", True, S + "return float(np.mean(s >= 2 * d.sum()))"),
    Candidate(
        "ties", True, S + "return float(np.mean(s > 2 * d.sum()) + np.mean(s == 2 * d.sum()) / 2)"
    ),
    # wrong only when B leads
    Candidate("sign", True, S + "return float(np.mean(s > 2 * abs(d.sum())))"),
    Candidate(
        "sign",
        True,
        S + "if d.sum() < 0:\n    s, d = -s, -d\nreturn float(np.mean(s > 2 * d.sum()))",
    ),
    # right number, wrong manners
    Candidate(
        "changes",
        True,
        S
        + "p = float(np.mean(s > 2 * d.sum()))\nif isinstance(resamples, np.ndarray):\n    resamples.sort(axis=1)\nreturn p",
    ),
    Candidate(
        "changes",
        True,
        S
        + "p = float(np.mean(s > 2 * d.sum()))\nif isinstance(correct_a, np.ndarray):\n    correct_a[:] = correct_a[::-1].copy()\nreturn p",
    ),
    Candidate(
        "raises",
        True,
        S
        + "if d.sum() == 0:\n    raise ValueError('no difference')\nreturn float(np.mean(s > 2 * d.sum()))",
    ),
    Candidate(
        "raises",
        True,
        S
        + "if d.sum() < 0:\n    raise ValueError('B is better')\nreturn float(np.mean(s > 2 * d.sum()))",
    ),
    Candidate("shape", True, S + "return s > 2 * d.sum()"),
    Candidate("shape", True, S + "return np.array([np.mean(s > 2 * d.sum())])"),
]

PUBLIC = [
    Candidate("right", False, "return own(correct_a, correct_b, resamples)"),
    Candidate("near", False, "return own(correct_a, correct_b, resamples) + 1e-7"),
    Candidate("rule", True, "return 1 - own(correct_a, correct_b, resamples)"),
    Candidate("rule", True, "return own(correct_a, correct_b, resamples) * 100"),
    Candidate("rule", True, "return own(correct_b, correct_a, resamples)"),
    Candidate("rule", True, "return 0.5"),
    Candidate("ties", True, "return 1 - own(correct_b, correct_a, resamples)"),
    Candidate(
        "sign",
        True,
        "if np.sum(correct_a) < np.sum(correct_b):\n    return own(correct_b, correct_a, resamples)\nreturn own(correct_a, correct_b, resamples)",
    ),
    Candidate(
        "changes",
        True,
        "p = own(correct_a, correct_b, resamples)\nif isinstance(resamples, np.ndarray):\n    resamples[...] = 0\nreturn p",
    ),
    Candidate(
        "raises",
        True,
        "if np.sum(correct_a) == np.sum(correct_b):\n    raise ZeroDivisionError\nreturn own(correct_a, correct_b, resamples)",
    ),
    Candidate("shape", True, "return [own(correct_a, correct_b, resamples)]"),
]
