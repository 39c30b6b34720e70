"""Whether this process's job still moves: each read and each article's end is a beat."""

from __future__ import annotations

import time

STUCK_AFTER = 300.0
"""Seconds. Reads come several times a second, and no article may take longer than its deadline."""

_last = time.monotonic()


def beat() -> None:
    """The job has just moved."""
    global _last  # noqa: PLW0603 - one job in a process
    _last = time.monotonic()


def stuck() -> str | None:
    """What is wrong, if the job has not moved for :data:`STUCK_AFTER` seconds."""
    silent = time.monotonic() - _last
    return f"the job has not moved for {silent:.0f} s" if silent > STUCK_AFTER else None
