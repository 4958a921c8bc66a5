"""optimization.sgd_epoch: one pass over the data, in an order that rng decides.

The arguments of a case are the start, the matrices and targets of the examples' gradients, how many
examples there are, the learning rate and a seed; the ask makes the gradient and the generator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._optimization.asking_steps import FORBIDDEN
from course_utils.optimization import sgd_epoch


def ask_epoch(function, args):
    """The parameters afterwards, and what the generator draws next."""
    import numpy as np

    theta, pulls, targets, num_examples, learning_rate, seed = args
    rng, start = np.random.default_rng(seed), np.array(theta)

    def gradient(theta, i):
        return pulls[i] * (np.asarray(theta) - targets[i])

    answer = function(start, gradient, num_examples, learning_rate, rng)
    return {
        "theta": np.array(np.asarray(answer), dtype=np.float64),
        "next": float(rng.random()),
        "unchanged": bool(np.array_equal(start, theta)),
    }


def agree_epoch(args, expected, answer):
    """The distance of the parameters; in words, what is wrong where these are right."""
    from course_utils.agreement import deviation

    far = deviation(expected["theta"], answer["theta"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    if far <= 1 and answer["next"] != expected["next"]:
        return "something else is drawn from rng than one permutation"
    return far


def right(*args: Any) -> Any:
    return ask_epoch(sgd_epoch, args)


def walked(
    order: Callable[[np.random.Generator, int], Any],
    *,
    rate: Callable[[float, int], float] = lambda rate, count: rate,
    sign: float = -1.0,
    start: Callable[[Any], Any] = np.copy,
) -> Callable[..., Any]:
    """A version: `order` says which examples come, `rate` how long the steps are."""

    def version(theta, gradient, num_examples, learning_rate, rng):
        theta = start(theta)
        for count, i in enumerate(order(rng, num_examples)):
            theta += sign * rate(learning_rate, count) * gradient(theta, i)
        return theta

    return version


def permuted(rng: np.random.Generator, n: int) -> Any:
    return rng.permutation(n)


def shuffled(rng: np.random.Generator, n: int) -> Any:
    order = np.arange(n)
    rng.shuffle(order)
    return order


def by_recursion(theta, gradient, num_examples, learning_rate, rng):
    def go(theta, order):
        if not order:
            return theta
        return go(theta - learning_rate * gradient(theta, order[0]), order[1:])

    return go(np.asarray(theta), rng.permutation(num_examples).tolist())


def all_at_the_start(mean: bool) -> Callable[..., Any]:
    def version(theta, gradient, num_examples, learning_rate, rng):
        slopes = [gradient(theta, i) for i in rng.permutation(num_examples)]
        total = sum(slopes, np.zeros(np.shape(theta)))
        return theta - learning_rate * total / (max(num_examples, 1) if mean else 1)

    return version


def one_at_random(theta, gradient, num_examples, learning_rate, rng):
    if not num_examples:
        return np.array(theta)
    return theta - learning_rate * gradient(theta, rng.permutation(num_examples)[0])


def draw(rng: np.random.Generator) -> list[Case]:
    def order_tells(seed: int, n: int) -> bool:
        """Whether all the wrong orders differ from the right one."""
        right = np.random.default_rng(seed).permutation(n).tolist()
        other = np.random.default_rng(seed).integers(n, size=n).tolist()
        return sorted(right) != right and sorted(other) != sorted(right) and right[::-1] != right

    def case(shows: str, n: int, *shape: int) -> Case:
        pulls = rng.uniform(0.3, 1.2, size=(n, *shape))
        targets, start = 3 * rng.normal(size=(n, *shape)), 3 * rng.normal(size=shape) + 5
        seed = int(rng.integers(2**31))
        while n > 2 and not order_tells(seed, n):
            seed = int(rng.integers(2**31))
        return Case((start, pulls, targets, n, float(rng.uniform(0.3, 0.6)), seed), shows)

    return [
        case("value", 7, 3),
        case("value", 5, 2),
        case("order", 6, 4),
        case("order", 11, 2),
        case("one", 1, 3),
        case("one", 0, 2),
        case("shape", 4, 2, 3),
        case("shape", 5),
    ]


SGD: Check = Check(
    exercise="optimization.sgd_epoch",
    properties={
        "value": "takes one step for each example, with the parameters of the step before",
        "order": "follows rng.permutation, each example once",
        "one": "works for one example, and for none",
        "shape": "works for any shape",
    },
    cases=draw,
    ask=ask_epoch,
    agree=agree_epoch,
    expect=right,
    not_allowed=FORBIDDEN,
    accepts=[walked(permuted), walked(shuffled), by_recursion],
    misconceptions=[
        Misconception(
            "with replacement",
            walked(lambda rng, n: rng.integers(n, size=n) if n else []),
            "Examples are drawn with replacement, so that some come twice and some never. Shuffle: "
            "rng.permutation.",
        ),
        Misconception(
            "no shuffle",
            walked(lambda rng, n: range(n)),
            "The examples always come in the same order. Take the order that rng.permutation draws.",
        ),
        Misconception(
            "backwards",
            walked(lambda rng, n: rng.permutation(n)[::-1]),
            "The drawn order is walked from its end. Take it as rng.permutation gives it.",
        ),
        Misconception(
            "shuffled twice",
            walked(lambda rng, n: rng.permutation(rng.permutation(n))),
            "The order is shuffled twice, so that more is drawn from rng than one permutation.",
        ),
        Misconception(
            "all gradients at the start",
            all_at_the_start(mean=False),
            "All gradients are taken at the first parameters. Each step starts from where the last one "
            "ended.",
        ),
        Misconception(
            "one step with the mean",
            all_at_the_start(mean=True),
            "This is one step of full gradient descent, with the mean over all examples. SGD takes a step "
            "for each.",
        ),
        Misconception(
            "one example only",
            one_at_random,
            "One step is taken and no more. An epoch sees every example.",
        ),
        Misconception(
            "sign",
            walked(permuted, sign=1.0),
            "The steps go uphill. Subtract: the gradient points to where the loss grows.",
        ),
        Misconception(
            "rate decays",
            walked(permuted, rate=lambda rate, count: rate / (count + 1)),
            "The learning rate becomes smaller from step to step. Here it stays as it is.",
        ),
        Misconception(
            "rate shared out",
            walked(lambda rng, n: [*rng.permutation(n)] * 2, rate=lambda rate, count: rate / 2),
            "Every example comes twice, with half of the rate. One pass sees each example once.",
        ),
        Misconception(
            "theta changed",
            walked(permuted, start=lambda theta: theta),
            "theta is changed in place (by -=). Start from a copy.",
        ),
    ],
)
