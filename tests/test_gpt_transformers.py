"""Unit 05's GPT beside transformers' GPT-2 with the same weights; and how its cost grows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from course_utils.gpt.blocks import gpt_logits
from course_utils.gpt.cache import KeyValueCache
from course_utils.gpt.generate import generate_tokens
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.sizes import GPT_SIZES, parameter_count
from course_utils.gpt.weights import Config
from tests.gpt2 import as_gpt2, gpt2_config, greedily

pytest.importorskip("transformers", reason="transformers is not installed")
SMALL = Config(num_layers=3, num_heads=4, width=32, vocabulary_size=50, num_positions=40)


@pytest.fixture
def model() -> GPT:
    model = GPT(SMALL, seed=3).double()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():  # biases and gains too, and large enough to show
            noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            parameter.add_(0.3 * noise)
        model.position_embedding.weight.mul_(5)  # or it writes the same token for ever
    return model


def tokens(*shape: int) -> torch.Tensor:
    return torch.randint(50, shape, generator=torch.Generator().manual_seed(5))


def test_logits_are_gpt2s_in_both_forms(model: GPT) -> None:
    batch = tokens(3, 40)
    theirs = as_gpt2(model).eval()(batch).logits
    torch.testing.assert_close(model(batch), theirs)
    torch.testing.assert_close(gpt_logits(batch, model.parameters_by_name(), SMALL), theirs)


def test_gradients_are_gpt2s(model: GPT) -> None:
    batch = tokens(2, 17)
    theirs = as_gpt2(model)
    F.cross_entropy(theirs(batch).logits[:, :-1].mT, batch[:, 1:]).backward()
    language_model_loss(model(batch), batch).backward()
    expected = theirs.transformer
    torch.testing.assert_close(model.token_embedding.weight.grad, expected.wte.weight.grad)
    torch.testing.assert_close(model.position_embedding.weight.grad, expected.wpe.weight.grad)
    torch.testing.assert_close(model.final_norm.weight.grad, expected.ln_f.weight.grad)
    for ours, other in zip(model.blocks, expected.h, strict=True):
        for layer, their_layer in (
            (ours.attention_in, other.attn.c_attn),
            (ours.attention_out, other.attn.c_proj),
            (ours.feed_forward_in, other.mlp.c_fc),
            (ours.feed_forward_out, other.mlp.c_proj),
        ):
            torch.testing.assert_close(layer.weight.grad, their_layer.weight.grad.T)
            torch.testing.assert_close(layer.bias.grad, their_layer.bias.grad)
        torch.testing.assert_close(ours.norm2.bias.grad, other.ln_2.bias.grad)


def test_it_writes_what_gpt2_writes(model: GPT) -> None:
    prompt = [4, 8, 15]
    ours = list(generate_tokens(model, prompt, [0.0] * 37, temperature=0.0))
    assert ours == greedily(as_gpt2(model).eval(), prompt, 37) and len(set(ours)) > 3


@pytest.mark.parametrize("name", [name for name in GPT_SIZES if name.startswith("GPT-2")])
def test_sizes_are_gpt2s(name: str) -> None:
    from transformers import GPT2LMHeadModel

    with torch.device("meta"):
        theirs = GPT2LMHeadModel(gpt2_config(GPT_SIZES[name]))
    assert parameter_count(GPT_SIZES[name])["total"] == theirs.num_parameters()


def test_the_first_gpt_has_no_final_norm_and_the_size_of_transformers() -> None:
    from transformers import OpenAIGPTConfig, OpenAIGPTLMHeadModel

    with torch.device("meta"):
        theirs = OpenAIGPTLMHeadModel(OpenAIGPTConfig())
    assert parameter_count(GPT_SIZES["GPT (2018)"])["total"] == theirs.num_parameters()


def test_the_cost_of_writing_grows_linearly_with_a_cache_and_squared_without() -> None:
    model = GPT(replace(SMALL, num_layers=1, width=128, num_positions=256))

    def operations(num_new: int, *, cached: bool) -> int:
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            cache = KeyValueCache(model.config, 1) if cached else None
            for i in range(num_new):
                model(tokens(1, 1 if cached else i + 1), cache)
        return counter.get_total_flops()

    lengths = (64, 128, 256)
    growth = {
        cached: [b / a for a, b in pairwise(operations(n, cached=cached) for n in lengths)]
        for cached in (True, False)
    }
    assert all(ratio < 2.3 for ratio in growth[True])
    assert all(ratio > 3.7 for ratio in growth[False])


def test_the_cache_is_what_generate_uses() -> None:
    """One token is read at a time, whatever the length of the text so far."""
    model = GPT(SMALL)
    read: list[int] = []
    hook = model.blocks[0].register_forward_pre_hook(
        lambda _, given: read.append(given[0].shape[1])
    )
    list(generate_tokens(model, [1, 2, 3], [0.5] * 20))
    hook.remove()
    assert read == [3] + [1] * 19
