"""The notebooks as people meet them: JupyterLab in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Course, Unit
from autograder.release import release
from autograder.samples import solved
from tests.conftest import missing

pytestmark = pytest.mark.browser
SCREENSHOTS = os.environ.get("COURSE_SCREENSHOTS")  # a folder, to look at what was seen
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def student_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unzipped bundle of unit 01, with the solved notebook beside the released one."""
    course = Course(tmp_path_factory.mktemp("course"))
    unit: Unit = course.unit("1")
    home = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(release(course, unit)) as bundle:
        bundle.extractall(home)
    folder = home / unit.name
    nbformat.write(solved(unit, nbformat.read(unit.built, as_version=4)), folder / "solved.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(student_folder: Path) -> Iterator[str]:
    """A JupyterLab server on the student's folder; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = student_folder.parent / "home"
    home.mkdir()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--IdentityProvider.token=secret", "--ServerApp.port_retries=0"]
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("PYTHONPATH", None)
    log = open(student_folder.parent / "lab.log", "w")  # noqa: SIM115
    server = subprocess.Popen(
        command, cwd=student_folder, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status?token=secret", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(30)
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium: Debian and Ubuntu: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Any, address: str, notebook: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{address}/lab/tree/{notebook}?token=secret&reset")
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
    busy = ".jp-Notebook-ExecutionIndicator[data-status=busy]"
    page.wait_for_selector(busy, state="detached", timeout=1000 * seconds)


def keep(page: Any, name: str) -> None:
    if SCREENSHOTS:
        page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"))


def test_the_released_notebook_opens_and_stops_at_the_first_blank(lab: str, browser: Any) -> None:
    page = opened(browser, lab, "significance.ipynb")
    keep(page, "released-top")
    assert "Significance" in page.locator(".jp-NotebookPanel h1").first.inner_text()
    run_all(page, seconds=120)
    message = page.get_by_text(re.compile("accuracy_difference is not written yet")).first
    message.scroll_into_view_if_needed()
    keep(page, "released-stopped")
    assert message.is_visible()
    page.close()


def test_the_solved_notebook_runs_and_its_selfchecks_pass(lab: str, browser: Any) -> None:
    page = opened(browser, lab, "solved.ipynb")
    run_all(page, seconds=400)
    check = page.get_by_text(re.compile("✓ accuracy_difference gives")).first
    check.scroll_into_view_if_needed()
    keep(page, "solved-selfcheck")
    assert check.is_visible()
    pane = page.locator(".jp-WindowedPanel-outer").first
    for number in range(40):
        pane.evaluate("(pane) => pane.scrollBy(0, 900)")
        page.wait_for_timeout(250)
        keep(page, f"solved-{number:02}")
    assert (
        page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
        < 9
    )
    page.close()
