"""What training costs: operations, days, dollars.

Source: J. Kaplan and others, "Scaling Laws for Neural Language Models", 2020, section 2.1, for 6ND:
two operations a parameter and token forward, four backward. CMU 10-301/601, lecture 28, "Cost to
train".
Leaves out: attention's own share, which grows with the length of the text; failed runs; people.
"""

from __future__ import annotations

from math import isfinite

SECONDS_PER_HOUR, HOURS_PER_DAY = 3600, 24


def training_cost(
    num_parameters: float,
    num_tokens: float,
    flops_per_second: float,
    utilization: float,
    num_devices: int,
    price_per_hour: float,
) -> dict[str, float]:
    """Return what one run takes.

        flops = 6 · N · D;   device_hours = flops / (flops_per_second · utilization) / 3600

    Args:
        num_parameters: N.
        num_tokens: D, all that are read, repeats too.
        flops_per_second: the peak of one device.
        utilization: the share of the peak that is reached, in (0, 1].
        num_devices: at work at the same time.
        price_per_hour: of one device, in dollars.

    Returns:
        flops; device_hours of all devices together; days on the clock; dollars.

    Raises:
        ValueError: utilization outside (0, 1], a negative price, no device, no speed, or a negative N
            or D.

    GPT-3 on one V100 that reaches 28 TFLOP/s, at $1.50 an hour:

    >>> cost = training_cost(175e9, 300e9, 28e12, 1.0, 1, 1.50)
    >>> f"{cost['flops']:.3g} operations, {cost['days'] / 365:.0f} years, ${cost['dollars']:,.0f}"
    '3.15e+23 operations, 357 years, $4,687,500'
    """
    if not 0 < utilization <= 1:
        raise ValueError(f"utilization is a share of the peak, in (0, 1], not {utilization}")
    if not price_per_hour >= 0:
        raise ValueError(f"price_per_hour is in dollars, 0 or more, not {price_per_hour}")
    if not num_devices >= 1:
        raise ValueError(f"num_devices is 1 or more, not {num_devices}")
    if not (flops_per_second > 0 and isfinite(flops_per_second)):
        raise ValueError(f"flops_per_second is positive, not {flops_per_second}")
    if not (num_parameters >= 0 and num_tokens >= 0):
        raise ValueError(
            f"num_parameters and num_tokens are 0 or more, not {num_parameters} and {num_tokens}"
        )
    flops = 6.0 * num_parameters * num_tokens
    device_hours = flops / (flops_per_second * utilization) / SECONDS_PER_HOUR
    return {
        "flops": flops,
        "device_hours": device_hours,
        "days": device_hours / num_devices / HOURS_PER_DAY,
        "dollars": device_hours * price_per_hour,
    }
