"""Ask a function of tensors one question: its value and its gradients, on the CPU and on a GPU.

These lines run where `asking.py` does. Dataclasses do not travel: they come as dicts whose entry
"class" says what to build, `{"class": "course_utils.gpt.weights.Block", "W_q": …}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from course_utils.device import device


def call_twice_with_gradients(function: Callable[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """As `call_twice`, with value and gradients for a value. The second time on the GPU, if there is one.

    Without a GPU the second call is for the value only: it shows a function that remembers.
    """
    first = _Call(function, args, torch.device("cpu"))
    if device().type == "cpu":
        again = _Call(function, args, torch.device("cpu"), backward=False)
        again.outcome["gradients"] = first.outcome["gradients"]
    else:
        again = _Call(function, args, device())
    return [first.outcome, again.outcome, first.arguments]


def value_and_gradients(function: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Return a function that gives what `call_twice_with_gradients` wants to see: for references."""
    return lambda *args: _Call(function, args, torch.device("cpu")).outcome


def call_twice_with_weight_gradients(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> list[Any]:
    """As `call_twice_with_gradients`, without the gradient of the first argument, one tensor of data."""
    first, again, arguments = call_twice_with_gradients(function, args)
    return [*map(_without_the_first_gradient, (first, again)), arguments]


def value_and_weight_gradients(function: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Return a function that gives what `call_twice_with_weight_gradients` wants to see."""
    full = value_and_gradients(function)
    return lambda *args: _without_the_first_gradient(full(*args))


def _without_the_first_gradient(outcome: dict[str, Any]) -> dict[str, Any]:
    return outcome | {"gradients": outcome["gradients"][1:]}


def call_twice_with_gradients_before_ends(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> list[Any]:
    """As `call_twice_with_gradients`; where the tensors of log-probabilities are all 0, a text has ended.

    There a mask and a plain sum give the same value, and other gradients, which do not count.
    """
    first, again, arguments = call_twice_with_gradients(function, args)
    return [_before_ends(first, args), _before_ends(again, args), arguments]


def value_and_gradients_before_ends(
    function: Callable[..., Any],
) -> Callable[..., dict[str, Any]]:
    """Return a function that gives what `call_twice_with_gradients_before_ends` wants to see."""
    full = value_and_gradients(function)
    return lambda *args: _before_ends(full(*args), args)


def _before_ends(outcome: dict[str, Any], args: tuple[Any, ...]) -> dict[str, Any]:
    """The reward comes first, without tokens; then what belongs to tokens."""
    if not outcome["gradients"]:  # an argument was changed
        return outcome
    reward, *by_token = outcome["gradients"]
    inside = torch.stack([tensor != 0 for tensor in args[1:] if isinstance(tensor, Tensor)]).any(0)
    kept = [torch.where(inside, gradient, 0.0) for gradient in by_token]
    return outcome | {"gradients": [reward, *kept]}


class _Call:
    """One call: what came out, the gradients, and the arguments as they are afterwards."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        place: torch.device,
        *,
        backward: bool = True,
    ) -> None:
        pairs: list[tuple[Tensor, Tensor]] = []  # each tensor, and the copy that is handed over
        handed = _map_tensors(args, lambda tensor: _hand_over(tensor, place, pairs))
        leaves = [leaf for leaf, _ in pairs if leaf.requires_grad]
        value = function(*_build(handed))
        self.arguments = _map_tensors(list(handed), _plain)
        changed = any(not torch.equal(*pair) for pair in pairs)
        gradients = (
            [] if changed or not backward else _gradients(value, leaves)
        )  # torch would refuse
        self.outcome = {
            "value": _map_tensors(value, _plain),
            "gradients": [gradient.cpu() for gradient in gradients],
        }


def _plain(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().clone()


def _hand_over(tensor: Tensor, place: torch.device, pairs: list[tuple[Tensor, Tensor]]) -> Tensor:
    """A copy to work with. It is no leaf, so that a function that writes into it is found out."""
    leaf = tensor.detach().clone().to(place).requires_grad_(tensor.is_floating_point())
    pairs.append((leaf, leaf.clone()))
    return pairs[-1][1]


def _gradients(value: Any, leaves: list[Tensor]) -> list[Tensor]:
    """d (Σ weight · output) / d input for every input; the weights are all different."""
    outputs = [tensor for tensor in _tensors(value) if tensor.requires_grad]
    if not outputs or not leaves:
        return [torch.zeros_like(leaf) for leaf in leaves]
    total = torch.stack([_weighted(tensor) for tensor in outputs]).sum()
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    pairs = zip(leaves, found, strict=True)
    return [torch.zeros_like(leaf) if grad is None else grad for leaf, grad in pairs]


def _weighted(tensor: Tensor) -> Tensor:
    flat = tensor.reshape(-1)
    steps = torch.arange(len(flat), device=tensor.device, dtype=tensor.dtype)
    return (torch.where(flat.isfinite(), flat, 0.0) * torch.cos(1 + steps)).sum()


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _map_tensors(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_tensors(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_map_tensors(item, change) for item in value)
    return value


def _build(value: Any) -> Any:
    """Make the dataclasses that dicts with an entry "class" describe."""
    if isinstance(value, list | tuple):
        return type(value)(_build(item) for item in value)
    if not isinstance(value, dict):
        return value
    fields = {key: _build(item) for key, item in value.items() if key != "class"}
    if "class" not in value:
        return fields
    module, _, name = value["class"].rpartition(".")
    return getattr(import_module(module), name)(**fields)
