"""What a check is: how right is a student's version of an exercise, on inputs never seen before?

A check draws cases, knows the right answer to each, and knows the mistakes people make. Cases are
grouped by *property*, one sentence each. The first property of a check is its heart: while it fails,
nothing earns points. It is worth half; the other properties share the other half equally.

    Check(
        exercise="significance.accuracy_difference",
        properties={"value": "gives mean(correct_a) − mean(correct_b)", "bool": "accepts booleans"},
        cases=draw,                # (rng) -> [Case(args, property), …]
        expect=reference,          # called with a case's args; raising ValueError means: so should you
        misconceptions=[...],      # wrong functions, each with a name and a hint that teaches
        accepts=[...],             # unusual right functions
    )

`ask`, `agree` and `recognise` also run on the student's side, so they are shipped as source text:
they must be plain functions that import what they need inside themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.asking import TWICE, Answer, ask_here, call_twice
from course_utils.comparing import coincide, complaint_about, recognised

SMALLEST_MARGIN = 30.0


@dataclass(frozen=True)
class Case:
    """One input: the positional arguments, and the property that it tests."""

    args: tuple[Any, ...]
    shows: str
    answered: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What trusted functions answer is asked once, though weighing needs it again and again."""
        if key not in self.answered:
            self.answered[key] = make()
        return self.answered[key]


@dataclass(frozen=True)
class Misconception:
    """A known wrong version. `hint` is what the student reads: the mistake, and where to look.

    `recognise(args, expected, answer) -> bool` replaces "gives the same answers as `function`" where
    answers are random.
    """

    name: str
    function: Callable[..., Any]
    hint: str
    recognise: Callable[..., bool] | None = None


@dataclass(frozen=True, eq=False)
class Check:
    """Decides one exercise.

    `agree(args, expected, answer)` gives a deviation (at most 1 is right, from 30 on is wrong), or says
    in half a sentence what is wrong.
    """

    exercise: str
    properties: dict[str, str]
    cases: Callable[[np.random.Generator], list[Case]]
    expect: Callable[..., Any]
    misconceptions: Sequence[Misconception]
    accepts: Sequence[Callable[..., Any]] = ()
    ask: Callable[..., Any] = call_twice
    agree: Callable[..., float | str] | None = None
    public: Callable[[np.random.Generator], list[Case]] | None = (
        None  # where `cases` would tell too much
    )
    own: Callable[..., Any] | None = None  # what `own` means in the candidates of `public`
    not_allowed: Sequence[str] = ()  # library functions that the exercise asks to write

    @property
    def twice(self) -> bool:
        return self.ask in TWICE.values()

    @property
    def random(self) -> bool:
        """Whether right answers differ from each other: then mistakes are recognised, not compared."""
        return self.agree is not None and any(known.recognise for known in self.misconceptions)

    @property
    def topic(self) -> str:
        return self.exercise.partition(".")[0]

    @property
    def function_name(self) -> str:
        return self.exercise.partition(".")[2]

    def draw(self, rng: np.random.Generator, *, public: bool = False) -> list[Case]:
        """Draw the cases, and make sure that each property is really tested."""
        cases = self.public(rng) if public and self.public else self.cases(rng)
        shown = {case.shows for case in cases}
        assert shown == set(self.properties), f"{self.exercise}: cases show {shown}"
        return cases

    def answer_of(self, function: Callable[..., Any], case: Case) -> Answer:
        """What a trusted function answers, asked in this process."""
        return case.once(
            (self, function),
            lambda: ask_here(function, case.args, self.ask, self.own, self.not_allowed),
        )

    def expected(self, case: Case) -> Any:
        """The right answer to a case: a value, or the ValueError that the reference raises."""

        def expect() -> Any:
            try:
                return self.expect(*case.args)
            except ValueError as error:
                return error

        return case.once((self, "right"), expect)

    def verdict(
        self, cases: Sequence[Case], answers: Sequence[Answer], max_points: float = 1.0
    ) -> Verdict:
        """Weigh the answers, one for each case, property by property."""
        rights = [self.expected(case) for case in cases]
        complaints = [
            complaint_about(
                case.args, right, answer, self.agree, twice=self.twice, random=self.random
            )
            for case, right, answer in zip(cases, rights, answers, strict=True)
        ]
        failures: dict[str, str] = {}
        for case, complaint in zip(cases, complaints, strict=True):
            if complaint:
                failures.setdefault(case.shows, complaint)
        unwritten = all(
            answer.raised and answer.raised[0] == "NotImplementedError" for answer in answers
        )
        found = None
        if failures and not unwritten:
            found = self._diagnose(cases, rights, answers, complaints)
        sentences = [
            f"Expected that {self.function_name} {sentence}; found: {failures[name]}."
            for name, sentence in self.properties.items()
            if name in failures
        ]
        if unwritten:
            sentences = [f"{self.function_name} is not written yet."]
        return Verdict(
            exercise=self.exercise,
            points=round(max_points * share_earned(self.properties, failures), 2),
            max_points=max_points,
            misconception=found.name if found else None,
            messages=sentences + ([found.hint] if found else []),
        )

    def _diagnose(
        self,
        cases: Sequence[Case],
        rights: Sequence[Any],
        answers: Sequence[Answer],
        complaints: Sequence[str | None],
    ) -> Misconception | None:
        """The first misconception that would have answered every case as this student did."""
        rows = list(zip(cases, rights, answers, complaints, strict=True))

        def explains(known: Misconception, rows: Sequence[Any]) -> bool:
            return any(complaint for *_, complaint in rows) and all(
                self._answers_like(known, case, right, answer) for case, right, answer, _ in rows
            )

        valued = [row for row in rows if not isinstance(row[1], ValueError)]
        for chosen in (rows, valued):  # a missing refusal does not hide a mistake in the values
            for known in self.misconceptions:
                if explains(known, chosen):
                    return known
        return None

    def _answers_like(self, known: Misconception, case: Case, right: Any, answer: Answer) -> bool:
        if known.recognise is not None:
            return recognised(known.recognise, case.args, right, answer)
        return coincide(self.answer_of(known.function, case), answer)


def share_earned(properties: dict[str, str], failures: Container[str]) -> float:
    """Half for the first property, without which there is nothing; the other half in equal parts.

    >>> share_earned({"value": "…", "ties": "…", "empty": "…"}, {"ties"})
    0.75
    """
    heart, *others = properties
    if heart in failures:
        return 0.0
    if not others:
        return 1.0
    return 0.5 + 0.5 * sum(name not in failures for name in others) / len(others)


@dataclass
class Verdict:
    """What is decided about one exercise of one submission. `points` may be a fraction."""

    exercise: str
    points: float
    max_points: float
    misconception: str | None = None
    messages: list[str] = field(default_factory=list)
    integrity: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        assert math.isfinite(self.points) and 0 <= self.points <= self.max_points

    @property
    def full(self) -> bool:
        return self.points == self.max_points
