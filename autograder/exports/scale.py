"""From our points to the LMS's: the same number, or, when asked for, the same share of another maximum."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.course import Unit
from autograder.errors import CourseError


@dataclass(frozen=True)
class Scale:
    """How many points of the LMS one of ours is worth."""

    factor: float = 1.0

    @classmethod
    def of(cls, unit: Unit, ours: float, theirs: float | None, lms: str, *, scale: bool) -> Scale:
        """Nobody's 40 of 44 becomes 40 of 100 unseen: when the maxima differ, somebody must say so.

        >>> from autograder.course import Course
        >>> Scale.of(Course.find().unit("1"), 44, 100, "Canvas", scale=True).convert(22)
        50.0
        """
        if theirs is None or abs(theirs - ours) < 0.005:
            return cls()
        if not scale or not ours:
            told = f"{unit.name} has {ours:g} points, the assignment in {lms} {theirs:g}"
            raise CourseError(f"{told}: make them equal there, or say --scale to convert")
        return cls(theirs / ours)

    def convert(self, points: float) -> float:
        """Our points in the LMS's."""
        return round(points * self.factor, 2)
