"""What student code might reach from its sandbox, really there: files, services, processes, a neighbour.

Each attack is a cell that tries; it prints OPEN when it got through. `reached` runs one and looks.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.sandboxes.processes import WarmProcess
from autograder.sandboxes.sandbox import Budgets, Level
from tests.student_process import run, said

PATIENT = Budgets(cell_seconds=20)
TRY = """
import os, signal, socket, time
from pathlib import Path
def attempt(what):
    try:
        what()
        print("OPEN")
    except Exception as error:
        print(type(error).__name__, error)
"""
ATTACKS = {
    "files": "attempt(lambda: open('{home}/public').read())",
    "private": "attempt(lambda: open('{home}/private').read())",
    "writing": "attempt(lambda: open('{home}/everybody/left', 'w'))",
    "network": """
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', {udp})
except OSError:
    pass
attempt(lambda: socket.create_connection({tcp}, 2))
attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0{abstract}'))
attempt(lambda: socket.socket(socket.AF_UNIX).connect('{home}/service'))
attempt(lambda: socket.getaddrinfo('example.com', 80))
""",
    "processes": """
def still_there():
    os.kill({victim}, signal.SIGKILL)
    assert '{victim_name}' in Path('/proc/{victim}/cmdline').read_text()
attempt(still_there)
attempt(lambda: open('/proc/{victim}/environ').read())
def trace():
    import ctypes
    if ctypes.CDLL(None, use_errno=True).ptrace(16, {victim}, 0, 0):  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")
attempt(trace)
""",
    "siblings": """
attempt(lambda: open('{neighbour}/mine').read())
attempt(lambda: open('/dev/shm/{neighbour_name}').read())
attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0{neighbour_name}'))
if '{level}' != 'namespaces':  # there it is the number of another process
    attempt(lambda: os.kill({neighbour_pid}, 0))
""",
    "names": "attempt(lambda: os.stat('{home}/private'))",
}
NEIGHBOUR = """
import os, socket
print(os.getcwd(), os.getpid())
open('mine', 'w').write('x')
try:
    open('/dev/shm/{name}', 'w').write('x')
except OSError:
    pass
try:
    service = socket.socket(socket.AF_UNIX)
    service.bind('\\0{name}')
    service.listen()
except OSError:
    pass
"""


@dataclass
class Scene:
    """A level with student processes at it, and all that they should not reach."""

    level: Level
    warm: WarmProcess
    others: WarmProcess
    home: Path
    tcp: tuple[str, int]
    udp: socket.socket
    abstract: str

    def reached(self, promise: str) -> bool:
        """Whether student code gets through to what a promise is about."""
        name = f"neighbour-{os.getpid()}"
        with ExitStack() as stack:
            victim = stack.enter_context(_victim())
            one = stack.enter_context(self.warm.student(PATIENT))
            neighbour = stack.enter_context(self.others.student(PATIENT))
            about = said(run(neighbour, NEIGHBOUR.format(name=name), 20)).split()
            folder, pid = about
            source = ATTACKS[promise].format(
                home=self.home,
                tcp=repr(self.tcp),
                udp=repr(self.udp.getsockname()),
                abstract=self.abstract,
                victim=victim.pid,
                victim_name="victim",
                neighbour=folder,
                neighbour_name=name,
                level=self.level.level,
                neighbour_pid=pid,
            )
            told = said(run(one, TRY + source, 20))
            died = victim.poll() is not None
        Path(f"/dev/shm/{name}").unlink(missing_ok=True)
        if promise == "siblings" and self.level.level == "namespaces":
            assert folder.startswith("/tmp/")  # the same name in another /tmp
        assert "Error" in told or "OPEN" in told, told
        return "OPEN" in told or died or self._letter_came()

    def _letter_came(self) -> bool:
        try:
            return bool(self.udp.recv(10))
        except BlockingIOError:
            return False


@contextmanager
def _victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the grader's user that waits to be told to end."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", "victim"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process


@contextmanager
def scene(level: Level, library: Path) -> Iterator[Scene]:
    """Set everything up for one level."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scene-")))
        home.chmod(0o755)
        for name, mode in (("public", 0o644), ("private", 0o600)):
            (home / name).write_text("secret")
            (home / name).chmod(mode)
        (home / "everybody").mkdir()
        (home / "everybody").chmod(0o777)
        abstract = f"scene-{os.getpid()}-{level.level}"
        tcp = stack.enter_context(socket.socket())
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        for name in (f"\0{abstract}", str(home / "service")):
            service = stack.enter_context(socket.socket(socket.AF_UNIX))
            service.bind(name)
            service.listen()
        (home / "service").chmod(0o777)
        warm, others = (WarmProcess(library, modules=["numpy"], level=level) for _ in range(2))
        stack.callback(warm.close)
        stack.callback(others.close)
        yield Scene(level, warm, others, home, tcp.getsockname(), udp, abstract)
