"""gpt.transformer_block: attention and feed-forward, each with a norm before and a residual around."""

from __future__ import annotations

from math import sqrt

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt import block_versions as versions
from autograder.checks._gpt.weights import draw_block
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import transformer_block

ATTENTION_IN_TORCH = [
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.functional.multi_head_attention_forward",
    "torch.nn.MultiheadAttention",
    "torch.nn.TransformerEncoderLayer",
]


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, batch: int, tokens: int, width: int, heads: int, eps: float = 0.4) -> Case:
        x = torch.from_numpy(rng.normal(size=(batch, tokens, width)) * 1.5 + 0.5)
        return Case((x, draw_block(rng, width, width + 1, eps=eps), heads), shows)

    return [
        case("value", 2, 5, 6, 2),
        case("value", 1, 3, 6, 3),
        case("single", 2, 4, 5, 1),
        case("eps", 1, 3, 4, 2, eps=2.5),
        case("first", 3, 1, 4, 2),
        case("refusal", 1, 2, 5, 2),
        case("refusal", 1, 2, 6, 4),
    ]


BLOCK: Check = Check(
    exercise="gpt.transformer_block",
    properties={
        "value": "gives x + attention(norm1(x)), and of that y + feed_forward(norm2(y))",
        "single": "works with one head",
        "eps": "uses the block's own eps in both norms",
        "first": "works for a text of one token",
        "refusal": "raises ValueError when the width does not divide by the heads",
    },
    cases=draw,
    expect=value_and_gradients(transformer_block),
    ask=call_twice_with_gradients,
    not_allowed=ATTENTION_IN_TORCH,
    accepts=[versions.plain, versions.head_by_head, versions.by_einsum, versions.token_by_token],
    misconceptions=[
        Misconception(
            "no refusal",
            versions.no_refusal,
            "A width that does not divide by the heads is accepted in silence. Raise ValueError.",
        ),
        Misconception(
            "no residuals",
            versions.no_residuals,
            "Both residuals are missing: what came in is lost. Add x to what each sublayer gives.",
        ),
        Misconception(
            "no residual around attention",
            versions.no_first_residual,
            "The residual around attention is missing: x = x + attention(norm1(x)).",
        ),
        Misconception(
            "no residual around feed-forward",
            versions.no_second_residual,
            "The residual around the feed-forward network is missing: x + feed_forward(norm2(x)).",
        ),
        Misconception(
            "residual of the normed",
            versions.residual_of_norm,
            "What is added is norm(x), not x. The residual goes around the norm as well, so that x "
            "arrives unchanged.",
        ),
        Misconception(
            "post-norm",
            versions.post_norm,
            "The norms stand after the sums, as in the first transformer. GPT-2 norms *before* each "
            "sublayer: x + attention(norm1(x)).",
        ),
        Misconception(
            "norm of what comes out",
            versions.norm_of_sublayer,
            "The norm is applied to what the sublayer gives. It belongs to what goes in: "
            "x + attention(norm1(x)).",
        ),
        Misconception(
            "one norm for both",
            versions.one_norm_shared,
            "The first norm's gain and bias are used twice. The feed-forward network has norm2.",
        ),
        Misconception(
            "norms exchanged",
            versions.norms_exchanged,
            "The two norms are exchanged: norm1 comes before attention, norm2 before feed-forward.",
        ),
        Misconception(
            "no norms",
            versions.no_norms,
            "Nothing is normed. Apply layer_norm to what goes into each sublayer.",
        ),
        Misconception(
            "in parallel",
            versions.parallel,
            "Both sublayers read the same x. The feed-forward network has to see what attention has "
            "added.",
        ),
        Misconception(
            "feed-forward first",
            versions.feed_forward_first,
            "The sublayers come in the wrong order: attention first, then feed-forward.",
        ),
        Misconception(
            "default eps",
            versions.default_eps,
            "The norms use 1e-5 whatever the block says. Use block.eps.",
        ),
        Misconception(
            "ReLU",
            versions.with_relu,
            "There is ReLU in the feed-forward network. GPT uses GELU.",
        ),
        Misconception(
            "not causal",
            versions.with_attention(look=torch.ones_like),
            "Tokens see what comes after them. Mask the future before softmax.",
        ),
        Misconception(
            "mask upside down",
            versions.with_attention(look=torch.triu),
            "Tokens see themselves and what comes *after* them. The mask is upside down.",
        ),
        Misconception(
            "no scale",
            versions.with_attention(scale=lambda width, heads: 1.0),
            "The scores are not divided by the root of the head size.",
        ),
        Misconception(
            "scale of the whole width",
            versions.with_attention(scale=lambda width, heads: sqrt(width)),
            "The scores are divided by √C. Each head has only C / num_heads columns: divide by the "
            "root of that.",
        ),
        Misconception(
            "d_k for √d_k",
            versions.with_attention(scale=lambda width, heads: width // heads),
            "This is what you get when you divide by the head size and not by its root.",
        ),
        Misconception(
            "reshape without transpose",
            versions.with_attention(split=versions.reshaped),
            "A reshape to (B, H, T, D) mixes up tokens and heads. Reshape to (B, T, H, D) and "
            "exchange the two axes in the middle.",
        ),
        Misconception(
            "columns dealt out",
            versions.with_attention(split=versions.interleaved),
            "The columns are dealt out to the heads in turn. Each head has consecutive columns.",
        ),
        Misconception(
            "W_o forgotten",
            versions.with_attention(out=False),
            "What the heads found is not multiplied by W_o (plus b_o).",
        ),
    ],
)
