"""Versions of parameter_count, wrong and right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.gpt import parameter_count


def counting(**changes: Any) -> Callable[..., dict[str, int]]:
    """The count, with some parts counted in another way: functions of the config."""

    def count(config):
        parts = {**parameter_count(config), **{k: part(config) for k, part in changes.items()}}
        del parts["total"]
        return {**parts, "total": sum(parts.values())}

    return count


def norms(config, *, each=2, width=None, final=None):
    number = each * config.num_layers + int(config.final_norm if final is None else final)
    return number * (width or config.width) * (1 + config.bias)


def output_counted_again(config):
    return parameter_count(replace(config, tied=False))


def tied_always(config):
    return parameter_count(replace(config, tied=True))


def biases_forgotten(config):
    return parameter_count(replace(config, bias=False))


def biases_always(config):
    return parameter_count(replace(config, bias=True))


def inner_width_ignored(config):
    return parameter_count(replace(config, feed_forward_width=None))


def one_layer(config):
    return parameter_count(replace(config, num_layers=1))


def total_too_large(config):
    parts = parameter_count(config)
    return {**parts, "total": 2 * parts["total"]}


def as_floats(config):
    return {name: float(count) for name, count in parameter_count(config).items()}


def in_one_number(config):
    return parameter_count(config)["total"]


def without_total(config):
    parts = parameter_count(config)
    return {name: count for name, count in parts.items() if name != "total"}


def _tensors(config):
    """The shape of every weight, by part, written down one after the other."""
    width, inner = config.width, config.inner_width
    yield "token_embedding", (config.vocabulary_size, width)
    if not config.tied:
        yield "token_embedding", (width, config.vocabulary_size)
    yield "position_embedding", (config.num_positions, width)
    for _ in range(config.num_layers):
        for rows, columns, part in (
            *[(width, width, "attention")] * 4,
            (width, inner, "feed_forward"),
            (inner, width, "feed_forward"),
        ):
            yield part, (rows, columns)
            if config.bias:
                yield part, (columns,)
        for _ in range(2 * (1 + config.bias)):
            yield "norms", (width,)
    if config.final_norm:
        for _ in range(1 + config.bias):
            yield "norms", (width,)


def by_listing(config):
    counts = Counter(dict.fromkeys(list(parameter_count(config))[:-1], 0))
    for part, shape in _tensors(config):
        counts[part] += int(np.prod(shape))
    counts["total"] = counts.total()
    return counts


def by_formula(config):
    """N = L (12 C² + 13 C) + (V + T) C + 2 C, with what flags take away."""
    L, C, F = config.num_layers, config.width, config.inner_width
    parts = dict.fromkeys(("position_embedding", "token_embedding"), C)
    parts["token_embedding"] *= config.vocabulary_size * (2 - config.tied)
    parts["position_embedding"] *= config.num_positions
    parts["attention"] = L * 4 * C * (C + config.bias)
    parts["feed_forward"] = L * ((C + config.bias) * F + (F + config.bias) * C)
    parts["norms"] = C * (2 if config.bias else 1) * (2 * L + config.final_norm)
    return {**parts, "total": sum(parts.values())}


def with_numpy(config):
    return {name: np.int64(count) for name, count in parameter_count(config).items()}
