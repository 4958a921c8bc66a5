"""fairness.analogy: a is to b as c is to …, answered with vectors of length 1."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._fairness import analogy_mistakes as wrong
from course_utils.fairness import analogy

WORDS = (
    *("apple", "bread", "chair", "doctor", "engine", "forest", "garden", "hammer", "island"),
    *("jacket", "kettle", "ladder", "mirror", "needle", "orange", "pencil", "quilt", "river"),
    *("saddle", "teacher", "uncle", "violin", "window", "yard", "zebra"),
)


def by_sorting_pairs(vectors, words, a, b, c, k):
    rows = {word: [float(x) for x in row] for word, row in zip(words, vectors, strict=True)}
    for word in (a, b, c):
        if word not in rows:
            raise ValueError(word)
    wanted = [y - x + z for x, y, z in zip(rows[a], rows[b], rows[c], strict=True)]

    def cosine(word):
        return sum(x * y for x, y in zip(rows[word], wanted, strict=True))

    left = [word for word in words if word not in {a, b, c}]
    return sorted(left, key=lambda word: -round(cosine(word), 9))[:k]


def by_distance(vectors, words, a, b, c, k):
    """Among vectors of one length, the largest cosine belongs to the smallest distance."""
    words = list(words)
    i, j, m = (words.index(word) for word in (a, b, c))
    rows = np.asarray(vectors, dtype=np.float32)
    distance = ((rows - (rows[j] - rows[i] + rows[m])) ** 2).sum(axis=1).round(5)
    order = np.argsort(distance, kind="stable")
    return tuple(words[n] for n in order if n not in (i, j, m))[:k]


def by_taking_the_best(vectors, words, a, b, c, k):
    words = list(words)
    i, j, m = (words.index(word) for word in (a, b, c))
    similarity = vectors @ vectors[j] - vectors @ vectors[i] + vectors @ vectors[m]
    similarity = np.round(similarity, 9)
    similarity[[i, j, m]] = -np.inf
    found = []
    while len(found) < k and similarity.max() > -np.inf:
        found.append(words[int(similarity.argmax())])
        similarity[similarity.argmax()] = -np.inf
    return found


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(size: int, d: int, k: int) -> Args:
        vectors = rng.normal(size=(size, d))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        words = [str(word) for word in rng.permutation(WORDS)[:size]]
        a, b, c = (words[i] for i in rng.choice(size, 3, replace=False))
        return vectors, words, a, b, c, k

    def clear(args: Args) -> bool:
        return bool(np.diff(np.sort(wrong.similarities(*args[:5]))).min() > 1e-3)

    def draw_clear(size: int, d: int, k: int) -> Args:
        return draw_until(lambda: draw(size, d, k), clear)

    mistakes = [known.function for known in wrong.MISCONCEPTIONS]
    in_values = [rule for rule in mistakes if rule not in wrong.ELSEWHERE]
    values = draw_until(
        lambda: [draw_clear(13, 4, 3), draw_clear(17, 5, 5), draw_clear(23, 6, 1)],
        lambda drawn: tells_apart((analogy, *in_values), drawn),
    )

    def draw_ties() -> Args:
        """Rows ±e_i: cosines are exact, in whatever order a processor adds."""
        vectors = np.repeat(np.concatenate([np.eye(3), -np.eye(3)]), 2, axis=0)
        words = [str(word) for word in rng.permutation(WORDS)[:12]]
        a, b, c = (words[i] for i in rng.choice(12, 3, replace=False))
        return rng.permutation(vectors), words, a, b, c, 5

    ties = draw_until(
        draw_ties,
        lambda args: tells_from(analogy, [wrong.last_of_equals, wrong.looks_alike], [args]),
    )

    def draw_twice(pattern: str) -> Args:
        """The question has a word twice, which is left out once."""
        return draw_until(lambda: with_pattern(pattern), clear)

    def with_pattern(pattern: str) -> Args:
        vectors, words, a, b, c, k = draw(14, 4, 4)
        a, b, c = (dict(a=a, b=b, c=c)[letter] for letter in pattern)
        return vectors, words, a, b, c, len(words) if pattern == "abb" else k

    twice = [draw_twice(pattern) for pattern in ("abb", "aba", "aab")]
    vectors, words, a, b, c, _ = values[0]
    return [
        *(Case(args, "value") for args in values),
        *(Case(args, "value") for args in twice),
        Case(ties, "ties"),
        Case((vectors, words, a, b, c, 10), "all"),
        Case((vectors, words, a, b, c, 40), "all"),
        Case((vectors, words, "absent", b, c, 2), "unknown"),
        Case((vectors, words, a, "absent", c, 2), "unknown"),
        Case((vectors, words, a, b, "absent", 2), "unknown"),
    ]


ANALOGY = Check(
    exercise="fairness.analogy",
    properties={
        "value": "gives the k words nearest to b − a + c, best first, without the question's words",
        "ties": "lists words with equal vectors in the order of `words`",
        "all": "gives all that are left when k is larger",
        "unknown": "refuses an unknown word with ValueError",
    },
    cases=cases,
    expect=analogy,
    accepts=[by_taking_the_best, by_sorting_pairs, by_distance],
    misconceptions=wrong.MISCONCEPTIONS,
)
