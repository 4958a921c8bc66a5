"""What each sandbox level promises, and what it does not: data that tests force and documents show.

A promise is about student code: what it cannot do, whatever it tries. `holds` is the whole truth;
`tests/test_sandbox_levels.py` attacks every promise at every level, and demands that what is not promised
is indeed open.
"""

from __future__ import annotations

PROMISES = {
    "files": "reads no file but Python's, the packages', the unit's and its own",
    "private": "reads no file that is only for its owner: gradebook, keys, home",
    "writing": "writes nowhere but in a folder of its own, which is gone afterwards",
    "network": "reaches no network, not even services of this machine",
    "processes": "stops and inspects no other process",
    "siblings": "shares nothing with other students: no files, no memory, no sockets",
    "names": "does not even see which files and processes there are",
    "memory": "memory is bounded, for each process and for all of them together",
    "tasks": "processes and threads are bounded, and none is left over",
    "time": "processor time and wall time are bounded",
    "disk": "each file is bounded, and all of them together",
    "output": "what it prints is cut while it is written, and answers are bounded",
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
        "`limits`, not Linux": holds("limits", root=False, linux=False),
    }
    rows = [["student code …", *columns], ["---", *[":-:"] * len(columns)]]
    rows += [
        [text, *("✓" if key in kept else "–" for kept in columns.values())]
        for key, text in PROMISES.items()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
