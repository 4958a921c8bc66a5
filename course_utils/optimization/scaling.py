"""Keep small gradients alive in float16: multiply the loss, divide the gradients, watch for overflow.

Source: P. Micikevicius and others, "Mixed Precision Training", ICLR 2018, section 3.2; the rule is
that of torch.amp.GradScaler with its factors 2 and ½.
Leaves out: a scale for each tensor; an end to growth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def loss_scale_step(
    grads: Sequence[np.ndarray], scale: float, growth_interval: int, good_steps: int
) -> dict[str, Any]:
    """Decide whether a step may be taken, and what the next scale is.

    An overflow anywhere (inf or nan) means: skip this step, halve the scale, count from 0 again.
    Otherwise the gradients are divided by the scale that they were made with; and when
    `growth_interval` good steps have followed each other, the scale doubles and counting begins again.

    Args:
        grads: arrays of any shape and floating type, scaled.
        scale: by which the loss was multiplied.
        growth_interval: good steps until the scale doubles.
        good_steps: how many good steps came before this one.

    Returns:
        skip: True after an overflow.
        grads: the list of unscaled gradients, in float32 at least; None when skipped.
        scale: for the next step.
        good_steps: as counted after this one.

    >>> loss_scale_step([np.array([512.0])], 1024.0, growth_interval=3, good_steps=2)
    {'skip': False, 'grads': [array([0.5])], 'scale': 2048.0, 'good_steps': 0}
    """
    if not all(np.isfinite(grad).all() for grad in grads):
        return {"skip": True, "grads": None, "scale": scale / 2, "good_steps": 0}
    wide = [np.asarray(g, dtype=np.promote_types(np.asarray(g).dtype, np.float32)) for g in grads]
    unscaled = [grad / scale for grad in wide]
    grown = good_steps + 1 >= growth_interval
    return {
        "skip": False,
        "grads": unscaled,
        "scale": scale * 2 if grown else scale,
        "good_steps": 0 if grown else good_steps + 1,
    }
