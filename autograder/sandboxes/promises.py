"""What each sandbox level promises, and what it does not: data that tests force and documents show.

A promise is about student code: what it cannot do, whatever it tries. `holds` is the whole truth;
`tests/test_sandbox_levels.py` attacks every promise at every level, and demands that what is not promised
is indeed open.
"""

from __future__ import annotations

PROMISES = {
    "files": "reads no file but Python's, the packages', the unit's and its own",
    "private": "reads no file that is for its owner only: gradebook, keys, home",
    "writing": "writes nowhere but in a folder of its own, which is gone afterwards",
    "network": "reaches no network, not even services of this machine",
    "processes": "stops and inspects no other process",
    "siblings": "shares nothing with other students: no files, no memory, no sockets",
    "names": "does not see which files and processes there are",
    "memory": "has a bounded memory, each process and all of them together",
    "tasks": "has a bounded number of processes and threads, and leaves none behind",
    "time": "has a bounded time, on the processor and on the wall",
    "disk": "has a bounded size of files, each and all of them together",
    "output": "prints and answers no more than is kept",
}
BOUNDS = {"memory", "tasks", "time", "disk", "output"}
HOLDS = {
    "namespaces": set(PROMISES),
    "landlock": set(PROMISES) - {"names"},
    "limits": BOUNDS | {"network"},
    "off": {"time", "output"},
}
AS_ROOT = {"private", "processes"}  # at `limits`: then students' code runs as a user of its own
ON_LINUX = {
    "network",
    "memory",
    "tasks",
    "disk",
}  # at `limits`: elsewhere only some bounds of a process


def holds(level: str, *, root: bool, linux: bool = True) -> set[str]:
    """The promises that a level keeps, for a grader that runs as root or not, on Linux or not.

    >>> sorted(set(PROMISES) - holds("landlock", root=False))
    ['names']
    """
    kept = HOLDS[level]
    if level == "limits":
        kept = (kept | AS_ROOT if root else kept) if linux else kept - ON_LINUX
    return set(kept)


def table() -> str:
    """The promises as a Markdown table."""
    columns = {
        "`namespaces`": holds("namespaces", root=False),
        "`landlock`": holds("landlock", root=False),
        "`limits`, as root": holds("limits", root=True),
        "`limits`": holds("limits", root=False),
        "`limits`, not on Linux": holds("limits", root=False, linux=False),
    }
    rows = [["student code …", *columns], ["---", *[":-:"] * len(columns)]]
    rows += [
        [text, *("✓" if key in kept else "–" for kept in columns.values())]
        for key, text in PROMISES.items()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


CONTAINER = "grade in a Linux container: autograder/Containerfile says how"
FLAGS = "in a container: start it with the flags that autograder/Containerfile names"
WAYS_UP = {  # what stands in the reason for a weaker level -> how to get a stronger one
    "needs Linux": CONTAINER,
    "to its owner only": "install Python where every user can read it, or do not grade as root",
    "cannot read this Python": "install Python where every user can read it, or do not grade as root",
    "no `bwrap`": "install bubblewrap (Debian and Ubuntu: `apt-get install bubblewrap`)",
    "uid map: Permission denied": "Ubuntu's AppArmor keeps programs from making namespaces:"
    " `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or a profile for bwrap",
    "RTM_NEWADDR": "Ubuntu's AppArmor keeps bwrap from making a network of its own:"
    " `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or a profile for bwrap",
    "ENOSPC": "allow user namespaces: `sudo sysctl user.max_user_namespaces=10000`",
    "No permissions to creat": "allow user namespaces: Debian:"
    f" `sudo sysctl kernel.unprivileged_userns_clone=1`; {FLAGS}",
    "Operation not permitted": f"this system refuses what bwrap needs; {FLAGS}",
    "No module named 'sandlock'": "pip install -r requirements.lock",
}


def way_up(why: str) -> str:
    """What to do about the reasons why no stronger level holds.

    >>> way_up("namespaces: no `bwrap` on PATH")
    'install bubblewrap (Debian and Ubuntu: `apt-get install bubblewrap`)'
    """
    for sign, way in WAYS_UP.items():
        if sign in why:
            return way
    return f"install bubblewrap, or Linux 6.12 or newer for Landlock; or {CONTAINER}"
