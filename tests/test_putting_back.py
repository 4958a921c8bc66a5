"""What a function keeps in global variables is put back, so that every example begins alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course_utils.putting_back import put_back

KEEPERS = {
    "a number": "kept = 0\ndef f():\n    global kept\n    kept += 1\n    return kept",
    "a list": "kept = []\ndef f():\n    kept.append(1)\n    return len(kept)",
    "a dict": "kept = {}\ndef f():\n    kept['n'] = kept.get('n', 0) + 1\n    return kept['n']",
    "an array": "kept = np.zeros(1)\ndef f():\n    kept[0] += 1\n    return kept[0]",
    "an attribute": "def f():\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
}


@pytest.mark.parametrize("keeper", KEEPERS)
def test_every_block_begins_with_the_same_variables(keeper: str) -> None:
    space: dict[str, Any] = {"np": np}
    exec(KEEPERS[keeper], space)
    function = space["f"]
    for _ in range(3):
        with put_back(function):
            assert [function(), function()] == [1, 2]


def test_they_are_put_back_after_an_exception_too() -> None:
    space: dict[str, Any] = {}
    exec("kept = 0\ndef f():\n    global kept\n    kept += 1\n    raise KeyError", space)
    with pytest.raises(KeyError), put_back(space["f"]):
        space["f"]()
    assert space["kept"] == 0


def test_anything_that_can_be_called_is_fine() -> None:
    class Step:
        def __call__(self) -> int:
            return 1

    for function in (Step(), len, lambda: 1):
        with put_back(function):
            pass
