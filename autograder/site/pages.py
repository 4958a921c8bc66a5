"""The pages around the units: the landing page and two more from the README, and the guides in `docs/`.

Nothing is written twice: sections are taken from the README by their headings, and every `.md` in
`autograder/docs/` becomes a page under the name and the title that it has.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder.course import REPO, Unit
from autograder.errors import CourseError

DOCS = REPO / "autograder" / "docs"
# For those who have the clone: one shows a check, the other names what exercises forbid, as no page for students may.
AUTHORS = {"first_exercise", "benchmarks"}
UNIT_PAGES = DOCS / "units"
# Guides in the order in which one needs them; what is not named here follows by its name.
ORDER = (
    "students",
    "instructors",
    "lms",
    "first_exercise",
    "launch",
    "jupyterhub",
    "cluster",
    "maintainers",
)
_PICTURE = re.compile(r"(!\[[^]]*\])\(([^)]+)\)")
_FIRST_CELL = re.compile(r"^\|\s*(\d\d) ([^|]+?)\s*\|", flags=re.M)


def write_pages(folder: Path, units: Iterable[Unit]) -> None:
    """Write all pages but the units themselves into Sphinx's source folder."""
    units = list(units)
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    guides = guides_in_order()
    for path in [*guides, *(UNIT_PAGES / f"{unit.name}.md" for unit in units)]:
        _write_guide(folder / path.relative_to(DOCS.parent), path)
    instructors = ["# For instructors", section(readme, "Two commands")]
    instructors += [section(readme, "For instructors"), section(readme, "What this is not")]
    _write(folder / "instructors.md", "\n\n".join(instructors))
    _write(folder / "security.md", (REPO / "SECURITY.md").read_text(encoding="utf-8"))
    _write(folder / "changes.md", (REPO / "CHANGELOG.md").read_text(encoding="utf-8"))
    _write(folder / "index.md", landing_page(readme, units, guides))


def landing_page(readme: str, units: list[Unit], guides: list[Path]) -> str:
    """What the course is, its units with links, how to begin; and the contents of the site."""
    written = {unit.number: f"units/{unit.name}" for unit in units}

    def linked(row: re.Match[str]) -> str:
        place = written.get(int(row[1]))
        return f"| {row[1]} [{row[2]}]({place}.ipynb) |" if place else row[0]

    parts = [
        readme.partition("\n## ")[0].strip(),
        _FIRST_CELL.sub(linked, section(readme, "Units")),
        section(readme, "For students"),
        _contents(
            "Units", [f"{unit.number} {title_of(unit)} <units/{unit.name}>" for unit in units]
        ),
        _contents("Units at a glance", [f"docs/units/{unit.name}" for unit in units]),
        _contents("Guides", ["instructors", *(f"docs/{path.stem}" for path in guides)]),
        _contents("About", ["security", "changes"]),
    ]
    return "\n\n".join(parts)


def guides_in_order() -> list[Path]:
    """The pages of `autograder/docs/`: those that `ORDER` names, then the others; none for authors."""
    found = {path.stem: path for path in sorted(DOCS.glob("*.md")) if path.stem not in AUTHORS}
    return [found.pop(name) for name in ORDER if name in found] + list(found.values())


def section(text: str, heading: str) -> str:
    """A section of a page, with its heading of level two.

    >>> section("# A\\n\\n## B\\n\\nb\\n\\n## C\\n\\nc", "B")
    '## B\\n\\nb'
    """
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, flags=re.M | re.S)
    if not found:
        raise CourseError(
            f"README.md has no section {heading!r}: the site shows it, so put it back"
        )
    return found[0].strip()


def title_of(unit: Unit) -> str:
    """The title of a unit's notebook."""
    notebook = json.loads(unit.built.read_text(encoding="utf-8"))
    first = "".join(notebook["cells"][0]["source"])
    return first.partition("\n")[0].removeprefix("# ")


def _contents(caption: str, pages: Iterable[str]) -> str:
    listed = "\n".join(pages)
    return f"```{{toctree}}\n:caption: {caption}\n:hidden:\n\n{listed}\n```"


def _write_guide(target: Path, path: Path) -> None:
    """Copy a guide, and beside it the pictures that it shows, wherever they lie."""
    target.parent.mkdir(parents=True, exist_ok=True)

    def beside(found: re.Match[str]) -> str:
        picture = path.parent / found[2]
        shutil.copyfile(picture, target.with_name(picture.name))
        return f"{found[1]}({picture.name})"

    _write(target, _PICTURE.sub(beside, path.read_text(encoding="utf-8")))


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip() + "\n", encoding="utf-8", newline="\n")
