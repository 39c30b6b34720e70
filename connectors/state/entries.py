"""Table ``entries``: the entries that feeds have listed, by the ids that a feed lists now.

The sitemaps of an index have rows here too, under their URL: the body's hash is the fingerprint;
lastmod, Last-Modified and ETag are the lines of the detail. A table of their own would need a new
VERSION, and a migration that reads all entries to find them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connectors.state.models import (
    AfterPoll,
    EntryMarks,
    FeedState,
    LeadingEntry,
    SeenEntry,
    SeenSitemap,
)
from connectors.state.tables import Digest, entries, feeds, links, listings, upsert
from connectors.text.normalise import normalise_line

DAY = 24 * 3600.0
KEPT = 60 * DAY
"""Seconds after which an entry that its feed no longer lists is deleted."""

MAX_DETAIL = 300

MAX_NAMED = 100
"""Lost entries of one title that are found."""

_SITEMAP = "sitemap"
"""The outcome in the row of a sitemap."""

_COLUMNS = [entries.c[name] for name in SeenEntry._fields]


def find(connection: sa.Connection, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
    """The feed's entries among these ids, by id."""
    by_key = {Digest.of(entry_id): entry_id for entry_id in ids}
    query = sa.select(*_COLUMNS).where(entries.c.feed == feed_id, entries.c.entry_id.in_(ids))
    rows = connection.execute(query)
    return {(own := by_key[row.entry_id]): SeenEntry(own, *row[1:]) for row in rows}


def find_like(
    connection: sa.Connection, feed_id: int, marks: Collection[EntryMarks]
) -> Sequence[SeenEntry]:
    """The feed's entries with one of these likenesses or links; their texts are digests.

    Without an index: a feed's entries are adjacent, and each new one would have to write to it.
    """
    query = sa.select(*_COLUMNS).where(
        entries.c.feed == feed_id,
        sa.or_(
            entries.c.likeness.in_([each.likeness for each in marks]),
            entries.c.link.in_([each.link for each in marks]),
        ),
        entries.c.outcome != _SITEMAP,
    )
    return [SeenEntry._make(row) for row in connection.execute(query)]


def find_sitemaps(
    connection: sa.Connection, feed_id: int, urls: Collection[str]
) -> Mapping[str, SeenSitemap]:
    """The feed's sitemaps among these URLs, by URL."""
    found = find(connection, feed_id, urls)
    return {url: sitemap for url, seen in found.items() if (sitemap := _to_sitemap(seen))}


def leading(
    connection: sa.Connection, found_at: Collection[str], article_id: str | None
) -> Sequence[LeadingEntry]:
    """The entries with one of the links, and those that listed the article under any link."""
    listed = (
        sa.select(feeds.c.id, listings.c.entry_id)
        .join(feeds, feeds.c.url == listings.c.feed_url)
        .where(listings.c.article_id == article_id)
    )
    listing = [
        (entries.c.feed == row.id) & (entries.c.entry_id == row.entry_id)
        for row in connection.execute(listed)
    ]
    query = _leading(sa.or_(entries.c.link.in_(found_at), *listing))
    return [LeadingEntry(*row) for row in connection.execute(query)]


def named(connection: sa.Connection, name: str) -> tuple[Sequence[LeadingEntry], Sequence[str]]:
    """The entries with this id, and the lost ones with this title in any spelling; and the articles
    to which they lead."""
    by_id = entries.c.feed.in_(sa.select(feeds.c.id)) & (entries.c.entry_id == name)
    lost = sa.select(entries.c.feed, entries.c.entry_id, entries.c.title)
    wanted = normalise_line(name)
    titled = [
        (entries.c.feed == row.feed) & (entries.c.entry_id == row.entry_id)
        for row in connection.execute(lost.where(entries.c.title.is_not(None)))
        if row.title and normalise_line(row.title) == wanted
    ]
    query = _leading(sa.or_(by_id, *titled[:MAX_NAMED])).add_columns(links.c.article_id)
    rows = connection.execute(query.outerjoin(links, links.c.link == entries.c.link)).all()
    articles = dict.fromkeys(str(row[-1]) for row in rows if row[-1])
    return [LeadingEntry(*row[:-1]) for row in rows], list(articles)


def _leading(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = [entries.c[name] for name in LeadingEntry._fields[1:]]
    joined = sa.select(feeds.c.url, *columns).join(feeds, feeds.c.id == entries.c.feed)
    return joined.where(condition).order_by(entries.c.handled)


def save(connection: sa.Connection, polls: Iterable[AfterPoll]) -> None:
    """Save what polls have seen; sorted, so that two connectors cannot deadlock."""
    rows = {
        (poll.feed.id, Digest.of(seen.entry_id)): {
            "feed": poll.feed.id,
            **seen._asdict(),
            "detail": seen.detail[:MAX_DETAIL],
        }
        for poll in polls
        for seen in (*poll.seen, *map(_from_sitemap, poll.sitemaps))
    }
    upsert(connection, entries, [rows[key] for key in sorted(rows)])


def prune(connection: sa.Connection, feed: FeedState) -> None:
    """Delete entries not listed for :data:`KEPT`. The feed was just read in full."""
    connection.execute(
        sa.delete(entries).where(entries.c.feed == feed.id, entries.c.listed < feed.pruned - KEPT)
    )


def forget_unlisted(connection: sa.Connection, now: float) -> None:
    """Delete the entries of feeds that left the feed list long ago."""
    last = sa.func.coalesce(feeds.c.last_success, 0.0)
    gone = sa.select(feeds.c.id).where(~feeds.c.listed, last < now - KEPT)
    connection.execute(sa.delete(entries).where(entries.c.feed.in_(gone)))


def _from_sitemap(sitemap: SeenSitemap) -> SeenEntry:
    """No field has a line break. The ETag is last: it may be cut at MAX_DETAIL."""
    fields = (sitemap.lastmod, sitemap.last_modified or "", sitemap.etag or "")
    return SeenEntry(
        sitemap.url,
        sitemap.body_hash or "",
        attempts=1,
        settled=True,
        outcome=_SITEMAP,
        detail="\n".join(fields),
        handled=sitemap.read_at,
        listed=sitemap.read_at,
    )


def _to_sitemap(seen: SeenEntry) -> SeenSitemap | None:
    """None for a row that is no sitemap's."""
    fields = seen.detail.split("\n")
    if len(fields) != 3:
        return None
    lastmod, last_modified, etag = fields
    body_hash = seen.fingerprint or None
    return SeenSitemap(
        str(seen.entry_id), body_hash, lastmod, last_modified or None, etag or None, seen.handled
    )
