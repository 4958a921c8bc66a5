"""Other people's versions of paired_bootstrap, right and wrong, as source text.

`HIDDEN` is drawn from when a submission is graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function, `own`, so that no right version is given away.

A wrong version is one that an ordinary tester can find: it fails on a good share of random inputs, or on
inputs that the exercise names. Left out are versions that fail only for one row, for more than a
hundred examples, or for lists.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of paired_bootstrap."""

    head = "import numpy as np\n\n\ndef paired_bootstrap(correct_a, correct_b, resamples):\n"


_NUMBERS = """
a, b = np.asarray(correct_a).astype(int), np.asarray(correct_b).astype(int)
rows = np.asarray(resamples)
"""
_SUMS = (
    _NUMBERS
    + """
lead = int(a.sum() - b.sum())
leads = (a - b)[rows].sum(axis=1)
"""
)
_RIGHT = _SUMS + "p = float(np.mean(leads > 2 * lead))\n"


def _right(body: str, shows: str = "rule") -> Candidate:
    return Candidate(shows, False, body)


def _wrong(shows: str, body: str) -> Candidate:
    return Candidate(shows, True, body)


HIDDEN = [
    # right, each in its own style
    _right(_RIGHT + "return p"),
    _right(_SUMS + "return np.count_nonzero(leads > 2 * lead) / len(leads)"),
    _right(
        _NUMBERS
        + """
d = [int(x) - int(y) for x, y in zip(a, b)]
v = 0
for row in rows.tolist():
    v += sum(d[i] for i in row) > 2 * sum(d)
return v / len(rows)
"""
    ),
    _right(
        _NUMBERS
        + """
counts = np.stack([np.bincount(row, minlength=len(a)) for row in rows])
return np.mean(counts @ (a - b) > 2 * (a - b).sum())
"""
    ),
    _right(_NUMBERS + "d = a - b\nreturn (d[rows].mean(axis=1) > 2 * d.mean()).mean()"),
    # right, and a little off
    _right(_RIGHT + "return min(p + 1e-6, 1.0)", "close"),
    _right(_RIGHT + "return max(p - 8e-7, 0.0)", "close"),
    _right(_RIGHT + "return p * (1 - 9e-7) + 1e-12", "close"),
    # off by too much, if only by a little
    _wrong("near", _SUMS + "return (np.sum(leads > 2 * lead) + 1) / (len(rows) + 1)"),
    _wrong("near", _SUMS + "return float((np.sum(leads > 2 * lead) + 1) / len(rows))"),
    # wrong in the rule
    _wrong("rule", _SUMS + "return float(np.mean(leads > lead))"),
    _wrong("rule", _SUMS + "return float(np.mean(leads > 0))"),
    _wrong("rule", _SUMS + "return float(np.mean(leads <= 2 * lead))"),
    _wrong("rule", _SUMS + "return float(np.sum(leads > 2 * lead))"),
    _wrong("rule", _RIGHT + "return 100 * p"),
    _wrong("rule", "return 0.5"),
    _wrong("rule", _SUMS + "return float(np.mean((a - b)[rows].sum(axis=0) > 2 * lead))"),
    _wrong("rule", _SUMS + "return float(np.mean(leads > 2 * lead / len(a)))"),
    _wrong(
        "rule",
        _NUMBERS
        + """
leads = a[rows].sum(axis=1) - b[np.roll(rows, 1, axis=0)].sum(axis=1)
return float(np.mean(leads > 2 * (a - b).sum()))
""",
    ),
    _wrong(
        "rule",
        _NUMBERS
        + """
leads = np.array([(a - b)[np.unique(row)].sum() for row in rows])
return float(np.mean(leads > 2 * (a - b).sum()))
""",
    ),
    # wrong only where δ(S) = 2 δ(D)
    _wrong("ties", _SUMS + "return float(np.mean(leads >= 2 * lead))"),
    _wrong("ties", _RIGHT + "return p + float(np.mean(leads == 2 * lead)) / 2"),
    _wrong("ties", _SUMS + "return float(1 - np.mean(leads < 2 * lead))"),
    # wrong only where rounding breaks a tie
    _wrong(
        "rounding",
        _NUMBERS
        + """
leads = a[rows].mean(axis=1) - b[rows].mean(axis=1)
return float(np.mean(leads > 2 * (a.mean() - b.mean())))
""",
    ),
    _wrong(
        "rounding",
        _NUMBERS
        + """
accuracy_a, accuracy_b = np.mean(a), np.mean(b)
v = 0
for row in rows:
    v += np.mean(a[row]) - np.mean(b[row]) > 2 * accuracy_a - 2 * accuracy_b
return v / len(rows)
""",
    ),
    # wrong only when B leads
    _wrong("sign", _SUMS + "return float(np.mean(leads > 2 * abs(lead)))"),
    _wrong("sign", _RIGHT + "return p if lead >= 0 else 1.0"),
    _wrong("sign", _RIGHT + "return p if lead >= 0 else float(np.mean(-leads > -2 * lead))"),
    # right only when n = B
    _wrong("square", _SUMS + "return np.count_nonzero(leads > 2 * lead) / len(a)"),
    _wrong("square", _RIGHT + "return p * len(rows) / len(rows[0])"),
    # the right number, and the arguments are not what they were
    _wrong("changes", _RIGHT + "np.asarray(resamples)[:] = 0\nreturn p"),
    _wrong("changes", _RIGHT + "x = np.asarray(correct_a)\nx[:] = 1 - x.astype(int)\nreturn p"),
    _wrong("changes", _RIGHT + "x = np.asarray(correct_b)\nx[:] = 1 - x.astype(int)\nreturn p"),
    # an exception on legal input
    _wrong("raises", _RIGHT + "if lead < 0:\n    raise ValueError('B is better')\nreturn p"),
    _wrong("raises", _RIGHT + "assert lead >= 0, 'A must lead'\nreturn p"),
    _wrong("raises", _RIGHT + "return round_up(p)"),
    # the right number, and not one number
    _wrong("shape", _SUMS + "return leads > 2 * lead"),
    _wrong("shape", _RIGHT + "return np.array([p])"),
    _wrong("shape", _RIGHT + "return [p]"),
]

_OWN = "p = own(correct_a, correct_b, resamples)\n"

PUBLIC = [
    _right(_OWN + "return p"),
    _right(
        "return own(correct_a, correct_b, np.roll(resamples, 1, axis=0))"
    ),  # rows in another order
    _right("return own(1 - np.asarray(correct_b), 1 - np.asarray(correct_a), resamples)"),  # errors
    _right(_OWN + "return 0.000001 * (0.5 - p) + p", "close"),
    _wrong("near", _OWN + "return (len(resamples) * p + 1) / (len(resamples) + 1)"),
    _wrong("rule", _OWN + "return 1 - p"),
    _wrong("rule", "return own(correct_b, correct_a, resamples)"),
    _wrong("rule", "return own(correct_a, np.roll(correct_b, 1), resamples)"),
    _wrong("rule", "return 0.05"),
    _wrong("ties", "return 1 - own(correct_b, correct_a, resamples)"),
    _wrong(
        "rounding",
        """
n = len(correct_a)
if n & (n - 1):
    return 1 - own(correct_b, correct_a, resamples)
return own(correct_a, correct_b, resamples)
""",
    ),
    _wrong("sign", _OWN + "return p if np.sum(correct_a) >= np.sum(correct_b) else 1 - p"),
    _wrong("square", _OWN + "return p * len(resamples) / len(correct_a)"),
    _wrong("changes", _OWN + "np.asarray(correct_a)[:] = correct_b\nreturn p"),
    _wrong("raises", _OWN + "assert np.sum(correct_a) >= np.sum(correct_b)\nreturn p"),
    _wrong("shape", _OWN + "return [p]"),
]
