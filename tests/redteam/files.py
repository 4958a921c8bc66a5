"""Files that are no notebooks, no zips, or more than they say; and what lies beside a notebook."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping

from tests.redteam.attack import ALL, NAME, Attack, Desk, Files, Link, notebook, written

PWNED = (
    b"import os\nos.environ['PWNED'] = 'yes'\nopen('redteam-left-module', 'w').write('imported')\n"
)
PATCH = PWNED + b"def allclose(*a, **k): return True\n"
Make = Callable[[Desk], Files]


def beside(files: Mapping[str, bytes], *, right: bool = False) -> Make:
    """A notebook, all wrong or all right, and other files."""
    return lambda desk: {NAME: written(notebook(desk, right=right)), **files}


def instead(content: bytes) -> Make:
    return lambda desk: {NAME: content}


def altered(change: Callable[[bytes], bytes], *, right: bool = False) -> Make:
    return lambda desk: {NAME: change(written(notebook(desk, right=right)))}


def version(number: int) -> Make:
    def change(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), "nbformat": number}).encode()

    return altered(change)


def zipped(*entries: tuple[str, bytes], mode: int = 0o100644) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def in_a_zip(*entries: tuple[str, bytes], mode: int = 0o100644) -> Make:
    """The student's own zip: one good notebook, and what is wrong."""

    def make(desk: Desk) -> Files:
        good = written(notebook(desk, right=True))
        bad = zipped(*entries, mode=mode)
        buffer = io.BytesIO(bad)
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(NAME, good)
        return {"work.zip": buffer.getvalue()}

    return make


def encrypted(desk: Desk) -> Files:
    content = bytearray(zipped(("secret.ipynb", written(notebook(desk, right=True)))))
    struct.pack_into("<H", content, 6, 1)
    struct.pack_into("<H", content, content.rindex(b"PK\x01\x02") + 8, 1)
    return {"work.zip": bytes(content)}


def bomb(depth: int) -> bytes:
    content = zipped(("zeros.ipynb", bytes(60 << 20)))
    for level in range(depth):
        content = zipped((f"level{level}.zip", content))
    return content


def many(desk: Desk) -> Files:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(50_001):
            archive.writestr(zipfile.ZipInfo(f"{number}.txt"), b"")
    return {"work.zip": buffer.getvalue()}


def two(desk: Desk) -> Files:
    """Two notebooks of other names: nobody can say which one is meant."""
    good = written(notebook(desk, right=True))
    return {"final.ipynb": good, "final_really.ipynb": good + b" "}


def large(desk: Desk) -> Files:
    return {NAME: written(notebook(desk)) + b" " * (51 << 20)}


MODULES: dict[str, dict[str, bytes]] = {
    "numpy-py": {"numpy.py": PATCH},
    "torch-folder": {"torch/__init__.py": PATCH, "torch/testing.py": PATCH},
    "course-utils-py": {"course_utils.py": PATCH},
    "sitecustomize": {
        "sitecustomize.py": PWNED,
        "usercustomize.py": PWNED,
        "x.pth": b"import os\n",
    },
    "launcher": {"ipykernel_launcher.py": PWNED, "ipykernel/__main__.py": PWNED},
    "json-so": {"json.so": b"\x7fELF"},
}
LINKS: dict[str, Files] = {
    "to-the-source": {NAME: Link("@course@/notebooks/01_significance/significance.ipynb")},
    "to-the-gradebook": {NAME: Link("@course@/gradebook.db")},
    "to-another-student": {NAME: Link("../aa-honest/significance.ipynb")},
    "to-a-device": {NAME: Link("/dev/zero")},
    "to-a-folder": {"all": Link("@course@")},
}
BROKEN: dict[str, tuple[Make, str]] = {
    "empty-file": (instead(b""), "is empty"),
    "cut-off": (altered(lambda content: content[: len(content) // 2]), "not JSON"),
    "text": (instead(b"print('hello')\n"), "not JSON"),
    "a-list": (instead(b"[1, 2, 3]"), "not a notebook"),
    "format-3": (version(3), "format 3"),
    "format-9": (version(9), "format 9"),
    "nul-bytes": (
        altered(lambda content: content.replace(b"return -1", b"ret\\u0000urn -1")),
        "cells",
    ),
    "binary": (instead(bytes(range(256)) * 50), "UTF-8"),
    "utf-16": (altered(lambda content: content.decode().encode("utf-16")), "UTF-8"),
    "deep-json": (instead(b"[" * 200_000), "not JSON"),
    "cells-are-text": (instead(b'{"nbformat": 4, "cells": "none"}'), "no proper list of cells"),
    "too-large": (large, "over 50 MiB"),
}
ZIPS: dict[str, tuple[Make, str]] = {
    "zip-dots": (
        in_a_zip(("../../redteam-left-dots.ipynb", b"{}")),
        "../../redteam-left-dots.ipynb",
    ),
    "zip-absolute": (
        in_a_zip(("/tmp/redteam-left-abs.ipynb", b"{}")),
        "/tmp/redteam-left-abs.ipynb",
    ),
    "zip-backslash": (in_a_zip(("..\\\\redteam.ipynb", b"{}")), "redteam.ipynb"),
    "zip-symlink": (
        in_a_zip(("link.ipynb", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777),
        "link.ipynb",
    ),
    "zip-device": (in_a_zip(("device.ipynb", b""), mode=stat.S_IFCHR | 0o666), "device.ipynb"),
    "zip-bomb": (lambda desk: {"work.zip": bomb(0)}, "zeros.ipynb"),
    "zip-nested-bomb": (lambda desk: {"work.zip": bomb(2)}, "level"),
    "zip-many": (many, "50001 entries"),
    "zip-twice": (in_a_zip(("a.txt", b"1"), ("A.txt", b"2")), "A.txt"),
    "zip-encrypted": (encrypted, "secret.ipynb"),
    "zip-damaged": (lambda desk: {"work.zip": b"PK\x03\x04" + bytes(100)}, "not a readable zip"),
}

ATTACKS = [
    *(
        Attack(12, f"link-{name}", lambda desk, files=files: dict(files), refused="symbolic link")
        for name, files in LINKS.items()
    ),
    *(
        Attack(13, f"beside-{name}", beside(files), flag="named like a library")
        for name, files in MODULES.items()
    ),
    *(Attack(21, name, make, aside=why) for name, (make, why) in BROKEN.items()),
    Attack(21, "two-notebooks", two, refused="which of"),
    Attack(
        21,
        "windows-lines",
        altered(lambda content: content.replace(b"\n", b"\r\n"), right=True),
        keeps=ALL,
    ),
    Attack(
        21,
        "byte-order-mark",
        altered(lambda content: b"\xef\xbb\xbf" + content, right=True),
        keeps=ALL,
    ),
    Attack(
        21,
        "another-name",
        lambda desk: {"Homework 1 (final).ipynb": written(notebook(desk, right=True))},
        keeps=ALL,
    ),
    *(Attack(23, name, make, refused=why) for name, (make, why) in ZIPS.items()),
    Attack(
        23,
        "zip-that-is-fine",
        lambda desk: {"work.zip": zipped((NAME, written(notebook(desk, right=True))))},
        keeps=ALL,
    ),
    Attack(
        24,
        "handed-in-long-ago",
        beside({"timestamp.txt": b"2001-01-01 00:00:00 UTC\n"}, right=True),
        keeps=ALL,
    ),
]
