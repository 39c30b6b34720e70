"""A soft deadline: Python code that takes too long is interrupted, in a process's main thread."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Overrun(BaseException):
    """The block took too long. No Exception, so that code which catches all of these goes on to be
    interrupted."""


@contextmanager
def within(seconds: float | None, name: str) -> Iterator[None]:
    """Interrupt the block after so many seconds; None is never. Raises Overrun, with the name.

    The signal (SIGALRM) arrives between two steps of Python, and in what looks out for signals,
    such as sleeping or a regular expression; not in C code that does not.
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
