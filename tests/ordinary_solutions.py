"""Three people's ordinary answers to six exercises of unit 01, each the first thing that came to mind."""

from __future__ import annotations

ADA = """
import numpy as np
from scipy import stats

def accuracy_difference(correct_a, correct_b):
    return float(np.mean(correct_a) - np.mean(correct_b))

def restart_interval(accuracies, level):
    x = np.array(accuracies, dtype=float)
    R = len(x)
    if R < 2:
        raise ValueError("need at least two restarts")
    mean = x.mean()
    s = x.std(ddof=1)
    t = stats.t.ppf(1 - (1 - level) / 2, R - 1)
    return mean, t * s / np.sqrt(R)

def variance_components(correct):
    correct = np.array(correct).astype(float)
    R, n = correct.shape
    accs = correct.mean(axis=1)
    train = accs.var(ddof=1)
    test = (accs * (1 - accs) / n).mean()
    return {"train": train, "test": test}

def paired_bootstrap(correct_a, correct_b, resamples):
    a = np.array(correct_a).astype(int)
    b = np.array(correct_b).astype(int)
    total = (a - b).sum()
    count = 0
    for row in resamples:
        d = a[row].sum() - b[row].sum()
        if d > 2 * total:
            count += 1
    return count / len(resamples)

def minimum_test_size(gap, disagreement, power, alpha):
    if gap <= 0 or gap >= disagreement or disagreement > 1:
        raise ValueError("gap and disagreement do not fit together")
    if alpha <= 0 or power >= 1 or power <= alpha:
        raise ValueError("alpha and power do not fit together")
    z1 = stats.norm.ppf(1 - alpha)
    z2 = stats.norm.ppf(power)
    n = (z1 + z2) ** 2 * (disagreement - gap ** 2) / gap ** 2
    return int(np.ceil(n))

def holm(p_values, alpha):
    p = np.array(p_values, dtype=float)
    order = np.argsort(p)
    m = len(p)
    reject = np.array([False] * m)
    for k in range(m):
        if p[order[k]] <= alpha / (m - k):
            reject[order[k]] = True
        else:
            break
    return reject
"""

BEN = """
import math
import numpy as np
import scipy.stats

def accuracy_difference(correct_a, correct_b):
    acc_a = sum(int(v) for v in correct_a) / len(correct_a)
    acc_b = sum(int(v) for v in correct_b) / len(correct_b)
    return acc_a - acc_b

def restart_interval(accuracies, level):
    n = len(accuracies)
    if n < 2:
        raise ValueError(f"only {n} restart(s)")
    m = sum(accuracies) / n
    variance = sum((a - m) ** 2 for a in accuracies) / (n - 1)
    quantile = scipy.stats.t(df=n - 1).ppf(0.5 + level / 2)
    half = quantile * math.sqrt(variance / n)
    return float(m), float(half)

def variance_components(correct):
    rows = [list(map(int, r)) for r in correct]
    p = [sum(r) / len(r) for r in rows]
    return {
        "train": float(np.var(p, ddof=1)),
        "test": sum(q * (1 - q) / len(rows[0]) for q in p) / len(p),
    }

def paired_bootstrap(correct_a, correct_b, resamples):
    diff = np.array([int(x) - int(y) for x, y in zip(correct_a, correct_b)])
    observed = diff.sum()
    resampled = np.array([diff[idx].sum() for idx in np.asarray(resamples)])
    return float((resampled > 2 * observed).mean())

def minimum_test_size(gap, disagreement, power, alpha):
    ok = 0 < gap < disagreement and disagreement <= 1 and 0 < alpha < power and power < 1
    if not ok:
        raise ValueError("values out of range")
    normal = scipy.stats.norm()
    quantiles = normal.ppf(power) - normal.ppf(alpha)
    sigma2 = disagreement - gap * gap
    return math.ceil(sigma2 * (quantiles / gap) ** 2)

def holm(p_values, alpha):
    ranked = sorted(enumerate(p_values), key=lambda pair: pair[1])
    out = [False for _ in ranked]
    remaining = len(ranked)
    for position, p in ranked:
        if p > alpha / remaining:
            return np.array(out)
        out[position] = True
        remaining -= 1
    return np.array(out)
"""

CEM = """
import numpy as np
from scipy.stats import norm, t

def accuracy_difference(correct_a, correct_b):
    n = len(correct_a)
    return float((np.sum(correct_a) - np.sum(correct_b)) / n)

def restart_interval(accuracies, level):
    values = np.asarray(accuracies, float)
    if values.size < 2:
        raise ValueError("fewer than 2 restarts")
    se = values.std(ddof=1) / values.size ** 0.5
    low, high = t.interval(level, values.size - 1, loc=values.mean(), scale=se) if se else (values.mean(),) * 2
    return values.mean(), (high - low) / 2

def variance_components(correct):
    c = np.asarray(correct, float)
    p = np.mean(c, 1)
    result = dict()
    result["train"] = np.sum((p - p.mean()) ** 2) / (len(p) - 1)
    result["test"] = np.mean(p - p ** 2) / c.shape[1]
    return result

def paired_bootstrap(correct_a, correct_b, resamples):
    correct_a = np.asarray(correct_a) * 1
    correct_b = np.asarray(correct_b) * 1
    delta = np.sum(correct_a) - np.sum(correct_b)
    leads = np.sum(correct_a[resamples], axis=1) - np.sum(correct_b[resamples], axis=1)
    return np.count_nonzero(leads > 2 * delta) / len(leads)

def minimum_test_size(gap, disagreement, power, alpha):
    if not (0 < gap < disagreement <= 1):
        raise ValueError("gap must be below disagreement")
    elif not (0 < alpha < power < 1):
        raise ValueError("alpha must be below power")
    needed = norm.isf(alpha) + norm.ppf(power)
    size = needed ** 2 * (disagreement - gap ** 2)
    size /= gap ** 2
    return int(-(-size // 1))

def holm(p_values, alpha):
    p_values = np.asarray(p_values)
    m = p_values.shape[0]
    indices = p_values.argsort()
    passed = p_values[indices] <= alpha / np.arange(m, 0, -1)
    first_failure = m if passed.all() else passed.argmin()
    answer = np.zeros(m, bool)
    answer[indices[:first_failure]] = True
    return answer
"""

ORDINARY = {"ada": ADA, "ben": BEN, "cem": CEM}
