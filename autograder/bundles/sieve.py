"""Thousands of byte strings looked for in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np


class Sieve:
    """Looks for thousands of secrets in one pass: by their first six bytes, then by the rest."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self.by_head: dict[bytes, list[bytes]] = {}
        self.known = np.zeros((3, 65536), bool)  # the first, second and third pair of bytes
        for secret in secrets:
            assert len(secret) >= 6, f"{secret!r} is too short to look for"
            self.by_head.setdefault(secret[:6], []).append(secret)
            for number in range(3):
                self.known[number, secret[2 * number] << 8 | secret[2 * number + 1]] = True

    def hits(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield (secret, offset) for each secret in squeezed data."""
        if len(data) < 6:
            return
        codes = np.frombuffer(data, np.uint8).astype(np.uint16)
        pairs = codes[:-1] << 8 | codes[1:]
        count = len(data) - 5
        first, second, third = (self.known[n][pairs[2 * n : 2 * n + count]] for n in range(3))
        for offset in np.flatnonzero(first & second & third).tolist():
            for secret in self.by_head.get(data[offset : offset + 6], ()):
                if data.startswith(secret, offset):
                    yield secret, offset
