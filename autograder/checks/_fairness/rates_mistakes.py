"""Mistakes in fairness.error_rates, and what is said about them."""

from __future__ import annotations

import math

from autograder.check import Misconception
from course_utils.fairness import error_rates

NAN = math.nan


def _share(part, whole):
    return part / whole if whole else NAN


def _with(tn, fp, fn, tp, **wholes):
    """The right rates, but for those given as (part, whole)."""
    return error_rates(tn, fp, fn, tp) | {name: _share(*pair) for name, pair in wholes.items()}


def of_predictions(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, fpr=(fp, fp + tp), fnr=(fn, fn + tn))


def of_everybody(tn, fp, fn, tp):
    n = tn + fp + fn + tp
    return _with(tn, fp, fn, tp, fpr=(fp, n), fnr=(fn, n))


def of_everybody_all(tn, fp, fn, tp):
    n = tn + fp + fn + tp
    return _with(tn, fp, fn, tp, fpr=(fp, n), fnr=(fn, n), ppv=(tp, n), npv=(tn, n))


def of_mistakes(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, fpr=(fp, fp + fn), fnr=(fn, fp + fn))


def rates_of_success(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, fpr=(tn, tn + fp), fnr=(tp, tp + fn))


def exchanged_errors(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, fpr=(fn, fn + tp), fnr=(fp, fp + tn))


def odds(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, fpr=(fp, tn), fnr=(fn, tp))


def ppv_with_fn(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, ppv=(tp, tp + fn))


def npv_with_fp(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, npv=(tn, tn + fp))


def values_from_outcomes(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, ppv=(tp, tp + fn), npv=(tn, tn + fp))


def ppv_npv_exchanged(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, ppv=(tn, tn + fn), npv=(tp, tp + fp))


def transposed(tn, fp, fn, tp):
    return error_rates(tn, fn, fp, tp)


def base_and_selection(tn, fp, fn, tp):
    n = tn + fp + fn + tp
    return _with(tn, fp, fn, tp, base_rate=(tp + fp, n), selection_rate=(tp + fn, n))


def true_only(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, selection_rate=(tp, tn + fp + fn + tp))


def share_of_mistakes(tn, fp, fn, tp):
    return _with(tn, fp, fn, tp, accuracy=(fp + fn, tn + fp + fn + tp))


def percent(tn, fp, fn, tp):
    return {name: 100 * rate for name, rate in error_rates(tn, fp, fn, tp).items()}


def rounded(tn, fp, fn, tp):
    return {name: round(rate, 2) for name, rate in error_rates(tn, fp, fn, tp).items()}


def whole_division(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return {name: rate if math.isnan(rate) else rate // 1 for name, rate in rates.items()}


def zero_for_undefined(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return {name: 0.0 if math.isnan(rate) else rate for name, rate in rates.items()}


def one_for_undefined(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return {name: 1.0 if math.isnan(rate) else rate for name, rate in rates.items()}


def none_for_undefined(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return {name: None if math.isnan(rate) else rate for name, rate in rates.items()}


def all_undefined(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return dict.fromkeys(rates, NAN) if any(map(math.isnan, rates.values())) else rates


def undefined_left_out(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    return {name: rate for name, rate in rates.items() if not math.isnan(rate)}


def nan_for_zero(tn, fp, fn, tp):
    return {name: rate or NAN for name, rate in error_rates(tn, fp, fn, tp).items()}


def raises_for_undefined(tn, fp, fn, tp):
    rates = error_rates(tn, fp, fn, tp)
    if any(map(math.isnan, rates.values())):
        raise ZeroDivisionError("division by zero")
    return rates


MISCONCEPTIONS = [
    Misconception(
        "fpr and fnr of the predictions",
        of_predictions,
        "Your fpr is fp/(fp + tp), the share of false ones among those *called* positive (the false "
        "discovery rate), and your fnr likewise. Both ask about an *outcome*: fpr is of all with the "
        "outcome 0.",
    ),
    Misconception(
        "fpr and fnr over n",
        of_everybody,
        "You divide fp and fn by everybody. The false positive rate is a share of those with the "
        "outcome 0, fp + tn: the others could not become a false positive.",
    ),
    Misconception(
        "everything over n",
        of_everybody_all,
        "You divide every count by n. Each of fpr, fnr, ppv and npv asks about a part of the people: "
        "who could have been counted here at all? They are the denominator.",
    ),
    Misconception(
        "shares of the mistakes",
        of_mistakes,
        "Your fpr says which share of all *mistakes* is a false positive. The denominator is the "
        "people with the outcome 0, fp + tn, whether the prediction was wrong or right.",
    ),
    Misconception(
        "rates of success for rates of error",
        rates_of_success,
        "These are 1 − fpr and 1 − fnr, the shares that were predicted rightly. An error rate has "
        "the errors above the line: fp, and fn.",
    ),
    Misconception(
        "fpr and fnr exchanged",
        exchanged_errors,
        "Both error rates are right, but under each other's name. A false *positive* was called "
        "positive: fp belongs to those with the outcome 0.",
    ),
    Misconception(
        "odds for rates",
        odds,
        "You divide fp by tn. A share has all of them below the line, also those above it: fp + tn.",
    ),
    Misconception(
        "ppv with fn",
        ppv_with_fn,
        "Your ppv is tp/(tp + fn), the true positive rate. The predictive value starts from what was "
        "predicted: of those called positive, tp + fp, which share was so?",
    ),
    Misconception(
        "npv with fp",
        npv_with_fp,
        "Your npv is tn/(tn + fp), which is 1 − fpr. It starts from what was predicted: of those "
        "called negative, tn + fn, which share was so?",
    ),
    Misconception(
        "predictive values of the outcomes",
        values_from_outcomes,
        "Your ppv and npv start from the outcome. A predictive value starts from the prediction: of "
        "those *called* positive (or negative), which share was so?",
    ),
    Misconception(
        "ppv and npv exchanged",
        ppv_npv_exchanged,
        "Your ppv is the npv and the other way round. ppv is about those called positive.",
    ),
    Misconception(
        "fp and fn exchanged",
        transposed,
        "All your rates are those of the transposed table: fp and fn have changed places. fp is "
        "called positive with the outcome 0. The parameters come in the order tn, fp, fn, tp.",
    ),
    Misconception(
        "base rate and selection rate exchanged",
        base_and_selection,
        "The base rate is about the world, how many have the outcome 1 (fn + tp). The selection rate "
        "is about the decision, how many are called positive (fp + tp). Yours are exchanged.",
    ),
    Misconception(
        "only true positives are selected",
        true_only,
        "Your selection rate counts tp alone. Those who were selected by mistake, fp, were selected "
        "too.",
    ),
    Misconception(
        "error for accuracy",
        share_of_mistakes,
        "Your accuracy is the share of mistakes. Accuracy is the share that is right: tn + tp.",
    ),
    Misconception(
        "percent for fractions",
        percent,
        "Your rates are in percent. Return fractions between 0 and 1; percent are for print().",
    ),
    Misconception(
        "rounded",
        rounded,
        "Your rates are rounded to two digits. Round when you print: whoever computes with them "
        "needs the rest.",
    ),
    Misconception(
        "whole-number division",
        whole_division,
        "Your rates are 0 or 1: // throws the fraction away. Divide with /.",
    ),
    Misconception(
        "0 for 0/0",
        zero_for_undefined,
        "Where nobody is in the denominator you return 0, as if all had gone well. Nothing is known "
        "there: return nan. (A tiny number added to the denominator does the same harm.)",
    ),
    Misconception(
        "1 for 0/0",
        one_for_undefined,
        "Where nobody is in the denominator you return 1. Nothing is known there: return nan.",
    ),
    Misconception(
        "None for 0/0",
        none_for_undefined,
        "For 0/0 you return None, with which nobody can compute. The number that says “undefined” is "
        "nan: float('nan').",
    ),
    Misconception(
        "0/0 left out",
        undefined_left_out,
        "A rate that is 0/0 is missing from your dict. All seven keys are there always: give it nan.",
    ),
    Misconception(
        "one 0/0 makes all nan",
        all_undefined,
        "One undefined rate makes all of yours nan. The others are still known: decide for each rate "
        "by its own denominator.",
    ),
    Misconception(
        "0/0 raises",
        raises_for_undefined,
        "Python's 0/0 raises ZeroDivisionError. Look at the denominator first, and give nan when "
        "nobody is in it.",
    ),
    Misconception(
        "nan for 0",
        nan_for_zero,
        "Where the numerator is 0 you return nan, but 0 out of some people is 0. Only an empty "
        "*denominator* leaves a rate undefined.",
    ),
]
