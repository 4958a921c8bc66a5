"""Ask a function one question, and bring back everything that happened as an Answer.

These few lines run beside the student's code, in the self-check and in the student process alike.
"""

from __future__ import annotations

import copy
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.not_allowed import without
from course_utils.plain import Code, NotPlain, encode


@dataclass
class Answer:
    """What came back: a value, or an exception, or the reason why there is neither.

    For an ask in `TWICE`, `value` is `[first answer, second answer, arguments afterwards]`.
    """

    value: Any = None
    raised: tuple[str, str] | None = None  # (type name, message)
    missing: str | None = None  # "took over 10 s", "the process ended", …


def call_twice(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Call twice with the same arguments, and bring the arguments back to see whether they changed."""
    first = function(*args)
    try:
        second = function(*args)
    except Exception:  # it has changed its arguments, or it remembers the first call
        second = None
    return [first, second, [None if callable(arg) else arg for arg in args]]


def call_twice_with_gradients(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """As call_twice, for functions of tensors: values and gradients, on a GPU too if there is one."""
    from course_utils import asking_torch  # few topics need torch

    return asking_torch.call_twice_with_gradients(function, args)


def call_twice_with_weight_gradients(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """As call_twice_with_gradients, where the first argument is data: its gradient does not matter."""
    from course_utils import asking_torch

    return asking_torch.call_twice_with_weight_gradients(function, args)


def call_twice_with_gradients_before_ends(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> Any:
    """As call_twice_with_gradients, where 0 stands after the end of a text: no gradient counts there."""
    from course_utils import asking_torch

    return asking_torch.call_twice_with_gradients_before_ends(function, args)


TWICE = {
    ask.__name__: ask
    for ask in (
        call_twice,
        call_twice_with_gradients,
        call_twice_with_weight_gradients,
        call_twice_with_gradients_before_ends,
    )
}


def ask_here(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    ask: Callable[..., Any] = call_twice,
    own: Callable[..., Any] | None = None,
    not_allowed: Sequence[str] = (),
) -> Answer:
    """Ask in this process, with a copy of the arguments; candidates given as Code become functions."""
    ready = tuple(arg.load(own) if isinstance(arg, Code) else copy.deepcopy(arg) for arg in args)
    try:
        with without(not_allowed):
            return Answer(value=ask(function, ready))
    except Exception as error:
        return Answer(raised=(type(error).__name__, str(error)[:300]))


def as_sent(answer: Answer) -> Answer:
    """The answer, unless it holds what cannot be described as plain data: a judge gets none then."""
    try:
        encode(answer.value)
    except NotPlain as error:
        return Answer(missing=not_comparable(error))
    return answer


def not_comparable(error: NotPlain) -> str:
    """Why an answer that cannot be written as plain data is none."""
    return f"the answer holds {error}, which cannot be compared"


def shipped(ask: Callable[..., Any]) -> str:
    """What to send for an ask: its name if it is known everywhere, else its source."""
    return ask.__name__ if ask in TWICE.values() else portable(ask)


def load_ask(sent: str) -> Callable[..., Any]:
    """The ask that `shipped` described."""
    return TWICE[sent] if sent in TWICE else load_portable(sent)


def portable(function: Callable[..., Any]) -> str:
    """The source of a function that stands on its own, to be run elsewhere."""
    source = textwrap.dedent(inspect.getsource(function))
    if not source.startswith("def "):
        raise TypeError(
            f"{function!r} cannot be shipped as source: write it with `def` at module level"
        )
    return source


def load_portable(source: str) -> Callable[..., Any]:
    """Run the source of one function and return that function."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<portable>", "exec"), namespace)
    name = source.split("(", 1)[0].removeprefix("def ").strip()
    return namespace[name]
