"""nbgrader's own command, as people type it in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def nbgrader(folder: Path, *words: str, **environment: str) -> str:
    """Run it in a folder, and return all that it printed. It has to succeed."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "nbgrader"), *words],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    return output
