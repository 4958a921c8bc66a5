"""The student process: runs the cells of one notebook, and answers what the judge asks.

It speaks first to nobody and decides nothing. Requests on its socket:

    {"op": "cell", "source": …, "seconds": …}         -> {"outputs": […], "error": bool}
    {"op": "ask", "function": …, "ask": …, "not_allowed": […], "cases": […], "seconds": …} -> {"answers": […]}

Asking happens in forks of this process: a crash, a loop or sabotage there costs that answer only.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from typing import Any

from course_utils.asking import ask_here, load_ask
from course_utils.plain import NotPlain, decode, encode

from . import cells, wire

LONGEST_ANSWER = 4 << 20  # bytes
MOST_PARTS = wire.MOST_PARTS // 4  # of one answer
MISSES_ALLOWED = 2  # after that many crashes or time-outs, the rest of an exercise is not asked


def prepare() -> None:
    """Import what every student process needs, while still in the warm process."""
    cells.prepare()


def serve(sock: socket.socket) -> None:
    """Answer requests until the judge hangs up."""
    shell = cells.new_shell()
    signal.signal(signal.SIGALRM, _out_of_time)
    while True:
        request = wire.receive(sock, None)
        if request["op"] == "cell":
            reply = _run(shell, request)
        else:
            reply = {"answers": _answers(shell.user_ns, request)}
        wire.send(sock, reply)


class OutOfTime(BaseException):
    """The cell took longer than it may."""


def _out_of_time(*_: Any) -> None:
    raise OutOfTime


def _run(shell: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run one cell; when its time is over, it is told so every second until it listens."""
    seconds = request["seconds"]
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        reply = cells.run(shell, request["source"])
        late = any(output.get("ename") == "OutOfTime" for output in reply["outputs"])
    except OutOfTime:
        late = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if late:
        return cells.stopped("OutOfTime", f"this cell took over {seconds:g} s and was stopped")
    return reply


def _answers(namespace: dict[str, Any], request: dict[str, Any]) -> list[dict[str, Any]]:
    """One answer for each case; each is `{"value"}`, `{"raised"}` or `{"missing"}`."""
    cases, seconds = request["cases"], request["seconds"]
    answers: list[dict[str, Any]] = []
    misses = 0
    while len(answers) < len(cases):
        if misses > MISSES_ALLOWED:
            answers.append({"missing": "not asked any more, after crashes or time-outs"})
            continue
        came, reason = _fork_and_ask(namespace, request, cases[len(answers) :], seconds)
        answers += came
        if len(answers) < len(cases):
            answers.append({"missing": reason})
            misses += 1
    return answers


def _fork_and_ask(
    namespace: dict[str, Any], request: dict[str, Any], cases: list[Any], seconds: float
) -> tuple[list[dict[str, Any]], str]:
    """Ask the cases in one fork until one does not come back; what came, and why it ended."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            os.setsid()
            for case in cases:
                _write_all(write_end, json.dumps(_ask(namespace, request, case)).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(write_end)
    try:
        return _read_lines(read_end, len(cases), seconds)
    finally:
        os.close(read_end)
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _ask(namespace: dict[str, Any], request: dict[str, Any], case: Any) -> dict[str, Any]:
    function = namespace.get(request["function"])
    if not callable(function):
        return {"missing": f"there is no function named {request['function']}"}
    args = decode(case, allow_code=True)
    answer = ask_here(function, args, load_ask(request["ask"]), not_allowed=request["not_allowed"])
    if answer.raised:
        return {"raised": list(answer.raised)}
    try:
        return {"value": encode(answer.value)}
    except NotPlain as error:
        return {"missing": f"the answer holds {error}, which cannot be compared"}


def _write_all(descriptor: int, data: bytes) -> None:
    if len(data) > LONGEST_ANSWER:
        data = json.dumps({"missing": "the answer is larger than 4 MiB"}).encode() + b"\n"
    elif wire.parts_of(data) > MOST_PARTS:
        data = json.dumps({"missing": f"the answer has over {MOST_PARTS} parts"}).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


def _read_lines(descriptor: int, count: int, seconds: float) -> tuple[list[dict[str, Any]], str]:
    """Read up to `count` lines of JSON, each within `seconds` of the one before."""
    lines: list[dict[str, Any]] = []
    begun = bytearray()  # of the line that is not whole yet
    deadline = time.monotonic() + seconds
    while len(lines) < count:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return lines, f"it took over {seconds:g} s"
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            return lines, "the process ended while it worked"
        first, *others = chunk.split(b"\n")
        begun += first
        for part in others:
            if len(lines) == count:
                break
            if wire.parts_of(begun) > MOST_PARTS:
                return lines, f"the answer has over {MOST_PARTS} parts"
            try:
                lines.append(json.loads(begun))
            except (ValueError, RecursionError):
                return lines, "no answer came back"
            begun = bytearray(part)
            deadline = time.monotonic() + seconds
        if len(begun) > LONGEST_ANSWER:
            return lines, "the answer is larger than 4 MiB"
    return lines, ""
