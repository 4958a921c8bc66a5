"""Keys and values of the tokens so far, so that writing one more costs one row and not a table.

Source: R. Pope and others, "Efficiently Scaling Transformer Inference", MLSys 2023.
Leaves out: sharing between sentences that begin alike, and anything smaller than full precision.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy


class KeyValueCache:
    """Room for every position of every layer, filled from the left.

    >>> cache = KeyValueCache(Config(1, 2, 4, 5, 3), batch_size=1)
    >>> cache.length, tuple(cache.keys.shape)
    (0, (1, 1, 2, 3, 2))
    """

    def __init__(
        self,
        config: Config,
        batch_size: int,
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Make an empty cache."""
        size = config.width // config.num_heads
        shape = (config.num_layers, batch_size, config.num_heads, config.num_positions, size)
        self.keys = torch.empty(shape, device=device, dtype=dtype)
        self.values = torch.empty(shape, device=device, dtype=dtype)
        self.length = 0  # tokens that every layer has seen; the model moves it on

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write the keys and values (B, H, T, D) of new tokens; return those of all so far."""
        stop = self.length + keys.shape[-2]
        self.keys[layer, :, :, self.length : stop] = keys
        self.values[layer, :, :, self.length : stop] = values
        return self.keys[layer, :, :, :stop], self.values[layer, :, :, :stop]

    def mask(self, num_new: int) -> Tensor | None:
        """Where the new tokens may look, (T, length + T); None for a single one, which sees all."""
        if num_new == 1:
            return None
        stop = self.length + num_new
        allowed = torch.ones(num_new, stop, dtype=torch.bool, device=self.keys.device)
        return allowed.tril(self.length)
