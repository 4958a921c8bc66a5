"""Read any bytes as a series of decisions, so that a fuzzer that flips bits changes what is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Decisions from bytes; when they are used up, every decision is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def blob(self, most: int) -> bytes:
        """Up to `most` bytes, as many as the next byte says."""
        count = self.below(most + 1)
        self._at += count
        return self._data[self._at - count : self._at]

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        width = max(1, (bound - 1).bit_length() + 7 >> 3)
        self._at += width
        return int.from_bytes(self._data[self._at - width : self._at], "little") % bound

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, one_in: int) -> bool:
        """True once in so many times; False when the bytes are used up."""
        return self.below(one_in) == one_in - 1

    def text(self, most: int) -> str:
        """Text with every kind of character, halves of characters included."""
        return self.blob(most).decode("utf-8", "surrogateescape")
