"""Other people's versions of scaled_dot_product_attention, right and wrong, as source text.

`POOL` is drawn from when submissions are graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function (`own`), so that no right version is given away.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of scaled_dot_product_attention."""

    head = """\
import numpy as np

def attention(queries, keys, values, mask=None):
    queries, keys, values = np.asarray(queries), np.asarray(keys), np.asarray(values)
    mask = None if mask is None else np.asarray(mask)
"""


def _version(
    *,
    first: str = "pass",
    scale: str = "np.sqrt(queries.shape[-1])",
    hide: str = "scores if mask is None else np.where(mask, scores, -np.inf)",
    top: str = "hidden.max(axis=-1, keepdims=True)",
    safe: str = "np.where(np.isfinite(top), top, 0)",
    total: str = "powers.sum(axis=-1, keepdims=True)",
    weights: str = "powers / np.where(total > 0, total, 1)",
    end: str = "weights @ values, weights",
) -> str:
    """The body of a plain version, with one part or another exchanged."""
    return f"""\
{first}
scores = queries @ np.swapaxes(keys, -1, -2) / {scale}
hidden = {hide}
top = {top}
with np.errstate(all="ignore"):
    powers = np.exp(hidden - {safe})
    total = {total}
    weights = {weights}
return {end}"""


FULL = "np.ones(scores.shape, dtype=bool) if mask is None else mask"
KEPT = "kept = attention.__dict__.setdefault('kept', {})\n"

POOL = [
    Candidate("right", False, _version()),
    Candidate(
        "right",
        False,
        _version(
            scale="1",
            first="queries = queries * queries.shape[-1] ** -0.5",
            weights="np.nan_to_num(powers / total)",
        ),
    ),
    Candidate(
        "right",
        False,
        "q, k, v = (np.asarray(a, dtype=float) for a in (queries, keys, values))\n"
        "scores = np.einsum('...td,...jd->...tj', q, k) / k.shape[-1] ** 0.5\n"
        "allowed = np.broadcast_to(True if mask is None else mask, scores.shape)\n"
        "scores = np.where(allowed, scores, -1e300)\n"
        "powers = np.exp(scores - scores.max(-1, keepdims=True)) * allowed\n"
        "weights = powers / np.maximum(powers.sum(-1, keepdims=True), 1e-300)\n"
        "return np.einsum('...tj,...jd->...td', weights, v), weights",
    ),
    Candidate(
        "right",
        False,
        "import torch\nq, k, v = (torch.tensor(np.array(a)) for a in (queries, keys, values))\n"
        "scores = q @ k.mT / k.shape[-1] ** 0.5\n"
        "if mask is not None:\n"
        "    scores = scores.masked_fill(~torch.tensor(np.array(mask)), -torch.inf)\n"
        "weights = scores.softmax(-1).nan_to_num(0.0)\n"
        "return (weights @ v).numpy(), weights.numpy()",
    ),
    Candidate("near", False, _version(end="weights @ values + 3e-6, weights")),
    Candidate("near", False, _version(end="weights @ values, weights - 2e-6")),
    # wrong in the rule, on nearly any input
    Candidate("rule", True, _version(scale="1")),
    Candidate("rule", True, _version(scale="queries.shape[-1]")),
    Candidate("rule", True, _version(scale="(queries.shape[-1] / 2)")),
    Candidate("rule", True, _version(weights="powers")),
    Candidate("rule", True, _version(end="weights @ values ** 2, weights")),
    Candidate("rule", True, _version(end="weights @ (values - values.mean()), weights")),
    Candidate("rule", True, _version(end="values[..., weights.argmax(-1), :], weights")),
    # wrong only where sizes differ
    Candidate("sizes", True, _version(scale="np.sqrt(values.shape[-1])")),
    Candidate("sizes", True, _version(scale="np.sqrt(keys.shape[-2])")),
    Candidate("sizes", True, _version(scale="np.sqrt(queries.shape[-2])")),
    # the weights themselves
    Candidate("weights", True, _version(end="weights @ values, scores")),
    Candidate("weights", True, _version(end="weights @ values, np.flip(weights, -1)")),
    # wrong only with a mask
    Candidate("mask", True, _version(hide="scores")),
    Candidate(
        "mask", True, _version(hide="scores if mask is None else np.where(mask, -np.inf, scores)")
    ),
    Candidate(
        "mask", True, _version(hide="scores if mask is None else np.where(mask, scores, -1e-9)")
    ),
    Candidate("mask", True, _version(hide="scores if mask is None else scores * mask")),
    Candidate(
        "mask",
        True,
        _version(hide="scores", end=f"(weights * ({FULL})) @ values, weights * ({FULL})"),
    ),
    # wrong only where a token may look at nothing
    Candidate("empty", True, _version(weights="powers / total")),
    Candidate(
        "empty", True, _version(weights="np.where(total > 0, powers / total, 1 / keys.shape[-2])")
    ),
    # wrong only for large scores
    Candidate("far", True, _version(top="0.0")),
    Candidate("far", True, _version(top="np.max(hidden, initial=-1e9, where=np.isfinite(hidden))")),
    Candidate("far", True, _version(first="queries = np.clip(queries, -30, 30)")),
    # wrong only with leading dimensions
    Candidate(
        "leading",
        True,
        _version(
            total="powers.sum(axis=-1, keepdims=True) if powers.ndim < 3 else powers.sum(axis=0)"
        ),
    ),
    Candidate(
        "leading",
        True,
        "q, k, v = queries, keys, values\nscores = q @ k.T / np.sqrt(k.shape[-1])\n" + _version(),
    ),
    # right values, wrong manners
    Candidate(
        "manners",
        True,
        _version(first="queries /= 1 + 1e-9", scale="np.sqrt(queries.shape[-1]) / 1").replace(
            "return", "queries *= 2\nreturn"
        ),
    ),
    Candidate(
        "manners",
        True,
        _version()
        .replace("return", "values[...] = 0 * values\nreturn", 1)
        .replace("weights @ values, weights", "answer, weights")
        .replace("values[...]", "answer = weights @ values\nvalues[...]", 1),
    ),
    Candidate("manners", True, _version(end="(weights @ values)[None], weights")),
    Candidate("manners", True, _version(end="weights @ values")),
    Candidate("manners", True, "T, d_k = queries.shape\n" + _version()),
    Candidate("manners", True, "assert mask is None or mask.any(-1).all()\n" + _version()),
    Candidate(
        "manners",
        True,
        KEPT
        + _version(
            end="weights @ kept.setdefault((values.shape, keys.shape, queries.shape), values.copy()), weights"
        ),
    ),
]

OWN = "outputs, weights = own(queries, keys, values, mask)\n"
BOTH = "return outputs, weights"

PUBLIC = [
    Candidate("right", False, "return own(queries, keys, values, mask)"),
    Candidate("right", False, "return own(queries + 0.0, 1.0 * keys, values, mask)"),
    Candidate("near", False, OWN + "return outputs + 3e-6, weights"),
    Candidate("rule", True, "return own(2 * queries, keys, values, mask)"),
    Candidate("rule", True, OWN + "return 1.5 * outputs, weights"),
    Candidate("rule", True, "return own(queries, keys, values ** 2, mask)"),
    Candidate(
        "sizes",
        True,
        "return own(queries * (keys.shape[-1] / values.shape[-1]), keys, values, mask)",
    ),
    Candidate(
        "sizes", True, "return own(queries * (keys.shape[-1] / keys.shape[-2]), keys, values, mask)"
    ),
    Candidate("weights", True, OWN + "return outputs, 1 - weights"),
    Candidate("weights", True, OWN + "return outputs, np.flip(weights, -1)"),
    Candidate("mask", True, "return own(queries, keys, values)"),
    Candidate("mask", True, "return own(queries, keys, values, None if mask is None else ~mask)"),
    Candidate(
        "empty",
        True,
        OWN
        + "empty = weights.sum(-1, keepdims=True) == 0\nreturn np.where(empty, np.nan, outputs), weights",
    ),
    Candidate(
        "empty",
        True,
        OWN
        + "empty = weights.sum(-1, keepdims=True) == 0\nreturn outputs, np.where(empty, 1 / keys.shape[-2], weights)",
    ),
    Candidate("far", True, "return own(np.clip(queries, -30, 30), keys, values, mask)"),
    Candidate(
        "far",
        True,
        OWN + "far = np.abs(queries).max() > 100\nreturn outputs * (np.nan if far else 1), weights",
    ),
    Candidate(
        "leading",
        True,
        OWN + "return (outputs, weights) if outputs.ndim < 3 else (np.flip(outputs, 0), weights)",
    ),
    Candidate(
        "leading",
        True,
        OWN + "return (outputs, weights) if outputs.ndim < 3 else (outputs * 2, weights)",
    ),
    Candidate("manners", True, OWN + "queries *= 2\n" + BOTH),
    Candidate("manners", True, OWN + "return outputs[None], weights"),
    Candidate("manners", True, OWN + "return outputs"),
    Candidate("manners", True, "if not mask is None:\n    raise IndexError\n" + OWN + BOTH),
]
