"""System calls that Python's library does not have. Linux only."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int | bytes | None) -> int:
    """The result of a system call; -1: it failed, see :func:`reason`."""
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *words))


def prctl(option: int, value: int) -> None:
    _libc().prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))


def reason() -> str:
    """Why the last call failed."""
    return os.strerror(ctypes.get_errno())


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
