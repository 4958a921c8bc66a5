"""ngrams.count_ngrams_fast: n-grams of integer ids, counted by sorting."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import telling_cases
from autograder.checks._ngrams.fast_versions import (
    as_text,
    back_to_front,
    bags,
    by_counter,
    by_lexsort,
    by_unique_rows,
    circular,
    counts_first,
    different_for_size,
    first_seen,
    floats,
    largest_for_size,
    last_column_first,
    last_missing,
    most_frequent_first,
    never_refused,
    no_ids_fail,
    no_overlap,
    not_decoded,
    one_too_many,
    overflow_error,
    own_dtype,
    shares,
    short_fails,
    thirty_two_bits,
    without_axes,
    wraps_round,
)
from course_utils.ngrams import count_ngrams_fast


def draw(rng: np.random.Generator) -> list[Case]:
    def sequence(length: int, size: int, gap: int = 1) -> np.ndarray:
        """Ids 0, gap, 2 gap, … below the size, each at least once, the ends beside each other."""
        chosen = np.arange(0, size, gap)
        more = rng.choice(chosen, length - len(chosen))
        ends = [0, chosen[-1], chosen[1], 0]
        return np.concatenate([ends, rng.permutation([*chosen, *more])])

    def wide(length: int, size: int) -> np.ndarray:
        """Few ids out of many, the largest one among them."""
        few = np.array([size - 1, *rng.integers(0, size - 1, size=3)])
        return rng.permutation([size - 1, *rng.choice(few, length - 1)])

    limits = {2: 3_037_000_499, 3: 2_097_151, 7: 511}  # the largest V with V^n <= 2^63 - 1
    beyond = int(rng.integers(2**36, 2**40))
    n = (3, 7)[int(rng.integers(2))]
    return [
        Case((sequence(89, 13), 2), "value"),
        Case((sequence(131, 9, gap=2), 3), "value"),
        Case((sequence(61, 12), 4), "value"),
        Case((sequence(43, 11), 1), "unigrams"),
        Case((wide(31, limits[2]), 2), "fits"),
        Case((wide(23, limits[n]), n), "fits"),
        Case((wide(17, limits[2] + 1), 2), "overflow"),
        Case((wide(17, limits[n] + 1), n), "overflow"),
        Case((wide(19, beyond), 2), "overflow"),
        Case((sequence(71, 211, gap=30).astype(np.int16), 3), "narrow"),
        Case((sequence(83, 201, gap=25).astype(np.uint8), 2), "narrow"),
        Case((rng.integers(0, 5, size=3), 5), "short"),
        Case((rng.integers(1, 5, size=4), 4), "short"),
        Case((np.array([], dtype=np.int64), 2), "short"),
    ]


FAST: Check = Check(
    exercise="ngrams.count_ngrams_fast",
    properties={
        "value": "gives the distinct n-grams in lexicographic order, and how often each occurs",
        "unigrams": "gives shape (M, 1) for n = 1",
        "fits": "works for all ids with V^n ≤ 2⁶³ − 1",
        "overflow": "raises ValueError when V^n > 2⁶³ − 1",
        "narrow": "works for ids in narrow integer types",
        "short": "gives shapes (0, n) and (0,) for fewer than n ids",
    },
    cases=telling_cases(lambda: FAST, draw),
    expect=count_ngrams_fast,
    accepts=[by_counter, by_unique_rows, by_lexsort],
    misconceptions=[
        Misconception(
            "order of first appearance",
            first_seen,
            "The n-grams stand in the order in which they first appear. Give them in lexicographic "
            "order: by the first id, then by the second, and so on.",
        ),
        Misconception(
            "most frequent first",
            most_frequent_first,
            "The n-grams are sorted by their counts. Give them in lexicographic order.",
        ),
        Misconception(
            "sorted as text",
            as_text,
            "The ids are sorted as text, where 10 comes before 2. Sort them as numbers.",
        ),
        Misconception(
            "last column first",
            last_column_first,
            "The rows are sorted by their last id first (np.lexsort takes its last key first). "
            "Lexicographic order begins with the first id.",
        ),
        Misconception(
            "rows back to front",
            back_to_front,
            "Each n-gram is back to front. In base V the last digit of the code is its last id.",
        ),
        Misconception(
            "round the end",
            circular,
            "The last ids are joined to the first ones (np.roll goes round). A sequence of T ids has "
            "T − n + 1 n-grams.",
        ),
        Misconception(
            "no overlap",
            no_overlap,
            "After an n-gram this goes on n ids further. Go on by one: n-grams overlap.",
        ),
        Misconception(
            "last n-gram missing",
            last_missing,
            "The last n-gram is missing. There are T − n + 1 of them, not T − n.",
        ),
        Misconception(
            "order within an n-gram lost",
            bags,
            "The ids of each n-gram were sorted, so (1, 2) and (2, 1) count as one. Their order matters.",
        ),
        Misconception(
            "V is the largest id",
            largest_for_size,
            "V is taken to be the largest id. Ids start at 0, so there are largest id + 1; otherwise two "
            "different n-grams get the same code.",
        ),
        Misconception(
            "V is the number of different ids",
            different_for_size,
            "V is the number of different ids. Some ids may not occur: V is the largest id + 1, or two "
            "n-grams get the same code.",
        ),
        Misconception(
            "the codes wrap round",
            wraps_round,
            "For large V and n the codes do not fit into 64 bits. numpy then wraps round without a "
            "word, and the n-grams come out wrong. Compute V**n with Python's integers, and refuse.",
        ),
        Misconception(
            "computed in a narrow type",
            own_dtype,
            "The codes are computed in the type of the ids. In uint8 they wrap round at 256: convert to "
            "np.int64 first.",
        ),
        Misconception(
            "codes for n-grams",
            not_decoded,
            "These are the codes. Take them apart again: divide by V n times, the remainders are the ids.",
        ),
        Misconception(
            "floats for integers",
            floats,
            "The n-grams are floats. Ids are integers, and above 2⁵³ floats skip some.",
        ),
        Misconception(
            "counts first",
            counts_first,
            "The counts come first. Return (ngrams, counts).",
        ),
        Misconception(
            "shares for counts",
            shares,
            "The counts are divided by their sum. Return how often each n-gram occurs.",
        ),
        Misconception(
            "2⁶³ let through",
            one_too_many,
            "V^n = 2⁶³ passes here. The largest number of int64 is 2⁶³ − 1. As floats the two are the "
            "same: compare Python's integers.",
        ),
        Misconception(
            "never refused",
            never_refused,
            "V^n > 2⁶³ − 1 should raise ValueError, whatever the method, so that all versions agree on "
            "what they count.",
        ),
        Misconception(
            "refused at 32 bits",
            thirty_two_bits,
            "This refuses when V^n does not fit into 32 bits. There are 63: refuse V^n > 2⁶³ − 1.",
        ),
        Misconception(
            "another exception",
            overflow_error,
            "An overflow raises another exception here. Whoever calls this waits for ValueError.",
        ),
        Misconception(
            "empty without axes",
            without_axes,
            "With fewer than n ids the n-grams have shape (0,). Keep the second axis: (0, n).",
        ),
        Misconception(
            "fewer than n ids fail",
            short_fails,
            "With fewer than n ids this raises an exception. Then there is no n-gram: shapes (0, n) "
            "and (0,).",
        ),
        Misconception(
            "no ids fail",
            no_ids_fail,
            "The largest of no ids raises an exception. Without ids there is no n-gram: shapes (0, n) "
            "and (0,).",
        ),
    ],
)
