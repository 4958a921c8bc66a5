"""optimization.find_the_bug_optimization: the student's tester meets right and wrong candidates."""

from __future__ import annotations

from autograder.check import Check, Misconception
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.check_parts.testers import as_numpy_bool, mistakes_of_any_tester
from autograder.checks._optimization.candidates import POOL, PUBLIC
from autograder.checks._optimization.testers import ORDINARY, SMALL, lets_it_escape, tester
from course_utils.optimization import adam_step, find_the_bug_optimization

IN_THE_RULE = {"right", "near", "rule"}

FIND_THE_BUG: Check = Check(
    exercise="optimization.find_the_bug_optimization",
    properties={
        "rule": "tells right versions, off by at most 1e-5, from wrong formulas",
        "slight": "finds a version that is off by a thousandth, or in two numbers only",
        "late": "finds a version that is wrong only from the third step on",
        "correction": "finds a version whose correction is wrong",
        "small": "finds a version that is wrong only for gradients near ε",
        "zeros": "finds a version that is wrong only for gradients of 0",
        "turns": "finds a version that is wrong only when parameters take turns",
        "again": "finds a version that changes the state it is given",
        "changes": "finds a version that changes its arguments",
        "raises": "finds a version that raises on legal input",
        "shape": "finds a version that returns another shape",
    },
    cases=drawn_from(POOL, IN_THE_RULE),
    public=drawn_from(PUBLIC, IN_THE_RULE),
    own=adam_step,
    expect=labels_of(POOL, PUBLIC),
    accepts=[find_the_bug_optimization, as_numpy_bool(find_the_bug_optimization), tester()],
    misconceptions=[
        *mistakes_of_any_tester(find_the_bug_optimization, lets_it_escape),
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
            "large gradients only",
            tester(settings=((0.3, 0.6, 0.8, 1e-8),), sizes=(1.0, 3.0)),
            "Your gradients are all far above ε, so you cannot see where it stands. Try gradients as "
            "small as ε, or a larger ε.",
        ),
        Misconception(
            "no zeros",
            tester(some_zeros=False, all_zeros=False),
            "None of your gradients is 0. Some versions treat a 0 as if it had not been: try some.",
        ),
        Misconception(
            "zeros everywhere or nowhere",
            tester(some_zeros=False),
            "Your gradients are 0 as a whole or not at all. Some versions go wrong where some of the "
            "numbers are 0.",
        ),
        Misconception(
            "too much allowed",
            tester(tolerance=1e-2),
            "You let differences of a hundredth pass. Right versions are off by at most 1e-5: allow "
            "little more.",
        ),
        Misconception(
            "sums compared",
            tester(only_sums=True),
            "You compare sums or means, in which errors of both signs cancel. Compare number by number.",
        ),
        Misconception(
            "one shape only",
            tester(shapes=((4,),)),
            "All your parameters have one axis. Some versions raise, or mix numbers up, for a matrix: "
            "try a second shape.",
        ),
        Misconception(
            "two steps",
            tester(num_steps=2),
            "You take two steps. Some versions go wrong only from the third on: take five or more.",
        ),
        Misconception(
            "one parameter",
            tester(takes_turns=False, shapes=((4,),)),
            "You follow one parameter of one shape. Let several take turns: some versions mix up their "
            "clocks.",
        ),
        Misconception(
            "no step again",
            tester(repeats=False),
            "You never use a state twice. Some versions change it: take a step again from the same state.",
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
            "You look at the answer only. Some candidates change theta or grad: keep copies to compare.",
        ),
        Misconception(
            "one step",
            tester(num_steps=1, settings=(ORDINARY, SMALL), repeats=False),
            "You take one step. Most of Adam is what it remembers: take several.",
        ),
    ],
)
