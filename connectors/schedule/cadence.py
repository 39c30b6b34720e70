"""A feed's publishing rate, learned from its polls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1
from typing import NamedTuple

RECENT = 2 * 3600.0
"""Seconds. Time constant of the recent rate: a burst shortens the interval for about so long."""

LONG = 3 * 24 * 3600.0
"""Seconds. Time constant of the long-term rate: a night or a Sunday changes it little."""

UNKNOWN = 900.0
"""Seconds between polls of a feed with an unknown rate."""

SPREAD_OUT = 600.0
"""Seconds. If the entries of a first body are closer together, their times are the request's."""


class Cadence(NamedTuple):
    """A feed's publishing rate: sums with exponentially decaying weights."""

    recent: float = 0.0  # entries per second, over RECENT
    came: float = 0.0  # entries in the ``watched`` seconds, over LONG
    watched: float = 0.0  # seconds, over LONG

    @property
    def interval(self) -> float:
        """Seconds from one entry to the next: recent or long-term, whichever is shorter.

        The prior is one entry in :data:`UNKNOWN` seconds. Polls without news double the interval at
        first; in the end the prior weighs as one entry in :data:`LONG`.
        """
        return 1 / max(self.recent, (self.came + 1) / (self.watched + UNKNOWN))


def learned(cadence: Cadence, elapsed: float | None, ages: Sequence[float | None]) -> Cadence:
    """The cadence after a poll.

    ``elapsed``: seconds since the previous poll, None for a feed's first. ``ages``: of each new
    entry, seconds since published, None if the feed has no date. An age below 0, or before the
    previous poll, counts as unknown.
    """
    if elapsed is None:
        return _first([age for age in ages if age is not None and age >= 0])
    ages = [age if age is not None and 0 <= age <= elapsed else None for age in ages]
    return Cadence(
        recent=cadence.recent * exp(-elapsed / RECENT) + _weight(ages, elapsed, RECENT) / RECENT,
        came=cadence.came * exp(-elapsed / LONG) + _weight(ages, elapsed, LONG),
        watched=cadence.watched * exp(-elapsed / LONG) + LONG * -expm1(-elapsed / LONG),
    )


def _first(ages: Sequence[float]) -> Cadence:
    """The cadence from a first body, which covers the time since its oldest entry."""
    if not ages or max(ages) - min(ages) < SPREAD_OUT:
        return Cadence()
    return learned(Cadence(), max(ages), ages)


def _weight(ages: Sequence[float | None], elapsed: float, span: float) -> float:
    """Sum of e^(-age/span); an entry without an age has the mean weight over ``elapsed``."""
    share = max(elapsed / span, 1e-9)
    mean = -expm1(-share) / share
    return sum(mean if age is None else exp(-age / span) for age in ages)
