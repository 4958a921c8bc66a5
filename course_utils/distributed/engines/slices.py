"""Tensor parallel: each worker has some heads and some inner units of every layer.

The matrices that lead to heads and inner units are cut by columns, those that lead back by rows. So each
sublayer needs one sum over workers forward (of its outputs) and one backward (of the gradient of its
inputs). Embeddings and norms are the same everywhere.

Source: M. Shoeybi and others, "Megatron-LM", 2019, section 3. torch.nn.Linear keeps its matrix
transposed: columns there are rows here.
Leaves out: cutting the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job, make_model, shares_of
from course_utils.gpt.loss import language_model_loss

PROVIDED = ("*",)  # whole in the student's copy


class Slices:
    """The engine of one worker."""

    def __init__(self, job: Job, group: Group) -> None:
        self.model = make_model(job)
        for name, parameter in self.model.named_parameters():
            parameter.data = cut(name, parameter.data, job)[group.worker].clone()
        self.model.to(group.device)
        heads = job.shares[group.worker]
        self.model.blocks = nn.ModuleList(
            _SlicedBlock(block, heads, group, f"layer {layer}")
            for layer, block in enumerate(self.model.blocks)
        )
        self._ledger = group.ledger

    def compute(self, batch: Tensor) -> float:
        """Set the gradients of this worker's slice; return the loss."""
        self.model.zero_grad()
        with self._ledger.during("forward"):
            loss = language_model_loss(self.model(batch), batch)
        with self._ledger.during("backward"):
            loss.backward()
        return float(loss.detach())

    @staticmethod
    def joined(parts: Sequence[Mapping[str, Tensor]], job: Job) -> dict[str, Tensor]:
        """Put the slices together again."""
        return {name: _joined(name, [part[name] for part in parts]) for name in parts[0]}

    @staticmethod
    def loss_of(parts: Sequence[float]) -> float:
        """Every worker knows it."""
        return parts[0]


def cut(name: str, tensor: Tensor, job: Job) -> tuple[Tensor, ...]:
    """Return each worker's slice of a parameter; all of it where it is not cut."""
    heads, inner = list(job.shares), list(shares_of(job.config.inner_width, job.num_workers))
    size = job.config.width // job.config.num_heads
    columns = [count * size for count in heads]
    if "attention_in" in name:
        by_role = tensor.unflatten(0, (3, -1))  # queries, keys, values
        return tuple(piece.flatten(0, 1) for piece in by_role.split(columns, dim=1))
    if name.endswith("attention_out.weight"):
        return tensor.split(columns, dim=1)
    if "feed_forward_in" in name:
        return tensor.split(inner, dim=0)
    if name.endswith("feed_forward_out.weight"):
        return tensor.split(inner, dim=1)
    return (tensor,) * job.num_workers


def _joined(name: str, pieces: Sequence[Tensor]) -> Tensor:
    if "attention_in" in name:
        return torch.cat([piece.unflatten(0, (3, -1)) for piece in pieces], dim=1).flatten(0, 1)
    if "feed_forward_in" in name:
        return torch.cat(list(pieces))
    if name.endswith(("attention_out.weight", "feed_forward_out.weight")):
        return torch.cat(list(pieces), dim=1)
    return pieces[0]


class _SlicedBlock(nn.Module):
    """A block of `course_utils.gpt.model`, with the heads and inner units of this worker."""

    def __init__(self, block: Any, num_heads: int, group: Group, label: str) -> None:
        super().__init__()
        self.norm1, self.norm2 = block.norm1, block.norm2
        self.attention_in, self.attention_out = block.attention_in, block.attention_out
        self.feed_forward_in = block.feed_forward_in
        self.feed_forward_out = block.feed_forward_out
        self._num_heads, self._group, self._label = num_heads, group, label

    def forward(self, x: Tensor, cache: object, layer: int) -> Tensor:
        x = x + self._summed(self._heads(self._spread(self.norm1(x))), self.attention_out)
        inner = F.gelu(self.feed_forward_in(self._spread(self.norm2(x))))
        return x + self._summed(inner, self.feed_forward_out)

    def _heads(self, x: Tensor) -> Tensor:
        projected = self.attention_in(x).unflatten(-1, (3, self._num_heads, -1))
        q, k, v = projected.permute(2, 0, 3, 1, 4)  # (B, H, T, D) each
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return mixed.transpose(1, 2).flatten(-2)

    def _spread(self, x: Tensor) -> Tensor:
        return _SumBackward.apply(x, self._group, self._label)

    def _summed(self, x: Tensor, linear: Any) -> Tensor:
        whole = _SumForward.apply(F.linear(x, linear.weight), self._group, self._label)
        return whole if linear.bias is None else whole + linear.bias


class _SumBackward(torch.autograd.Function):
    """Forward nothing; backward the sum over workers."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, group: Group, label: str) -> Tensor:
        ctx.group, ctx.label = group, label
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        ctx.group.all_reduce(total, f"{ctx.label} backward")
        return total, None, None


class _SumForward(torch.autograd.Function):
    """Forward the sum over workers; backward nothing."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, group: Group, label: str) -> Tensor:
        total = x.clone(memory_format=torch.contiguous_format)
        group.all_reduce(total, f"{label} forward")
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return gradients[0], None, None
