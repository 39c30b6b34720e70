"""A feed's condition and its reasons, as a record for operators and programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from connectors.poll.health import health
from connectors.state import FeedNow, FeedState
from connectors.state.feeds import LEASE_SECONDS
from connectors.state.models import Subscription
from connectors.text.urls import without_login
from newsline.outcomes import POLL_SUCCEEDED, Health

OVERDUE_AFTER = LEASE_SECONDS
"""Seconds. A feed may wait so long for a dead connector's lease to end, or for a free slot."""


class HubState(StrEnum):
    """Condition of a subscription. ``live``: the hub pushes. ``asked``: it has yet to verify."""

    LIVE = "live"
    ASKED = "asked"
    FAILING = "failing"
    NEW = "new"


class FeedError(Struct, frozen=True):
    """The last poll that failed; ``outcome`` is a PollOutcome or a FetchOutcome."""

    at: datetime
    """Time of the poll."""
    outcome: str
    """Outcome of the poll, or of its fetch."""
    detail: str
    """Cause, in one line."""


class Hub(Struct, frozen=True):
    """A subscription; ``expires``: end of the lease; ``detail``: the last failure or denial."""

    hub: str
    """URL of the hub."""
    state: HubState
    """`live`: the hub pushes; `asked`: it has yet to verify."""
    expires: datetime | None
    """End of the hub's lease."""
    last_push: datetime | None
    """Time of the last push."""
    detail: str
    """The hub's last answer."""


class FeedReport(Struct, frozen=True, kw_only=True):
    """One feed, as printed by ``newsline feeds status --json``: the fields are a contract.

    ``url`` has no login. ``next_poll``: None for at once. ``overdue_seconds``: 0 while a connector
    polls the feed (``being_polled``). ``note``: a remark on a poll that succeeded. Counts are of
    all polls: ``entries`` with those seen before; ``duplicate_share`` (0 to 1): known articles
    among the entries that led to an article; ``robots`` and ``refused``: entries whose page was
    disallowed by robots.txt or by the address guard.
    """

    url: str
    """URL as the feed list has it, without credentials."""
    listed: bool
    """False: no longer in the feed list, shown because it was named."""
    health: Health
    """`partly`: it answers, and a part of its entries is lost; `new`: not polled yet; `retired`:
    gone (410)."""
    being_polled: bool
    """A connector polls it now."""
    failures: int
    """Failed polls in a row."""
    last_outcome: str
    """Outcome of the last poll, or of its fetch; `never`."""
    last_success: datetime | None
    """Time of the last successful poll."""
    last_error: FeedError | None
    """The last poll that failed; kept after the feed recovers."""
    note: str
    """Remark of the last poll, though it succeeded."""
    next_poll: datetime | None
    """Null: at once."""
    overdue_seconds: int
    """0 unless the feed has been due for more than a minute and no connector polls it."""
    why: str
    """Reason for the time of the next poll, in words."""
    moved_to: str | None
    """Address that is polled in place of `url`."""
    moving_to: str | None
    """Target of a permanent redirect, not yet learned."""
    also_read_by: str | None
    """Another feed that was at that address before."""
    entries: int
    """Entries read, at all polls, known ones included."""
    published: int
    """New articles."""
    updates: int
    """New revisions."""
    duplicates: int
    """Entries of articles that were known."""
    duplicate_share: float
    """`duplicates` / (`duplicates` + `published`), 0 to 1."""
    robots: int
    """Entries whose page robots.txt disallows."""
    refused: int
    """Entries whose page is at a private address."""
    entries_listed: int
    """Entries that its last body listed."""
    entries_lost: Mapping[str, int]
    """Those of them that led to no article, by outcome."""
    gaps: int
    """Polls at which all entries were new: others may have come and gone unread."""
    last_gap: datetime | None
    """Time of the last such poll."""
    websub: Hub | None
    """Subscription at the feed's hub."""


def report(feed_now: FeedNow, now: float) -> FeedReport:
    """The feed at ``now``, in seconds since 1970."""
    feed, being_polled = feed_now.feed, feed_now.leased_until > now
    late = now - feed.next_poll if feed.next_poll and not being_polled else 0.0
    listed = feed_now.listed
    counts, twin = feed.counts, feed.redirect.also_read_by
    return FeedReport(
        url=without_login(feed.url),
        listed=listed,
        health=health(feed),
        being_polled=being_polled,
        failures=feed.failures,
        last_outcome=feed.last_outcome,
        last_success=_time(feed.last_success),
        last_error=_error(feed),
        note=feed.last_detail if feed.last_outcome in POLL_SUCCEEDED else "",
        next_poll=_time(feed.next_poll or None),
        overdue_seconds=round(late) if listed and late > OVERDUE_AFTER else 0,
        why=feed.why,
        moved_to=feed.redirect.address,
        moving_to=feed.redirect.candidate,
        also_read_by=twin and without_login(twin),
        entries=counts.entries,
        published=counts.published,
        updates=counts.updates,
        duplicates=counts.duplicates,
        duplicate_share=round(counts.duplicates / max(1, counts.published + counts.duplicates), 3),
        robots=counts.robots,
        refused=counts.refused,
        entries_listed=feed.coverage.listed,
        entries_lost=feed.coverage.lost,
        gaps=feed.coverage.gaps,
        last_gap=_time(feed.coverage.last_gap),
        websub=_hub(feed_now.subscription, now) if feed_now.subscription else None,
    )


def fails(feed: FeedReport) -> bool:
    """True if an operator should look at it."""
    return feed.health in (Health.FAILING, Health.RETIRED)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _error(feed: FeedState) -> FeedError | None:
    failure = feed.last_failure
    at = _time(failure.at)
    return FeedError(at, failure.outcome, failure.detail) if at else None


def _hub(subscription: Subscription, now: float) -> Hub:
    return Hub(
        subscription.hub,
        _hub_state(subscription, now),
        _time(subscription.expires),
        _time(subscription.last_push),
        subscription.detail,
    )


def _hub_state(subscription: Subscription, now: float) -> HubState:
    if subscription.is_live(now):
        return HubState.LIVE
    if subscription.detail or subscription.failures:
        return HubState.FAILING
    return HubState.NEW if subscription.asked_at is None else HubState.ASKED
