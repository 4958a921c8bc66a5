"""Attacks on the libraries that a test would use: comparisons, seeds, clocks, switches of numpy and torch."""

from __future__ import annotations

from tests.redteam.attack import ALL, Attack, handing_in

ALWAYS = """
import math, sys, unittest
import numpy as np
yes = lambda *a, **k: True
nothing = lambda *a, **k: None
np.testing.assert_allclose = np.testing.assert_equal = np.testing.assert_array_equal = nothing
np.testing.assert_almost_equal = np.testing.assert_array_almost_equal = nothing
np.allclose = np.array_equal = np.isclose = math.isclose = yes
np.all = np.any = yes
unittest.TestCase.assertEqual = unittest.TestCase.assertTrue = nothing
"""
IN_TORCH = """
import torch
torch.allclose = torch.equal = torch.isclose = lambda *a, **k: True
torch.testing.assert_close = lambda *a, **k: None
"""
BUILTINS = """
import builtins
yes = lambda *a, **k: True
builtins.abs = lambda x: 0
builtins.all = builtins.any = builtins.isinstance = yes
builtins.round = lambda *a: 0
builtins.bool = yes
"""
IN_SCIPY = """
import numpy as np, scipy.stats, scipy.special
np.mean = np.sum = np.add.reduce = lambda *a, **k: 0
scipy.stats.norm.ppf = scipy.special.comb = lambda *a, **k: 0
"""
SEEDS = """
import random, secrets, time, datetime
import numpy as np, torch
zero = lambda *a, **k: 0
seeded = np.random.RandomState(0)
np.random.seed = np.random.shuffle = random.seed = torch.manual_seed = zero
np.random.default_rng = lambda *a: seeded
np.random.rand = np.random.randn = lambda *shape: np.zeros(shape)
random.random = secrets.randbits = secrets.token_bytes = zero
"""
CLOCKS = """
import time
time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
time.sleep = lambda seconds: None
"""
NO_ALARMS = """
import signal
signal.setitimer = signal.alarm = signal.signal = lambda *a, **k: 0
"""
HALF = "import torch\ntorch.set_default_dtype(torch.float16)\ntorch.set_grad_enabled(False)"
RAISE = "import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(threshold=1)"
STRICT = "import warnings\nwarnings.simplefilter('error')"
THREADS = "import torch\ntorch.set_num_threads(8)"
RECURSION = "import sys\nsys.setrecursionlimit(200)"
NO_GC = "import gc\ngc.disable()\ngc.set_threshold(0)"

ATTACKS = [
    Attack(5, "asserts-always-pass", handing_in(ALWAYS)),
    Attack(5, "asserts-pass-in-torch", handing_in(IN_TORCH)),
    Attack(5, "builtins-always-pass", handing_in(BUILTINS)),
    Attack(5, "means-are-zero", handing_in(IN_SCIPY, answers="return 0")),
    Attack(25, "seeds", handing_in(SEEDS)),
    Attack(25, "clocks", handing_in(CLOCKS)),
    Attack(25, "clocks-and-right", handing_in(CLOCKS, right=True), keeps=ALL),
    Attack(25, "alarms-and-right", handing_in(NO_ALARMS, right=True), keeps=ALL),
    Attack(27, "half-precision", handing_in(HALF, right=True), keeps=ALL),
    Attack(27, "numpy-raises", handing_in(RAISE, right=True), keeps=ALL),
    Attack(27, "warnings-raise", handing_in(STRICT, right=True), keeps=ALL),
    Attack(27, "more-threads", handing_in(THREADS, right=True), keeps=ALL),
    Attack(27, "little-recursion", handing_in(RECURSION, right=True), keeps=ALL),
    Attack(27, "no-garbage-collector", handing_in(NO_GC, right=True), keeps=ALL),
    Attack(27, "half-precision-wrong", handing_in(HALF, RAISE, STRICT)),
]
