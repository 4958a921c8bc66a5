"""The numbers of a GPT, with names: how large it is, and what it learned.

Leaves out: dropout and biases of the output, which GPT-2 does not have in use either.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Config:
    """How large a GPT is."""

    num_layers: int
    num_heads: int
    width: int  # C, numbers in each hidden vector
    vocabulary_size: int  # V
    num_positions: int  # the longest text that it can read
    feed_forward_width: int | None = None  # None: 4 · width
    bias: bool = True  # biases in linear layers and norms
    tied: bool = True  # the output uses the token table
    final_norm: bool = True  # a layer norm after the last block; GPT (2018) has none
    eps: float = 1e-5  # of the layer norms

    @property
    def inner_width(self) -> int:
        """The width inside the feed-forward layers, F."""
        return 4 * self.width if self.feed_forward_width is None else self.feed_forward_width


@dataclass
class Block:
    """The weights of one transformer block. Row vectors: x @ W + b."""

    norm1_gain: Tensor  # (C,)
    norm1_bias: Tensor  # (C,)
    W_q: Tensor  # (C, C)
    b_q: Tensor  # (C,)
    W_k: Tensor
    b_k: Tensor
    W_v: Tensor
    b_v: Tensor
    W_o: Tensor
    b_o: Tensor
    norm2_gain: Tensor  # (C,)
    norm2_bias: Tensor  # (C,)
    W_in: Tensor  # (C, F)
    b_in: Tensor  # (F,)
    W_out: Tensor  # (F, C)
    b_out: Tensor  # (C,)
    eps: float = 1e-5


@dataclass
class Parameters:
    """All weights of a GPT. The output is tied to `token_table`."""

    token_table: Tensor  # (V, C)
    position_table: Tensor  # (num_positions, C)
    blocks: list[Block]
    final_norm_gain: Tensor  # (C,)
    final_norm_bias: Tensor  # (C,)
