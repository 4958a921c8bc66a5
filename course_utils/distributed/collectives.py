"""A sum that everybody has in the end, sent round in a ring.

Source: P. Patarasuk and X. Yuan, "Bandwidth Optimal All-reduce Algorithms for Clusters of
Workstations", 2009.
Leaves out: trees, which need fewer messages for short arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def ring_all_reduce(buffers: Sequence[ArrayLike]) -> tuple[list[np.ndarray], list[int]]:
    """Return the sum of all buffers, once for each device, and how many bytes each device sent.

    Each buffer is cut into N chunks. First, for N − 1 rounds, each device hands one chunk to the next
    device, which adds it to its own: then each device has one finished chunk. For N − 1 rounds more,
    finished chunks go round. So a device sends 2(N − 1) chunks, nearly two buffers, however many
    devices there are.

    Args:
        buffers: N arrays of L numbers each, in float64; they stay as they are. N need not divide L.

    Returns:
        (N arrays of their own, N counts of bytes).

    Raises:
        ValueError: no buffers, or buffers of different shapes.

    >>> sums, sent = ring_all_reduce([[1.0, 2.0], [10.0, 20.0]])
    >>> sums, sent  # each sends half of its 16 bytes, twice
    ([array([11., 22.]), array([11., 22.])], [16, 16])
    """
    own = [np.array(buffer, dtype=np.float64) for buffer in buffers]
    if not own or any(buffer.shape != own[0].shape for buffer in own):
        shapes = ", ".join(str(buffer.shape) for buffer in own) or "none"
        raise ValueError(f"buffers of one shape are needed, at least one; got {shapes}")
    num_devices = len(own)
    chunks = [np.array_split(buffer, num_devices) for buffer in own]  # views: filled in place
    sent = [0] * num_devices
    for round_ in range(2 * (num_devices - 1)):
        adding = round_ < num_devices - 1
        messages = []
        for device in range(num_devices):
            number = (device - round_) % num_devices  # the chunk that it has just completed
            messages.append((number, chunks[device][number].copy()))
            sent[device] += chunks[device][number].nbytes
        for device, (number, chunk) in enumerate(messages):
            mine = chunks[(device + 1) % num_devices][number]
            mine[...] = mine + chunk if adding else chunk
    return own, sent
