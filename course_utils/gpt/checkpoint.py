"""Put a model away, and take it up again: safetensors, which hold numbers and nothing that runs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy


def save_checkpoint(
    path: Path, model: GPT, optimizer: torch.optim.Optimizer | None = None, step: int = 0
) -> None:
    """Write weights, and what the optimizer remembers, to one file; a reader never sees half of it."""
    tensors = {f"model.{name}": value.contiguous() for name, value in _weights(model).items()}
    if optimizer is not None:
        for i, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{i}.{key}": torch.as_tensor(v) for key, v in state.items()}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    metadata = {"config": json.dumps(asdict(model.config)), "step": str(step)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.detach().cpu() for name, value in tensors.items()}, draft, metadata)
    os.replace(draft, path)


def load_checkpoint(path: Path, model: GPT, optimizer: torch.optim.Optimizer | None = None) -> int:
    """Read a checkpoint into a model (and an optimizer) of the same shape; return the steps done.

    Raises:
        ValueError: the file is no checkpoint, or of a model of another shape.
    """
    config, step, tensors = _read(path)
    if config != model.config:
        raise ValueError(f"{path} holds a model of {config}, not of {model.config}")
    _fill(model, tensors)
    if optimizer is not None:
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".", 2)
                states.setdefault(int(index), {})[key] = value
        optimizer.load_state_dict({**optimizer.state_dict(), "state": states})
    return step


def load_model(path: Path) -> GPT:
    """Make the model that a checkpoint holds."""
    config, _, tensors = _read(path)
    model = GPT(config)
    _fill(model, tensors)
    return model


def _fill(model: GPT, tensors: dict[str, torch.Tensor]) -> None:
    names = _weights(model)
    model.load_state_dict({name: tensors[f"model.{name}"] for name in names}, strict=False)


def _weights(model: GPT) -> dict[str, torch.Tensor]:
    """All weights; a tied output is the token table, and stands there only once."""
    return {
        name: value
        for name, value in model.state_dict().items()
        if not (model.config.tied and name == "output.weight")
    }


def _read(path: Path) -> tuple[Config, int, dict[str, torch.Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return Config(**json.loads(metadata["config"])), int(metadata["step"]), tensors
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path} is no checkpoint of this course ({error})") from None
