"""rlhf.find_the_bug_rlhf: the student's tester meets right and wrong candidates."""

from __future__ import annotations

from autograder.check import Check, Misconception
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.check_parts.testers import as_numpy_bool, mistakes_of_any_tester
from autograder.checks._rlhf.candidates import POOL, PUBLIC
from autograder.checks._rlhf.testers import (
    by_table,
    lets_it_escape,
    tester,
)
from course_utils.rlhf import find_the_bug_rlhf, ppo_loss

IN_THE_RULE = {"right", "near", "rule"}


FIND_THE_BUG: Check = Check(
    exercise="rlhf.find_the_bug_rlhf",
    properties={
        "rule": "tells right versions, off by at most 1e-5, from wrong formulas",
        "clip": "finds a version that is wrong only outside 1 − ε … 1 + ε",
        "bad": "finds a version that is wrong only for bad actions",
        "good": "finds a version that is wrong only for good actions",
        "epsilon": "finds a version that is wrong only for another ε",
        "mean": "finds a version that is wrong only for several numbers",
        "gradients": "finds a version with right values and wrong gradients",
        "changes": "finds a version that changes its arguments",
        "raises": "finds a version that raises on legal input",
        "shape": "finds a version that returns another shape",
        "memory": "finds a version that remembers an earlier call",
    },
    cases=drawn_from(POOL, IN_THE_RULE),
    public=drawn_from(PUBLIC, IN_THE_RULE),
    own=ppo_loss,
    expect=labels_of(POOL, PUBLIC),
    accepts=[find_the_bug_rlhf, as_numpy_bool(find_the_bug_rlhf), by_table, tester()],
    misconceptions=[
        *mistakes_of_any_tester(find_the_bug_rlhf, lets_it_escape),
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
            "ratios near 1",
            tester(far=0.9),
            "Your two policies are so near to each other that nothing is ever clipped. Try ratios "
            "beyond both limits.",
        ),
        Misconception(
            "good actions only",
            tester(gains=(1.0,)),
            "Your advantages are all positive. For bad actions the other limit counts: try both signs.",
        ),
        Misconception(
            "bad actions only",
            tester(gains=(-1.0,)),
            "Your advantages are all negative. For good actions the other limit counts: try both signs.",
        ),
        Misconception(
            "one ε",
            tester(clips=(0.2, 0.2)),
            "Your ε is always 0.2, so you cannot see whether it is used. Try another one.",
        ),
        Misconception(
            "one axis",
            tester(shapes=((9,), (1,))),
            "Your tensors always have one axis. Some versions go wrong on tables (replies × tokens).",
        ),
        Misconception(
            "gradients not seen",
            tester(sees_gradients=False),
            "Some candidates give the right values and wrong gradients, or let them flow where they "
            "must not. Compare gradients towards all three tensors.",
        ),
        Misconception(
            "shape not seen",
            tester(sees_shape=False),
            "Some candidates return the right number in another shape. allclose broadcasts, and so "
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
            tester(shapes=((2, 3, 3),), clips=(0.3,), gains=(0.0,)),
            "You try one input, once. Try one axis and several, good and bad actions, two values of ε: "
            "some versions remember an earlier call.",
        ),
    ],
)
