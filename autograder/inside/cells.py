"""Run notebook cells in an IPython shell, and write their outputs down as plain, bounded data.

Only text and PNG images are kept: a page that shows them cannot be made to run anything.
"""

from __future__ import annotations

import base64
import os
import sys
import traceback
from typing import Any

LONGEST_TEXT = 20_000  # characters of one output
LARGEST_IMAGE = 1 << 20  # bytes
MOST_OUTPUTS = 20


def prepare() -> None:
    """Import what running cells needs, while still in the warm process."""
    import IPython.core.interactiveshell
    import IPython.utils.capture  # noqa: F401
    import matplotlib_inline.backend_inline  # noqa: F401


def new_shell() -> Any:
    """A fresh IPython shell without history, colours or files.

    What is written below Python (by C code, by child processes) goes nowhere.
    """
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
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return shell


def run(shell: Any, source: str) -> dict[str, Any]:
    """Run one cell; its outputs in nbformat's words, and whether it ended in an error."""
    from IPython.utils.capture import capture_output

    shell.last_traceback = []
    failure = None
    with capture_output() as captured:
        try:
            shell.run_cell(source, store_history=False)
        except SystemExit as stop:  # `exit()` ends the cell, not the notebook
            failure = ("SystemExit", str(stop), traceback.format_exception_only(stop))
    outputs = [
        {"output_type": "stream", "name": name, "text": cut(text)}
        for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr))
        if text
    ]
    outputs += [shown for rich in captured.outputs[:MOST_OUTPUTS] if (shown := _shown(rich.data))]
    errors = [*shell.last_traceback, *([failure] if failure else [])]
    outputs += [_error(*error) for error in errors[:1]]
    return {"outputs": outputs, "error": bool(errors)}


def stopped(name: str, message: str) -> dict[str, Any]:
    """The reply of a cell that was ended from outside."""
    return {"outputs": [_error(name, message, [f"{name}: {message}"])], "error": True}


def cut(text: str) -> str:
    """At most LONGEST_TEXT characters, with a word about what was left out."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + f"\n… {len(text) - LONGEST_TEXT} more characters were left out\n"


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
