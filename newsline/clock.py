"""What time it is, as a parameter: a day can be simulated in minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Says the time in seconds: since 1970 as ``time.time`` does, or as ``time.monotonic`` does."""


def moment(clock: Clock) -> datetime:
    """The time since 1970, in UTC."""
    return datetime.fromtimestamp(clock(), UTC)
