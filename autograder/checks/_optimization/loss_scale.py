"""optimization.loss_scale_step: skip, unscale, halve, double, count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.optimization import loss_scale_step


def all_finite(grads: Any) -> bool:
    return all(np.isfinite(grad).all() for grad in grads)


def divided(grads: Any, scale: float, new: float) -> Any:
    return [np.asarray(grad, float) / scale for grad in grads]


def made(
    *,
    finite: Callable[[Any], bool] = all_finite,
    unscale: Callable[..., Any] = divided,
    after_overflow: Callable[[float], float] = lambda scale: scale / 2,
    count_after_overflow: Callable[[int], int] = lambda good: 0,
    grown: Callable[[int, int], bool] = lambda good, interval: good + 1 >= interval,
    growth: float = 2,
    count_after_growth: Callable[[int], int] = lambda good: 0,
    skipped: Callable[..., Any] = lambda grads: None,
) -> Callable[..., dict[str, Any]]:
    """A version; each keyword is a place where people go wrong."""

    def version(grads, scale, growth_interval, good_steps):
        with np.errstate(all="ignore"):
            if not finite(grads):
                return {
                    "skip": True,
                    "grads": skipped(grads),
                    "scale": after_overflow(scale),
                    "good_steps": count_after_overflow(good_steps),
                }
            grows = grown(good_steps, growth_interval)
            new = scale * growth if grows else scale
            return {
                "skip": False,
                "grads": unscale(grads, scale, new),
                "scale": new,
                "good_steps": count_after_growth(good_steps) if grows else good_steps + 1,
            }

    return version


def by_sums(grads, scale, growth_interval, good_steps):
    with np.errstate(all="ignore"):
        bad = any(np.isnan(np.sum(g * 0.0)) for g in grads)
    if bad:
        return dict(skip=np.True_, grads=None, scale=scale * 0.5, good_steps=0)
    good_steps = (good_steps + 1) % growth_interval
    unscaled = tuple(g.astype(np.float32) * np.float32(1 / scale) for g in grads)
    return dict(
        skip=False,
        grads=unscaled,
        scale=float(scale * (1 if good_steps else 2)),
        good_steps=good_steps,
    )


def in_their_own_type(grads: Any, scale: float, new: float) -> Any:
    return [g / np.asarray(scale, dtype=g.dtype) for g in grads]


def draw(rng: np.random.Generator) -> list[Case]:
    def grads(*spoilt: tuple[int, float], dtype: Any = np.float64) -> list[np.ndarray]:
        arrays = [np.array(rng.normal(size=s) * 90, dtype=dtype) for s in ((3,), (2, 4), ())]
        for number, value in spoilt:
            flat = arrays[number].reshape(-1)
            flat[int(rng.integers(flat.size))] = value
            arrays[number] = flat.reshape(arrays[number].shape)
        return arrays

    def scale() -> float:
        return float(2.0 ** rng.integers(3, 9))

    def long(*numbers: float, dtype: Any) -> list[np.ndarray]:
        """Of one sign, so that their sum is larger than the type can hold."""
        return [np.array(numbers, dtype=dtype) * np.array(rng.uniform(0.8, 1), dtype=dtype)]

    everywhere = grads((0, np.inf), (1, np.nan), (2, -np.inf))
    still = [np.zeros_like(array) for array in grads()]
    return [
        Case((grads(), scale(), 9, 3), "value"),
        Case((grads(), 10.0, 7, 2), "value"),
        Case((grads((0, np.inf)), scale(), 9, 3), "overflow"),
        Case((grads((1, -np.inf)), 3.0, 9, 5), "overflow"),
        Case((grads((1, np.inf)), 1.0, 9, 4), "overflow"),
        Case((everywhere, scale(), 9, 2), "overflow"),
        Case((grads((0, np.nan)), scale(), 8, 4), "nan"),
        Case((grads((1, np.nan)), 0.5, 8, 7), "nan"),
        Case((grads((2, np.inf)), scale(), 5, 4), "later"),
        Case((grads((2, np.nan)), scale(), 5, 2), "later"),
        Case((grads(), scale(), 6, 5), "growth"),
        Case((grads(), 2.0**24, 1, 0), "growth"),
        Case((grads(), 24.0, 5, 4), "growth"),
        Case((grads(), scale(), 6, 4), "not yet"),
        Case((still, scale(), 4, 0), "not yet"),
        Case((long(4e4, 3e4, 5.5e4, dtype=np.float16), 2.0**-3, 6, 1), "half"),
        Case((grads(dtype=np.float16), 2.0**-11, 6, 2), "half"),
        Case((long(3e38, 2e38, 2.5e38, dtype=np.float32), scale(), 6, 1), "large"),
        Case((long(9e4, 7e5, 2e6, dtype=np.float64), scale(), 6, 3), "large"),
    ]


LOSS_SCALE: Check = Check(
    exercise="optimization.loss_scale_step",
    properties={
        "value": "divides the gradients by the scale, and counts a good step",
        "overflow": "skips a step with inf, halves the scale, counts from 0",
        "nan": "skips a step with nan, halves the scale, counts from 0",
        "later": "looks at every array",
        "growth": "doubles the scale after growth_interval good steps, and counts from 0",
        "not yet": "does not double it before",
        "half": "divides float16 in float32, where it cannot overflow",
        "large": "takes gradients for good that are large, and finite",
    },
    cases=draw,
    expect=loss_scale_step,
    accepts=[made(), by_sums],
    misconceptions=[
        Misconception(
            "not unscaled",
            made(unscale=lambda grads, scale, new: grads),
            "The gradients come back as they were handed in. Divide them by the scale.",
        ),
        Misconception(
            "multiplied",
            made(unscale=lambda grads, scale, new: [np.asarray(g, float) * scale for g in grads]),
            "The gradients are multiplied by the scale once more. They are scaled already: divide.",
        ),
        Misconception(
            "divided by the new scale",
            made(unscale=lambda grads, scale, new: [np.asarray(g, float) / new for g in grads]),
            "The gradients are divided by the scale of the *next* step. They were made with the one that "
            "was handed in.",
        ),
        Misconception(
            "divided in float16",
            made(unscale=in_their_own_type),
            "float16 is divided in float16, where the result may overflow or vanish. Go to float32 first.",
        ),
        Misconception(
            "nan not seen",
            made(finite=lambda grads: not any(np.isinf(g).any() for g in grads)),
            "nan is not noticed: inf is looked for alone. Ask np.isfinite.",
        ),
        Misconception(
            "inf not seen",
            made(finite=lambda grads: not any(np.isnan(g).any() for g in grads)),
            "inf is not noticed: nan is looked for alone. Ask np.isfinite.",
        ),
        Misconception(
            "never skips",
            made(finite=lambda grads: True),
            "No step is ever skipped: neither inf nor nan is noticed. One number that is not finite is "
            "enough: ask np.isfinite, and not whether a number is both at once.",
        ),
        Misconception(
            "sums looked at",
            made(finite=lambda grads: all(np.isfinite(np.sum(g)) for g in grads)),
            "The sums of the arrays are looked at, and a sum may overflow where no number does. Look at "
            "each number.",
        ),
        Misconception(
            "float16's limit for all",
            made(finite=lambda grads: all((np.abs(g) <= 65504).all() for g in grads)),
            "What float16 cannot hold is taken for an overflow. In float32 and float64 such numbers are "
            "good.",
        ),
        Misconception(
            "whole scales only",
            made(after_overflow=lambda scale: scale // 2),
            "The scale is halved by //, which cuts off what is behind the point. Half of 3 is 1.5, and "
            "half of 1 is 0.5: use /.",
        ),
        Misconception(
            "first array only",
            made(finite=lambda grads: bool(np.isfinite(grads[0]).all())),
            "Only the first array is looked at. One bad number in any of them spoils the step.",
        ),
        Misconception(
            "all must be bad",
            made(finite=lambda grads: any(np.isfinite(g).all() for g in grads)),
            "The step is skipped only when every array has a bad number. One is enough.",
        ),
        Misconception(
            "scale not halved",
            made(after_overflow=lambda scale: scale),
            "After an overflow the scale stays as it is, and overflows again. Halve it.",
        ),
        Misconception(
            "scale doubled after an overflow",
            made(after_overflow=lambda scale: scale * 2),
            "The scale grows after an overflow. It was too large: halve it.",
        ),
        Misconception(
            "count kept after an overflow",
            made(count_after_overflow=lambda good: good),
            "The count goes on after an overflow. Good steps must follow each other: begin from 0.",
        ),
        Misconception(
            "an overflow counts as good",
            made(count_after_overflow=lambda good: good + 1),
            "A skipped step is counted as a good one. Begin from 0 again.",
        ),
        Misconception(
            "gradients kept when skipped",
            made(skipped=lambda grads: [np.asarray(g, float) for g in grads]),
            "A skipped step returns its gradients, inf and all. Return None, so that nobody uses them.",
        ),
        Misconception(
            "grows late or never",
            made(grown=lambda good, interval: False),
            "The scale does not grow in time. good_steps counts those *before* this one: when this one makes "
            "growth_interval, double it.",
        ),
        Misconception(
            "grows with every step",
            made(grown=lambda good, interval: True),
            "The scale doubles after each good step. Wait until growth_interval of them follow each other.",
        ),
        Misconception(
            "grows one step early",
            made(grown=lambda good, interval: good + 2 >= interval),
            "The scale doubles one step early. Together with this one, growth_interval steps must be good.",
        ),
        Misconception(
            "count kept after growth",
            made(count_after_growth=lambda good: good + 1),
            "The count goes on after the scale has doubled, so that it doubles again at once. Begin from 0.",
        ),
        Misconception(
            "counted from 1 after growth",
            made(count_after_growth=lambda good: 1),
            "The count begins with 1 after growth. This step has been used up: begin from 0.",
        ),
    ],
)
