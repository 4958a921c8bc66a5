"""One secret, planted in many ways: the leak proof finds it, and says where."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from autograder.bundles.leaks import find_leaks
from autograder.bundles.secret_text import as_secrets


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def notebook(**parts: object) -> bytes:
    cell = {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {}, "outputs": []}
    return json.dumps({"cells": [cell | parts], "metadata": {}, "nbformat": 4}).encode()


LINE = "total = sum(value ** 2 for value in measured)"
SAFE = LINE.encode()
PLANTED: dict[str, tuple[str, bytes]] = {
    "in plain text": ("notes.txt", b"one\n  " + SAFE + b"\n"),
    "reformatted": ("a.py", b"total=sum(\n    value**2\n    for value in measured\n)"),
    "in a cell's source": ("n.ipynb", notebook(source=["def f():\n", f"    {LINE}\n"])),
    "in a cell output": ("n.ipynb", notebook(outputs=[{"text": [LINE[:20], LINE[20:]]}])),
    "in an attachment": (
        "n.ipynb",
        notebook(attachments={"a.png": {"image/png": base64.b64encode(SAFE).decode()}}),
    ),
    "in notebook metadata": ("n.ipynb", notebook(metadata={"hidden": {"deep": LINE}})),
    "in JSON inside JSON": ("a.json", json.dumps({"a": json.dumps([LINE])}).encode()),
    "in a zip": ("a.zip", zipped("inner.py", SAFE)),
    "in a zip in a zip": ("a.dat", zipped("b.zip", zipped("inner.py", SAFE))),
    "in a gzip": ("a.gz", gzip.compress(SAFE)),
    "in base64": ("a.txt", b"key: " + base64.b64encode(b"z" + SAFE)),
    "in wrapped base64": ("a.txt", base64.encodebytes(b"padding " * 9 + SAFE)),
    "in base64 of a gzip": ("a.txt", base64.b64encode(gzip.compress(SAFE))),
    "in UTF-16": ("a.txt", LINE.encode("utf-16")),
    "in UTF-16 without a mark": ("a.txt", LINE.encode("utf-16-be")),
    "in HTML": ("a.html", b"<pre>total = sum(value &#42;&#42; 2 for value in measured)</pre>"),
    "in highlighted HTML": (
        "n.ipynb",
        notebook(
            outputs=[{"data": {"text/html": LINE.replace("sum", '<span class="nb">sum</span>')}}]
        ),
    ),
    "in a coloured traceback": (
        "n.ipynb",
        notebook(outputs=[{"traceback": [LINE.replace(" ", "\x1b[39m \x1b[0;32m")]}]),
    ),
    "among binary data": ("a.bin", bytes(range(256)) * 40 + SAFE + bytes(100)),
}


@pytest.mark.parametrize("way", PLANTED)
def test_a_planted_line_is_found(way: str, tmp_path: Path) -> None:
    name, content = PLANTED[way]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(content)
    (leak, *_) = find_leaks(tmp_path, as_secrets([f"    {LINE}  # because"]))
    assert leak.file.startswith(f"deep/{name}")
    assert leak.line == LINE


def test_a_planted_line_is_found_in_the_zip_itself(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped("unit/a.zip", zipped("inner.py", SAFE)))
    (leak,) = find_leaks(tmp_path / "x.zip", as_secrets([LINE]))
    assert leak.file == "unit/a.zip!inner.py"


def test_a_folder_without_the_line_is_clean(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("total = sum(value ** 3 for value in measured)\n")
    assert find_leaks(tmp_path, as_secrets([LINE])) == []
