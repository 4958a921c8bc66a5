"""Some layers of a GPT: the first part reads tokens, the last one gives logits.

Leaves out: parts that are not of neighbouring layers.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from torch import Tensor, nn

from course_utils.distributed.engines.jobs import Job, make_model

PROVIDED = ("*",)  # whole in the student's copy


class Part(nn.Module):
    """The layers of one worker. Parameters have the names that they have in the whole model."""

    def __init__(self, job: Job, worker: int) -> None:
        super().__init__()
        whole, ends = make_model(job), list(accumulate(job.shares))
        self.first, self.last = worker == 0, worker == job.num_workers - 1
        layers = range(ends[worker] - job.shares[worker], ends[worker])
        self.blocks = nn.ModuleDict({str(layer): whole.blocks[layer] for layer in layers})
        if self.first:
            self.token_embedding = whole.token_embedding
            self.position_embedding = whole.position_embedding
        if self.last:
            self.final_norm, self.output = whole.final_norm, whole.output

    def forward(self, x: Tensor, start: int = 0, cache: Any = None) -> Tensor:
        """Turn tokens (B, T), or hidden vectors (B, T, C), into hidden vectors or logits."""
        if self.first:
            positions = self.position_embedding.weight[start : start + x.shape[1]]
            x = self.token_embedding(x) + positions
        for layer, block in self.blocks.items():
            x = block(x, cache, int(layer))
        return self.output(self.final_norm(x)) if self.last else x
