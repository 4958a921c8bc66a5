"""Where tensors live: the GPU when there is one, else the CPU."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def device() -> torch.device:
    """Return the device to compute on: `cuda` when there is one, else `cpu`.

    $COURSE_DEVICE (`cpu`, `cuda`, `cuda:1`, or `auto`, the default) decides instead. Apple's `mps`
    is left out: it has no float64, in which the course's checks compare.

    Raises ValueError when $COURSE_DEVICE is none of these or names a GPU that is not there.
    """
    import torch

    wanted = os.environ.get("COURSE_DEVICE", "").strip().lower() or "auto"
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind, _, index = wanted.partition(":")
    if kind not in ("cpu", "cuda") or (index and not index.isdecimal()):
        raise ValueError(f"COURSE_DEVICE={wanted!r}: use auto, cpu, cuda or cuda:<number>")
    if kind == "cuda" and int(index or 0) >= torch.cuda.device_count():
        raise ValueError(f"COURSE_DEVICE={wanted!r}: this machine has no such GPU; use auto or cpu")
    return torch.device(wanted)
