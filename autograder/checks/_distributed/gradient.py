"""distributed.data_parallel_gradient: means of unequal shards, and the mean of all."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_apart
from course_utils.distributed import data_parallel_gradient


def by_loop(gradients, num_examples):
    total = np.zeros(np.shape(gradients[0]))
    for gradient, count in zip(gradients, num_examples, strict=True):
        total += np.asarray(gradient) * count
    return total / sum(num_examples)


def by_average(gradients, num_examples):
    return np.average(np.stack([np.asarray(g) for g in gradients]), axis=0, weights=num_examples)


def mean_of_means(gradients, num_examples):
    return np.mean(gradients, axis=0)


def mean_of_those_that_have(gradients, num_examples):
    return np.mean([g for g, n in zip(gradients, num_examples, strict=True) if n], axis=0)


def sum_of_means(gradients, num_examples):
    return np.sum(gradients, axis=0)


def sum_over_examples(gradients, num_examples):
    return np.tensordot(np.asarray(num_examples, float), np.asarray(gradients), axes=1)


def over_workers(gradients, num_examples):
    return sum_over_examples(gradients, num_examples) / len(gradients)


def counted_twice(gradients, num_examples):
    return sum_of_means(gradients, num_examples) / sum(num_examples)


def first_only(gradients, num_examples):
    return np.array(gradients[0])


def largest_shard(gradients, num_examples):
    return np.array(gradients[int(np.argmax(num_examples))])


def inverse(gradients, num_examples):
    weights = np.array([1 / n if n else 0.0 for n in num_examples])
    return np.tensordot(weights / weights.sum(), np.asarray(gradients), axes=1)


def squared(gradients, num_examples):
    weights = np.asarray(num_examples, float) ** 2
    return np.tensordot(weights / weights.sum(), np.asarray(gradients), axes=1)


WRONG = [
    mean_of_means, sum_of_means, sum_over_examples, over_workers, counted_twice, first_only,
    largest_shard, inverse, squared,
]  # fmt: skip


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, counts: tuple[int, ...], *shape: int) -> Case:
        order = rng.permutation(counts).tolist()
        gradients = [rng.normal(size=shape) * 4 if n else np.zeros(shape) for n in order]
        return Case((gradients, order), shows)

    def cases() -> list[Case]:
        return [
            case("value", (2, 5, 3), 4),
            case("value", (7, 1, 4, 6), 3),
            case("empty", (3, 0, 5), 4),
            case("empty", (0, 2, 0, 6), 3),
            case("equal", (3, 3), 5),
            case("one", (4,), 3),
            case("shape", (2, 6), 2, 3),
            case("shape", (5, 2, 1)),
        ]

    def good(drawn: list[Case]) -> bool:
        return tells_apart([data_parallel_gradient, *WRONG], [case.args for case in drawn[:2]])

    return draw_until(cases, good)


GRADIENT: Check = Check(
    exercise="distributed.data_parallel_gradient",
    properties={
        "value": "gives the serial gradient with unequal shards",
        "empty": "gives it when some devices have no example",
        "equal": "gives it with equal shards",
        "one": "gives it for a single device",
        "shape": "works for gradients of any shape",
    },
    cases=draw,
    expect=data_parallel_gradient,
    accepts=[by_loop, by_average],
    misconceptions=[
        Misconception(
            "mean of means",
            mean_of_means,
            "The mean of the devices' means lets an example of a small shard count for more. Weigh each "
            "device by its number of examples.",
        ),
        Misconception(
            "mean of those that have examples",
            mean_of_those_that_have,
            "Devices without examples are left out, and the others count alike. Weigh each by its number "
            "of examples.",
        ),
        Misconception(
            "sum of means",
            sum_of_means,
            "The devices' gradients are added up without weights. Weigh each by its share of the examples.",
        ),
        Misconception(
            "sum over examples",
            sum_over_examples,
            "This is the sum over all examples. Divide it by their number.",
        ),
        Misconception(
            "divided by the devices",
            over_workers,
            "The sum over all examples is divided by the number of devices. Divide by that of examples.",
        ),
        Misconception(
            "divided without weights",
            counted_twice,
            "The means are added up and divided by the number of examples, as if they were sums. Multiply "
            "each by its own number first.",
        ),
        Misconception(
            "first device only",
            first_only,
            "This is the gradient of the first device alone. The others' examples count, too.",
        ),
        Misconception(
            "largest shard only",
            largest_shard,
            "This is the gradient of the largest shard alone. The others' examples count, too.",
        ),
        Misconception(
            "weights inverted",
            inverse,
            "Small shards weigh more than large ones here. It is the other way round.",
        ),
        Misconception(
            "weights squared",
            squared,
            "The numbers of examples come in twice. Each gradient is a mean: multiply by its number once.",
        ),
    ],
)
