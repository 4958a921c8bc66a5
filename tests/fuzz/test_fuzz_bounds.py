"""What a stranger can make the grader spend: memory under a real limit, and no more than linear time."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from nbformat import NotebookNode

from autograder.course import REPO
from autograder.errors import CourseError
from autograder.inside import answers, wire
from autograder.intake.archive import MOST_ENTRIES, read_zip
from autograder.intake.reading import MOST_BRACKETS, read_notebook
from autograder.judging.rebuild import rebuild
from course_utils.agreement import deviation
from course_utils.plain import NotPlain, decode, encode
from tests.fuzz.descriptions import npy
from tests.fuzz.targets import INSTRUCTOR
from tests.fuzz.zips import NOTEBOOK, Entry, pack

NOW = datetime.now(UTC)
UNDER_A_LIMIT = """
import resource
import torch
from autograder.inside import wire
from autograder.judging.executed import trusted_outputs
from autograder.judging.trusted import trusted_answers
from tests.fuzz.targets import sent_over
from tests.fuzz.test_fuzz_bounds import FRAMES
def used():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmData")) << 10
for name, make in FRAMES.items():
    body = make()
    limit = used() + wire.MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))
    try:
        reply = sent_over(body, 60)
        (answer,) = trusted_answers(reply, 1)
        trusted_outputs(reply)
        print(name, "->", "missing" if answer.missing else "value", flush=True)
    except wire.WireError:
        print(name, "-> refused", flush=True)
    reply = answer = body = None
"""


def frame(part: str, count: int) -> bytes:
    """An answer that holds a part many times, in one frame that is as large as one may be."""
    start, end = '{"answers": [{"value": [', "]}]}"
    room = wire.LONGEST_FRAME - len(start) - len(end)
    count = min(count, room // (len(part) + 1))
    return (start + ",".join([part] * count) + end).encode()


ARRAY = json.dumps(encode(np.ones(1, bool)))
FULL = wire.MOST_PARTS - 10
FRAMES: dict[str, Callable[[], bytes]] = {
    "empty lists: value": lambda: frame("[]", FULL // 2),
    "lists in lists: value": lambda: frame("[" * 15 + "]" * 15, FULL // 16),
    "tuples: value": lambda: frame('{"tuple":[]}', FULL // 3),
    "small arrays: value": lambda: frame(ARRAY, FULL),
    "one large array: value": lambda: frame(json.dumps(encode(np.ones(11 << 20, bool))), 1),
    "long numbers: value": lambda: frame("9" * 300, FULL),
    "wide characters: value": lambda: frame('"' + "x" * 1000 + '\\ud83d\\ude00"', FULL),
    "too many lists: refused": lambda: frame("[]", 1 << 30),
    "not closed: refused": lambda: b"[" * wire.LONGEST_FRAME,
    "deep: refused": lambda: b"[" * (wire.MOST_PARTS - 1),
    "longer than allowed: refused": lambda: b" " * (wire.LONGEST_FRAME + 1),
}


def test_no_frame_takes_more_memory_than_is_promised() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux limits the memory of a process")
    done = subprocess.run(
        [sys.executable, "-c", UNDER_A_LIMIT], capture_output=True, cwd=REPO, text=True
    )
    said = [f"{name} -> {name.rpartition(' ')[2]}" for name in FRAMES]
    assert done.stdout.splitlines() == said, done.stderr[-2000:]


@pytest.mark.parametrize(
    "keys",
    [
        [k * ((1 << 61) - 1) + 7 for k in range(200_000)],
        [{"tuple": [k * ((1 << 61) - 1), "a"]} for k in range(100_000)],
    ],
    ids=["integers", "tuples"],
)
def test_keys_of_one_hash_are_refused_before_they_are_compared(keys: list[object]) -> None:
    with pytest.raises(NotPlain, match="one hash"):
        decode({"dict": [[key, 0] for key in keys]})


def test_a_dict_of_many_honest_keys_is_read() -> None:
    honest = {(word, number): 2.0**number for number in range(-300, 300) for word in "ab"}
    honest |= {2.0**number: "x" for number in range(-1074, 1024)}  # every 61st has the same hash
    assert decode(encode(honest)) == honest


@pytest.mark.parametrize("shape", [f"(0, {1 << 40}, )", f"({1 << 30}, 0, {1 << 20})"])
def test_an_array_without_numbers_has_no_huge_axes_either(shape: str) -> None:
    with pytest.raises(NotPlain):
        decode({"npy": npy("<f8", shape, b"")})


def test_text_between_numbers_is_not_spread_over_all_of_them() -> None:
    answer = [["a" * 100_000, *range(100_000)]]  # 40 GB, if numpy made an array of texts of it
    assert deviation(np.zeros((1, 100_001)), answer) == float("inf")


@pytest.mark.parametrize("junk", [b"[" * 9_000, b"1\n2\n3\nx\n", b"{}\nx\n", b"\n" * 99])
def test_what_a_fork_writes_is_at_most_as_many_answers_as_were_asked(junk: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(junk + b"\n")
        theirs.shutdown(socket.SHUT_WR)
        lines: list[object] = []
        reason = answers.read_lines(ours.fileno(), 2, 5.0, lines)
    assert len(lines) <= 2 and not (reason and len(lines) == 2)


def test_an_answer_written_in_small_pieces_is_read_in_linear_time() -> None:
    ours, theirs = socket.socketpair()
    line = b"[" + b"1.25," * 100_000 + b"1]\n"

    def write() -> None:
        for at in range(0, len(line), 50):
            theirs.sendall(line[at : at + 50])

    writer = threading.Thread(target=write)
    with ours, theirs:
        writer.start()
        lines: list[list[float]] = []
        reason = answers.read_lines(ours.fileno(), 1, 60.0, lines)
        writer.join()
    assert reason == "" and len(lines[0]) == 100_001


def submitted(*cells: tuple[str, str]) -> NotebookNode:
    about = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells]
    return read_notebook(json.dumps({"nbformat": 4, "cells": about}).encode(), "x.ipynb")


@pytest.mark.parametrize("source", ["\n" * 1_000_000, " " * 1_000_000, "def " * 250_000])
def test_an_empty_million_of_lines_is_rebuilt(source: str) -> None:
    rebuilt = rebuild(INSTRUCTOR, submitted(("code", source)))
    assert any("was missing" in repair for repair in rebuilt.repairs)


def test_a_thousand_cells_that_look_alike_are_rebuilt() -> None:
    ours = json.loads(INSTRUCTOR.read_bytes())["cells"]
    texts = ["".join(sorted("".join(cell["source"])))[::-1] * 3 for cell in ours]
    cells = [
        ("code" if n % 2 else "markdown", texts[n % len(texts)] + str(n)) for n in range(4_000)
    ]
    rebuilt = rebuild(INSTRUCTOR, submitted(*cells))
    assert len(rebuilt.notebook.cells) >= 1_000


def test_a_changed_cell_without_its_name_still_finds_its_place() -> None:
    ours = json.loads(INSTRUCTOR.read_bytes())["cells"]
    text = "".join(next(c for c in ours if c["metadata"].get("nbgrader", {}).get("task") is False
                        and c["cell_type"] == "code")["source"])  # fmt: skip
    name = text.split("def ", 1)[1].split("(", 1)[0]
    rebuilt = rebuild(INSTRUCTOR, submitted(("code", text + "\n    # my own remark\n")))
    assert not any(f"`{name}` was missing" in repair for repair in rebuilt.repairs)


@pytest.mark.parametrize(
    "inside",
    ['"metadata":{"a":' + "[" * 400 + "]" * 400 + '},"source":""', '"source":"","outputs":' + "[" * 400 + "]" * 400],
    ids=["metadata", "outputs"],
)  # fmt: skip
def test_a_notebook_nested_deeper_than_anything_can_copy_is_read(inside: str) -> None:
    text = f'{{"nbformat":4,"cells":[{{"cell_type":"code",{inside}}}]}}'
    assert len(read_notebook(text.encode(), "x.ipynb").cells) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"nbformat":4,"cells":[' + b"[]," * MOST_BRACKETS + b"[]]}", "brackets"),
        (b'{"nbformat":' + b"4" * 4000 + b"}", "in notebook format 444444444, not 4"),
        (b'{"nbformat":' + b"4" * 5000 + b"}", "a number without end"),
    ],
)
def test_a_notebook_made_to_cost_memory_or_patience_is_one_short_line(
    content: bytes, said: str
) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        read_notebook(content, "x.ipynb")
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unfolds_past_its_stated_size_is_never_unfolded(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr("ada/x.ipynb", bytes(5 << 20))  # 5 MiB in a few hundred bytes
    with pytest.raises(CourseError, match="is packed in an unusual way"):
        list(read_zip(buffer.getvalue(), "x.zip", NOW))


def test_a_students_zip_with_a_million_entries_is_refused_before_they_are_read() -> None:
    whole = pack([Entry(b"a", b"")])
    at, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    listed = whole[at:end] * (MOST_ENTRIES + 1)
    last = whole[end : end + 12] + len(listed).to_bytes(4, "little") + whole[end + 16 :]
    with pytest.raises(CourseError, match=f"has {MOST_ENTRIES + 1} entries"):
        list(read_zip(whole[:at] + listed + last, "x.zip", NOW, dated=False))


def test_a_folder_that_has_content_is_refused_rather_than_lost() -> None:
    with pytest.raises(CourseError, match="is a folder that has content"):
        list(read_zip(pack([Entry(b"ada/x.ipynb/", NOTEBOOK)]), "x.zip", NOW))
