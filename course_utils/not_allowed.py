"""Notice when an exercise is solved with the library function that it asks you to write.

    with without(["torch.nn.functional.gelu"]):
        student_gelu(x)          # raises NotAllowed if it calls torch's

Python tells a profiler about every call, whatever name a function was imported by; torch tells its modes
(`not_allowed_torch`). Who catches the exception, looks away, asks a thread, or starts a process is noticed,
too. This watches in the student's own process: it is for people who forget the rules, and makes work for
those who break them. Leaves out: code that replaces this very function, threads that were started before.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib import import_module
from inspect import unwrap
from typing import Any


class NotAllowed(RuntimeError):
    """A function was called that stands in for what should have been written."""


@contextmanager
def without(names: Sequence[str]) -> Iterator[None]:
    """Raise NotAllowed when one of the named functions is called. Names that cannot be imported are skipped."""
    if not names:
        yield
        return
    code, builtin = _found(tuple(names))
    noticed: list[str] = []
    watching = bool(code or builtin)

    def watch(frame: Any, event: str, arg: Any) -> None:
        if not watching:
            return
        if event == "call":
            used = code.get(frame.f_code)
        elif event == "c_call" and arg is sys.setprofile:
            used = "sys.setprofile to look away"
        elif event == "c_call":
            known = builtin.get(getattr(arg, "__name__", ""), ())
            used = next((name for function, name in known if _is(arg, function)), None)
        else:
            return
        if used:
            noticed.append(
                used
            )  # what is raised here can be caught, and then nobody watches any more
            raise _refusal(used)

    def notice(used: str) -> None:
        if watching:
            noticed.append(used)
            raise _refusal(used)

    before, in_threads = sys.getprofile(), threading.getprofile()
    try:
        with _told_by_torch(names, notice), _told_by_events(notice):
            if watching:
                threading.setprofile(watch)
                sys.setprofile(watch)
            yield
    except Exception:
        if not noticed:
            raise
    finally:
        watching = False
        sys.setprofile(before)
        threading.setprofile(in_threads)  # type: ignore[arg-type]
    if noticed:
        raise _refusal(noticed[0])


def _told_by_torch(
    names: Sequence[str], notice: Callable[[str], None]
) -> AbstractContextManager[None]:
    if "torch" not in sys.modules or not any(name.startswith("torch.") for name in names):
        return nullcontext()
    from course_utils.not_allowed_torch import watched  # torch takes a second to import

    return watched(names, notice)


_listeners: list[
    Callable[[str], None]
] = []  # of this process's one audit hook, which stays for good
_hooked: list[bool] = []
ELSEWHERE = ("os.fork", "os.posix_spawn", "os.exec", "os.system", "subprocess.Popen", "ctypes.")


@contextmanager
def _told_by_events(notice: Callable[[str], None]) -> Iterator[None]:
    """Call `notice` when work is given to another process, or to C: nobody watches there."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _listeners.append(notice)
    try:
        yield
    finally:
        _listeners.remove(notice)


def _hook(event: str, _: Any) -> None:
    if _listeners and event.startswith(ELSEWHERE):
        for listener in tuple(_listeners):
            listener(f"{event}, where nobody sees what it calls")


def _refusal(used: str) -> NotAllowed:
    if used.startswith("sys.") or used.endswith("it calls"):
        return NotAllowed(f"it uses {used}")
    return NotAllowed(f"it uses {used}, which is what this exercise asks you to write")


@cache  # asked again for every case
def _found(names: tuple[str, ...]) -> tuple[dict[Any, str], dict[str, list[tuple[Any, str]]]]:
    """Functions in Python by their code, and functions in C by their short name."""
    code: dict[Any, str] = {}
    builtin: dict[str, list[tuple[Any, str]]] = {}
    for name in names:
        for function in _find(name):
            if hasattr(function, "__code__"):
                code[function.__code__] = name
            else:
                builtin.setdefault(function.__name__, []).append((function, name))
    return code, builtin


def _find(name: str) -> Iterator[Callable[..., Any]]:
    """The function of that name; of a class its `forward`, or whatever makes an object of it."""
    parts = name.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:split]))
            for part in parts[split:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        if isinstance(found, type):
            found = getattr(found, "forward" if hasattr(found, "forward") else "__init__")
        yield unwrap(found)
        return


def _is(called: Any, function: Any) -> bool:
    """True for the function itself, and for a method bound to its object."""
    owner = getattr(function, "__objclass__", None)
    return called is function or bool(
        owner and isinstance(getattr(called, "__self__", None), owner)
    )
