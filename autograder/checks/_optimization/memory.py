"""optimization.memory_gib and training_memory_gib: bytes, and what they are called."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.optimization import memory_gib, training_memory_gib


def bytes_over(unit: float, bits_per_byte: float = 8) -> Callable[..., float]:
    return lambda num_parameters, bits: num_parameters * bits / bits_per_byte / unit


def by_shift(num_parameters, bits):
    return (num_parameters * bits) / float(1 << 33)


def drawn_size(rng: np.random.Generator) -> int:
    return int(rng.integers(10**9, 200 * 10**9))


def draw_sizes(rng: np.random.Generator) -> list[Case]:
    return [
        Case((drawn_size(rng), 32), "value"),
        Case((drawn_size(rng), 32), "value"),
        Case((drawn_size(rng), 16), "bits"),
        Case((drawn_size(rng), 8), "bits"),
        Case((drawn_size(rng), 4), "bits"),
        Case((drawn_size(rng), 64), "bits"),
        Case((drawn_size(rng), 24), "bits"),
        Case((drawn_size(rng), 2), "bits"),
        Case((int(rng.integers(10**6, 9 * 10**6)), 32), "small"),
        Case((int(rng.integers(10**6, 9 * 10**6)), 16), "small"),
    ]


MEMORY: Check = Check(
    exercise="optimization.memory_gib",
    properties={
        "value": "gives GiB, which are 2³⁰ bytes",
        "bits": "works for parameters of any number of bits",
        "small": "does not round",
    },
    cases=draw_sizes,
    expect=memory_gib,
    accepts=[
        bytes_over(2**30),
        by_shift,
        lambda n, bits: np.float64(n) * (bits / 8) / 1024**3,
    ],
    misconceptions=[
        Misconception(
            "10⁹ for 2³⁰",
            bytes_over(1e9),
            "These are GB, of 10⁹ bytes. A GiB has 2³⁰ bytes, 7 % more.",
        ),
        Misconception(
            "bits for bytes",
            bytes_over(2**30, 1),
            "These are gibibits. A byte has 8 bits: divide by 8.",
        ),
        Misconception(
            "gigabits",
            bytes_over(1e9, 1),
            "These are gigabits: divide by 8 for bytes, and by 2³⁰ for GiB.",
        ),
        Misconception(
            "MiB",
            bytes_over(2**20),
            "These are MiB, of 2²⁰ bytes each. A GiB has 2³⁰ bytes.",
        ),
        Misconception(
            "bytes",
            bytes_over(1),
            "These are bytes, as they come. Divide by 2³⁰ for GiB.",
        ),
        Misconception(
            "always 4 bytes",
            lambda num_parameters, bits: num_parameters * 4 / 2**30,
            "`bits` is not used: this is 4 bytes a parameter, whatever is asked.",
        ),
        Misconception(
            "always 2 bytes",
            lambda num_parameters, bits: num_parameters * 2 / 2**30,
            "`bits` is not used: this is 2 bytes a parameter, whatever is asked.",
        ),
        Misconception(
            "whole GiB",
            lambda num_parameters, bits: float(num_parameters * bits // 8 // 2**30),
            "The number is cut to whole GiB, as in the lecture's table. Keep what is behind the point.",
        ),
        Misconception(
            "whole bytes",
            lambda num_parameters, bits: num_parameters * (bits // 8) / 2**30,
            "bits // 8 cuts half a byte off, so that 4-bit parameters take nothing. Use / for it.",
        ),
    ],
)

NAMES = ("weights", "gradients", "moments", "master_copy")


def table(
    float32: tuple[float, ...] = (4, 4, 8, 0),
    mixed: tuple[float, ...] = (2, 2, 8, 4),
    *,
    unit: float = 2**30,
    in_total: tuple[str, ...] = NAMES,
    refuse: bool = True,
) -> Callable[..., dict[str, float]]:
    """A version: bytes a parameter of each part."""

    def version(num_parameters, precision):
        if precision not in ("float32", "mixed") and refuse:
            raise ValueError(f"{precision!r}?")
        sizes = float32 if precision == "float32" else mixed
        parts = dict(zip(NAMES, (num_parameters * size / unit for size in sizes), strict=True))
        return parts | {"total": sum(parts[name] for name in in_total)}

    return version


def in_bytes_first(num_parameters, precision):
    half = {"float32": 0, "mixed": 1}.get(precision)
    if half is None:
        raise ValueError(precision)
    full, small = num_parameters * 4, num_parameters * (2 if half else 4)
    parts = {"master_copy": full * half, "weights": small, "gradients": small, "moments": 2 * full}
    parts["total"] = 16 * num_parameters
    return {name: size / (1024 * 1024 * 1024) for name, size in parts.items()}


def draw_training(rng: np.random.Generator) -> list[Case]:
    others = ["half", "float16", "bfloat16", "float64", "", "Mixed", "fp32", "FLOAT32", "float"]
    return [
        Case((drawn_size(rng), "float32"), "value"),
        Case((drawn_size(rng), "float32"), "value"),
        Case((drawn_size(rng), "mixed"), "mixed"),
        Case((drawn_size(rng), "mixed"), "mixed"),
        *(Case((drawn_size(rng), name), "refuses") for name in others),
    ]


TRAINING_MEMORY: Check = Check(
    exercise="optimization.training_memory_gib",
    properties={
        "value": "gives every part, and the total, in full precision",
        "mixed": "gives every part, and the total, in mixed precision",
        "refuses": "raises ValueError for another precision",
    },
    cases=draw_training,
    expect=training_memory_gib,
    accepts=[table(), in_bytes_first],
    misconceptions=[
        Misconception(
            "10⁹ for 2³⁰",
            table(unit=1e9),
            "These are GB, of 10⁹ bytes. A GiB has 2³⁰ bytes, 7 % more.",
        ),
        Misconception(
            "one moment",
            table((4, 4, 4, 0), (2, 2, 4, 4)),
            "Adam keeps two numbers for each parameter, m and v: 8 bytes, not 4.",
        ),
        Misconception(
            "moments in half precision",
            table(mixed=(2, 2, 4, 4)),
            "Moments stay in float32 in mixed precision, too: squares of small gradients vanish in 16 "
            "bits. They take 8 bytes.",
        ),
        Misconception(
            "no master copy",
            table(mixed=(2, 2, 8, 0)),
            "The master copy is missing. Weights in 16 bits do not notice small steps, so that a copy in "
            "float32 gathers them: 4 bytes.",
        ),
        Misconception(
            "master copy always",
            table(float32=(4, 4, 8, 4)),
            "In full precision the weights are in float32 already: no master copy is needed, 0 bytes.",
        ),
        Misconception(
            "master copy in half precision",
            table(mixed=(2, 2, 8, 2)),
            "A master copy in 16 bits would forget small steps as the weights do. It takes 4 bytes.",
        ),
        Misconception(
            "gradients in float32",
            table(mixed=(2, 4, 8, 4)),
            "Gradients are in 16 bits in mixed precision: 2 bytes.",
        ),
        Misconception(
            "everything halved",
            table(mixed=(2, 2, 4, 0)),
            "Everything is halved. Only weights and gradients are in 16 bits; the moments and a master "
            "copy stay in float32.",
        ),
        Misconception(
            "total without the master copy",
            table(in_total=NAMES[:3]),
            "The master copy is missing in the total. All four parts are in memory at once.",
        ),
        Misconception(
            "total without the gradients",
            table(in_total=("weights", "moments", "master_copy")),
            "The gradients are missing in the total. All four parts are in memory at once.",
        ),
        Misconception(
            "anything goes",
            table(refuse=False),
            'A precision that is neither "float32" nor "mixed" is taken for mixed. Raise ValueError.',
        ),
    ],
)
