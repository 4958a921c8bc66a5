"""`course site`: run the solved units, put their outputs into the released ones, let Sphinx make pages, prove them.

All is made in a staging folder; `site/` is replaced only by a site that was proved.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.build import build
from autograder.authoring.source import notebook_bytes
from autograder.bundles.release import replace_folder, staging
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.site.launch import launch_links, students_repository
from autograder.site.math import copy_math
from autograder.site.outputs import outputs_of
from autograder.site.pages import write_pages
from autograder.site.proved import prove_pages
from autograder.site.solution_free import solution_free

NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx_copybutton", "playwright", "pypdf")
_SHOWN = 5
NOTE = """```{admonition} A page to read
:class: tip
What you see below a cell comes from the solved notebook; the cells that you write are blank. To work on the
unit, open the notebook that your instructor gave you.LINKS
```"""


def build_site(course: Course, units: Sequence[Unit] = (), *, with_outputs: bool = True) -> Path:
    """Make `site/`, of all units or of some, and return it. Raises CourseError, changing nothing, if it fails."""
    with staging(course) as stage:
        html = make_pages(course, units or course.units(), stage, with_outputs=with_outputs)
        replace_folder(course.root / "site", html, stage)
    return course.root / "site"


def make_pages(
    course: Course, units: Sequence[Unit], stage: Path, *, with_outputs: bool = True
) -> Path:
    """Make the pages in a folder of `stage`, prove that they tell no secret, and return that folder."""
    source, html = write_source(course, units, stage, with_outputs=with_outputs), stage / "html"
    run_sphinx("html", source, html)
    copy_math(html)
    prove_pages(course, units, html)
    return html


def write_source(
    course: Course, units: Sequence[Unit], stage: Path, *, with_outputs: bool = True
) -> Path:
    """Write what Sphinx reads: pages, and notebooks without solutions."""
    _require()
    build(course)
    outputs = outputs_of(course, units) if with_outputs else {}
    address, source = students_repository(), stage / "source"
    (source / "units").mkdir(parents=True)
    for unit in units:
        links = launch_links(unit, address)
        shown = "".join(f"\n\n[{words}]({place})" for words, place in links.items())
        note = NOTE.replace("LINKS", shown)
        notebook = solution_free(unit, outputs.get(unit.name), note=note)
        (source / "units" / f"{unit.name}.ipynb").write_bytes(notebook_bytes(notebook))
    write_pages(source, units)
    return source


def run_sphinx(
    builder: str, source: Path, target: Path, *, warnings_are_errors: bool = True
) -> None:
    """Run one of Sphinx's builders, in a process of its own. Raises CourseError with its first complaints."""
    command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", "-b", builder]
    command += ["-n", "-W", "--keep-going"] if warnings_are_errors else []
    command += ["-c", str(Path(__file__).parent), "-d", str(source.parent / "doctrees")]
    done = subprocess.run([*command, str(source), str(target)], capture_output=True, text=True)
    if done.returncode:
        lines = [line.replace(f"{source}/", "") for line in done.stderr.splitlines()]
        told = [line for line in lines if re.search("warning|error", line, re.I)] or lines[-_SHOWN:]
        raise CourseError(f"Sphinx cannot make the site: {'; '.join(told[:_SHOWN])}")


def _require() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CourseError(f"{', '.join(missing)} is not installed: pip install -e '.[site]'")
