"""Let a model write many replies at once, and say how likely each of their tokens was.

Source: none; the key-value cache is unit 05's.
Leaves out: prompts of different lengths in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.gpt.cache import KeyValueCache
from course_utils.gpt.model import GPT

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Replies:
    """A batch of prompts and what was written after them."""

    tokens: Tensor  # (B, P + T): prompt and reply
    counted: Tensor  # (B, T), bool: up to the end of the reply, the mark of the end included

    @property
    def prompt_length(self) -> int:
        """P."""
        return self.tokens.shape[1] - self.counted.shape[1]

    @property
    def last(self) -> Tensor:
        """Where the last token of each stands in `tokens`, (B,)."""
        return self.prompt_length + self.counted.sum(dim=1) - 1


@torch.no_grad()  # not inference_mode: what is written is learned from
def write_replies(
    model: GPT, prompts: Tensor, length: int, end: int | None, generator: torch.Generator
) -> Replies:
    """Draw a reply to each prompt, token by token, at temperature 1.

    Args:
        model: on any device.
        prompts: (B, P), at least one token each.
        length: T, of the longest reply.
        end: the token that ends a reply; None: all have `length` tokens.
        generator: a CPU generator, so that the same seed gives the same replies on a GPU.

    Raises:
        ValueError: prompts or replies of no tokens, or no room for prompt and reply.
    """
    B, P = prompts.shape
    if P < 1 or length < 1 or P + length > model.config.num_positions:
        raise ValueError(
            f"prompts of {P} tokens and replies of {length}: at least 1 each, together at most "
            f"{model.config.num_positions}"
        )
    weight = model.token_embedding.weight
    cache = KeyValueCache(model.config, B, device=weight.device, dtype=weight.dtype)
    unread, columns = prompts.to(weight.device), [prompts.to(weight.device)]
    over = torch.zeros(B, dtype=torch.bool)
    counted = []
    for _ in range(length):
        p = model(unread, cache)[:, -1].float().softmax(dim=-1).cpu()
        drawn = torch.multinomial(p, 1, generator=generator)  # (B, 1)
        counted.append(~over)
        if end is not None:
            drawn[over] = end
            over = over | (drawn[:, 0] == end)
        unread = drawn.to(weight.device)
        columns.append(unread)
    return Replies(torch.cat(columns, dim=1), torch.stack(counted, dim=1).to(weight.device))


def reply_log_probs(model: GPT, replies: Replies) -> Tensor:
    """Return log π of each token of each reply, (B, T); 0 after its end."""
    P = replies.prompt_length
    logits = model(replies.tokens[:, :-1])[:, P - 1 :]  # (B, T, V)
    log_p = logits.float().log_softmax(dim=-1).gather(2, replies.tokens[:, P:, None])[..., 0]
    return torch.where(replies.counted, log_p, 0.0)
