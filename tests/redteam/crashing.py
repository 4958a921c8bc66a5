"""Attacks and accidents that end or stop the process: one exercise is lost, and the others keep their marks."""

from __future__ import annotations

from tests.redteam.attack import Attack, handing_in

KEEPS = ("accuracy_difference", "find_the_bug_significance")
IN_THE_CELL = {
    "os-exit": "import os\nos._exit(0)",
    "sys-exit": "import sys\nsys.exit()",
    "exit": "exit()",
    "quit": "quit(0)",
    "system-exit": "raise SystemExit(0)",
    "keyboard-interrupt": "raise KeyboardInterrupt",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "kills-itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(9)",
    "kills-its-group": "import os, signal\nos.killpg(0, signal.SIGKILL)\nos.kill(-1, 9)\nos._exit(9)",
    "becomes-another": "import os\nos.execv('/bin/true', ['/bin/true'])",
    "overflows-the-stack": "import sys\nsys.setrecursionlimit(10**8)\nf = lambda: f()\ndef g(n): return [g(n + 1)]\n"
    "class E:\n    def __repr__(self): return repr(self)\nrepr(E())",
    "closes-everything": "import os\nos.closerange(0, 256)",
    "breaks-the-shell": "get_ipython().run_cell = None\ndel get_ipython().__class__.run_cell",
    "dies-in-a-thread": "import os, threading\nt = threading.Thread(target=os._exit, args=(1,))\nt.start()\nt.join()",
}
IN_THE_FUNCTION = {
    "exits-when-asked": "import os\nos._exit(0)",
    "segfaults-when-asked": "import ctypes\nctypes.string_at(0)",
    "system-exit-when-asked": "raise SystemExit",
    "kills-the-asker": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)",
    "generator-exit-when-asked": "raise GeneratorExit",
    "writes-rubbish": "import os\nfor fd in range(3, 30):\n    try: os.write(fd, b'\\xff' * 5000)\n"
    "    except OSError: pass\nreturn -1",
}
LOOPS_IN_THE_CELL = {
    "loop": "while True: pass",
    "stubborn-loop": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n"
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "loop-in-c": "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
}
LOOPS_IN_THE_FUNCTION = {
    "loop-when-asked": "while True: pass",
    "stubborn-when-asked": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "sleep-when-asked": "import time\ntime.sleep(10**6)",
    "waits-for-input": "return int(input('points? '))",
    "deadlock-when-asked": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "reads-the-socket": "import os\nwhile True:\n    for fd in range(3, 20):\n"
    "        try: os.read(fd, 1 << 16)\n        except OSError: pass",
}


def in_the_function(body: str) -> dict[str, str]:
    lines = "\n".join("    " + line for line in body.splitlines())
    return {"holm": f"def holm(p_values, alpha):\n{lines}"}


def in_the_cell(source: str) -> dict[str, str]:
    return {"holm": f"{source}\ndef holm(p_values, alpha):\n    return -1"}


# A free cell in front that ends the process must not cost what comes behind it.
IN_FRONT = "import os\nos._exit(0)"

ATTACKS = [
    *(
        Attack(14, name, handing_in(answers=in_the_cell(source), right=True), keeps=KEEPS)
        for name, source in IN_THE_CELL.items()
    ),
    *(
        Attack(14, name, handing_in(answers=in_the_function(body), right=True), keeps=KEEPS)
        for name, body in IN_THE_FUNCTION.items()
    ),
    Attack(14, "exits-in-front", handing_in(IN_FRONT, right=True), keeps=(*KEEPS, "holm")),
    *(
        Attack(15, name, handing_in(answers=in_the_cell(source), right=True), keeps=KEEPS)
        for name, source in LOOPS_IN_THE_CELL.items()
    ),
    *(
        Attack(15, name, handing_in(answers=in_the_function(body), right=True), keeps=KEEPS)
        for name, body in LOOPS_IN_THE_FUNCTION.items()
    ),
]
