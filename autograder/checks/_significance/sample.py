"""significance.bootstrap_sample: random answers, so what is compared is how they are distributed."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.significance import bootstrap_sample


def ask_sample(function, args):
    """Draw from two generators of one seed and from one of another; bring all three tables back."""
    import numpy as np

    n, num_samples, seed = args
    return [
        function(n, num_samples, np.random.default_rng(seed)),
        function(n, num_samples, np.random.default_rng(seed)),
        function(n, num_samples, np.random.default_rng(seed + 1)),
    ]


def agree_sample(args, expected, answer):
    """Deviation of three index tables from independent uniform draws with replacement; 1 is the limit.

    Each of the statistics below is a z-score held against 7: a right answer is refused with probability
    below 1e-10 for a draw of cases. Mistakes of kind (shape, range, randomness) are told in words.
    """
    import numpy as np

    n, num_samples, _ = args
    tables = []
    for value in answer:
        if value is None:
            return "it returned None (was a `return` forgotten?)"
        table = np.asarray(value)
        if table.shape != (num_samples, n):
            return f"expected shape {(num_samples, n)}, got {table.shape}"
        if table.dtype.kind not in "iu":
            return "the indices are not integers"
        if table.min() < 0 or table.max() >= n:
            return "some indices are not among 0 … n − 1"
        tables.append(table)
    first, again, other = tables
    if not np.array_equal(first, again):
        return "two generators of the same seed gave different samples"
    if np.array_equal(first, other):
        return "two generators of different seeds gave the same samples"
    if n < 3 or num_samples < 1000:
        return 0.0
    left, right = first[:, :-1], first[:, 1:]
    must_occur = [np.all(np.bincount(first.ravel(), minlength=n)), np.any(left == right)]
    if not all([*must_occur, np.any(left < right), np.any(left > right)]):
        return "the indices are not drawn independently and uniformly"  # each comes 1000 times

    def z(observed, expected, trials):
        chance = expected / trials
        return np.max(np.abs(observed - expected)) / np.sqrt(trials * chance * (1 - chance))

    whole = z(np.bincount(first.ravel(), minlength=n), first.size / n, first.size)
    columns = max(
        z(np.bincount(first[:, j], minlength=n), num_samples / n, num_samples) for j in range(n)
    )
    across = z(np.sum(left == right), left.size / n, left.size)
    ends = z(np.sum(first[:, 0] == first[:, -1]), num_samples / n, num_samples)
    down = z(np.sum(first[1:] == first[:-1]), (num_samples - 1) * n / n, (num_samples - 1) * n)
    return float(max(whole, columns, across, ends, down) / 7)


def permutations(n, num_samples, rng):
    return np.array([rng.permutation(n) for _ in range(num_samples)])


def last_never(n, num_samples, rng):
    return rng.integers(0, max(n - 1, 1), size=(num_samples, n))


def one_based(n, num_samples, rng):
    return rng.integers(1, n + 1, size=(num_samples, n))


def one_row_repeated(n, num_samples, rng):
    return np.tile(rng.integers(0, n, size=n), (num_samples, 1))


def turned(n, num_samples, rng):
    return rng.integers(0, n, size=(n, num_samples))


def own_generator(n, num_samples, rng):
    return np.random.default_rng().integers(0, n, size=(num_samples, n))


def fixed_seed(n, num_samples, rng):
    return np.random.default_rng(0).integers(0, n, size=(num_samples, n))


def sorted_rows(n, num_samples, rng):
    return np.sort(rng.integers(0, n, size=(num_samples, n)), axis=1)


def is_permutations(args, expected, answer):
    import numpy as np

    table = np.asarray(answer[0])
    return bool((np.sort(table, axis=1) == np.arange(args[0])).all())


def never_last(args, expected, answer):
    import numpy as np

    table, n = np.asarray(answer[0]), args[0]
    return bool(table.min() >= 0 and table.max() < max(n - 1, 1))


def starts_at_one(args, expected, answer):
    import numpy as np

    return bool(np.asarray(answer[0]).min() >= 1 and np.asarray(answer[0]).max() <= args[0])


def repeats_one_row(args, expected, answer):
    import numpy as np

    table = np.asarray(answer[0])
    return bool((table == table[0]).all() and table.shape == (args[1], args[0]))


def is_turned(args, expected, answer):
    import numpy as np

    return args[0] != args[1] and np.shape(answer[0]) == (args[0], args[1])


def differs_for_one_seed(args, expected, answer):
    import numpy as np

    one, two = np.asarray(answer[0]), np.asarray(answer[1])
    right_kind = one.shape == two.shape == (args[1], args[0]) and one.dtype.kind in "iu"
    return bool(right_kind and not np.array_equal(one, two))


def same_for_two_seeds(args, expected, answer):
    import numpy as np

    right_kind = np.shape(answer[0]) == (args[1], args[0])
    return right_kind and np.array_equal(answer[0], answer[2]) and np.array_equal(*answer[:2])


def has_sorted_rows(args, expected, answer):
    import numpy as np

    table = np.asarray(answer[0])
    return bool((np.diff(table, axis=1) >= 0).all() and table.shape == (args[1], args[0]))


def by_choice(n, num_samples, rng):
    return rng.choice(n, size=(num_samples, n))


def by_floor(n, num_samples, rng):
    return np.floor(rng.random((n, num_samples)).T * n).astype(np.int32)


def by_lists(n, num_samples, rng):
    return [[int(rng.integers(n)) for _ in range(n)] for _ in range(num_samples)]


def sample_cases(rng: np.random.Generator) -> list[Case]:
    seeds = rng.integers(0, 2**31, size=3)
    return [
        Case((5, 1500, int(seeds[0])), "value"),
        Case((7, 1100, int(seeds[1])), "value"),
        Case((41, 2, int(seeds[2])), "few"),
    ]


SAMPLE = Check(
    exercise="significance.bootstrap_sample",
    properties={
        "value": "draws every index equally often, independently, with replacement, from rng",
        "few": "gives shape (num_samples, n) for many examples and few samples",
    },
    cases=sample_cases,
    ask=ask_sample,
    agree=agree_sample,
    expect=lambda n, num_samples, seed: bootstrap_sample(
        n, num_samples, np.random.default_rng(seed)
    ),
    accepts=[by_choice, by_floor, by_lists],
    misconceptions=[
        Misconception(
            "without replacement",
            permutations,
            "Every row holds each example exactly once, so all test sets are the same. Draw with "
            "replacement: an example may come twice, or not at all.",
            is_permutations,
        ),
        Misconception(
            "one row repeated",
            one_row_repeated,
            "One test set was drawn and copied num_samples times. Draw each row anew.",
            repeats_one_row,
        ),
        Misconception(
            "last index never drawn",
            last_never,
            "The last example is never drawn. The upper end of rng.integers(0, n) is left out already.",
            never_last,
        ),
        Misconception(
            "indices from 1",
            one_based,
            "The indices run from 1 to n. Python counts from 0: the first example is 0, the last n − 1.",
            starts_at_one,
        ),
        Misconception(
            "rows and columns swapped",
            turned,
            "The table has shape (n, num_samples). Each row is one test set: (num_samples, n).",
            is_turned,
        ),
        Misconception(
            "fixed seed",
            fixed_seed,
            "Two generators gave the same numbers: the seed is fixed inside. Draw from the rng given.",
            same_for_two_seeds,
        ),
        Misconception(
            "rng not used",
            own_generator,
            "The same seed gave different numbers: the randomness does not come from the rng given.",
            differs_for_one_seed,
        ),
        Misconception(
            "rows sorted",
            sorted_rows,
            "The rows are sorted, so the first entry is small and the last is large. Leave them as drawn.",
            has_sorted_rows,
        ),
    ],
)
