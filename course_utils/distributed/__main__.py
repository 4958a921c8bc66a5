"""Train unit 05's GPT on Shakespeare's characters, split over processes.

On one machine:        python -m course_utils.distributed replicas --workers 2
On several, on each:   torchrun --nnodes 2 --nproc-per-node 4 --rdzv-backend c10d
                       --rdzv-endpoint HOST:29500 -m course_utils.distributed slices --shelf FOLDER

Each worker has a GPU of its own where a machine has enough of them, else all compute on CPUs
(COURSE_DEVICE=cpu asks for that). Where gloo picks the wrong network card, name it:
GLOO_SOCKET_IFNAME=eth0.

With --shelf, a run that was interrupted goes on from its last checkpoint; the folder must be one that
all machines share.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import torch

from course_utils.data import DataError
from course_utils.distributed.engines.group import Group, WorkerLost
from course_utils.distributed.engines.jobs import WAYS, Job, shares_of
from course_utils.distributed.engines.ledger import bytes_sent
from course_utils.distributed.engines.processes import WorkersFailed, run_workers
from course_utils.distributed.engines.worker import train
from course_utils.distributed.terapipe import terapipe_slices
from course_utils.gpt.plan import Plan
from course_utils.gpt.text import CharacterTokenizer, shakespeare_texts
from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 with one line when it cannot go on."""
    chosen = _parser().parse_args(arguments)
    under_torchrun = "RANK" in os.environ
    try:
        text, tokenizer = _text()
        job = _job(chosen, len(tokenizer), under_torchrun)
        if under_torchrun:
            print("\n".join(_trained(job, text)), flush=True)
            return 0
        outcome = run_workers(job, text, timeout_seconds=chosen.timeout, progress=True)
    except (DataError, ValueError, WorkersFailed, WorkerLost, FloatingPointError) as error:
        print(error, file=sys.stderr)
        if under_torchrun:
            sys.stderr.flush()
            os._exit(1)  # threads of a group that lost a worker would wait for it
        return 1
    first = outcome.resumed_at + 1
    for number, loss in enumerate(outcome.losses, first):
        print(f"step {number}: {loss:.4f} nats per character")
    for worker, sent in bytes_sent(outcome.events).items():
        print(f"worker {worker} sent {sent / 2**20:.1f} MiB")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.distributed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--workers", type=int, default=2, help="torchrun decides it otherwise")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64, help="in a passage")
    parser.add_argument("--microbatches", type=int, default=4, help="of stages")
    parser.add_argument("--recompute", action="store_true", help="in stages")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shelf", type=Path, help="folder for checkpoints")
    parser.add_argument("--every", type=int, default=10, help="steps between checkpoints")
    parser.add_argument("--wait", type=float, default=30.0, help="seconds for another worker")
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds for everything")
    return parser


def _text() -> tuple[torch.Tensor, CharacterTokenizer]:
    train_text, _ = shakespeare_texts()
    tokenizer = CharacterTokenizer(train_text)
    return torch.tensor(tokenizer.encode(train_text)), tokenizer


def _job(chosen: argparse.Namespace, vocabulary_size: int, under_torchrun: bool) -> Job:
    num_workers = int(os.environ["WORLD_SIZE"]) if under_torchrun else chosen.workers
    if num_workers < 1:
        raise ValueError(f"{num_workers} workers: at least one is needed")
    config = Config(
        chosen.layers, chosen.heads, chosen.width, vocabulary_size, num_positions=chosen.tokens
    )
    plan = Plan(chosen.steps, batch_size=chosen.batch, num_tokens=chosen.tokens, seed=chosen.seed)
    whole = {"replicas": chosen.batch, "slices": chosen.heads}.get(chosen.way, chosen.layers)
    options = {"timeout_seconds": chosen.wait}
    if chosen.shelf:
        options |= {"shelf": str(chosen.shelf), "checkpoint_every": chosen.every}
    return Job(
        chosen.way,
        config,
        plan,
        shares_of(whole, num_workers),
        num_microbatches=chosen.microbatches if chosen.way == "stages" else 1,
        recompute=chosen.recompute,
        slices=_slices(chosen.tokens, num_workers) if chosen.way == "tokens" else (),
        dtype="float32",
        options=options,
    )


def _slices(num_tokens: int, num_workers: int) -> tuple[int, ...]:
    """TeraPipe's, for a stage that takes 8 tokens' time to begin, and a little for each pair of tokens."""

    def time(length: int, context: int) -> float:
        return 8 + length + length * (context + length / 2) / 256

    return tuple(terapipe_slices(time, num_tokens, num_workers)[1])


def _trained(job: Job, text: torch.Tensor) -> list[str]:
    """Take part as one of torchrun's workers, and return what there is to say."""

    def on_step(group: Group, step: int) -> None:
        if group.worker == 0:
            print(f"step {step} of {job.plan.num_steps}", file=sys.stderr)

    result = train(job, text, on_step)
    sent = bytes_sent(result.events).get(result.worker, 0)
    parts = " ".join(f"{loss:.4f}" for loss in result.losses)
    return [f"worker {result.worker} sent {sent / 2**20:.1f} MiB; its part of the losses: {parts}"]


if __name__ == "__main__":
    raise SystemExit(main())
