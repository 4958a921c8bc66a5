"""Every promise of every sandbox level is attacked, as root and as a user; what is not promised is open.

Levels are forced, whatever the machine would choose by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.course import REPO
from autograder.inside.wire import WireError
from autograder.sandboxes import sandbox
from autograder.sandboxes.promises import BOUNDS, PROMISES, holds
from autograder.sandboxes.sandbox import Budgets, Level
from autograder.sandboxes.walls import closed_part, site_folders
from tests.conftest import missing
from tests.sandbox_scene import ATTACKS, PATIENT, Scene, scene
from tests.student_process import ask, make_library, run, said

ROOT = os.geteuid() == 0
FORCED = ("namespaces", "landlock", "limits")
ELSEWHERE = "COURSE_TEST_ELSEWHERE"  # set where these tests run again as another user


@pytest.fixture(scope="module", params=FORCED)
def forced(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    level = request.param
    why = sandbox.try_level(level)
    if why and ELSEWHERE in os.environ and level != "landlock":
        pytest.fail(f"no {level}: {why}")
    if (
        why
    ):  # a kernel without Landlock is no fault; this Python's place is, and is mended elsewhere
        (missing if level == "namespaces" else pytest.skip)(f"no {level}: {why}")
    library = make_library(tmp_path_factory.mktemp("library"))
    for folder in (library, *library.parents):
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    with scene(Level(level, "forced"), library) as there:
        yield there


@pytest.mark.parametrize("promise", ATTACKS)
def test_what_a_level_promises_is_closed_and_the_rest_is_open(forced: Scene, promise: str) -> None:
    kept = promise in holds(forced.level.level, root=ROOT)
    assert forced.reached(promise) is not kept


def test_every_promise_is_attacked() -> None:
    assert set(ATTACKS) | BOUNDS == set(PROMISES)


def test_what_is_too_much_for_one_process_is_told_with_its_limit(forced: Scene) -> None:
    budgets = Budgets(file_bytes=1 << 20, open_files=40)
    with forced.warm.student(budgets) as student:
        tries = {
            "x = bytearray(1 << 31)": "each process has at most 2 GiB of memory",
            "open('a', 'wb', 0).write(bytes(1 << 20)); open('a', 'ab', 0).write(b'x')": "at most 1 MiB",
            "[open('/dev/null') for _ in range(99)]": "at most 40 files are open",
            "import socket; socket.create_connection(('192.0.2.1', 80), 1)": "offline",
        }
        for source, limit in tries.items():
            assert limit in said(run(student, source, 20)), source


MANY_PROCESSES = """
import os, signal
for _ in range(6):
    if os.fork() == 0:
        x = b"x" * (150 << 20)
        signal.pause()
signal.pause()
"""
MANY_FILES = "for i in range(100): open(f'{i}', 'wb').write(bytes(1 << 19))\nwhile True: pass"


@pytest.mark.parametrize(
    ("budgets", "source", "reason"),
    [
        (Budgets(memory_together=512 << 20), MANY_PROCESSES, "together used more than 512 MiB"),
        (Budgets(cpu_seconds=2), "while True: pass", "used up its 2 s of processor time"),
        (Budgets(), "import ctypes; ctypes.string_at(0)", "crashed (SIGSEGV)"),
    ],
    ids=["memory", "time", "crash"],
)
def test_a_process_that_is_ended_leaves_its_reason(
    forced: Scene, budgets: Budgets, source: str, reason: str
) -> None:
    with forced.warm.student(budgets) as student, pytest.raises(WireError):
        run(student, source, 30)
    assert reason in student.reason


def test_files_that_are_together_too_large_are_refused(forced: Scene) -> None:
    told = ""
    with forced.warm.student(Budgets(disk_bytes=4 << 20)) as student, suppress(WireError):
        told = said(run(student, MANY_FILES, 30))
    assert "together" in told + student.reason and "4 MiB" in told + student.reason


BOMB = "import os, time\nfor i in range(1000):\n    if os.fork() == 0: time.sleep(987)"


def test_a_fork_bomb_is_told_its_limit_and_leaves_nothing(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        alone = descendants(forced)
        told = said(run(student, BOMB, 20))
        assert "at most 64 processes and threads" in told
        bomb = descendants(forced) - alone
    assert len(bomb) >= 60
    assert not bomb & descendants(forced)


RABBIT = """
import os, time
if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)
time.sleep(0.5)
"""


def test_a_process_that_forks_and_ends_all_the_time_does_not_get_away(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        alone = descendants(forced)
        run(student, RABBIT, 20)
    assert descendants(forced) <= alone
    with forced.warm.student(PATIENT) as student:
        assert "the next one" in said(run(student, "print('the next one')", 20))
        assert len(descendants(forced)) == len(alone)


def descendants(forced: Scene) -> set[int]:
    """The ids of all processes below the warm process."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
    children: dict[int, list[int]] = {}
    for line in listed.stdout.splitlines()[1:]:
        pid, parent = map(int, line.split())
        children.setdefault(parent, []).append(pid)
    found = [forced.warm.pid]
    for pid in found:
        found += children.get(pid, [])
    return set(found)


def test_a_loop_is_stopped_and_the_next_cell_runs(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        assert "took over 0.3 s" in said(run(student, "while True: pass", 0.3))
        assert "still here" in said(run(student, "print('still here')", 20))


def test_a_flood_of_output_is_cut_while_it_is_written(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        reply = run(student, "for _ in range(10_000): print('x' * (1 << 20))", 60)
    told = said(reply)
    assert not reply["error"], told[-300:]
    assert len(told) < 21_000
    assert "10485750000 more characters were left out: at most 20000 are kept" in told


def test_an_answer_that_is_too_large_is_told_its_limit(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        run(student, "import numpy as np\ndef f(): return np.zeros(1_000_000)", 20)
        (answer,) = ask(student, "f", (), seconds=20)
    assert answer == {"missing": "the answer is larger than 4 MiB"}


def test_ordinary_work_is_done(forced: Scene) -> None:
    work = """
import matplotlib.pyplot as plt, numpy as np, scipy.stats, subprocess, tempfile, threading
tempfile.NamedTemporaryFile().write(b"x")
threading.Thread(target=print).start()
print(subprocess.run(["echo", "a child"], capture_output=True, text=True).stdout)
plt.plot(np.arange(3)); plt.show()
"""
    with forced.warm.student(PATIENT) as student:
        reply = run(student, work, 60)
    assert not reply["error"], said(reply)
    assert "a child" in said(reply) and "image/png" in said(reply)


def test_nothing_is_left_of_a_student(forced: Scene) -> None:
    with forced.warm.student(PATIENT) as student:
        place = said(run(student, "import os; open('x', 'w'); print(os.path.abspath('x'))", 20))
        place = place.strip()
    with forced.warm.student(PATIENT) as student:
        assert "False" in said(run(student, f"import os; print(os.path.exists({place!r}))", 20))
    assert not Path(place).exists()


REFUSED = """
import sys
from autograder.inside import filter, isolate
isolate.call("prctl", isolate.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
filter.install(sockets=True)
from autograder.sandboxes.promises import way_up
from autograder.sandboxes.sandbox import probe
print(probe().level, way_up(probe().why), sep="|")
"""


def test_where_namespaces_are_refused_the_next_level_is_taken_and_the_way_up_is_told() -> None:
    """The refusal is real: the kernel's, through a filter as containers have it."""
    done = subprocess.run(
        [sys.executable, "-c", REFUSED], cwd=REPO, capture_output=True, text=True, check=True
    )
    level, way = done.stdout.strip().split("|")
    weaker = [name for name in FORCED[1:] if not sandbox.try_level(name)]
    assert level == [*weaker, "none"][0]
    assert way


@pytest.mark.parametrize("user", [0, 61999])
def test_the_same_holds_for_root_and_for_a_user(user: int, tmp_path: Path) -> None:
    """This Python may lie where only root reads: it is mounted where everybody does, for one process."""
    if not ROOT:
        missing("only root can run tests as somebody else")
    if not (shutil.which("setpriv") and shutil.which("unshare")):
        missing("setpriv and unshare (util-linux) are not here")
    place = Path(tempfile.mkdtemp(prefix="elsewhere-"))
    place.chmod(0o755)
    try:
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-euc", _script(place, user)],
            capture_output=True,
            text=True,
            timeout=900,
            env={"PATH": os.environ["PATH"], ELSEWHERE: "1", **_ci()},
        )
        print(done.stdout[-6000:])
        assert done.returncode == 0, done.stderr[-2000:]
    finally:
        shutil.rmtree(place)


def _ci() -> dict[str, str]:
    return {name: os.environ[name] for name in ("CI",) if name in os.environ}


def _script(place: Path, user: int) -> str:
    """Uncover what we need where only root reads, become `user`, run this file's tests."""
    needed = {Path(path) for path in (sys.base_prefix, sys.prefix, REPO, *site_folders())}
    covers = {folder: closed for folder in needed if (closed := closed_part(folder))}
    staged = {folder: place / str(number) for number, folder in enumerate(sorted(covers))}
    steps = ["mount --make-rprivate /"]
    for there, here in staged.items():
        steps += [f"mkdir '{here}'", f"mount --bind '{there}' '{here}'"]
    steps += [f"mount -t tmpfs -o mode=755 none '{cover}'" for cover in {*covers.values()}]
    for there, here in staged.items():
        steps += [f"mkdir -p '{there}'", f"mount --bind '{here}' '{there}'"]
    home = place / "home"
    steps += [
        f"mkdir -m 777 '{home}'",
        f"cd '{REPO}'",
        f"export HOME='{home}' TMPDIR='{home}' PYTHONDONTWRITEBYTECODE=1",
        f"exec setpriv --reuid {user} --regid {user} --clear-groups '{sys.executable}' -m pytest"
        " -q -x -p no:cacheprovider -k 'not the_same_holds' tests/test_sandbox_levels.py",
    ]
    return "\n".join(steps)


TALK = """
import socket
def talk(times):
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(times):
        with socket.create_connection(server.getsockname()) as one:
            other, _ = server.accept()
            one.close()
            other.close()
    return "talked"
"""


def test_each_student_has_a_network_of_their_own(forced: Scene) -> None:
    """At `namespaces`; elsewhere there are no sockets at all. The kernel remembers connections for a minute."""
    if forced.level.level != "namespaces":
        with forced.warm.student(PATIENT) as student:
            assert "Error" in said(run(student, TALK + "print(talk(1))", 20))
        return
    with forced.warm.student(PATIENT) as student:
        assert "talked" in said(run(student, TALK + "print(talk(20))", 20))
        seen = said(run(student, "print(open('/proc/self/net/tcp').read())", 20))
        assert len(seen.splitlines()) > 20
    with forced.warm.student(PATIENT) as student:
        seen = said(run(student, "print(open('/proc/self/net/tcp').read())", 20))
        assert len(seen.strip().splitlines()) == 1  # the line of titles
