"""The feeds' schedule: which are listed, when each is due, and which connector has it in hand.

A claim is a lease: until it ends no other connector polls the feed, and after it, if the one that
claimed has died, any other may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from connectors.feedlist.feed_list import Feed
from connectors.state.models import AfterPoll, FeedNow, FeedState, Subscription
from connectors.state.tables import feeds, subscriptions

LEASE_SECONDS = 60.0

_COLUMNS = [feeds.c[name] for name in FeedState._fields]
_KEPT_BY_POLLS = [name for name in FeedState._fields if name not in ("id", "url", "fixed")]


class Claim(NamedTuple):
    """Who claims, and until when; ``now`` and the lease's end in seconds since 1970."""

    owner: str
    now: float

    @property
    def until(self) -> float:
        return self.now + LEASE_SECONDS


def find(connection: sa.Connection, url: str) -> FeedState | None:
    row = connection.execute(sa.select(*_COLUMNS).where(feeds.c.url == url)).first()
    return FeedState(*row) if row else None


def find_listed(connection: sa.Connection) -> Sequence[FeedState]:
    return [
        FeedState(*row) for row in connection.execute(sa.select(*_COLUMNS).where(feeds.c.listed))
    ]


def survey(connection: sa.Connection, urls: Collection[str]) -> Sequence[FeedNow]:
    """These feeds, or all that are listed where none is named."""
    hub = [subscriptions.c[name] for name in Subscription._fields]
    wanted = feeds.c.url.in_(urls) if urls else feeds.c.listed
    query = sa.select(feeds.c.listed, feeds.c.leased_until, *_COLUMNS, *hub).where(wanted)
    joined = feeds.outerjoin(subscriptions, subscriptions.c.feed_url == feeds.c.url)
    return [
        FeedNow(
            FeedState(*row[2 : -len(hub)]),
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


def amend(connection: sa.Connection, url: str, changes: Mapping[str, object]) -> bool:
    change = sa.update(feeds).where(feeds.c.url == url).values(**changes)
    return connection.execute(change).rowcount > 0


def sync(connection: sa.Connection, listed: Iterable[Feed]) -> None:
    """Make these, and no others, the feeds that are polled."""
    wanted = {feed.url: feed for feed in listed}
    rows = connection.execute(sa.select(feeds.c.url, feeds.c.id))
    known = {row.url: row.id for row in rows}
    new = [
        {**FeedState(url)._asdict(), "fixed": feed.interval, "listed": True}
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
    """Every listed feed is due, since the beginning of time."""
    connection.execute(sa.update(feeds).values(next_poll=0.0).where(feeds.c.listed))


def claim(connection: sa.Connection, claim: Claim, due: float, limit: int) -> Sequence[FeedState]:
    """Up to ``limit`` feeds due by ``due``, first the longest overdue, that nobody else has."""
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
    return sorted((FeedState(*row) for row in rows), key=lambda feed: feed.next_poll)


def claim_one(connection: sa.Connection, claim: Claim, url: str) -> FeedState | None:
    """The feed, due or not, if nobody has it."""
    row = connection.execute(
        sa.update(feeds)
        .values(owner=claim.owner, leased_until=claim.until)
        .where(feeds.c.url == url, feeds.c.owner.is_(None) | (feeds.c.leased_until <= claim.now))
        .returning(*_COLUMNS)
    ).first()
    return FeedState(*row) if row else None


def renew(connection: sa.Connection, claim: Claim) -> None:
    """Everything in the owner's hands stays there for another lease."""
    connection.execute(
        sa.update(feeds).values(leased_until=claim.until).where(feeds.c.owner == claim.owner)
    )


def release(connection: sa.Connection, owner: str | None = None) -> None:
    """Nothing is in the owner's hands any more; without one, in nobody's."""
    change = sa.update(feeds).values(owner=None, leased_until=0.0)
    held = feeds.c.owner.is_not(None) if owner is None else feeds.c.owner == owner
    connection.execute(change.where(held))


def remember(connection: sa.Connection, polls: Iterable[AfterPoll], owner: str) -> None:
    """Store what polls left and end their leases, but for feeds that others have taken over."""
    rows = [
        {f"{name}_": getattr(poll.feed, name) for name in ["id", *_KEPT_BY_POLLS]}
        for poll in sorted(polls, key=lambda poll: poll.feed.id)
    ]
    change = sa.update(feeds).values(
        {name: sa.bindparam(f"{name}_") for name in _KEPT_BY_POLLS}
        | {"owner": None, "leased_until": 0.0}
    )
    ours = (feeds.c.id == sa.bindparam("id_")) & (feeds.c.owner == owner)
    connection.execute(change.where(ours), rows)
