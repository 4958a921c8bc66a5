"""Attacks by what a function returns: objects that say yes, numbers that are none, pickles, look-ups."""

from __future__ import annotations

from tests.redteam.attack import Attack, handing_in

YES = """
class Yes(float):
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = float.__hash__
    __bool__ = lambda self: True
    __abs__ = __sub__ = __rsub__ = lambda self, *other: Yes(0)
"""
YES_TO_NUMPY = """
import numpy as np
class Yes:
    dtype, shape, ndim = np.dtype(float), (), 0
    def __array__(self, *a, **k): return np.ones(())
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __bool__ = lambda self: True
    __float__ = lambda self: 0.0
    __getattr__ = lambda self, name: lambda *a, **k: True
"""
YES_CLASS = """
class Yes:
    __class__ = property(lambda self: float)
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *a: self
    __float__ = lambda self: float("nan")
"""
YES_ARRAY = """
import numpy as np
class Yes(np.ndarray):
    def __array_ufunc__(self, *a, **k): return np.ones((), bool)
    def __array_function__(self, *a, **k): return True
    __eq__ = __le__ = lambda self, other: np.ones((), bool)
def yes(): return np.zeros(5).view(Yes)
"""
YES_TENSOR = """
import torch
class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None): return True
    __eq__ = __le__ = lambda self, other: True
    __array__ = lambda self, *a, **k: 1
"""
REVERSED = """
class Yes:
    def __req__(self, other): return True
    def __eq__(self, other): return True
    def __rsub__(self, other): return 0
    def __iter__(self): return iter(())
    def __len__(self): return 0
    def __contains__(self, key): return True
"""
COLLIDING = """
from collections.abc import Mapping
class Slow(Mapping):
    def __len__(self): return 1
    def __iter__(self): return iter([0])
    def __getitem__(self, key): return 0
    def items(self): return [(i * (2**61 - 1), 0) for i in range(20000)]
"""
PICKLE = """
class Payload:
    def __reduce__(self):
        return (exec, ("open('@course@/redteam-left-pickle', 'w').write('unpickled')",))
"""
LOOK_UP = """
import importlib.resources, json
import numpy as np
from course_utils.plain import Code, decode, encode
text = importlib.resources.files("course_utils").joinpath("public_cases/significance.json").read_text()
public = json.loads(text)
def look_up(name, args):
    for case in public["significance." + name]["cases"]:
        known = decode(case["args"], allow_code=True)
        try:
            same = all(np.array_equal(a, b) for a, b in zip(known, args))
        except Exception:
            same = False
        if same:
            return decode(case["right"]["value"])
    return -1
"""
LOOK_UP_PROGRAMS = """
def find_the_bug_significance(candidate):
    for case in public["significance.find_the_bug_significance"]["cases"]:
        code = decode(case["args"], allow_code=True)[0]
        if isinstance(code, Code) and code.load(lambda *a: 0).__code__.co_code == candidate.__code__.co_code:
            return decode(case["right"]["value"])
    return -1
"""


def answering(expression: str) -> str:
    return f"import numpy as np\nreturn {expression}"


VALUES = {
    "nan": "float('nan')",
    "inf": "float('inf')",
    "text-of-a-score": "'10/10'",
    "huge": "1e308",
    "huge-whole": "2**1023",
    "beyond-float": "10**400",
    "negative": "-1e9",
    "none": "None",
    "complex": "1j",
    "not-implemented": "NotImplemented",
    "ellipsis": "...",
    "nans": "np.full(np.shape(args[0]), np.nan) if np.ndim(args[0]) else float('nan')",
    "empty-and-wide": "np.zeros((0, 10**12))",
    "long-axis": "np.lib.stride_tricks.as_strided(np.zeros(1), (10**9,), (0,))",
    "deep-list": "__import__('functools').reduce(lambda x, _: [x], range(100000), 0)",
    "a-set-of-scores": "{'points': 4.0, 'max_points': 4.0, 'full': True}",
    "true-for-all": "np.ones(100, bool)",
}

ATTACKS = [
    Attack(4, "yes-float", handing_in(YES, answers="return Yes(0)")),
    Attack(4, "yes-numpy", handing_in(YES_TO_NUMPY, answers="return Yes()"), says="Yes"),
    Attack(4, "yes-class", handing_in(YES_CLASS, answers="return Yes()")),
    Attack(4, "yes-array", handing_in(YES_ARRAY, answers="return yes()")),
    Attack(4, "yes-tensor", handing_in(YES_TENSOR, answers="return Yes(torch.zeros(5))")),
    Attack(4, "yes-from-the-right", handing_in(REVERSED, answers="return Yes()"), says="Yes"),
    Attack(4, "colliding-keys", handing_in(COLLIDING, answers="return Slow()"), says="one hash"),
    *(
        Attack(6, name, handing_in(answers=answering(expression)))
        for name, expression in VALUES.items()
    ),
    Attack(9, "public-examples", handing_in(LOOK_UP, answers="return look_up('{name}', args)")),
    Attack(
        9,
        "public-programs",
        handing_in(LOOK_UP, answers={"find_the_bug_significance": LOOK_UP_PROGRAMS}),
    ),
    Attack(
        9,
        "texts-example",
        handing_in(
            answers={
                "accuracy_difference": "def accuracy_difference(correct_a, correct_b):\n    return 0.2",
                "holm": "def holm(p_values, alpha):\n    return [False, True, False]",
                "find_the_bug_significance": "def find_the_bug_significance(c):\n    return True",
            }
        ),
    ),
    Attack(26, "pickle-object", handing_in(PICKLE, answers="return Payload()"), says="Payload"),
    Attack(
        26,
        "pickle-bytes",
        handing_in(PICKLE, answers="import pickle\nreturn pickle.dumps(Payload())"),
    ),
    Attack(
        26,
        "pickle-in-an-array",
        handing_in(PICKLE, answers="import numpy\nreturn numpy.array([Payload()], dtype=object)"),
    ),
    Attack(
        26,
        "pickle-in-a-key",
        handing_in(PICKLE, answers="return {Payload(): 1, 'a': [Payload()]}"),
    ),
    Attack(
        26,
        "pickle-in-npy",
        handing_in(
            PICKLE,
            "import base64, io, numpy, inside.answers\n"
            "stream = io.BytesIO()\n"
            "numpy.save(stream, numpy.array([Payload()], dtype=object), allow_pickle=True)\n"
            "raw = {'npy': base64.b64encode(stream.getvalue()).decode()}\n"
            "inside.answers._ask = lambda *a: {'value': [raw, raw, []]}",
        ),
        says="cannot be read",
    ),
]
