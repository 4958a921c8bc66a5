"""gpt.sample_next_token: temperature, top-k, top-p, and one roll of the die."""

from __future__ import annotations

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_from
from autograder.checks._gpt import sampling_versions as versions
from course_utils.gpt import sample_next_token

V = 7


def distinct(rng: np.random.Generator, size: int = V) -> np.ndarray:
    """Probabilities of which any two, and any two sums in the order of sampling, are apart."""

    def draw() -> np.ndarray:
        return rng.permutation(rng.dirichlet(np.full(size, 1.5)))

    def apart(p: np.ndarray) -> bool:
        ordered = np.sort(p)
        return ordered[0] > 0.02 and np.diff(ordered).min() > 0.012

    return draw_until(draw, apart)


def equal_quarters(rng: np.random.Generator) -> torch.Tensor:
    """Four of six scores are equal and the others −inf: masses of exactly 1/4."""
    logits = np.full(6, -np.inf)
    logits[rng.permutation(6)[:4]] = 0.0  # whose exponentials, and their sum, are not rounded
    return torch.from_numpy(logits)


def inside(rng: np.random.Generator, p: np.ndarray, rank: int) -> float:
    """A u that falls on the rank-th likeliest of these probabilities, well away from its edges."""
    ordered = np.sort(p)[::-1] / p.sum()
    below = ordered[:rank].sum()
    return float(below + ordered[rank] * rng.uniform(0.2, 0.8))


def draw(rng: np.random.Generator) -> list[Case]:
    cases: list[Case] = []

    def add(
        shows: str, p: np.ndarray, *knobs: float | int | None, rank: int, kept: np.ndarray
    ) -> None:
        logits = torch.from_numpy(np.log(p) + rng.normal())  # a constant changes nothing
        cases.append(Case((logits, *knobs, inside(rng, kept, rank)), shows))

    for rank in (0, 1, 2, 4, 6):
        p = distinct(rng)
        add("value", p, 1.0, None, None, rank=rank, kept=p)
    for temperature, rank in ((0.4, 1), (0.4, 2), (2.5, 4), (2.5, 5), (3.0, 3)):
        p = distinct(rng)
        add("temperature", p, temperature, None, None, rank=rank, kept=p ** (1 / temperature))
    for k, rank in ((3, 2), (3, 1), (4, 3), (2, 1), (1, 0)):
        p = distinct(rng)
        add("top_k", p, 1.0, k, None, rank=rank, kept=np.sort(p)[::-1][:k])
    for size, rank in ((2, 1), (3, 2), (4, 3), (3, 1), (1, 0)):
        p = distinct(rng)
        ordered = np.sort(p)[::-1]
        top_p = float(ordered[: size - 1].sum() + 0.5 * ordered[size - 1])  # the size-th crosses
        add("top_p", p, 1.0, None, top_p, rank=rank, kept=ordered[:size])
    for temperature, k, size, rank in (
        (0.5, 4, 2, 1),
        (2.0, 4, 3, 2),
        (2.0, 5, 4, 3),
        (1.7, 3, 2, 1),
    ):
        p = distinct(rng)
        heated = np.sort(p ** (1 / temperature))[::-1][:k]
        heated /= heated.sum()
        top_p = float(heated[: size - 1].sum() + 0.5 * heated[size - 1])
        add("together", p, temperature, k, top_p, rank=rank, kept=heated[:size])
    p = distinct(rng)
    add("limits", p, 1.0, V + 2, None, rank=5, kept=p)
    add("limits", p, 1.0, None, 1.0, rank=6, kept=p)
    add("limits", p, 1.0, None, 0.0, rank=0, kept=np.array([1.0]))
    never = torch.from_numpy(np.where(np.arange(V) % 2, np.log(p), -np.inf))
    cases.append(Case((never, 1.0, None, None, 1 - 1e-12), "limits"))
    tie = int(rng.integers(1, 3))
    best = torch.from_numpy(np.log(p))
    best[[tie, tie + 2]] = 1.0
    cases += [Case((best, 0, None, None, u), "greedy") for u in (0.999, 0.0)]
    cases.append(Case((best, 1.0, 1, None, 0.9), "ties"))
    cases.append(Case((torch.zeros(5, dtype=torch.float64), 1.0, 3, None, 0.5), "ties"))
    cases.append(Case((torch.zeros(4, dtype=torch.float64), 1.0, None, 0.6, 0.8), "ties"))
    cases += [
        Case((equal_quarters(rng), 1.0, None, *pu), "ties") for pu in ((None, 0.5), (0.5, 0.75))
    ]
    return cases


def cases(rng: np.random.Generator) -> list[Case]:
    """Whether top_p before top_k shows depends on luck, so it is drawn again until it does."""

    def good(drawn: list[Case]) -> bool:
        inputs = [case.args for case in drawn if case.shows == "together"]
        return tells_from(sample_next_token, [versions.made(p_first=True)], inputs)

    return draw_until(lambda: draw(rng), good)


SAMPLING: Check = Check(
    exercise="gpt.sample_next_token",
    properties={
        "value": "returns the first token, likeliest first, whose cumulated mass exceeds u",
        "temperature": "divides the scores by the temperature before softmax",
        "top_k": "keeps the k best, and renormalises",
        "top_p": "keeps the smallest number of best ones that reach p, and renormalises",
        "together": "applies temperature, then top_k, then top_p on what is left, renormalised",
        "limits": "takes k > V and p = 1 as off, keeps one at p = 0, and nothing impossible",
        "greedy": "returns the smallest number of the best at temperature 0, whatever u is",
        "ties": "takes the smaller number first where scores are equal, and keeps exactly k",
    },
    cases=cases,
    expect=sample_next_token,
    accepts=[versions.by_numpy, versions.by_loop, versions.by_masking],
    misconceptions=[
        Misconception(
            "top_p drops the crossing token",
            versions.made(nucleus=versions.below_only),
            "The token that crosses p is dropped. Keep it: what is kept has to reach p.",
        ),
        Misconception(
            "no effect of the temperature",
            versions.made(heat=versions.after_softmax),
            "The temperature changes nothing. If you divide the probabilities by it, renormalising takes "
            "that away: divide the scores, before softmax.",
        ),
        Misconception(
            "times the temperature",
            versions.made(heat=lambda scores, t: (scores * t).softmax(0)),
            "The scores are multiplied by the temperature. Divide: below 1 has to sharpen.",
        ),
        Misconception(
            "not sorted",
            versions.made(ordered=False),
            "The die's faces lie in the order of the vocabulary. Order them by descending probability.",
        ),
        Misconception(
            "ascending",
            versions.made(descending=False),
            "The tokens are ordered from the least likely on, or the die is turned round: u = 0 should "
            "give the likeliest.",
        ),
        Misconception(
            "place in the order",
            versions.made(names=False),
            "What is returned is the place in the sorted order. Return the number of the token.",
        ),
        Misconception(
            "not renormalised",
            versions.made(renormalise=False),
            "After filtering the probabilities no longer sum to 1, and u falls beside the die. "
            "Renormalise the survivors.",
        ),
        Misconception(
            "top_k ignored",
            versions.made(use_k=False),
            "top_k is not looked at. Keep only the k likeliest tokens before anything is drawn.",
        ),
        Misconception(
            "top_p ignored",
            versions.made(use_p=False),
            "top_p is not looked at. Keep the smallest number of best tokens that reach p together.",
        ),
        Misconception(
            "top_p before top_k",
            versions.made(p_first=True),
            "top_p is measured on the probabilities of all tokens. First top_k; then renormalise what "
            "is left, and apply top_p to that.",
        ),
        Misconception(
            "threshold on each probability",
            versions.made(nucleus=versions.threshold),
            "Every single probability is compared with p. It is the cumulative sum that has to reach "
            "p.",
        ),
        Misconception(
            "always the best",
            versions.greedy,
            "This is always the likeliest token, whatever u. Only temperature 0 does that.",
        ),
        Misconception(
            "one too far",
            versions.made(step=1),
            "This is the token after the right one. Return the first whose cumulative sum exceeds u.",
        ),
        Misconception(
            "last of the best",
            versions.made(last_tie=True),
            "Among equal scores the largest number comes first. It should be the smallest: a stable "
            "sort helps.",
        ),
        Misconception(
            "too early at an edge",
            versions.made(at_edge=True),
            "Where u is exactly a cumulative sum, the token before the edge is returned. The sum has to "
            "*exceed* u: u < total.",
        ),
        Misconception(
            "one more where p is reached exactly",
            versions.made(nucleus=versions.reached_is_not_enough),
            "Where the best tokens reach p exactly, one more is kept. They are enough then: keep the smallest "
            "number that reaches p.",
        ),
        Misconception(
            "all that are tied",
            versions.made(keep_ties=True),
            "More than k are kept where scores are equal. Keep exactly k.",
        ),
        Misconception(
            "temperature 0 rolls",
            versions.made(zero=False),
            "At temperature 0 there is nothing to roll: return the best token. (Dividing by a tiny "
            "number shares the roll among equals.)",
        ),
    ],
)
