"""Versions of count_ngrams_fast, wrong and right ones."""

from __future__ import annotations

from collections import Counter

import numpy as np

from course_utils.ngrams import count_ngrams_fast

LARGEST = 2**63 - 1


def _refuse(ids, n, largest=LARGEST, error=ValueError):
    if len(ids) and (int(max(ids)) + 1) ** n > largest:
        raise error("V^n is too large")


def _windows(ids, n):
    ids = np.asarray(ids)
    starts = np.arange(max(0, len(ids) - n + 1))
    return ids[starts[:, None] + np.arange(n)].astype(np.int64)


def _counted(windows, n):
    rows, counts = np.unique(windows, axis=0, return_counts=True)
    return rows.reshape(-1, n), counts


def _reordered(order):
    def version(ids, n):
        ngrams, counts = count_ngrams_fast(ids, n)
        places = order(ids, n, ngrams, counts)
        return ngrams[places], counts[places]

    return version


def _first_places(ids, n, ngrams, counts):
    windows = [tuple(row) for row in _windows(ids, n).tolist()]
    return sorted(range(len(ngrams)), key=lambda i: windows.index(tuple(ngrams[i].tolist())))


first_seen = _reordered(_first_places)


most_frequent_first = _reordered(lambda ids, n, ngrams, counts: np.argsort(-counts, kind="stable"))


as_text = _reordered(
    lambda ids, n, ngrams, counts: sorted(
        range(len(ngrams)), key=lambda i: [str(x) for x in ngrams[i]]
    )
)


last_column_first = _reordered(lambda ids, n, ngrams, counts: np.lexsort(ngrams.T))


def back_to_front(ids, n):
    ngrams, counts = count_ngrams_fast(ids, n)
    return ngrams[:, ::-1].copy(), counts


def circular(ids, n):
    _refuse(ids, n)
    ids = np.asarray(ids)
    return _counted(np.stack([np.roll(ids, -i) for i in range(n)], axis=1).astype(np.int64), n)


def no_overlap(ids, n):
    _refuse(ids, n)
    return _counted(_windows(ids, n)[::n], n)


def last_missing(ids, n):
    _refuse(ids, n)
    return _counted(_windows(ids, n)[:-1], n)


def bags(ids, n):
    _refuse(ids, n)
    return _counted(np.sort(_windows(ids, n), axis=1), n)


def _by_codes(ids, n, size, dtype=np.int64):
    """Numbers in base `size`, whether or not that is large enough."""
    windows = _windows(ids, n).astype(dtype)
    codes = np.zeros(len(windows), dtype)
    with np.errstate(over="ignore"):
        for i in range(n):
            codes = (codes * np.array(size).astype(dtype) + windows[:, i]).astype(dtype)
    codes, counts = np.unique(codes, return_counts=True)
    rows = np.zeros((len(codes), n), np.int64)
    rest = codes.astype(np.int64)
    for i in reversed(range(n)):
        rest, rows[:, i] = np.divmod(rest, max(1, int(size)))
    return rows, counts


def largest_for_size(ids, n):
    _refuse(ids, n)
    return _by_codes(ids, n, int(max(ids, default=0)))


def different_for_size(ids, n):
    _refuse(ids, n)
    return _by_codes(ids, n, len(np.unique(ids)))


def wraps_round(ids, n):
    return _by_codes(ids, n, int(max(ids, default=0)) + 1)


def own_dtype(ids, n):
    _refuse(ids, n)
    return _by_codes(ids, n, int(max(ids, default=0)) + 1, np.asarray(ids).dtype)


def not_decoded(ids, n):
    ngrams, counts = count_ngrams_fast(ids, n)
    size = int(max(ids, default=0)) + 1
    return ngrams @ np.array([size ** (n - 1 - i) for i in range(n)]), counts


def floats(ids, n):
    ngrams, counts = count_ngrams_fast(ids, n)
    return ngrams.astype(float), counts


def counts_first(ids, n):
    return count_ngrams_fast(ids, n)[::-1]


def shares(ids, n):
    ngrams, counts = count_ngrams_fast(ids, n)
    return ngrams, counts / max(1, counts.sum())


def never_refused(ids, n):
    return _counted(_windows(ids, n), n)


def one_too_many(ids, n):
    _refuse(ids, n, LARGEST + 1)
    return never_refused(ids, n)


def thirty_two_bits(ids, n):
    _refuse(ids, n, 2**31 - 1)
    return count_ngrams_fast(ids, n)


def overflow_error(ids, n):
    _refuse(ids, n, error=OverflowError)
    return count_ngrams_fast(ids, n)


def without_axes(ids, n):
    ngrams, counts = count_ngrams_fast(ids, n)
    return (ngrams, counts) if len(counts) else (np.array([], int), np.array([], int))


def short_fails(ids, n):
    _refuse(ids, n)
    return _counted(np.lib.stride_tricks.sliding_window_view(ids, n).astype(np.int64), n)


def no_ids_fail(ids, n):
    if (int(np.max(ids)) + 1) ** n > LARGEST:
        raise ValueError("too large")
    return count_ngrams_fast(ids, n)


def by_counter(ids, n):
    ids = [int(i) for i in ids]
    if (max(ids, default=0) + 1) ** n >= 2**63:
        raise ValueError("V^n does not fit")
    counts = Counter(tuple(ids[i : i + n]) for i in range(len(ids) - n + 1))
    rows = sorted(counts)
    return np.array(rows, dtype=int).reshape(-1, n), np.array([counts[r] for r in rows], int)


def by_unique_rows(ids, n):
    ids = np.asarray(ids, dtype=np.uint64)
    if ids.size and (int(ids.max()) + 1) ** n > np.iinfo(np.int64).max:
        raise ValueError("too many n-grams")
    if len(ids) < n:
        return np.empty((0, n), np.int32), np.empty(0, np.int32)
    windows = np.lib.stride_tricks.sliding_window_view(ids, n)
    return list(np.unique(windows, axis=0, return_counts=True))


def by_lexsort(ids, n):
    _refuse(ids, n)
    windows = _windows(ids, n)
    windows = windows[np.lexsort(windows.T[::-1])]
    changes = np.ones(len(windows), bool)
    changes[1:] = (windows[1:] != windows[:-1]).any(axis=1)
    starts = np.flatnonzero(changes)
    return windows[starts], np.diff([*starts.tolist(), len(windows)]).astype(np.int64)
