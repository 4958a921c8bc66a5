"""attention.find_the_bug_attention: the student's tester meets right and wrong candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._attention.candidates import POOL, PUBLIC, Candidate
from autograder.checks._attention.testers import (
    always_right,
    always_wrong,
    as_numpy_bool,
    by_torchs_softmax,
    lets_it_escape,
    opposite,
    tester,
)
from course_utils.attention import find_the_bug_attention, scaled_dot_product_attention
from course_utils.plain import Code

IS_WRONG = {candidate.code: candidate.wrong for candidate in [*POOL, *PUBLIC]}
IN_THE_RULE = {"right": 2, "near": 2, "rule": 4}
OTHERS = {"sizes": 2, "weights": 2, "mask": 3, "empty": 2, "far": 2, "leading": 2, "manners": 6}


def _cases(rng: np.random.Generator, pool: Sequence[Candidate]) -> list[Case]:
    def some(shows: str, count: int) -> list[Candidate]:
        found = [candidate for candidate in pool if candidate.shows == shows]
        return [found[i] for i in rng.permutation(len(found))[:count]]

    heart = [candidate for shows, count in IN_THE_RULE.items() for candidate in some(shows, count)]
    drawn = [Case((candidate.code,), "rule") for candidate in heart]
    return drawn + [Case((c.code,), s) for s, count in OTHERS.items() for c in some(s, count)]


def cases(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, POOL)


def public_cases(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, PUBLIC)


def label(candidate: Code) -> bool:
    """Right or wrong, from the table; a test holds the table against torch."""
    return IS_WRONG[candidate]


FIND_THE_BUG: Check = Check(
    exercise="attention.find_the_bug_attention",
    properties={
        "rule": "tells right versions, off by at most 1e-5, from wrong formulas",
        "sizes": "finds a version that is wrong only where T, J, d_k and d_v differ",
        "weights": "finds a version whose outputs are right and whose weights are not",
        "mask": "finds a version that is wrong only with a mask",
        "empty": "finds a version that is wrong only where a token may look at nothing",
        "far": "finds a version that is wrong only for scores of some hundreds",
        "leading": "finds a version that is wrong only with leading dimensions",
        "manners": "finds one that raises, changes arguments, remembers, or has another shape",
    },
    cases=cases,
    public=public_cases,
    own=scaled_dot_product_attention,
    expect=label,
    accepts=[find_the_bug_attention, as_numpy_bool, tester(), by_torchs_softmax],
    misconceptions=[
        Misconception(
            "always True",
            always_wrong,
            "Everything is called wrong, right versions too. Compare with the right numbers.",
        ),
        Misconception(
            "always False",
            always_right,
            "Nothing is ever called wrong. Compare the candidate's numbers with the right ones.",
        ),
        Misconception(
            "True and False swapped",
            opposite,
            "The answers are the wrong way round: True means that the candidate is wrong.",
        ),
        Misconception(
            "exceptions escape",
            lets_it_escape,
            "A candidate's exception ends your tester. Catch it: a candidate that raises on legal "
            "input is wrong.",
        ),
        Misconception(
            "equal to the last digit",
            tester(tolerance=1e-12),
            "You demand equality to the last digit. Versions that round otherwise are right, too: allow "
            "a difference of 1e-5.",
        ),
        Misconception(
            "one size for everything",
            tester(sizes=False),
            "Your T, J, d_k and d_v are all the same, so you cannot see which of them the scale is "
            "made of. Take four different sizes.",
        ),
        Misconception(
            "weights not seen",
            tester(weights=False),
            "You look at the outputs only. The weights are an answer, too.",
        ),
        Misconception(
            "no mask",
            tester(masks=False),
            "You never hand over a mask, so you cannot see what is done with it. Draw one without "
            "symmetry.",
        ),
        Misconception(
            "no empty row",
            tester(empty=False),
            "In your masks every token may look at something. Let one row be False throughout.",
        ),
        Misconception(
            "no large scores",
            tester(far=False),
            "Your scores are small, so you cannot see an overflow. Make one query a thousand times "
            "longer.",
        ),
        Misconception(
            "no leading dimensions",
            tester(leading=False),
            "Your arrays have two axes. Heads and sentences come as leading dimensions: try three and "
            "four axes.",
        ),
        Misconception(
            "manners not seen",
            tester(manners=False, raising_is_wrong=False),
            "You look at numbers only. Raising on legal input, another shape and changed arguments are "
            "wrong, too: catch, compare shapes, and keep copies.",
        ),
    ],
)
