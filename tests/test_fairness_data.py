"""Unit 02's references on the real people and the real words.

Run: `pytest tests/test_fairness_data.py`. Nothing here uses the network. The tests are skipped, with
the reason, before `course data` has run; under CI they fail. What the data itself says (the areas
under the two ROC curves, how many analogies are right) is in `test_data_fairness.py`.
"""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn import metrics
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

from course_utils.data import data_dir
from course_utils.data.carriers import carriers_for
from course_utils.data.compas import Compas, load_compas
from course_utils.data.word_vectors import (
    WordVectors,
    load_analogy_questions,
    load_bias_word_lists,
    load_word_vectors,
)
from course_utils.fairness import (
    analogy,
    confusion_by_group,
    confusion_counts,
    error_rates,
    fair_logistic_loss,
    fairness_gaps,
    fit_fair_logistic,
    neutralize,
)
from tests.conftest import missing
from tests.fairness_oracles import ALL, BLACK, WHITE

(CARRIER,) = carriers_for(["02_fairness"])


@pytest.fixture(scope="module")
def people() -> Compas:
    if not CARRIER.is_ready():
        missing(f"COMPAS and the word vectors are not in {data_dir()}: run `course data`")
    return load_compas()


@pytest.fixture(scope="module")
def space() -> WordVectors:
    if not CARRIER.is_ready():
        missing(f"COMPAS and the word vectors are not in {data_dir()}: run `course data`")
    return load_word_vectors()


# --- people -------------------------------------------------------------------------------------


def test_the_real_people_are_counted_into_propublicas_tables(people):
    tables = confusion_by_group(people.two_year_recid, people.high, people.race)
    assert tables["African-American"] == BLACK and tables["Caucasian"] == WHITE
    assert confusion_counts(people.two_year_recid, people.high) == ALL
    assert len(tables) == 6 and sum(sum(cells.values()) for cells in tables.values()) == 7214


@pytest.mark.parametrize("attribute", ["race", "sex", "age_cat"])
def test_rates_and_gaps_of_every_group_are_those_of_fairlearn(people, attribute):
    y_true, y_pred, group = people.two_year_recid, people.high, getattr(people, attribute)
    tables = confusion_by_group(y_true, y_pred, group)
    frame = metrics.MetricFrame(
        metrics={
            "fpr": metrics.false_positive_rate,
            "fnr": metrics.false_negative_rate,
            "ppv": precision_score,
            "npv": lambda true, pred: precision_score(true, pred, pos_label=0),
            "selection_rate": metrics.selection_rate,
        },
        y_true=y_true,
        y_pred=y_pred.astype(int),
        sensitive_features=group,
    )
    for name, row in frame.by_group.iterrows():
        rates = error_rates(**tables[name])
        assert {key: rates[key] for key in row.index} == pytest.approx(row.to_dict(), abs=1e-12)
    names = ("separation_fpr", "separation_tpr", "sufficiency_ppv", "sufficiency_npv")
    gaps = fairness_gaps(tables)
    found = [gaps[name] for name in (*names, "independence")]
    assert found == pytest.approx(frame.difference().tolist(), abs=1e-12)


def test_curves_that_coincide_have_operating_points_that_do_not(people):
    rates, areas = [], []
    for race in ("African-American", "Caucasian"):
        of = people.select(people.race == race)
        again = of.two_year_recid == 1
        # the area is Mann and Whitney's U: how often somebody arrested again has the higher score
        u = stats.mannwhitneyu(of.decile_score[again], of.decile_score[~again]).statistic
        areas.append(u / (again.sum() * (~again).sum()))
        assert areas[-1] == pytest.approx(roc_auc_score(again, of.decile_score), abs=1e-12)
        rates.append(error_rates(**confusion_counts(again, of.high)))
    assert np.round(areas, 3).tolist() == [0.692, 0.693]
    assert rates[0]["fpr"] - rates[1]["fpr"] > 0.2 and rates[1]["fnr"] - rates[0]["fnr"] > 0.19


def test_the_penalised_fit_of_real_people_is_scikit_learns_without_a_price_and_fairer_with(people):
    two = people.select(np.isin(people.race, ("African-American", "Caucasian")))
    columns = [two.priors_count, two.age, two.juv_fel_count, two.sex == "Male"]
    numbers = np.column_stack(columns).astype(float)
    X = np.column_stack([np.ones(len(two)), (numbers - numbers.mean(0)) / numbers.std(0)])
    y, group = two.two_year_recid, two.race == "African-American"
    theirs = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, solver="newton-cholesky")
    free = fit_fair_logistic(X, y, group, 0.0)
    np.testing.assert_allclose(free, theirs.fit(X, y).coef_[0], atol=1e-5)  # both search by steps
    priced = fit_fair_logistic(X, y, group, 100.0)
    assert np.abs(fair_logistic_loss(priced, X, y, group, 100.0)[1]).max() < 1e-6

    def tied(w: np.ndarray) -> tuple[float, float]:
        """Covariance of score and group, and the gap between the selection rates."""
        high = X @ w > 0
        rate = metrics.demographic_parity_difference(y, high, sensitive_features=group)
        return abs(np.cov(X @ w, group)[0, 1]), rate

    assert tied(priced)[0] < tied(free)[0] / 20
    assert tied(priced)[1] < tied(free)[1] / 2


# --- words --------------------------------------------------------------------------------------


def test_answers_among_the_real_words_are_those_with_scikit_learns_largest_cosines(space):
    row = {word: i for i, word in enumerate(space.words)}
    for _, a, b, c, _ in load_analogy_questions()[::700]:
        goal = space.vectors[row[b]] - space.vectors[row[a]] + space.vectors[row[c]]
        order = np.argsort(-cosine_similarity([goal], space.vectors)[0])[:8]
        expected = [space.words[i] for i in order if space.words[i] not in (a, b, c)][:5]
        assert analogy(space.vectors, space.words, a, b, c, 5) == expected


@pytest.mark.parametrize(
    ("a", "b", "c", "answer"),
    [("man", "king", "woman", "queen"), ("he", "doctor", "she", "nurse")],
)
def test_the_famous_analogies_come_out(space, a, b, c, answer):
    assert analogy(space.vectors, space.words, a, b, c, 1) == [answer]


def test_without_the_direction_from_he_to_she_no_occupation_leans_to_either(space):
    row = {word: i for i, word in enumerate(space.words)}
    he, she = (space.vectors[row[word]] for word in ("he", "she"))
    occupations = [word for word in load_bias_word_lists()["percent_women"] if word in row]
    before = np.array([space.vectors[row[word]] @ (she - he) for word in occupations])
    after = np.array([neutralize(space.vectors[row[word]], she - he) for word in occupations])
    assert np.abs(before).max() > 0.2
    assert np.abs(after @ (she - he)).max() < 1e-12
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(
        after @ he, after @ she, atol=1e-12
    )  # as near to one as to the other
