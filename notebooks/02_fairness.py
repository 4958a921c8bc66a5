# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Fairness: right for whom?
#
# When you are done you can
#
# - measure in which sense a classifier is fair, and to whom it is not;
# - prove that three reasonable criteria cannot hold together, and say what follows;
# - make a classifier fairer before, during and after training, and count the price;
# - tell *seeing* from *doing*, and answer "what if this person had been somebody else?";
# - find what word vectors learned about women and men.
#
# **About 120 minutes · 50 points:** 46 checked by a program, 4 by a person.
#
# **You need:** unit 1 (the bootstrap), probability with tables, logistic regression.
#
# The examples are about arrests, race and gender, because this is where such software is used.

# %%
import sys

import matplotlib
import numpy as np
import scipy
from IPython.display import display
from scipy.optimize import linprog, minimize
from scipy.special import expit

from course_utils.data import DataError
from course_utils.fairness import bootstrap_tables
from course_utils.figures import causal, explore, words
from course_utils.figures import fairness as figures
from course_utils.selfcheck import selfcheck

print("Python", sys.version.split()[0], "· numpy", np.__version__, end=" · ")
print("scipy", scipy.__version__, "· matplotlib", matplotlib.__version__)

# %% [markdown]
# ## 1 "Did someone blink?"
#
# In 2009 Joz Wang, a Taiwanese-American, and her brother gave their mother a camera. After each
# picture of their smiling faces it asked: *Did someone blink?* Nobody had. Only when he opened his
# eyes unnaturally wide did the question stop.
#
# A toy, one might say. But Amazon sold software for faces to the police, and it got the gender of
# darker-skinned women wrong far more often than that of light-skinned men. And in hospitals a score
# helped to choose who gets extra care. It took *cost* for *need*: less money had been spent on
# Black patients with the same illnesses, so it found them healthier than they were.

# %% [markdown]
# Nobody wrote "treat them worse" into any of these programs, and on average they looked good. The
# question of this unit is: good for whom?

# %% [markdown]
# ### Two arrests
#
# In Broward County, Florida, a program called COMPAS gave people who had been arrested a score from
# 1 to 10: how likely are they to be arrested again? Its questionnaire does not ask for race. In
# 2016 the newsroom ProPublica looked up what became of 7214 people. It began with two who had been
# arrested for the possession of drugs:
#
# | | before | score | afterwards |
# |---|---|---|---|
# | Dylan Fugett, white | 1 attempted burglary | **3**, low | 3 more drug possessions |
# | Bernard Parker, Black | 1 resisting arrest without violence | **10**, high | nothing |
#
# Two people prove nothing: every score is wrong about somebody. So we count.

# %% [markdown]
# ### What these data cannot say
#
# Three warnings, before the first number.
#
# - The outcome is a new **arrest** within two years, not a crime. Where police look more often,
#   they find more.
# - A score is not a **decision**. A judge saw it, with much else.
# - The table "all" is **not** the sum of "Black" and "white": 1064 people belong to neither.
#
# We call a score above "Low" (5 to 10) *high*, as ProPublica did.

# %% [markdown]
# ## 2 Four kinds of outcome
#
# Two things can happen, two can be predicted. Call the label 1 *positive*: here the bad outcome.
#
# | | predicted 0 (low) | predicted 1 (high) |
# |---|---|---|
# | **outcome 0** (not arrested again) | true negative, tn | false positive, **fp** |
# | **outcome 1** (arrested again) | false negative, **fn** | true positive, tp |
#
# "False positive" reads from right to left: *positive* was predicted, and that was *false*. Bernard
# Parker is one. Dylan Fugett is a false negative.

# %% [markdown]
# ### Exercise 1: count them (2 points)
#
# The labels come as arrays or lists of 0 and 1, of booleans, or of −1 and +1 (the lecture writes
# them so); both use the same pair. Anything else, a 2, a nan, or 0/1 in one array and −1/+1 in the
# other, is a mistake in the data: raise `ValueError`. Returning some number would hide it.
#
# Worked number: outcomes 0, 0, 1, 1, 1 and predictions 0, 1, 0, 1, 1 give tn 1, fp 1, fn 1, tp 2.


# %% nbgrader={"grade": false, "grade_id": "confusion_counts", "locked": false, "schema_version": 3, "solution": true, "task": false}
def confusion_counts(y_true, y_pred) -> dict[str, int]:
    """Count true and false, negatives and positives.

    y_true: shape (n,), the outcomes: 0/1, -1/+1 or booleans.
    y_pred: shape (n,), the predictions, in the same labels.
    Returns {"tn": ..., "fp": ..., "fn": ..., "tp": ...}, integers.
    Raises ValueError for any other label, and when the two use different pairs.
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    both = np.concatenate([y_true, y_pred])
    if not (np.isin(both, (0, 1)).all() or np.isin(both, (-1, 1)).all()):
        raise ValueError("labels must be 0 and 1, or -1 and +1")
    true, high = y_true == 1, y_pred == 1
    return {
        "tn": int(np.sum(~true & ~high)),
        "fp": int(np.sum(~true & high)),
        "fn": int(np.sum(true & ~high)),
        "tp": int(np.sum(true & high)),
    }
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.confusion_counts", confusion_counts)

# %% nbgrader={"grade": true, "grade_id": "check-confusion_counts", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.confusion_counts", confusion_counts)
### END HIDDEN TESTS

# %% [markdown]
# Here are the tables that ProPublica published. And if the file with the people themselves is on
# this machine, we count them again:

# %%
TABLES = {
    "All": dict(tn=2681, fp=1282, fn=1216, tp=2035),
    "Black": dict(tn=990, fp=805, fn=532, tp=1369),
    "White": dict(tn=1139, fp=349, fn=461, tp=505),
}
BLACK_AND_WHITE = {group: TABLES[group] for group in ("Black", "White")}
NAMES = {"African-American": "Black", "Caucasian": "White"}

# %% tags=["demo"]
from course_utils.data import load_compas

try:
    compas = load_compas()
except DataError as missing:
    compas = None
    print(f"The people are not on this machine; the published tables will do. {missing}")
if compas is not None:
    everybody = confusion_counts(compas.two_year_recid, compas.high)
    print(f"counted again, {len(compas)} people:", everybody, everybody == TABLES["All"])

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert compas is None or everybody == TABLES["All"]
assert (
    sum(TABLES["All"].values()) - sum(map(sum, (t.values() for t in BLACK_AND_WHITE.values())))
    == 1064
)

# %% [markdown]
# ### Of whom is this the share?
#
# Every rate in this debate is a quotient of the four counts. What differs is the **denominator**,
# that is, who we ask about.
#
# | rate | | of those … | the share … |
# |---|---|---|---|
# | false positive rate | $fpr = fp/(fp+tn)$ | not arrested again | called high |
# | false negative rate | $fnr = fn/(fn+tp)$ | arrested again | called low |
# | positive predictive value | $ppv = tp/(tp+fp)$ | called high | arrested again |
# | negative predictive value | $npv = tn/(tn+fn)$ | called low | not arrested again |

# %% [markdown]
# And, of everybody: the `base_rate` (arrested again), the `selection_rate` (called high) and the
# `accuracy`.
#
# The first two start from what *came to be*: this is how the person sees it. The next two start
# from what was *said*: this is how the judge sees it.

# %% [markdown]
# ### Exercise 2: seven rates (3 points)
#
# Where nobody is in the denominator the rate is not 0 but undefined: return `nan`.
#
# Worked number, tn 6, fp 2, fn 1, tp 3: $fpr = 2/8 = 0.25$, $fnr = 1/4$, $ppv = 3/5$, $npv = 6/7$,
# base rate $4/12$, selection rate $5/12$, accuracy $9/12$.


# %% nbgrader={"grade": false, "grade_id": "error_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def error_rates(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    """Return the seven rates of one table; 0/0 is nan.

    Keys: fpr, fnr, ppv, npv, base_rate, selection_rate, accuracy. Fractions, not percent.
    """

    ### BEGIN SOLUTION
    def share(part, whole):
        return part / whole if whole else float("nan")

    n = tn + fp + fn + tp
    return {
        "fpr": share(fp, fp + tn),
        "fnr": share(fn, fn + tp),
        "ppv": share(tp, tp + fp),
        "npv": share(tn, tn + fn),
        "base_rate": share(fn + tp, n),
        "selection_rate": share(fp + tp, n),
        "accuracy": share(tn + tp, n),
    }
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.error_rates", error_rates)

# %% nbgrader={"grade": true, "grade_id": "check-error_rates", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.error_rates", error_rates)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** For Black and for white defendants: which of the two mistakes will be the more
# frequent one?

# %% tags=["demo"]
for group, table in TABLES.items():
    rates = error_rates(**table)
    print(f"{group:6}", "  ".join(f"{name} {rate:.2%}" for name, rate in rates.items()))
figures.confusion_mosaics(TABLES)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
percent = {
    g: (round(100 * error_rates(**t)["fpr"], 2), round(100 * error_rates(**t)["fnr"], 2))
    for g, t in TABLES.items()
}
assert percent == {"All": (32.35, 37.40), "Black": (44.85, 27.99), "White": (23.45, 47.72)}

# %% [markdown]
# Of the Black defendants who were *not* arrested again, 45 % had been called high risk; of the
# white ones 23 %. And of those who *were* arrested again, 28 % of the Black and 48 % of the white
# defendants had been called low risk. The mistakes go in opposite directions, each time to the
# disadvantage of Black defendants.
#
# Northpointe, the maker of the score, answered: among those *called high*, 63 % of the Black and
# 59 % of the white defendants were arrested again. "High" means about the same for everybody.
#
# Both are right about the numbers. They ask about different denominators.

# %% [markdown]
# ### Exercise 3: find the bug (4 points)
#
# One common slip (fp over everybody instead of over the outcome 0, or a transposed table), and a
# newspaper prints a wrong accusation. So: write a *test*. `candidate` is somebody's version of
# `error_rates`. Return `True` if it is wrong and `False` if it is right.
#
# Wrong is also: an exception on legal counts (integers from 0), a missing or a surplus key,
# anything but nan for 0/0. A right candidate may differ by rounding (say 1e-5), and may return
# numpy numbers. Your tester must not raise. It is graded on candidates that you have not seen.
#
# A hint: four *different* counts make every mix-up show. Which zeros show which 0/0?


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_fairness", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_fairness(candidate) -> bool:
    """Return True when the candidate is a wrong version of error_rates.

    candidate: called as candidate(tn, fp, fn, tp), returns a dict of seven rates.
    """
    ### BEGIN SOLUTION
    tables = [(7, 3, 2, 5), (11, 13, 17, 19), (1, 40, 900, 6), (990, 805, 532, 1369)]
    tables += [(0, 3, 2, 5), (7, 0, 2, 5), (7, 3, 0, 5), (7, 3, 2, 0), (0, 0, 2, 5), (7, 3, 0, 0)]
    tables += [(7, 0, 2, 0), (0, 3, 0, 5), (7, 0, 0, 0), (0, 0, 0, 5), (0, 0, 0, 0)]
    for tn, fp, fn, tp in tables:
        n = tn + fp + fn + tp
        quotients = {"fpr": (fp, fp + tn), "fnr": (fn, fn + tp), "ppv": (tp, tp + fp)}
        quotients |= {"npv": (tn, tn + fn), "base_rate": (fn + tp, n)}
        quotients |= {"selection_rate": (fp + tp, n), "accuracy": (tn + tp, n)}
        try:
            answer = candidate(tn, fp, fn, tp)
            if set(answer) != set(quotients):
                return True
            for name, (part, whole) in quotients.items():
                right = part / whole if whole else np.nan
                if np.shape(answer[name]) != ():
                    return True
                if not np.isclose(answer[name], right, rtol=1e-5, atol=1e-5, equal_nan=True):
                    return True
        except Exception:
            return True
    return False
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.find_the_bug_fairness", find_the_bug_fairness, own=error_rates)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_fairness", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.find_the_bug_fairness", find_the_bug_fairness)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Three criteria
#
# Leave the court for the university. You decide who is admitted. Of each applicant you know some
# features $x$ (grades, test scores) and a **protected attribute** $a$, such as gender. Your model
# says $h(x, a)$: admit or not. The truth $y$, "would this person do well here?", nobody knows yet.

# %% [markdown]
# | criterion | in symbols | in words |
# |---|---|---|
# | **independence** | $h \perp a$ | every group is admitted at the same rate |
# | **separation** | $h \perp a \mid y$ | the able have the same chance in every group, and so have the others |
# | **sufficiency** | $y \perp a \mid h$ | "admitted" means the same in every group |
#
# ($\perp$ reads *is independent of*, $\mid$ reads *given*.) ProPublica spoke about separation,
# Northpointe about sufficiency.

# %% [markdown]
# ### Exercise 4: how far from fair? (3 points)
#
# For each criterion, the largest absolute difference between any two groups:
#
# | key | difference of |
# |---|---|
# | `independence` | selection rate |
# | `separation_fpr`, `separation_tpr` | fpr; $tpr = 1 - fnr$ |
# | `sufficiency_ppv`, `sufficiency_npv` | ppv; npv |
#
# There may be more than two groups. With one group every gap is 0.0. Where a rate of some group is
# undefined, even of the only one, that gap is nan: silence would look like fairness. (Look out:
# `max` of Python does strange things with nan.)
#
# Worked number: selection rates 0.2, 0.5 and 0.4 give the gap 0.3.


# %% nbgrader={"grade": false, "grade_id": "fairness_gaps", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fairness_gaps(counts_by_group) -> dict[str, float]:
    """Return the largest difference between groups, for each criterion.

    counts_by_group: {group: {"tn": ..., "fp": ..., "fn": ..., "tp": ...}}, at least one group.
    Returns {"independence", "separation_fpr", "separation_tpr", "sufficiency_ppv",
    "sufficiency_npv"}, each in [0, 1]; nan where a group's rate is undefined.
    """

    ### BEGIN SOLUTION
    def rates(counts):
        tn, fp, fn, tp = counts["tn"], counts["fp"], counts["fn"], counts["tp"]

        def share(part, whole):
            return part / whole if whole else np.nan

        return [
            share(fp + tp, tn + fp + fn + tp),
            share(fp, fp + tn),
            share(tp, fn + tp),
            share(tp, tp + fp),
            share(tn, tn + fn),
        ]

    table = np.array([rates(counts) for counts in counts_by_group.values()])  # (groups, 5)
    gaps = table.max(axis=0) - table.min(axis=0)  # numpy's max and min let nan through
    names = ["independence", "separation_fpr", "separation_tpr", "sufficiency_ppv"]
    return dict(zip([*names, "sufficiency_npv"], gaps.tolist()))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.fairness_gaps", fairness_gaps)

# %% nbgrader={"grade": true, "grade_id": "check-fairness_gaps", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.fairness_gaps", fairness_gaps)
### END HIDDEN TESTS

# %% tags=["demo"]
for criterion, gap in fairness_gaps(BLACK_AND_WHITE).items():
    print(f"{criterion:16} {100 * gap:5.2f} points between Black and white defendants")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
rounded = {name: round(gap, 4) for name, gap in fairness_gaps(BLACK_AND_WHITE).items()}
assert rounded == {
    "independence": 0.2402,
    "separation_fpr": 0.2139,
    "separation_tpr": 0.1974,
    "sufficiency_ppv": 0.0384,
    "sufficiency_npv": 0.0614,
}

# %% [markdown]
# The score has ten steps; "high" begins at 5. It could begin elsewhere: each threshold gives a
# point (FPR, TPR), and all of them together are the **ROC curve**. The area under it is the
# probability that of two people, one arrested again and one not, the first has the higher score (a
# tie counts half; 0.5 is a coin).
#
# **Predict.** Will the curve of Black defendants lie above the one of white defendants, below, or
# on it?

# %% tags=["demo"]
if compas is None:
    print("For this figure the people are needed: run `course data` once, with a network.")
else:
    two = compas.select(np.isin(compas.race, list(NAMES)))
    race = np.array([NAMES[name] for name in two.race])
    display(figures.roc_curves(two.decile_score, two.two_year_recid, race, threshold=5))

# %% [markdown]
# The curves nearly coincide: the areas are 0.692 and 0.693. As a *ranking* of people the score is
# equally good (or equally mediocre) in both groups. Yet the same threshold lands on different
# places of the curve, because more Black defendants had high scores. "Equally accurate" and "the
# same error rates" are two different things.

# %% [markdown]
# ## 4 Is the gap real?
#
# The PPV differs by 3.84 points: 63.0 % against 59.1 %. Is this more than luck of the sample?
#
# Unit 1's test was *paired*: two classifiers, the same examples. Here are two groups of different
# people, so nothing is paired. But the idea survives: draw the people again with replacement,
# compute the gap $\delta(S)$ each time, and count $\delta(S) > 2\,\delta(D)$.
#
# One trick makes it fast. It does not matter *which* person is drawn, only in which cell of the
# table that person stands. `bootstrap_tables` draws the eight cell counts directly.
#
# **Predict.** Of 10 000 resamples, how many will lie beyond $2\,\delta(D)$?


# %% tags=["demo"]
def resampled(tables, num_samples, seed):
    drawn = bootstrap_tables(tables, num_samples, np.random.default_rng(seed))
    for b in range(num_samples):
        yield {g: {cell: int(n[b]) for cell, n in cells.items()} for g, cells in drawn.items()}


def gap_between(rate, tables):
    return error_rates(**tables["Black"])[rate] - error_rates(**tables["White"])[rate]


# %% tags=["demo"]
ppv_gap = gap_between("ppv", BLACK_AND_WHITE)
ppv_gaps = np.array([gap_between("ppv", t) for t in resampled(BLACK_AND_WHITE, 10_000, seed=5)])
figures.gap_histogram(ppv_gaps, ppv_gap, what="PPV gap")

# %% [markdown]
# The one-sided p is about 0.025. We did not say beforehand which group would be ahead, so we double
# it: about 0.05. Let us look at all the gaps, with intervals, on other resamples:

# %% tags=["demo"]
for rate in ("ppv", "npv", "fpr", "fnr", "selection_rate"):
    seen = gap_between(rate, BLACK_AND_WHITE)
    gaps = np.array([gap_between(rate, t) for t in resampled(BLACK_AND_WHITE, 10_000, seed=6)])
    p = 2 * np.mean(np.sign(seen) * gaps > 2 * abs(seen))
    low, high = np.quantile(gaps, [0.025, 0.975])
    told = f"p = {p:.4f}" if p else "p < 0.0002"  # none of 10 000: not 0, but too rare to see
    print(f"{rate:15} gap {100 * seen:6.2f}  95 % [{100 * low:6.2f}, {100 * high:6.2f}]  {told}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(np.mean(ppv_gaps > 2 * ppv_gap) - 0.0263) < 0.005
called_high = np.array([t["tp"] + t["fp"] for t in BLACK_AND_WHITE.values()])
pooled = sum(t["tp"] for t in BLACK_AND_WHITE.values()) / called_high.sum()
z = ppv_gap / np.sqrt(pooled * (1 - pooled) * np.sum(1 / called_high))
assert round(z, 2) == 1.96

# %% [markdown]
# So does unit 1 decide? The gaps in NPV, FPR, FNR and selection are far beyond luck. The gap in PPV
# stands on the border: with 10 000 resamples, p comes out between 0.045 and 0.061, depending on the
# seed (with two million it settles at 0.053; the z-test of the textbooks says $z = 1.96$, p =
# 0.050). And we have just tested five gaps: unit 1's correction would ask for less than 0.05.
#
# Whoever writes "the PPVs are equal" claims too much. Whoever writes "they differ significantly"
# leans on a third decimal. The honest sentence has the interval in it: *the PPVs differ by
# something between 0 and 8 points.*

# %% [markdown]
# ## 5 Why they collide
#
# Could somebody build a score with *all* gaps at zero? Take a group with base rate $p$. Of all its
# people, a share $p\,(1-fnr)$ are true positives. Of those called high, a share $1-ppv$ is false,
# so for each true positive there are $(1-ppv)/ppv$ false ones. Divide by the $1-p$ who could have
# been false positives:
#
# $$fpr = \frac{p}{1-p} \cdot \frac{1-ppv}{ppv} \cdot (1-fnr)$$
#
# No assumption was made; this is counting. If PPV and FNR are the same in both groups, the right
# side differs only through $p$.

# %% [markdown]
# ### Exercise 5: the forced rate (3 points)
#
# Worked number: $p = 0.5$, $ppv = 0.8$, $fnr = 0.2$ give $1 \cdot 0.25 \cdot 0.8 = 0.2$. The result
# may be more than 1: then no classifier has these three numbers.


# %% nbgrader={"grade": false, "grade_id": "false_positive_rate_from", "locked": false, "schema_version": 3, "solution": true, "task": false}
def false_positive_rate_from(base_rate: float, ppv: float, fnr: float) -> float:
    """Return the false positive rate that the other three numbers force.

    base_rate: share with the outcome 1, 0 <= base_rate < 1.
    ppv: positive predictive value, 0 < ppv <= 1.
    fnr: false negative rate, 0 <= fnr <= 1.
    """
    ### BEGIN SOLUTION
    return base_rate / (1 - base_rate) * (1 - ppv) / ppv * (1 - fnr)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.false_positive_rate_from", false_positive_rate_from)

# %% nbgrader={"grade": true, "grade_id": "check-false_positive_rate_from", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.false_positive_rate_from", false_positive_rate_from)
### END HIDDEN TESTS

# %% [markdown]
# Now be generous: give everybody the same PPV of 62 % and the same FNR of 35 %, and leave the base
# rates as they were (51 % and 39 %).
#
# **Predict.** Which group gets the higher false positive rate? Then move the sliders. Can you find
# a setting where both rates agree, without making the base rates equal?


# %% tags=["demo"]
def draw_forced(black=0.51, white=0.39, ppv=0.62, fnr=0.35):
    return figures.forced_rates(
        {"Black": black, "White": white}, ppv, fnr, false_positive_rate_from
    )


explore(
    draw_forced,
    black=(0.1, 0.9, 0.01),
    white=(0.1, 0.9, 0.01),
    ppv=(0.4, 1.0, 0.01),
    fnr=(0.0, 1.0, 0.01),
)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
forced = [
    round(false_positive_rate_from(error_rates(**t)["base_rate"], 0.62, 0.35), 4)
    for t in BLACK_AND_WHITE.values()
]
assert forced == [0.4219, 0.2586]

# %% [markdown]
# With the exact base rates 42.2 % against 25.9 %. Only two settings make them agree: PPV = 1 (the
# score never accuses wrongly) or FNR = 1 (it finds nobody, so it calls nobody high). For every
# other score, as long as base rates differ, *somebody's* criterion is violated. The quarrel about
# COMPAS could not be settled by better arithmetic.
#
# But remember what is counted: a base rate here is a share *arrested* again. Where police look more
# closely at a group, its base rate rises, and the equation hands its people the higher FPR.

# %% [markdown]
# ### The other pairs
#
# **Independence and sufficiency.** If the decision does not depend on the group, and the outcome
# given the decision does not either, then the outcome itself does not. But base rates *do* differ.
#
# **Independence and separation.** The share called high is $p \cdot tpr + (1-p) \cdot fpr$. With
# the same $tpr$ and $fpr$, two base rates $p_1$ and $p_2$ leave the gap $(p_1 - p_2)(tpr - fpr)$.
# It is zero only if $tpr = fpr$: the score is a coin.
#
# So one must choose; and the choice is about people, not about mathematics. Who bears which
# mistake?

# %% [markdown]
# ## 6 Three ways to intervene
#
# A model can be changed before training (the data), during training (the loss) or after training
# (the decisions). You write one of each. Then we try them on our own classifier: logistic
# regression on age, earlier offences, juvenile offences and the degree of the charge, for the 6150
# Black and white defendants.

# %% [markdown]
# ### Exercise 6: before training (3 points)
#
# **Reweighing** gives each example a weight, so that group $a$ and outcome $y$ become independent:
#
# $$w(a, y) = \frac{P(a)\,P(y)}{P(a, y)}$$
#
# What is rarer than independence would have it counts more. The $P$ are shares in the table of
# counts. An empty cell gets weight 0 (there is nobody to weight); an empty group or label is a
# `ValueError`.
#
# Worked number, counts [[4, 2], [1, 3]]: $w(0,0) = \frac{6}{10}\cdot\frac{5}{10} / \frac{4}{10} =
# 0.75$.


# %% nbgrader={"grade": false, "grade_id": "reweighing", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reweighing(counts) -> np.ndarray:
    """Return the weight of the examples in each cell: P(a) P(y) / P(a, y).

    counts: shape (groups, labels), number of examples with this group and this true outcome.
    Returns shape (groups, labels); 0 where there are no examples.
    Raises ValueError when a whole group or a whole label is empty.
    """
    ### BEGIN SOLUTION
    counts = np.asarray(counts, dtype=float)
    groups, labels = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    if np.any(groups == 0) or np.any(labels == 0):
        raise ValueError("a group or a label has no examples")
    expected = groups * labels / counts.sum()
    return np.where(counts > 0, expected / np.where(counts > 0, counts, 1), 0.0)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.reweighing", reweighing)

# %% nbgrader={"grade": true, "grade_id": "check-reweighing", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.reweighing", reweighing)
### END HIDDEN TESTS

# %% tags=["demo"]
outcomes = [[t["tn"] + t["fp"], t["fn"] + t["tp"]] for t in BLACK_AND_WHITE.values()]
for group, (survived, arrested) in zip(BLACK_AND_WHITE, reweighing(outcomes)):
    print(f"{group}: not arrested again × {survived:.4f}, arrested again × {arrested:.4f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose(reweighing(outcomes), [[1.0992, 0.9064], [0.8804, 1.1843]], atol=5e-5)
assert np.isclose(reweighing([[4, 2], [1, 3]])[0, 0], 0.75)

# %% [markdown]
# ### Exercise 7: during training (4 points)
#
# Make it cost something when the scores $s = Xw$ go with the group. For $n$ examples:
#
# $$L(w) = \frac1n \sum_i \big[\log(1 + e^{s_i}) - y_i s_i\big] + \lambda \, c^2, \qquad c = \frac1n
# \sum_i (a_i - \bar a)\, s_i$$
#
# $c$ is the **covariance** of group and score, $\lambda$ the `strength`. Return the loss and its
# gradient
#
# $$\nabla L = \frac1n X^\top (\sigma(s) - y) + 2 \lambda c \cdot \frac1n X^\top (a - \bar a).$$
#
# Scores may be ±1000, where $e^s$ overflows: `np.logaddexp(0, s)` and `expit(s)`, which is
# $\sigma(s) = 1/(1+e^{-s})$, do not. Worked number: all weights 0 give the loss $\log 2 = 0.693$,
# whatever the strength.


# %% nbgrader={"grade": false, "grade_id": "fair_logistic_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fair_logistic_loss(weights, X, y, group, strength: float) -> tuple[float, np.ndarray]:
    """Return the mean logistic loss plus strength times the squared covariance, and the gradient.

    weights: shape (d,). X: shape (n, d); no intercept is added.
    y: shape (n,), 0 or 1. group: shape (n,), a number for each example.
    Returns (loss, gradient with respect to the weights, shape (d,)).
    """
    ### BEGIN SOLUTION
    n = len(y)
    scores = X @ weights
    centred = group - np.mean(group)
    covariance = centred @ scores / n
    loss = np.mean(np.logaddexp(0, scores) - y * scores) + strength * covariance**2
    gradient = X.T @ (expit(scores) - y) / n + 2 * strength * covariance * (X.T @ centred) / n
    return float(loss), gradient
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.fair_logistic_loss", fair_logistic_loss)

# %% nbgrader={"grade": true, "grade_id": "check-fair_logistic_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.fair_logistic_loss", fair_logistic_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### After training
#
# Keep the classifier, and overrule some of its decisions **by lot**. For each group choose two
# probabilities: $q_0$, that somebody called low becomes "high", and $q_1$, that somebody called
# high stays so. The group's rates become
#
# $$fpr' = q_0 (1 - fpr) + q_1\, fpr, \qquad tpr' = q_0 (1 - tpr) + q_1\, tpr.$$
#
# All $(q_0, q_1)$ together reach a parallelogram: the corners are $(0, 0)$, the group's own point,
# $(1, 1)$ and the own point mirrored. A point that lies in *every* group's parallelogram can be
# everybody's (FPR, TPR): separation holds exactly. We want the one with the best accuracy.

# %% [markdown]
# ### Exercise 8: equal error rates, by lot (5 points)
#
# Find $q_0, q_1$ for each group, so that $fpr'$ is the same in all groups, $tpr'$ too, and as few
# people as possible are judged wrongly (if several are best, any). All is linear:
# `linprog(c, A_eq=A, b_eq=b, bounds=(0, 1)).x` is the $x$ with the smallest $c \cdot x$ among those
# with $A x = b$ and entries in $[0, 1]$.
#
# One way: let $x = (f, t, q_0^{(1)}, q_1^{(1)}, q_0^{(2)}, q_1^{(2)}, \dots)$. Two equations for
# each group say that its new rates are $f$ and $t$. With $N$ outcomes 0 and $P$ outcomes 1 in all
# groups, the number of mistakes is $N f + P (1 - t)$.
#
# Worked number: a single group with fpr 0.25, tpr 0.75 and as many outcomes 0 as 1 keeps its
# classifier: $(q_0, q_1) = (0, 1)$.


# %% nbgrader={"grade": false, "grade_id": "equalized_odds_mixing", "locked": false, "schema_version": 3, "solution": true, "task": false}
def equalized_odds_mixing(counts_by_group) -> dict:
    """Find the mixing that makes fpr and tpr equal in all groups at the highest accuracy.

    counts_by_group: {group: {"tn": ..., "fp": ..., "fn": ..., "tp": ...}}, both outcomes in each.
    Returns {"mix": {group: (P(high | was low), P(high | was high))},
    "fpr": ..., "tpr": ..., "accuracy": of all groups together}.
    """
    ### BEGIN SOLUTION
    tables = list(counts_by_group.values())
    num_negative = sum(c["tn"] + c["fp"] for c in tables)
    num_positive = sum(c["fn"] + c["tp"] for c in tables)
    mistakes = np.zeros(2 + 2 * len(tables))
    mistakes[:2] = num_negative, -num_positive
    equations = []
    for i, c in enumerate(tables):
        for j, rate in enumerate((c["fp"] / (c["fp"] + c["tn"]), c["tp"] / (c["tp"] + c["fn"]))):
            row = np.zeros_like(mistakes)
            row[j] = -1
            row[2 + 2 * i : 4 + 2 * i] = 1 - rate, rate
            equations.append(row)
    x = linprog(mistakes, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=(0, 1)).x
    x = np.clip(x, 0, 1)
    right = num_negative * (1 - x[0]) + num_positive * x[1]
    return {
        "mix": {g: tuple(q) for g, q in zip(counts_by_group, x[2:].reshape(-1, 2).tolist())},
        "fpr": float(x[0]),
        "tpr": float(x[1]),
        "accuracy": float(right / (num_negative + num_positive)),
    }
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.equalized_odds_mixing", equalized_odds_mixing)

# %% nbgrader={"grade": true, "grade_id": "check-equalized_odds_mixing", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.equalized_odds_mixing", equalized_odds_mixing)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** In COMPAS, whose decisions will be overruled: which group's, from what to what?

# %% tags=["demo"]
found = equalized_odds_mixing(BLACK_AND_WHITE)
for group, (low, high) in found["mix"].items():
    print(
        f"{group}: of those called low {low:.1%} become high, of those called high {high:.1%} stay"
    )
figures.reachable_rates(BLACK_AND_WHITE, found)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose(
    [found["fpr"], found["tpr"], found["accuracy"]], [0.3833, 0.6155, 0.6161], atol=6e-5
)
assert np.allclose(
    [found["mix"]["Black"], found["mix"]["White"]], [(0, 0.8547), (0.1944, 1)], atol=6e-5
)
correct = sum(t["tn"] + t["tp"] for t in BLACK_AND_WHITE.values()) / 6150
assert round(correct, 4) == 0.6509

# %% [markdown]
# For COMPAS, accuracy falls from 65.1 % to 61.6 %. And look how: *by lot*, 19 % of the white
# defendants called low become high, and 15 % of the Black ones called high become low, so that the
# error rates agree. Nobody's risk has changed. Would you defend this in front of one of them? And
# the table as it was, in front of one of the 805 Black defendants called high and not arrested
# again?

# %% [markdown]
# ### All three on one plot
#
# Now our own classifier. 3000 people to train, 3150 to test. Twice: once **blind** (the model does
# not see the group), once **aware** (the group is one more feature).
#
# **Predict.** Which of the two will have the smaller gaps? And on which of them will reweighing and
# the penalty work better?

# %% tags=["demo"]
if compas is not None:
    two = compas.select(np.isin(compas.race, list(NAMES)))
    race = np.array([NAMES[name] for name in two.race])
    y, group = two.two_year_recid, (race == "Black").astype(int)
    juvenile = two.juv_fel_count + two.juv_misd_count + two.juv_other_count
    columns = [
        two.age,
        np.log1p(two.priors_count),
        np.minimum(juvenile, 3),
        two.c_charge_degree == "F",
    ]
    scaled = [(c - np.mean(c)) / np.std(c) for c in columns]
    blind = np.column_stack([np.ones(len(y)), *scaled])
    aware = np.column_stack([blind, group])
    TRAIN, TEST = np.split(np.random.default_rng(0).permutation(len(y)), [3000])


# %% tags=["demo"]
def trained(X, strength=0.0, example_weights=None):
    if example_weights is None:
        args = (X[TRAIN], y[TRAIN], group[TRAIN], strength)
        return minimize(fair_logistic_loss, np.zeros(X.shape[1]), args, jac=True).x
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(fit_intercept=False, C=1e6)  # C is large: no regularisation
    return model.fit(X[TRAIN], y[TRAIN], sample_weight=example_weights).coef_[0]


def tables_of(decisions, people):
    return {
        name: confusion_counts(y[people][race[people] == name], decisions[race[people] == name])
        for name in ("Black", "White")
    }


# %% [markdown]
# Each decision is 1 where the predicted probability is above one half, that is, where the score
# $Xw$ is above 0. For mixing, the probabilities $q$ are chosen on the training people and used on
# the test people: a lot is drawn for each. (So mixing knows the group, even after a blind model.)


# %% tags=["demo"]
def all_interventions():
    counts = [
        [np.sum((group[TRAIN] == a) & (y[TRAIN] == label)) for label in (0, 1)] for a in (0, 1)
    ]
    weights = reweighing(counts)[group[TRAIN], y[TRAIN]]
    for name, X in (("blind", blind), ("aware", aware)):
        yield name, X[TEST] @ trained(X) > 0
        yield f"{name}, reweighed", X[TEST] @ trained(X, example_weights=weights) > 0
        yield f"{name}, penalty 1", X[TEST] @ trained(X, strength=1.0) > 0
    w = trained(blind)
    mix = equalized_odds_mixing(tables_of(blind[TRAIN] @ w > 0, TRAIN))["mix"]
    q = np.array([mix[name] for name in race[TEST]])  # (n, 2)
    high = np.where(blind[TEST] @ w > 0, q[:, 1], q[:, 0])
    yield "blind, mixed", np.random.default_rng(7).random(len(TEST)) < high


# %% tags=["demo"]
def accuracy_of(tables):
    right = sum(t["tn"] + t["tp"] for t in tables.values())
    return right / sum(sum(t.values()) for t in tables.values())


def with_bands(tables):
    drawn = list(resampled(tables, 1000, seed=8))
    gaps = [fairness_gaps(t) for t in drawn]
    return np.array([accuracy_of(t) for t in drawn]), {
        k: np.array([g[k] for g in gaps]) for k in gaps[0]
    }


if compas is not None:
    results = {"COMPAS": with_bands(tables_of(two.high[TEST], TEST))}
    results |= {name: with_bands(tables_of(high, TEST)) for name, high in all_interventions()}
    panels = {"independence": "independence", "separation_fpr": "separation (FPR)"}
    panels["sufficiency_ppv"] = "sufficiency (PPV)"
    display(figures.accuracy_against_gap(results, panels))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if compas is not None:
    middle = {
        name: (np.median(a), np.median(g["independence"])) for name, (a, g) in results.items()
    }
    assert middle["blind"][0] > middle["COMPAS"][0] and middle["blind"][1] > 0.17
    assert abs(middle["blind, reweighed"][1] - middle["blind"][1]) < 0.03
    assert middle["aware, reweighed"][1] < 0.05 and middle["aware, penalty 1"][1] < 0.09
    assert middle["aware"][0] - middle["aware, penalty 1"][0] < 0.03
    assert np.median(results["blind, mixed"][1]["separation_fpr"]) < 0.05
    assert abs(middle["aware"][1] - middle["blind"][1]) < 0.03
    ppv = {name: np.median(g["sufficiency_ppv"]) for name, (_, g) in results.items()}
    assert 0.05 < ppv["blind"] < 0.08 and 0.09 < ppv["blind, mixed"] < 0.13
    assert all(0.14 < ppv[f"aware, {how}"] < 0.19 for how in ("reweighed", "penalty 1"))
    assert 0.01 < middle["aware"][0] - middle["aware, reweighed"][0] < 0.02
    assert 0.04 < middle["blind"][0] - middle["blind, mixed"][0] < 0.05
    harder = tables_of(blind[TEST] @ trained(blind, strength=100.0) > 0, TEST)
    assert accuracy_of(harder) < 0.57 and fairness_gaps(harder)["independence"] > 0.04

# %% [markdown]
# The plot says:
#
# - On these people four features do no worse than COMPAS, whose questionnaire has 137 items (its
#   maker says that six of them make this score).
# - **Blindness does not help.** The blind model has about the same gaps as the aware one: earlier
#   offences and age carry part of the group with them. COMPAS is blind too.
# - Without sight of the group reweighing changes almost nothing, and the penalty only when it ruins
#   the model: with strength 100 the gap is 5 points, and the accuracy 56 %.
# - The **aware** model gets near independence for one or two points of accuracy. To bring groups to
#   one rate, a model must look at the group. Some laws forbid exactly this.

# %% [markdown]
# Each method reaches what it aims at: reweighing and penalty independence, mixing separation. But
# mixing is near zero in the first *two* panels. Does section 5 not forbid this? It forbids exact
# zeros. What must remain is $(p_1 - p_2)(tpr - fpr)$, about $0.13 \cdot 0.25 = 0.03$ here: a score that
# knows little can be nearly fair in two ways.
#
# The third panel has the bill. The PPV gap was 7 points; it is 11 after mixing, and 16 and 17 for
# the aware models with penalty and reweighing. Now "high" means less for white defendants than for
# Black ones. No method aims at everything.

# %% [markdown]
# ## 7 Seeing and doing
#
# So far all criteria looked at *tables*: how often do things go together? But a table cannot say
# why. Do private lessons raise the test score, or do the eager take lessons?
#
# A causal **Bayesian network** draws an arrow from each cause (the *parent*) to its effects. Each
# variable has a table: its distribution for each combination of its parents' values. In Python:

# %%
LESSONS = {
    "eager": ((), {(): {1: 0.5, 0: 0.5}}),
    "lessons": (("eager",), {(1,): {1: 0.8, 0: 0.2}, (0,): {1: 0.2, 0: 0.8}}),
    "score": (
        ("eager", "lessons"),
        {
            (0, 0): {"high": 0.1, "low": 0.9},
            (0, 1): {"high": 0.3, "low": 0.7},
            (1, 0): {"high": 0.6, "low": 0.4},
            (1, 1): {"high": 0.8, "low": 0.2},
        },
    ),
}

# %% tags=["demo"] lint="predict: it draws the network that stands above"
PLACES = {"eager": (0, 1), "lessons": (1, 0), "score": (2, 1)}
causal.causal_network(LESSONS, PLACES)

# %% [markdown]
# ### Exercise 9: what do we believe after seeing? (4 points)
#
# The probability of a **world** (a value for every variable) is the product of one entry from each
# table. $P(\text{target} \mid \text{evidence})$: keep the worlds that agree with the evidence, add
# up their weights for each value of the target, and divide by the total.
#
# Worked number: eager people with lessons have weight $0.5 \cdot 0.8 = 0.4$, the others with
# lessons $0.5 \cdot 0.2 = 0.1$. So $P(\text{eager} \mid \text{lessons}) = 0.8$.
#
# Raise `ValueError` for a parent that is not in the network, a cycle, a row that does not sum to 1
# (up to rounding), and evidence of probability 0. A child may stand before its parents.


# %% nbgrader={"grade": false, "grade_id": "query", "locked": false, "schema_version": 3, "solution": true, "task": false}
def query(network, target: str, evidence) -> dict:
    """Return P(target | evidence) as {value: probability}, by adding up all worlds.

    network: {name: (parents, table)}; parents is a tuple of names, and table maps the tuple of the
        parents' values to {value: probability}. Roots have parents () and table {(): {...}}.
    evidence: {name: value}, may be empty. A value missing from the answer has probability 0.
    Raises ValueError: unknown parent, cycle, row that does not sum to 1, impossible evidence.
    """
    ### BEGIN SOLUTION
    order = []
    while len(order) < len(network):
        ready = [
            name
            for name, (parents, _) in network.items()
            if name not in order and all(parent in order for parent in parents)
        ]
        if not ready:
            raise ValueError("there is a cycle, or a parent that is not in the network")
        order += ready
    for name, (_, table) in network.items():
        if any(abs(sum(row.values()) - 1) > 1e-6 for row in table.values()):
            raise ValueError(f"a row of {name} does not sum to 1")
    worlds = [({}, 1.0)]
    for name in order:
        parents, table = network[name]
        worlds = [
            ({**world, name: value}, weight * p)
            for world, weight in worlds
            for value, p in table[tuple(world[parent] for parent in parents)].items()
            if p > 0 and evidence.get(name, value) == value
        ]
    total = sum(weight for _, weight in worlds)
    if total == 0:
        raise ValueError("the evidence is impossible")
    answer = {}
    for world, weight in worlds:
        answer[world[target]] = answer.get(world[target], 0.0) + weight / total
    return answer
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.query", query)

# %% nbgrader={"grade": true, "grade_id": "check-query", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.query", query)
### END HIDDEN TESTS

# %% tags=["demo"]
for lessons in (1, 0):
    high = query(LESSONS, "score", {"lessons": lessons})["high"]
    print(f"P(high score | lessons = {lessons}) = {high:.2f}")

# %% [markdown]
# Those with lessons score high with probability 0.70, those without with 0.20. A difference of 50
# points! **Predict.** Give lessons to everybody, or to nobody: how many of the 50 will be left?
#
# ### Exercise 10: do it (2 points)
#
# **Doing** is not seeing. If *we* decide who gets lessons, then lessons tell nothing about
# eagerness any more. In the network: cut the arrows into what we set, and give it one value with
# certainty, `((), {(): {value: 1.0}})`. Everything else stays. Return a *new* network; the old one
# is still needed.
#
# Worked example: everybody gets lessons, `{"lessons": 1}`. Then `lessons` becomes `((), {(): {1: 1.0}})`,
# and no longer has an arrow from `eager`.


# %% nbgrader={"grade": false, "grade_id": "intervene", "locked": false, "schema_version": 3, "solution": true, "task": false}
def intervene(network, assignment) -> dict:
    """Return the network in which the variables of `assignment` were set from outside.

    assignment: {name: value}. The given network is not changed.
    """
    ### BEGIN SOLUTION
    done = dict(network)
    for name, value in assignment.items():
        done[name] = ((), {(): {value: 1.0}})
    return done
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.intervene", intervene)

# %% nbgrader={"grade": true, "grade_id": "check-intervene", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.intervene", intervene)
### END HIDDEN TESTS

# %% tags=["demo"]
for lessons in (1, 0):
    high = query(intervene(LESSONS, {"lessons": lessons}), "score", {})["high"]
    print(f"P(high score | do(lessons = {lessons})) = {high:.2f}")
causal.causal_network(LESSONS, PLACES, intervened=["lessons"])

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
seen = [query(LESSONS, "score", {"lessons": v})["high"] for v in (1, 0)]
done = [query(intervene(LESSONS, {"lessons": v}), "score", {})["high"] for v in (1, 0)]
assert np.allclose(seen, [0.70, 0.20]) and np.allclose(done, [0.55, 0.35])

# %% [markdown]
# 0.55 against 0.35: lessons help by 20 points. The other 30 of the 50 were the eager, who would
# have scored well anyway. No table of lessons and scores alone could have told.

# %% [markdown]
# ## 8 A fourth criterion: this person, otherwise
#
# Ana, a woman, applied with the score 1 and was rejected. Would *she* have been admitted, had she
# been a man? Not: how do men fare on average. Ana: with her talent and her luck.
#
# For this question chance must be taken out of the tables. A **structural causal model** has
# *exogenous* variables, which are all the chance there is, and *functions*, which have none. The
# same person keeps the same exogenous values in every world. Gender is set by a coin, "born". In
# our story men more easily get private lessons (women only with good luck), talent and lessons each
# raise the score by 1, and 2 is enough:

# %% lint="code-lines: one model, to be read as a whole"
ADMISSIONS = {
    "exogenous": {
        "born": {"woman": 0.5, "man": 0.5},
        "talent": {0: 0.5, 1: 0.5},
        "luck": {"bad": 0.25, "fair": 0.5, "good": 0.25},
    },
    "functions": {
        "gender": (("born",), {("woman",): "woman", ("man",): "man"}),
        "lessons": (
            ("gender", "luck"),
            {("man", "bad"): 0, ("man", "fair"): 1, ("man", "good"): 1}
            | {("woman", "bad"): 0, ("woman", "fair"): 0, ("woman", "good"): 1},
        ),
        "score": (("talent", "lessons"), {(0, 0): 1, (0, 1): 2, (1, 0): 2, (1, 1): 3}),
        "admitted": (("score",), {(1,): 0, (2,): 1, (3,): 1}),
    },
}

# %% tags=["demo"] lint="predict: it draws the network that stands above"
UNSEEN = {name: ((), {}) for name in ADMISSIONS["exogenous"]}
PLACES = {"born": (0, 1), "gender": (1, 1), "luck": (1, 2), "lessons": (2, 1), "talent": (2, 2)}
PLACES |= {"score": (3, 1), "admitted": (4, 1)}
causal.causal_network(UNSEEN | ADMISSIONS["functions"], PLACES, unseen=list(UNSEEN))

# %% [markdown]
# ### Three steps
#
# 1. **Abduction.** What do we now know about the exogenous variables? Keep those combinations that
#    would have produced what we saw, each with its probability.
# 2. **Action.** Set gender to "man": its function is replaced.
# 3. **Prediction.** Run the functions again for each combination that is left.
#
# Ana's score 1 means talent 0 and no lessons; as a woman without lessons her luck was bad or fair,
# so $\frac{0.25}{0.75}$ and $\frac{0.5}{0.75}$:

# %% tags=["demo"]
ANA = [  # talent, luck, before, her score as it was, after, admitted as a man
    (0, "bad", 0.125, 1, 1 / 3, "no (no lessons, score 1)"),
    (0, "fair", 0.250, 1, 2 / 3, "yes (lessons, score 2)"),
    (0, "good", 0.125, 2, 0.0, "–"),
    (1, "bad", 0.125, 2, 0.0, "–"),
    (1, "fair", 0.250, 2, 0.0, "–"),
    (1, "good", 0.125, 3, 0.0, "–"),
]
causal.three_steps(
    ["talent", "luck", "P before", "score", "P after", "as a man: admitted?"],
    ANA,
    title="Who can Ana be? She is a woman, and her score was 1",
)

# %% [markdown]
# **Predict.** The probability that Ana would have been admitted, had she been a man. And the share
# of *men* who are admitted?
#
# ### Exercise 11: the counterfactual (4 points)
#
# The functions stand in causal order: each uses only names that come before it. Exogenous variables
# are independent: multiply. What is set, `assignment`, is endogenous (it has a function); evidence
# and target may be any variables, and the evidence may be empty: then everybody fits. Raise
# `ValueError` when the evidence has probability 0: nobody fits.
#
# Worked example: Ana's table above. Evidence woman and score 1, assignment man, target `admitted`.


# %% nbgrader={"grade": false, "grade_id": "counterfactual", "locked": false, "schema_version": 3, "solution": true, "task": false}
def counterfactual(model, evidence, assignment, target: str) -> dict:
    """Return the distribution of target, had `assignment` been so, for somebody with `evidence`.

    model: {"exogenous": {name: {value: probability}},
            "functions": {name: (arguments, table)}}, functions in causal order; table maps the
            tuple of the arguments' values to a value.
    evidence: {name: value} that was seen. assignment: {name: value} in the other world.
    Returns {value: probability}. Raises ValueError for impossible evidence.
    """
    ### BEGIN SOLUTION
    from itertools import product

    def run(world, settings):
        for name, (arguments, table) in model["functions"].items():
            inputs = tuple(world[argument] for argument in arguments)
            world[name] = settings[name] if name in settings else table[inputs]
        return world

    names = list(model["exogenous"])
    weights = {}
    for combination in product(*(model["exogenous"][name].items() for name in names)):
        values = {name: value for name, (value, _) in zip(names, combination)}
        probability = np.prod([p for _, p in combination])
        real = run(dict(values), {})
        if probability > 0 and all(real[name] == value for name, value in evidence.items()):
            other = run(dict(values), assignment)
            weights[other[target]] = weights.get(other[target], 0.0) + probability
    if not weights:
        raise ValueError("nobody fits the evidence")
    total = sum(weights.values())
    return {value: float(weight / total) for value, weight in weights.items()}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.counterfactual", counterfactual)

# %% nbgrader={"grade": true, "grade_id": "check-counterfactual", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.counterfactual", counterfactual)
### END HIDDEN TESTS

# %% tags=["demo"]
ana = counterfactual(ADMISSIONS, {"gender": "woman", "score": 1}, {"gender": "man"}, "admitted")
men = counterfactual(ADMISSIONS, {"gender": "man"}, {}, "admitted")
women = counterfactual(ADMISSIONS, {"gender": "woman"}, {}, "admitted")
print(f"Ana as a man: {ana[1]:.3f}; men: {men[1]:.3f}; women: {women[1]:.3f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose([ana[1], men[1], women[1]], [2 / 3, 0.875, 0.625])

# %% [markdown]
# 2/3 for Ana; 0.875 for men on average. The average says too much for Ana, because her score
# already told us that her talent is 0. A counterfactual keeps what we know about the person.

# %% [markdown]
# ### Exercise 12: counterfactually fair (4 points)
#
# A predictor is **counterfactually fair** if nobody's prediction would have been another, had the
# protected attribute been another. Precisely: for every assignment of all endogenous variables (the
# ones with functions) that can occur, and every value that the function of `protected` can give,
# the *expected* prediction in the other world differs from the prediction in this one by at most
# `tolerance` (plus 1e-12 for rounding).
#
# A predictor is `(arguments, table)`: it looks at some endogenous variables, perhaps at none, and
# gives a number. For the expectation you know the three steps: predict in each possible world,
# weighted. Worked number: the rule "admitted" of our story gives Ana 0 here and 2/3 as a man.


# %% nbgrader={"grade": false, "grade_id": "is_counterfactually_fair", "locked": false, "schema_version": 3, "solution": true, "task": false}
def is_counterfactually_fair(model, predictor, protected: str, tolerance: float) -> bool:
    """Say whether nobody's prediction would change, had the protected attribute been another.

    model: as in `counterfactual`. protected: the name of an endogenous variable.
    predictor: (arguments, table); arguments are endogenous names, table gives numbers.
    tolerance: the largest difference that passes.
    """
    ### BEGIN SOLUTION
    from itertools import product

    arguments, table = predictor
    functions = dict(model["functions"])
    functions["the prediction"] = (arguments, table)
    extended = {"exogenous": model["exogenous"], "functions": functions}
    names = list(model["exogenous"])
    worlds = []
    for combination in product(*(model["exogenous"][name].items() for name in names)):
        if all(p > 0 for _, p in combination):
            world = {name: value for name, (value, _) in zip(names, combination)}
            for name, (inputs, outputs) in functions.items():
                world[name] = outputs[tuple(world[argument] for argument in inputs)]
            worlds.append({name: world[name] for name in functions})
    for world in worlds:
        now = world["the prediction"]
        evidence = {name: world[name] for name in model["functions"]}
        for value in set(model["functions"][protected][1].values()):
            other = counterfactual(extended, evidence, {protected: value}, "the prediction")
            expected = sum(prediction * p for prediction, p in other.items())
            if abs(expected - now) > tolerance + 1e-12:
                return False
    return True
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.is_counterfactually_fair", is_counterfactually_fair)

# %% nbgrader={"grade": true, "grade_id": "check-is_counterfactually_fair", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.is_counterfactually_fair", is_counterfactually_fair)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Three rules for admission, none of which looks at gender. Which are counterfactually
# fair?
#
# 1. admit if the score is 2 or more;
# 2. admit everybody;
# 3. admit if the score *minus the lessons* is 2 or more.

# %% tags=["demo"]
RULES = {
    "score": (("score",), {(1,): 0, (2,): 1, (3,): 1}),
    "everybody": ((), {(): 1}),
    "score minus lessons": (
        ("score", "lessons"),
        {(s, lessons): int(s - lessons >= 2) for s in (1, 2, 3) for lessons in (0, 1)},
    ),
}
for name, rule in RULES.items():
    print(f"{name:20}", is_counterfactually_fair(ADMISSIONS, rule, "gender", tolerance=0.01))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert [is_counterfactually_fair(ADMISSIONS, r, "gender", 0.01) for r in RULES.values()] == [
    False,
    True,
    True,
]

# %% [markdown]
# Rule 1 is unfair without looking at gender: gender reached the score through the lessons. Rule 3
# takes out what came by that road and keeps talent. That is the charm of this criterion. The catch:
# somebody must *know* the arrows and the functions. Data alone do not contain them, and people will
# disagree about the drawing. Some doubt the question itself: who is "Ana, as a man", when so much
# of a life is shaped by being a woman?

# %% [markdown]
# ## 9 What word vectors learned from us
#
# The models of the next units turn each word into a **vector**, a point in space, learned from
# billions of words that people wrote. Words used alike point in similar directions. And some
# differences have a meaning: *king* − *man* + *woman* points nearly to *queen*.
#
# How alike two directions are is told by the **cosine**: the dot product, divided by both lengths.

# %% [markdown]
# ### Exercise 13: analogies (3 points)
#
# "a is to b as c is to …": the words with the largest cosine to $b - a + c$. All words have length
# 1, and the length of $b - a + c$ is the same for every answer: the dot product gives the same
# order.
#
# Leave out the three words of the question. Best first, ties in the order of `words`; when fewer
# than `k` words are left, return them all. An unknown word is a `ValueError`.
#
# Worked number: east (1, 0), north (0, 1), west (−1, 0), northwest (−0.6, 0.8). *East : north ::
# north :* has the target (−1, 2), so northwest (2.2) comes before west (1).


# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def analogy(vectors, words, a: str, b: str, c: str, k: int) -> list[str]:
    """Return the k best answers to "a is to b as c is to ...", best first.

    vectors: shape (V, d), one vector of length 1 for each word. words: V words.
    Raises ValueError when a, b or c is not among the words.
    """
    ### BEGIN SOLUTION
    words = list(words)
    for word in (a, b, c):
        if word not in words:
            raise ValueError(f"unknown word: {word}")
    vectors = np.asarray(vectors)
    target = vectors[words.index(b)] - vectors[words.index(a)] + vectors[words.index(c)]
    order = np.argsort(-(vectors @ target), kind="stable")
    return [words[i] for i in order if words[i] not in (a, b, c)][:k]
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.analogy", analogy)

# %% nbgrader={"grade": true, "grade_id": "check-analogy", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.analogy", analogy)
### END HIDDEN TESTS

# %% [markdown]
# These vectors were trained on Google News. **Predict** the answers to *he : doctor :: she* and
# *she : lovely :: he*.

# %% tags=["demo"]
from course_utils.data import load_analogy_questions, load_bias_word_lists, load_word_vectors
from course_utils.progress import track

try:
    space, lists = load_word_vectors(), load_bias_word_lists()
except DataError as missing:
    space = None
    print(f"The vectors are not on this machine. {missing}")
if space is not None:
    for a, b, c in (
        ("man", "king", "woman"),
        ("walk", "walking", "swim"),
        ("he", "doctor", "she"),
        ("she", "lovely", "he"),
    ):
        print(f"{a} : {b} :: {c} :", ", ".join(analogy(space.vectors, space.words, a, b, c, 4)))

# %% [markdown]
# Doctor becomes nurse. Nobody programmed this: it is in the news that people wrote.
#
# But be careful with this famous example too. The rule that leaves out the question's own words has
# a part in it. What if they were allowed? We ask 200 of 8740 standard questions (most about
# grammar, such as *big : bigger :: small : smaller*) with and without the rule.
#
# **Predict** the two shares of right answers.

# %% tags=["demo"]
if space is not None:
    questions = load_analogy_questions()
    some = [
        questions[i] for i in np.random.default_rng(9).choice(len(questions), 200, replace=False)
    ]
    row = {word: space.vectors[i] for i, word in enumerate(space.words)}
    without = with_them = own = 0
    for _, a, b, c, right in track(some, "Questions"):
        without += analogy(space.vectors, space.words, a, b, c, 1) == [right]
        nearest = space.words[int(np.argmax(space.vectors @ (row[b] - row[a] + row[c])))]
        with_them, own = with_them + (nearest == right), own + (nearest in (a, b, c))
    print(
        f"right: {without / 200:.0%} if the question's words are left out, {with_them / 200:.0%} if not;"
    )
    print(f"in {own / 200:.0%} the nearest word is one of the question's own")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert space is None or (0.63 < without / 200 < 0.82 and 0.05 < with_them / 200 < 0.19)
assert space is None or analogy(space.vectors, space.words, "he", "doctor", "she", 1) == ["nurse"]

# %% [markdown]
# On all 8740 questions: 72.9 % with the rule, 11.5 % without it. For "he : doctor :: she" the
# nearest word of all is *doctor* itself; the rule forbids it, and *nurse* is next. So one analogy
# is weak evidence of bias. Something better: the direction itself, measured against the world.
#
# **Predict.** Which occupations stand furthest towards *he*, which towards *she*?

# %% tags=["demo"]
if space is not None:
    she_he = row["she"] - row["he"]
    she_he /= np.linalg.norm(she_he)
    jobs = [job for job, *_ in lists["professions"] if job in row]
    along = np.array([row[job] @ she_he for job in jobs])
    order = np.argsort(along)
    ends = [*order[:9], *order[-9:]]
    display(words.axis_strip([jobs[i] for i in ends], along[ends], ends=("he", "she")))

# %% [markdown]
# Some of these words *mean* a gender (waitress, businessman). Others do not (nurse, captain). For
# 36 occupations we know how many of the people in them are women (USA).
#
# **Predict.** Will the position of a word on this axis have anything to do with that number?

# %% tags=["demo"]
if space is not None:
    shares = {job: share for job, share in lists["percent_women"].items() if job in row}
    positions = np.array([row[job] @ she_he for job in shares])
    display(words.axis_against_share(list(shares), positions, list(shares.values())))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert space is None or abs(row["doctor"] @ (row["doctor"] - row["he"] + row["she"])) > abs(
    row["nurse"] @ (row["doctor"] - row["he"] + row["she"])
)
assert space is None or (
    len(shares) == 36 and round(np.corrcoef(positions, list(shares.values()))[0, 1], 2) == 0.69
)

# %% [markdown]
# A correlation of 0.69. The vectors know who does what, and can pass it on: to a search for
# applicants, for example. A woman who is an engineer then appears below men who are none better.

# %% [markdown]
# ### Exercise 14: take the direction out (2 points)
#
# Remove from a vector its component along a direction $d$, and make its length 1 again:
#
# $$v' = v - \frac{v \cdot d}{d \cdot d}\, d, \qquad \text{then } \frac{v'}{|v'|}$$
#
# $d$ may have any length but 0, and $v$ does not lie along it. Worked number: $v = (3, 4)$, $d =
# (0, 2)$ give $(3, 0)$, then $(1, 0)$.


# %% nbgrader={"grade": false, "grade_id": "neutralize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def neutralize(vector, direction) -> np.ndarray:
    """Take the component along `direction` out of `vector`, and make its length 1.

    vector, direction: shape (d,). The direction may have any length but 0.
    """
    ### BEGIN SOLUTION
    vector, direction = np.asarray(vector, dtype=float), np.asarray(direction, dtype=float)
    rest = vector - (vector @ direction) / (direction @ direction) * direction
    return rest / np.linalg.norm(rest)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("fairness.neutralize", neutralize)

# %% nbgrader={"grade": true, "grade_id": "check-neutralize", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("fairness.neutralize", neutralize)
### END HIDDEN TESTS

# %% [markdown]
# Is it gone? After `neutralize` every occupation has the component 0. We ask another way: look at
# the ten occupations nearest to each one, *after* the removal. Were they on the same side *before*?
#
# **Predict.** If all trace of gender is gone, what will the correlation be?

# %% tags=["demo"]
if space is not None:
    after = np.array([neutralize(row[job], she_he) for job in jobs])
    print(f"largest component after the removal: {np.abs(after @ she_he).max():.1e}")
    similarity = after @ after.T - 2 * np.eye(len(jobs))  # not its own neighbour
    neighbours = np.argsort(-similarity, axis=1)[:, :10]
    correlation = np.corrcoef(along, along[neighbours].mean(axis=1))[0, 1]
    print(f"own side before, and that of the ten neighbours: correlation {correlation:.2f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert space is None or round(correlation, 2) == 0.56
if space is not None:
    neutral = [i for i, job in enumerate(jobs) if job not in lists["gender_specific"]]
    near = np.argsort(-similarity[np.ix_(neutral, neutral)], axis=1)[:, :10]
    assert round(np.corrcoef(along[neutral], along[neutral][near].mean(axis=1))[0, 1], 2) == 0.54

# %% [markdown]
# The direction is gone, the neighbourhoods are not (0.56; without words like *waitress* 0.54):
# nurses still stand beside other occupations that were "female" before. Part of this is meaning:
# *nurse* and *midwife* belong together, whoever does the work. But from such neighbours a program
# can guess the gender again. What is spread over 300 dimensions is not one number to be set to
# zero. Hila Gonen and Yoav Goldberg called this *lipstick on a pig*.

# %% [markdown]
# ## 10 In your own words (4 points)
#
# A county wants to use a risk score to decide who waits for trial at home and who in jail. The
# seller writes: *Our score is fair. It does not use race, and people with a high score are arrested
# again equally often in every group.*
#
# In at most 200 words: which criterion does the seller mean, and what is it worth that race is not
# used? Which other criterion must then be violated, under which conditions, and why? Who is harmed
# by which mistake? What would you ask about the data, and which criterion would you choose for
# *this* decision?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-county", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The seller means sufficiency (equal PPV). "Does not use race" is blindness, which is none of the
# criteria: the other features know the group.
#
# If base rates differ and the score is not perfect, equal PPV excludes equal error rates: with the
# same PPV and FNR, the group with the higher base rate has the higher FPR
# (fpr = p/(1−p) · (1−ppv)/ppv · (1−fnr)).
#
# A false positive waits in jail though nothing would have happened, and may lose job and home; a
# false negative may harm somebody else. The higher FPR falls on the group that is already arrested
# more often.
#
# I would ask: is the outcome an arrest or a crime, and how does policing differ between quarters?
# Who is missing, because the jailed could not be arrested again? How large are the intervals?
#
# For jail before a conviction I would demand equal false positive rates (separation) first: nobody
# there has been found guilty, and the harm of a false positive is borne by one person. I would say
# openly that PPVs then differ.
#
# === BEGIN MARK SCHEME ===
# - 1 point: names sufficiency (or equal PPV, calibration), and says that leaving out race does not
#   help.
# - 1 point: a violated criterion with the reason: different base rates and an imperfect score.
# - 1 point: says concretely who is harmed by false positives and by false negatives.
# - 1 point: one good question about the data (arrest is not crime; selective labels; policing;
#   sample size) and a choice of criterion with an argument. Any criterion, if the argument fits.
# - Half points are fine. No points off for language.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown]
# ## 11 Recap
#
# - Every rate has a denominator: **of whom** is this the share? Independence, separation and
#   sufficiency are three answers, and with different base rates no classifier that is useful and
#   imperfect satisfies two of them. One has to choose, with those whom it hits in mind.
# - One can intervene **before, during and after** training. Here it cost one to five points of
#   accuracy, and another criterion. Being blind to the group closed no gap.
# - **Seeing is not doing**, and neither is "what if this person had been another?". For the last
#   one needs a model of causes, and the courage to draw it.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Fairness in ML*.
# - J. Angwin, J. Larson, S. Mattu, L. Kirchner: *Machine Bias*. ProPublica 2016; and, by the same,
#   *How We Analyzed the COMPAS Recidivism Algorithm*. The maker's answer: W. Dieterich, C. Mendoza,
#   T. Brennan: *COMPAS Risk Scales*. Northpointe 2016.
# - A. Chouldechova: *Fair Prediction with Disparate Impact*. Big Data 2017. Section 5's equation.
#   J. Kleinberg, S. Mullainathan, M. Raghavan 2016: the same for scores.
# - Z. Obermeyer and others: *Dissecting racial bias in an algorithm used to manage the health of
#   populations*. Science 2019. I.D. Raji, J. Buolamwini: *Actionable Auditing*. AIES 2019 (Amazon).
# - J. Dressel, H. Farid: *The accuracy, fairness, and limits of predicting recidivism*. Science
#   Advances 2018. Two features do as well as COMPAS.

# %% [markdown]
# - F. Kamiran, T. Calders 2012 (reweighing); M.B. Zafar and others 2017 (penalty); M. Hardt, E.
#   Price, N. Srebro 2016 (mixing); M. Kusner and others 2017 (counterfactual fairness).
# - On word vectors: T. Bolukbasi and others 2016; A. Caliskan, J. Bryson, A. Narayanan 2017; J.
#   Zhao and others 2018 (shares of women); H. Gonen, Y. Goldberg 2019; M. Nissim, R. van Noord, R.
#   van der Goot 2020 (on *doctor* and *nurse*).
# - S. Barocas, M. Hardt, A. Narayanan: *Fairness and Machine Learning*. Free to read at
#   fairmlbook.org.

# %% [markdown]
# ### What is simplified
#
# - Two groups, one attribute, two genders; and "Black" or "white" is what an office wrote down.
#   People belong to several groups at once, and small groups are where gaps hide best.
# - We took the arrests as the truth. The people in jail could not be arrested again, and nobody
#   corrected for it.
# - Our split was made once. Unit 1 would ask for several.
# - The models of sections 7 and 8 are made up. Real causal models are argued about for years. And
#   Kusner and others compare whole distributions, not only means.
# - The real thing needs one more: the people concerned, at the table where the criterion is chosen.
