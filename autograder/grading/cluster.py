"""Judge on a Dask cluster: one machine, machines reached by SSH, Slurm, Kubernetes.

Each worker gets the desk once, as bytes, also one that joins later; then submissions, one call each, with
the key of that student. Workers know no gradebook and no course secret. What comes back is plain data. A
submission that was lost with its worker is judged again on another one.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any, cast

from distributed import Client, Future, Worker, WorkerPlugin, as_completed, get_worker
from distributed.comm import CommClosedError

from autograder.errors import CourseError
from autograder.grading.call import judge_call
from autograder.judging.desk import Desk, unpacked
from autograder.sandboxes.library import version
from autograder.sandboxes.warm_processes import close_warm_processes

AHEAD = 2  # submissions for each worker that are on their way or waiting there
TRIES = 3  # of a submission whose worker is lost
CONNECT_SECONDS = 30
ONE_AT_A_TIME = threading.Lock()  # warm processes are shared by the threads of a worker


class DeskPlugin(WorkerPlugin):
    """Brings the desk to every worker, and ends its sandboxes with it."""

    def __init__(self, packed: bytes, grader: str) -> None:
        self.name = "course-desk"
        self.packed, self.grader = packed, grader
        self.desk: Desk | None = None

    def setup(self, worker: Worker) -> None:
        self.desk = unpacked(self.packed)

    def teardown(self, worker: Worker) -> None:
        close_warm_processes()


def judge_there(name: str, content: bytes, student_key: bytes) -> tuple[dict[str, Any], Any]:
    """Judge one submission with the desk of this worker."""
    plugin = cast(DeskPlugin, get_worker().plugins["course-desk"])
    assert plugin.desk is not None
    if version() != plugin.grader:
        raise CourseError("a worker of the cluster has another version of this course: update it")
    with ONE_AT_A_TIME:
        return judge_call(plugin.desk, name, content, student_key)


def spread_on_cluster(
    scheduler: str, desk: Desk, calls: Iterable[tuple[str, tuple[Any, ...]]]
) -> Generator[tuple[str, Future]]:
    """Make all calls on the cluster; yield each key with its future as soon as that is done.

    Only as many submissions leave as the workers can soon take.
    """
    client = _connect(scheduler)
    waiting = iter(calls)
    under_way: dict[Future, str] = {}
    try:
        client.register_plugin(DeskPlugin(desk.packed(), version()))
        done = as_completed(())

        def send() -> None:
            room = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
            while len(under_way) < room and (call := next(waiting, None)) is not None:
                key, arguments = call
                future = client.submit(
                    judge_there, *arguments, key=f"judge-{key}", retries=TRIES - 1, pure=False
                )
                under_way[future] = key
                done.add(future)

        send()
        while under_way:
            future = next(done)
            key = under_way.pop(future)
            send()  # before the caller is busy with what came
            yield key, future
            future.release()
    finally:
        with suppress(CommClosedError, TimeoutError):
            client.cancel(list(under_way), force=True)
            client.unregister_worker_plugin("course-desk")
        client.close()


def _connect(scheduler: str) -> Client:
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise CourseError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    if not client.scheduler_info(n_workers=-1)["workers"]:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            client.close()
            raise CourseError(
                f"the Dask scheduler at {scheduler} has no worker: start one"
            ) from None
    return client
