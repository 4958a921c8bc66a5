"""Ask a student's function, in forks of the student process.

A crash, a loop or sabotage in a fork costs that answer only. But a fork has none of the threads that
torch computes with: had they been started, it would wait for them for ever. So what hangs in a fork is
asked once more in the student process itself, before it counts as no answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from typing import Any

from course_utils.asking import ask_here, load_ask, not_comparable
from course_utils.plain import NotPlain, decode, encode

from . import wire
from .clock import OutOfTime, at_most
from .told import NO_MORE, NOTHING_CAME, ending, limit_behind, not_there, of_bytes

LONGEST_ANSWER = 4 << 20  # bytes
TOO_LARGE = f"the answer is larger than {of_bytes(LONGEST_ANSWER)}"
MOST_PARTS = wire.MOST_PARTS // 4  # of one answer
TOO_MANY_PARTS = f"the answer has over {MOST_PARTS} parts"
TOGETHER = "the answers together are larger than can be read"
MISSES_ALLOWED = 2  # after that many crashes or time-outs, the rest of an exercise is not asked
LAST_BREATH_SECONDS = 1.0  # from the end of what a fork says to its own


class Hung(Exception):
    """A fork said nothing for as long as it may."""


def to(request: dict[str, Any], namespace: dict[str, Any], walls: dict[str, Any]) -> list[Any]:
    """One answer for each case; each is `{"value"}`, `{"raised"}` or `{"missing"}`."""
    cases, seconds = request["cases"], request["seconds"]
    answers: list[Any] = []
    misses = 0
    unforked = False
    while len(answers) < len(cases):
        if misses > MISSES_ALLOWED:
            answers.append({"missing": NO_MORE})
            continue
        reason = ""
        try:
            if not unforked:
                reason = _fork_and_ask(namespace, request, walls, answers)
        except Hung:
            reason = f"it took over {seconds:g} s"
            unforked = _has_threads()
        if unforked:
            try:
                with at_most(seconds):
                    answers.append(_ask(namespace, request, cases[len(answers)], walls))
                reason = ""
            except OutOfTime:
                reason, unforked = f"it took over {seconds:g} s", False
        if reason:
            answers.append({"missing": reason})
            misses += 1
    return within_a_frame(answers)


def within_a_frame(answers: list[Any]) -> list[Any]:
    """The answers, without those for which one frame has no room."""
    room, parts = wire.LONGEST_FRAME - 1024, wire.MOST_PARTS - 8
    kept: list[Any] = []
    for answer in answers:
        text = json.dumps(answer).encode()
        size, count = len(text) + 2, wire.parts_of(text) + 1
        fits = size <= room and count <= parts
        kept.append(answer if fits else {"missing": TOGETHER})
        room, parts = room - (size if fits else 128), parts - (count if fits else 2)
    return kept


def _has_threads() -> bool:
    """Whether this process has other threads than the one that runs cells; if we cannot see it, yes."""
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return True


def _fork_and_ask(
    namespace: dict[str, Any], request: dict[str, Any], walls: dict[str, Any], answers: list[Any]
) -> str:
    """Ask what is left in one fork until a case does not come back, and say why. Raises Hung."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            os.setsid()
            for case in request["cases"][len(answers) :]:
                answer = _ask(namespace, request, case, walls)
                _write_all(write_end, json.dumps(answer).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(write_end)
    try:
        reason = read_lines(read_end, len(request["cases"]), request["seconds"], answers)
        if len(answers) < len(request["cases"]) and not reason:
            reason = ending(child, walls, LAST_BREATH_SECONDS) or NOTHING_CAME
        return reason
    finally:
        os.close(read_end)
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _ask(
    namespace: dict[str, Any], request: dict[str, Any], case: Any, walls: dict[str, Any]
) -> dict[str, Any]:
    function = namespace.get(request["function"])
    if not callable(function):
        return {"missing": not_there(request["function"])}
    args = decode(case, allow_code=True)
    answer = ask_here(function, args, load_ask(request["ask"]), not_allowed=request["not_allowed"])
    if answer.raised:
        kind, message = answer.raised
        limit = limit_behind(kind, message, walls)
        return {
            "raised": [
                kind,
                f"{message[:120]} (when graded, {limit})".strip() if limit else message,
            ]
        }
    try:
        return {"value": encode(answer.value)}
    except NotPlain as error:
        return {"missing": not_comparable(error)}


def _write_all(descriptor: int, data: bytes) -> None:
    if len(data) > LONGEST_ANSWER:
        data = json.dumps({"missing": TOO_LARGE}).encode() + b"\n"
    elif wire.parts_of(data) > MOST_PARTS:
        data = json.dumps({"missing": TOO_MANY_PARTS}).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


def read_lines(descriptor: int, count: int, seconds: float, answers: list[Any]) -> str:
    """Add a line of JSON for each answer, each within `seconds` of the one before, up to `count`.

    What is wrong with what came, or nothing when it just stopped. Raises Hung.
    """
    begun = bytearray()  # of the line that is not whole yet
    deadline = time.monotonic() + seconds
    while len(answers) < count:
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise Hung
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            return ""
        first, *others = chunk.split(b"\n")
        begun += first
        for part in others:
            if len(answers) == count:
                break
            if wire.parts_of(begun) > MOST_PARTS:
                return TOO_MANY_PARTS
            try:
                answers.append(json.loads(begun))
            except (ValueError, RecursionError):
                return NOTHING_CAME
            begun = bytearray(part)
            deadline = time.monotonic() + seconds
        if len(begun) > LONGEST_ANSWER:
            return TOO_LARGE
    return ""
