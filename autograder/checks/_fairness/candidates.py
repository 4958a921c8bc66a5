"""Other people's versions of error_rates, right and wrong, as source text.

`HIDDEN` is drawn from when a submission is graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function, `own`, so that no right version is given away.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of error_rates."""

    head = "import numpy as np\n\n\ndef error_rates(tn, fp, fn, tp):\n"


_SHARE = """
def share(part, whole):
    return part / whole if whole else float("nan")

n = tn + fp + fn + tp
"""
_DICT = """r = {
    "fpr": share(fp, fp + tn), "fnr": share(fn, fn + tp),
    "ppv": share(tp, tp + fp), "npv": share(tn, tn + fn),
    "base_rate": share(fn + tp, n), "selection_rate": share(fp + tp, n),
    "accuracy": share(tn + tp, n),
}
"""
_RIGHT = _SHARE + _DICT


def _right(body: str, shows: str = "rule") -> Candidate:
    return Candidate(shows, False, body)


def _wrong(shows: str, body: str) -> Candidate:
    return Candidate(shows, True, body)


def _instead(name: str, value: str, shows: str = "rule") -> Candidate:
    """Right but for one rate."""
    return _wrong(shows, _RIGHT + f'r["{name}"] = {value}\nreturn r')


def _zero(names: str, value: str) -> Candidate:
    """Wrong only where one of these rates is 0/0."""
    loop = (
        f"for name in {names.split()!r}:\n    if r[name] != r[name]:\n        r[name] = {value}\n"
    )
    return _wrong("undefined", _RIGHT + loop + "return r")


HIDDEN = [
    # right, each in its own style
    _right(_RIGHT + "return r"),
    _right(_RIGHT + "return {k: np.float64(v) for k, v in reversed(r.items())}"),
    _right(
        """
with np.errstate(all="ignore"):
    c = np.array([[tn, fp], [fn, tp]], dtype=float)
    (npv, _), (_, ppv) = c / c.sum(axis=0)
    (_, fpr), (fnr, _) = c / c.sum(axis=1, keepdims=True)
    n = c.sum()
    return dict(fpr=fpr, fnr=fnr, ppv=ppv, npv=npv, base_rate=c[1].sum() / n,
                selection_rate=c[:, 1].sum() / n, accuracy=c.trace() / n)
"""
    ),
    _right(_RIGHT + "return {k: np.asarray(v) for k, v in r.items()}"),
    # right, and a little off
    _right(_RIGHT + "return {k: v + 1e-6 for k, v in r.items()}", "close"),
    _right(_RIGHT + "return {k: np.float32(v) for k, v in r.items()}", "close"),
    _right(_RIGHT + "return {k: v * (1 - 9e-7) for k, v in r.items()}", "close"),
    # a wrong rule
    _instead("fpr", "share(fp, n)"),
    _instead("fpr", "share(fp, fp + tp)"),
    _instead("fnr", "share(fn, n)"),
    _instead("fnr", "share(fn, fn + tn)"),
    _instead("fnr", "share(tp, fn + tp)"),
    _instead("ppv", "share(tp, tp + fn)"),
    _instead("ppv", "share(tp, n)"),
    _instead("npv", "share(tn, tn + fp)"),
    _instead("base_rate", "share(fp + tp, n)"),
    _instead("selection_rate", "share(fn + tp, n)"),
    _instead("selection_rate", "share(tp, n)"),
    _instead("accuracy", "share(fp + fn, n)"),
    _wrong("rule", _RIGHT + "return {k: 100 * v for k, v in r.items()}"),
    _wrong("rule", "fp, fn = fn, fp\n" + _RIGHT.strip() + "\nreturn r"),
    # a wrong rule that an even table hides
    _instead("accuracy", "(share(tn, fp + tn) + share(tp, fn + tp)) / 2", "distinct"),
    _instead("npv", 'r["ppv"]', "distinct"),
    _instead("base_rate", "share(fp + tn, n)", "distinct"),
    _instead("selection_rate", "share(tn + fn, n)", "distinct"),
    # off by a little
    _wrong("near", _RIGHT + "return {k: round(v, 2) for k, v in r.items()}"),
    _wrong("near", _RIGHT + "return {k: v + 1e-3 for k, v in r.items()}"),
    _wrong("near", _RIGHT + "return {k: v * 0.998 for k, v in r.items()}"),
    # 0/0
    _zero("fpr fnr", "0.0"),
    _zero("ppv npv", "0.0"),
    _zero("fpr fnr ppv npv base_rate selection_rate accuracy", "0.0"),
    _zero("fnr", "1.0"),
    _zero("npv", "float('inf')"),
    _zero("ppv", "-1.0"),
    # an exception on legal counts
    _wrong("raises", _RIGHT.replace(' if whole else float("nan")', "") + "return r"),
    _wrong("raises", _RIGHT + "if not (tp and fp):\n    raise ValueError('too few')\nreturn r"),
    _wrong("raises", _RIGHT + "assert tn and fn, 'too few'\nreturn r"),
    # other keys, or no numbers
    _wrong("keys", _RIGHT + 'del r["accuracy"]\nreturn r'),
    _wrong("keys", _RIGHT + 'r["tpr"] = 1 - r["fnr"]\nreturn r'),
    _wrong("keys", _RIGHT + 'r["selection"] = r.pop("selection_rate")\nreturn r'),
    _wrong("shape", _RIGHT + "return list(r.values())"),
    _wrong("shape", _RIGHT + "return {k: [v] for k, v in r.items()}"),
    _wrong("shape", _RIGHT + "return {k: np.array([v]) for k, v in r.items()}"),
]

_OWN = "r = dict(own(tn, fp, fn, tp))\n"


def _own(name: str, value: str, shows: str = "rule") -> Candidate:
    return _wrong(shows, _OWN + f'r["{name}"] = {value}\nreturn r')


PUBLIC = [
    _right("return own(tn, fp, fn, tp)"),
    _right("return dict(sorted(own(tn, fp, fn, tp).items()))"),
    _right(_OWN + "return {k: v - 5e-7 for k, v in r.items()}", "close"),
    _wrong("rule", "return own(tn, fn, fp, tp)"),
    _wrong("rule", "return own(tp, fp, fn, tn)"),
    _own("fpr", 'r["fnr"]'),
    _own("accuracy", '1 - r["accuracy"]'),
    _own("npv", 'r["ppv"]', "distinct"),
    _own("base_rate", '1 - r["base_rate"]', "distinct"),
    _wrong("near", _OWN + "return {k: v + 2e-3 for k, v in r.items()}"),
    _wrong("undefined", _OWN + "return {k: v if v == v else 0.0 for k, v in r.items()}"),
    _wrong("raises", _OWN + "assert tn and fp and fn and tp\nreturn r"),
    _wrong("keys", _OWN + 'r.pop("npv")\nreturn r'),
    _wrong("shape", _OWN + "return {k: [v] for k, v in r.items()}"),
]
