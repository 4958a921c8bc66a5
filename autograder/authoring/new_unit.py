"""`course new-unit 09_topic`: all files of a unit, with an example exercise that works and is to be replaced.

The files are rendered from `autograder/templates/unit`, where UNIT and TOPIC stand for the names. Two
lists name every unit: the table of topics in `autograder/course.py`, and the table in the README; each
gets one line. Nothing that is there is overwritten: when a name is taken, nothing is written at all.
"""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2

from autograder.course import REPO, TOPICS
from autograder.errors import CourseError

TEMPLATES = REPO / "autograder" / "templates"
NAME = re.compile(r"(\d\d)_([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
ROW = re.compile(r"^\| (\d\d) .*\|$", flags=re.M)
LONGEST = 30  # characters of a topic: longer names would break lines of the templates
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Names:
    """What the templates are filled with."""

    unit: str  # 09_tokenization
    number: str  # 09
    topic: str  # tokenization
    title: str  # of the notebook


def new_unit(name: str, *, title: str = "", repo: Path = REPO) -> list[Path]:
    """Write the files of a new unit and return their paths. Raises CourseError, writing nothing, if it cannot."""
    names = _names(name, title)
    files = _files(names, repo)
    _refuse_taken(names, files, repo)
    course, readme = repo / "autograder" / "course.py", repo / "README.md"
    lists = {
        course: with_topic(course.read_text(encoding="utf-8"), names),
        readme: with_row(readme.read_text(encoding="utf-8"), names),
    }
    for path, text in (files | lists).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return [*files, *lists]


def with_topic(text: str, names: Names) -> str:
    """Add a unit to `TOPICS` in the source of `autograder/course.py`, in its place."""
    (table,) = (
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "TOPICS"
    )
    assert isinstance(table, ast.Dict) and table.end_lineno
    later = [key.lineno for key in table.keys if key and ast.literal_eval(key) > names.unit]
    lines = text.splitlines(keepends=True)
    place = min(later, default=table.end_lineno) - 1
    lines.insert(place, f'    "{names.unit}": ("{names.topic}",),\n')
    return "".join(lines)


def with_row(text: str, names: Names) -> str:
    """Add a unit to the README's table of units, in its place."""
    earlier = [row for row in ROW.finditer(text) if row[1] < names.number]
    if not earlier:
        raise CourseError("README.md has no table of units (| 01 … |): put it back")
    row = _render(TEMPLATES / "readme_row.md.jinja", names)
    return text[: earlier[-1].end() + 1] + row + text[earlier[-1].end() + 1 :]


def _names(name: str, title: str) -> Names:
    found = NAME.fullmatch(name)
    if not found or found[1] == "00" or len(found[2]) > LONGEST or keyword.iskeyword(found[2]):
        raise CourseError(
            f"{name!r} is no name for a unit: two digits and a topic in small letters, "
            "joined by _, such as 09_tokenization"
        )
    chosen = title.strip() or found[2].replace("_", " ").capitalize()
    if not chosen.isprintable() or len(chosen) > LONGEST_TITLE or set(chosen) & set('"\\|<>{}`$'):
        raise CourseError(
            f'{title!r} is no title: one line of at most {LONGEST_TITLE} characters, without "\\|<>{{}}`$'
        )
    return Names(name, found[1], found[2], chosen)


def _files(names: Names, repo: Path) -> dict[Path, str]:
    root = TEMPLATES / "unit"
    files = {}
    for template in sorted(path for path in root.rglob("*.jinja") if path.is_file()):
        place = template.relative_to(root).as_posix().removesuffix(".jinja")
        place = place.replace("UNIT", names.unit).replace("TOPIC", names.topic)
        files[repo / place] = _render(template, names)
    return files


def _render(template: Path, names: Names) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    source = template.read_text(encoding="utf-8")
    return environment.from_string(source).render(vars(names))


def _refuse_taken(names: Names, files: dict[Path, str], repo: Path) -> None:
    """The number, the topic, and every path, whether as a file or as a folder of that name."""
    units = {path.stem for path in (repo / "notebooks").glob("[0-9][0-9]_*.py")} | set(TOPICS)
    for unit in sorted(units):
        if unit[:2] == names.number:
            raise CourseError(f"number {names.number} is taken by {unit}: choose another")
        if names.topic in TOPICS.get(unit, (unit[3:],)):
            raise CourseError(f"topic {names.topic!r} is taken by {unit}: choose another")
    library = repo / "course_utils" / names.topic
    for path in [*files, library, library.with_suffix(".py"), repo / "notebooks" / names.unit]:
        if path.exists():
            shown = path.relative_to(repo)
            raise CourseError(
                f"{shown} is there already: choose another topic than {names.topic!r}"
            )
