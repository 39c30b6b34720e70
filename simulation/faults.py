"""Faults of soaks and game days alike. Each holds while its block runs and is healed at its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.support.disk import Disk


@contextmanager
def stopped(pids: Sequence[int]) -> Iterator[None]:
    """By SIGSTOP: connections stay open, nothing answers."""
    _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:  # SIGTERM would wait for ever
        _signal(pids, signal.SIGCONT)


@contextmanager
def full(disk: Disk) -> Iterator[None]:
    disk.fill()
    try:
        yield
    finally:
        disk.free()


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
