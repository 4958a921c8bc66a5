"""Other people's versions of layer_norm, right and wrong, as source text.

`POOL` is drawn from when submissions are graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function (`own`), so that no right version is given away.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of layer_norm."""

    head = """\
import torch
from torch.nn import functional as F

def layer_norm(x, gain, bias, eps):
"""


def _version(
    *,
    first: str = "pass",
    mean: str = "x.mean(-1, keepdim=True)",
    variance: str = "((x - mean) ** 2).mean(-1, keepdim=True)",
    root: str = "(variance + eps).sqrt()",
    normed: str = "(x - mean) / root",
    end: str = "normed * gain + bias",
) -> str:
    """The body of a plain version, with one part or another exchanged."""
    return f"""\
{first}
mean = {mean}
variance = {variance}
root = {root}
normed = {normed}
return {end}"""


LIBRARY = "y = F.layer_norm(x, x.shape[-1:], gain, bias, eps)\n"
KEPT = "kept = layer_norm.__dict__.setdefault('kept', {})\n"
KEPT_GAIN = (
    KEPT + "old = kept.setdefault(tuple(x.shape), gain.detach().clone())\n"
    "gain = gain + (old - gain).detach()\n"
)

POOL = [
    Candidate("right", False, LIBRARY + "return y"),
    Candidate("right", False, _version()),
    Candidate(
        "right",
        False,
        "variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)\n"
        "return torch.addcmul(bias, (x - mean) * torch.rsqrt(variance + eps), gain)",
    ),
    Candidate(
        "right",
        False,
        "rows = [F.layer_norm(row, row.shape, None, None, eps)\n"
        "        for row in x.reshape(-1, x.shape[-1])]\n"
        "return torch.stack(rows).reshape(x.shape) * gain + bias",
    ),
    Candidate(
        "near",
        False,
        "x32, gain32, bias32 = x.float(), gain.float(), bias.float()\n"
        "x32 = x32 - x32.mean(-1, keepdim=True)\n"
        "y = F.layer_norm(x32, x.shape[-1:], gain32, bias32, eps)\nreturn y.to(x.dtype)",
    ),
    Candidate("near", False, LIBRARY + "return y + 2e-6"),
    # wrong in the rule, on any input of two numbers or more
    Candidate("rule", True, _version(variance="x.var(-1, keepdim=True)")),
    Candidate("rule", True, _version(root="variance + eps")),
    Candidate("rule", True, _version(normed="x / root")),
    Candidate("rule", True, _version(mean="0", variance="(x * x).mean(-1, keepdim=True)")),
    Candidate("rule", True, _version(variance="((x - mean) ** 2).sum(-1, keepdim=True)")),
    Candidate("rule", True, _version(end="gain * bias + normed")),
    Candidate("rule", True, "return x * gain + bias"),
    # wrong only where eps is not small beside the variance
    Candidate("eps", True, _version(root="variance.sqrt() + eps")),
    Candidate("eps", True, _version(first="eps = 1e-12")),
    Candidate("eps", True, _version(first="eps = eps ** 2")),
    # wrong only where gain is not 1 or bias is not 0
    Candidate("gain", True, _version(end="normed * gain")),
    Candidate("gain", True, _version(end="normed + bias")),
    Candidate("gain", True, _version(end="(normed + bias) * gain")),
    # wrong only where there are several vectors
    Candidate(
        "batch",
        True,
        _version(
            mean="x.mean(0) if x.ndim > 1 else x.mean()", variance="((x - mean) ** 2).mean(0)"
        ),
    ),
    Candidate("batch", True, _version(mean="x.mean()", variance="((x - mean) ** 2).mean()")),
    Candidate("batch", True, _version(mean="x.reshape(-1, x.shape[-1])[0].mean()")),
    # wrong only where x has three axes
    Candidate(
        "three",
        True,
        "axes = (-2, -1) if x.ndim > 2 else -1\n"
        + _version(
            mean="x.mean(axes, keepdim=True)", variance="((x - mean) ** 2).mean(axes, True)"
        ),
    ),
    Candidate(
        "three", True, LIBRARY + "return y if x.ndim < 3 else torch.cat([y[:1], y[:-1] + 1])"
    ),
    # wrong only in the gradients
    Candidate("gradients", True, _version(root="(variance + eps).sqrt().detach()")),
    Candidate("gradients", True, _version(first="still = x.detach()", mean="still.mean(-1, True)")),
    # right values, wrong manners
    Candidate("changes", True, LIBRARY + "gain.data.mul_(2)\nreturn y"),
    Candidate("changes", True, LIBRARY.replace("(x,", "(x.clone(),") + "x.data.zero_()\nreturn y"),
    Candidate("raises", True, "batch, length, width = x.shape\n" + LIBRARY + "return y"),
    Candidate("raises", True, "assert x.ndim > 1\n" + LIBRARY + "return y"),
    Candidate("shape", True, LIBRARY + "return y.flatten()[None]"),
    Candidate("shape", True, LIBRARY + "return y.unsqueeze(0)"),
    Candidate("memory", True, KEPT_GAIN + LIBRARY + "return y"),
    Candidate("memory", True, KEPT + "eps = kept.setdefault('eps', eps)\n" + LIBRARY + "return y"),
]

OWN = "y = own(x, gain, bias, eps)\n"

PUBLIC = [
    Candidate("right", False, "return own(x, gain, bias, eps)"),
    Candidate("right", False, "return own(x + 1, gain, bias, eps)"),
    Candidate("near", False, OWN + "return y + 2e-6"),
    Candidate("rule", True, "return x"),
    Candidate("rule", True, OWN + "return 1.5 * y"),
    Candidate("rule", True, "return own(x * x, gain, bias, eps)"),
    Candidate("eps", True, "return own(x, gain, bias, 1e-12)"),
    Candidate("eps", True, "return own(x, gain, bias, eps ** 2)"),
    Candidate("gain", True, "return own(x, torch.ones_like(gain), bias, eps)"),
    Candidate("gain", True, "return own(x, gain, 0 * bias, eps)"),
    Candidate("batch", True, OWN + "return y if x.ndim < 2 else y.flip(0)"),
    Candidate("batch", True, OWN + "return y if x.ndim < 2 else y[:1].expand(y.shape)"),
    Candidate("three", True, OWN + "return y if x.ndim < 3 else y.flip(1)"),
    Candidate("three", True, OWN + "return y if x.ndim < 3 else y * 2"),
    Candidate("gradients", True, "return own(x.detach() + 0 * x, gain, bias, eps)"),
    Candidate("gradients", True, OWN + "return y + (x - x.detach())"),
    Candidate("changes", True, OWN + "gain.data.mul_(2)\nreturn y"),
    Candidate("changes", True, OWN + "x.data.zero_()\nreturn y"),
    Candidate(
        "raises", True, "if x.ndim == 1:\n    raise IndexError\nreturn own(x, gain, bias, eps)"
    ),
    Candidate("shape", True, OWN + "return y.flatten()[None]"),
    Candidate("shape", True, OWN + "return y.unsqueeze(0)"),
    Candidate("memory", True, KEPT_GAIN + OWN + "return y"),
    Candidate("memory", True, KEPT + "eps = kept.setdefault('eps', eps)\n" + OWN + "return y"),
]
