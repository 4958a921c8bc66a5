"""gpt.find_the_bug_gpt: the student's tester meets right and wrong candidates."""

from __future__ import annotations

from autograder.check import Check, Misconception
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.check_parts.testers import as_numpy_bool, mistakes_of_any_tester
from autograder.checks._gpt.candidates import POOL, PUBLIC
from autograder.checks._gpt.testers import (
    by_formula,
    lets_it_escape,
    tester,
)
from course_utils.gpt import find_the_bug_gpt, layer_norm

IN_THE_RULE = {"right", "near", "rule"}


FIND_THE_BUG: Check = Check(
    exercise="gpt.find_the_bug_gpt",
    properties={
        "rule": "tells right versions, off by at most 1e-5, from wrong formulas",
        "eps": "finds a version that is wrong only where eps matters",
        "gain": "finds a version that is wrong only where gain is not 1 or bias is not 0",
        "batch": "finds a version that is wrong only for several vectors",
        "three": "finds a version that is wrong only for three axes",
        "gradients": "finds a version with right values and wrong gradients",
        "changes": "finds a version that changes its arguments",
        "raises": "finds a version that raises on legal input",
        "shape": "finds a version that returns another shape",
        "memory": "finds a version that remembers an earlier call",
    },
    cases=drawn_from(POOL, IN_THE_RULE),
    public=drawn_from(PUBLIC, IN_THE_RULE),
    own=layer_norm,
    expect=labels_of(POOL, PUBLIC),
    accepts=[find_the_bug_gpt, as_numpy_bool(find_the_bug_gpt), by_formula, tester()],
    misconceptions=[
        *mistakes_of_any_tester(find_the_bug_gpt, lets_it_escape),
        Misconception(
            "exceptions ignored",
            tester(raising_is_wrong=False),
            "A candidate that raises on legal input is wrong; your tester goes on as if nothing were.",
        ),
        Misconception(
            "equal to the last digit",
            tester(tolerance=1e-12),
            "You demand equality to the last digit. Versions that round otherwise are right, too: allow "
            "a difference of 1e-5.",
        ),
        Misconception(
            "eps always tiny",
            tester(eps=(1e-12, 1.01e-12)),
            "Your eps is always tiny, so you cannot see where it is added. Try 0.1, and several.",
        ),
        Misconception(
            "gain 1 and bias 0",
            tester(plain=True, sees_gradients=False),
            "Your gain is always 1 and your bias always 0, so you cannot see whether they are used. "
            "Draw them at random.",
        ),
        Misconception(
            "one vector at a time",
            tester(shapes=((5,), (3,))),
            "You hand over one vector at a time, so you cannot see versions that mix several. Try "
            "tables, and three axes.",
        ),
        Misconception(
            "no three axes",
            tester(shapes=((5,), (3, 4), (4, 4))),
            "x never has three axes. Text comes as (B, T, C): some versions go wrong just there.",
        ),
        Misconception(
            "gradients not seen",
            tester(sees_gradients=False),
            "Some candidates give the right values and wrong gradients, so that nothing could learn from "
            "them. Compare gradients too, towards x, gain and bias.",
        ),
        Misconception(
            "shape not seen",
            tester(sees_shape=False),
            "Some candidates return the right numbers in another shape. allclose broadcasts, and so "
            "does not mind: compare the shapes first.",
        ),
        Misconception(
            "values only",
            tester(sees_changes=False),
            "You look at the values only. Some candidates change their arguments, some have wrong "
            "gradients: keep copies to compare, and compare gradients.",
        ),
        Misconception(
            "a single try",
            tester(shapes=((2, 3, 5),), eps=(0.1,)),
            "You try one input, once. Try vectors, tables and three axes, several values of eps, and "
            "several calls: some versions remember an earlier one.",
        ),
        Misconception(
            "each shape once",
            tester(eps=(0.1,)),
            "You try each shape once, with one eps. Some versions remember an earlier call: try again "
            "with other numbers and another eps.",
        ),
    ],
)
