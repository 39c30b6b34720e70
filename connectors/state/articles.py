"""Tables of articles that the broker has: revisions, links, moves, listings, positions.

An article's id comes from its first URL. Table ``moved`` has the ids of its later URLs.

Writes to several tables follow the order of :func:`acknowledge`, sorted within each table, so that
two connectors cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connectors.state import fingerprints, revisits
from connectors.state.models import Acknowledged, KnownArticle, Listing
from connectors.state.tables import (
    Hex,
    articles,
    entries,
    links,
    listings,
    moved,
    positions,
    revisions,
    upsert,
)

_COLUMNS = [
    revisions.c[name] if name in revisions.c else articles.c[name] for name in KnownArticle._fields
]
_OF_AN_ARTICLE = set(articles.c.keys())
_OF_A_REVISION = set(revisions.c.keys())


def find(connection: sa.Connection, article_id: str) -> KnownArticle | None:
    """The latest revision of the article of this id, or that has moved to the URL of this id; None
    if it is unknown."""
    earlier = _moved_to(article_id).scalar_subquery()
    first = sa.func.coalesce(earlier, sa.literal(article_id, Hex))
    return _find(connection, articles.c.article_id == first)


def find_moved(connection: sa.Connection, article_id: str) -> str | None:
    """The id of the article that has moved to the URL of this id."""
    return connection.execute(_moved_to(article_id)).scalar()


def _moved_to(address: str) -> sa.Select[Any]:
    return sa.select(moved.c.article_id).where(moved.c.address == address)


def find_at(connection: sa.Connection, link: str | sa.ScalarSelect[Any]) -> KnownArticle | None:
    """The article behind a canonical link; None if it is unknown."""
    at_link = sa.select(links.c.article_id).where(links.c.link == link).scalar_subquery()
    return _find(connection, articles.c.article_id == at_link)


def find_of_entry(
    connection: sa.Connection, feed_id: int, entry_id: str | bytes
) -> KnownArticle | None:
    """The article to which an entry's link led when it was last handled."""
    this = (entries.c.feed == feed_id) & (entries.c.entry_id == entry_id)
    link = sa.select(entries.c.link).where(this).scalar_subquery()
    return find_at(connection, link)


def find_revisions(connection: sa.Connection, article_id: str) -> Sequence[KnownArticle]:
    """The article's revisions, the first one first."""
    query = sa.select(*_COLUMNS).join_from(
        articles, revisions, revisions.c.article_id == articles.c.article_id
    )
    query = query.where(articles.c.article_id == article_id).order_by(revisions.c.revision)
    return [_known(row) for row in connection.execute(query)]


def find_listings(connection: sa.Connection, article_id: str) -> Sequence[Listing]:
    """The feeds that list the article."""
    query = sa.select(listings).where(listings.c.article_id == article_id)
    return [Listing(*row) for row in connection.execute(query)]


def find_positions(connection: sa.Connection, broker: str) -> Mapping[int, int]:
    """For each partition of the broker's news.raw, the offset up to which it was applied."""
    query = sa.select(positions.c.partition, positions.c.offset)
    rows = connection.execute(query.where(positions.c.broker == broker))
    return {row.partition: row.offset for row in rows}


def acknowledge(connection: sa.Connection, batch: Iterable[Acknowledged]) -> None:
    """Apply records that the broker has. A revision older than the known one changes nothing."""
    batch = sorted(batch, key=lambda one: one.article.article_id)
    known = [
        one.article._asdict()
        | {
            "first_seen": one.article.first_seen.timestamp(),
            "fetched_at": one.article.fetched_at.timestamp(),
        }
        for one in batch
    ]
    upsert(connection, articles, [_only(_OF_AN_ARTICLE, row) for row in known], articles.c.revision)
    upsert(connection, revisions, [_only(_OF_A_REVISION, row) for row in known])
    addresses = [
        {"address": one.article.address, "article_id": one.article.article_id}
        for one in batch
        if one.article.address
    ]
    upsert(connection, moved, sorted(addresses, key=lambda row: row["address"] or ""))
    leading = {link: one.article.article_id for one in batch for link in one.links}
    _link(connection, leading)
    _list(connection, [listing for one in batch for listing in one.listings])
    fingerprints.keep(connection, batch)
    revisits.plan(connection, [one.revisit for one in batch if one.revisit])


def set_positions(connection: sa.Connection, broker: str, ends: Sequence[int]) -> None:
    """Everything in the broker's news.raw before these offsets was applied."""
    rows = [
        {"broker": broker, "partition": partition, "offset": end}
        for partition, end in enumerate(ends)
    ]
    upsert(connection, positions, rows)


def list_in(connection: sa.Connection, listing: Listing, link: str) -> bool:
    """Record that an entry links to a known article. Returns True if that was already recorded."""
    query = sa.select(listings.c.entry_id).where(
        listings.c.article_id == listing.article_id, listings.c.feed_url == listing.feed_url
    )
    known = connection.execute(query).scalar() == listing.entry_id
    _link(connection, {link: listing.article_id})
    _list(connection, [listing])
    return known


def _link(connection: sa.Connection, leading: Mapping[str, str]) -> None:
    rows = [{"link": link, "article_id": leading[link]} for link in sorted(leading)]
    upsert(connection, links, rows)


def _list(connection: sa.Connection, found: Sequence[Listing]) -> None:
    rows = {(one.article_id, one.feed_url): one._asdict() for one in found}
    upsert(connection, listings, [rows[key] for key in sorted(rows)])


def _find(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> KnownArticle | None:
    latest = (revisions.c.article_id == articles.c.article_id) & (
        revisions.c.revision == articles.c.revision
    )
    query = sa.select(*_COLUMNS).join_from(articles, revisions, latest).where(condition)
    row = connection.execute(query).first()
    return _known(row) if row else None


def _only(names: Set[str], row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: row[name] for name in names}


def _known(row: sa.Row[Any]) -> KnownArticle:
    return KnownArticle._make(row)._replace(
        first_seen=datetime.fromtimestamp(row.first_seen, UTC),
        fetched_at=datetime.fromtimestamp(row.fetched_at, UTC),
    )
