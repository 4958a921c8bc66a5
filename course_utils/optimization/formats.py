"""float16 and bfloat16: which numbers there are, and what rounding does to the others.

Source: IEEE 754-2019 for float16 (5 bits of exponent, 10 of fraction); Google's bfloat16 (8 and 7).
Leaves out: rounding modes other than to the nearest; the 8-bit formats.
"""

from __future__ import annotations

import numpy as np
import torch

PROVIDED = ("*",)  # whole in the student's copy
FORMATS = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}


def rounded(values: np.ndarray | float, name: str) -> np.ndarray:
    """Return the nearest numbers of a format, in float64.

    >>> rounded(np.array([1e-8, 1 + 1 / 300, 70000.0]), "float16")
    array([0.        , 1.00292969,        inf])
    >>> rounded(np.array([1e-8, 1 + 1 / 300, 70000.0]), "bfloat16")
    array([1.00117177e-08, 1.00000000e+00, 7.01440000e+04])
    """
    _known(name)
    return torch.as_tensor(values, dtype=torch.float64).to(FORMATS[name]).double().numpy()


def neighbours(low: float, high: float, name: str) -> np.ndarray:
    """Return all numbers of a 16-bit format in [low, high], in order.

    >>> len(neighbours(1, 2, "float16")), len(neighbours(1, 2, "bfloat16"))
    (1025, 129)
    """
    _known(name)
    if name == "float32":
        raise ValueError("float32 has too many numbers to list: choose float16 or bfloat16")
    every = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16)
    values = np.unique(every.view(FORMATS[name]).double().numpy())
    return values[(values >= low) & (values <= high)]


def facts(name: str) -> dict[str, float]:
    """Return the smallest and largest positive numbers, and the step from 1 to the next.

    >>> facts("float16")["largest"], facts("bfloat16")["step_at_1"]
    (65504.0, 0.0078125)
    """
    _known(name)
    info = torch.finfo(FORMATS[name])
    return {
        "smallest": info.smallest_normal * info.eps,
        "smallest_normal": info.smallest_normal,
        "largest": info.max,
        "step_at_1": info.eps,
    }


def _known(name: str) -> None:
    if name not in FORMATS:
        raise ValueError(f"format {name!r}: choose one of {', '.join(FORMATS)}")
