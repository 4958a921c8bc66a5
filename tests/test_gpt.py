"""Unit 05's references, against torch's own layers, enumeration, and the published sizes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.gpt.blocks import gpt_logits, transformer_block
from course_utils.gpt.bug_hunt import find_the_bug_gpt
from course_utils.gpt.cache import KeyValueCache
from course_utils.gpt.checkpoint import load_model, save_checkpoint
from course_utils.gpt.generate import generate_tokens
from course_utils.gpt.layers import embed, feed_forward, gelu, layer_norm
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.sampling import sample_next_token
from course_utils.gpt.sizes import GPT_SIZES, parameter_count
from course_utils.gpt.text import CharacterTokenizer
from course_utils.gpt.trainer import passage_losses, train
from course_utils.gpt.training import training_step
from course_utils.gpt.weights import Config

SMALL = Config(num_layers=3, num_heads=2, width=8, vocabulary_size=11, num_positions=7)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


@pytest.fixture
def model() -> GPT:
    model = GPT(SMALL, seed=1).double()
    with torch.no_grad():
        for parameter in model.parameters():  # biases and gains too, and large enough to show
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


def test_layer_norm_equals_torchs_values_and_gradients() -> None:
    x, gain, bias = (
        draw(2, 3, 5).requires_grad_(),
        draw(5).requires_grad_(),
        draw(5).requires_grad_(),
    )
    towards = draw(2, 3, 5)
    ours = layer_norm(x, gain, bias, 0.1)
    theirs = F.layer_norm(x, (5,), gain, bias, 0.1)
    torch.testing.assert_close(ours, theirs)
    for one, other in zip(
        torch.autograd.grad(ours, (x, gain, bias), towards),
        torch.autograd.grad(theirs, (x, gain, bias), towards),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_gelu_is_the_exact_one_and_far_out_too() -> None:
    x = torch.tensor([-50.0, -2.3, -1.0, 0.0, 0.5, 2.3, 50.0], dtype=torch.float64)
    torch.testing.assert_close(gelu(x), F.gelu(x))
    assert (gelu(x) - F.gelu(x, approximate="tanh")).abs().max() > 1e-4
    assert torch.autograd.gradcheck(gelu, (x[1:-1].clone().requires_grad_(),))


def test_embedding_adds_positions_and_refuses_too_long_texts() -> None:
    tokens, table, places = torch.tensor([[3, 0, 3]]), draw(4, 2), draw(3, 2)
    right = torch.stack([table[3] + places[0], table[0] + places[1], table[3] + places[2]])
    torch.testing.assert_close(embed(tokens, table, places)[0], right)
    with pytest.raises(ValueError, match="4 tokens, but only 3 positions"):
        embed(torch.zeros(1, 4, dtype=torch.long), table, places)


def test_a_block_equals_torchs_encoder_layer(model: GPT) -> None:
    block = model.parameters_by_name().blocks[0]
    theirs = nn.TransformerEncoderLayer(
        8,
        2,
        32,
        dropout=0.0,
        activation="gelu",
        batch_first=True,
        norm_first=True,
        dtype=torch.float64,
    )
    with torch.no_grad():
        theirs.self_attn.in_proj_weight.copy_(torch.cat([block.W_q.T, block.W_k.T, block.W_v.T]))
        theirs.self_attn.in_proj_bias.copy_(torch.cat([block.b_q, block.b_k, block.b_v]))
        theirs.self_attn.out_proj.weight.copy_(block.W_o.T)
        theirs.self_attn.out_proj.bias.copy_(block.b_o)
        theirs.linear1.weight.copy_(block.W_in.T)
        theirs.linear1.bias.copy_(block.b_in)
        theirs.linear2.weight.copy_(block.W_out.T)
        theirs.linear2.bias.copy_(block.b_out)
        for norm, gain, bias in (
            (theirs.norm1, block.norm1_gain, block.norm1_bias),
            (theirs.norm2, block.norm2_gain, block.norm2_bias),
        ):
            norm.weight.copy_(gain)
            norm.bias.copy_(bias)
    x = draw(2, 5, 8)
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)
    torch.testing.assert_close(transformer_block(x, block, 2), theirs(x, src_mask=mask))
    with pytest.raises(ValueError, match="a width of 8 does not divide into 3 heads"):
        transformer_block(x, block, 3)


def test_feed_forward_takes_any_memory_layout() -> None:
    x, W_in, b_in, W_out, b_out = draw(4, 3).T[:, ::2], draw(2, 5), draw(5), draw(5, 2), draw(2)
    right = F.linear(F.gelu(F.linear(x, W_in.T, b_in)), W_out.T, b_out)
    torch.testing.assert_close(feed_forward(x, W_in, b_in, W_out, b_out), right)


def test_the_fast_form_equals_the_plain_one_and_has_the_same_gradients(model: GPT) -> None:
    tokens = torch.randint(11, (2, 7))
    plain = gpt_logits(tokens, model.parameters_by_name(), SMALL)
    torch.testing.assert_close(model(tokens), plain)
    weight = model.blocks[1].attention_in.weight
    ours = torch.autograd.grad(language_model_loss(model(tokens), tokens), weight)[0]
    right = torch.autograd.grad(language_model_loss(plain, tokens), weight)[0]
    torch.testing.assert_close(ours, right)
    with pytest.raises(ValueError, match="8 tokens, but only 7 positions"):
        model(torch.zeros(1, 8, dtype=torch.long))


def test_the_future_changes_nothing_before_it(model: GPT) -> None:
    tokens = torch.randint(11, (1, 7))
    edited = tokens.clone()
    edited[0, 4] = (edited[0, 4] + 1) % 11
    before, after = model(tokens), model(edited)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert (before[:, 4:] - after[:, 4:]).abs().max() > 1e-6


def test_the_loss_is_the_mean_over_all_counted_targets() -> None:
    logits, tokens = draw(2, 4, 5), torch.tensor([[1, 2, -1, 3], [0, -1, -1, 4]])
    told = [
        -torch.log_softmax(logits[b, t], 0)[tokens[b, t + 1]]
        for b in range(2)
        for t in range(3)
        if tokens[b, t + 1] >= 0
    ]
    assert len(told) == 3
    torch.testing.assert_close(language_model_loss(logits, tokens), torch.stack(told).mean())


def test_the_published_sizes_come_out() -> None:
    totals = {name: parameter_count(config)["total"] for name, config in GPT_SIZES.items()}
    assert totals["GPT (2018)"] == 116_534_784
    assert totals["GPT-2 XL (2019)"] == 1_557_611_200
    assert totals["GPT-3 (2020)"] == 174_604_259_328
    detective = {
        name: parameter_count(replace(config, vocabulary_size=40_478))["total"]
        for name, config in GPT_SIZES.items()
        if name.startswith("GPT-2")
    }
    assert [round(n / 1e6) for n in detective.values()] == [117, 345, 762, 1542]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("final_norm", [True, False])
def test_the_count_is_that_of_a_real_model(bias: bool, tied: bool, final_norm: bool) -> None:
    config = replace(SMALL, bias=bias, tied=tied, final_norm=final_norm, feed_forward_width=20)
    count = parameter_count(config)
    assert count["total"] == sum(p.numel() for p in GPT(config).parameters())
    assert sum(count.values()) == 2 * count["total"]
    assert parameter_count(replace(config, num_heads=4)) == count


def test_sampling_draws_what_it_should() -> None:
    logits = torch.log(torch.tensor([0.1, 0.4, 0.2, 0.3], dtype=torch.float64))
    falling = [1, 3, 2, 0]
    us = [0.0, 0.39, 0.41, 0.69, 0.71, 0.89, 0.91, 0.99]
    assert [sample_next_token(logits, 1.0, None, None, u) for u in us] == [1, 1, 3, 3, 2, 2, 0, 0]
    assert {sample_next_token(logits, 1.0, 2, None, u / 50) for u in range(50)} == {1, 3}
    assert {sample_next_token(logits, 1.0, None, 0.5, u / 50) for u in range(50)} == {1, 3}
    assert {sample_next_token(logits, 1.0, None, 0.0, u / 50) for u in range(50)} == {1}
    assert sample_next_token(logits, 0.0, None, None, 0.99) == 1
    for k, p in ((4, None), (99, 1.0), (None, 1.5)):
        assert [sample_next_token(logits, 1.0, k, p, u) for u in (0.0, 0.5, 0.8, 0.95)] == falling
    warm = sum(sample_next_token(logits, 2.0, None, None, u / 1000) == 1 for u in range(1000))
    assert warm == pytest.approx(
        1000 * math.sqrt(0.4) / sum(math.sqrt(p) for p in (0.1, 0.4, 0.2, 0.3)), abs=1
    )
    equal = torch.zeros(5)
    assert [sample_next_token(equal, 1.0, 2, None, u) for u in (0.2, 0.7)] == [0, 1]
    nothing = torch.tensor([-torch.inf, 0.0, -torch.inf])
    assert {sample_next_token(nothing, 1.0, None, None, u) for u in (0.0, 0.999999)} == {1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"logits": torch.tensor([float("nan"), 0.0])}, "no nan"),
        ({"logits": torch.tensor([float("inf"), 0.0])}, "no nan, no \\+inf"),
        ({"logits": torch.full((3,), -torch.inf)}, "no token is left"),
        ({"temperature": -1.0}, "temperature = -1.0"),
        ({"top_k": 0}, "top_k = 0"),
        ({"top_p": -0.1}, "top_p = -0.1"),
        ({"u": 1.0}, "u = 1.0"),
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: dict, said: str) -> None:
    settings = {
        "logits": torch.zeros(3),
        "temperature": 1.0,
        "top_k": None,
        "top_p": None,
        "u": 0.5,
    }
    with pytest.raises(ValueError, match=said):
        sample_next_token(**{**settings, **changes})


def test_writing_with_a_cache_equals_writing_without(model: GPT) -> None:
    uniforms = torch.rand(4).tolist()
    text = [1, 2]
    for u in uniforms:
        text.append(sample_next_token(model(torch.tensor([text]))[0, -1].float(), 0.8, 5, 0.9, u))
    assert (
        list(generate_tokens(model, [1, 2], uniforms, temperature=0.8, top_k=5, top_p=0.9))
        == text[2:]
    )
    assert (
        len(list(generate_tokens(model, [1] * 20, torch.rand(30).tolist()))) == 30
    )  # past the window
    with pytest.raises(ValueError, match="the prompt is empty"):
        list(generate_tokens(model, [], [0.5]))


def test_the_cache_takes_several_tokens_at_once(model: GPT) -> None:
    tokens = torch.randint(11, (2, 7))
    cache = KeyValueCache(SMALL, 2, dtype=torch.float64)
    parts = [model(part, cache) for part in tokens.split([3, 1, 3], dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens))


def test_a_training_step_is_one_right_step() -> None:
    ours, theirs = GPT(SMALL, seed=3).double(), GPT(SMALL, seed=3).double()
    tokens = torch.randint(11, (4, 6))
    ours.eval()
    for parameter in ours.parameters():
        parameter.grad = torch.ones_like(parameter)  # stale
    before = training_step(ours, torch.optim.SGD(ours.parameters(), 0.5), tokens, 0.01)
    assert not ours.training
    loss = F.cross_entropy(theirs(tokens)[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
    gradients = torch.autograd.grad(loss, list(theirs.parameters()))
    norm = torch.sqrt(sum((g**2).sum() for g in gradients))
    assert before == pytest.approx(loss.item()) and norm > 0.01
    for mine, parameter, gradient in zip(
        ours.parameters(), theirs.parameters(), gradients, strict=True
    ):
        torch.testing.assert_close(
            mine, parameter - 0.5 * 0.01 / norm * gradient, rtol=1e-4, atol=1e-7
        )


def test_training_learns_and_goes_on_from_a_checkpoint_with_the_same_numbers(
    tmp_path: Path,
) -> None:
    text = torch.tensor([0, 1, 2, 3, 4] * 60)
    plan = Plan(
        num_steps=80,
        batch_size=4,
        num_tokens=6,
        num_warmup_steps=5,
        report_every=40,
        learning_rate=0.05,
    )
    whole = GPT(SMALL, seed=0)
    reports = list(train(whole, text, plan, held_out=text[:60], progress=False))
    assert [report.step for report in reports] == [40, 80]
    assert reports[-1].held_out_loss == pytest.approx(passage_losses(whole, text[:60], 6).mean())
    assert reports[-1].held_out_loss < 0.3
    path = tmp_path / "run" / "model.safetensors"
    stopped = GPT(SMALL, seed=0)
    next(train(stopped, text, plan, checkpoint=path, progress=False))
    resumed = GPT(SMALL, seed=9)
    list(train(resumed, text, plan, checkpoint=path, progress=False))
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)
    assert torch.equal(load_model(path)(text[None, :6]), resumed(text[None, :6]))


def test_held_out_losses_are_torchs_cross_entropy_of_each_passage(model: GPT) -> None:
    text = torch.randint(11, (372,))  # 74 passages of five, and two tokens left over
    passages = text[:370].view(74, 5)
    logits = model(passages)[:, :-1].mT
    right = F.cross_entropy(logits, passages[:, 1:], reduction="none").mean(dim=1)
    torch.testing.assert_close(passage_losses(model, text, 5).double(), right, rtol=1e-5, atol=0)
    with pytest.raises(ValueError, match="passages of 5 tokens from a text of 4"):
        passage_losses(model, text[:4], 5)


def test_training_stops_when_the_loss_is_no_number(tmp_path: Path) -> None:
    text, path = torch.tensor([0, 1, 2, 3, 4] * 60), tmp_path / "model.safetensors"
    plan = Plan(3, batch_size=2, num_tokens=6, report_every=1)
    broken = GPT(SMALL)
    steps = train(broken, text, plan, checkpoint=path, progress=False)
    next(steps)
    kept = path.read_bytes()
    broken.token_embedding.weight.data[0, 0] = math.nan
    with pytest.raises(FloatingPointError, match="step 2 is nan: try a smaller learning_rate"):
        next(steps)
    assert path.read_bytes() == kept
    with pytest.raises(ValueError, match="passages of 6 tokens from a text of 5"):
        next(train(GPT(SMALL), text, plan, held_out=text[:5], progress=False))


def test_train_takes_the_students_own_step_and_loss() -> None:
    text = torch.tensor([0, 1, 2, 3, 4] * 20)
    seen: list[float] = []

    def step(
        model: nn.Module, optimizer: torch.optim.Optimizer, batch: Tensor, norm: float
    ) -> float:
        seen.append(norm)
        return float(model(batch).shape[-1])

    plan = Plan(4, batch_size=2, num_tokens=6, max_norm=0.7, report_every=3)
    constant = torch.tensor(5.0)
    run = train(
        GPT(SMALL), text, plan, step=step, loss=lambda logits, tokens: constant,
        held_out=text, progress=False,
    )  # fmt: skip
    assert [(r.step, r.train_loss, r.held_out_loss) for r in run] == [(3, 11, 5), (4, 11, 5)]
    assert seen == [0.7] * 4


def test_a_checkpoint_of_another_shape_or_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, GPT(replace(SMALL, width=4)))
    text = torch.zeros(50, dtype=torch.long)
    with pytest.raises(ValueError, match=r"holds a model of .*width=4"):
        list(train(GPT(SMALL), text, Plan(1, num_tokens=5), checkpoint=path, progress=False))
    path.write_bytes(b"no")
    with pytest.raises(ValueError, match="is no checkpoint of this course"):
        load_model(path)
    with pytest.raises(ValueError, match="take shorter passages"):
        next(train(GPT(SMALL), text, Plan(1, num_tokens=9), progress=False))


def test_characters_go_to_ids_and_back() -> None:
    tokenizer = CharacterTokenizer("to be, or not")
    assert tokenizer.decode(tokenizer.encode("bent oto")) == "bent oto"
    with pytest.raises(ValueError, match="'z' is not in the vocabulary"):
        tokenizer.encode("zoo")


def sample_variance(x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True) + eps) * gain + bias


def eps_outside(x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    deviation = x.var(-1, keepdim=True, correction=0).sqrt()
    return (x - x.mean(-1, keepdim=True)) / (deviation + eps) * gain + bias


def detached(x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    mean, var = x.mean(-1, keepdim=True).detach(), x.var(-1, keepdim=True, correction=0).detach()
    return (x - mean) / torch.sqrt(var + eps) * gain + bias


@pytest.mark.parametrize("wrong", [sample_variance, eps_outside, detached])
def test_the_bug_hunt_finds_bugs(wrong) -> None:
    assert find_the_bug_gpt(wrong) is True


@pytest.mark.parametrize(
    "right", [layer_norm, lambda x, g, b, e: F.layer_norm(x, x.shape[-1:], g, b, e)]
)
def test_the_bug_hunt_accuses_no_right_version(right) -> None:
    assert find_the_bug_gpt(right) is False
