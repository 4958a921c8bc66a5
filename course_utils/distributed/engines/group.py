"""Send, receive, add up; and say who is lost.

A worker that dies or hangs must not leave the others waiting. Whoever waits longer than the timeout
calls the roll through the store that all share. A thread of each worker answers what that worker is
doing. No answer: it has ended, or is stopped. "computing": it hangs, or is slow. When the store itself is
gone, whoever started the workers is gone too, and the thread ends its worker.

Source: torch.distributed; gloo between CPUs, NCCL between GPUs.
Leaves out: going on with fewer workers. A checkpoint resumes instead.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, perf_counter, sleep
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from course_utils.device import device
from course_utils.distributed.engines.ledger import Ledger

PROVIDED = ("*",)  # whole in the student's copy
ROLL_CALL_SECONDS = 2.0
MEETING_TIME = timedelta(minutes=2)
COMPUTING = "computing"


class WorkerLost(RuntimeError):
    """Another worker has ended or hangs."""


class Group:
    """All workers of one job, as one of them sees it."""

    def __init__(self, timeout_seconds: float) -> None:
        """Meet the others. RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are as torchrun sets them."""
        self.worker, self.size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        self.timeout_seconds = timeout_seconds
        self.doing = COMPUTING
        self.device = _device(self.size)
        cuda = self.device.type == "cuda"
        if cuda:
            torch.cuda.set_device(self.device)
            os.environ.setdefault(
                "TORCH_NCCL_BLOCKING_WAIT", "1"
            )  # a timeout raises, as gloo's does
        keeps = self.worker == 0 and os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True"
        self._store = _client(is_master=keeps)
        self._meet()
        threading.Thread(target=self._answer, args=(_client(),), daemon=True).start()
        dist.init_process_group(
            "nccl" if cuda else "gloo",
            store=dist.PrefixStore("group", self._store),
            rank=self.worker,
            world_size=self.size,
            timeout=timedelta(seconds=timeout_seconds),
        )
        self._waited("meeting the others", lambda: dist.barrier())
        self.ledger = Ledger(self.worker)

    def _meet(self) -> None:
        """Wait for everybody; starting Python takes longer on a busy machine than any message does."""
        self._store.set(f"here/{self.worker}", "yes")
        try:
            self._store.wait([f"here/{w}" for w in range(self.size)], MEETING_TIME)
        except RuntimeError:
            seconds = MEETING_TIME.total_seconds()
            raise WorkerLost(
                f"worker {self.worker}: not all of {self.size} workers came within {seconds:g} s"
            ) from None

    def send(self, tensor: Tensor, to: int, label: str) -> Callable[[], None]:
        """Begin to send, and return what waits until the tensor may be changed."""
        begin, tensor = perf_counter(), tensor.detach().contiguous()
        work = self._waited(label, lambda: dist.isend(tensor, to))
        self.ledger.note("send", label, begin, tensor.nbytes, 1)
        return lambda: self._waited(f"sending {label} to worker {to}", lambda: work.wait())

    def begin_receive(self, like: Tensor, source: int, label: str) -> Callable[[], Tensor]:
        """Begin to listen for a tensor shaped like another, and return what waits for it."""
        doing, received = f"waiting for {label} of worker {source}", torch.empty_like(like)
        work = self._waited(doing, lambda: dist.irecv(received, source))
        assert work is not None  # this worker is in the group

        def wait() -> Tensor:
            with self.ledger.during("receive", label):
                self._waited(doing, work.wait)
            return received

        return wait

    def all_reduce(self, tensor: Tensor, label: str) -> None:
        """Put the sum over all workers in the place of the tensor."""
        self.begin_all_reduce(tensor, label)()

    def begin_all_reduce(self, tensor: Tensor, label: str) -> Callable[[], None]:
        """Begin to add up, and return what waits for the sum."""
        begin, doing = perf_counter(), f"adding up {label}"
        work = self._waited(doing, lambda: dist.all_reduce(tensor, async_op=True))
        share = 2 * (self.size - 1) / self.size  # of the tensor, in a ring

        def wait() -> None:
            self._waited(doing, lambda: work.wait())
            sent = round(share * tensor.nbytes)
            self.ledger.note("all-reduce", label, begin, sent, 2 * (self.size - 1))

        return wait

    def subgroup(self, workers: list[int]) -> Any:
        """Return a torch group of some workers; all workers must call this."""
        return dist.new_group(workers, timeout=timedelta(seconds=self.timeout_seconds))

    def all_reduce_among(self, tensor: Tensor, subgroup: Any, label: str) -> None:
        """As `all_reduce`, among two workers."""
        with self.ledger.during("all-reduce", label, tensor.nbytes, 2):
            self._waited(f"adding up {label}", lambda: dist.all_reduce(tensor, group=subgroup))

    def barrier(self, label: str) -> None:
        """Wait until everybody is here."""
        self._waited(label, lambda: dist.barrier())

    def say(self, key: str, value: str) -> None:
        """Put a word into the store that all share, for whoever started the workers."""
        self._store.set(key, value)

    def leave(self) -> None:
        """Part in peace."""
        self.barrier("parting")
        dist.destroy_process_group()

    def _waited(self, doing: str, act: Callable[[], Any]) -> Any:
        self.doing = doing
        try:
            return act()
        except RuntimeError as error:
            raise WorkerLost(self._call_the_roll(doing, str(error))) from None
        finally:
            self.doing = COMPUTING

    def _call_the_roll(self, doing: str, error: str) -> str:
        """Find out who does not answer, or does not wait as everybody else does."""
        here = f"worker {self.worker}, {doing}, in step {self._step()}"
        try:
            self._store.set("roll call", "now")
            others = [w for w in range(self.size) if w != self.worker]
            deadline = monotonic() + ROLL_CALL_SECONDS
            answers: dict[int, str] = {}
            while len(answers) < len(others) and monotonic() < deadline:
                for other in others:
                    if other not in answers and self._store.check([f"answer/{other}"]):
                        answers[other] = self._store.get(f"answer/{other}").decode()
                sleep(0.05)
        except RuntimeError:
            return f"{here}: whoever started the workers is gone"
        silent = [str(w) for w in others if w not in answers]
        slow = [str(w) for w, said in answers.items() if said == COMPUTING]
        if silent:
            return f"{here}: no answer from worker {', '.join(silent)}: it has ended, or is stopped"
        if slow:
            return (
                f"{here}: worker {', '.join(slow)} still computes after {self.timeout_seconds:g} s: "
                "it hangs, or needs a longer timeout_seconds"
            )
        told = "; ".join(f"worker {w} is {said}" for w, said in sorted(answers.items()))
        return f"{here}: everybody waits for each other ({told or error[:200]})"

    def _step(self) -> int:
        ledger = getattr(self, "ledger", None)
        return ledger.step if ledger else 0

    def _answer(self, store: dist.TCPStore) -> None:
        try:
            store.wait(["roll call"], timedelta(days=30))
            store.set(f"answer/{self.worker}", self.doing)
        except RuntimeError:  # whoever keeps the store is gone
            os._exit(4)


def _device(size: int) -> torch.device:
    """A GPU of its own for each worker of this machine, or none for any: NCCL wants one each."""
    here = int(os.environ.get("LOCAL_WORLD_SIZE", size))
    if device().type == "cuda" and torch.cuda.device_count() >= here:
        return torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    return torch.device("cpu")


def _client(*, is_master: bool = False) -> dist.TCPStore:
    address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    return dist.TCPStore(address, port, is_master=is_master, timeout=timedelta(seconds=30))
