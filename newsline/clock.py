"""Clocks as parameters, so that a day can be simulated in minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Returns seconds, like ``time.time`` (since 1970) or like ``time.monotonic``."""


def moment(clock: Clock) -> datetime:
    """The clock's time, which counts from 1970, in UTC."""
    return datetime.fromtimestamp(clock(), UTC)
