"""gpt.layer_norm: each vector by itself, to mean 0 and variance 1, then scaled and shifted."""

from __future__ import annotations

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt.layer_norm_versions import (
    batch_norm,
    bias_before_gain,
    by_matrix,
    by_moments,
    by_var_mean,
    ddof_one,
    default_eps,
    detached_statistics,
    detached_variance,
    eps_outside,
    eps_squared,
    gain_plus_one,
    in_float32,
    mean_not_subtracted,
    neither,
    no_bias,
    no_eps,
    no_gain,
    no_root,
    one_axis_flattened,
    only_divided,
    over_all,
    over_all_but_batch,
    over_first_axis,
    row_by_row,
    sum_for_mean,
    swapped,
)
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import layer_norm


def draw(rng: np.random.Generator) -> list[Case]:
    def normal(*shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.normal(size=shape))

    def case(shows: str, scale: float, eps: float, *shape: int) -> Case:
        """Each vector is about as wide as the next, around a mean of its own."""
        steps = rng.permuted(np.broadcast_to(np.linspace(-1, 1, shape[-1]), shape), axis=-1)
        x = scale * (torch.from_numpy(steps) + 0.3 * normal(*shape) + normal(*shape[:-1], 1) + 2)
        gain = torch.from_numpy(rng.uniform(1.5, 3.0, shape[-1]))
        return Case((x, gain, normal(shape[-1]) - 1, eps), shows)

    def level(eps: float) -> Case:
        """One vector holds the same whole number everywhere, so that only eps keeps from 0 / 0."""
        even = case("eps", 1.0, eps, 3, 5)
        even.args[0][int(rng.integers(3))] = float(rng.integers(2, 9))
        return even

    some_eps = round(float(rng.uniform(0.05, 0.3)), 3)
    return [
        case("value", 1.0, some_eps, 2, 3, 5),
        case("value", 3.0, 2 * some_eps, 3, 2, 7),
        case("value", 1.0, 1e-5, 5, 2, 3),
        case("eps", 0.05, some_eps / 20, 2, 5, 3),
        level(some_eps),
        case("axes", 1.0, some_eps, 7),
        case("axes", 2.0, some_eps, 5, 3),
        case("axes", 1.0, some_eps, 2, 2, 3, 5),
        case("square", 1.0, some_eps, 5, 5),
    ]


LAYER_NORM: Check = Check(
    exercise="gpt.layer_norm",
    properties={
        "value": "normalises over the last axis, then multiplies by gain and adds bias",
        "eps": "adds eps to the variance, which matters for vectors that hardly vary",
        "axes": "works for a single vector, a table, and four axes",
        "square": "works where there are as many vectors as numbers in each",
    },
    cases=draw,
    expect=value_and_gradients(layer_norm),
    ask=call_twice_with_gradients,
    not_allowed=[
        "torch.nn.functional.layer_norm",
        "torch.layer_norm",
        "torch.native_layer_norm",
        "torch.nn.LayerNorm",
    ],
    accepts=[by_moments, by_var_mean, by_matrix, row_by_row, in_float32],
    misconceptions=[
        Misconception(
            "divided by C − 1",
            ddof_one,
            "The variance divides by C − 1, torch's default. Here it is not an estimate: divide by C "
            "(correction=0, or the mean of the squares).",
        ),
        Misconception(
            "eps outside the root",
            eps_outside,
            "eps is added to the standard deviation. It belongs inside the root, to the variance.",
        ),
        Misconception(
            "eps squared",
            eps_squared,
            "eps is squared before it is added. Add it to the variance as it is.",
        ),
        Misconception(
            "no eps",
            no_eps,
            "eps is missing. Without it, a vector of equal numbers is divided by 0.",
        ),
        Misconception(
            "eps is always 1e-5",
            default_eps,
            "eps is 1e-5 here whatever is asked. Use the argument.",
        ),
        Misconception(
            "no root",
            no_root,
            "It divides by the variance. The root of it makes the variance 1.",
        ),
        Misconception(
            "over the batch",
            over_first_axis,
            "Mean and variance are taken over the first axis, across texts. Layer norm looks at each "
            "vector alone: the last axis.",
        ),
        Misconception(
            "over everything",
            over_all,
            "There is one mean and one variance for all numbers. Each vector has its own: take "
            "the last axis, with keepdim.",
        ),
        Misconception(
            "over the last two axes",
            over_all_but_batch,
            "Mean and variance are shared by all tokens of a text, so a token would see the future. "
            "Take the last axis only.",
        ),
        Misconception(
            "batch norm",
            batch_norm,
            "This is batch norm: over all vectors, for each of the C places. Layer norm looks at each "
            "vector alone.",
        ),
        Misconception(
            "RMS norm",
            mean_not_subtracted,
            "The mean is not subtracted, neither above nor in the variance. That is RMS norm, which "
            "later models use; GPT subtracts it.",
        ),
        Misconception(
            "mean not subtracted above",
            only_divided,
            "x is divided by its spread and not centred. Subtract the mean first.",
        ),
        Misconception(
            "gain and bias swapped",
            swapped,
            "gain and bias have changed places: multiply by gain, then add bias.",
        ),
        Misconception(
            "gain ignored",
            no_gain,
            "gain is not used. Multiply by it, after normalising.",
        ),
        Misconception(
            "bias ignored",
            no_bias,
            "bias is not used. Add it, after everything else.",
        ),
        Misconception(
            "gain and bias ignored",
            neither,
            "Neither gain nor bias is used. Multiply by the one and add the other.",
        ),
        Misconception(
            "bias before gain",
            bias_before_gain,
            "bias is added before gain multiplies. The other order is asked: normalised · gain + bias.",
        ),
        Misconception(
            "gain from one",
            gain_plus_one,
            "It multiplies by 1 + gain, as some models do. Multiply by gain.",
        ),
        Misconception(
            "sum for mean",
            sum_for_mean,
            "It divides by the length of the vector: the squares are summed. Take their mean, so that "
            "the variance becomes 1.",
        ),
        Misconception(
            "mean and variance without gradient",
            detached_statistics,
            "The values are right, but mean and variance are taken for constants. They depend on x, so "
            "the gradient goes through them: leave out detach, .data and no_grad.",
        ),
        Misconception(
            "variance without gradient",
            detached_variance,
            "The values are right, but the variance is taken for a constant. It depends on x, so the "
            "gradient goes through it.",
        ),
        Misconception(
            "vector made a table",
            one_axis_flattened,
            "A single vector comes back as a table of one row. Keep the shape: mean(dim=-1, "
            "keepdim=True) works for any number of axes.",
        ),
    ],
)
