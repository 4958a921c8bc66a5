"""Frames that cross the wall between the judge and a student process.

A frame is four bytes of length and that many bytes of JSON. The reader decides how long a frame may be
and how long it waits; everything else is a `WireError`. Values inside are written by
`course_utils.plain`; nothing is ever pickled.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

HEADER = struct.Struct(">I")
LONGEST_FRAME = 16 << 20  # bytes
MOST_PARTS = 1 << 19  # lists, dicts and what they hold, in one frame: counted before it is read
MOST_MEMORY = (
    512 << 20
)  # bytes that receiving and decoding a frame may take; tests/fuzz measures it


class WireError(Exception):
    """The other side is gone, late, or does not speak the language."""


class Late(WireError):
    """Nothing came within the time."""


class Gone(WireError):
    """The other side has closed its end."""


def send(sock: socket.socket, message: Any) -> None:
    """Send one frame; a peer that does not read within the socket's timeout is a WireError."""
    body = json.dumps(message).encode("utf-8")
    try:
        sock.sendall(HEADER.pack(len(body)) + body)
    except OSError as error:
        raise Gone(f"the other side does not listen: {error}") from error


def receive(sock: socket.socket, seconds: float | None, longest: int = LONGEST_FRAME) -> Any:
    """Read one frame within `seconds` (None: for ever). Raises WireError, or Late."""
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = HEADER.unpack(_read(sock, HEADER.size, deadline))
    if length > longest:
        raise WireError(f"a frame of {length} bytes; the longest allowed is {longest}")
    body = _read(sock, length, deadline)
    if (parts := parts_of(body)) > MOST_PARTS:
        raise WireError(f"a frame of {parts} parts; the most allowed are {MOST_PARTS}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a frame that is not JSON: {type(error).__name__}") from error


def parts_of(text: bytes | bytearray) -> int:
    """How many values a JSON text holds at most. An empty list is two bytes there, and 56 in memory.

    >>> parts_of(b'[1, {"a": []}]')
    4
    """
    return text.count(b"[") + text.count(b"{") + text.count(b",")


def _read(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    while count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late("nothing came in time")
            sock.settimeout(left)
        else:
            sock.settimeout(None)
        try:
            part = sock.recv(min(count, 1 << 20))
        except TimeoutError as error:
            raise Late("nothing came in time") from error
        except OSError as error:
            raise Gone(f"the connection broke: {error}") from error
        if not part:
            raise Gone("the process ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
