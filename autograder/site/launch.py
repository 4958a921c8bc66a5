"""Links that open a unit on Binder or in Colab: made from one address, or left out where there is none.

The address is that of the *students' repository*: a public one that holds what `course release` put into
`release/`, and so no solution. It stands in pyproject.toml, `[project.urls]`, as `Students`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from autograder.course import REPO, Unit
from autograder.errors import CourseError

KEY = "Students"
_ADDRESS = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


def students_repository(pyproject: Path = REPO / "pyproject.toml") -> str:
    """The address of the students' repository, or nothing. Raises CourseError for one that is not GitHub's."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    address: str = project.get("urls", {}).get(KEY, "")
    if address and not _ADDRESS.fullmatch(address):
        raise CourseError(
            f"{KEY} = {address!r} in pyproject.toml: Binder and Colab open https://github.com/OWNER/NAME"
        )
    return address


def launch_links(unit: Unit, address: str) -> dict[str, str]:
    """What to click, and where it leads: empty without an address.

    >>> from autograder.course import Course
    >>> links = launch_links(Course(REPO).unit("4"), "https://github.com/ada/course")
    >>> links["Open in Colab"]
    'https://colab.research.google.com/github/ada/course/blob/HEAD/04_attention/attention.ipynb'
    """
    if not address:
        return {}
    found = _ADDRESS.fullmatch(address)
    assert found, address
    owner, name = found.groups()
    notebook = f"{unit.name}/{unit.built.name}"
    return {
        "Open on Binder": f"https://mybinder.org/v2/gh/{owner}/{name}/HEAD?urlpath=lab/tree/{notebook}",
        "Open in Colab": f"https://colab.research.google.com/github/{owner}/{name}/blob/HEAD/{notebook}",
    }
