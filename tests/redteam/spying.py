"""Attacks that look for what is hidden, and show it in every way a notebook can show something."""

from __future__ import annotations

from tests.redteam.attack import Attack, handing_in

WALK = """
import base64, os, re
secret = re.compile(rb"[^\\n]*(CANARY-[\\w-]+|judge_here|BEGIN HIDDEN|accumulate\\(passes)[^\\n]*")
def search(*tops):
    for top in tops:
        for folder, folders, names in os.walk(top):
            folders[:] = [n for n in folders if n not in ("site-packages", "usr", "lib", "lib64", "proc")]
            for name in names:
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        for found in secret.finditer(file.read(1 << 20)):
                            print(folder, name, found[0][:300], base64.b64encode(found[0][:300]))
                except OSError:
                    pass
"""
FILES = (
    WALK
    + 'search("/course", "/tmp", "/root", "/home", "/dev", "/etc", "@course@", "@home@", "@repo@/notebooks", ".")\n'
    'search("..", "../..", os.path.expanduser("~"), "/proc/1/root@course@", "/proc/self/root@course@")'
)
PROC = """
import glob, os
for path in [*glob.glob("/proc/*/environ"), *glob.glob("/proc/*/cmdline"), *glob.glob("/proc/*/task/*/environ")]:
    try:
        print(path, open(path, "rb").read())
    except OSError:
        pass
for link in [*glob.glob("/proc/*/fd/*"), *glob.glob("/proc/*/cwd"), *glob.glob("/proc/*/map_files/*")]:
    try:
        print(link, os.readlink(link), open(link, "rb").read(2000) if os.path.isfile(link) else "")
    except OSError:
        pass
"""
ENVIRONMENT = """
import os, subprocess
print(dict(os.environ), dict(os.environb))
print(subprocess.run(["env"], capture_output=True).stdout)
print({name: value for name, value in os.environ.items() if "CANARY" in value})
"""
MEMORY = """
import gc, re, sys
found = set()
for thing in gc.get_objects():
    for part in (thing.values() if type(thing) is dict else thing if type(thing) in (list, tuple) else ()):
        if type(part) is str and ("CANARY" in part or "judge_here" in part or "expected" in part[:40]):
            found.add(part[:200])
print(sorted(found)[:200])
pattern = re.compile(b"CANARY-[a-z]+-[0-9a-f]+")
try:
    for line in open("/proc/self/maps"):
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        if "rw" in line and end - start < 1 << 26:
            with open("/proc/self/mem", "rb") as memory:
                memory.seek(start)
                print(set(pattern.findall(memory.read(end - start))))
except OSError as error:
    print(error)
"""
FRAMES = """
import inspect, sys
seen = []
for frame in [*sys._current_frames().values(), *(info.frame for info in inspect.stack())]:
    while frame:
        seen.append((frame.f_code.co_filename, {k: repr(v)[:500] for k, v in frame.f_locals.items()}))
        frame = frame.f_back
print(seen)
print(In, Out, get_ipython().history_manager.input_hist_raw, get_ipython().user_ns.keys())
"""
FRAMES_OF_AN_ASK = """
import sys
told, frame = [], sys._getframe()
while frame:
    told.append({k: repr(v)[:400] for k, v in frame.f_locals.items()})
    frame = frame.f_back
raise RuntimeError(str([t for t in told if 'expected' in str(t) or 'request' in t])[-290:])
"""
HIDDEN_PROGRAMS = """
import inside.answers
seen = []
answer = inside.answers.to
def listening(request, *others):
    seen.append(request)
    return answer(request, *others)
inside.answers.to = listening
"""
SHOW_PROGRAMS = "import base64\nprint(seen)\nprint(base64.b64encode(str(seen).encode()).decode())"
PROGRAM_IN_A_MESSAGE = """
def find_the_bug_significance(candidate):
    import sys
    frame = sys._getframe()
    while frame:
        args = frame.f_locals.get("args")
        if args and hasattr(args[0], "source"):
            raise KeyError(args[0].source[-280:])
        frame = frame.f_back
"""
PROGRAM_AS_A_CLASS = PROGRAM_IN_A_MESSAGE.replace(
    "raise KeyError(args[0].source[-280:])",
    "raise type(args[0].source.split('return')[-1][:75], (Exception,), {})()",
)
PROGRAM_AS_A_REASON = """
import inside.answers
def telling(request, *others):
    return [{"missing": str(case)[-290:]} for case in request["cases"]]
inside.answers.to = telling
"""
PROGRAM_IN_AN_ANSWER = PROGRAM_IN_A_MESSAGE.replace(
    "raise KeyError(args[0].source[-280:])", "return {args[0].source[-39:]: args[0].source}"
)
IMAGE = (
    WALK
    + """
import contextlib, io
from IPython.display import HTML, Image, Markdown, display
with contextlib.redirect_stdout(io.StringIO()) as text:
    search("/course", "/tmp", "@course@", "@home@")
found = text.getvalue()
display(HTML(f"<img src='x' alt='{found}'>"), Markdown(found), {"application/json": {"a": found}}, raw=False)
raise ValueError(found[-1000:])
"""
)

ATTACKS = [
    Attack(10, "walks-the-files", handing_in(FILES, back=[FILES])),
    Attack(
        10, "walks-the-files-in-an-ask", handing_in(WALK, answers=f"{FILES}\nraise OSError('x')")
    ),
    Attack(10, "walks-the-files-as-image", handing_in(IMAGE)),
    Attack(10, "reads-proc", handing_in(PROC, back=[PROC])),
    Attack(10, "reads-the-environment", handing_in(ENVIRONMENT)),
    Attack(10, "reads-memory", handing_in(MEMORY, back=[MEMORY])),
    Attack(10, "reads-frames", handing_in(FRAMES, back=[FRAMES])),
    Attack(10, "reads-frames-of-an-ask", handing_in(answers=FRAMES_OF_AN_ASK)),
    Attack(10, "keeps-hidden-programs", handing_in(HIDDEN_PROGRAMS, back=[SHOW_PROGRAMS])),
    Attack(
        10,
        "tells-a-program-as-message",
        handing_in(answers={"find_the_bug_significance": PROGRAM_IN_A_MESSAGE}),
    ),
    Attack(
        10,
        "tells-a-program-as-class",
        handing_in(answers={"find_the_bug_significance": PROGRAM_AS_A_CLASS}),
    ),
    Attack(10, "tells-a-program-as-reason", handing_in(PROGRAM_AS_A_REASON)),
    Attack(
        10,
        "tells-a-program-as-answer",
        handing_in(answers={"find_the_bug_significance": PROGRAM_IN_AN_ANSWER}),
    ),
]
