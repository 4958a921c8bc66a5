"""A stream of passages from several sources, each as often as its weight says.

Nothing is copied or shuffled: a source is drawn for each passage, then a place in it, so that sources may
be larger than memory (anything that slices like a tensor will do).

Source: T. Brown and others, "Language Models are Few-Shot Learners", 2020, section 2.2.
Leaves out: reading each source in order, without repeats within an epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from course_utils.pretraining.language_model import sample_batch

PROVIDED = ("*",)  # whole in the student's copy: it is given their own function


class MixtureStream:
    """Draws passages, and counts what was read.

    >>> stream = MixtureStream({"a": torch.arange(9), "b": torch.arange(9)}, [1, 0], length=3)
    >>> stream.draw()[0], stream.epochs()
    (0, {'a': 0.3333333333333333, 'b': 0.0})
    """

    def __init__(
        self,
        sources: Mapping[str, Tensor],
        weights: Sequence[float],
        *,
        length: int,
        seed: int = 0,
        cut: Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]] = sample_batch,
    ) -> None:
        """Set up the stream.

        Args:
            sources: name -> tokens, (N,) each.
            weights: the share of passages from each; they need not sum to 1.
            length: tokens of a passage.
            seed: the same seed gives the same stream.
            cut: see `sample_batch`.

        Raises:
            ValueError: a source shorter than a passage and its last target; weights that are negative,
                all zero, or not one for each source.
        """
        self.sources, self.length, self._cut = dict(sources), length, cut
        for name, tokens in self.sources.items():
            if len(tokens) < length + 1:
                raise ValueError(
                    f"{name} has {len(tokens)} tokens: {length + 1} are needed at least"
                )
        shares = torch.as_tensor(weights, dtype=torch.float64)
        if len(shares) != len(self.sources) or (shares < 0).any() or not shares.sum() > 0:
            raise ValueError(
                f"weights {shares.tolist()} for {len(self.sources)} sources: one for each, none "
                "negative, at least one positive"
            )
        self._shares = shares / shares.sum()
        self._generator = torch.Generator().manual_seed(seed)
        self._read = [0] * len(self.sources)

    def draw(self) -> tuple[int, Tensor, Tensor]:
        """Return the number of a source, a passage from it, and what comes next, (length,) each."""
        number = int(torch.multinomial(self._shares, 1, generator=self._generator))
        tokens = list(self.sources.values())[number]
        start = torch.randint(len(tokens) - self.length, (1,), generator=self._generator)
        inputs, targets = self._cut(tokens, start, self.length)
        self._read[number] += self.length
        return number, inputs[0], targets[0]

    def batches(self, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield inputs and targets, (batch_size, length) each, without end."""
        while True:
            _, inputs, targets = zip(*(self.draw() for _ in range(batch_size)), strict=True)
            yield torch.stack(inputs), torch.stack(targets)

    def epochs(self) -> dict[str, float]:
        """Return how often each source was read so far."""
        pairs = zip(self.sources.items(), self._read, strict=True)
        return {name: read / len(tokens) for (name, tokens), read in pairs}
