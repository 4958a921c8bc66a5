"""gpt.feed_forward: two linear layers with GELU between, for each token alone."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import feed_forward, gelu


def with_relu(x, W_in, b_in, W_out, b_out):
    return torch.relu(x @ W_in + b_in) @ W_out + b_out


def with_tanh_form(x, W_in, b_in, W_out, b_out):
    return F.gelu(x @ W_in + b_in, approximate="tanh") @ W_out + b_out


def linear(x, W_in, b_in, W_out, b_out):
    return (x @ W_in + b_in) @ W_out + b_out


def gelu_last(x, W_in, b_in, W_out, b_out):
    return gelu((x @ W_in + b_in) @ W_out + b_out)


def gelu_twice(x, W_in, b_in, W_out, b_out):
    return gelu(feed_forward(x, W_in, b_in, W_out, b_out))


def gelu_first(x, W_in, b_in, W_out, b_out):
    return (gelu(x) @ W_in + b_in) @ W_out + b_out


def bias_after_gelu(x, W_in, b_in, W_out, b_out):
    return (gelu(x @ W_in) + b_in) @ W_out + b_out


def no_biases(x, W_in, b_in, W_out, b_out):
    return gelu(x @ W_in) @ W_out


def no_inner_bias(x, W_in, b_in, W_out, b_out):
    return gelu(x @ W_in) @ W_out + b_out


def no_outer_bias(x, W_in, b_in, W_out, b_out):
    return gelu(x @ W_in + b_in) @ W_out


def with_residual(x, W_in, b_in, W_out, b_out):
    return x + feed_forward(x, W_in, b_in, W_out, b_out)


def with_norm(x, W_in, b_in, W_out, b_out):
    return feed_forward(F.layer_norm(x, x.shape[-1:]), W_in, b_in, W_out, b_out)


def first_layer_only(x, W_in, b_in, W_out, b_out):
    return gelu(x @ W_in + b_in)


def all_tokens_at_once(x, W_in, b_in, W_out, b_out):
    inner = gelu(x @ W_in + b_in)
    return inner.reshape(-1, inner.shape[-1]) @ W_out + b_out


def transposed_weights(x, W_in, b_in, W_out, b_out):
    return F.linear(gelu(F.linear(x, W_in, b_in)), W_out, b_out)


def detached_inside(x, W_in, b_in, W_out, b_out):
    return gelu(x @ W_in + b_in).detach() @ W_out + b_out


def by_einsum(x, W_in, b_in, W_out, b_out):
    inner = F.gelu(torch.einsum("...c,cf->...f", x, W_in) + b_in)
    return torch.einsum("...f,fc->...c", inner, W_out) + b_out


def by_linear(x, W_in, b_in, W_out, b_out):
    return F.linear(F.gelu(F.linear(x, W_in.T, b_in)), W_out.T, b_out)


def token_by_token(x, W_in, b_in, W_out, b_out):
    rows = [
        torch.addmv(b_out, W_out.T, gelu(torch.addmv(b_in, W_in.T, row)))
        for row in x.reshape(-1, x.shape[-1])
    ]
    return torch.stack(rows).reshape(*x.shape[:-1], -1)


def inner_number_by_number(x, W_in, b_in, W_out, b_out):
    inner = [gelu(x @ W_in[:, f] + b_in[f]) for f in range(len(b_in))]
    return sum(value.unsqueeze(-1) * W_out[f] for f, value in enumerate(inner)) + b_out


def in_float32(x, W_in, b_in, W_out, b_out):
    return feed_forward(*[tensor.float() for tensor in (x, W_in, b_in, W_out, b_out)])


def draw(rng: np.random.Generator) -> list[Case]:
    def normal(*shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.normal(size=shape))

    def case(shows: str, x: torch.Tensor, inner: int) -> Case:
        width = x.shape[-1]
        W_in, W_out = normal(width, inner), 2 * normal(inner, width)
        return Case((x, W_in, normal(inner), W_out, normal(width) + 1), shows)

    return [
        case("value", normal(2, 5, 3), 13),
        case("value", 2 * normal(3, 2, 5), 7),
        case("narrow", normal(2, 3, 7), 2),
        case("axes", normal(5), 11),
        case("axes", normal(7, 3), 5),
        case("strides", normal(5, 3, 2).transpose(0, 2), 7),
        case("strides", normal(3, 7).T, 11),
    ]


FEED_FORWARD: Check = Check(
    exercise="gpt.feed_forward",
    properties={
        "value": "gives gelu(x W_in + b_in) W_out + b_out",
        "narrow": "works for an inner layer of any width, a narrow one too",
        "axes": "works for a single token and for a table of them, without a batch",
        "strides": "works for a transposed view",
    },
    cases=draw,
    expect=value_and_gradients(feed_forward),
    ask=call_twice_with_gradients,
    accepts=[by_einsum, by_linear, token_by_token, inner_number_by_number, in_float32],
    misconceptions=[
        Misconception(
            "ReLU",
            with_relu,
            "ReLU stands between the layers. It would do, but GPT takes GELU.",
        ),
        Misconception(
            "tanh form",
            with_tanh_form,
            "GELU is approximated with tanh here, which is off by up to 0.0005. Use the exact one, "
            "which you wrote.",
        ),
        Misconception(
            "linear",
            linear,
            "Nothing stands between the layers, and two linear layers are no more than one. Put GELU "
            "between them.",
        ),
        Misconception(
            "GELU after the second layer",
            gelu_last,
            "GELU comes after the second layer. It belongs between the two: behind the second, the "
            "answer could hardly be negative.",
        ),
        Misconception(
            "GELU twice",
            gelu_twice,
            "GELU comes after the second layer, too. It belongs between the two only.",
        ),
        Misconception(
            "GELU first",
            gelu_first,
            "GELU comes before the first layer. It belongs between the two.",
        ),
        Misconception(
            "bias after GELU",
            bias_after_gelu,
            "b_in is added after GELU. It belongs to the first layer: GELU works on x W_in + b_in.",
        ),
        Misconception(
            "no biases",
            no_biases,
            "Both biases are missing: b_in inside of GELU, b_out at the end.",
        ),
        Misconception(
            "no inner bias",
            no_inner_bias,
            "b_in is missing: GELU works on x W_in + b_in.",
        ),
        Misconception(
            "no outer bias",
            no_outer_bias,
            "b_out is missing. Add it at the end, after the second layer.",
        ),
        Misconception(
            "residual inside",
            with_residual,
            "x is added to the answer. The residual belongs to the block, not to the feed-forward "
            "network; otherwise it is there twice.",
        ),
        Misconception(
            "norm inside",
            with_norm,
            "x is normalised first. The norm belongs to the block, not to the feed-forward network; "
            "otherwise it is there twice.",
        ),
        Misconception(
            "one layer",
            first_layer_only,
            "The second layer is missing, so the answer has the inner width. W_out brings it back.",
        ),
        Misconception(
            "axes lost",
            all_tokens_at_once,
            "The answer has two axes, whatever x has. @ works on the last axis and keeps the others; "
            "nothing need be reshaped.",
        ),
        Misconception(
            "weights transposed",
            transposed_weights,
            "The weights are used as torch.nn.functional.linear wants them, (out, in). Here they are "
            "(in, out): x @ W.",
        ),
        Misconception(
            "no gradient",
            detached_inside,
            "The values are right, but no gradient reaches the first layer, so it would never learn. "
            "Leave out detach and .data.",
        ),
    ],
)
