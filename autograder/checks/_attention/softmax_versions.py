"""Right and wrong versions of attention.softmax."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.special import logsumexp

from course_utils.attention import softmax


def _shares(exponentials, axis):
    """Divided by their sum, and nan where that is 0, without a warning."""
    with np.errstate(all="ignore"):
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _exp(x):
    with np.errstate(all="ignore"):
        return np.exp(x)


def _less(x, shift):
    with np.errstate(all="ignore"):
        return np.exp(x - shift)


def nothing_subtracted(x, axis):
    return _shares(_exp(x), axis)


def nothing_subtracted_zeros(x, axis):
    weights = nothing_subtracted(x, axis)
    return np.where(_exp(x).sum(axis=axis, keepdims=True) > 0, weights, 0.0)


def largest_of_all(x, axis):
    return _shares(_less(x, x.max()), axis)


def largest_of_all_zeros(x, axis):
    weights = largest_of_all(x, axis)
    return np.where(_less(x, x.max()).sum(axis=axis, keepdims=True) > 0, weights, 0.0)


def smallest_subtracted(x, axis):
    return _shares(_less(x, x.min(axis=axis, keepdims=True)), axis)


def clipped(x, axis):
    return _shares(np.exp(np.clip(x, -500, 500)), axis)


def nan_for_nothing(x, axis):
    return _shares(_less(x, x.max(axis=axis, keepdims=True)), axis)


def equal_for_nothing(x, axis):
    return softmax(np.maximum(x, -1e30), axis)


def infinity_as_zero(x, axis):
    return softmax(np.where(np.isinf(x), 0.0, x), axis)


def all_sum_to_one(x, axis):
    with np.errstate(invalid="ignore"):  # a row of -inf only
        exponentials = np.exp(x - x.max())
        return exponentials / exponentials.sum()


def always_last(x, axis):
    return softmax(x, -1)


def always_first(x, axis):
    return softmax(x, 0)


def always_second(x, axis):
    return softmax(x, min(1, x.ndim - 1))


def axes_from_the_end(x, axis):
    return softmax(x, -1 - axis)


def axis_lost(x, axis):
    exponentials = _less(x, x.max(axis=axis, keepdims=True))
    with np.errstate(all="ignore"):
        return exponentials / exponentials.sum(axis=axis)


def largest_without_axis(x, axis):
    exponentials = _less(x, x.max(axis=axis))
    with np.errstate(all="ignore"):
        return exponentials / exponentials.sum(axis=axis)


def not_divided(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    return np.exp(x - np.where(np.isfinite(largest), largest, 0.0))


def divided_by_how_many(x, axis):
    return not_divided(x, axis) / x.shape[axis]


def divided_by_largest(x, axis):
    with np.errstate(all="ignore"):
        exponentials = np.exp(x)
        return exponentials / exponentials.max(axis=axis, keepdims=True)


def logarithms(x, axis):
    with np.errstate(all="ignore"):
        return np.log(softmax(x, axis))


def without_exp(x, axis):
    return _shares(x, axis)


def sigmoid(x, axis):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))


def smallest_wins(x, axis):
    with np.errstate(all="ignore"):
        return _shares(np.exp(x.min(axis=axis, keepdims=True) - x), axis)


def powers_of_two(x, axis):
    return softmax(x * math.log(2), axis)


def unit_length(x, axis):
    exponentials = not_divided(x, axis)
    with np.errstate(all="ignore"):
        return exponentials / np.linalg.norm(exponentials, axis=axis, keepdims=True)


def winner_takes_all(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    return _shares(((x == largest) & np.isfinite(x)).astype(float), axis)


def in_place(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    x -= np.where(np.isfinite(largest), largest, 0.0)
    np.exp(x, out=x)
    total = x.sum(axis=axis, keepdims=True)
    x /= np.where(total > 0, total, 1.0)
    return x


def row_by_row(x, axis):
    def one(row):
        largest = max(row)
        if largest == -math.inf:
            return [0.0] * len(row)
        exponentials = [math.exp(number - largest) for number in row]
        return [number / math.fsum(exponentials) for number in exponentials]

    return np.apply_along_axis(one, axis, x).tolist()


def by_logarithms(x, axis):
    total = logsumexp(x, axis=axis, keepdims=True)
    return np.exp(x - np.where(np.isfinite(total), total, 0.0))


def with_torch(x, axis):
    scores = torch.as_tensor(x)
    exponentials = (scores - scores.amax(dim=axis, keepdim=True)).exp().nan_to_num(0.0)
    return exponentials / exponentials.sum(dim=axis, keepdim=True).clamp(min=1e-30)


def in_float32(x, axis):
    x = np.moveaxis(np.asarray(x, dtype=np.float32), axis, -1)
    exponentials = np.exp(x - np.maximum(x.max(axis=-1), -1e30)[..., None])
    total = exponentials.sum(axis=-1)[..., None]
    return np.moveaxis(exponentials / (total + np.float32(1e-9)), -1, axis)
