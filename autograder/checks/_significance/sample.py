"""significance.bootstrap_sample: random answers, so their distribution is what is compared.

The arguments of a case are n, num_samples and a seed; the ask makes the generators.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.check import Case, Check
from autograder.checks._significance.sample_mistakes import MISCONCEPTIONS
from course_utils.significance import bootstrap_sample


def ask_sample(function, args):
    """Draw with two generators of one seed and one of another; bring all three tables back."""
    import numpy as np

    n, num_samples, seed = args
    return [
        function(n, num_samples, np.random.default_rng(seed)),
        function(n, num_samples, np.random.default_rng(seed)),
        function(n, num_samples, np.random.default_rng(seed + 1)),
    ]


def agree_sample(args, expected, answer):
    """Distance of three index tables from independent uniform draws; at most 1 is right.

    What is wrong with shape, kind, range or generator is told in words. Few rows show whether the
    randomness comes from rng alone. Many rows show the distribution, in counts that are binomial if
    the draws are right: how often each index comes, in all and in each place; how often two places
    of a row, or a place in two rows after each other, hold the same; how many rows have no index
    twice, or are sorted.
    By Chernoff's bound a count as surprising as `trials · KL(share, chance) > 30` has a probability
    below 2 exp(−30). There are fewer than 400 counts in a draw of cases, so a right answer is
    refused with a probability below 1e-10.
    """
    import math

    import numpy as np

    n, num_samples, _ = args
    if len(answer) != 3:
        return "no answer came back"
    tables = [np.asarray(table) for table in answer]
    for value, table in zip(answer, tables, strict=True):
        if value is None:
            return "it returned None (was a `return` forgotten?)"
        if table.shape != (num_samples, n):
            return f"expected shape {(num_samples, n)}, got {table.shape}"
        if table.dtype.kind not in "iu":
            return "the indices are not integers"
        if table.min() < 0 or table.max() >= n:
            return "some indices are not among 0 … n − 1"
    first, again, other = (table.astype(np.int64) for table in tables)  # unsigned ones wrap around
    if num_samples < 100:
        if not np.array_equal(first, again):
            return "two generators of the same seed gave different samples"
        if np.array_equal(first, other):
            return "two generators of different seeds gave the same samples"
        return 0.0

    def surprise(counts, trials, chance):
        share = np.clip(np.asarray(counts) / trials, 1e-12, 1 - 1e-12)
        rare = (1 - share) * np.log((1 - share) / (1 - chance))
        return float(np.max(trials * (share * np.log(share / chance) + rare)))

    def largest_surprise(table):
        in_place = (table[:, :, None] == np.arange(n)).sum(axis=0)  # (places, indices)
        repeated = (table[:, :, None] == table[:, None, :]).sum(axis=0)[np.triu_indices(n, 1)]
        below = (table[1:] == table[:-1]).sum(axis=0)
        steps = np.diff(np.sort(table, axis=1), axis=1)
        return max(
            surprise(in_place, num_samples, 1 / n),
            surprise(in_place.sum(axis=0), num_samples * n, 1 / n),
            surprise(repeated, num_samples, 1 / n),
            surprise(below, num_samples - 1, 1 / n),
            surprise(below.sum(), (num_samples - 1) * n, 1 / n),
            surprise((steps > 0).all(axis=1).sum(), num_samples, math.factorial(n) / n**n),
            surprise(
                (np.diff(table, axis=1) >= 0).all(axis=1).sum(),
                num_samples,
                math.comb(2 * n - 1, n) / n**n,
            ),
        )

    if all(len(set(np.bincount(table.ravel()))) == 1 for table in (first, other)):
        return math.inf  # each index equally often, to the last: chance does that once in 1e15
    return max(largest_surprise(first), largest_surprise(other)) / 30


def by_choice(n, num_samples, rng):
    return rng.choice(n, size=(num_samples, n))


def by_floor(n, num_samples, rng):
    return np.floor(rng.random((n, num_samples)).T * n).astype(np.int32)


def by_lists(n, num_samples, rng):
    return [[int(n * share) for share in rng.random(n).tolist()] for _ in range(num_samples)]


class ByRows:
    def __call__(self, n, num_samples, rng, dtype=np.uint16):
        return np.fromiter(self.entries(n, num_samples, rng), dtype).reshape(num_samples, n)

    def entries(self, n, num_samples, rng):
        for _ in range(num_samples):
            yield from (n * rng.random(n)).tolist()


def expect(n, num_samples, seed):
    """What the right answer is like: a table of integers of this shape."""
    return np.zeros((num_samples, n), dtype=np.int8)


def cases(rng: np.random.Generator) -> list[Case]:
    seeds = [int(seed) for seed in rng.integers(0, 2**31, size=4)]
    return [
        Case((5, 1500, seeds[0]), "value"),
        Case((7, 907, seeds[1]), "value"),
        Case((41, 2, seeds[2]), "rng"),
        Case((23, 3, seeds[3]), "rng"),
    ]


SAMPLE = Check(
    exercise="significance.bootstrap_sample",
    properties={
        "value": "gives (num_samples, n) indices, independent and all equally likely",
        "rng": "takes all its randomness from rng: equal seeds, equal tables; other seeds, others",
    },
    cases=cases,
    ask=ask_sample,
    agree=agree_sample,
    expect=expect,
    accepts=[bootstrap_sample, by_choice, by_floor, by_lists, ByRows(), partial(by_choice)],
    misconceptions=MISCONCEPTIONS,
)
