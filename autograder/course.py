"""Where things are: the clone, the workspace of one class, and its units.

A *course* is a workspace: the folder that holds the gradebook, the submissions and the private
state of one class. It usually is the clone itself; one without `notebooks/` uses the clone's.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

REPO = Path(__file__).resolve().parent.parent

# The topics of each unit, in the order of the course. A unit stands here before its notebook is
# written: what is in `course_utils` for it already must not reach the students of earlier units.
TOPICS: dict[str, tuple[str, ...]] = {
    "01_significance": ("significance",),
    "02_fairness": ("fairness",),
    "03_ngrams": ("ngrams",),
    "04_attention": ("attention",),
    "05_gpt": ("gpt",),
    "06_pretraining_and_rlhf": ("pretraining", "rlhf"),
    "07_optimization_and_distributed_training": ("optimization", "distributed"),
    "08_societal_impacts": ("impacts",),
}

_SOURCE_NAME = re.compile(r"(\d\d)_[a-z][a-z0-9_]*\.py")


def topics_of(unit_name: str) -> tuple[str, ...]:
    """Return the topics of a unit; a unit that is not in `TOPICS` has one, named like it.

    >>> topics_of("06_pretraining_and_rlhf")
    ('pretraining', 'rlhf')
    >>> topics_of("09_extra")
    ('extra',)
    """
    return TOPICS.get(unit_name) or (unit_name.partition("_")[2],)


@dataclass(frozen=True)
class Unit:
    """One unit: its source notebook and the folder of its built ones."""

    name: str  # 04_attention
    number: int  # 4
    topic: str  # attention; of a unit with several topics, the first
    source: Path  # notebooks/04_attention.py
    folder: Path  # notebooks/04_attention, holds what is built: attention.ipynb

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics of this unit."""
        return topics_of(self.name)

    @property
    def built(self) -> Path:
        """Where the notebook is built: named like the unit, without its number."""
        return self.folder / f"{self.name.partition('_')[2]}.ipynb"

    def notebooks(self) -> list[Path]:
        """Return the built notebooks, sorted by name; empty before the first `course build`."""
        return sorted(self.folder.glob("*.ipynb"))

    def notebook(self, stem: str = "") -> Path:
        """The built notebook that a submission answers: the one of its name, or the only one there is."""
        built = self.notebooks()
        if not built:
            raise CourseError(f"{self.name} is not built: run `course build`")
        named = [path for path in built if path.stem == stem]
        if not named and len(built) > 1:
            names = ", ".join(path.name for path in built)
            raise CourseError(
                f"{stem}.ipynb is no notebook of {self.name}: rename it to one of {names}"
            )
        return (named or built)[0]


@dataclass(frozen=True)
class Course:
    """The workspace of one class."""

    root: Path

    @classmethod
    def find(cls, root: Path | None = None) -> Course:
        """Open the workspace: the given folder, else $COURSE_ROOT, else the current folder."""
        chosen = Path(root or os.environ.get("COURSE_ROOT") or Path.cwd()).expanduser()
        if not chosen.is_dir():
            raise CourseError(f"{chosen} is not a folder: make it, or name another with --root")
        return cls(chosen.resolve())

    @property
    def notebooks(self) -> Path:
        """The folder of the sources: the workspace's own if it has one, else the clone's."""
        own = self.root / "notebooks"
        return own if own.is_dir() else REPO / "notebooks"

    @property
    def state(self) -> Path:
        """The private folder of this workspace: secret, results, masked libraries."""
        return self.root / ".course"

    def units(self) -> list[Unit]:
        """Return the units that have a source notebook, in order."""
        sources = sorted(p for p in self.notebooks.glob("*.py") if _SOURCE_NAME.fullmatch(p.name))
        return [
            Unit(p.stem, int(p.stem[:2]), topics_of(p.stem)[0], p, p.with_suffix(""))
            for p in sources
        ]

    def unit(self, name: str) -> Unit:
        """Find a unit by name, number or topic: `01_significance`, `01`, `1`, `significance`."""
        wanted = name.strip().rstrip("/")
        units = self.units()
        for unit in units:
            number = wanted.isdecimal() and int(wanted) == unit.number
            if number or wanted == unit.name or wanted in unit.topics:
                return unit
        known = ", ".join(unit.name for unit in units) or f"none yet in {self.notebooks}"
        raise CourseError(f"no unit {name!r}: the units are {known}")
