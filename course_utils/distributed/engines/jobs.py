"""What is to be trained, split in which way.

Leaves out: two ways at once, as large models need.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy
WAYS = ("replicas", "slices", "stages", "tokens")
Entry = tuple[int, int, int, str]  # tick, stage, microbatch, phase: as gpipe_schedule gives them


@dataclass(frozen=True)
class Job:
    """One training run, as every worker reads it."""

    way: str  # one of WAYS
    config: Config
    plan: Plan  # max_norm is not used: gradients are not clipped
    shares: tuple[int, ...]  # of each worker: its examples, heads or layers; their number is N
    num_microbatches: int = 1  # of "stages"
    recompute: bool = False  # "stages": go forward again instead of keeping what is inside
    schedule: tuple[Entry, ...] | None = None  # "stages": None is gpipe_schedule's
    slices: tuple[int, ...] = ()  # "tokens": lengths that sum to the plan's num_tokens
    dtype: str = "float64"
    bucket_bytes: int = 2**22  # "replicas": gradients that are sent together
    options: dict[str, Any] = field(default_factory=dict)  # see OPTIONS

    def __post_init__(self) -> None:
        _check(self)

    @property
    def num_workers(self) -> int:
        return len(self.shares)

    def option(self, name: str) -> Any:
        """Return an option, or what it is when nothing is said."""
        return {**OPTIONS, **self.options}[name]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Job:
        """Read what `to_json` wrote."""
        told = json.loads(text)
        told["config"], told["plan"] = Config(**told["config"]), Plan(**told["plan"])
        for name in ("shares", "slices"):
            told[name] = tuple(told[name])
        if told["schedule"] is not None:
            told["schedule"] = tuple(tuple(entry) for entry in told["schedule"])
        return Job(**told)


OPTIONS = {
    "timeout_seconds": 10.0,  # that a worker waits for another
    "keep_gradients": False,  # of every step, to compare them
    "shelf": None,  # folder of the checkpoints
    "checkpoint_every": 0,  # steps; 0 is never
}


def make_model(job: Job) -> GPT:
    """Return the whole model with its first weights: the same in every process."""
    dtype = getattr(torch, job.dtype)
    return GPT(job.config, seed=job.plan.seed).to(dtype)


def shares_of(total: int, num_workers: int) -> tuple[int, ...]:
    """Return shares as equal as they can be.

    >>> shares_of(7, 3)
    (3, 2, 2)
    """
    whole, rest = divmod(total, num_workers)
    return tuple(whole + (w < rest) for w in range(num_workers))


def _check(job: Job) -> None:
    if job.way not in WAYS:
        raise ValueError(f"way {job.way!r}: choose one of {', '.join(WAYS)}")
    whole, noun = {
        "replicas": (job.plan.batch_size, "examples in a batch"),
        "slices": (job.config.num_heads, "heads"),
        "stages": (job.config.num_layers, "layers"),
        "tokens": (job.config.num_layers, "layers"),
    }[job.way]
    least = 0 if job.way == "replicas" else 1
    if not job.shares or min(job.shares) < least or sum(job.shares) != whole:
        raise ValueError(
            f"shares {job.shares} of {whole} {noun}: one for each worker, {least} or more, that sum "
            f"to {whole}"
        )
    if job.way == "slices" and job.config.inner_width < job.num_workers:
        raise ValueError(
            f"an inner width of {job.config.inner_width} for {job.num_workers} workers: too narrow"
        )
    if not 1 <= job.num_microbatches <= job.plan.batch_size:
        raise ValueError(
            f"{job.num_microbatches} microbatches of {job.plan.batch_size} examples: at least 1, at "
            "most one for each example"
        )
    if job.schedule is not None:
        check_schedule(job.schedule, job.num_workers, job.num_microbatches)
    if job.way == "tokens" and (
        not job.slices or min(job.slices) < 1 or sum(job.slices) != job.plan.num_tokens
    ):
        raise ValueError(
            f"slices {job.slices} sum to {sum(job.slices)}: they must sum to {job.plan.num_tokens} "
            "tokens, 1 or more each"
        )
    if not 2 <= job.plan.num_tokens <= job.config.num_positions:
        raise ValueError(
            f"{job.plan.num_tokens} tokens with {job.config.num_positions} positions: 2 to "
            f"{job.config.num_positions}"
        )
    if job.plan.num_steps < 1:
        raise ValueError(f"{job.plan.num_steps} steps: at least one is needed")
    if job.dtype not in ("float64", "float32"):
        raise ValueError(f"dtype {job.dtype!r}: choose float64 or float32")
    if job.bucket_bytes < 1:
        raise ValueError(f"bucket_bytes is {job.bucket_bytes}: at least 1 is needed")
    unknown = sorted(set(job.options) - set(OPTIONS))
    if unknown:
        raise ValueError(f"unknown options {unknown}: there are {', '.join(OPTIONS)}")
    if not job.option("timeout_seconds") > 0:
        raise ValueError(f"timeout_seconds is {job.option('timeout_seconds')}: it must be positive")


def check_schedule(schedule: Sequence[Entry], num_stages: int, num_microbatches: int) -> None:
    """Raise ValueError for a schedule that cannot be carried out, saying why."""
    when = {(k, m, phase): tick for tick, k, m, phase in schedule}
    wanted = {
        (k, m, phase)
        for k in range(num_stages)
        for m in range(num_microbatches)
        for phase in ("forward", "backward")
    }
    if set(when) != wanted or len(schedule) != len(wanted):
        raise ValueError(
            f"the schedule needs each of {num_stages} stages and {num_microbatches} microbatches "
            "once in each phase"
        )
    if len({(tick, k) for tick, k, *_ in schedule}) != len(schedule):
        raise ValueError("the schedule gives a stage two things to do in one tick")
    for k, m, phase in wanted:
        if phase == "forward":
            before = when[k - 1, m, phase] if k else -1
        else:
            last = k == num_stages - 1
            before = when[k, m, "forward"] if last else when[k + 1, m, phase]
        if when[k, m, phase] <= before:
            raise ValueError(
                f"the schedule has stage {k} go {phase} with microbatch {m} in tick "
                f"{when[k, m, phase]}, before it can"
            )
