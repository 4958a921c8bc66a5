"""The learner's functions of unit 08. Each makes one mistake that its check names."""

import numpy as np


def breakeven_days(training_kwh, watt_hours_per_query, queries_per_day):
    if not queries_per_day:
        return np.inf
    return training_kwh / (watt_hours_per_query * queries_per_day)


def template_gap(log_prob, templates, group_a, group_b):
    if len(group_a) != len(group_b):
        raise ValueError("pairs, please")
    return np.array(
        [
            np.sum(log_prob(t.format(a))) - np.sum(log_prob(t.format(b)))
            for t in templates
            for a, b in zip(group_a, group_b, strict=True)
        ]
    )
