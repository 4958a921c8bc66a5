"""gpt.language_model_loss: the mean surprise at the next token."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import language_model_loss


def by_cross_entropy(logits, tokens):
    V = logits.shape[-1]
    return F.cross_entropy(
        logits[:, :-1].reshape(-1, V), tokens[:, 1:].reshape(-1), ignore_index=-1
    )


def by_loop(logits, tokens):
    losses = []
    for b in range(tokens.shape[0]):
        for t in range(1, tokens.shape[1]):
            if tokens[b, t] != -1:
                row = logits[b, t - 1]
                losses.append(torch.logsumexp(row, dim=0) - row[tokens[b, t]])
    return sum(losses) / len(losses)


def by_boolean_index(logits, tokens):
    targets = tokens[:, 1:]
    counted = targets != -1
    logs = logits[:, :-1][counted].log_softmax(dim=1)
    return -logs[torch.arange(len(logs), device=logs.device), targets[counted]].mean()


def by_transposed_cross_entropy(logits, tokens):
    return F.cross_entropy(logits[:, :-1].mT, tokens[:, 1:], ignore_index=-1)


def no_shift(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), ignore_index=-1)


def shift_twice(logits, tokens):
    return F.cross_entropy(logits[:, :-2].flatten(0, 1), tokens[:, 2:].flatten(), ignore_index=-1)


def shift_backwards(logits, tokens):
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), tokens[:, :-1].flatten(), ignore_index=-1)


def around_the_end(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1), tokens.roll(-1, dims=1).flatten(), ignore_index=-1)


def _surprises(logits, tokens):
    targets = tokens[:, 1:]
    logs = logits[:, :-1].log_softmax(dim=-1)
    chosen = logs.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return -chosen, targets >= 0


def ignored_in_the_mean(logits, tokens):
    surprises, counted = _surprises(logits, tokens)
    return (surprises * counted).mean()


def padding_is_a_target(logits, tokens):
    surprises, _ = _surprises(logits, tokens)
    return surprises.mean()


def mean_of_means(logits, tokens):
    surprises, counted = _surprises(logits, tokens)
    return ((surprises * counted).sum(dim=1) / counted.sum(dim=1)).mean()


def total(logits, tokens):
    surprises, counted = _surprises(logits, tokens)
    return (surprises * counted).sum()


def divided_by_batch(logits, tokens):
    return total(logits, tokens) / len(tokens)


def divided_by_tokens(logits, tokens):
    return total(logits, tokens) / tokens.numel()


def padded_positions_silent(logits, tokens):
    surprises, counted = _surprises(logits, tokens)
    counted = counted & (tokens[:, :-1] >= 0)
    return (surprises * counted).sum() / counted.sum()


def in_bits(logits, tokens):
    return language_model_loss(logits, tokens) / torch.log(torch.tensor(2.0))


def sign(logits, tokens):
    return -language_model_loss(logits, tokens)


def perplexity(logits, tokens):
    return language_model_loss(logits, tokens).exp()


def no_logarithm(logits, tokens):
    surprises, counted = _surprises(logits, tokens)
    return -(torch.exp(-surprises) * counted).sum() / counted.sum()


def softmax_twice(logits, tokens):
    return language_model_loss(logits.softmax(dim=-1), tokens)


def softmax_over_positions(logits, tokens):
    targets = tokens[:, 1:]
    logs = logits[:, :-1].log_softmax(dim=1)
    chosen = logs.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return -(chosen * (targets >= 0)).sum() / (targets >= 0).sum()


def overflowing(logits, tokens):
    targets = tokens[:, 1:]
    p = logits[:, :-1].exp() / logits[:, :-1].exp().sum(dim=-1, keepdim=True)
    chosen = p.gather(-1, targets.clamp(min=0)[..., None])[..., 0].log()
    counted = targets >= 0
    return -torch.where(counted, chosen, 0.0).sum() / counted.sum()


def plain_number(logits, tokens):
    return language_model_loss(logits, tokens).item()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(
        shows: str, B: int, T: int, V: int, gaps: list[tuple[int, int]], far: float = 0.0
    ) -> Case:
        logits = rng.normal(size=(B, T, V)) * 2
        logits += far * rng.permutation(np.linspace(-1, 1, B * T)).reshape(B, T, 1)
        tokens = rng.integers(V, size=(B, T))
        for b, t in gaps:
            tokens[b, t] = -1
        return Case((torch.from_numpy(logits), torch.from_numpy(tokens)), shows)

    return [
        case("value", 2, 5, 7, []),
        case("value", 3, 4, 5, []),
        case("ignored", 2, 5, 7, [(0, 3), (0, 4)]),
        case("ignored", 3, 5, 4, [(1, 2), (2, 3), (2, 4)]),
        case("unasked", 2, 6, 5, [(0, 0), (1, 2)]),
        case("far", 2, 4, 5, [(1, 3)], far=2000.0),
        case("short", 1, 2, 3, []),
    ]


LOSS: Check = Check(
    exercise="gpt.language_model_loss",
    properties={
        "value": "gives the mean of −log p(next token), in nats",
        "ignored": "leaves out targets of −1, and counts all others alike",
        "unasked": "lets a position whose own token is −1 predict all the same",
        "far": "survives logits in the thousands",
        "short": "works for a single target",
    },
    cases=draw,
    expect=value_and_gradients(language_model_loss),
    ask=call_twice_with_gradients,
    accepts=[by_cross_entropy, by_loop, by_boolean_index, by_transposed_cross_entropy],
    misconceptions=[
        Misconception(
            "no shift",
            no_shift,
            "Each position is asked for its own token, which it has just read. It has to guess the "
            "*next* one: logits[:, :-1] against tokens[:, 1:].",
        ),
        Misconception(
            "shift twice",
            shift_twice,
            "Each position is asked for the token after the next. Shift by one only.",
        ),
        Misconception(
            "shift backwards",
            shift_backwards,
            "Each position is asked for the token *before* it. The other way round: logits[:, :-1] "
            "against tokens[:, 1:].",
        ),
        Misconception(
            "around the end",
            around_the_end,
            "The last position is asked for the first token. Nothing follows the last: leave it out.",
        ),
        Misconception(
            "mean over ignored targets",
            ignored_in_the_mean,
            "Targets of −1 add nothing to the sum, but are counted in the mean. Divide by the number "
            "of real targets.",
        ),
        Misconception(
            "padding is a target",
            padding_is_a_target,
            "Targets of −1 count as if they were token 0. Leave them out.",
        ),
        Misconception(
            "mean of means",
            mean_of_means,
            "This is the mean of each text's mean, so targets in short texts weigh more. Take one "
            "mean over all targets.",
        ),
        Misconception(
            "padded positions are silent",
            padded_positions_silent,
            "A position whose own token is −1 is left out. Only the *target* decides.",
        ),
        Misconception("sum", total, "This is the sum. Divide by the number of targets."),
        Misconception(
            "divided by the batch",
            divided_by_batch,
            "The sum is divided by the number of texts. Divide by the number of targets.",
        ),
        Misconception(
            "divided by the tokens",
            divided_by_tokens,
            "The sum is divided by the number of tokens. The first of each text is no target, and −1 "
            "is none either.",
        ),
        Misconception(
            "bits", in_bits, "This is in bits. Nats are asked: the natural logarithm, nothing else."
        ),
        Misconception(
            "sign", sign, "The sign is wrong: a loss is −log p, which is never negative."
        ),
        Misconception(
            "perplexity",
            perplexity,
            "This is the perplexity, exp of the loss. Return the loss itself.",
        ),
        Misconception(
            "no logarithm",
            no_logarithm,
            "This is the mean probability with a minus. Take the logarithm of each probability.",
        ),
        Misconception(
            "softmax twice",
            softmax_twice,
            "Softmax is applied twice: cross_entropy and log_softmax want logits.",
        ),
        Misconception(
            "softmax over the positions",
            softmax_over_positions,
            "Softmax runs over the positions. The probabilities of all V tokens, at one position, "
            "sum to 1: the last axis.",
        ),
        Misconception(
            "overflow",
            overflowing,
            "exp of a large logit overflows. Use log_softmax or logsumexp, which subtract the largest.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
