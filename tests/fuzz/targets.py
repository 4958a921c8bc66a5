"""What is fuzzed: one function for each place where bytes by strangers come in. Each may only return.

A target asserts what must hold whatever the bytes are; anything it raises is a find.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import torch  # noqa: F401 - where it is loaded, answers hold tensors

from autograder.check import Verdict
from autograder.course import REPO, Course
from autograder.errors import CourseError
from autograder.inside import answers, wire
from autograder.intake.collect import collect
from autograder.intake.reading import read_notebook
from autograder.judging.executed import harmless_html, trusted_outputs, verdict_outputs
from autograder.judging.rebuild import rebuild
from autograder.judging.trusted import trusted_answers
from course_utils.agreement import deviation, explain
from course_utils.plain import NotPlain, decode, encode
from tests.fuzz import descriptions, notebooks, zips
from tests.fuzz.drawing import Draw

RIGHT = [1.5, 3, "text", None, [1, 2], {"a": [0.5]}, [[1.0, 2.0], [3.0, 4.0]], True]
INSTRUCTOR = REPO / "notebooks" / "01_significance" / "significance.ipynb"


def frame(data: bytes) -> None:
    """A student process may write anything at all on its socket."""
    cut = data[:1] == b"\xff"
    try:
        reply = sent_over(data[cut:], 5, header=b"" if cut else None)
    except wire.WireError:
        return
    show_reply(reply)


def sent_over(body: bytes, seconds: float, *, header: bytes | None = None) -> object:
    """Send a frame through a real socket, and receive it."""
    header = wire.HEADER.pack(len(body)) if header is None else header
    ours, theirs = socket.socketpair()

    def send() -> None:
        with theirs, contextlib.suppress(OSError):  # who refuses does not read on
            theirs.sendall(header + body)

    with ours:
        if len(body) < 60_000:
            send()
        else:
            threading.Thread(target=send, daemon=True).start()
        return wire.receive(ours, seconds)


def show_reply(reply: object) -> None:
    """Whatever a reply is, its answers are answers and its outputs can be written to a file."""
    answers = trusted_answers(reply, 2)
    assert len(answers) == 2
    said = [word for answer in answers for word in [*(answer.raised or ()), answer.missing] if word]
    assert all(word.isprintable() for word in said), said
    outputs = trusted_outputs(reply) + verdict_outputs(Verdict("a.b", 0, 1, messages=said))
    cell = nbformat.v4.new_code_cell("x", outputs=outputs)
    nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


def answer(data: bytes) -> None:
    """An answer is decoded and compared, or refused."""
    compare(json.loads(json.dumps(descriptions.description(Draw(data)))))


def compare(described: object) -> None:
    try:
        value = decode(described)
    except NotPlain as error:
        assert len(str(error)) < 300
        return
    encode(value)
    for right in RIGHT:
        assert deviation(right, value) >= 0
        assert explain(right, value)


def array(data: bytes) -> None:
    """Any bytes may be said to be an array."""
    for start in (b"", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00\x46\x00{'descr': '"):
        compare({"npy": base64.b64encode(start + data).decode()})


def lines(data: bytes) -> None:
    """The fork that asks may write anything into its pipe."""
    count = data[0] % 4 if data else 0
    read_end, write_end = os.pipe()
    os.write(write_end, data[1:60_000])
    os.close(write_end)
    found: list[object] = []
    reason = answers.read_lines(read_end, count, 5.0, found)
    os.close(read_end)
    assert len(found) <= count
    assert not (reason and len(found) == count)


def archive(data: bytes) -> None:
    """A class's zip, its headers drawn from the bytes."""
    take_in(zips.zip_of(Draw(data)))


def raw_archive(data: bytes) -> None:
    """A class's zip that is these very bytes."""
    take_in(data)


@contextlib.contextmanager
def handed_in(content: bytes) -> Iterator[tuple[Course, Path]]:
    """An empty course, and beside it a class's zip."""
    with tempfile.TemporaryDirectory() as place:
        course, path = Course(Path(place) / "course"), Path(place) / "class.zip"
        course.root.mkdir()
        path.write_bytes(content)
        yield course, path


def take_in(content: bytes) -> None:
    """Whatever a zip is, it is taken in or refused in clear lines, and writes nowhere else."""
    with handed_in(content) as (course, path):
        place = path.parent
        try:
            report = collect(course, course.unit("1"), path)
        except CourseError as error:
            assert str(error).isprintable(), error
            assert not list(course.root.iterdir())
        else:
            assert all(line.isprintable() for line in str(report).splitlines()), report
        assert {item.name for item in place.iterdir()} == {"class.zip", "course"}
        assert {item.name for item in course.root.iterdir()} <= {".course", "submitted"}
        assert path.read_bytes() == content


def notebook(data: bytes) -> None:
    """A submitted notebook, drawn from the bytes."""
    judge_text(notebooks.notebook(Draw(data)))


def raw_notebook(data: bytes) -> None:
    """A submitted notebook that is these very bytes."""
    judge_text(data)


def judge_text(content: bytes) -> None:
    """Whatever a notebook is, it is rebuilt and can be written, or refused in one clear line."""
    try:
        submitted = read_notebook(content, "x.ipynb")
    except CourseError as error:
        assert str(error).isprintable() and len(str(error)) < 300, error
        return
    rebuilt = rebuild(INSTRUCTOR, submitted)
    nbformat.writes(rebuilt.notebook).encode()
    assert all(line.isprintable() for line in [*rebuilt.repairs, *rebuilt.flags])


def prose(data: bytes) -> None:
    """What a student writes as Markdown is shown on a page."""
    shown = harmless_html(data.decode("utf-8", "replace"))
    assert "<script" not in shown and "\n\n" not in shown


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        frame,
        answer,
        array,
        lines,
        archive,
        raw_archive,
        notebook,
        raw_notebook,
        prose,
    )
}
