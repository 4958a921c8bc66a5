"""gpt.training_step: clear, forward, loss, backward, clip, step; and what the model is like afterwards."""

from __future__ import annotations

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt import step_versions as versions
from course_utils.gpt import training_step


def ask_step(function, args):
    """Build a small model, take steps with the student's function, and look at everything."""
    import torch
    from torch import nn

    weights, tokens, max_norm, setting = args

    class Model(nn.Module):
        """Sees the mean of the tokens so far; one layer frozen, one never used."""

        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(weights["table"].clone())
            self.mix = nn.Parameter(weights["mix"].clone())
            self.frozen = nn.Parameter(weights["frozen"].clone(), requires_grad=False)
            self.unused = nn.Parameter(weights["unused"].clone())

        def forward(self, tokens):
            x = self.table[tokens.clamp(min=0)]
            counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
            return (x.cumsum(dim=1) / counts) @ self.mix + self.frozen

    model = Model()
    model.train(setting["train"])
    kinds = {"SGD": torch.optim.SGD, "AdamW": torch.optim.AdamW}
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer = kinds[setting["optimizer"]](trainable, lr=setting["learning_rate"])
    if setting["stale"]:
        model.table.grad = weights["table"].clone() * 3
        model.mix.grad = weights["mix"].clone() * 3
    before = tokens.clone()
    losses = [function(model, optimizer, tokens, max_norm) for _ in range(setting["steps"])]
    return {
        "losses": [float(loss) for loss in losses],
        "floats": all(isinstance(loss, float) for loss in losses),
        "parameters": {name: p.detach().clone() for name, p in model.named_parameters()},
        "same mode": model.training == setting["train"],
        "same tokens": bool(torch.equal(before, tokens)),
    }


def agree_step(args, expected, answer):
    """The distance of losses and parameters; in words what else is wrong."""
    from course_utils.agreement import deviation

    if answer["losses"] and deviation(expected["losses"][0], answer["losses"][0]) <= 1:
        if not answer["floats"]:
            return "the loss is no plain float"
        if not answer["same mode"]:
            return "the model's mode (train or eval) is another afterwards"
        if not answer["same tokens"]:
            return "it changes one of its arguments, the tokens"
    return max(deviation(expected[key], answer[key]) for key in ("losses", "parameters"))


def right_step(weights, tokens, max_norm, setting):
    return ask_step(training_step, (weights, tokens, max_norm, setting))


def draw(rng: np.random.Generator) -> list[Case]:
    def case(
        shows: str,
        max_norm: float,
        *,
        steps: int = 1,
        stale: bool = False,
        train: bool = True,
        optimizer: str = "SGD",
        learning_rate: float = 0.5,
        padded: bool = False,
    ) -> Case:
        def normal(*shape: int) -> torch.Tensor:
            return torch.from_numpy(rng.normal(size=shape))

        V, C = 5, 3
        weights = {
            "table": normal(V, C),
            "mix": 2 * normal(C, V),
            "frozen": normal(V),
            "unused": normal(2, 2),
        }
        tokens = torch.from_numpy(rng.integers(V, size=(3, 4)))
        if padded:
            tokens[0, 2:] = -1
        setting = {
            "steps": steps,
            "stale": stale,
            "train": train,
            "optimizer": optimizer,
            "learning_rate": learning_rate,
        }
        return Case((weights, tokens, max_norm, setting), shows)

    return [
        case("value", 100.0),
        case("value", 100.0, padded=True),
        case("clip", 0.05),
        case("clip", 0.11, padded=True, learning_rate=2.0),
        case("clear", 100.0, stale=True),
        case("clear", 0.07, stale=True),
        case("again", 100.0, steps=3),
        case("again", 0.3, steps=3, optimizer="AdamW", learning_rate=0.1),
        case("mode", 1.0, train=False),
    ]


STEP: Check = Check(
    exercise="gpt.training_step",
    properties={
        "value": "returns the loss before the step, as a float, and steps along its gradient",
        "clip": "shrinks the gradient of all parameters together to max_norm where it is longer",
        "clear": "forgets gradients that were there before",
        "again": "works several times in a row, and with AdamW",
        "mode": "leaves the model's mode as it is",
    },
    cases=draw,
    expect=right_step,
    ask=ask_step,
    agree=agree_step,
    accepts=[
        training_step,
        versions.by_hand,
        versions.cleared_afterwards_too,
        versions.clipped_later,
    ],
    misconceptions=[
        Misconception(
            "gradients not cleared",
            versions.made(clear=False),
            "Old gradients are not cleared, and backward adds to them. Let the optimizer clear them "
            "first.",
        ),
        Misconception(
            "nothing to step along",
            versions.made(clear_late=True),
            "The parameters do not change. Either backward or the optimizer's step is missing, or the "
            "gradients are cleared between the two.",
        ),
        Misconception(
            "no clipping in effect",
            versions.made(clip="none"),
            "The step is taken along the whole gradient. Shrink it to max_norm after backward (before it "
            "there is none yet) and before the step (afterwards it is too late).",
        ),
        Misconception(
            "each parameter by itself",
            versions.made(clip="each"),
            "Each parameter is clipped by itself. One norm is meant, of all gradients together.",
        ),
        Misconception(
            "entries clipped",
            versions.made(clip="value"),
            "The entries of the gradient are cut off at max_norm, which turns its direction. Shrink "
            "the whole gradient: clip_grad_norm_.",
        ),
        Misconception(
            "always of that length",
            versions.made(clip="always"),
            "Short gradients are stretched to max_norm. Only longer ones are to be changed.",
        ),
        Misconception(
            "two steps",
            versions.made(twice=True),
            "It takes two steps on the same tokens. One is asked.",
        ),
        Misconception(
            "uphill",
            versions.made(uphill=True),
            "The loss grows: the step goes along −loss. Call backward on the loss itself.",
        ),
        Misconception(
            "loss after the step",
            versions.made(loss_after=True),
            "This is the loss after the step. Return the one computed before it.",
        ),
        Misconception(
            "tensor returned",
            versions.made(as_float=False),
            "What is returned is a tensor, which keeps the whole graph alive. Return float(loss).",
        ),
        Misconception(
            "switched to training",
            versions.made(switch=True),
            "The model is put into training mode and left there. Its mode is the caller's business.",
        ),
        Misconception(
            "no shift in the loss",
            versions.made(shift=False),
            "The loss asks each position for its own token. Use language_model_loss, which shifts.",
        ),
        Misconception(
            "inputs shortened",
            versions.made(cut=True),
            "The tokens are shifted here and again in the loss: too much. Hand all of them to both.",
        ),
    ],
)
