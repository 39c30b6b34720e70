"""The condition of all listed feeds, for a monitor beside the connector.

Aggregated in the database: of 20,000 feeds only some groups are fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from connectors.schedule.cadence import RECENT, UNKNOWN
from connectors.state import own_outage
from connectors.state.feeds import AHEAD_SECONDS
from connectors.state.tables import LISTED, feeds
from connectors.text.urls import without_login
from newsline.monitor.feeds_condition import (
    ANSWERED_WITHIN,
    FailingFeed,
    FeedsCondition,
    Pace,
    ThrottlingHost,
)
from newsline.outcomes import FetchOutcome

MOST_SHOWN = 20

THROTTLED_READ = 1_000
"""Refused feeds of which the hosts are read."""

POLLED_SECONDS = 60.0

AGES = (*ANSWERED_WITHIN, 7_200.0, 10_800.0, 14_400.0, 21_600.0, 43_200.0, 86_400.0)
"""Seconds since a feed's last success at which its recent rate counts for less."""

LONG_PACE = feeds.c.came / (feeds.c.watched + UNKNOWN)
"""Without the prior of :class:`Cadence`: an unknown feed is expected to bring nothing."""


def find(connection: sa.Connection, now: float) -> FeedsCondition:
    """The condition at ``now``, in seconds since 1970."""
    groups = [row._asdict() for row in connection.execute(_groups(now))]
    newest = _latest(groups, "newest_success")
    oldest_due = min((row["due"] for row in groups if row["due"] is not None), default=None)
    return FeedsCondition(
        at=now,
        listed=_sum(groups, "feeds"),
        health=_by(groups, "health"),
        outcomes=_by(groups, "last_outcome"),
        being_polled=_sum(groups, "leased"),
        polled=_sum(groups, "polled"),
        answered={within: _pace(groups, within) for within in ANSWERED_WITHIN},
        newest_success=newest,
        newest_poll=max(filter(None, (newest, _latest(groups, "newest_failure"))), default=None),
        failed_since_success=_failed_since(connection, newest, now),
        overdue=_sum(groups, "overdue"),
        overdue_seconds=max(0.0, now - oldest_due) if oldest_due else 0.0,
        pace=_pace(groups),
        published=_sum(groups, "published"),
        updates=_sum(groups, "updates"),
        entries_listed=_sum(groups, "entries_listed"),
        lost=_lost(connection),
        disallowed={
            FetchOutcome.ROBOTS: _sum(groups, "robots"),
            FetchOutcome.ADDRESS_REFUSED: _sum(groups, "refused"),
        },
        with_gaps=_sum(groups, "with_gaps"),
        gaps=_sum(groups, "gaps"),
        newest_gap=_latest(groups, "newest_gap"),
        outage=own_outage.find(connection),
        worst=_worst(connection),
        throttling=_throttling(connection),
    )


def _health() -> sa.ColumnElement[str]:
    """As ``poll.health.health``; a test holds them together."""
    gone = feeds.c.last_outcome == FetchOutcome.GONE
    return sa.case(
        ((feeds.c.failures > 0) & gone, "retired"),
        (feeds.c.failures > 0, "failing"),
        (feeds.c.last_success.is_(None), "new"),
        (feeds.c.lost != {}, "partly"),
        else_="ok",
    )


def _groups(now: float) -> sa.Select[Any]:
    """All sums, by health, last outcome and age of the last success."""
    latest = now + AHEAD_SECONDS
    success = sa.case((feeds.c.last_success <= latest, feeds.c.last_success))
    failure = sa.case((feeds.c.failed <= latest, feeds.c.failed))
    last_success = feeds.c.last_success
    age = sa.case(
        (last_success > latest, None),
        *((last_success >= now - seconds, sa.literal(seconds)) for seconds in AGES),
    )
    just = now - POLLED_SECONDS
    is_leased = feeds.c.leased_until > now
    is_due = (feeds.c.next_poll <= now) & (feeds.c.next_poll > 0) & ~is_leased
    health = _health().label("health")
    seconds = age.label("age")
    return (
        sa.select(
            health,
            feeds.c.last_outcome,
            seconds,
            sa.func.count().label("feeds"),
            sa.func.sum(feeds.c.recent).label("recent"),
            sa.func.sum(LONG_PACE).label("long"),
            _count(is_leased).label("leased"),
            _count(last_success.between(just, latest) | feeds.c.failed.between(just, latest)).label(
                "polled"
            ),
            _count(is_due).label("overdue"),
            sa.func.min(sa.case((is_due, feeds.c.next_poll))).label("due"),
            sa.func.max(success).label("newest_success"),
            sa.func.max(failure).label("newest_failure"),
            sa.func.sum(feeds.c.published).label("published"),
            sa.func.sum(feeds.c.updates).label("updates"),
            sa.func.sum(feeds.c.robots).label("robots"),
            sa.func.sum(feeds.c.refused).label("refused"),
            sa.func.sum(feeds.c.listed_entries).label("entries_listed"),
            _count(feeds.c.gaps > 0).label("with_gaps"),
            sa.func.sum(feeds.c.gaps).label("gaps"),
            sa.func.max(feeds.c.last_gap).label("newest_gap"),
        )
        .where(LISTED)
        .group_by(health, feeds.c.last_outcome, seconds)
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


Groups = Sequence[Mapping[str, Any]]


def _sum(groups: Groups, name: str) -> int:
    return int(sum(row[name] for row in groups))


def _by(groups: Groups, name: str) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in groups:
        counts[row[name]] += row["feeds"]
    return dict(counts)


def _latest(groups: Groups, name: str) -> float | None:
    return max((row[name] for row in groups if row[name] is not None), default=None)


def _pace(groups: Groups, within: float | None = None) -> Pace:
    """The pace of the feeds whose last success was ``within`` so many seconds; None: of all."""
    chosen = [row for row in groups if within is None or (row["age"] or float("inf")) <= within]
    return Pace(
        feeds=_sum(chosen, "feeds"),
        recent=sum(row["recent"] * _left(row["age"]) for row in chosen),
        long=sum(row["long"] for row in chosen),
    )


def _left(age: float | None) -> float:
    """The share of a recent rate that is left at the end of the age's span."""
    return 0.0 if age is None else exp(-age / RECENT)


def _failed_since(connection: sa.Connection, newest: float | None, now: float) -> int:
    later = (feeds.c.failed > (newest or 0.0)) & (feeds.c.failed <= now + AHEAD_SECONDS)
    query = sa.select(sa.func.count()).where(LISTED, feeds.c.failures > 0, later)
    return connection.execute(query).scalar_one()


def _lost(connection: sa.Connection) -> Mapping[str, int]:
    """Grouped by the stored text: most feeds that lose something lose the same."""
    query = (
        sa.select(feeds.c.lost, sa.func.count())
        .where(LISTED, feeds.c.lost != {})
        .group_by(feeds.c.lost)
    )
    total: Counter[str] = Counter()
    for lost, times in connection.execute(query):
        for outcome, count in lost.items():
            total[outcome] += count * times
    return dict(total.most_common())


_FAILING = (LISTED, feeds.c.failures > 0, feeds.c.last_outcome != FetchOutcome.GONE)


def _worst(connection: sa.Connection) -> Sequence[FailingFeed]:
    query = (
        sa.select(
            feeds.c.url,
            feeds.c.last_outcome,
            feeds.c.last_error,
            feeds.c.failures,
            feeds.c.last_success,
            feeds.c.next_poll,
            LONG_PACE,
        )
        .where(*_FAILING)
        .order_by(LONG_PACE.desc(), feeds.c.failures.desc(), feeds.c.id)
        .limit(MOST_SHOWN)
    )
    return [
        FailingFeed(
            url=without_login(url),
            outcome=outcome,
            detail=detail,
            failures=failures,
            last_success=last_success,
            next_poll=next_poll or None,
            pace=pace,
        )
        for url, outcome, detail, failures, last_success, next_poll, pace in connection.execute(
            query
        )
    ]


def _throttling(connection: sa.Connection) -> Sequence[ThrottlingHost]:
    asked = feeds.c.why.contains("the host asks to wait")
    query = (
        sa.select(
            sa.func.coalesce(feeds.c.address, feeds.c.url).label("url"),
            feeds.c.next_poll,
            feeds.c.last_error,
        )
        .where(*_FAILING, (feeds.c.last_outcome == FetchOutcome.THROTTLED) | asked)
        .order_by(feeds.c.next_poll)
        .limit(THROTTLED_READ)
    )
    return _by_host(connection.execute(query))


def _by_host(rows: Iterable[Any]) -> Sequence[ThrottlingHost]:
    """The hosts of refused feeds, which are sorted by their next poll."""
    by_host: dict[str, list[Any]] = {}
    for row in rows:
        by_host.setdefault(urlsplit(row.url).hostname or "", []).append(row)
    found = [
        ThrottlingHost(
            host=host,
            feeds=len(refused),
            next_poll=refused[0].next_poll or None,
            detail=refused[0].last_error,
        )
        for host, refused in by_host.items()
    ]
    return sorted(found, key=lambda each: -each.feeds)[:MOST_SHOWN]
