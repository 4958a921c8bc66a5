"""A transformer block, and the stack of them that is GPT, from weights to logits.

The plain form: one formula a line. `model.py` holds the fast form with the same numbers.

Source: CMU 10-301/601, lecture 28, "Transformer Language Model"; A. Radford and others, "Language
Models are Unsupervised Multitask Learners", 2019 (GPT-2), for the norm before each sublayer.
Leaves out: dropout, and the norm after the sublayer of the first transformers.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

from course_utils.gpt.layers import embed, feed_forward, layer_norm
from course_utils.gpt.weights import Block, Config, Parameters


def transformer_block(x: Tensor, block: Block, num_heads: int) -> Tensor:
    """Return the hidden vectors of the next layer. Always causal.

        x ← x + attention(norm1(x));   x ← x + feed_forward(norm2(x))

    Args:
        x: (B, T, C).
        block: the weights.
        num_heads: divides C.

    Returns:
        (B, T, C).

    Raises:
        ValueError: C does not divide by num_heads.

    Without output weights, both sublayers add nothing:

    >>> one, zero = torch.ones(2), torch.zeros(2)
    >>> linear = (torch.zeros(2, 2), zero)
    >>> empty = Block(one, zero, *4 * linear, one, zero, *2 * linear)
    >>> transformer_block(torch.tensor([[[1.0, 5.0]]]), empty, num_heads=1)
    tensor([[[1., 5.]]])
    """
    x = x + _attention(
        layer_norm(x, block.norm1_gain, block.norm1_bias, block.eps), block, num_heads
    )
    normed = layer_norm(x, block.norm2_gain, block.norm2_bias, block.eps)
    return x + feed_forward(normed, block.W_in, block.b_in, block.W_out, block.b_out)


def _attention(x: Tensor, block: Block, num_heads: int) -> Tensor:
    width = x.shape[-1]
    if num_heads < 1 or width % num_heads:
        raise ValueError(f"a width of {width} does not divide into {num_heads} heads")

    def heads(W: Tensor, b: Tensor) -> Tensor:
        return (x @ W + b).unflatten(-1, (num_heads, -1)).transpose(-3, -2)  # (B, H, T, D)

    q, k, v = heads(block.W_q, block.b_q), heads(block.W_k, block.b_k), heads(block.W_v, block.b_v)
    mixed = causal_attention(q, k, v)
    return mixed.transpose(-3, -2).flatten(-2) @ block.W_o + block.b_o


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return for each token a mix of the values of itself and of those before it.

    Args:
        q, k: (..., T, D). v: (..., T, any).

    Returns:
        (..., T, any).

    >>> zero = torch.zeros(2, 1)
    >>> causal_attention(zero, zero, torch.tensor([[1.0], [3.0]]))
    tensor([[1.],
            [2.]])
    """
    num_tokens, size = q.shape[-2:]
    future = torch.full((num_tokens, num_tokens), float("-inf"), dtype=q.dtype, device=q.device)
    scores = (q / sqrt(size)) @ k.transpose(-2, -1)  # (..., T, T)
    scores += future.triu(1)  # in place: a copy of all scores would cost a tenth of the time
    return scores.softmax(dim=-1) @ v


def gpt_logits(tokens: Tensor, parameters: Parameters, config: Config) -> Tensor:
    """Return the logits of the token after each position.

    Args:
        tokens: (B, T), integers below V.
        parameters: the weights; the output is tied to `token_table`.
        config: num_heads and eps are read from it.

    Returns:
        (B, T, V).

    Raises:
        ValueError: T is longer than the position table.

    Without any block: the normed embedding, times the table. (The mean of (1, 3) is 2, its spread 1.)

    >>> table = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
    >>> bare = Parameters(table, torch.zeros(1, 2), [], torch.ones(2), torch.zeros(2))
    >>> gpt_logits(torch.tensor([[0]]), bare, Config(0, 1, 2, 2, 1, eps=0.0))
    tensor([[[ 2., -2.]]])
    """
    x = embed(tokens, parameters.token_table, parameters.position_table)
    for block in parameters.blocks:
        x = transformer_block(x, block, config.num_heads)
    x = layer_norm(x, parameters.final_norm_gain, parameters.final_norm_bias, config.eps)
    return x @ parameters.token_table.T
