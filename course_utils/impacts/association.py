"""What a model thinks of people, by their names: the same sentence with one word exchanged.

Source: N. Nangia and others, "CrowS-Pairs", 2020, for pairs of sentences under a language model.
Leaves out: models that see what comes after; whether people would say the sentence at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike


def template_gap(
    log_prob: Callable[[str], ArrayLike],
    templates: Sequence[str],
    group_a: Sequence[str],
    group_b: Sequence[str],
) -> np.ndarray:
    """Return how much likelier each sentence is with a word of group a than with its partner of b.

        gap = mean over tokens of log p(sentence with a) − the same with b

    Means, because a word of more tokens would make any sentence less likely.

    Args:
        log_prob: log_prob(text) gives one number for each token that the model predicts, in nats.
        templates: sentences with one `{}` each.
        group_a, group_b: words; group_a[i] and group_b[i] are a pair.

    Returns:
        (templates · pairs,): all pairs of the first template, then all of the second: ready for the
        paired bootstrap.

    Raises:
        ValueError: groups of different sizes, or a template without exactly one `{}`.

    >>> said = {"he is": [-1.0, -3.0], "she is": [-2.0, -4.0]}
    >>> template_gap(lambda text: said[text], ["{} is"], ["he"], ["she"])
    array([1.])
    """
    if len(group_a) != len(group_b):
        raise ValueError(f"{len(group_a)} words against {len(group_b)}: they must come in pairs")
    for template in templates:
        if template.count("{}") != 1:
            raise ValueError(f"the template {template!r} needs exactly one {{}}")

    def mean(template: str, word: str) -> float:
        return float(np.mean(np.asarray(log_prob(template.replace("{}", word)), dtype=np.float64)))

    pairs = list(zip(group_a, group_b, strict=True))
    gaps = [mean(text, a) - mean(text, b) for text in templates for a, b in pairs]
    return np.array(gaps, dtype=np.float64)
