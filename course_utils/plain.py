"""Write any answer down as plain data, and read it back without trusting it.

Plain data is JSON: numbers, text and lists stand for themselves, everything else is a dict with one key
that says what it is. Arrays are numpy's own `.npy` format in base64, so that every dtype, shape and
non-finite value survives. Nothing is ever pickled, and reading never runs code.

    >>> decode(encode({"p": (1, 2.5), "mask": np.array([True, False])}))
    {'p': (1, 2.5), 'mask': array([ True, False])}

Leaves out: objects of any other kind. `encode` raises `NotPlain`, naming the type.
"""

from __future__ import annotations

import base64
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_DEPTH = 20
ARRAY_KINDS = "biuf"  # bool, signed, unsigned, floating
TENSOR_DTYPES = (  # the names of torch's
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "bfloat16", "float32", "float64"),
)
LARGEST_INTEGER = (1 << 1024) - 1
MOST_NUMBERS = 1 << 24  # in an array; one without any may not have longer axes either
MOST_OF_ONE_HASH = (
    100  # keys of a dict; those that Python's hashes hold for one are slow to tell apart
)
NPY = (
    re.compile(  # as numpy writes it: read by numpy, odd headers would take a hundred times as long
        rb"\x93NUMPY\x01\x00..\{'descr': '([<>|][biuf][1248])', 'fortran_order': (True|False), "
        rb"'shape': \(([0-9, ]*)\), \} *\n",
        re.DOTALL,
    )
)


class NotPlain(TypeError):
    """A value that is not plain data, or text that does not describe plain data."""


@dataclass(frozen=True)
class Code:
    """A function as source text, for exercises whose input is somebody's program."""

    source: str
    name: str
    secret: bool = field(
        default=True, compare=False
    )  # may show what is right; stays with the judge

    def load(self, own: Any = None) -> Any:
        """Run the source in a namespace of its own and return the function it defines.

        `own` is the reader's own version of the function, for candidates that are built around it.
        """
        namespace: dict[str, Any] = {"__name__": "candidate", "own": own}
        exec(compile(self.source, "<candidate>", "exec"), namespace)
        return namespace[self.name]


def encode(value: Any, depth: int = 0) -> Any:
    """Describe `value` by JSON. Raises NotPlain for a kind of object that cannot be written down."""
    if depth > MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.longdouble):
        value = float(value)  # its .item() is itself
    if isinstance(value, np.generic):
        return encode(value.item(), depth)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotPlain("an integer of more than 1024 bits")
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, list | tuple):
        items = [encode(item, depth + 1) for item in value]
        return {"tuple": items} if isinstance(value, tuple) else items
    if isinstance(value, Mapping):
        pairs = value.items()
        return {"dict": [[encode(k, depth + 1), encode(v, depth + 1)] for k, v in pairs]}
    if isinstance(value, Code):
        return {"code": [value.source, value.name]}
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _encode_tensor(torch, value)
    raise NotPlain(f"a {type(value).__module__}.{type(value).__qualname__}")


def decode(described: Any, *, allow_code: bool = False, depth: int = 0) -> Any:
    """Rebuild a value. Raises NotPlain for anything that `encode` would not have written.

    Tensors come back as tensors where torch is loaded, else as numpy arrays. `allow_code` lets source
    text come back as `Code`; the judge never allows it, and nothing here runs it.
    """
    if depth > MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} deep")
    if described is None or isinstance(described, bool | float | str):
        return described
    if isinstance(described, int):
        if abs(described) > LARGEST_INTEGER:
            raise NotPlain("an integer of more than 1024 bits")
        return described
    if isinstance(described, list):
        return [decode(item, allow_code=allow_code, depth=depth + 1) for item in described]
    if not isinstance(described, dict) or len(described) != 1:
        raise NotPlain("not a description of plain data")
    ((kind, body),) = described.items()
    if kind == "float" and body in ("nan", "inf", "-inf"):
        return float(body)
    if kind == "npy":
        return _decode_array(body)
    if kind == "tuple" and isinstance(body, list):
        return tuple(decode(item, allow_code=allow_code, depth=depth + 1) for item in body)
    if kind == "dict" and isinstance(body, list):
        return _decode_dict(body, allow_code, depth)
    if kind == "tensor" and isinstance(body, list) and len(body) == 3:
        return _decode_tensor(*body)
    if kind == "code" and allow_code and isinstance(body, list) and len(body) == 2:
        return Code(str(body[0]), str(body[1]))
    raise NotPlain(f"unknown kind of plain data: {kind!r}")


def _decode_dict(pairs: list[Any], allow_code: bool, depth: int) -> dict[Any, Any]:
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise NotPlain("a dict is written as a list of pairs")
    keys = [decode(key, allow_code=allow_code, depth=depth + 1) for key, _ in pairs]
    try:
        hashes = Counter(map(hash, keys))
    except TypeError as error:
        raise NotPlain(f"a dict key that is not hashable: {error}") from error
    if max(hashes.values(), default=0) > MOST_OF_ONE_HASH:
        raise NotPlain("a dict with too many keys of one hash")
    values = [decode(value, allow_code=allow_code, depth=depth + 1) for _, value in pairs]
    return dict(zip(keys, values, strict=True))


def _encode_array(array: np.ndarray) -> dict[str, str]:
    array = np.asarray(array)  # a subclass is written as the array it is
    if array.dtype.kind not in ARRAY_KINDS:
        raise NotPlain(f"an array of dtype {array.dtype}")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    buffer = io.BytesIO()
    np.lib.format.write_array(
        buffer, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False
    )
    return {"npy": base64.b64encode(buffer.getvalue()).decode("ascii")}


def _decode_array(text: Any) -> np.ndarray:
    try:
        raw = base64.b64decode(text, validate=True)
        header = NPY.match(raw)
        if not header or int.from_bytes(raw[8:10], "little") != header.end() - 10:
            raise NotPlain("not an npy array of numbers as numpy writes them")
        dtype, body = np.dtype(header[1].decode()), raw[header.end() :]
        shape = tuple(int(size) for size in header[3].split(b",") if size.strip())
        if len(shape) > MAX_DEPTH or math.prod(max(size, 1) for size in shape) > MOST_NUMBERS:
            raise NotPlain(f"an array of over {MOST_NUMBERS} numbers, or {MAX_DEPTH} axes")
        if math.prod(shape) * dtype.itemsize != len(body):
            raise NotPlain("an array whose size is not the size of its data")
        flat = np.frombuffer(body, dtype=dtype)
        return flat.reshape(shape, order="F" if header[2] == b"True" else "C").copy()
    except NotPlain:
        raise
    except Exception as error:  # any malformed header is the same refusal
        raise NotPlain(f"not an npy array: {type(error).__name__}") from error


def _encode_tensor(torch: Any, value: Any) -> dict[str, Any]:
    dtype = str(value.dtype).removeprefix("torch.")
    if dtype not in TENSOR_DTYPES or value.layout is not torch.strided or value.is_meta:
        raise NotPlain(f"a tensor of dtype {dtype} and layout {value.layout} on {value.device}")
    tensor = value.detach().cpu().resolve_neg()
    if dtype in ("bfloat16", "float16"):
        tensor = tensor.to(torch.float32)
    array = _encode_array(tensor.numpy())
    return {"tensor": [array["npy"], dtype, bool(value.requires_grad)]}


def _decode_tensor(text: Any, dtype: Any, requires_grad: Any) -> Any:
    array = _decode_array(text)
    if dtype not in TENSOR_DTYPES:  # never looked up in torch: that could import a part of it
        raise NotPlain("a tensor of an unknown dtype")
    torch = sys.modules.get("torch")
    if torch is None:
        return array
    wanted = getattr(torch, dtype)
    tensor = torch.from_numpy(array.astype(array.dtype.newbyteorder("="))).to(wanted)
    return tensor.requires_grad_(bool(requires_grad)) if wanted.is_floating_point else tensor
