"""How the cost grows with the length of the text: linear and quadratic.

Source: CMU 10-301/601, lecture 28, "Transformer Language Model".
Leaves out: the width of the vectors, which multiplies both.
"""

from __future__ import annotations


def count_connections(num_tokens: int, num_layers: int, kind: str) -> int:
    """Count the arrows between hidden vectors, those from the word vectors (layer 0) included.

    In an RNN each of the T · L hidden vectors hears from the one below it, and all but the first of
    each layer from the one before it. In a transformer vector t of a layer hears from 1 … t of the
    layer below.

        "rnn":          L T + L (T − 1)
        "transformer":  L T (T + 1) / 2

    Args:
        num_tokens: T, at least 1.
        num_layers: L, at least 1.
        kind: "rnn" or "transformer".

    Raises:
        ValueError: another kind, or T or L less than 1.

    >>> count_connections(3, 2, "rnn"), count_connections(3, 2, "transformer")
    (10, 12)
    """
    if num_tokens < 1 or num_layers < 1:
        raise ValueError(f"{num_tokens} tokens and {num_layers} layers: at least 1 of each")
    if kind == "rnn":
        return num_layers * num_tokens + num_layers * (num_tokens - 1)
    if kind == "transformer":
        return num_layers * num_tokens * (num_tokens + 1) // 2
    raise ValueError(f'kind is {kind!r}: use "rnn" or "transformer"')
