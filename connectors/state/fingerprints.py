"""Tables ``fingerprints`` and ``bands``: recent articles, to find near-duplicates of new ones.

Rows are ordered by week: new ones are written at one place of the index and old ones deleted at
another, at the same cost however many there are. Keys of older revisions stay as long, so that
copies of them are found too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from connectors.state.models import Acknowledged, Lookalike
from connectors.state.tables import articles, bands, fingerprints, upsert

WEEK = 7 * 24 * 3600.0
WEEKS = 3
"""That are searched, with the current one: two whole ones at least."""

MOST_COMPARED = 20
"""Articles; of those that share a key with a text, those that share most."""

PRUNED_AT_ONCE = 2_000
"""Rows; more than a batch of 50 articles adds."""


def week(at: datetime) -> int:
    return int(at.timestamp() // WEEK)


def _sharing_most_keys() -> sa.Select:
    """Built once: building it takes SQLAlchemy ten times as long as SQLite takes to answer it."""
    weeks: sa.BindParameter[int] = sa.bindparam("weeks", expanding=True)
    keys: sa.BindParameter[int] = sa.bindparam("keys", expanding=True)
    sharing = (
        sa.select(bands.c.week, bands.c.article_id)
        .where(bands.c.week.in_(weeks), bands.c.key.in_(keys))
        .group_by(bands.c.week, bands.c.article_id)
        .order_by(sa.func.count().desc(), bands.c.article_id)
        .limit(MOST_COMPARED)
        .subquery()
    )
    theirs = (fingerprints.c.week == sharing.c.week) & (
        fingerprints.c.article_id == sharing.c.article_id
    )
    return (
        sa.select(fingerprints, articles.c.cluster_id)
        .select_from(sharing)
        .join(fingerprints, theirs)
        .join(articles, articles.c.article_id == fingerprints.c.article_id)
        .where(articles.c.cluster_id.is_not(None))
    )


_SHARING_MOST_KEYS = _sharing_most_keys()


def find(connection: sa.Connection, keys: Sequence[int], at: datetime) -> Sequence[Lookalike]:
    """The articles of the last WEEKS that share most keys, up to :data:`MOST_COMPARED`."""
    now = week(at)
    asked = {"weeks": range(now - WEEKS + 1, now + 1), "keys": keys}
    return [
        Lookalike(row.article_id, row.cluster_id, row.signature, row.week == now)
        for row in connection.execute(_SHARING_MOST_KEYS, asked)
    ]


def keep(connection: sa.Connection, batch: Sequence[Acknowledged]) -> None:
    """Save a batch's fingerprints, and delete some of those that are too old."""
    found = [
        (week(one.article.fetched_at), one.article.article_id, one.fingerprint)
        for one in batch
        if one.fingerprint
    ]
    signatures = {
        (week, article_id): {"week": week, "article_id": article_id, "signature": each.signature}
        for week, article_id, each in found
    }
    upsert(connection, fingerprints, list(signatures.values()))
    keys = sorted(
        {(week, key, article_id) for week, article_id, each in found for key in each.keys}
    )
    names = bands.c.keys()
    upsert(connection, bands, [dict(zip(names, row, strict=True)) for row in keys])
    if found:
        oldest = max(week for week, _, _ in found) - WEEKS + 1
        _prune(connection, bands, bands.c.key, oldest)
        _prune(connection, fingerprints, fingerprints.c.article_id, oldest)


def _prune(connection: sa.Connection, table: sa.Table, second: sa.Column, oldest: int) -> None:
    """Delete some rows older than ``oldest`` that are adjacent in the index."""
    first = connection.execute(sa.select(sa.func.min(table.c.week))).scalar()
    if first is None or first >= oldest:
        return
    here = table.c.week == first
    query = sa.select(second).where(here).order_by(second).offset(PRUNED_AT_ONCE).limit(1)
    last = connection.execute(query).scalar()
    connection.execute(sa.delete(table).where(here, sa.true() if last is None else second <= last))
