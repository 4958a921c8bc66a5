"""Attacks that want all there is: memory, disk, processes, threads, output; and what outlives them.

Each takes no more than the machine of a test can bear, should a wall be missing.
"""

from __future__ import annotations

from tests.redteam.attack import ALL, Attack, handing_in

HUGE_LIST = "[0] * (40 << 30)"
GROWING = (
    "def grow():\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 28))\ngrow()"
)
SHARED = """
import os
for place in ("/dev/shm/redteam-left-shm", "/tmp/redteam-left-tmp", "redteam-left-here"):
    try:
        with open(place, "wb") as file:
            for _ in range(600):
                file.write(bytes(1 << 20))
    except OSError as error:
        print(error)
"""
MANY_FILES = """
import os
try:
    for number in range(20_000):
        open(f"redteam-left-{number}", "w").close()
except OSError as error:
    print(error)
"""
MANY_CHILDREN = """
import os, time
children = []
for _ in range(4):
    pid = os.fork()
    if pid == 0:
        kept = bytearray(600 << 20)
        time.sleep(600)
    children.append(pid)
"""
FORK_BOMB = "import os\nwhile True:\n    os.fork()"
SHELL_BOMB = "import subprocess\nsubprocess.run('f() { f | f & }; f; sleep 1', shell=True)"
THREADS = """
import threading, time
started = 0
try:
    for _ in range(10_000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        started += 1
except RuntimeError as error:
    print(started, error)
"""
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            try:
                open("/tmp/redteam-left-daemon", "a").write("still here")
            except OSError:
                pass
            time.sleep(0.2)
    os._exit(0)
"""
PROGRAM = """
import subprocess
subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; done"], start_new_session=True)
subprocess.Popen(["sleep", "98765"], start_new_session=True)
"""
OPEN_FILES = "kept = []\nwhile True:\n    kept.append(open('/dev/null'))"
OUTPUT = "import sys\nfor _ in range(20_000):\n    print('x' * 100)\n    print('y' * 100, file=sys.stderr)"
PICTURES = """
from IPython.display import display
for _ in range(500):
    display({"image/png": "A" * (1 << 20), "text/plain": "z" * (1 << 18), "text/html": "<b>" * 9999}, raw=True)
"""
BIG_ANSWER = "import numpy as np\nreturn np.zeros(2_000_000)"
BIG_REPLY = """
import inside.answers
inside.answers.to = lambda *others: ["x" * (1 << 20)] * 40
"""

ATTACKS = [
    Attack(
        16, "huge-list", handing_in(HUGE_LIST, answers=f"return {HUGE_LIST}"), says="MemoryError"
    ),
    Attack(16, "huge-array", handing_in(answers="import numpy\nreturn numpy.ones(10**11)")),
    Attack(16, "huge-tensor", handing_in(answers="import torch\nreturn torch.ones(10**11)")),
    Attack(16, "growing-list", handing_in(GROWING), says="MemoryError"),
    Attack(16, "fills-the-disks", handing_in(SHARED), says="File too large"),
    Attack(16, "many-files", handing_in(MANY_FILES)),
    Attack(16, "many-children", handing_in(MANY_CHILDREN)),
    Attack(16, "many-open-files", handing_in(OPEN_FILES), says="Too many open files"),
    Attack(16, "much-output", handing_in(OUTPUT), says="were left out"),
    Attack(16, "many-pictures", handing_in(PICTURES)),
    Attack(16, "big-answer", handing_in(answers=BIG_ANSWER), says="4 MiB"),
    Attack(16, "big-reply", handing_in(BIG_REPLY)),
    Attack(17, "fork-bomb", handing_in(FORK_BOMB)),
    Attack(17, "shell-bomb", handing_in(SHELL_BOMB)),
    Attack(17, "many-threads", handing_in(THREADS)),
    Attack(17, "daemon", handing_in(DAEMON, answers=DAEMON + "\nreturn -1")),
    Attack(17, "programs", handing_in(PROGRAM, answers=PROGRAM + "\nreturn -1")),
    Attack(17, "daemon-and-right", handing_in(DAEMON, right=True), keeps=ALL),
]
