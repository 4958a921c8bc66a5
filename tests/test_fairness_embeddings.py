"""Analogies and a direction taken out: against scikit-learn's cosines, scipy's projections, hands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import linalg
from sklearn.metrics.pairwise import cosine_similarity

from course_utils.fairness import analogy, neutralize

COMPASS = {"east": [1, 0], "north": [0, 1], "west": [-1, 0], "south": [0, -1], "ne": [0.6, 0.8]}


def a_vocabulary(seed: int, size: int = 61, d: int = 7) -> tuple[np.ndarray, list[str]]:
    vectors = np.random.default_rng(seed).normal(size=(size, d))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), [f"w{i}" for i in range(size)]


# --- analogies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("k", [1, 4, 58])
def test_the_answers_are_those_with_scikit_learns_largest_cosines(seed, k):
    vectors, words = a_vocabulary(seed)
    i, j, l = np.random.default_rng(seed).choice(len(words), 3, replace=False)  # noqa: E741
    cosines = cosine_similarity([vectors[j] - vectors[i] + vectors[l]], vectors)[0]
    others = [n for n in range(len(words)) if n not in (i, j, l)]
    expected = sorted(others, key=lambda n: -cosines[n])[:k]
    found = analogy(vectors, words, words[i], words[j], words[l], k)
    assert found == [words[n] for n in expected]


def test_on_the_compass_a_quarter_turn_from_north_is_west():
    words, vectors = list(COMPASS), list(COMPASS.values())
    # north − east + north = (−1, 2): cosines west 1, ne 1, south −2 (over √5)
    assert analogy(vectors, words, "east", "north", "north", 3) == ["west", "ne", "south"]
    # the other way round: east − north + north = (1, 0)
    assert analogy(vectors, words, "north", "east", "north", 1) == ["ne"]


def test_a_and_b_are_not_exchanged():
    vectors, words = a_vocabulary(11)
    there, back = analogy(vectors, words, "w0", "w1", "w2", 5), analogy(
        vectors, words, "w1", "w0", "w2", 5
    )  # fmt: skip
    assert there != back


def test_no_word_of_the_question_is_an_answer_however_near():
    vectors = np.array(
        [[1, 0], [0.99, np.sqrt(1 - 0.99**2)], [0.98, np.sqrt(1 - 0.98**2)], [0, -1]]
    )
    words = ["man", "woman", "king", "far away"]
    assert analogy(vectors, words, "man", "woman", "king", 1) == ["far away"]


def test_all_that_are_left_are_given_when_k_is_larger_and_no_words_twice():
    words, vectors = list(COMPASS), list(COMPASS.values())
    assert sorted(analogy(vectors, words, "east", "north", "ne", 99)) == ["south", "west"]
    assert len(analogy(vectors, words, "east", "east", "east", 99)) == 4
    assert analogy(vectors[:3], words[:3], "east", "north", "west", 1) == []


@pytest.mark.parametrize("seed", range(20))
def test_equal_vectors_come_in_the_order_of_the_words(seed):
    rng = np.random.default_rng(seed)
    different, _ = a_vocabulary(seed, size=9, d=50)
    which = np.concatenate([np.arange(9), rng.integers(9, size=70)])  # most of them several times
    rng.shuffle(which)
    words = [f"w{i}" for i in range(len(which))]
    found = [int(word[1:]) for word in analogy(different[which], words, "w0", "w1", "w2", 99)]
    for vector in range(9):
        places = [i for i in found if which[i] == vector]
        assert places == sorted(places)


@given(st.permutations(list(COMPASS)))
def test_the_answers_follow_the_rows_wherever_they_stand(words):
    # ne − north + east = (1.6, −0.2): with south 0.2, with west −1.6
    vectors = [COMPASS[word] for word in words]
    assert analogy(tuple(vectors), tuple(words), "north", "ne", "east", 2) == ["south", "west"]


@pytest.mark.parametrize(
    ("question", "k", "offence"),
    [
        (("up", "north", "east"), 1, "'up' is not among the 5 words"),
        (("east", "up", "north"), 1, "'up'"),
        (("east", "north", "up"), 1, "'up'"),
        (("east", "north", "North"), 1, "'North'"),
        (("east", "north", "west"), 0, "k = 0"),
        (("east", "north", "west"), -1, "k = -1"),
    ],
)
def test_unknown_words_and_no_answers_are_refused_and_named(question, k, offence):
    with pytest.raises(ValueError, match=offence):
        analogy(list(COMPASS.values()), list(COMPASS), *question, k)


# --- a direction taken out ----------------------------------------------------------------------

numbers = st.floats(-1e3, 1e3, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-3)


@given(
    st.integers(2, 6).flatmap(
        lambda d: st.tuples(*[st_numpy.arrays(float, d, elements=numbers)] * 2)
    )
)
def test_what_is_left_is_scipys_projection_and_of_length_1(pair):
    vector, direction = pair
    if not direction.any():
        with pytest.raises(ValueError, match="length 0"):
            neutralize(vector, direction)
        return
    plane = linalg.null_space(
        direction[None] / np.abs(direction).max()
    )  # all that is at right angles
    left = plane @ (plane.T @ vector)
    if np.linalg.norm(left) > 1e-6 * np.linalg.norm(vector):
        expected = left / np.linalg.norm(left)
        np.testing.assert_allclose(neutralize(vector, direction), expected, atol=1e-8)


def test_a_vector_at_right_angles_only_becomes_of_length_1():
    np.testing.assert_allclose(neutralize([0, 5, 0], [2, 0, 1]), [0, 1, 0], atol=1e-15)


@pytest.mark.parametrize("length", [-3, 1e-200, 1e-12, 1e12, 1e200])
def test_a_direction_may_have_any_length_but_0(length):
    v, d = np.array([0.6, 0.48, 0.64]), np.array([0.0, 0.6, 0.8])  # v·d = 0.8
    np.testing.assert_allclose(neutralize(v, length * d), [1, 0, 0], atol=1e-12)
    assert v.tolist() == [0.6, 0.48, 0.64]


@pytest.mark.parametrize(
    ("vector", "direction", "offence"),
    [
        ([1.0, 2.0], [0.0, 0.0], "direction has length 0"),
        ([1.0, 2.0], [-2.0, -4.0], "nothing is left"),
        ([0.3, 0.6, 0.1], [0.9, 1.8, 0.3], "nothing is left"),  # up to rounding
        ([0.0, 0.0], [1.0, 0.0], "nothing is left"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], r"\(2,\), direction \(3,\)"),
        ([[1.0, 2.0]], [[1.0, 0.0]], r"\(1, 2\)"),
    ],
)
def test_what_has_no_rest_of_length_1_is_refused(vector, direction, offence):
    with pytest.raises(ValueError, match=offence):
        neutralize(vector, direction)
