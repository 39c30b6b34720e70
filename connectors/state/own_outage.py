"""Table ``outage``: the outage of our own network in which a connector believes, in one row.

It is kept so that a restarted connector goes on with it, and for monitors. Several connectors
believe and end an outage independently: one that finds the row deleted knows that another
connector has found it over, and has made the feeds due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from connectors.schedule.outage import resume_times
from connectors.state.tables import LISTED, feeds, outage, upsert
from connectors.text.sites import site_of_url
from newsline.monitor.feeds_condition import OwnOutage

_ROW = 1

BEFORE = 300.0
"""Seconds before an outage was recognised in which a failure counts as its first sign."""

MOST_CONTROLS = 500
"""Feeds of which those to be asked are chosen, the last ones that answered."""


def find(connection: sa.Connection) -> OwnOutage | None:
    row = connection.execute(sa.select(outage.c.since, outage.c.seen, outage.c.cause)).first()
    return OwnOutage(since=row.since, seen=row.seen, cause=row.cause) if row else None


def begin(connection: sa.Connection, since: float, cause: str, now: float) -> None:
    """Save the outage; one that another connector has begun stays."""
    row = {"id": _ROW, "since": since, "seen": now, "cause": cause}
    upsert(connection, outage, [row], keep=True)


def confirm(connection: sa.Connection, now: float) -> bool:
    """Save that it lasts. False if another connector has ended it."""
    return bool(connection.execute(sa.update(outage).values(seen=now)).rowcount)


def end(connection: sa.Connection) -> bool:
    """Delete it. False if another connector has done so."""
    return bool(connection.execute(sa.delete(outage)).rowcount)


def controls(connection: sa.Connection) -> tuple[Sequence[str], bool]:
    """Listed feeds that answered their last poll, the last ones first, and True. If no feed has
    ever been read: new ones, and False."""
    query = (
        sa.select(feeds.c.url, feeds.c.last_success)
        .where(LISTED, feeds.c.failures == 0)
        .order_by(sa.func.coalesce(feeds.c.last_success, 0.0).desc())
        .limit(MOST_CONTROLS)
    )
    rows = connection.execute(query).all()
    known = [row.url for row in rows if row.last_success is not None]
    return (known, True) if known else ([row.url for row in rows], False)


def probes(connection: sa.Connection) -> Sequence[str]:
    """Listed feeds to be probed: those that answered last first, those that fail last."""
    query = (
        sa.select(feeds.c.url)
        .where(LISTED)
        .order_by(feeds.c.failures, sa.func.coalesce(feeds.c.last_success, 0.0).desc())
        .limit(MOST_CONTROLS)
    )
    return list(connection.execute(query).scalars())


def waiting(now: float, since: float) -> sa.ColumnElement[bool]:
    """The feeds that became due during an outage, or failed just before it was recognised."""
    free = feeds.c.owner.is_(None) | (feeds.c.leased_until <= now)
    failed = (feeds.c.failures > 0) & (feeds.c.failed >= since - BEFORE) & (feeds.c.failed <= now)
    return free & ((feeds.c.next_poll <= now) | failed)


def make_due(
    connection: sa.Connection,
    chosen: sa.ColumnElement[bool],
    now: float,
    why: str,
    chance: Callable[[], float],
    *,
    forgive: bool = False,
) -> Sequence[str]:
    """Make these listed feeds due, spread by site; returns their sites. ``forgive``: forget their
    failures too."""
    rows = connection.execute(
        sa.select(feeds.c.id, feeds.c.url).where(feeds.c.listed, chosen).order_by(feeds.c.id)
    ).all()
    sites = [site_of_url(row.url) for row in rows]
    times = resume_times(sites, now, chance)
    changes = [
        {"known": row.id, "at": at, "reason": why} for row, at in zip(rows, times, strict=True)
    ]
    if changes:
        change = sa.update(feeds).values(next_poll=sa.bindparam("at"), why=sa.bindparam("reason"))
        if forgive:
            change = change.values(failures=0)
        connection.execute(change.where(feeds.c.id == sa.bindparam("known")), changes)
    return sites
