"""How often a feed publishes, learned from its polls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1
from typing import NamedTuple

RECENT = 2 * 3600.0
"""Seconds over which a burst is felt."""

LONG = 3 * 24 * 3600.0
"""Seconds over which a feed is known: a night or a Sunday changes little in it."""

UNKNOWN = 900.0
"""Seconds between polls of a feed of which nothing is known."""

SPREAD_OUT = 600.0
"""Seconds. A first body whose entries' times lie closer together has the time of asking in them."""


class Cadence(NamedTuple):
    """What is known of a feed's publishing: sums in which what is older weighs less.

    ``recent`` is in entries per second; ``came`` is how many did in the ``watched`` seconds.
    """

    recent: float = 0.0
    came: float = 0.0
    watched: float = 0.0

    @property
    def interval(self) -> float:
        """Seconds from one entry to the next: as of late or as a rule, whichever is shorter.

        One entry in :data:`UNKNOWN` seconds is taken for granted in the beginning; nothing new
        then doubles the interval, and in the end it weighs as one entry in :data:`LONG`.
        """
        return 1 / max(self.recent, (self.came + 1) / (self.watched + UNKNOWN))


def learned(cadence: Cadence, elapsed: float | None, ages: Sequence[float | None]) -> Cadence:
    """The cadence after a poll.

    ``elapsed``: seconds since the poll before, None for a feed's first. ``ages``: for each new
    entry the seconds since it was published, None where the feed does not say; those that cannot
    be, since it was not there at the poll before, count as not known.
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
    """From a whole body: it reaches back to its oldest entry."""
    if not ages or max(ages) - min(ages) < SPREAD_OUT:
        return Cadence()
    return learned(Cadence(), max(ages), ages)


def _weight(ages: Sequence[float | None], elapsed: float, span: float) -> float:
    """The entries' weights, e^(-age/span); one without an age has the mean over ``elapsed``."""
    share = max(elapsed / span, 1e-9)
    mean = -expm1(-share) / share
    return sum(mean if age is None else exp(-age / span) for age in ages)
