"""impacts.training_emissions and breakeven_days: units, and what is best of an interval."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import inf
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.impacts import breakeven_days, training_emissions


def low(value: Any) -> float:
    return value[0] if isinstance(value, tuple | list) else value


def high(value: Any) -> float:
    return value[1] if isinstance(value, tuple | list) else value


def any_interval(*args: Any) -> bool:
    return any(isinstance(arg, tuple | list) for arg in args)


def made(
    *,
    joules: float = 3.6e6,
    pue: Callable[[float, float], float] = lambda energy, pue: energy * pue,
    kg: Callable[..., float] = lambda kwh, intensity, bare: kwh * intensity,
    energy: Callable[[float, float], float] = lambda flops, per_joule: flops / per_joule,
    worst_efficiency: Callable[[Any, int], float] = lambda e, worst: (high, low)[worst](e),
    packed: Callable[..., bool] = any_interval,
    middle: bool = False,
) -> Callable[..., dict[str, Any]]:
    """A version; each keyword is a place where people go wrong."""

    def version(flops, flops_per_joule, power, intensity):
        found = []
        for worst in (0, 1):
            end = (low, high)[worst]
            bare = energy(end(flops), worst_efficiency(flops_per_joule, worst)) / joules
            kwh = pue(bare, end(power))
            found.append((kwh, kg(kwh, end(intensity), bare)))
        both = dict(zip(("kwh", "kg_co2"), zip(*found, strict=True), strict=True))
        if middle:
            return {name: sum(ends) / 2 for name, ends in both.items()}
        if packed(flops, flops_per_joule, power, intensity):
            return {name: tuple(ends) for name, ends in both.items()}
        return {name: ends[0] for name, ends in both.items()}

    return version


def by_corners(*args):
    """Try every corner."""
    ends = [arg if isinstance(arg, tuple | list) else (arg, arg) for arg in args]
    kwh = [f / e * p / 3600 / 1000 for f, e, p, _ in product(*ends)]
    kg = [f / e * p * c / 3.6e6 for f, e, p, c in product(*ends)]
    found = {"kwh": [min(kwh), max(kwh)], "kg_co2": [min(kg), max(kg)]}
    if all(arg is end for arg, end in zip(args, ends, strict=True)) or any(
        isinstance(arg, tuple | list) for arg in args
    ):
        return found
    return {name: np.float64(np.mean(both)) for name, both in found.items()}


def draw_emissions(rng: np.random.Generator) -> list[Case]:
    def number(name: str) -> float:
        lows, highs = {
            "flops": (1e14, 9e14), "efficiency": (1e7, 9e7), "pue": (1.15, 1.7), "carbon": (0.1, 0.8)
        }[name]  # fmt: skip
        return float(rng.uniform(lows, highs))

    def interval(name: str) -> tuple[float, float]:
        first = number(name)
        return first, first * float(rng.uniform(1.3, 2.5))

    names = ("flops", "efficiency", "pue", "carbon")

    def args(*wide: str) -> tuple[Any, ...]:
        return tuple(interval(name) if name in wide else number(name) for name in names)

    return [
        Case(args(), "value"),
        Case(args(), "value"),
        Case(args("carbon"), "interval"),
        Case(args("flops", "pue"), "interval"),
        Case((number("flops"), number("efficiency"), 1.0, (0.5, 0.5)), "interval"),
        Case((number("flops"), number("efficiency"), 1.25, 0.0), "value"),
        Case(args("efficiency"), "efficiency"),
        Case(args(*names), "efficiency"),
    ]


EMISSIONS: Check = Check(
    exercise="impacts.training_emissions",
    properties={
        "value": "gives kilowatt-hours and kilograms of CO2 for numbers",
        "interval": "gives (low, high) for both when any argument is an interval",
        "efficiency": "knows that the highest efficiency belongs to the lowest energy",
    },
    cases=draw_emissions,
    expect=training_emissions,
    accepts=[made(), by_corners],
    misconceptions=[
        Misconception(
            "watt-hours",
            made(joules=3600.0),
            "These are watt-hours. A kilowatt-hour is 3.6 million joules.",
        ),
        Misconception(
            "kilojoules for kilowatt-hours",
            made(joules=1000.0),
            "These are kilojoules. A kilowatt-hour is 3.6 million joules: a kilowatt for 3600 seconds.",
        ),
        Misconception(
            "joules",
            made(joules=1.0),
            "These are joules. A kilowatt-hour is 3.6 million of them.",
        ),
        Misconception(
            "multiplied by the efficiency",
            made(energy=lambda flops, per_joule: flops * per_joule),
            "A better efficiency costs more energy here. Divide the operations by it.",
        ),
        Misconception(
            "PUE ignored",
            made(pue=lambda energy, pue: energy),
            "Cooling and power supplies are forgotten: multiply by the PUE.",
        ),
        Misconception(
            "divided by the PUE",
            made(pue=lambda energy, pue: energy / pue),
            "The energy is divided by the PUE. The data centre uses *more* than its computers: multiply.",
        ),
        Misconception(
            "PUE minus 1",
            made(pue=lambda energy, pue: energy * (pue - 1)),
            "This is what cooling alone takes. The PUE is the whole over the computers' part: multiply by it.",
        ),
        Misconception(
            "CO2 without the PUE",
            made(kg=lambda kwh, intensity, bare: bare * intensity),
            "The emissions are those of the computers alone. Cooling emits, too: take the whole energy.",
        ),
        Misconception(
            "tonnes",
            made(kg=lambda kwh, intensity, bare: kwh * intensity / 1000),
            "These are tonnes of CO2. Kilograms are asked.",
        ),
        Misconception(
            "divided by the intensity",
            made(kg=lambda kwh, intensity, bare: kwh / intensity),
            "The energy is divided by the carbon intensity. Multiply: kilograms for each kilowatt-hour.",
        ),
        Misconception(
            "efficiency the wrong way round",
            made(worst_efficiency=lambda e, worst: (low, high)[worst](e)),
            "The lowest efficiency is put into the lowest energy. More operations per joule need fewer "
            "joules: its ends are exchanged.",
        ),
        Misconception(
            "always an interval",
            made(packed=lambda *args: True),
            "An interval comes back for plain numbers, too. Return numbers when only numbers come in.",
        ),
        Misconception(
            "the middle only",
            made(middle=True),
            "Only the middle of the interval comes back. What matters is how wide it is: (low, high).",
        ),
        Misconception(
            "an interval of no width is dropped",
            made(packed=lambda *args: any(low(arg) != high(arg) for arg in args)),
            "An interval whose ends are equal comes back as a number. Any interval in gives intervals out.",
        ),
        Misconception(
            "never an interval",
            made(packed=lambda *args: False),
            "Only the best case comes back. With an interval, return (low, high).",
        ),
    ],
)


def days(formula: Callable[[float, float, float], float]) -> Callable[..., float]:
    def version(training_kwh, watt_hours_per_query, queries_per_day):
        if queries_per_day == 0:
            return inf
        return formula(training_kwh, watt_hours_per_query, queries_per_day)

    return version


def in_joules(training_kwh, watt_hours_per_query, queries_per_day):
    daily = watt_hours_per_query * queries_per_day * 3600
    return np.float64(training_kwh * 3.6e6 / daily) if daily else np.inf


def draw_days(rng: np.random.Generator) -> list[Case]:
    def args(queries: float | None = None) -> tuple[float, float, float]:
        asked = float(rng.integers(50, 900)) if queries is None else queries
        return float(rng.uniform(20, 90)), float(rng.uniform(1.5, 6.0)), asked

    return [
        Case(args(), "value"),
        Case(args(), "value"),
        Case(args(float(rng.uniform(0.2, 0.8))), "rare"),
        Case(args(0), "nobody"),
        Case(args(0.0), "nobody"),
    ]


BREAKEVEN: Check = Check(
    exercise="impacts.breakeven_days",
    properties={
        "value": "gives days until answering has cost as much as training",
        "rare": "works for less than one query a day",
        "nobody": "gives inf when nobody asks",
    },
    cases=draw_days,
    expect=breakeven_days,
    accepts=[days(lambda kwh, wh, n: kwh / (wh / 1000 * n)), in_joules],
    misconceptions=[
        Misconception(
            "watt-hours for kilowatt-hours",
            days(lambda kwh, wh, n: kwh / (wh * n)),
            "Kilowatt-hours are divided by watt-hours. A kilowatt-hour is 1000 of them.",
        ),
        Misconception(
            "divided by 1000 once more",
            days(lambda kwh, wh, n: kwh / (wh * n) / 1000),
            "The thousand is on the wrong side: a kilowatt-hour is *more* than a watt-hour.",
        ),
        Misconception(
            "queries, not days",
            days(lambda kwh, wh, n: kwh * 1000 / wh),
            "This is a number of queries. Divide by those of a day.",
        ),
        Misconception(
            "hours",
            days(lambda kwh, wh, n: kwh * 1000 / (wh * n) * 24),
            "These are hours. The queries are those of a day: no 24 is needed.",
        ),
        Misconception(
            "divided by 24",
            days(lambda kwh, wh, n: kwh * 1000 / (wh * n) / 24),
            "The queries are those of a day already: do not divide by 24.",
        ),
        Misconception(
            "share for days",
            days(lambda kwh, wh, n: wh * n / (kwh * 1000)),
            "This is the share of the training that a day of answers costs. Turn it round.",
        ),
        Misconception(
            "whole days",
            days(lambda kwh, wh, n: float(kwh * 1000 // (wh * n))),
            "The days are cut to whole ones. Keep what is behind the point.",
        ),
        Misconception(
            "0 when nobody asks",
            lambda kwh, wh, n: kwh * 1000 / (wh * n) if n else 0.0,
            "Without queries answering never costs as much as training: inf, not 0.",
        ),
    ],
)
