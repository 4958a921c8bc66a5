"""Versions of `transformer_block`, right and wrong, made from parts that can be exchanged."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Block = Any


def norm(x: Tensor, block: Block, number: int) -> Tensor:
    gain, bias = getattr(block, f"norm{number}_gain"), getattr(block, f"norm{number}_bias")
    return F.layer_norm(x, x.shape[-1:], gain, bias, block.eps)


def project(x: Tensor, block: Block, name: str) -> Tensor:
    return x @ getattr(block, f"W_{name}") + getattr(block, f"b_{name}")


def attention(
    x: Tensor,
    block: Block,
    num_heads: int,
    *,
    split: Callable[[Tensor, int], Tensor] | None = None,
    scale: Callable[[int, int], float] = lambda width, heads: sqrt(width // heads),
    look: Callable[[Tensor], Tensor] = torch.tril,
    out: bool = True,
) -> Tensor:
    """Causal attention; each keyword is a place where people go wrong."""
    T, C = x.shape[-2:]
    if C % num_heads:
        raise ValueError(f"a width of {C} does not divide into {num_heads} heads")
    heads = split or consecutive
    q, k, v = (heads(project(x, block, name), num_heads) for name in "qkv")
    scores = q @ k.transpose(-1, -2) / scale(C, num_heads)
    allowed = look(torch.ones(T, T, dtype=torch.bool, device=x.device))
    weights = scores.masked_fill(~allowed, -1e30).softmax(dim=-1)
    mixed = joined(weights @ v, heads)
    return project(mixed, block, "o") if out else mixed


def consecutive(x: Tensor, num_heads: int) -> Tensor:
    return x.unflatten(-1, (num_heads, -1)).transpose(-3, -2)


def interleaved(x: Tensor, num_heads: int) -> Tensor:
    return x.unflatten(-1, (-1, num_heads)).movedim(-1, -3)


def reshaped(x: Tensor, num_heads: int) -> Tensor:
    B, T, C = x.shape
    return x.reshape(B, num_heads, T, C // num_heads)


def joined(x: Tensor, heads: Callable[[Tensor, int], Tensor]) -> Tensor:
    if heads is interleaved:
        return x.movedim(-3, -1).flatten(-2)
    if heads is reshaped:
        B, H, T, D = x.shape
        return x.reshape(B, T, H * D)
    return x.transpose(-3, -2).flatten(-2)


def feed(x: Tensor, block: Block) -> Tensor:
    return F.gelu(x @ block.W_in + block.b_in) @ block.W_out + block.b_out


def with_attention(**exchanged: Any) -> Callable[..., Tensor]:
    """A block that is right but for its attention."""

    def version(x: Tensor, block: Block, num_heads: int) -> Tensor:
        x = x + attention(norm(x, block, 1), block, num_heads, **exchanged)
        return x + feed(norm(x, block, 2), block)

    return version


plain = with_attention()


def no_first_residual(x, block, num_heads):
    x = attention(norm(x, block, 1), block, num_heads)
    return x + feed(norm(x, block, 2), block)


def no_second_residual(x, block, num_heads):
    x = x + attention(norm(x, block, 1), block, num_heads)
    return feed(norm(x, block, 2), block)


def no_residuals(x, block, num_heads):
    x = attention(norm(x, block, 1), block, num_heads)
    return feed(norm(x, block, 2), block)


def residual_of_norm(x, block, num_heads):
    normed = norm(x, block, 1)
    x = normed + attention(normed, block, num_heads)
    normed = norm(x, block, 2)
    return normed + feed(normed, block)


def post_norm(x, block, num_heads):
    x = norm(x + attention(x, block, num_heads), block, 1)
    return norm(x + feed(x, block), block, 2)


def norm_of_sublayer(x, block, num_heads):
    x = x + norm(attention(x, block, num_heads), block, 1)
    return x + norm(feed(x, block), block, 2)


def one_norm_shared(x, block, num_heads):
    x = x + attention(norm(x, block, 1), block, num_heads)
    return x + feed(norm(x, block, 1), block)


def norms_exchanged(x, block, num_heads):
    x = x + attention(norm(x, block, 2), block, num_heads)
    return x + feed(norm(x, block, 1), block)


def no_norms(x, block, num_heads):
    x = x + attention(x, block, num_heads)
    return x + feed(x, block)


def parallel(x, block, num_heads):
    return x + attention(norm(x, block, 1), block, num_heads) + feed(norm(x, block, 2), block)


def feed_forward_first(x, block, num_heads):
    x = x + feed(norm(x, block, 2), block)
    return x + attention(norm(x, block, 1), block, num_heads)


def default_eps(x, block, num_heads):
    def normed(x, number):
        gain, bias = getattr(block, f"norm{number}_gain"), getattr(block, f"norm{number}_bias")
        return F.layer_norm(x, x.shape[-1:], gain, bias, 1e-5)

    x = x + attention(normed(x, 1), block, num_heads)
    return x + feed(normed(x, 2), block)


def with_relu(x, block, num_heads):
    x = x + attention(norm(x, block, 1), block, num_heads)
    inner = torch.relu(norm(x, block, 2) @ block.W_in + block.b_in)
    return x + inner @ block.W_out + block.b_out


def no_refusal(x, block, num_heads):
    size = max(x.shape[-1] // num_heads, 1)
    usable = x.shape[-1] // size
    return plain(x, block, usable if x.shape[-1] % usable == 0 else 1)


def head_by_head(x, block, num_heads):
    if x.shape[-1] % num_heads:
        raise ValueError("the width does not divide by the heads")
    size = x.shape[-1] // num_heads
    normed = norm(x, block, 1)
    found = []
    for h in range(num_heads):
        columns = slice(h * size, (h + 1) * size)
        q, k, v = (
            normed @ getattr(block, f"W_{n}")[:, columns] + getattr(block, f"b_{n}")[columns]
            for n in "qkv"
        )
        future = torch.full((x.shape[1],) * 2, -torch.inf, dtype=x.dtype, device=x.device).triu(1)
        found.append(torch.softmax(q @ k.mT * size**-0.5 + future, dim=2) @ v)
    x = x + torch.cat(found, dim=-1) @ block.W_o + block.b_o
    return x + feed(norm(x, block, 2), block)


def by_einsum(x, block, num_heads):
    B, T, C = x.shape
    if C % num_heads != 0:
        raise ValueError(f"{C} columns for {num_heads} heads")
    normed = norm(x, block, 1)
    q, k, v = (project(normed, block, n).view(B, T, num_heads, -1) for n in "qkv")
    scores = torch.einsum("bthd,bjhd->bhtj", q, k) * (C // num_heads) ** -0.5
    later = torch.arange(T, device=x.device)[:, None] < torch.arange(T, device=x.device)
    weights = scores.masked_fill(later, -torch.inf).softmax(-1)
    mixed = torch.einsum("bhtj,bjhd->bthd", weights, v).reshape(B, T, C)
    x = x + mixed @ block.W_o + block.b_o
    return x + feed(norm(x, block, 2), block)


def token_by_token(x, block, num_heads):
    """Each token's row from the text up to it, which is what causal means."""
    rows = [
        with_attention(look=torch.ones_like)(x[:, : t + 1], block, num_heads)[:, t:]
        for t in range(x.shape[1])
    ]
    return torch.cat(rows, dim=1)
