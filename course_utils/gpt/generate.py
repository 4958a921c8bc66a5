"""Let a model write: one token after the other, each drawn from what it says.

The cost is linear in the length: keys and values are kept. When the text outgrows the positions, the
model goes on from the last half of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from course_utils.gpt.cache import KeyValueCache
from course_utils.gpt.model import GPT
from course_utils.gpt.sampling import sample_next_token

PROVIDED = ("*",)  # whole in the student's copy: it is given their own choice
Choice = Callable[[Tensor, float, int | None, float | None, float], int]


@torch.inference_mode()
def generate_tokens(
    model: GPT,
    prompt: Sequence[int],
    uniforms: Sequence[float],
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    choose: Choice = sample_next_token,
) -> Iterator[int]:
    """Yield one new token for each uniform number.

    Args:
        model: in any mode, on any device.
        prompt: tokens to go on from, at least one.
        uniforms: one number in [0, 1) for each token to write.
        temperature, top_k, top_p: see `sample_next_token`.
        choose: `sample_next_token`, or another one that is called like it.

    Raises:
        ValueError: an empty prompt, or a setting that `choose` refuses.
    """
    if len(prompt) == 0:
        raise ValueError("the prompt is empty: give at least one token to go on from")
    weight = model.token_embedding.weight
    window = model.config.num_positions
    text = list(prompt)
    unread = text[-window:]
    cache = KeyValueCache(model.config, 1, device=weight.device, dtype=weight.dtype)
    for u in uniforms:
        if cache.length + len(unread) > window:
            cache.length, unread = 0, text[-max(window // 2, 1) :]
        tokens: Tensor = torch.tensor([unread], device=weight.device)
        logits = model(tokens, cache)[0, -1]
        token = choose(logits.float().cpu(), temperature, top_k, top_p, u)
        text.append(token)
        unread = [token]
        yield token
