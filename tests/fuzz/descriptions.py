"""Descriptions of answers as a hostile process could write them: right in form here, absurd there."""

from __future__ import annotations

import base64
from typing import Any

from tests.fuzz.drawing import Draw

DTYPES = [
    "<f8",
    ">i2",
    "|b1",
    "|u1",
    "<f2",
    "|O",
    "<c8",
    "<U1",
    "|V3",
    "<M8[D]",
    "f8",
    "|f8",
    "<f16",
]
SIZES = [0, 1, 2, 3, -1, 2**31, 2**40, 2**58, 2**63, 2**64, 10**30]
NUMBERS = [0, 1, -1, 2**31, 2**53 + 1, 2**63, 2**64, (1 << 61) - 1, 2**1023, 2**1024, -(2**1024)]
TEXTS = [
    "",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "float32",
    "bfloat16",
    "bool",
    "qint8",
    "\ud800",
    "\u202e\x1b[2J",
]
KINDS = ["tuple", "dict", "float", "npy", "tensor", "code", "pickle"]


def npy(dtype: str, shape: str, body: bytes, *, fortran: bool = False, pad: int = 0) -> str:
    """An array as numpy writes it, whatever dtype, shape and body are said to be."""
    head = f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {shape}, }}{' ' * pad}\n"
    text = head.encode("utf-8", "replace")
    raw = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body
    return base64.b64encode(raw).decode()


def description(draw: Draw, depth: int = 0) -> Any:
    """Draw a description; nothing keeps it from being a wrong one."""
    kind = draw.below(12 if depth < 24 else 6)
    match kind:
        case 0:
            return draw.pick([None, True, False])
        case 1:
            return draw.pick(NUMBERS) + draw.below(5)
        case 2:
            return draw.pick([0.0, -0.0, 1e308, 5e-324, float("nan"), float("inf")])
        case 3:
            return draw.pick(TEXTS)
        case 4:
            return draw.text(20)
        case 5:
            return {"npy": _array(draw)}
        case 6:
            return [description(draw, depth + 1) for _ in range(draw.below(6))]
        case 7:
            return {"tuple": [description(draw, depth + 1) for _ in range(draw.below(4))]}
        case 8:
            pairs = range(draw.below(4))
            return {
                "dict": [
                    [description(draw, depth + 1), description(draw, depth + 1)] for _ in pairs
                ]
            }
        case 9:
            requires_grad = draw.pick([True, False, 1, "yes"])
            return {"tensor": [_array(draw), draw.pick(TEXTS), requires_grad]}
        case 10:
            return {draw.pick(KINDS): description(draw, depth + 1)}
    return {draw.text(4): description(draw, depth + 1) for _ in range(draw.below(3))}


def _array(draw: Draw) -> str:
    if draw.chance(8):
        return base64.b64encode(b"\x93NUMPY" + draw.blob(80)).decode()
    shape = "(" + "".join(f"{draw.pick(SIZES)}, " for _ in range(draw.below(4))).rstrip() + ")"
    text = npy(draw.pick(DTYPES), shape, draw.blob(33), fortran=draw.chance(2), pad=draw.below(70))
    return text[: -1 - draw.below(4)] if draw.chance(8) else text
