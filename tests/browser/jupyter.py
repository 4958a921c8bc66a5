"""A JupyterLab server on a folder, and what hands do in its pages: open, run, type, save."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SCREENSHOTS = os.environ.get("COURSE_SCREENSHOTS")  # a folder, to look at what was seen
TOKEN = "secret"
WINDOW = {"width": 1280, "height": 1000}


@contextmanager
def serving(
    folder: Path, home: Path, command: Sequence[str] = (sys.executable, "-m", "jupyterlab")
) -> Iterator[str]:
    """JupyterLab on a folder, with a home of its own; yields its address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir()
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1"]
    options += [f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"]
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("PYTHONPATH", None)
    address = f"http://127.0.0.1:{port}"
    with open(home / "lab.log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*command, *options],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            for _ in range(120):
                with suppress(OSError):
                    urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2).close()
                    break
                time.sleep(0.5)
            else:
                raise AssertionError((home / "lab.log").read_text(encoding="utf-8"))
            yield address
        finally:
            server.terminate()
            server.wait(30)


def new_page(browser: Any, **options: Any) -> Any:
    return browser.new_page(viewport=WINDOW, **options)


def opened(browser: Any, address: str, notebook: str, place: str = "lab/tree") -> Any:
    """The notebook in JupyterLab (`notebooks`: in Notebook 7), with a kernel that waits."""
    page = new_page(browser)
    page.goto(f"{address}/{place}/{notebook}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-NotebookPanel-notebook .jp-Cell", timeout=120_000)
    dialog = page.locator(".jp-Dialog").filter(has_text="Select Kernel")
    page.add_locator_handler(dialog, lambda: dialog.get_by_role("button", name="Select").click())
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=120_000)
    return page


def run_all(page: Any, *, seconds: int) -> None:
    """Run > Run All Cells, and wait until the kernel is idle again.

    A command that is given while JupyterLab is still starting may be lost: then it is given again.
    """
    from playwright.sync_api import TimeoutError as NothingBegan

    begun = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[(\*|\d+)\]"))
    for _ in range(6):
        page.keyboard.press("Escape")  # a menu that is still open would close on the click
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with suppress(NothingBegan):
            begun.first.wait_for(state="attached", timeout=20_000)  # busy may be over by now
            break
    else:
        raise AssertionError("no cell began to run")
    until_idle(page, seconds=seconds)


def until_idle(page: Any, *, seconds: int) -> None:
    busy = ".jp-Notebook-ExecutionIndicator[data-status=busy]"
    page.wait_for_selector(busy, state="detached", timeout=1000 * seconds)


def cell_with(page: Any, words: str) -> Any:
    """The code cell whose source holds these words."""
    return page.locator(".jp-CodeCell").filter(
        has=page.locator(".jp-InputArea-editor").filter(has_text=words)
    )


def type_into(page: Any, cell: Any, source: str) -> None:
    """Replace what stands in a cell, as by select all and paste."""
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)


def run_here(page: Any, *, seconds: int) -> None:
    """Shift + Enter in the cell that is being edited, and wait for its answer."""
    page.keyboard.press("Shift+Enter")
    until_idle(page, seconds=seconds)


def save(page: Any, path: Path) -> None:
    """Save with the keyboard, and wait until the file has changed."""
    before = path.stat().st_mtime_ns
    page.keyboard.press("ControlOrMeta+s")
    for _ in range(100):
        if path.stat().st_mtime_ns != before:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path.name} was not saved")


def end_kernels(address: str) -> None:
    """End every kernel, as when the server was started anew."""
    own = f"{address}/api/kernels"
    with urllib.request.urlopen(f"{own}?token={TOKEN}") as answer:
        kernels = json.load(answer)
    for kernel in kernels:
        gone = urllib.request.Request(f"{own}/{kernel['id']}?token={TOKEN}", method="DELETE")
        urllib.request.urlopen(gone).close()


def keep(page: Any, name: str, **options: Any) -> None:
    """Keep a screenshot, when somebody wants to look."""
    if SCREENSHOTS:
        page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"), **options)
