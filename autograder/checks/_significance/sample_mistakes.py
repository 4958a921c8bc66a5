"""Mistakes in significance.bootstrap_sample, how to recognise them, and what is said about them.

Answers are random, so each mistake has its own recogniser. These run on the student's side too.
"""

from __future__ import annotations

import numpy as np

from autograder.check import Misconception


def without_replacement(n, num_samples, rng):
    return rng.permuted(np.tile(np.arange(n), (num_samples, 1)), axis=1)


def last_never(n, num_samples, rng):
    return rng.integers(0, n - 1, size=(num_samples, n))


def first_never(n, num_samples, rng):
    return rng.integers(1, n, size=(num_samples, n))


def one_based(n, num_samples, rng):
    return rng.integers(1, n + 1, size=(num_samples, n))


def one_too_many(n, num_samples, rng):
    return rng.integers(0, n, size=(num_samples, n), endpoint=True)


def one_row_repeated(n, num_samples, rng):
    return np.tile(rng.integers(0, n, size=n), (num_samples, 1))


def one_index_a_row(n, num_samples, rng):
    return np.repeat(rng.integers(0, n, size=(num_samples, 1)), n, axis=1)


def single_row(n, num_samples, rng):
    return rng.integers(0, n, size=n)


def transposed(n, num_samples, rng):
    return rng.integers(0, n, size=(n, num_samples))


def floats(n, num_samples, rng):
    return np.floor(n * rng.random((num_samples, n)))


def sorted_rows(n, num_samples, rng):
    return np.sort(rng.integers(0, n, size=(num_samples, n)), axis=1)


def balanced(n, num_samples, rng):
    return rng.permutation(np.repeat(np.arange(n), num_samples)).reshape(num_samples, n)


def global_generator(n, num_samples, rng):
    return np.random.randint(0, n, size=(num_samples, n))


def fixed_seed(n, num_samples, rng):
    return np.random.default_rng(0).integers(0, n, size=(num_samples, n))


def looks_without_replacement(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0])
        and (np.sort(table, axis=1) == np.arange(args[0])).all()
        for table in answer
    )


def looks_last_never(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0]) and np.min(table) >= 0 and np.max(table) < args[0] - 1
        for table in answer
    )


def looks_first_never(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0]) and np.min(table) >= 1 and np.max(table) < args[0]
        for table in answer
    )


def looks_one_based(args, expected, answer):
    import numpy as np

    n, num_samples, _ = args
    reached = num_samples < 100 or any(np.max(table) == n for table in answer)
    return reached and all(
        np.shape(table) == (num_samples, n) and np.min(table) >= 1 and np.max(table) <= n
        for table in answer
    )


def looks_one_too_many(args, expected, answer):
    import numpy as np

    n, num_samples, _ = args
    reached = num_samples < 100 or any(np.max(table) == n for table in answer)
    return reached and all(
        np.shape(table) == (num_samples, n) and np.min(table) >= 0 and np.max(table) <= n
        for table in answer
    )


def looks_one_row_repeated(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0]) and (np.asarray(table) == table[0]).all()
        for table in answer
    )


def looks_one_index_a_row(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0])
        and (np.asarray(table) == np.asarray(table)[:, :1]).all()
        for table in answer
    )


def looks_single_row(args, expected, answer):
    import numpy as np

    return all(np.shape(table) == (args[0],) for table in answer)


def looks_transposed(args, expected, answer):
    import numpy as np

    return all(np.shape(table) == (args[0], args[1]) for table in answer)


def looks_floats(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0])
        and np.asarray(table).dtype.kind == "f"
        and (np.asarray(table) == np.floor(table)).all()
        for table in answer
    )


def looks_sorted(args, expected, answer):
    import numpy as np

    return all(
        np.shape(table) == (args[1], args[0]) and (np.diff(table, axis=1) >= 0).all()
        for table in answer
    )


def looks_balanced(args, expected, answer):
    import numpy as np

    n, num_samples, _ = args
    return all(
        np.shape(table) == (num_samples, n)
        and (np.bincount(np.ravel(table), minlength=n) == num_samples).all()
        for table in answer
    )


def looks_like_a_global_generator(args, expected, answer):
    import numpy as np

    of_right_shape = all(np.shape(table) == (args[1], args[0]) for table in answer)
    return of_right_shape and not np.array_equal(*answer[:2])


def looks_fixed(args, expected, answer):
    import numpy as np

    of_right_shape = all(np.shape(table) == (args[1], args[0]) for table in answer)
    return of_right_shape and all(np.array_equal(answer[0], table) for table in answer)


MISCONCEPTIONS = [
    Misconception(
        "a single row",
        single_row,
        "This is one test set. Asked are num_samples of them, one a row: shape (num_samples, n).",
        looks_single_row,
    ),
    Misconception(
        "rows and columns exchanged",
        transposed,
        "The table has shape (n, num_samples). Each row is one test set of n examples: "
        "(num_samples, n).",
        looks_transposed,
    ),
    Misconception(
        "floats for indices",
        floats,
        "The numbers are whole, but they are floats, and floats cannot pick elements of an array. "
        "Convert them to int.",
        looks_floats,
    ),
    Misconception(
        "without replacement",
        without_replacement,
        "Every row holds each example exactly once, so all test sets are the same one, reordered. Draw "
        "with replacement: an example may come twice, or not at all.",
        looks_without_replacement,
    ),
    Misconception(
        "one row repeated",
        one_row_repeated,
        "One test set was drawn, and copied num_samples times. Draw each row anew.",
        looks_one_row_repeated,
    ),
    Misconception(
        "one index a row",
        one_index_a_row,
        "Each row holds one example n times. Draw every entry anew, not only every row.",
        looks_one_index_a_row,
    ),
    Misconception(
        "fixed seed",
        fixed_seed,
        "Two different generators led to the same numbers: a seed is fixed inside your function. Draw "
        "from the rng that you are given.",
        looks_fixed,
    ),
    Misconception(
        "rng not used",
        global_generator,
        "Two generators with the same seed led to different numbers: the randomness comes from "
        "somewhere else, such as np.random. Draw from the rng that you are given.",
        looks_like_a_global_generator,
    ),
    Misconception(
        "indices from 1",
        one_based,
        "The indices run from 1 to n. Python counts from 0: the first example is 0, the last is n − 1.",
        looks_one_based,
    ),
    Misconception(
        "index n is drawn",
        one_too_many,
        "The index n comes up, and there is no such example: the last is n − 1. (randint of Python's "
        "random includes its upper end; numpy's integers leaves it out.)",
        looks_one_too_many,
    ),
    Misconception(
        "last index never drawn",
        last_never,
        "The last example is never drawn. The upper end is left out already, so n − 1 is one too few.",
        looks_last_never,
    ),
    Misconception(
        "first index never drawn",
        first_never,
        "The first example, index 0, is never drawn.",
        looks_first_never,
    ),
    Misconception(
        "rows sorted",
        sorted_rows,
        "The rows are sorted, so that the first place holds small indices and the last large ones. "
        "Leave them as they were drawn.",
        looks_sorted,
    ),
    Misconception(
        "every index equally often",
        balanced,
        "Every index comes exactly num_samples times, as if copies of all examples had been shuffled. "
        "Chance is not that tidy: draw each entry independently.",
        looks_balanced,
    ),
]
