"""Real processes: what one process alone computes is the oracle; faults are real, too."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.distributed.engines.jobs import Job, shares_of
from course_utils.distributed.engines.ledger import bytes_sent, idle_share
from course_utils.distributed.engines.processes import Outcome, WorkersFailed, run_workers
from course_utils.distributed.engines.serial import train_serially
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.weights import Config

TEXT = torch.tensor(np.random.default_rng(0).integers(0, 11, 500))
TIED = Config(3, 4, 12, 11, 16, feed_forward_width=13)
UNTIED = Config(3, 4, 12, 11, 16, feed_forward_width=13, tied=False, bias=False)
PLAN = Plan(3, batch_size=5, num_tokens=9, learning_rate=0.01, num_warmup_steps=2)
KEEP: dict[str, Any] = {"options": {"keep_gradients": True}}
STUDENTS = tuple(  # a right schedule that is not GPipe's own: the microbatches backwards
    (tick, k, 2 - m, phase)
    for k in range(2)
    for m in range(3)
    for tick, phase in ((k + m, "forward"), (5 + m - k, "backward"))
)
JOBS = {
    "replicas, one of them empty": Job(
        "replicas", TIED, PLAN, (3, 0, 2), bucket_bytes=2000, **KEEP
    ),
    "replicas, untied": Job("replicas", UNTIED, PLAN, (1, 4), **KEEP),
    "slices": Job("slices", TIED, PLAN, (1, 3), **KEEP),
    "slices, untied": Job("slices", UNTIED, PLAN, (3, 1), **KEEP),
    "stages": Job("stages", TIED, PLAN, (1, 2), num_microbatches=3, **KEEP),
    "stages, three, recomputed": Job(
        "stages", UNTIED, PLAN, (1, 1, 1), num_microbatches=2, recompute=True, **KEEP
    ),
    "stages, another schedule": Job(
        "stages", TIED, PLAN, (2, 1), num_microbatches=3, schedule=STUDENTS, **KEEP
    ),
    "tokens": Job("tokens", TIED, PLAN, (1, 2), slices=(4, 3, 2), **KEEP),
    "tokens, untied": Job("tokens", UNTIED, PLAN, (2, 1), slices=(1, 8), **KEEP),
    "one worker": Job("stages", TIED, PLAN, (3,), num_microbatches=2, **KEEP),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {name: run_workers(job, TEXT) for name, job in JOBS.items()}


def differences(job: Job, outcome: Outcome) -> list[float]:
    """From one process alone: losses and all gradients of all steps, and the weights at the end."""
    found = []
    for number, (loss, model) in enumerate(train_serially(job, TEXT)):
        found.append(abs(loss - outcome.losses[number]))
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None
            found.append(float((parameter.grad - outcome.gradients[number][name]).abs().max()))
    assert number + 1 == len(outcome.losses) == len(outcome.gradients)
    last = dict(model.named_parameters())
    assert last.keys() == outcome.weights.keys()
    found += [float((p.detach() - outcome.weights[n]).abs().max()) for n, p in last.items()]
    return found


@pytest.mark.parametrize("name", JOBS)
def test_many_processes_compute_what_one_does(outcomes: dict[str, Outcome], name: str) -> None:
    assert max(differences(JOBS[name], outcomes[name])) < 1e-10


def total_size(config: Config) -> int:
    return sum(p.numel() for p in GPT(config).parameters())


def test_replicas_send_every_gradient_round_the_ring(outcomes: dict[str, Outcome]) -> None:
    sent = bytes_sent(outcomes["replicas, untied"].events)
    assert sent == dict.fromkeys((0, 1), 3 * 8 * total_size(UNTIED))  # 2 (N − 1) / N is 1
    three = bytes_sent(outcomes["replicas, one of them empty"].events)
    assert all(abs(n - 3 * 8 * total_size(TIED) * 4 / 3) < 50 for n in three.values())


def test_buckets_are_sent_while_the_backward_pass_goes_on(outcomes: dict[str, Outcome]) -> None:
    events = outcomes["replicas, one of them empty"].events
    for step in range(3):
        mine = [e for e in events if e.worker == 0 and e.step == step]
        (backward,) = [e for e in mine if e.kind == "backward"]
        begun = [e.begin for e in mine if e.kind == "all-reduce"]
        assert len(begun) > 3
        assert sum(begin < backward.end for begin in begun) >= len(begun) - 1


def test_slices_add_up_once_each_way_in_each_sublayer(outcomes: dict[str, Outcome]) -> None:
    events = outcomes["slices"].events
    sums = [e for e in events if e.kind == "all-reduce" and e.worker == 0 and e.step == 1]
    assert sorted(e.label for e in sums) == sorted(
        f"layer {layer} {way}" for layer in range(3) for way in ("forward", "backward") * 2
    )
    assert {e.num_bytes for e in sums} == {8 * 5 * 9 * 12}


def test_stages_send_hidden_vectors_and_their_gradients(outcomes: dict[str, Outcome]) -> None:
    events = [e for e in outcomes["stages"].events if e.step == 2]
    sent = [e for e in events if e.kind == "send"]
    assert [e.num_messages for e in sent] == [1] * 6  # three microbatches, there and back
    assert sum(e.num_bytes for e in sent if e.worker == 0) == 8 * 5 * 9 * 12
    assert 0 < idle_share(events, 2) < 1


def test_a_job_crosses_as_json() -> None:
    for job in JOBS.values():
        assert Job.from_json(job.to_json()) == job


BAD = {
    "sum to 4": lambda: Job("slices", TIED, PLAN, (1, 2)),
    "sum to 5": lambda: Job("replicas", TIED, PLAN, (5, 5)),
    "1 or more": lambda: Job("stages", TIED, PLAN, shares_of(3, 5)),
    "0 microbatches": lambda: Job("stages", TIED, PLAN, (1, 2), num_microbatches=0),
    "6 microbatches of 5": lambda: Job("stages", TIED, PLAN, (1, 2), num_microbatches=6),
    "must sum to 9": lambda: Job("tokens", TIED, PLAN, (1, 2), slices=(4, 4)),
    "choose one of": lambda: Job("rows", TIED, PLAN, (1, 2)),
    "once in each phase": lambda: Job("stages", TIED, PLAN, (1, 2), schedule=((0, 0, 0, "forward"),)),
    "before it can": lambda: Job(
        "stages", TIED, PLAN, (1, 2),
        schedule=((0, 1, 0, "forward"), (1, 0, 0, "forward"), (2, 1, 0, "backward"), (3, 0, 0, "backward")),
    ),
    "unknown options": lambda: Job("stages", TIED, PLAN, (1, 2), options={"timeout": 1}),
    "positions": lambda: Job("stages", TIED, Plan(1, num_tokens=64), (1, 2)),
    "take a longer one": lambda: run_workers(JOBS["stages"], TEXT[:4]),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_a_bad_job_is_refused_in_one_line(words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        BAD[words]()
    assert "\n" not in str(refused.value)


LONG = Plan(10**6, batch_size=4, num_tokens=9)


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize(
    ("way", "shares", "more", "how", "told"),
    [
        ("stages", (1, 1, 1), {}, signal.SIGKILL, "worker 1 was ended by SIGKILL"),
        ("replicas", (2, 2), {}, signal.SIGKILL, "worker 1 was ended by SIGKILL"),
        ("slices", (2, 2), {}, signal.SIGSTOP, "worker 1 hangs"),
        ("tokens", (1, 2), {"slices": (4, 5)}, signal.SIGSTOP, "worker 1 hangs"),
    ],
)
def test_a_lost_worker_is_named_in_seconds(
    way: str,
    shares: tuple[int, ...],
    more: dict[str, Any],
    how: signal.Signals,
    told: str,
    tmp_path: Path,
) -> None:
    options = {"timeout_seconds": 2.0, "shelf": str(tmp_path), "checkpoint_every": 20}
    job = Job(way, TIED, LONG, shares, options=options, **more)
    pids: list[int] = []
    struck: list[float] = []

    def strike() -> None:
        while not list(tmp_path.glob("step-*/worker-1.safetensors")):
            time.sleep(0.05)
        struck.append(time.monotonic())
        os.kill(pids[1], how)

    def started(ids: list[int]) -> None:
        pids.extend(ids)
        threading.Thread(target=strike).start()

    with pytest.raises(WorkersFailed) as failed:
        run_workers(job, TEXT, timeout_seconds=60, started=started)
    message = str(failed.value)
    assert message.startswith(told), message
    others = [w for w in range(len(shares)) if w != 1]
    for other in others:  # each of them says it, too
        assert f"worker {other}, " in message
    assert "no answer from worker 1: it has ended, or is stopped" in message
    assert time.monotonic() - struck[0] < 12
    assert not alive(pids)


def test_a_job_that_takes_too_long_is_ended() -> None:
    pids: list[int] = []
    with pytest.raises(WorkersFailed, match="within 8 s"):
        run_workers(
            Job("replicas", TIED, LONG, (2, 2)), TEXT, timeout_seconds=8, started=pids.extend
        )
    assert pids and not alive(pids)


def test_a_loss_that_is_not_a_number_is_reported() -> None:
    wild = Plan(60, batch_size=4, num_tokens=9, learning_rate=1e200, num_warmup_steps=1)
    with pytest.raises(WorkersFailed, match=r"worker \d: the loss of step \d+ is (nan|inf)"):
        run_workers(Job("replicas", TIED, wild, (2, 2)), TEXT, timeout_seconds=60)


def test_a_killed_run_goes_on_with_the_same_numbers(tmp_path: Path) -> None:
    plan = Plan(400, batch_size=5, num_tokens=9, learning_rate=0.01, num_warmup_steps=2)
    options = {"timeout_seconds": 5.0, "shelf": str(tmp_path / "shelf"), "checkpoint_every": 2}
    job = Job("stages", TIED, plan, (1, 2), num_microbatches=2, options=options)

    def started(pids: list[int]) -> None:
        def strike() -> None:
            while not (tmp_path / "shelf" / "step-00000004" / "worker-1.safetensors").exists():
                time.sleep(0.005)
            os.kill(pids[0], signal.SIGKILL)

        threading.Thread(target=strike).start()

    with pytest.raises(WorkersFailed, match="worker 0 was ended by SIGKILL"):
        run_workers(job, TEXT, started=started)
    resumed = run_workers(job, TEXT)
    assert 2 <= resumed.resumed_at < 400
    straight = [loss for loss, _ in train_serially(job, TEXT)]
    assert np.allclose(resumed.losses, straight[resumed.resumed_at :], rtol=0, atol=1e-8)
    other = Job("stages", TIED, plan, (2, 1), num_microbatches=2, options=options)
    with pytest.raises(WorkersFailed, match="checkpoints of another job"):
        run_workers(other, TEXT)


def test_workers_do_not_outlive_whoever_started_them(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(f"""
        import pathlib, torch
        from course_utils.distributed.engines.jobs import Job
        from course_utils.distributed.engines.processes import run_workers
        from course_utils.gpt.plan import Plan
        from course_utils.gpt.weights import Config
        def started(pids):
            pathlib.Path({str(tmp_path / "pids")!r}).write_text(" ".join(map(str, pids)))
        job = Job("replicas", Config(1, 1, 4, 5, 8), Plan(10**6, batch_size=2, num_tokens=4), (1, 1))
        run_workers(job, torch.arange(40) % 5, started=started)
        """)
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "pids").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(7)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert len(alive(pids)) == 2
    finally:
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 20
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(pids)


COMMAND = ["-m", "course_utils.distributed", "stages", "--steps", "2", "--layers", "3"]
SMALL = ["--width", "16", "--batch", "4", "--tokens", "8", "--microbatches", "2"]


def ran(command: list[str]) -> subprocess.CompletedProcess:
    environment = {k: v for k, v in os.environ.items() if k not in ("RANK", "WORLD_SIZE")}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_same_run_by_command_and_under_torchrun() -> None:
    plain = ran([sys.executable, *COMMAND, *SMALL])
    assert plain.returncode == 0, plain.stderr
    wanted = [line.split()[2] for line in plain.stdout.splitlines() if line.startswith("step")]
    torchrun = str(Path(sys.executable).with_name("torchrun"))
    run = ran([torchrun, "--standalone", "--nproc-per-node", "2", *COMMAND, *SMALL])
    assert run.returncode == 0, run.stderr
    _, found, told = run.stdout.partition("worker 1 sent")  # the other's line may stand before it
    assert found and re.findall(r"\d+\.\d{4}", told)[: len(wanted)] == wanted


def test_two_machines_meet_under_torchrun() -> None:
    """Two agents, each with a worker of its own, as `torchrun` is started on two machines."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    torchrun = str(Path(sys.executable).with_name("torchrun"))
    meet = [
        "--nnodes",
        "2",
        "--nproc-per-node",
        "1",
        "--rdzv-backend",
        "c10d",
        "--rdzv-endpoint",
        place,
    ]
    environment = {k: v for k, v in os.environ.items() if k not in ("RANK", "WORLD_SIZE")}
    machines = [
        subprocess.Popen(
            [torchrun, *meet, "--rdzv-id", "course", *COMMAND, *SMALL],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    told = [machine.communicate(timeout=120) for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0], told
    assert sorted(re.findall(r"worker \d sent", "".join(out for out, _ in told))) == [
        "worker 0 sent",
        "worker 1 sent",
    ]


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="this machine has no two GPUs, for NCCL")
@pytest.mark.parametrize("name", [name for name in JOBS if JOBS[name].num_workers == 2])
def test_many_gpus_compute_what_one_process_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_gpus = run_workers(JOBS[name], TEXT)
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    on_cpus = run_workers(JOBS[name], TEXT)
    assert np.allclose(on_gpus.losses, on_cpus.losses, rtol=0, atol=1e-10)
    for a, b in zip(on_gpus.gradients, on_cpus.gradients, strict=True):
        assert max(float((a[n] - b[n]).abs().max()) for n in b) < 1e-10


@pytest.mark.parametrize("way", ["replicas", "slices", "tokens"])
def test_every_way_runs_by_command(way: str) -> None:
    run = ran([sys.executable, "-m", "course_utils.distributed", way, "--steps", "1", *SMALL])
    assert run.returncode == 0, run.stderr
    assert "step 1: " in run.stdout and "worker 1 sent" in run.stdout


def test_a_wrong_number_is_refused_in_one_line_by_command() -> None:
    run = ran([sys.executable, *COMMAND, *SMALL, "--workers", "9"])
    assert run.returncode == 1
    assert run.stderr.strip().startswith("shares") and run.stderr.count("\n") == 1
