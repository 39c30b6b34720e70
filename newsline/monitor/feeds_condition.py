"""The condition of the listed feeds, as the connector's state has it at one moment.

The record is filled by ``connectors.state.condition``: it tells how the feeds are even if the
connector has ended. Times are in seconds since 1970, rates in articles per second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from newsline.outcomes import Health

ANSWERED_WITHIN = (600.0, 1_800.0, 3_600.0)
"""Seconds: the windows of :attr:`FeedsCondition.answered`."""


class Pace(Struct, frozen=True):
    """New articles to be expected of some feeds, per second, by their learned cadence.

    ``recent``: of the last two hours, decayed to now. ``long``: of the last days, nights included.
    """

    feeds: int
    recent: float
    long: float

    @property
    def expected(self) -> float:
        """The lower of both: ``long`` is too much in a quiet night, ``recent`` after a burst."""
        return min(self.recent, self.long)


class FailingFeed(Struct, frozen=True, kw_only=True):
    """A feed whose last poll has failed."""

    url: str
    """As in the feed list, without credentials."""
    outcome: str
    """Of its last poll, or of that poll's fetch."""
    detail: str
    """Cause, in one line."""
    failures: int
    """Failed polls in a row."""
    last_success: float | None
    """Time of its last successful poll; None: never."""
    next_poll: float | None
    """None: at once."""
    pace: float
    """Articles per second that it brought before, over the last days."""


class ThrottlingHost(Struct, frozen=True, kw_only=True):
    """A host that refuses our requests for now (429, or 503 with Retry-After)."""

    host: str
    feeds: int
    """Listed feeds that are refused."""
    next_poll: float | None
    """Of the first of them."""
    detail: str
    """Of one of them."""


class OwnOutage(Struct, frozen=True, kw_only=True):
    """An outage of our own network, believed by a connector.

    ``seen``: when the connector last found that nothing answers. An old time means that the
    connector has ended since.
    """

    since: float
    seen: float
    cause: str
    """The failure by which it was recognised, in one line."""


class FeedsCondition(Struct, frozen=True, kw_only=True):
    """All listed feeds at the time ``at``."""

    at: float
    listed: int
    health: Mapping[str, int]
    """Feeds by :class:`newsline.outcomes.Health`. Those without a feed are missing."""
    outcomes: Mapping[str, int]
    """Feeds by the outcome of their last poll; ``never``: not polled yet."""
    being_polled: int
    """Feeds that a connector has leased."""
    polled: int
    """Feeds whose last poll was in the last minute."""
    answered: Mapping[float, Pace]
    """Feeds whose last successful poll was within so many seconds (ANSWERED_WITHIN)."""
    newest_success: float | None
    newest_poll: float | None
    """Of any feed; times in the future (the clock was set back) are left out."""
    failed_since_success: int
    """Feeds whose last poll failed later than the newest success of any feed."""
    overdue: int
    """Feeds that are due and not leased."""
    overdue_seconds: float
    """Of the feed that has been due for longest; 0 without one. During an outage of our own
    network feeds wait on purpose."""
    pace: Pace
    """Of all listed feeds."""
    published: int
    """New articles of all polls so far: the difference of two readings is a rate."""
    updates: int
    """New revisions of all polls so far."""
    entries_listed: int
    """Entries that the feeds list now."""
    lost: Mapping[str, int]
    """Those of them that led to no article, by outcome."""
    disallowed: Mapping[str, int] = {}
    """Entries of all polls so far whose page may not be fetched, by outcome: robots,
    address_refused."""
    with_gaps: int
    """Feeds with a gap at any poll so far."""
    gaps: int
    """Gaps of all polls so far."""
    newest_gap: float | None
    outage: OwnOutage | None
    """None: no outage of our own network is believed."""
    worst: Sequence[FailingFeed]
    """Failing feeds, at most 20, those that brought most first; no retired ones."""
    throttling: Sequence[ThrottlingHost]
    """Hosts, at most 20, those of most feeds first."""

    @property
    def failing_share(self) -> float:
        """Share of the feeds that fail, 0 to 1; retired ones are left out."""
        counted = self.listed - self.health.get(Health.RETIRED, 0)
        return self.health.get(Health.FAILING, 0) / counted if counted else 0.0
