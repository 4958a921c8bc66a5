"""Versions of the autoencoder's loss: right ones, and wrong ones."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from course_utils.pretraining import autoencoder_loss


def by_linear(X, W, b, W_out, b_out):
    codes = torch.sigmoid(F.linear(X, W, b))
    return F.mse_loss(torch.sigmoid(F.linear(codes, W_out, b_out)), X, reduction="sum") / len(X)


def by_hand(X, W, b, W_out, b_out):
    codes = 1 / (1 + torch.exp(-(torch.einsum("nd,hd->nh", X, W) + b)))
    rebuilt = 1 / (1 + torch.exp(-(torch.einsum("nh,dh->nd", codes, W_out) + b_out)))
    return torch.linalg.vector_norm(X - rebuilt, dim=1).square().sum() / X.shape[0]


def by_loop(X, W, b, W_out, b_out):
    losses = []
    for x in X.detach():
        x_new = F.sigmoid(W_out @ F.sigmoid(W @ x + b) + b_out)
        losses.append((x - x_new) @ (x - x_new))
    return torch.stack(losses).mean()


def in_columns(X, W, b, W_out, b_out):
    codes = torch.sigmoid(torch.addmm(b[:, None], W, X.T))
    difference = torch.sigmoid(W_out @ codes + b_out[:, None]) - X.T
    return difference.pow(2).mean(dim=1).sum()


def in_float32(X, W, b, W_out, b_out):
    return by_linear(*(tensor.float() for tensor in (X, W, b, W_out, b_out)))


def squared(X, rebuilt):
    return ((X - rebuilt) ** 2).sum(dim=1).mean()


def made(encode=torch.sigmoid, decode=torch.sigmoid, loss=squared, through=lambda codes: codes):
    """A version with other units, another loss, or something done to the codes on their way."""

    def version(X, W, b, W_out, b_out):
        codes = through(encode(X @ W.T + b))
        return loss(X, decode(codes @ W_out.T + b_out))

    return version


def one_bias(which):
    def version(X, W, b, W_out, b_out):
        inner, outer = (0 * b, b_out) if which == "outer" else (b, 0 * b_out)
        return autoencoder_loss(X, W, inner, W_out, outer)

    return version


def no_bias(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W, 0 * b, W_out, 0 * b_out)


def tied(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W, b, W.T, b_out)


def rows_for_columns(X, W, b, W_out, b_out):
    return squared(X, torch.sigmoid(torch.sigmoid(X @ W + b) @ W_out + b_out))


def frozen_encoder(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W.detach(), b.detach(), W_out, b_out)


def plain_number(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W, b, W_out, b_out).item()


def identity(x):
    return x
