"""The commands that a page of documentation shows: what a reader copies is what a test runs."""

from __future__ import annotations

import re
from pathlib import Path

FENCE = re.compile(r"^```(?:bash|sh|console)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def commands_of(page: Path) -> list[str]:
    """The commands in the shell blocks of a page, one for each line; a `\\` at its end goes on."""
    found = []
    for block in FENCE.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            command = re.sub(r"\s+#.*", "", line).removeprefix("$ ").strip()
            if command and not command.startswith("#"):
                found.append(" ".join(command.split()))
    return found
