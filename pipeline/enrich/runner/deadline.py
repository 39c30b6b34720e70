"""A soft deadline: slow Python code is interrupted, in a process's main thread only."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Overrun(BaseException):
    """The block took too long.

    Not an Exception: code that catches every Exception is interrupted too.
    """


@contextmanager
def within(seconds: float | None, name: str) -> Iterator[None]:
    """Interrupt the block after ``seconds`` (None: never). Raises Overrun with the name.

    The signal (SIGALRM) is handled between two steps of Python and in code that checks for signals,
    such as sleeping or a regular expression; not in other C code.
    """
    if seconds is None:
        yield
        return

    def interrupt(_: int, __: FrameType | None) -> None:
        raise Overrun(f"{name} took longer than {seconds:.3g} s")

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
