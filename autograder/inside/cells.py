"""Run notebook cells in an IPython shell, and write their outputs down as plain, bounded data.

Only text and PNG images are kept: a page that shows them cannot be made to run anything.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import traceback
from typing import Any

from .told import limit_behind

LONGEST_TEXT = 20_000  # characters of one output
LARGEST_IMAGE = 1 << 20  # bytes
MOST_OUTPUTS = 20  # images and values of one cell


class Beginning(io.StringIO):
    """What was written at first; the rest is counted and forgotten, however much it is."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0

    @property
    def write(self) -> Any:
        """IPython puts a `write` of its own here, which keeps everything: it is not taken."""
        return self._write

    @write.setter
    def write(self, _: Any) -> None: ...

    def _write(self, text: str) -> int:
        room = LONGEST_TEXT - self.tell()
        self.lost += max(0, len(text) - room)
        super().write(text[:room])
        return len(text)

    def text(self) -> str:
        return self.getvalue() + _left_out(self.lost)


def _left_out(count: int) -> str:
    at_most = f"at most {LONGEST_TEXT} are kept"
    return f"\n… {count} more characters were left out: {at_most}\n" if count else ""


def new_shell() -> Any:
    """A fresh IPython shell without history, colours or files. It takes 20 ms: more than a fork."""
    import IPython.utils.capture  # noqa: F401 - what running cells needs
    import matplotlib_inline.backend_inline  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell: Any = InteractiveShell.instance(config=config)
    shell.last_traceback = []

    def keep(etype: type, evalue: BaseException, stb: list[str]) -> None:
        shell.last_traceback.append((etype.__name__, str(evalue), stb))

    def show(value: Any) -> None:
        if value is not None and not shell.displayhook.quiet():
            shell.user_ns["_"] = value
            display(value)

    shell._showtraceback = keep
    shell.display_trap.hook = show
    shell.ask_exit = lambda: None
    if "matplotlib" in sys.modules:  # imported before there was a shell to draw in
        from matplotlib_inline.backend_inline import configure_inline_support

        configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    return shell


def silence() -> None:
    """Let what is written below Python (by C code, by child processes) go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def run(shell: Any, source: str, walls: dict[str, Any]) -> dict[str, Any]:
    """Run one cell; its outputs in nbformat's words, and whether it ended in an error."""
    from IPython.utils.capture import capture_output

    shell.last_traceback = []
    failure = None
    with capture_output() as captured:
        sys.stdout, sys.stderr = out, err = Beginning(), Beginning()
        try:
            shell.run_cell(source, store_history=False)
        except SystemExit as stop:  # `exit()` ends the cell, not the notebook
            failure = ("SystemExit", str(stop), traceback.format_exception_only(stop))
    outputs = [
        {"output_type": "stream", "name": name, "text": stream.text()}
        for name, stream in (("stdout", out), ("stderr", err))
        if stream.text()
    ]
    outputs += [shown for rich in captured.outputs[:MOST_OUTPUTS] if (shown := _shown(rich.data))]
    if len(captured.outputs) > MOST_OUTPUTS:
        told = f"… {len(captured.outputs) - MOST_OUTPUTS} more were left out: a cell shows {MOST_OUTPUTS}"
        outputs.append({"output_type": "stream", "name": "stderr", "text": told})
    errors = [*shell.last_traceback, *([failure] if failure else [])]
    for name, message, lines in errors[:1]:
        limit = limit_behind(name, message, walls)
        outputs.append(
            _error(name, message, [*lines, f"When graded, {limit}."] if limit else lines)
        )
    return {"outputs": outputs, "error": bool(errors)}


def stopped(name: str, message: str) -> dict[str, Any]:
    """The reply of a cell that was ended from outside."""
    return {"outputs": [_error(name, message, [f"{name}: {message}"])], "error": True}


def cut(text: str) -> str:
    """At most LONGEST_TEXT characters, with a word about what was left out."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + _left_out(len(text) - LONGEST_TEXT)


def _error(name: str, message: str, lines: list[str]) -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": cut(name),
        "evalue": cut(message),
        "traceback": [cut("\n".join(lines))],
    }


def _shown(data: dict[str, Any]) -> dict[str, Any] | None:
    kept = {}
    if isinstance(data.get("text/plain"), str):
        kept["text/plain"] = cut(data["text/plain"])
    image = data.get("image/png")
    if isinstance(image, bytes):
        image = base64.b64encode(image).decode("ascii")
    if isinstance(image, str) and len(image) <= LARGEST_IMAGE:
        kept["image/png"] = image
    return {"output_type": "display_data", "metadata": {}, "data": kept} if kept else None
