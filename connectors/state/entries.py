"""The entries that feeds have listed, looked up by the ids that a feed lists now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from connectors.state.models import AfterPoll, FeedState, LeadingEntry, SeenEntry
from connectors.state.tables import Digest, entries, feeds, listings, upsert

DAY = 24 * 3600.0
KEPT = 60 * DAY
"""An entry that its feed has not listed for so long is forgotten."""

MAX_DETAIL = 300

_COLUMNS = [entries.c[name] for name in SeenEntry._fields[1:-1]]


def find(connection: sa.Connection, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
    """What was seen of these entries of the feed, by entry id."""
    by_key = {Digest.of(entry_id): entry_id for entry_id in ids}
    query = sa.select(entries.c.entry_id, *_COLUMNS).where(
        entries.c.feed == feed_id, entries.c.entry_id.in_(ids)
    )
    found = {}
    for key, *rest in connection.execute(query):
        entry_id = by_key[bytes(key)]
        found[entry_id] = SeenEntry(entry_id, *rest)
    return found


def leading(
    connection: sa.Connection, links: Collection[str], article_id: str | None
) -> Sequence[LeadingEntry]:
    """The entries with one of the links, and those that listed the article, whatever their link."""
    listed = (
        sa.select(feeds.c.id, listings.c.entry_id)
        .join(feeds, feeds.c.url == listings.c.feed_url)
        .where(listings.c.article_id == article_id)
    )
    listing = [
        (entries.c.feed == row.id) & (entries.c.entry_id == row.entry_id)
        for row in connection.execute(listed)
    ]
    columns = [entries.c[name] for name in LeadingEntry._fields[1:]]
    query = (
        sa.select(feeds.c.url, *columns)
        .join(feeds, feeds.c.id == entries.c.feed)
        .where(sa.or_(entries.c.link.in_(links), *listing))
    )
    return [LeadingEntry(*row) for row in connection.execute(query.order_by(entries.c.handled))]


def remember(connection: sa.Connection, polls: Iterable[AfterPoll]) -> None:
    """Store what was seen; sorted, so that two connectors cannot wait for each other."""
    rows = {
        (poll.feed.id, seen.entry_id): {
            "feed": poll.feed.id,
            **seen._asdict(),
            "detail": seen.detail[:MAX_DETAIL],
        }
        for poll in polls
        for seen in poll.seen
    }
    upsert(connection, entries, [rows[key] for key in sorted(rows)])


def prune(connection: sa.Connection, feed: FeedState) -> None:
    """Forget what the feed has not listed for long; it was just read, with all that it lists."""
    connection.execute(
        sa.delete(entries).where(entries.c.feed == feed.id, entries.c.listed < feed.pruned - KEPT)
    )


def forget_unlisted(connection: sa.Connection, now: float) -> None:
    """Forget the entries of feeds that were taken off the list long ago."""
    last = sa.func.coalesce(feeds.c.last_success, 0.0)
    gone = sa.select(feeds.c.id).where(~feeds.c.listed, last < now - KEPT)
    connection.execute(sa.delete(entries).where(entries.c.feed.in_(gone)))
