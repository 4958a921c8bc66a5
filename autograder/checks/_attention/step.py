"""attention.attention_step: one token at a time, with a cache."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until
from autograder.checks._attention.attention import IN_TORCH
from autograder.checks._attention.attention_versions import stable
from course_utils.attention import attention_step


def ask_steps(function, args):
    """Take all steps, then look at every cache again: none may have changed since."""
    import numpy as np

    *rows, cache = args
    queries, keys, values = handed_over = [np.array(row) for row in rows]
    outputs, caches, sizes = [], [cache], []
    for query, key, value in zip(queries, keys, values, strict=True):
        output, cache = function(query, key, value, cache)
        outputs.append(np.array(np.asarray(output)))
        caches.append(cache)
        sizes.append([len(cache["keys"]), len(cache["values"])])
    last = caches[-1]
    return {
        "outputs": outputs,
        "keys": np.asarray(last["keys"]),
        "values": np.asarray(last["values"]),
        "sizes": sizes,
        "caches": [[np.asarray(one["keys"]), np.asarray(one["values"])] for one in caches],
        "names": sorted(map(str, last)),
        "same arguments": all(map(np.array_equal, rows, handed_over)),
    }


def agree_steps(args, expected, answer):
    """Outputs and the last cache; then, in words, whether earlier caches have changed."""
    from course_utils.agreement import deviation

    far = max(deviation(expected[key], answer[key]) for key in ("outputs", "keys", "values"))
    if far <= 1 and not answer["same arguments"]:
        return "it changes one of its arguments"
    if far <= 1 and answer["names"] != expected["names"]:
        return "the cache has other keys than 'keys' and 'values'"
    if far <= 1 and deviation(expected["caches"], answer["caches"]) > 1:
        return "an earlier cache is another after later steps"
    return far


def steps(queries, keys, values, cache):
    return ask_steps(attention_step, (queries, keys, values, cache))


def made(
    *,
    scale: Callable[[Any], float] = lambda q: sqrt(len(q)),
    look: Callable[[Any], Any] = lambda rows: rows,
    keep: Callable[[Any, Any], Any] = lambda old, new: np.vstack([old, new]),
    append: bool = True,
    attend_before: bool = False,
    shares: Callable[[Any], Any] = stable,
    shape: Callable[[Any], Any] = lambda output: output,
    in_place: bool = False,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(query, new_key, new_value, cache):
        query, new_key, new_value = (
            np.asarray(a, dtype=float) for a in (query, new_key, new_value)
        )
        keys, values = keep(cache["keys"], new_key[None]), keep(cache["values"], new_value[None])
        k, v = (cache["keys"], cache["values"]) if attend_before else (keys, values)
        if len(k) == 0:
            output = np.zeros_like(new_value)
        else:
            k, v = look(k), look(v)
            output = shares(k @ query / scale(query)) @ v
        new = {"keys": keys, "values": values} if append else dict(cache)
        if in_place:
            cache["keys"], cache["values"] = keys, values
            new = cache
        return shape(output), new

    return version


def newest_first(old, new):
    return np.vstack([new, old])


def window(old, new):
    return np.vstack([old, new])[-2:]


def plain_average(scores):
    return np.full(len(scores), 1 / len(scores))


def without_softmax(scores):
    return scores


def overflowing(scores: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(scores)
        return powers / powers.sum()


def by_lists(query, new_key, new_value, cache):
    keys, values = [*cache["keys"], new_key], [*cache["values"], new_value]
    scores = [sum(a * b for a, b in zip(query, key, strict=True)) for key in keys]
    weights = stable(np.array(scores) / len(query) ** 0.5)
    output = sum(weight * np.asarray(value) for weight, value in zip(weights, values, strict=True))
    return output, {"keys": np.array(keys), "values": np.array(values)}


def by_torch(query, new_key, new_value, cache):
    import torch

    q, key, value = (torch.tensor(np.array(a)) for a in (query, new_key, new_value))
    keys = torch.cat([torch.as_tensor(cache["keys"]), key[None]])
    values = torch.cat([torch.as_tensor(cache["values"]), value[None]])
    weights = (keys @ q / len(q) ** 0.5).softmax(dim=0)
    return weights @ values, {"keys": keys, "values": values}


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, T: int, d_k: int, d_v: int, begun: int = 0) -> Case:
        q, k, v = (1.5 * rng.normal(size=(T, d)) for d in (d_k, d_k, d_v))
        cache = {"keys": rng.normal(size=(begun, d_k)), "values": rng.normal(size=(begun, d_v))}
        return Case((q, k, v, cache), shows)

    def far_away() -> Case:
        far = case("far", 3, 5, 2)
        far.args[0][:] *= 500
        return far

    def overflows(far: Case) -> bool:
        q, k, *_ = far.args
        return bool((k @ q[-1] / sqrt(5)).max() > 1500)

    def twice() -> Case:
        """The newest key is one that the cache holds already."""
        again = case("begun", 1, 3, 2, begun=4)
        again.args[1][0] = again.args[3]["keys"][int(rng.integers(4))]
        return again

    return [
        case("value", 5, 3, 2),
        case("value", 3, 2, 5),
        case("begun", 2, 3, 4, begun=5),
        case("begun", 1, 5, 3, begun=2),
        twice(),
        case("first", 1, 4, 3),
        case("many", 23, 2, 3),
        draw_until(far_away, overflows),
    ]


STEP: Check = Check(
    exercise="attention.attention_step",
    properties={
        "value": "gives row t of the full computation and a longer cache; older ones stay",
        "begun": "goes on from a cache that holds something already",
        "first": "works for the very first token",
        "many": "works for many steps in a row",
        "far": "survives scores of some hundreds",
    },
    cases=draw,
    expect=steps,
    ask=ask_steps,
    agree=agree_steps,
    not_allowed=IN_TORCH,
    accepts=[attention_step, made(), by_lists, by_torch],
    misconceptions=[
        Misconception(
            "looks before it appends",
            made(attend_before=True),
            "The query looks at the old cache, without the new token. A token may look at itself, too.",
        ),
        Misconception(
            "not appended",
            made(append=False),
            "The cache that comes back is the old one. Return one with the new key and value.",
        ),
        Misconception(
            "newest first",
            made(keep=newest_first),
            "The new row is put in front. The oldest comes first: append at the end.",
        ),
        Misconception(
            "only the last two",
            made(keep=window),
            "Old rows are thrown away, only the last are kept. Keep them all.",
        ),
        Misconception(
            "cache changed",
            made(in_place=True),
            "The old dict is written into. Make a new one, so that one can go back to the old.",
        ),
        Misconception(
            "no scale",
            made(scale=lambda q: 1.0),
            "The scores are not divided by √d_k, the root of a key's length.",
        ),
        Misconception(
            "d_k for √d_k",
            made(scale=len),
            "This is what you get when you divide by d_k instead of √d_k.",
        ),
        Misconception(
            "newest only",
            made(look=lambda rows: rows[-1:]),
            "The query looks at the newest token only. It may look at all of them.",
        ),
        Misconception(
            "not at itself",
            made(look=lambda rows: rows[:-1] if len(rows) > 1 else rows),
            "The query looks at the earlier tokens only. It may look at its own, too.",
        ),
        Misconception(
            "plain mean",
            made(shares=plain_average),
            "All values count alike. Weigh them by softmax of the scores.",
        ),
        Misconception(
            "no softmax",
            made(shares=without_softmax),
            "The scores themselves are the weights. Softmax is missing.",
        ),
        Misconception(
            "overflow",
            made(shares=overflowing),
            "exp of a large score overflows. Subtract the largest score first.",
        ),
        Misconception(
            "one axis too many",
            made(shape=lambda output: output[None]),
            "The output has shape (1, d_v). It should be (d_v,).",
        ),
    ],
)
