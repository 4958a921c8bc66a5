"""Unit 02: is the classifier fair, and in which sense?

    errors.py           four kinds of outcome, and the rates made of them; many people at once
    criteria.py         independence, separation, sufficiency, and why they collide
    reweighing.py       fairness before training: weights for the examples
    penalty.py          fairness during training: a price for depending on the group
    mixing.py           fairness after training: change some decisions by lot
    networks.py         Bayesian networks: to see, and to do
    counterfactual.py   what would have happened to *this* person
    embeddings.py       what word vectors learned from us
    bug_hunt.py         a test that tells right implementations of `error_rates` from wrong ones

Counts of one group are a dict `tn, fp, fn, tp`; "positive" is the label 1, which here is the bad
outcome (arrested again) or the decision "high risk".

Source: CMU 10-301/601, lecture 28 (spring 2023), "Fairness in ML".
"""

from course_utils.fairness.bug_hunt import find_the_bug_fairness
from course_utils.fairness.counterfactual import counterfactual, is_counterfactually_fair
from course_utils.fairness.criteria import fairness_gaps, false_positive_rate_from
from course_utils.fairness.embeddings import analogy, neutralize
from course_utils.fairness.errors import (
    bootstrap_tables,
    confusion_by_group,
    confusion_counts,
    error_rates,
)
from course_utils.fairness.mixing import equalized_odds_mixing
from course_utils.fairness.networks import intervene, query
from course_utils.fairness.penalty import fair_logistic_loss, fit_fair_logistic
from course_utils.fairness.reweighing import reweighing

__all__ = [
    "analogy",
    "bootstrap_tables",
    "confusion_by_group",
    "confusion_counts",
    "counterfactual",
    "equalized_odds_mixing",
    "error_rates",
    "fair_logistic_loss",
    "fairness_gaps",
    "false_positive_rate_from",
    "find_the_bug_fairness",
    "fit_fair_logistic",
    "intervene",
    "is_counterfactually_fair",
    "neutralize",
    "query",
    "reweighing",
]
