"""A reward model: people say which of two replies is better; a number for each reply follows.

Source: R. Bradley and M. Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952);
L. Ouyang and others 2022 (InstructGPT), step 2.
Leaves out: ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

from torch import Tensor
from torch.nn.functional import logsigmoid

Reply = TypeVar("Reply")


def ranking_to_pairs(ranking: Sequence[Reply]) -> list[tuple[Reply, Reply]]:
    """Return all pairs (better, worse) of a ranking: K(K − 1)/2 of K replies.

    Args:
        ranking: replies from best to worst.

    Raises:
        ValueError: a reply that stands in it twice: it cannot be better than itself.

    >>> ranking_to_pairs(["A", "B", "C"])
    [('A', 'B'), ('A', 'C'), ('B', 'C')]
    """
    pairs = list(combinations(ranking, 2))
    for better, worse in pairs:
        if better is worse or (isinstance(better, str | int) and better == worse):
            raise ValueError(f"{better!r} stands twice in the ranking: leave ties out")
    return pairs


def reward_model_loss(chosen: Tensor, rejected: Tensor) -> Tensor:
    """Return the mean of −log σ(r_chosen − r_rejected): how surprising the people's choices are.

    Args:
        chosen: rewards of the replies that were preferred, of any shape.
        rejected: rewards of the others, of the same shape.

    Returns:
        A scalar.

    >>> import torch
    >>> round(reward_model_loss(torch.tensor([2.0]), torch.tensor([0.0])).item(), 4)
    0.1269
    """
    return -logsigmoid(chosen - rejected).mean()
