"""One progress bar, for a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


def track(iterable: Iterable[T], description: str, total: int | None = None) -> Generator[T]:
    """Yield the items of `iterable` while a bar shows how far it is (on stderr, or as a widget).

    `total` is needed when the length of `iterable` is unknown.

    >>> list(track([1, 2], "Counting"))
    [1, 2]
    """
    from tqdm.auto import tqdm  # slow to import, and few callers need it

    yield from tqdm(iterable, desc=description, total=total)
