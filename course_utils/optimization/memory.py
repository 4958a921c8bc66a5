"""How many GiB a model needs, to rest and to train.

Source: CMU 10-301/601, lecture 28, "Memory Usage of LLMs": its table gives whole GiB, rounded down,
and calls them "Gb"; S. Rajbhandari and others, "ZeRO", 2020, section 3.1, for the 16 bytes of mixed
precision.
Leaves out: activations, which grow with batch and length; buffers; fragmentation.
"""

from __future__ import annotations

GIB = 2**30  # bytes

DEVICES = {  # the lecture's table: GiB of the largest model of each
    "TPU v2": 16,
    "TPU v3/v4": 32,
    "Tesla V100": 32,
    "RTX A6000": 48,
    "Tesla A100": 80,
}

BYTES_PER_PARAMETER = {
    "float32": {"weights": 4, "gradients": 4, "moments": 8, "master_copy": 0},
    "mixed": {"weights": 2, "gradients": 2, "moments": 8, "master_copy": 4},
}


def memory_gib(num_parameters: int, bits: int) -> float:
    """Return how many GiB the parameters take: N · bits / 8 / 2³⁰.

    Args:
        num_parameters: N.
        bits: of one parameter: 32 for full precision, 16 for half.

    Returns:
        GiB, which are 2³⁰ bytes.

    GPT-3, in half precision:

    >>> round(memory_gib(175_000_000_000, 16), 2)
    325.96
    """
    return num_parameters * bits / 8 / GIB


def training_memory_gib(num_parameters: int, precision: str) -> dict[str, float]:
    """Return how many GiB training with Adam takes, part by part.

    In bytes a parameter: "float32" has 4 for weights, 4 for gradients and 4 for each of Adam's two
    moments. "mixed" has 2 for weights and 2 for gradients, both moments in float32, and a master copy
    of the weights in float32, because a step is often too small for a half-precision weight to notice.

    Args:
        num_parameters: N.
        precision: "float32" or "mixed".

    Returns:
        weights, gradients, moments, master_copy, total.

    Raises:
        ValueError: another precision.

    >>> training_memory_gib(2**30, "mixed")
    {'weights': 2.0, 'gradients': 2.0, 'moments': 8.0, 'master_copy': 4.0, 'total': 16.0}
    """
    if precision not in BYTES_PER_PARAMETER:
        known = ", ".join(repr(name) for name in BYTES_PER_PARAMETER)
        raise ValueError(f"precision is {precision!r}: choose one of {known}")
    parts = BYTES_PER_PARAMETER[precision]
    gib = {part: num_parameters * size / GIB for part, size in parts.items()}
    return gib | {"total": sum(gib.values())}
