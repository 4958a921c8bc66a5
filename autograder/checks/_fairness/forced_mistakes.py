"""Mistakes in fairness.false_positive_rate_from, and what is said about them."""

from __future__ import annotations

from autograder.check import Misconception
from course_utils.fairness import false_positive_rate_from


def odds(p):
    return p / (1 - p) if p < 1 else float("inf")


def odds_of_world_inverted(base_rate, ppv, fnr):
    return (1 - base_rate) / max(base_rate, 1e-300) * (1 - ppv) / ppv * (1 - fnr)


def odds_of_ppv_inverted(base_rate, ppv, fnr):
    return odds(base_rate) * ppv / max(1 - ppv, 1e-300) * (1 - fnr)


def fnr_for_tpr(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - ppv) / ppv * fnr


def divided_by_tpr(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - ppv) / ppv / max(1 - fnr, 1e-300)


def base_rate_for_odds(base_rate, ppv, fnr):
    return base_rate * (1 - ppv) / ppv * (1 - fnr)


def false_share_for_odds(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - ppv) * (1 - fnr)


def only_ppv_below(base_rate, ppv, fnr):
    return odds(base_rate) / ppv * (1 - fnr)


def without_fnr(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - ppv) / ppv


def without_ppv(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - fnr)


def without_base_rate(base_rate, ppv, fnr):
    return (1 - ppv) / ppv * (1 - fnr)


def brackets_forgotten(base_rate, ppv, fnr):
    return base_rate / max(base_rate, 1e-300) - base_rate + (1 - ppv) / ppv * (1 - fnr)


def multiplied_by_ppv(base_rate, ppv, fnr):
    return odds(base_rate) * (1 - ppv) * ppv * (1 - fnr)


def multiplied_by_rest(base_rate, ppv, fnr):
    return base_rate * (1 - base_rate) * (1 - ppv) / ppv * (1 - fnr)


def clipped(base_rate, ppv, fnr):
    return min(1.0, false_positive_rate_from(base_rate, ppv, fnr))


def refuses_above_one(base_rate, ppv, fnr):
    rate = false_positive_rate_from(base_rate, ppv, fnr)
    if rate > 1:
        raise ValueError("no classifier has these numbers")
    return rate


def nan_above_one(base_rate, ppv, fnr):
    rate = false_positive_rate_from(base_rate, ppv, fnr)
    return rate if rate <= 1 else float("nan")


def percent(base_rate, ppv, fnr):
    return 100 * false_positive_rate_from(base_rate, ppv, fnr)


def rounded(base_rate, ppv, fnr):
    return round(false_positive_rate_from(base_rate, ppv, fnr), 2)


def specificity(base_rate, ppv, fnr):
    return 1 - false_positive_rate_from(base_rate, ppv, fnr)


def exchanged(base_rate, ppv, fnr):
    return odds(ppv) * (1 - base_rate) / max(base_rate, 1e-300) * (1 - fnr)


def divides_by_the_base_rate(base_rate, ppv, fnr):
    return (1 - ppv) / ppv * (1 - fnr) / ((1 - base_rate) / base_rate)


MISCONCEPTIONS = [
    Misconception(
        "odds of the base rate inverted",
        odds_of_world_inverted,
        "You have (1 − p)/p where p/(1 − p) belongs. The more people with the outcome 1, the more are "
        "called high, and the fewer are left to be called so by mistake.",
    ),
    Misconception(
        "odds of ppv inverted",
        odds_of_ppv_inverted,
        "You have ppv/(1 − ppv). For each true positive there are (1 − ppv)/ppv false ones: the "
        "better the ppv, the fewer.",
    ),
    Misconception(
        "fnr for 1 − fnr",
        fnr_for_tpr,
        "You multiply by fnr. True positives are those who were *not* missed: 1 − fnr.",
    ),
    Misconception(
        "divided by 1 − fnr",
        divided_by_tpr,
        "You divide by 1 − fnr. The more are found, the more false alarms come with them at the same "
        "ppv: multiply.",
    ),
    Misconception(
        "base rate for its odds",
        base_rate_for_odds,
        "You have the share p, and it is of everybody. A false positive *rate* is of those with the "
        "outcome 0: divide by 1 − p too.",
    ),
    Misconception(
        "1 − ppv without / ppv",
        false_share_for_odds,
        "1 − ppv is a share of all who are called positive. You need false ones for each *true* one: "
        "divide by ppv.",
    ),
    Misconception(
        "1/ppv for its odds",
        only_ppv_below,
        "1/ppv is how many are called positive for each true positive, and the true one is among "
        "them. The false ones are (1 − ppv)/ppv.",
    ),
    Misconception(
        "fnr ignored",
        without_fnr,
        "fnr has no say in your answer. A classifier that finds fewer people makes fewer false "
        "alarms at the same ppv: multiply by 1 − fnr.",
    ),
    Misconception(
        "ppv ignored",
        without_ppv,
        "ppv has no say in your answer. It says how many false positives come with each true one.",
    ),
    Misconception(
        "base rate ignored",
        without_base_rate,
        "The base rate has no say in your answer. It is the whole point: with the same ppv and fnr, "
        "different base rates force different false positive rates.",
    ),
    Misconception(
        "brackets forgotten",
        brackets_forgotten,
        "p / p − p is 1 − p: that is what the computer reads when a bracket is missing. Write base_rate / "
        "(1 − base_rate), with brackets below the line.",
    ),
    Misconception(
        "multiplied by ppv",
        multiplied_by_ppv,
        "a / b * c multiplies by c, whatever was meant: you multiply by ppv. Put brackets round what "
        "stands below the line, or divide twice.",
    ),
    Misconception(
        "multiplied by 1 − p",
        multiplied_by_rest,
        "You multiply by 1 − p instead of dividing. Only 1 − p of everybody could become a false "
        "positive, so the rate among them is larger than the share of everybody.",
    ),
    Misconception(
        "cut off at 1",
        clipped,
        "You cut the answer off at 1. More than 1 is an answer too: it says that no classifier has "
        "these three numbers.",
    ),
    Misconception(
        "refuses more than 1",
        refuses_above_one,
        "You raise ValueError where the answer is more than 1. Return it: it says that no classifier "
        "has these three numbers.",
    ),
    Misconception(
        "nan for more than 1",
        nan_above_one,
        "You give nan where the answer is more than 1. Return the number: it says by how much no "
        "classifier can have these three.",
    ),
    Misconception(
        "percent for fraction",
        percent,
        "Your answer is in percent. Return a fraction; percent are for print().",
    ),
    Misconception(
        "rounded",
        rounded,
        "Your answer is rounded to two digits. Round when you print, not when you compute.",
    ),
    Misconception(
        "specificity",
        specificity,
        "This is 1 − fpr, the share of those with the outcome 0 who are rightly called low.",
    ),
    Misconception(
        "base rate and ppv exchanged",
        exchanged,
        "base_rate and ppv have changed places. The parameters come in the order base_rate, ppv, fnr.",
    ),
    Misconception(
        "divides by the base rate",
        divides_by_the_base_rate,
        "You divide by p, and a base rate of 0 ends in ZeroDivisionError. It is legal: where nobody "
        "has the outcome 1 the answer is 0. Multiply by p/(1 − p) instead.",
    ),
]
