"""Versions of layer_norm, wrong and right."""

from __future__ import annotations

import torch

from course_utils.gpt import layer_norm


def _over(x, gain, bias, eps, axes):
    mean = x.mean(axes, keepdim=True)
    variance = (x - mean).square().mean(axes, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * gain + bias


def ddof_one(x, gain, bias, eps):
    variance = x.var(-1, keepdim=True)
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(variance + eps) * gain + bias


def _spread(x):
    return x.var(-1, keepdim=True, correction=0).sqrt()


def eps_outside(x, gain, bias, eps):
    return (x - x.mean(-1, keepdim=True)) / (_spread(x) + eps) * gain + bias


def eps_squared(x, gain, bias, eps):
    return layer_norm(x, gain, bias, eps**2)


def no_eps(x, gain, bias, eps):
    return layer_norm(x, gain, bias, 0.0)


def default_eps(x, gain, bias, eps):
    return layer_norm(x, gain, bias, 1e-5)


def no_root(x, gain, bias, eps):
    return (x - x.mean(-1, keepdim=True)) / (_spread(x).square() + eps) * gain + bias


def over_first_axis(x, gain, bias, eps):
    return _over(x, gain, bias, eps, 0)


def over_all(x, gain, bias, eps):
    return _over(x, gain, bias, eps, tuple(range(x.ndim)))


def over_all_but_batch(x, gain, bias, eps):
    return _over(x, gain, bias, eps, tuple(range(x.ndim))[-2:])


def batch_norm(x, gain, bias, eps):
    return _over(x, gain, bias, eps, tuple(range(x.ndim - 1)) or 0)


def mean_not_subtracted(x, gain, bias, eps):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * gain + bias


def only_divided(x, gain, bias, eps):
    return x / torch.sqrt(_spread(x).square() + eps) * gain + bias


def swapped(x, gain, bias, eps):
    return layer_norm(x, bias, gain, eps)


def no_gain(x, gain, bias, eps):
    return layer_norm(x, torch.ones_like(gain), bias, eps)


def no_bias(x, gain, bias, eps):
    return layer_norm(x, gain, torch.zeros_like(bias), eps)


def neither(x, gain, bias, eps):
    return no_bias(x, torch.ones_like(gain), bias, eps)


def bias_before_gain(x, gain, bias, eps):
    return layer_norm(x, gain, gain * bias, eps)


def gain_plus_one(x, gain, bias, eps):
    return layer_norm(x, 1 + gain, bias, eps)


def sum_for_mean(x, gain, bias, eps):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt(centred.square().sum(-1, keepdim=True) + eps) * gain + bias


def detached_statistics(x, gain, bias, eps):
    still = x.detach()
    root = torch.sqrt(_spread(still).square() + eps)
    return (x - still.mean(-1, keepdim=True)) / root * gain + bias


def detached_variance(x, gain, bias, eps):
    root = torch.sqrt(_spread(x.detach()).square() + eps)
    return (x - x.mean(-1, keepdim=True)) / root * gain + bias


def one_axis_flattened(x, gain, bias, eps):
    """Right for tables, and a table for a vector."""
    return layer_norm(x.reshape(-1, x.shape[-1]) if x.ndim < 2 else x, gain, bias, eps)


def by_moments(x, gain, bias, eps):
    variance = (x**2).mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2
    return gain * (x - x.mean(-1, keepdim=True)) * (variance + eps) ** -0.5 + bias


def by_var_mean(x, gain, bias, eps):
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return torch.addcmul(bias, (x - mean) / (variance + eps).sqrt(), gain)


def by_matrix(x, gain, bias, eps):
    """Centring is a projection: x (1 − 11ᵀ/C)."""
    width = x.shape[-1]
    project = torch.eye(width, dtype=x.dtype, device=x.device) - 1 / width
    centred = torch.einsum("...c,cd->...d", x, project)
    squares = torch.einsum("...c,...c->...", centred, centred).unsqueeze(-1)
    return centred / torch.sqrt(squares / width + eps) * gain + bias


def row_by_row(x, gain, bias, eps):
    rows = []
    for row in x.reshape(-1, x.shape[-1]):
        centred = row - row.sum() / len(row)
        rows.append(centred / (centred @ centred / len(row) + eps) ** 0.5 * gain + bias)
    return torch.stack(rows).reshape(x.shape)


def in_float32(x, gain, bias, eps):
    return layer_norm(x.float(), gain.float(), bias.float(), eps).double()
