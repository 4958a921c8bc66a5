"""GPT, the fast form: the numbers of `blocks.py`, with fused operations, gradients and a cache.

One matrix product makes queries, keys and values of all heads; torch's own kernels do the attention
and the norms; keys and values of earlier tokens can be kept in a `KeyValueCache`.

Source: A. Radford and others, "Language Models are Unsupervised Multitask Learners", 2019; weights
start as in their code: normal with deviation 0.02, and 0.02/√(2L) where a sublayer ends, so that
the residual stream does not grow with the number of layers.
Leaves out: dropout. On a text that is read a few times, as here, it does not help.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.gpt.cache import KeyValueCache
from course_utils.gpt.weights import Block, Config, Parameters

PROVIDED = ("*",)  # whole in the student's copy


class GPT(nn.Module):
    """A transformer language model.

    >>> model = GPT(Config(num_layers=2, num_heads=2, width=8, vocabulary_size=5, num_positions=4))
    >>> model(torch.zeros(1, 3, dtype=torch.long)).shape
    torch.Size([1, 3, 5])
    """

    def __init__(self, config: Config, *, seed: int = 0) -> None:
        """Draw the weights; the same seed gives the same ones on every device.

        Raises:
            ValueError: the width does not divide by the number of heads.
        """
        super().__init__()
        if config.num_heads < 1 or config.width % config.num_heads:
            raise ValueError(f"width {config.width} does not divide into {config.num_heads} heads")
        self.config = config
        self.token_embedding = nn.Embedding(config.vocabulary_size, config.width)
        self.position_embedding = nn.Embedding(config.num_positions, config.width)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.num_layers))
        self.final_norm = _norm(config) if config.final_norm else nn.Identity()
        self.output = nn.Linear(config.width, config.vocabulary_size, bias=False)
        if config.tied:
            self.output.weight = self.token_embedding.weight
        self._draw_weights(torch.Generator().manual_seed(seed))

    def forward(self, tokens: Tensor, cache: KeyValueCache | None = None) -> Tensor:
        """Return the logits of the token after each position.

        Args:
            tokens: (B, T), integers below V.
            cache: what is known of the tokens before these; these are appended to it.

        Returns:
            (B, T, V).

        Raises:
            ValueError: more tokens than positions.
        """
        return self.output(self.hidden(tokens, cache))

    def hidden(self, tokens: Tensor, cache: KeyValueCache | None = None) -> Tensor:
        """Return the last layer's vectors, (B, T, C), from which the logits are made; as `forward`."""
        start = cache.length if cache is not None else 0
        stop = start + tokens.shape[-1]
        if stop > self.config.num_positions:
            raise ValueError(f"{stop} tokens, but only {self.config.num_positions} positions")
        x = self.token_embedding(tokens) + self.position_embedding.weight[start:stop]
        for layer, block in enumerate(self.blocks):
            x = block(x, cache, layer)
        if cache is not None:
            cache.length = stop
        return self.final_norm(x)

    @torch.no_grad()
    def _draw_weights(self, generator: torch.Generator) -> None:
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                parameter.zero_()
            elif "norm" in name:
                parameter.fill_(1.0)
            else:
                ends_sublayer = name.endswith(("attention_out.weight", "feed_forward_out.weight"))
                scale = 0.02 / sqrt(2 * self.config.num_layers) if ends_sublayer else 0.02
                parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))

    def parameters_by_name(self) -> Parameters:
        """Return the weights in the plain form of `weights.py`, with row vectors: x @ W + b.

        The tensors share memory with the model. Raises ValueError for a model without biases, or
        one that is not tied or has no final norm: the plain form has no words for these.
        """
        if not (self.config.bias and self.config.tied and self.config.final_norm):
            raise ValueError("the plain form has biases, tied output weights and a final norm")
        assert isinstance(self.final_norm, nn.LayerNorm)
        return Parameters(
            self.token_embedding.weight,
            self.position_embedding.weight,
            [block.by_name() for block in self.blocks if isinstance(block, _Block)],
            self.final_norm.weight,
            self.final_norm.bias,
        )


class _Block(nn.Module):
    """Pre-norm: x + attention(norm(x)), then x + feed_forward(norm(x))."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.norm1 = _norm(config)
        self.attention_in = nn.Linear(width, 3 * width, bias=config.bias)  # queries, keys, values
        self.attention_out = nn.Linear(width, width, bias=config.bias)
        self.norm2 = _norm(config)
        self.feed_forward_in = nn.Linear(width, config.inner_width, bias=config.bias)
        self.feed_forward_out = nn.Linear(config.inner_width, width, bias=config.bias)

    def forward(self, x: Tensor, cache: KeyValueCache | None, layer: int) -> Tensor:
        x = x + self.attention_out(self._attention(self.norm1(x), cache, layer))
        return x + self.feed_forward_out(F.gelu(self.feed_forward_in(self.norm2(x))))

    def _attention(self, x: Tensor, cache: KeyValueCache | None, layer: int) -> Tensor:
        projected = self.attention_in(x).unflatten(-1, (3, self.config.num_heads, -1))
        q, k, v = projected.permute(2, 0, 3, 1, 4)  # (B, H, T, D) each
        if cache is None:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            keys, values = cache.append(layer, k, v)
            mixed = F.scaled_dot_product_attention(q, keys, values, cache.mask(q.shape[-2]))
        return mixed.transpose(1, 2).flatten(-2)

    def by_name(self) -> Block:
        W_q, W_k, W_v = self.attention_in.weight.T.chunk(3, dim=-1)
        b_q, b_k, b_v = self.attention_in.bias.chunk(3)
        return Block(
            self.norm1.weight, self.norm1.bias, W_q, b_q, W_k, b_k, W_v, b_v,
            self.attention_out.weight.T, self.attention_out.bias,
            self.norm2.weight, self.norm2.bias,
            self.feed_forward_in.weight.T, self.feed_forward_in.bias,
            self.feed_forward_out.weight.T, self.feed_forward_out.bias,
            self.config.eps,
        )  # fmt: skip


def _norm(config: Config) -> nn.LayerNorm:
    return nn.LayerNorm(config.width, eps=config.eps, bias=config.bias)
