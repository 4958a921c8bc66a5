"""Unit 08: what language models do to people and places, as far as it can be computed.

    energy.py        what training emits, and when answering has cost as much
    memorization.py  what a model has learned by heart, and what a test has seen before
    association.py   what a model thinks of people, by their names
    watermark.py     whether a machine wrote it

Source: CMU 10-301/601, lecture 28 (spring 2023), "Societal Impacts of ChatGPT".
"""

from course_utils.impacts.association import template_gap
from course_utils.impacts.energy import breakeven_days, training_emissions
from course_utils.impacts.memorization import contamination, memorization_rate
from course_utils.impacts.watermark import watermark_z

__all__ = [
    "breakeven_days",
    "contamination",
    "memorization_rate",
    "template_gap",
    "training_emissions",
    "watermark_z",
]
