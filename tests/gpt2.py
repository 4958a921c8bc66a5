"""The same weights in transformers' GPT-2: an oracle that somebody else wrote."""

from __future__ import annotations

from typing import Any

import torch

from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config


def as_gpt2(model: GPT) -> Any:
    """Return a GPT2LMHeadModel with copies of the weights, exact GELU and no dropout."""
    from transformers import GPT2LMHeadModel

    theirs = GPT2LMHeadModel(gpt2_config(model.config)).to(model.token_embedding.weight.dtype)
    weights = {
        "wte.weight": model.token_embedding.weight,
        "wpe.weight": model.position_embedding.weight,
        "ln_f.weight": model.final_norm.weight,
        "ln_f.bias": model.final_norm.bias,
    }
    pairs = {
        "ln_1": "norm1",
        "attn.c_attn": "attention_in",
        "attn.c_proj": "attention_out",
        "ln_2": "norm2",
        "mlp.c_fc": "feed_forward_in",
        "mlp.c_proj": "feed_forward_out",
    }
    for i, block in enumerate(model.blocks):
        for their_name, our_name in pairs.items():
            layer = getattr(block, our_name)
            matrix = layer.weight.ndim == 2  # theirs are x @ W, ours x @ W.T
            weights[f"h.{i}.{their_name}.weight"] = layer.weight.T if matrix else layer.weight
            weights[f"h.{i}.{their_name}.bias"] = layer.bias
    theirs.transformer.load_state_dict({name: w.detach().clone() for name, w in weights.items()})
    return theirs


def gpt2_config(config: Config) -> Any:
    """Return the GPT2Config of the same shape."""
    from transformers import GPT2Config

    return GPT2Config(
        vocab_size=config.vocabulary_size,
        n_positions=config.num_positions,
        n_embd=config.width,
        n_layer=config.num_layers,
        n_head=config.num_heads,
        n_inner=config.inner_width,
        activation_function="gelu",
        layer_norm_epsilon=config.eps,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=None,
        eos_token_id=None,
        use_cache=True,
    )


def greedily(theirs: Any, prompt: list[int], num_tokens: int) -> list[int]:
    """Let GPT-2 write, always the likeliest token."""
    tokens = torch.tensor([prompt], device=theirs.device)
    with torch.inference_mode():
        written = theirs.generate(
            tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=num_tokens,
            do_sample=False, use_cache=True, pad_token_id=0,
        )  # fmt: skip
    return written[0, len(prompt) :].tolist()
