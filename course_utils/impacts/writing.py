"""Many texts at once, with a preference for green tokens or without.

Source: J. Kirchenbauer and others, "A Watermark for Large Language Models", ICML 2023.
Leaves out: a secret that depends on more than one token before; hard red lists.
"""

from __future__ import annotations

import numpy as np
import torch

from course_utils.gpt.model import GPT

PROVIDED = ("*",)  # whole in the student's copy


def draw_colours(vocabulary_size: int, fraction: float, secret: int) -> np.ndarray:
    """Return green[previous, token]: (vocabulary_size, vocabulary_size), bool. Whoever knows the secret can.

    >>> float(draw_colours(200, 0.25, secret=1).mean().round(2))
    0.25
    """
    rng = np.random.default_rng(secret)
    return rng.random((vocabulary_size, vocabulary_size), dtype=np.float32) < fraction


@torch.inference_mode()
def write_texts(
    model: GPT,
    first: int,
    num_texts: int,
    num_tokens: int,
    *,
    green: np.ndarray | None = None,
    strength: float = 0.0,
    temperature: float = 1.0,
    seed: int = 0,
) -> tuple[np.ndarray, float]:
    """Draw texts from the model, where logits of green tokens are raised by `strength`.

    Args:
        first: the token that every text starts from; it is not returned.
        green: green[previous, token], see `draw_colours`.
        seed: of the dice.

    Returns:
        The tokens, (num_texts, num_tokens), and how improbable the model itself finds them, in nats a
        token: the price of a preference.
    """
    place = model.token_embedding.weight.device
    dice = torch.Generator().manual_seed(seed)
    colours = None if green is None else torch.from_numpy(green).to(place)
    texts = torch.full((num_texts, 1), first, device=place)
    window = model.config.num_positions
    surprise = torch.zeros(num_texts, dtype=torch.float64)
    for _ in range(num_tokens):
        logits = model(texts[:, -window:])[:, -1].double()
        raised = logits if colours is None else logits + strength * colours[texts[:, -1]]
        chances = (raised / temperature).softmax(-1).cpu()
        new = torch.multinomial(chances, 1, generator=dice).to(place)
        surprise -= logits.log_softmax(-1).gather(1, new)[:, 0].cpu()
        texts = torch.cat([texts, new], dim=1)
    return texts[:, 1:].cpu().numpy(), float(surprise.mean()) / num_tokens
