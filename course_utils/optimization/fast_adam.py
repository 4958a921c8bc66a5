"""AdamW for millions of parameters: `adamw_step`'s arithmetic, in place, a block at a time.

A step reads four long arrays and writes three. Done one operation after the other over all of them, each
number travels from memory to the processor and back a dozen times. A block of a few thousand stays in the
cache until everything is done with it.

Source: see `adam`.
Leaves out: groups of parameters with settings of their own; checkpoints. `torch.optim` has both.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import torch
from torch import Tensor, nn

PROVIDED = ("*",)  # whole in the student's copy
BLOCK = 2**15  # numbers; with gradient, m, v and what is between them, 640 kB in float32
MUCH_ON_A_GPU = 2**24  # there is no such cache there, and every call costs


class FastAdamW:
    """AdamW over many tensors.

    >>> parameter = nn.Parameter(torch.tensor([5.0, 5.0]))
    >>> parameter.grad = torch.tensor([1e-3, -1e3])
    >>> FastAdamW([parameter], learning_rate=0.5, weight_decay=0.0, eps=1e-12).step()
    >>> parameter.tolist()
    [4.5, 5.5]
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        *,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        """Remember the settings, see `adamw_step`; m, v and t begin at 0."""
        self.learning_rate, self.eps, self.weight_decay = learning_rate, eps, weight_decay
        self.betas = beta1, beta2
        self.parameters = list(parameters)
        for p in self.parameters:
            if not p.is_contiguous():
                raise ValueError(
                    f"a parameter of shape {tuple(p.shape)} is not contiguous in memory"
                )
        self._moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.parameters]
        self._taken = [0] * len(self.parameters)

    @torch.no_grad()
    def step(self) -> None:
        """Take a step for every parameter that has a gradient."""
        for number, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            self._taken[number] += 1
            arrays = (parameter, parameter.grad, *self._moments[number])
            size = MUCH_ON_A_GPU if parameter.is_cuda else BLOCK
            flat = [array.reshape(-1).split(size) for array in arrays]
            for theta, g, m, v in zip(*flat, strict=True):
                self._move(theta, g, m, v, self._taken[number])

    def _move(self, theta: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int) -> None:
        beta1, beta2 = self.betas
        m.lerp_(g, 1 - beta1)
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        below = v.sqrt().mul_(1 / sqrt(1 - beta2**t)).add_(self.eps)
        theta.mul_(1 - self.learning_rate * self.weight_decay)
        theta.addcdiv_(m, below, value=-self.learning_rate / (1 - beta1**t))
