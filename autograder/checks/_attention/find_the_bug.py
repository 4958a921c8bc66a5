"""attention.find_the_bug_attention: the student's tester meets right and wrong candidates."""

from __future__ import annotations

from autograder.check import Check, Misconception
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.check_parts.testers import as_numpy_bool, mistakes_of_any_tester
from autograder.checks._attention.candidates import POOL, PUBLIC
from autograder.checks._attention.testers import (
    by_torchs_softmax,
    lets_it_escape,
    tester,
)
from course_utils.attention import find_the_bug_attention, scaled_dot_product_attention

IN_THE_RULE = {"right", "near", "rule"}


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
    cases=drawn_from(POOL, IN_THE_RULE),
    public=drawn_from(PUBLIC, IN_THE_RULE),
    own=scaled_dot_product_attention,
    expect=labels_of(POOL, PUBLIC),
    accepts=[
        find_the_bug_attention,
        as_numpy_bool(find_the_bug_attention),
        tester(),
        by_torchs_softmax,
    ],
    misconceptions=[
        *mistakes_of_any_tester(find_the_bug_attention, lets_it_escape),
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
