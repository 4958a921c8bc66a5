"""Counterfactuals, against twin networks (Balke and Pearl, 1994) and Pearl's firing squad.

A twin network holds the real world and the other one side by side; both listen to the same causes.
The answer is then an ordinary conditional probability, here from the whole joint table.
"""

from __future__ import annotations

import copy
import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from course_utils.fairness import counterfactual, is_counterfactually_fair
from tests.fairness_oracles import conditional, distribution, joint_table, same_distribution

Model = dict[str, dict[str, Any]]
Predictor = tuple[tuple[str, ...], dict[tuple[Any, ...], Any]]


def random_model(seed: int) -> Model:
    """Two causes, three variables; nothing promises that every cause or variable matters."""
    rng = random.Random(seed)
    exogenous = {
        name: distribution([0, "one", 2][: rng.randint(2, 3)], rng, zeros=rng.random() < 0.2)
        for name in ("u", "v")
    }
    ranges = {name: list(row) for name, row in exogenous.items()}
    functions = {}
    for name in ("a", "b", "c"):
        arguments = tuple(rng.sample(list(ranges), rng.randint(1, 2)))
        keys = itertools.product(*(ranges[argument] for argument in arguments))
        functions[name] = (arguments, {key: rng.choice(["no", "yes"]) for key in keys})
        ranges[name] = ["no", "yes"]
    return {"exogenous": exogenous, "functions": functions}


def twin_network(model: Model, assignment: dict[str, Any], predictor: Predictor) -> dict[str, Any]:
    """The real names as they are, those of the other world with a star."""
    sure = Fraction(1)
    network: dict[str, Any] = {name: ((), {(): row}) for name, row in model["exogenous"].items()}
    for name, (arguments, table) in model["functions"].items():
        network[name] = (arguments, {key: {value: sure} for key, value in table.items()})
        starred = tuple(f"{x}*" if x in model["functions"] else x for x in arguments)
        network[f"{name}*"] = (
            ((), {(): {assignment[name]: sure}})
            if name in assignment
            else (starred, network[name][1])
        )
    arguments, table = predictor
    rows = {key: {value: sure} for key, value in table.items()}
    network["prediction*"] = (tuple(f"{x}*" for x in arguments), rows)
    return network


def with_every_row(network: dict[str, Any]) -> dict[str, Any]:
    """Rows for combinations that cannot occur, so that the joint table can be written down."""
    ranges = {
        n: list(dict.fromkeys(v for r in t.values() for v in r)) for n, (_, t) in network.items()
    }
    return {
        name: (parents, {key: table.get(key) or {ranges[name][0]: Fraction(1)}
                         for key in itertools.product(*(ranges[p] for p in parents))})
        for name, (parents, table) in network.items()
    }  # fmt: skip


NO_PREDICTOR: Predictor = ((), {(): 0})


@pytest.mark.parametrize("seed", range(60))
def test_a_counterfactual_is_a_conditional_probability_in_the_twin_network(seed):
    model, rng = random_model(seed), random.Random(seed + 1000)
    before = copy.deepcopy(model)
    names = [*model["exogenous"], *model["functions"]]
    world = {name: rng.choice(["no", "yes"]) for name in model["functions"]}
    world |= {name: rng.choice(list(row)) for name, row in model["exogenous"].items()}
    evidence = {name: world[name] for name in rng.sample(names, rng.randint(0, 3))}
    assignment = {name: rng.choice(["no", "yes"]) for name in rng.sample("abc", rng.randint(0, 2))}
    twin = with_every_row(twin_network(model, assignment, NO_PREDICTOR))
    for target in names:
        expected = conditional(twin, f"{target}*" if target in "abc" else target, evidence)
        if expected is None:
            with pytest.raises(ValueError, match="probability 0"):
                counterfactual(model, evidence, assignment, target)
        else:
            found = counterfactual(model, evidence, assignment, target)
            assert same_distribution(found, expected)
            assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert model == before


# Causality, section 7.1.2: the court orders (u) with probability p, the captain signals (c), both
# riflemen fire (r, s); the first is nervous (w) with probability q, and fires without a signal too.


def firing_squad(p: float, q: float) -> Model:
    either = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1}
    same = {(0,): 0, (1,): 1}
    return {
        "exogenous": {"u": {0: 1 - p, 1: p}, "w": {0: 1 - q, 1: q}},
        "functions": {
            "c": (("u",), same),
            "r": (("c", "w"), either),
            "s": (("c",), same),
            "dead": (("r", "s"), either),
        },
    }


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.3, 0.1), (0.9, 0.05), (0.0, 1.0)])
def test_the_prisoner_would_live_with_the_probability_in_pearls_book(p, q):
    found = counterfactual(firing_squad(p, q), {"dead": 1}, {"r": 0}, "dead")
    expected = (1 - p) * q / (1 - (1 - p) * (1 - q))  # equation 7.5
    assert found.get(0, 0) == pytest.approx(expected, abs=1e-12)


def test_abduction_comes_first_and_doing_is_not_seeing():
    model = firing_squad(0.3, 0.1)
    # The prisoner died: was there an order? The prior would say 0.3.
    order = counterfactual(model, {"dead": 1}, {}, "u")[1]
    assert order == pytest.approx(0.3 / 0.37)
    assert counterfactual(model, {}, {"r": 0}, "dead")[1] == pytest.approx(0.3)  # do
    assert counterfactual(model, {"r": 0}, {}, "dead").get(1, 0) == 0  # see


def test_what_is_set_is_so_and_what_was_seen_stays_if_nothing_is_set():
    model = firing_squad(0.3, 0.1)
    assert counterfactual(model, {"r": 1}, {"r": 0}, "r") == pytest.approx({0: 1.0})
    assert counterfactual(model, {"r": 1}, {}, "r") == pytest.approx({1: 1.0})
    assert counterfactual(model, {"r": 1}, {"r": 1}, "r") == pytest.approx({1: 1.0})


# --- counterfactual fairness --------------------------------------------------------------------


def largest_change(model: Model, predictor: Predictor, protected: str) -> Fraction:
    """Over all that can occur and all values of `protected`, how far the prediction moves."""
    arguments, table = predictor
    largest = Fraction(0)
    values = set(model["functions"][protected][1].values())
    real = with_every_row(twin_network(model, {}, NO_PREDICTOR))
    reachable = {
        tuple((name, world[name]) for name in model["functions"])
        for world, p in joint_table(real)
        if p
    }
    for value in values:
        twin = with_every_row(twin_network(model, {protected: value}, predictor))
        for seen in map(dict, reachable):
            other = conditional(twin, "prediction*", seen)
            expected = sum(number * p for number, p in other.items())
            now = table[tuple(seen[name] for name in arguments)]
            largest = max(largest, abs(expected - now))
    return largest


@pytest.mark.parametrize("seed", range(40))
def test_a_predictor_is_fair_just_when_nobodys_prediction_moves_by_more_than_the_tolerance(seed):
    model, rng = random_model(seed), random.Random(seed + 2000)
    arguments = tuple(rng.sample("abc", rng.randint(1, 3)))
    keys = itertools.product(["no", "yes"], repeat=len(arguments))
    predictor = (arguments, {key: Fraction(rng.randint(0, 10), 10) for key in keys})
    for protected in "abc":
        change = largest_change(model, predictor, protected)
        ours = (arguments, {key: float(number) for key, number in predictor[1].items()})
        assert is_counterfactually_fair(model, ours, protected, float(change)) is True
        if change:
            assert not is_counterfactually_fair(model, ours, protected, float(change) - 1e-6)


COIN = {0: 0.5, 1: 0.5}
SAME = {(0,): 0, (1,): 1}
XOR = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}


def test_equal_averages_of_the_groups_are_not_enough():
    # Half of each group is predicted 1, but everybody's prediction would turn round.
    model = {
        "exogenous": {"u": COIN, "v": COIN},
        "functions": {"a": (("u",), SAME), "x": (("a", "v"), XOR)},
    }
    assert not is_counterfactually_fair(model, (("x",), {(0,): 0.0, (1,): 1.0}), "a", 0.99)
    # A predictor that undoes what the attribute did uses it, and is fair.
    undo = {key: float(value) for key, value in XOR.items()}
    assert is_counterfactually_fair(model, (("a", "x"), undo), "a", 0.0)


def test_a_predictor_blind_to_the_attribute_can_be_unfair_through_another_variable():
    model = {
        "exogenous": {"u": COIN},
        "functions": {"a": (("u",), SAME), "x": (("a",), SAME)},
    }
    proxy = (("x",), {(0,): 0.2, (1,): 0.5})
    assert not is_counterfactually_fair(model, proxy, "a", 0.29)
    assert is_counterfactually_fair(model, proxy, "a", 0.31)
    common_cause = {**model, "functions": {"a": (("u",), SAME), "x": (("u",), SAME)}}
    assert is_counterfactually_fair(common_cause, proxy, "a", 0.0)  # correlated, not caused
