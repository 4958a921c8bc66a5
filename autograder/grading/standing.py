"""How far a class is, live: done and in all, how many a second, the time left, and what was set aside."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from tqdm.auto import tqdm

from autograder.grading.many import TWICE, Judged


class Standing(AbstractContextManager[Any]):
    """A progress bar over a class."""

    def __init__(self, unit_name: str, total: int) -> None:
        self._bar = tqdm(total=total, desc=f"grading {unit_name}", unit=" submissions")
        self.set_aside = self.lost = 0

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def one(self, outcome: Judged) -> None:
        """Count one more submission."""
        self.lost += outcome.reason == TWICE
        self.set_aside += outcome.result is None and outcome.reason != TWICE
        self._bar.set_postfix_str(self.told(), refresh=False)
        self._bar.update()

    def told(self) -> str:
        """What did not go well, if anything."""
        counts = {"set aside": self.set_aside, "failed": self.lost}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
