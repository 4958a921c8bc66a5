"""The learner's functions of unit 05. Each makes one mistake that its check names."""

import torch


def layer_norm(x, gain, bias, eps):
    mean = x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * gain + bias


def gelu(x):
    return 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))


def language_model_loss(logits, tokens):
    logs = logits.log_softmax(dim=-1)
    counted = tokens >= 0
    chosen = logs.gather(-1, tokens.clamp(min=0)[..., None])[..., 0]
    return -(chosen * counted).sum() / counted.sum()


def parameter_count(config):
    C, F, L, bias = config.width, config.inner_width, config.num_layers, int(config.bias)
    parts = {
        "token_embedding": config.vocabulary_size * C * 2,
        "position_embedding": config.num_positions * C,
        "attention": L * 4 * (C * C + bias * C),
        "feed_forward": L * (2 * C * F + bias * (F + C)),
        "norms": (2 * L + bool(config.final_norm)) * C * (1 + bias),
    }
    return parts | {"total": sum(parts.values())}
