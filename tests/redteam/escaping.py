"""Attacks on what lies outside: the gradebook, other students, the results, the network, privileges."""

from __future__ import annotations

from tests.redteam.attack import Attack, handing_in

GRADEBOOK = """
import sqlite3
for path in ("@course@/gradebook.db", "../../../gradebook.db", "/proc/self/root@course@/gradebook.db"):
    try:
        with sqlite3.connect(path) as db:
            db.execute("update grade set auto_score = 10, manual_score = 10")
    except Exception as error:
        print(error)
"""
OTHERS = """
import os
for place in ("@course@/submitted/aa-honest/01_significance/significance.ipynb",
              "@course@/autograded/aa-honest/01_significance/significance.ipynb",
              "@course@/.course/secret", "@course@/.course/results/01_significance/0.json",
              "@course@/redteam-left-file", "@repo@/redteam-left-file", "@home@/redteam-left-file",
              "/course/library/course_utils/__init__.py", "/course/library/redteam-left-file",
              "/usr/lib/redteam-left-file", "/redteam-left-file", "/dev/redteam-left-file",
              "/proc/1/root@course@/redteam-left-file", "/dev/shm/redteam-left-file",
              "/tmp/redteam-left-file", "/var/tmp/redteam-left-file", "../redteam-left-file"):
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w") as file:
            file.write("{}")
    except OSError as error:
        print(place, error)
"""
LEFT_FOR_THE_NEXT = """
import os, sys
import numpy as np
np.redteam = sys.modules["redteam"] = np
for place in ("/tmp", "/dev/shm", "/dev", "/", ".", "/course", "/var/tmp", "/run"):
    path = os.path.join(place, "redteam-note")
    if os.path.exists(path):
        raise SystemExit("NOTE FOUND " + open(path).read())
    try:
        open(path, "w").write("answers")
    except OSError:
        pass
if hasattr(np, "redteam_before"):
    raise SystemExit("NOTE FOUND")
np.redteam_before = True
"""
NETWORK = """
import socket, urllib.request
for family, address in (
    (socket.AF_INET, ("127.0.0.1", @port@)), (socket.AF_INET, ("localhost", @port@)),
    (socket.AF_INET, ("0.0.0.0", @port@)), (socket.AF_INET, ("169.254.169.254", 80)),
    (socket.AF_INET, ("192.168.0.1", 80)), (socket.AF_INET, ("10.0.0.1", 22)),
    (socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_INET6, ("::1", @port@)),
    (socket.AF_UNIX, "\\0redteam-@port@"), (socket.AF_UNIX, "@course@/redteam.sock"),
):
    try:
        with socket.socket(family) as s:
            s.settimeout(0.3)
            s.connect(address)
            s.sendall(b"CONNECTED")
            print("CONNECTED", address)
    except OSError as error:
        print(address, error)
try:
    with socket.socket(type=socket.SOCK_DGRAM) as s:
        s.sendto(b"CONNECTED", ("127.0.0.1", @port@))
except OSError as error:
    print(error)
"""
DOWNLOAD = """
import socket, urllib.request
for place in ("http://127.0.0.1:@port@/answers", "http://example.org/", "http://169.254.169.254/latest/meta-data/"):
    try:
        print("CONNECTED", urllib.request.urlopen(place, timeout=0.5).read())
    except OSError as error:
        print(error)
try:
    print(socket.getaddrinfo("example.org", 80))
except OSError as error:
    print(error)
"""
LISTEN = """
import os, socket, threading, time
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("0.0.0.0", @free@))
server.listen()
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(60)
"""
PRIVILEGES = """
import ctypes, os, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
for attempt in ("os.setuid(0)", "os.setgid(0)", "os.chroot('/tmp')", "os.nice(-10)", "os.kill(1, 9) if os.getpid() != 1 else 0",
                "os.mknod('/tmp/disk', 0o60666, os.makedev(254, 0))", "os.sched_setaffinity(0, range(64))"):
    try:
        exec(attempt)
        print("did", attempt)
    except (OSError, AttributeError) as error:
        print(error)
print(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.unshare(0x10000000), libc.ptrace(16, 1, 0, 0))
inner = "import ctypes, os; l = ctypes.CDLL(None); print(l.unshare(0x10020000), l.mount(b'x', b'/tmp', b'tmpfs', 0, b''), os.listdir('/'))"
print(subprocess.run([sys.executable, "-c", inner], capture_output=True).stdout)
os.system("mount --bind @course@ /tmp; cp /bin/sh /tmp/redteam-left-sh; chmod u+s /tmp/redteam-left-sh")
"""
SIGNALS = """
import os, signal
for pid in [-1, os.getppid(), *range(2, 2000)]:
    try:
        if pid not in (0, os.getpid(), os.getpgrp()):
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
"""

ATTACKS = [
    Attack(11, "writes-the-gradebook", handing_in(GRADEBOOK, answers=GRADEBOOK + "\nreturn -1")),
    Attack(11, "writes-other-files", handing_in(OTHERS, answers=OTHERS + "\nreturn -1")),
    Attack(11, "leaves-a-note-1", handing_in(LEFT_FOR_THE_NEXT)),
    Attack(11, "leaves-a-note-2", handing_in(LEFT_FOR_THE_NEXT)),
    Attack(11, "leaves-a-note-3", handing_in(LEFT_FOR_THE_NEXT)),
    Attack(11, "wants-privileges", handing_in(PRIVILEGES)),
    Attack(11, "signals-everybody", handing_in(SIGNALS)),
    Attack(18, "connects", handing_in(NETWORK, answers=NETWORK + "\nreturn -1")),
    Attack(18, "downloads", handing_in(DOWNLOAD)),
    Attack(18, "listens", handing_in(LISTEN)),
]
