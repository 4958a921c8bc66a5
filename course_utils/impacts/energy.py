"""What training emits, and when answering has cost as much.

Source: E. Strubell, A. Ganesh and A. McCallum, "Energy and Policy Considerations for Deep Learning in
NLP", 2019; D. Patterson and others, "Carbon Emissions and Large Neural Network Training", 2021.
Leaves out: building the devices and the data centre; water; what is not electricity.
"""

from __future__ import annotations

from math import inf

JOULES_PER_KWH = 3.6e6

Interval = float | tuple[float, float]


def training_emissions(
    flops: Interval, flops_per_joule: Interval, pue: Interval, kg_co2_per_kwh: Interval
) -> dict[str, Interval]:
    """Return the energy of a training run and what it emits.

        kWh = flops / flops_per_joule · PUE / 3.6e6;   kg CO2 = kWh · kg_co2_per_kwh

    Each argument may be an interval (low, high); then both answers are, from the best case to the worst.
    More operations per joule are better, so the highest efficiency belongs to the lowest energy.

    Args:
        flops: operations of the whole run.
        flops_per_joule: reached, not at the peak.
        pue: power usage effectiveness: energy of the data centre over that of its computers, 1 or more.
        kg_co2_per_kwh: carbon intensity of the electricity.

    Returns:
        kwh and kg_co2, numbers, or (low, high) if any argument is an interval.

    Raises:
        ValueError: an interval whose ends are exchanged, an efficiency that is not positive, or a negative
            number elsewhere.

    >>> training_emissions(3.6e12, 1e3, 1.5, (0.1, 0.5))
    {'kwh': (1500.0, 1500.0), 'kg_co2': (150.0, 750.0)}
    """
    told = {
        "flops": flops, "flops_per_joule": flops_per_joule, "pue": pue,
        "kg_co2_per_kwh": kg_co2_per_kwh,
    }  # fmt: skip
    ends = {name: _ends(name, value) for name, value in told.items()}
    if ends["flops_per_joule"][0] <= 0:
        raise ValueError(f"flops_per_joule is {flops_per_joule}: it must be positive")
    kwh, kg = [], []
    for best in (0, 1):
        energy = ends["flops"][best] / ends["flops_per_joule"][1 - best] * ends["pue"][best]
        kwh.append(energy / JOULES_PER_KWH)
        kg.append(kwh[best] * ends["kg_co2_per_kwh"][best])
    if any(isinstance(value, tuple | list) for value in told.values()):
        return {"kwh": (kwh[0], kwh[1]), "kg_co2": (kg[0], kg[1])}
    return {"kwh": kwh[0], "kg_co2": kg[0]}


def breakeven_days(
    training_kwh: float, watt_hours_per_query: float, queries_per_day: float
) -> float:
    """Return after how many days answering has cost as much energy as training.

    Args:
        training_kwh: of the whole run, in kilowatt-hours.
        watt_hours_per_query: of one answer.
        queries_per_day: 0 or more.

    Returns:
        Days; inf when nobody asks, or asking costs nothing.

    Raises:
        ValueError: a negative number.

    >>> breakeven_days(1000.0, 2.0, 50_000)
    10.0
    """
    if min(training_kwh, watt_hours_per_query, queries_per_day) < 0:
        raise ValueError(
            f"{training_kwh} kWh, {watt_hours_per_query} Wh a query, {queries_per_day} queries a day: "
            "none may be negative"
        )
    kwh_per_day = watt_hours_per_query / 1000 * queries_per_day
    return training_kwh / kwh_per_day if kwh_per_day else inf


def _ends(name: str, value: Interval) -> tuple[float, float]:
    low, high = value if isinstance(value, tuple | list) else (value, value)
    if low > high:
        raise ValueError(f"{name} is {value}: an interval goes from low to high")
    if low < 0:
        raise ValueError(f"{name} is {value}: it may not be negative")
    return low, high
