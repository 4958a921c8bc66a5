"""The student process: runs the cells of one notebook, and answers what the judge asks.

It speaks first to nobody and decides nothing. Requests on its socket:

    {"op": "cell", "source": …, "seconds": …}         -> {"outputs": […], "error": bool}
    {"op": "ask", "function": …, "ask": …, "not_allowed": […], "cases": […], "seconds": …} -> {"answers": […]}
"""

from __future__ import annotations

import socket
from typing import Any

from . import answers, cells, wire
from .clock import OutOfTime, at_most


def prepare() -> Any:
    """The shell that every student process begins with, made while still in the warm process."""
    return cells.new_shell()


def serve(shell: Any, sock: socket.socket, walls: dict[str, Any]) -> None:
    """Answer requests until the judge hangs up. `walls` are the limits that we are under."""
    cells.silence()
    while True:
        request = wire.receive(sock, None)
        if request["op"] == "cell":
            reply = _run(shell, request, walls)
        else:
            reply = {"answers": answers.to(request, shell.user_ns, walls)}
        wire.send(sock, reply)


def _run(shell: Any, request: dict[str, Any], walls: dict[str, Any]) -> dict[str, Any]:
    """Run one cell within its time."""
    seconds = request["seconds"]
    try:
        with at_most(seconds):
            reply = cells.run(shell, request["source"], walls)
        late = any(output.get("ename") == "OutOfTime" for output in reply["outputs"])
    except OutOfTime:
        late = True
    if late:
        return cells.stopped("OutOfTime", f"this cell took over {seconds:g} s and was stopped")
    return reply
