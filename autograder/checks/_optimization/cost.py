"""optimization.training_cost: operations, hours, days, dollars; and which sentences are impossible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.optimization import training_cost


def made(
    *,
    per_token: float = 6,
    reached: Callable[[float, float], float] = lambda peak, share: peak * share,
    seconds: float = 3600,
    all_of_them: Callable[[float, int], float] = lambda hours, devices: hours,
    days: Callable[[float, int], float] = lambda hours, devices: hours / devices / 24,
    dollars: Callable[..., float] = lambda hours, price, devices: hours * price,
    refuse: Callable[[float, float], bool] = lambda share, price: not 0 < share <= 1 or price < 0,
) -> Callable[..., dict[str, float]]:
    """A version; each keyword is a place where people go wrong."""

    def version(num_parameters, num_tokens, flops_per_second, utilization, num_devices, price):
        if refuse(utilization, price):
            raise ValueError("impossible")
        flops = per_token * num_parameters * num_tokens
        with np.errstate(all="ignore"):
            hours = flops / (np.float64(reached(flops_per_second, utilization)) * seconds)
            return {
                "flops": flops,
                "device_hours": all_of_them(hours, num_devices),
                "days": days(hours, num_devices),
                "dollars": dollars(hours, price, num_devices),
            }

    return version


def clock_first(num_parameters, num_tokens, flops_per_second, utilization, num_devices, price):
    if utilization > 1 or utilization <= 0 or price < 0:
        raise ValueError("no")
    flops = 2 * num_parameters * num_tokens + 4 * num_parameters * num_tokens
    seconds = flops / (num_devices * flops_per_second * utilization)
    hours = seconds / 60 / 60 * num_devices
    days = seconds / 86_400
    return {"days": days, "dollars": hours * price, "device_hours": hours, "flops": float(flops)}


def draw(rng: np.random.Generator) -> list[Case]:
    def args(**fixed: Any) -> tuple[Any, ...]:
        drawn: dict[str, Any] = {
            "num_parameters": float(rng.integers(1, 300)) * 1e9,
            "num_tokens": float(rng.integers(20, 900)) * 1e9,
            "flops_per_second": float(rng.integers(15, 400)) * 1e12,
            "utilization": float(rng.uniform(0.25, 0.6)),
            "num_devices": int(rng.integers(3, 900)),
            "price_per_hour": float(rng.uniform(0.7, 5.0)),
        }
        return tuple((drawn | fixed).values())

    return [
        Case(args(), "value"),
        Case(args(), "value"),
        Case(args(), "value"),
        Case(
            args(  # a small run, where nothing may be rounded
                num_parameters=float(rng.integers(1, 9)) * 1e6,
                num_tokens=float(rng.integers(20, 90)) * 1e6,
                flops_per_second=float(rng.integers(1, 5)) * 1e12,
            ),
            "value",
        ),
        Case(args(num_devices=1), "one"),
        Case(args(utilization=1.0), "full"),
        Case(args(price_per_hour=0.0), "free"),
        Case(args(utilization=float(rng.uniform(1.1, 90))), "utilization"),
        Case(args(utilization=0.0), "utilization"),
        Case(args(utilization=-float(rng.uniform(0.1, 0.9))), "utilization"),
        Case(args(price_per_hour=-float(rng.uniform(0.1, 3))), "price"),
        Case(args(price_per_hour=-0.01), "price"),
    ]


COST: Check = Check(
    exercise="optimization.training_cost",
    properties={
        "value": "gives operations, device-hours, days and dollars",
        "one": "is right for a single device",
        "full": "is right at full utilization",
        "free": "is right for devices that cost nothing",
        "utilization": "raises ValueError for a utilization outside (0, 1]",
        "price": "raises ValueError for a negative price",
    },
    cases=draw,
    expect=training_cost,
    accepts=[made(), clock_first],
    misconceptions=[
        Misconception(
            "2ND",
            made(per_token=2),
            "2ND is the forward pass alone. Going backward takes twice as much again: 6ND.",
        ),
        Misconception(
            "4ND",
            made(per_token=4),
            "4ND is the backward pass alone. With the forward pass it is 6ND.",
        ),
        Misconception(
            "8ND",
            made(per_token=8),
            "8ND holds when activations are computed a second time. Without that it is 6ND.",
        ),
        Misconception(
            "utilization ignored",
            made(reached=lambda peak, share: peak),
            "The peak is never reached: multiply flops_per_second by the utilization.",
        ),
        Misconception(
            "utilization the wrong way",
            made(reached=lambda peak, share: np.float64(peak) / share),
            "A lower utilization makes training faster here. Multiply the peak by it, then divide.",
        ),
        Misconception(
            "utilization in percent",
            made(reached=lambda peak, share: peak * share / 100),
            "The utilization is divided by 100. It is a share already, in (0, 1].",
        ),
        Misconception(
            "days of one device",
            made(days=lambda hours, devices: hours / 24),
            "These days are those of one device alone. All work at the same time: divide by their number.",
        ),
        Misconception(
            "hours for days",
            made(days=lambda hours, devices: hours / devices),
            "These are hours on the clock. A day has 24.",
        ),
        Misconception(
            "device-hours on the clock",
            made(
                all_of_them=lambda hours, devices: hours / devices,
                dollars=lambda hours, price, devices: hours * price / devices,
            ),
            "These hours are those on the clock. device_hours add up the hours of every device, and each "
            "of them is paid.",
        ),
        Misconception(
            "device-hours on the clock, dollars right",
            made(all_of_them=lambda hours, devices: hours / devices),
            "These hours are those on the clock, though the dollars are right. device_hours add up the "
            "hours of every device.",
        ),
        Misconception(
            "dollars of one device",
            made(dollars=lambda hours, price, devices: hours * price / devices),
            "The price is paid for every device: dollars are device_hours times price.",
        ),
        Misconception(
            "devices paid twice",
            made(dollars=lambda hours, price, devices: hours * price * devices),
            "device_hours count all devices already. Do not multiply by their number again.",
        ),
        Misconception(
            "price per day",
            made(dollars=lambda hours, price, devices: hours / 24 * price),
            "The price is taken for that of a day. It is dollars for each device and hour.",
        ),
        Misconception(
            "minutes for hours",
            made(seconds=60),
            "The seconds are divided by 60 only. An hour has 3600 of them.",
        ),
        Misconception(
            "any utilization",
            made(refuse=lambda share, price: price < 0),
            "A utilization above 1, or not above 0, cannot be. Raise ValueError for it.",
        ),
        Misconception(
            "0 < u < 1 only",
            made(refuse=lambda share, price: not 0 < share < 1 or price < 0),
            "A utilization of exactly 1 is refused. It is a device at its peak, and allowed: (0, 1].",
        ),
        Misconception(
            "any price",
            made(refuse=lambda share, price: not 0 < share <= 1),
            "A negative price is accepted. Nobody pays you for training: raise ValueError.",
        ),
        Misconception(
            "nothing is free",
            made(refuse=lambda share, price: not 0 < share <= 1 or price <= 0),
            "A price of 0 is refused. Your own machine costs nothing an hour: only less than 0 is wrong.",
        ),
    ],
)
