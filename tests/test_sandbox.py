"""The walls around student code, tried from inside with real processes."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import REPO
from autograder.errors import CourseError
from autograder.inside import wire
from autograder.sandboxes import sandbox
from autograder.sandboxes.processes import WarmProcess
from autograder.sandboxes.sandbox import Budgets, Level
from course_utils.plain import decode
from tests.student_process import ask, make_library, run, said

BUDGETS = Budgets(cell_seconds=2, ask_seconds=1)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    if sandbox.probe().level != "namespaces":
        why = sandbox.probe().why
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no bubblewrap: {why}")
    library = make_library(tmp_path_factory.mktemp("library"))
    process = WarmProcess(library, modules=["numpy"], level=sandbox.probe())
    yield process
    process.close()


def test_student_code_runs_as_nobody_and_alone(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        assert warm.alone
        reply = run(
            student,
            "import os; print(os.getuid(), [p for p in os.listdir('/proc') if p.isdigit()])",
        )
    user, processes = said(reply).split(" ", 1)
    assert int(user) != 0
    assert processes.strip() == "['1']"


@pytest.mark.parametrize(
    "place",
    [
        str(REPO / "autograder" / "checks"),
        str(REPO / "course_utils"),
        str(Path.home() / ".ssh"),
        "/etc/shadow",
    ],
)
def test_files_that_are_not_its_own_are_not_there(warm: WarmProcess, place: str) -> None:
    with warm.student(BUDGETS) as student:
        assert "False" in said(run(student, f"import os; print(os.access({place!r}, os.R_OK))"))


def test_the_grader_cannot_be_imported(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        assert "No module named 'autograder'" in said(run(student, "import autograder"))


def test_the_instructors_environment_is_not_seen(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_PASSWORD", "swordfish")
    fresh = WarmProcess(warm.library, modules=[], level=sandbox.probe())
    try:
        with fresh.student(BUDGETS) as student:
            assert "swordfish" not in said(run(student, "import os; print(dict(os.environ))"))
    finally:
        fresh.close()


def test_there_is_no_network(warm: WarmProcess) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        address = server.getsockname()
        with warm.student(BUDGETS) as student:
            reply = run(student, f"import socket; socket.create_connection({address!r}, 1)")
    assert reply["error"]


def test_what_is_installed_cannot_be_changed(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        reply = run(student, "import numpy; open(numpy.__file__, 'a')")
    assert "Read-only" in said(reply) or "Permission denied" in said(reply)


def test_memory_is_bounded(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        reply = run(student, f"x = bytearray({BUDGETS.memory + 1})")
    assert reply["outputs"][0]["ename"] == "MemoryError"


def test_a_fork_bomb_is_stopped_and_leaves_nothing(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        own = int(said(run(student, "import os; print(os.getuid())")))
        reply = run(
            student,
            "import os, time\nfor i in range(1000):\n    if os.fork() == 0:\n        time.sleep(987)\n",
        )
        assert "Resource temporarily unavailable" in said(reply)
    listed = subprocess.run(
        ["ps", "-eo", "uid,pid"], capture_output=True, text=True, check=True
    ).stdout
    users = {int(line.split()[0]) for line in listed.splitlines()[1:]}
    assert own not in users or own == os.geteuid()  # other tests' students run at the same time


def test_the_next_student_finds_nothing_of_the_one_before(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        run(student, "open('/tmp/left', 'w').write('x'); import numpy; numpy.secret = 1; y = 2")
    with warm.student(BUDGETS) as student:
        reply = run(
            student,
            "import os, numpy; print(os.path.exists('/tmp/left'), hasattr(numpy, 'secret'), 'y' in globals())",
        )
    assert said(reply).split() == ["False", "False", "False"]


def test_a_cell_that_takes_too_long_is_stopped(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        reply = run(student, "while True: pass", 0.3)
        assert reply["outputs"][0]["ename"] == "OutOfTime"
        assert "still here" in said(run(student, "print('still here')"))


def test_a_cell_that_refuses_to_stop_is_given_up(warm: WarmProcess) -> None:
    stubborn = "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    with warm.student(BUDGETS) as student, pytest.raises(wire.Late):
        run(student, stubborn, 0.2)


def test_a_crash_in_one_answer_costs_that_answer_only(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        run(student, "import os\ndef f(x):\n    if x == 1: os._exit(0)\n    return 10 * x")
        answers = ask(student, "f", (0,), (1,), (2,))
    assert [decode(a["value"])[0] if "value" in a else a for a in answers] == [
        0,
        {"missing": "the process ended"},
        20,
    ]


def test_an_answer_that_never_comes_costs_that_answer_only(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        run(student, "def f(x):\n    while x: pass\n    return x")
        first, second = ask(student, "f", (1,), (0,))
    assert first == {"missing": "it took over 1 s"}
    assert decode(second["value"])[0] == 0


def test_sabotage_in_one_answer_does_not_reach_the_next_exercise(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        run(
            student,
            "def f():\n    global g\n    g = lambda: 'spoiled'\n    return 1\ndef g(): return 'fine'",
        )
        ask(student, "f", ())
        (answer,) = ask(student, "g", ())
    assert decode(answer["value"])[0] == "fine"


def test_an_answer_of_an_unknown_kind_is_named(warm: WarmProcess) -> None:
    with warm.student(BUDGETS) as student:
        run(student, "class Yes:\n    __eq__ = lambda s, o: True\ndef f(): return Yes()")
        (answer,) = ask(student, "f", ())
    assert "Yes" in answer["missing"]


def test_plots_and_values_come_back_as_images_and_text(warm: WarmProcess) -> None:
    with warm.student(Budgets()) as student:
        reply = run(
            student, "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n6 * 7", 60
        )
    kinds = [set(output["data"]) for output in reply["outputs"]]
    assert {"image/png", "text/plain"} in kinds
    assert reply["outputs"][-1]["data"]["text/plain"] == "42"


def test_require_refuses_a_weaker_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "try_level", lambda level: "no such thing here")
    with pytest.raises(CourseError, match="no sandbox holds here"):
        sandbox.choose("auto")
    with pytest.raises(CourseError, match="--sandbox landlock: not on this machine: no such thing"):
        sandbox.choose("landlock")
    monkeypatch.setattr(sandbox, "probe", lambda: Level("limits", "no `bwrap` on PATH"))
    with pytest.raises(CourseError, match="no `bwrap` on PATH"):
        sandbox.choose("require")
    assert sandbox.choose("auto").level == "limits"


def test_a_level_is_asked_for_by_its_name() -> None:
    assert sandbox.choose("off").level == "off"
    if sandbox.try_level("namespaces") == "":
        assert sandbox.choose("namespaces") == Level("namespaces", "asked for")
    with pytest.raises(CourseError, match="say auto, require, namespaces, landlock, limits, off"):
        sandbox.choose("fortress")


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair()


def test_a_frame_that_claims_too_much_is_refused() -> None:
    ours, theirs = _pair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 0xFFFFFFFF))
        with pytest.raises(wire.WireError, match="longest allowed"):
            wire.receive(ours, 1)


@pytest.mark.parametrize("body", [b"not json", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_a_frame_that_is_not_json_is_refused(body: bytes) -> None:
    ours, theirs = _pair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", len(body)) + body)
        with pytest.raises(wire.WireError, match="not JSON"):
            wire.receive(ours, 1)


def test_a_frame_that_stops_halfway_is_late_and_not_for_ever() -> None:
    ours, theirs = _pair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 10) + b"12")
        begun = time.monotonic()
        with pytest.raises(wire.Late):
            wire.receive(ours, 0.2)
        assert time.monotonic() - begun < 5


def test_a_frame_that_trickles_is_late_too() -> None:
    ours, theirs = _pair()
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.05):
            theirs.sendall(b"\0")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        theirs.sendall(struct.pack(">I", 1000))
        with pytest.raises(wire.Late):
            wire.receive(ours, 0.4)
    finally:
        stop.set()
        thread.join()
        ours.close()
        theirs.close()
