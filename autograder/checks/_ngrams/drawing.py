"""Draw corpora and the cases on them, until every known mistake shows and bears its own name.

Nothing is left to luck: cases on which some mistake would not show, or would pass for another one, are
thrown away and drawn again.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from autograder.check import SMALLEST_MARGIN, Case, Check
from autograder.check_parts.drawing import draw_until
from course_utils.agreement import deviation
from course_utils.asking import Answer, call_twice
from course_utils.comparing import coincide
from course_utils.plain import Code

VOCABULARY = (
    *("cows", "eat", "corn", "hay", "grass", "milk", "sleep", "daily", "we", "our", "if", "moo"),
    *("the", "farm", "which", "when", "have", "let", "foods", "no"),
)


def some_words(rng: np.random.Generator, size: int) -> list[str]:
    """`size` different words in an order that is not the alphabet's."""
    chosen = [VOCABULARY[i] for i in rng.permutation(len(VOCABULARY))[:size]]
    return chosen if chosen != sorted(chosen) else chosen[::-1]


def some_sentences(
    rng: np.random.Generator, lengths: Sequence[int], words: Sequence[str]
) -> list[list[str]]:
    """One sentence of each length; the first words are the most frequent ones."""
    weights = 1 / np.arange(1, len(words) + 1)
    weights /= weights.sum()
    return [[words[i] for i in rng.choice(len(words), size=m, p=weights)] for m in lengths]


def telling_cases(
    check: Callable[[], Check], draw: Callable[[np.random.Generator], list[Case]]
) -> Callable[[np.random.Generator], list[Case]]:
    """The same drawing, repeated until its cases tell the known mistakes of the check apart.

    `check` is asked only when cases are drawn, so that it may be defined further down.
    """

    def cases(rng: np.random.Generator) -> list[Case]:
        return draw_until(lambda: draw(rng), lambda drawn: telling(check(), drawn))

    return cases


def telling(check: Check, cases: Sequence[Case]) -> bool:
    """True when each known mistake is far from right on some case, and differs from every other."""
    rights = [check.expected(case) for case in cases]
    ready = [tuple(loaded(arg, check.own) for arg in case.args) for case in cases]
    answers = [
        [_ask(check, known.function, args) for args in ready] for known in check.misconceptions
    ]
    rows = [zip(cases, rights, given, strict=True) for given in answers]
    return all(any(_is_far(check, *row) for row in mistake) for mistake in rows) and all(
        not all(map(coincide, one, other)) for one, other in combinations(answers, 2)
    )


def _ask(check: Check, function: Callable[..., Any], args: tuple[Any, ...]) -> Answer:
    """The answer alone, asked once and without copies: known mistakes leave their arguments alone."""
    try:
        return Answer(function(*args) if check.ask is call_twice else check.ask(function, args))
    except Exception as error:
        return Answer(raised=(type(error).__name__, ""))


def _is_far(check: Check, case: Case, right: Any, answer: Answer) -> bool:
    if isinstance(right, ValueError) or answer.raised:
        refused = answer.raised is not None and answer.raised[0] == "ValueError"
        return not (isinstance(right, ValueError) and refused)
    if check.agree is None:
        return deviation(right, answer.value) >= SMALLEST_MARGIN
    told = check.agree(case.args, right, answer.value)
    return (math.inf if isinstance(told, str) else told) >= SMALLEST_MARGIN


def loaded(value: Any, own: Callable[..., Any] | None = None) -> Any:
    """A function that crosses the wire as Code, ready to be called; anything else as it is."""
    return value.load(own) if isinstance(value, Code) else value


def table_code(
    name: str, parameters: str, table: dict[Any, float], default: float = -math.inf
) -> Code:
    """A function that looks its arguments up in a table of log probabilities."""
    entries = ", ".join(f"{key!r}: {value!r}" for key, value in table.items())
    wrapped = textwrap.wrap(entries, 84, break_on_hyphens=False, break_long_words=False)
    lines = ["    " + line for line in wrapped]
    body = [f"def {name}({parameters}):", f"    return TABLE.get(({parameters}), {default!r})"]
    source = ["from math import inf", "", "TABLE = {", *lines, "}", "", *body]
    return Code("\n".join(source) + "\n", name)
