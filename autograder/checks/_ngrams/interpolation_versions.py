"""Versions of interpolated_probability, wrong and right ones."""

from __future__ import annotations

import math

import numpy as np

from course_utils.ngrams import ngram_probability


def _refuse(weights):
    if abs(sum(weights) - 1) > 1e-6:
        raise ValueError("the weights do not sum to 1")


def _parts(models, context, word, shorten=None):
    """The probability under each model; `shorten(context, order)` gives what the model looks at."""
    shorten = shorten or (lambda context, order: context[len(context) - order :])
    return [ngram_probability(m, shorten(context, i), word) for i, m in enumerate(models)]


def _mixed(weights, parts):
    _refuse(weights)
    return sum(weight * p for weight, p in zip(weights, parts, strict=True))


def weights_reversed(models, weights, context, word):
    return _mixed(weights[::-1], _parts(models, context, word))


def weights_ignored(models, weights, context, word):
    return _mixed([1 / len(weights)] * len(weights), _parts(models, context, word))


def full_context(models, weights, context, word):
    return _mixed(weights, _parts(models, context, word, lambda context, order: context))


def first_words(models, weights, context, word):
    return _mixed(weights, _parts(models, context, word, lambda context, order: context[:order]))


def minus_zero(models, weights, context, word):
    return _mixed(weights, _parts(models, context, word, lambda context, order: context[-order:]))


def context_reversed(models, weights, context, word):
    return _mixed(weights, _parts(models, context[::-1], word, lambda c, order: c[:order]))


def first_of_equal_weights(models, weights, context, word):
    parts = _parts(models, context, word)
    return _mixed(weights, [parts[weights.index(weight)] for weight in weights])


def keyed_by_weight(models, weights, context, word):
    _refuse(weights)
    return sum(
        w * p for w, p in dict(zip(weights, _parts(models, context, word), strict=True)).items()
    )


def seen_only(models, weights, context, word):
    """Gives the weight of an unseen context to the others."""
    pairs = list(zip(weights, _parts(models, context, word), strict=True))
    known = [pair for i, pair in enumerate(pairs) if context[len(context) - i :] in models[i]]
    _refuse(weights)
    return sum(w * p for w, p in known) / (sum(w for w, _ in known) or 1)


def backs_off(models, weights, context, word):
    _refuse(weights)
    return next((p for p in reversed(_parts(models, context, word)) if p), 0.0)


def longest_only(models, weights, context, word):
    _refuse(weights)
    return _parts(models, context, word)[-1]


def unigram_left_out(models, weights, context, word):
    parts = _parts(models, context, word)
    return _mixed(weights, [0.0, *parts[1:]])


def geometric(models, weights, context, word):
    _refuse(weights)
    return math.prod(p**w for p, w in zip(_parts(models, context, word), weights, strict=True))


def product(models, weights, context, word):
    _refuse(weights)
    return math.prod(p * w for p, w in zip(_parts(models, context, word), weights, strict=True))


def largest(models, weights, context, word):
    _refuse(weights)
    return max(p * w for p, w in zip(_parts(models, context, word), weights, strict=True))


def key_error(models, weights, context, word):
    _refuse(weights)
    rows = [m[context[len(context) - i :]] for i, m in enumerate(models)]
    return sum(w * r.get(word, 0) / sum(r.values()) for w, r in zip(weights, rows, strict=True))


def not_refused(models, weights, context, word):
    parts = _parts(models, context, word)
    return sum(weight * p for weight, p in zip(weights, parts, strict=True))


def normalised(models, weights, context, word):
    return not_refused(models, [w / sum(weights) for w in weights], context, word)


def only_more_refused(models, weights, context, word):
    if sum(weights) > 1 + 1e-6:
        raise ValueError("the weights sum to more than 1")
    return not_refused(models, weights, context, word)


def only_less_refused(models, weights, context, word):
    if sum(weights) < 1 - 1e-6:
        raise ValueError("the weights sum to less than 1")
    return not_refused(models, weights, context, word)


def rounding_refused(models, weights, context, word):
    if sum(weights) != 1:
        raise ValueError("the weights do not sum to 1")
    return not_refused(models, weights, context, word)


def refused_by_assert(models, weights, context, word):
    if abs(sum(weights) - 1) > 1e-6:
        raise AssertionError("the weights do not sum to 1")
    return not_refused(models, weights, context, word)


def by_numpy(models, weights, context, word):
    if not np.isclose(np.sum(weights), 1, atol=1e-6):
        raise ValueError(f"weights {weights}")
    parts = _parts(models, context, word)
    return np.dot(np.asarray(weights), parts)


def by_shortening(models, weights, context, word):
    """From the longest context to none."""
    if round(math.fsum(weights), 6) != 1:
        raise ValueError("sum of weights")
    total = 0.0
    for model, weight in zip(reversed(models), reversed(weights), strict=True):
        row = model.get(tuple(context))
        if row:
            total += weight * row.get(word, 0) / sum(row.values())
        context = context[1:]
    return np.float32(total)


def by_recursion(models, weights, context, word):
    if not 1 - 1e-6 <= sum(weights) <= 1 + 1e-6:
        raise ValueError("sum of weights")

    def mixed(order):
        if order < 0:
            return 0
        row = models[order].get(context[len(context) - order :], {})
        share = weights[order] * row[word] / sum(row.values()) if word in row else 0
        return share + mixed(order - 1)

    return mixed(len(models) - 1)
