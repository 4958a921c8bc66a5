"""The checks of unit 02, in the order of the notebook."""

from autograder.checks._fairness.analogy import ANALOGY
from autograder.checks._fairness.counterfactual import COUNTERFACTUAL
from autograder.checks._fairness.counts import COUNTS
from autograder.checks._fairness.fair_for_each import COUNTERFACTUALLY_FAIR
from autograder.checks._fairness.find_the_bug import FIND_THE_BUG
from autograder.checks._fairness.forced import FORCED
from autograder.checks._fairness.gaps import GAPS
from autograder.checks._fairness.intervene import INTERVENE
from autograder.checks._fairness.mixing import MIXING
from autograder.checks._fairness.neutralize import NEUTRALIZE
from autograder.checks._fairness.penalty import PENALTY
from autograder.checks._fairness.query import QUERY
from autograder.checks._fairness.rates import RATES
from autograder.checks._fairness.reweighing import REWEIGHING

CHECKS = [
    COUNTS,
    RATES,
    FIND_THE_BUG,
    GAPS,
    FORCED,
    REWEIGHING,
    PENALTY,
    MIXING,
    QUERY,
    INTERVENE,
    COUNTERFACTUAL,
    COUNTERFACTUALLY_FAIR,
    ANALOGY,
    NEUTRALIZE,
]
