"""All attacks and twins of all families, and what each row of the list is called."""

from __future__ import annotations

from tests.redteam import (
    benign,
    borrowed,
    crashing,
    escaping,
    exhausting,
    files,
    forged_answers,
    forged_outputs,
    patched_libraries,
    readers,
    spying,
    tampered_notebooks,
)
from tests.redteam.attack import BEYOND

FAMILIES = (
    forged_outputs,
    forged_answers,
    patched_libraries,
    borrowed,
    spying,
    escaping,
    crashing,
    exhausting,
    tampered_notebooks,
    files,
    readers,
    benign,
)
ATTACKS = [attack for family in FAMILIES for attack in family.ATTACKS]
ROWS = {
    1: "tests tagged `skip-execution`",
    2: "asserts and cells taken out of IPython",
    3: "kernel, display and replies forged",
    4: "objects that say yes",
    5: "comparisons patched",
    6: "nan, inf, scores and huge numbers",
    7: "the reference, its source, a copy",
    8: "a forbidden shortcut",
    9: "the public examples by heart",
    10: "spying",
    11: "writing to others' files",
    12: "symbolic links",
    13: "modules beside the notebook",
    14: "exits and crashes",
    15: "loops and sleep",
    16: "memory, disks, output",
    17: "processes, threads, daemons",
    18: "network",
    19: "cells doubled, moved, deleted, relabelled",
    20: "Colab and VS Code",
    21: "broken and odd files",
    22: "another kernel",
    23: "zips",
    24: "`timestamp.txt`",
    25: "seeds and clocks",
    26: "pickles",
    27: "switches of numpy, torch and Python",
    BEYOND: "beyond the list: parsers, browser, terminal",
    benign.TWIN: "right but unusual",
}
