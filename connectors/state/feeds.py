"""Table ``feeds``: which feeds are listed, when each is due, and which connector has its lease.

A leased feed is not polled by another connector until the lease ends or has expired.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from connectors.feedlist.feed_list import Feed
from connectors.schedule.cadence import Cadence
from connectors.schedule.outage import RESUME_SECONDS
from connectors.state.models import (
    AfterPoll,
    Coverage,
    EntryCounts,
    FeedNow,
    FeedState,
    FeedValidators,
    LearnedRedirect,
    PollFailure,
    Subscription,
)
from connectors.state.tables import feeds, subscriptions

LEASE_SECONDS = 60.0

AHEAD_SECONDS = 60.0
"""A time so far ahead was written by a clock that has been set back since, or by a wrong one."""

_VALIDATORS = ("etag", "last_modified", "body_hash")
_REDIRECT = ("address", "moving_to", "moving_since", "moving_polls", "also_read_by")
_NAMES = (
    *("url", "id", "fixed", "title", "ttl", "interval", "next_poll", "why"),
    *("failures", "last_outcome", "last_error", "last_success", "pruned"),
    *_VALIDATORS,
    *("recent", "came", "watched"),
    *_REDIRECT,
    *("entries", "published", "updates", "duplicates", "robots", "refused"),
    *("failed", "failed_outcome", "failed_detail"),
    *("listed_entries", "lost", "gaps", "last_gap", "changing"),
)
"""The columns of a FeedState, in the order of its fields and of their fields."""

_COLUMNS = [feeds.c[name] for name in _NAMES]
_SAVED_BY_POLLS = [name for name in _NAMES if name not in ("id", "url", "fixed")]


def _from_row(row: Sequence[Any]) -> FeedState:
    parts = (
        FeedValidators(*row[13:16]),
        Cadence(*row[16:19]),
        LearnedRedirect(*row[19:24]),
        EntryCounts(*row[24:30]),
        PollFailure(*row[30:33]),
        Coverage(*row[33:37]),
        tuple(row[37]),
    )
    return FeedState._make((*row[:13], *parts))


def _to_row(feed: FeedState) -> dict[str, object]:
    values = (
        *feed[:13],
        *feed.validators,
        *feed.cadence,
        *feed.redirect,
        *feed.counts,
        *feed.last_failure,
        *feed.coverage,
        feed.changing,
    )
    return dict(zip(_NAMES, values, strict=True))


class Claim(NamedTuple):
    """A lease for ``owner`` from ``now`` on; times in seconds since 1970."""

    owner: str
    now: float

    @property
    def until(self) -> float:
        return self.now + LEASE_SECONDS


def find(connection: sa.Connection, url: str) -> FeedState | None:
    row = connection.execute(sa.select(*_COLUMNS).where(feeds.c.url == url)).first()
    return _from_row(row) if row else None


def find_listed(connection: sa.Connection) -> Sequence[FeedState]:
    rows = connection.execute(sa.select(*_COLUMNS).where(feeds.c.listed))
    return [_from_row(row) for row in rows]


def survey(connection: sa.Connection, urls: Collection[str]) -> Sequence[FeedNow]:
    """These feeds, or all listed ones if none is named."""
    hub = [subscriptions.c[name] for name in Subscription._fields]
    wanted = feeds.c.url.in_(urls) if urls else feeds.c.listed
    query = sa.select(feeds.c.listed, feeds.c.leased_until, *_COLUMNS, *hub).where(wanted)
    joined = feeds.outerjoin(subscriptions, subscriptions.c.feed_url == feeds.c.url)
    return [
        FeedNow(
            _from_row(row[2 : -len(hub)]),
            row[0],
            row[1],
            Subscription(*row[-len(hub) :]) if row[-len(hub)] else None,
        )
        for row in connection.execute(query.select_from(joined))
    ]


def find_at(connection: sa.Connection, address: str, besides: str) -> str | None:
    here = sa.or_(feeds.c.url == address, feeds.c.address == address)
    query = sa.select(feeds.c.url).where(here, feeds.c.url != besides)
    return connection.execute(query).scalar()


def resume(connection: sa.Connection, url: str) -> None:
    """Make a retired or failing feed due at once."""
    _change(connection, url, {"failures": 0, "next_poll": 0.0, "why": "resumed by hand"})


def failing() -> sa.ColumnElement[bool]:
    """Feeds that fail or are retired."""
    return feeds.c.failures > 0


def forget_redirect(connection: sa.Connection, url: str) -> None:
    """Poll the feed at its listed URL at once, and whole: the validators are another server's."""
    changes: dict[str, object] = {"next_poll": 0.0, "why": "redirect forgotten by hand"}
    changes |= zip(_REDIRECT, LearnedRedirect(), strict=True)
    changes |= zip(_VALIDATORS, FeedValidators(), strict=True)
    _change(connection, url, changes)


def _change(connection: sa.Connection, url: str, columns: Mapping[str, object]) -> None:
    connection.execute(sa.update(feeds).where(feeds.c.url == url).values(**columns))


def sync(connection: sa.Connection, listed: Iterable[Feed]) -> None:
    """Make these the listed feeds. New ones are due at once."""
    wanted = {feed.url: feed for feed in listed}
    rows = connection.execute(sa.select(feeds.c.url, feeds.c.id))
    known = {row.url: row.id for row in rows}
    new = [
        {**_to_row(FeedState(url, fixed_interval=feed.interval)), "listed": True}
        for url, feed in wanted.items()
        if url not in known
    ]
    for row in new:
        del row["id"]
    connection.execute(sa.update(feeds).values(listed=False).where(feeds.c.listed))
    again = [
        {"known": known[url], "interval_": feed.interval}
        for url, feed in wanted.items()
        if url in known
    ]
    if again:
        change = sa.update(feeds).values(listed=True, fixed=sa.bindparam("interval_"))
        connection.execute(change.where(feeds.c.id == sa.bindparam("known")), again)
    if new:
        connection.execute(sa.insert(feeds), new)


def make_due(connection: sa.Connection) -> None:
    """Make every listed feed due at once."""
    connection.execute(sa.update(feeds).values(next_poll=0.0).where(feeds.c.listed))


def claim(connection: sa.Connection, claim: Claim, due: float, limit: int) -> Sequence[FeedState]:
    """Lease up to ``limit`` feeds due by ``due`` and not leased; the longest overdue first."""
    free = feeds.c.owner.is_(None) | (
        (feeds.c.leased_until <= claim.now) & (feeds.c.owner != claim.owner)
    )
    chosen = (
        sa.select(feeds.c.id)
        .where(feeds.c.listed, feeds.c.next_poll <= due, free)
        .order_by(feeds.c.next_poll)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(
        sa.update(feeds)
        .values(owner=claim.owner, leased_until=claim.until)
        .where(feeds.c.id.in_(chosen))
        .returning(*_COLUMNS)
    )
    return sorted((_from_row(row) for row in rows), key=lambda feed: feed.next_poll)


def claim_one(connection: sa.Connection, claim: Claim, url: str) -> FeedState | None:
    """Lease the feed, due or not; None if it is leased."""
    row = connection.execute(
        sa.update(feeds)
        .values(owner=claim.owner, leased_until=claim.until)
        .where(feeds.c.url == url, feeds.c.owner.is_(None) | (feeds.c.leased_until <= claim.now))
        .returning(*_COLUMNS)
    ).first()
    return _from_row(row) if row else None


def renew(connection: sa.Connection, claim: Claim) -> None:
    """Start all the owner's leases anew."""
    connection.execute(
        sa.update(feeds).values(leased_until=claim.until).where(feeds.c.owner == claim.owner)
    )


def ahead(now: float) -> sa.ColumnElement[bool]:
    """Feeds whose last poll is in the future, and that wait for longer than a spread of feeds. A
    feed polled while the clock was a day ahead would wait for a day."""
    polled = sa.case((feeds.c.failures > 0, feeds.c.failed), else_=feeds.c.last_success)
    return (feeds.c.next_poll > now + RESUME_SECONDS) & (polled > now + AHEAD_SECONDS)


def end_future_leases(connection: sa.Connection, now: float) -> None:
    """End leases that a clock that was ahead has begun."""
    connection.execute(
        sa.update(feeds)
        .values(owner=None, leased_until=0.0)
        .where(feeds.c.leased_until > now + LEASE_SECONDS + AHEAD_SECONDS)
    )


def release(connection: sa.Connection, owner: str | None = None) -> None:
    """End all leases of the owner; of everybody if None."""
    change = sa.update(feeds).values(owner=None, leased_until=0.0)
    held = feeds.c.owner.is_not(None) if owner is None else feeds.c.owner == owner
    connection.execute(change.where(held))


def save(connection: sa.Connection, polls: Iterable[AfterPoll], owner: str) -> None:
    """Save polls and end their leases. A feed leased by another connector meanwhile is left."""
    rows = [
        {f"{name}_": value for name, value in _to_row(poll.feed).items()}
        for poll in sorted(polls, key=lambda poll: poll.feed.id)
    ]
    change = sa.update(feeds).values(
        {name: sa.bindparam(f"{name}_") for name in _SAVED_BY_POLLS}
        | {"owner": None, "leased_until": 0.0}
    )
    ours = (feeds.c.id == sa.bindparam("id_")) & (feeds.c.owner == owner)
    connection.execute(change.where(ours), rows)
