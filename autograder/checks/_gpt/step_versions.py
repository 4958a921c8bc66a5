"""Versions of `training_step`, right and wrong, made from parts that can be exchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.gpt import language_model_loss


def made(
    *,
    clear: bool = True,
    clear_late: bool = False,
    clip: str = "all",
    twice: bool = False,
    uphill: bool = False,
    loss_after: bool = False,
    as_float: bool = True,
    switch: bool = False,
    shift: bool = True,
    cut: bool = False,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def loss_of(model: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
        if cut:
            return language_model_loss(model(tokens[:, :-1]), tokens[:, 1:])
        logits = model(tokens)
        if not shift:
            return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), ignore_index=-1)
        return language_model_loss(logits, tokens)

    def clip_all(model: nn.Module, max_norm: float, how: str) -> None:
        parameters = [p for p in model.parameters() if p.grad is not None]
        if how == "all":
            nn.utils.clip_grad_norm_(parameters, max_norm)
        elif how == "each":
            for parameter in parameters:
                nn.utils.clip_grad_norm_([parameter], max_norm)
        elif how == "value":
            nn.utils.clip_grad_value_(parameters, max_norm)
        elif how == "always" and parameters:
            norm = nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
            for parameter in parameters:
                assert parameter.grad is not None
                parameter.grad *= max_norm / norm

    def version(model: Any, optimizer: Any, tokens: Any, max_norm: float) -> Any:
        if switch:
            model.train()
        first: list[torch.Tensor] = []
        for _ in range(1 + twice):
            if clear:
                model.zero_grad()
            new = loss_of(model, tokens)
            first.append(new)
            (-new if uphill else new).backward()
            if clear_late:
                optimizer.zero_grad()
            clip_all(model, max_norm, clip)
            optimizer.step()
        loss = loss_of(model, tokens) if loss_after else first[0]
        return float(loss.detach()) if as_float else loss.detach()

    return version


def by_hand(model, optimizer, tokens, max_norm):
    for parameter in model.parameters():
        parameter.grad = None
    loss = language_model_loss(model(tokens), tokens)
    loss.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    if norm > max_norm:
        for gradient in gradients:
            gradient *= max_norm / norm
    optimizer.step()
    return loss.item()


def cleared_afterwards_too(model, optimizer, tokens, max_norm):
    optimizer.zero_grad(set_to_none=False)
    loss = language_model_loss(model(tokens), tokens)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm, foreach=False)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def clipped_later(model, optimizer, tokens, max_norm):
    optimizer.zero_grad()
    with torch.enable_grad():
        logits = model(tokens)
        loss = F.cross_entropy(logits[:, :-1].mT, tokens[:, 1:], ignore_index=-1)
    loss.backward()
    held = [p for group in optimizer.param_groups for p in group["params"]]
    torch.nn.utils.clip_grad_norm_(held, max_norm=max_norm)
    optimizer.step()
    return loss.item()
