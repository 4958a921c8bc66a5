"""Seeing and doing in Bayesian networks, against whole joint tables and an example from medicine."""

from __future__ import annotations

import copy
import itertools
import math
import random
from fractions import Fraction
from typing import Any

import pytest

from course_utils.fairness import intervene, query
from tests.fairness_oracles import conditional, distribution, joint_table, same_distribution

# C.R. Charig and others, British Medical Journal 292 (1986): 700 patients with kidney stones.
STONES: dict[str, Any] = {
    "recovery": (
        ("size", "treatment"),
        {
            ("small", "A"): {True: 81 / 87, False: 6 / 87},
            ("large", "A"): {True: 192 / 263, False: 71 / 263},
            ("small", "B"): {True: 234 / 270, False: 36 / 270},
            ("large", "B"): {True: 55 / 80, False: 25 / 80},
        },
    ),
    "treatment": (
        ("size",),
        {
            ("small",): {"A": 87 / 357, "B": 270 / 357},
            ("large",): {"A": 263 / 343, "B": 80 / 343},
        },
    ),
    "size": ((), {(): {"small": 357 / 700, "large": 343 / 700}}),
}


def random_network(seed: int) -> dict[str, Any]:
    """Up to five names with up to three values each, some of them impossible; children first too."""
    rng = random.Random(seed)
    names = [f"v{i}" for i in range(rng.randint(1, 5))]
    values = {name: ["x", 1, None][: rng.randint(1, 3)] for name in names}
    network = {}
    for i, name in enumerate(names):
        parents = tuple(rng.sample(names[:i], rng.randint(0, min(i, 2))))
        network[name] = (
            parents,
            {
                key: distribution(values[name], rng, zeros=rng.random() < 0.3)
                for key in itertools.product(*(values[parent] for parent in parents))
            },
        )
    shuffled = rng.sample(names, len(names))
    return {name: network[name] for name in shuffled}


def some_evidence(network: dict[str, Any], seed: int) -> dict[str, Any]:
    """Values of some of the names in some world, possible or not."""
    rng = random.Random(seed)
    world, _ = rng.choice(joint_table(network))
    return {name: world[name] for name in rng.sample(list(world), rng.randint(0, len(world)))}


# --- seeing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_a_query_is_answered_as_from_the_whole_joint_table(seed):
    network = random_network(seed)
    evidence = some_evidence(network, seed)
    for target in network:
        expected = conditional(network, target, evidence)
        if expected is None:
            with pytest.raises(ValueError, match="probability 0"):
                query(network, target, evidence)
        else:
            found = query(network, target, evidence)
            assert same_distribution(found, expected)
            assert sum(found.values()) == pytest.approx(1, abs=1e-12)


def test_what_was_seen_is_certain_and_nothing_seen_gives_the_marginal():
    assert query(STONES, "size", {"size": "small"})["small"] == 1
    assert query(STONES, "size", {})["small"] == pytest.approx(357 / 700)


# --- doing --------------------------------------------------------------------------------------


def by_truncated_product(
    network: dict[str, Any], target: str, assignment: dict[str, Any]
) -> dict[Any, Fraction]:
    """P(target | do(assignment)): of the factors of each world, those of set names are left out."""
    ranges = {
        name: [assignment[name]]
        if name in assignment
        else list(dict.fromkeys(value for row in table.values() for value in row))
        for name, (_, table) in network.items()
    }
    found: dict[Any, Fraction] = {}
    for combination in itertools.product(*ranges.values()):
        world = dict(zip(ranges, combination, strict=True))
        p = Fraction(1)
        for name, (parents, table) in network.items():
            if name not in assignment:
                p *= table[tuple(world[parent] for parent in parents)][world[name]]
        found[world[target]] = found.get(world[target], Fraction(0)) + p
    return found


@pytest.mark.parametrize("seed", range(40))
def test_after_an_intervention_the_network_is_the_truncated_product(seed):
    network = random_network(seed)
    before = copy.deepcopy(network)
    assignment = some_evidence(network, seed + 1000)
    done = intervene(network, assignment)
    assert network == before
    assert list(done) == list(network) and done is not network
    for name in network:
        expected = ((), {(): {assignment[name]: 1.0}}) if name in assignment else network[name]
        assert done[name] == expected
        assert same_distribution(
            query(done, name, {}), by_truncated_product(network, name, assignment)
        )


def test_the_treatment_that_looks_worse_is_the_better_one():
    for treatment, seen, done in (("A", 273 / 350, 0.8325), ("B", 289 / 350, 0.7789)):
        given = query(STONES, "recovery", {"treatment": treatment})[True]
        assert given == pytest.approx(seen, abs=1e-12)
        forced = query(intervene(STONES, {"treatment": treatment}), "recovery", {})[True]
        assert round(forced, 4) == done


def test_doing_says_nothing_about_causes_where_seeing_does():
    seen = query(STONES, "size", {"treatment": "A"})["large"]
    assert seen == pytest.approx(263 / 350)
    done = query(intervene(STONES, {"treatment": "A"}), "size", {"treatment": "A"})["large"]
    assert done == pytest.approx(343 / 700)


def test_nothing_done_leaves_the_network_and_a_second_doing_replaces_the_first():
    assert intervene(STONES, {}) == STONES
    twice = intervene(intervene(STONES, {"treatment": "A"}), {"treatment": "B"})
    assert twice == intervene(STONES, {"treatment": "B"})


# --- what is no network, and no question --------------------------------------------------------

COIN: dict[str, Any] = {"a": ((), {(): {0: 0.5, 1: 0.5}})}


@pytest.mark.parametrize(
    ("more", "offence"),
    [
        ({"b": (("b",), {(0,): {0: 1.0}})}, "cycle through 'b'"),
        ({"b": (("c",), {(0,): {0: 1.0}}), "c": (("b",), {(0,): {0: 1.0}})}, "cycle .*'b', 'c'"),
        ({"b": (("z",), {(0,): {0: 1.0}})}, "'b' has the parent 'z'"),
        ({"b": ((), {(): {0: 0.5, 1: 0.4}})}, "'b' sums to 0.9"),
        ({"b": ((), {(): {0: 0.5, 1: 0.6}})}, "'b' sums to 1.1"),
        ({"b": ((), {(): {0: 1.5, 1: -0.5}})}, "'b'"),
        ({"b": ((), {(): {0: math.nan, 1: 1.0}})}, "'b'"),
        ({"b": ((), {(): {}})}, "'b' sums to 0"),
        ({"b": (("a",), {(0,): {0: 1.0}, (1,): {0: 0.5}})}, r"the row \(1,\) of 'b' sums to 0.5"),
        ({"b": (("a",), {(0,): {0: 1.0}})}, r"'b' has no row for \(1,\)"),
        ({"b": ((), {})}, r"'b' has no row for \(\)"),
    ],
)
def test_what_is_no_network_is_refused_and_named(more, offence):
    network = {**COIN, **more}
    for target in network:  # also when the question is about another variable
        with pytest.raises(ValueError, match=offence):
            query(network, target, {})
    with pytest.raises(ValueError, match=offence):
        intervene(network, {"a": 0})


def test_a_value_of_probability_0_needs_no_rows_in_its_children():
    sure = {"a": ((), {(): {0: 1.0, 1: 0.0}}), "b": (("a",), {(0,): {"x": 0.25, "y": 0.75}})}
    assert query(sure, "b", {}) == pytest.approx({"x": 0.25, "y": 0.75})


def test_a_row_that_is_off_by_rounding_is_a_distribution():
    thirds = {"a": ((), {(): {0: 0.3333333, 1: 0.3333333, 2: 0.3333333}})}
    assert query(thirds, "a", {})[2] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("target", "evidence", "offence"),
    [
        ("z", {}, "'z' is unknown"),
        ("size", {"z": 1}, "'z' is unknown"),
        ("size", {"treatment": "C"}, "'treatment': 'C'.* has probability 0"),
    ],
)
def test_a_question_that_has_no_answer_is_refused_and_named(target, evidence, offence):
    with pytest.raises(ValueError, match=offence):
        query(STONES, target, evidence)


def test_only_known_names_are_set_and_only_to_values_that_the_children_know():
    with pytest.raises(ValueError, match="'z' is unknown"):
        intervene(STONES, {"z": 1})
    with pytest.raises(ValueError, match=r"'recovery' has no row for \('small', 'C'\)"):
        query(intervene(STONES, {"treatment": "C"}), "recovery", {})
