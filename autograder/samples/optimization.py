"""The learner's functions of unit 07, first part. Each makes one mistake that its check names."""

import numpy as np


def sgd_epoch(theta, gradient, num_examples, learning_rate, rng):
    theta = np.array(theta, dtype=float)
    for i in rng.integers(num_examples, size=num_examples) if num_examples else []:
        theta = theta - learning_rate * gradient(theta, i)
    return theta


def adam_step(theta, grad, state, learning_rate, beta1, beta2, eps):
    m, v, t = (0.0, 0.0, 0) if state is None else state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - learning_rate * m_hat / np.sqrt(v_hat + eps), (m, v, t)


def memory_gib(num_parameters, bits):
    return num_parameters * bits / 8 / 1e9


def training_cost(
    num_parameters, num_tokens, flops_per_second, utilization, num_devices, price_per_hour
):
    if not 0 < utilization <= 1 or price_per_hour < 0:
        raise ValueError("impossible")
    flops = 2 * num_parameters * num_tokens
    device_hours = flops / (flops_per_second * utilization) / 3600
    return {
        "flops": flops,
        "device_hours": device_hours,
        "days": device_hours / num_devices / 24,
        "dollars": device_hours * price_per_hour,
    }
