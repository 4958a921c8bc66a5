"""Other people's versions of ppo_loss, right and wrong, as source text.

`POOL` is drawn from when submissions are graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function (`own`), so that no right version is given away.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of ppo_loss."""

    head = """\
import torch

def ppo_loss(log_prob, log_prob_old, advantages, clip):
"""


def _version(
    *,
    first: str = "pass",
    old: str = "log_prob_old.detach()",
    gains: str = "advantages.detach()",
    ratio: str = "(log_prob - old).exp()",
    held: str = "ratio.clamp(1 - clip, 1 + clip)",
    both: str = "torch.minimum(ratio * gains, held * gains)",
    end: str = "-both.mean()",
) -> str:
    """The body of a plain version, with one part or another exchanged."""
    return f"""\
{first}
old = {old}
gains = {gains}
ratio = {ratio}
held = {held}
both = {both}
return {end}"""


KEPT = "kept = ppo_loss.__dict__.setdefault('kept', {})\n"
FLAT = "if log_prob.ndim != 1:\n    raise IndexError('one axis, please')\n"

POOL = [
    Candidate("right", False, _version()),
    Candidate(
        "right",
        False,
        "old, gains = log_prob_old.detach(), advantages.detach()\n"
        "ratio = (log_prob - old).exp()\n"
        "good, bad = ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip)\n"
        "return -(torch.where(gains > 0, good, bad) * gains).mean()",
    ),
    Candidate(
        "right",
        False,
        "with torch.no_grad():\n    old, costs = log_prob_old + 0, -advantages\n"
        "ratio = log_prob.exp() / old.exp()\n"
        "return torch.max(costs * ratio, costs * ratio.clip(1 - clip, 1 + clip)).mean()",
    ),
    Candidate(
        "right",
        False,
        _version(
            ratio="torch.expm1(log_prob - old) + 1",
            held="torch.minimum(torch.maximum(ratio, ratio.new_tensor(1 - clip)), "
            "ratio.new_tensor(1 + clip))",
            end="-both.sum() / both.numel()",
        ),
    ),
    Candidate(
        "near",
        False,
        _version(
            old="log_prob_old.detach().float()",
            gains="advantages.detach().float()",
            ratio="(log_prob.float() - old).exp()",
            end="-both.mean().to(log_prob.dtype)",
        ),
    ),
    Candidate("near", False, _version(end="2e-6 - both.mean()")),
    # wrong in the rule, for almost any input
    Candidate("rule", True, _version(end="both.mean()")),
    Candidate("rule", True, _version(end="-2 * both.mean()")),
    Candidate("rule", True, _version(ratio="(old - log_prob).exp()")),
    Candidate("rule", True, _version(ratio="log_prob - old")),
    Candidate("rule", True, _version(ratio="log_prob.exp()")),
    Candidate("rule", True, _version(gains="advantages.detach() - 1")),
    Candidate("rule", True, _version(held="ratio.clamp(-clip, clip)")),
    # wrong only where a ratio is outside 1 − ε … 1 + ε
    Candidate("clip", True, _version(both="ratio * gains")),
    Candidate("clip", True, _version(both="held * gains")),
    Candidate("clip", True, _version(both="torch.maximum(ratio * gains, held * gains)")),
    Candidate("clip", True, _version(both="torch.minimum(ratio, held) * gains")),
    # wrong only for bad actions, or only for good ones
    Candidate("bad", True, _version(held="ratio.clamp(max=1 + clip)")),
    Candidate("bad", True, _version(gains="advantages.detach().clamp(min=0)")),
    Candidate("good", True, _version(held="ratio.clamp(min=1 - clip)")),
    Candidate("good", True, _version(gains="advantages.detach().clamp(max=0)")),
    # wrong only where clip is not 0.2
    Candidate("epsilon", True, _version(first="clip = 0.2")),
    Candidate("epsilon", True, _version(first="clip = 0.04 / clip")),
    # wrong only where there are several numbers
    Candidate("mean", True, _version(end="-both.sum()")),
    Candidate("mean", True, _version(end="-both.reshape(-1)[0]")),
    # wrong only in the gradients
    Candidate("gradients", True, _version(gains="advantages")),
    Candidate("gradients", True, _version(old="log_prob_old")),
    Candidate(
        "gradients", True, _version(both="torch.minimum(ratio * gains, held.detach() * gains + 0)",
                                    end="-(both - ratio * 0.1 + ratio.detach() * 0.1).mean()")
    ),
    # right values, wrong manners
    Candidate("changes", True, _version(end="-both.mean() + 0 * advantages.data.mul_(2).sum()")),
    Candidate("changes", True, _version(end="-both.mean() + 0 * log_prob_old.data.add_(1).sum()")),
    Candidate("raises", True, FLAT + _version()),
    Candidate("raises", True, "B, T = log_prob.shape\n" + _version()),
    Candidate("shape", True, _version(end="-both.mean()[None]")),
    Candidate("shape", True, _version(end="-both.mean().expand(log_prob.shape or (1,))")),
    Candidate(
        "memory", True, KEPT + _version(first="clip = kept.setdefault('clip', clip)")
    ),
    Candidate(
        "memory",
        True,
        KEPT
        + _version(
            gains="advantages.detach() - kept.get('mean', 0)",
            end="kept.setdefault('mean', 0.5) * 0 - both.mean()",
        ),
    ),
]  # fmt: skip

OWN = "y = own(log_prob, log_prob_old, advantages, clip)\n"

PUBLIC = [
    Candidate("right", False, "return own(log_prob, log_prob_old, advantages, clip)"),
    Candidate("right", False, "return own(log_prob + 1, log_prob_old + 1, advantages, clip)"),
    Candidate("near", False, OWN + "return y + 2e-6"),
    Candidate("rule", True, OWN + "return -y"),
    Candidate("rule", True, "return own(log_prob_old, log_prob, advantages, clip)"),
    Candidate("rule", True, OWN + "return y + 1"),
    Candidate("rule", True, "return own(log_prob, log_prob_old, advantages - 1, clip)"),
    Candidate("clip", True, "return own(log_prob, log_prob_old, advantages, 1e9)"),
    Candidate("clip", True, "return own(log_prob, log_prob_old, advantages, 3 * clip)"),
    Candidate("bad", True, "return own(log_prob, log_prob_old, advantages.clamp(min=0), clip)"),
    Candidate("good", True, "return own(log_prob, log_prob_old, advantages.clamp(max=0), clip)"),
    Candidate("epsilon", True, "return own(log_prob, log_prob_old, advantages, 0.2)"),
    Candidate("epsilon", True, "return own(log_prob, log_prob_old, advantages, 0.04 / clip)"),
    Candidate("mean", True, OWN + "return y * log_prob.numel()"),
    Candidate("mean", True, OWN + "return y * log_prob.numel() ** 0.5"),
    Candidate("gradients", True, OWN + "return y + (advantages - advantages.detach()).sum()"),
    Candidate("gradients", True, OWN + "return y + (log_prob - log_prob.detach()).sum()"),
    Candidate("changes", True, OWN + "advantages.data.mul_(2)\nreturn y"),
    Candidate("changes", True, OWN + "log_prob_old.data.add_(1)\nreturn y"),
    Candidate("raises", True, FLAT + OWN + "return y"),
    Candidate("raises", True, "B, T = log_prob.shape\n" + OWN + "return y"),
    Candidate("shape", True, OWN + "return y[None]"),
    Candidate("shape", True, OWN + "return y.expand(log_prob.shape or (1,))"),
    Candidate(
        "memory",
        True,
        KEPT
        + "clip = kept.setdefault('clip', clip)\n"
        + "return own(log_prob, log_prob_old, advantages, clip)",
    ),
    Candidate(
        "memory", True, KEPT + OWN + "y = y + kept.get('more', 0)\nkept['more'] = 1\nreturn y"
    ),
]
