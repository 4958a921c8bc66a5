"""Torch's own functions, noticed by torch itself: however they are called, and under all their names.

Python tells a profiler nothing about what C code calls (`map(torch.softmax, …)`), and one function has
many names (`torch.special.softmax`, `torch.ops.aten.softmax`, a compiled script). Torch tells its modes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

FUSED = "scaled_dot_product"  # what torch chooses for attention has names of its own


@contextmanager
def watched(names: Sequence[str], notice: Callable[[str], None]) -> Iterator[None]:
    """Call `notice` with the forbidden name whenever torch computes what it stands for."""
    known: dict[str, str] = {}
    for name in names:
        if name.startswith("torch."):
            known.setdefault(name.rpartition(".")[2].strip("_"), name)

    fused = next((name for key, name in known.items() if key.startswith(FUSED)), "")

    def look_and_call(_: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        short = getattr(func, "__name__", "").partition(".")[0].strip("_")
        if used := known.get(short, fused if short.startswith(FUSED) else ""):
            notice(used)
        return func(*args, **(kwargs or {}))

    class Functions(TorchFunctionMode):
        __torch_function__ = look_and_call

    class Operations(TorchDispatchMode):
        __torch_dispatch__ = look_and_call

    with Functions(), Operations():
        yield


# At the first operation under a mode torch imports as much again of itself: here, not in every ask.
with watched((), lambda _: None):
    torch.zeros(1).sum()
