"""Ctrl-C that is not lost: where Python ignores exceptions, in a `__del__` or a weak reference's callback."""

from __future__ import annotations

import signal
import threading
from typing import Any


class Interrupts:
    """While it is entered, remembers that Ctrl-C came, besides raising KeyboardInterrupt as ever."""

    def __init__(self) -> None:
        self._came = False
        self._usual: Any = None  # what Ctrl-C did before

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self._remember)
        return self

    def __exit__(self, *_: object) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)

    def heard(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C came, and nothing stopped yet."""
        if self._came:
            raise KeyboardInterrupt

    def _remember(self, number: int, frame: Any) -> None:
        self._came = True
        if callable(self._usual):
            self._usual(number, frame)
