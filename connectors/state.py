"""What was polled and seen: SQLite through SQLAlchemy Core.

What is known of articles follows news.raw: it moves when the broker has acknowledged a record, and
``positions`` says up to which offset it has done so. After a crash, and for a new state file beside
a broker that already holds articles, the records past those offsets are read and applied again;
applying one twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine.interfaces import DBAPIConnection

from pipeline.errors import OperatorError

_tables = sa.MetaData()

_feeds = sa.Table(
    "feeds",
    _tables,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.Text),
    sa.Column("interval", sa.Float),
    sa.Column("next_poll", sa.Float, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_outcome", sa.Text, nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("last_success", sa.Float),
)
_entries = sa.Table(
    "entries",
    _tables,
    sa.Column("feed_url", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
)
_articles = sa.Table(
    "articles",
    _tables,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("title_hash", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("text_source", sa.Text, nullable=False),
    sa.Column("first_seen", sa.Float, nullable=False),
    sa.Column("fetched_at", sa.Float, nullable=False),
)
_links = sa.Table(
    "links",
    _tables,
    sa.Column("link", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False, index=True),
)
_listings = sa.Table(
    "listings",
    _tables,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("feed_url", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
)
_positions = sa.Table(
    "positions",
    _tables,
    sa.Column("broker", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("offset", sa.Integer, nullable=False),
)


class FeedState(NamedTuple):
    """What the last poll of a feed left. Times are in seconds since 1970, ``interval`` in seconds.

    The validators and the body's hash are those of the last body of which every entry is settled:
    until then the feed is fetched whole.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    interval: float | None = None
    next_poll: float = 0.0
    failures: int = 0
    last_outcome: str = "never"
    last_error: str = ""
    last_success: float | None = None


class SeenEntry(NamedTuple):
    """An entry as it was when last handled; unsettled ones are tried again, up to a few times."""

    entry_id: str
    fingerprint: str
    attempts: int
    settled: bool


class KnownArticle(NamedTuple):
    """The latest revision of an article that the broker has."""

    article_id: str
    revision: int
    title_hash: str
    text_hash: str
    text_source: str
    first_seen: datetime
    fetched_at: datetime


class Listing(NamedTuple):
    """A feed that lists an article."""

    article_id: str
    feed_url: str
    entry_id: str
    title: str


class Acknowledged(NamedTuple):
    """What the broker has taken: an article's revision, its links and the feed that listed it."""

    article: KnownArticle
    links: Sequence[str]
    listings: Sequence[Listing]


class StateError(OperatorError):
    """The state cannot be read or written, in one line for the operator."""


class State:
    """The connector's memory in a SQLite file, made where it is missing."""

    def __init__(self, path: str | Path) -> None:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"{path}: {error.strerror}: give another with --state") from error
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30.0})
        sa.event.listen(self._engine, "connect", _durable)
        sa.event.listen(self._engine, "handle_error", _tell_plainly)
        _tables.create_all(self._engine)

    def feed(self, url: str) -> FeedState:
        """The feed's state; a new one is due at once."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_feeds).where(_feeds.c.url == url)).first()
        return FeedState(*row) if row else FeedState(url)

    def entries(self, feed_url: str) -> Mapping[str, SeenEntry]:
        """What was seen of the feed's entries, by entry id."""
        columns = (
            _entries.c.entry_id,
            _entries.c.fingerprint,
            _entries.c.attempts,
            _entries.c.settled,
        )
        query = sa.select(*columns).where(_entries.c.feed_url == feed_url)
        with self._engine.connect() as connection:
            return {row.entry_id: SeenEntry(*row) for row in connection.execute(query)}

    def article(self, article_id: str) -> KnownArticle | None:
        """The article's latest revision, if there is one."""
        return self._article(_articles.c.article_id == article_id)

    def article_at(self, link: str) -> KnownArticle | None:
        """The article that the link was found to lead to."""
        at_link = sa.select(_links.c.article_id).where(_links.c.link == link).scalar_subquery()
        return self._article(_articles.c.article_id == at_link)

    def listings(self, article_id: str) -> Sequence[Listing]:
        """The feeds that list the article."""
        query = sa.select(_listings).where(_listings.c.article_id == article_id)
        with self._engine.connect() as connection:
            return [Listing(*row) for row in connection.execute(query)]

    def positions(self, broker: str) -> Mapping[int, int]:
        """For each partition of the broker's news.raw, the offset up to which it was applied."""
        query = sa.select(_positions.c.partition, _positions.c.offset)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(_positions.c.broker == broker))
            return {row.partition: row.offset for row in rows}

    def acknowledge(self, batch: Iterable[Acknowledged], broker: str, ends: Sequence[int]) -> None:
        """Move on to what the broker has: the batch, and everything else before ``ends``."""
        positions = [
            {"broker": broker, "partition": partition, "offset": end}
            for partition, end in enumerate(ends)
        ]
        with self._engine.begin() as connection:
            for known, links, listings in batch:
                row = known._asdict()
                row["first_seen"] = known.first_seen.timestamp()
                row["fetched_at"] = known.fetched_at.timestamp()
                connection.execute(_upsert(_articles, newer=_articles.c.revision), row)
                _execute(connection, _links, _link_rows(links, known.article_id))
                _execute(connection, _listings, [listing._asdict() for listing in listings])
            _execute(connection, _positions, positions)

    def list_in(self, listing: Listing, link: str) -> bool:
        """An entry leads to an article that is known; whether it was known that it does."""
        query = sa.select(_listings.c.entry_id).where(
            _listings.c.article_id == listing.article_id,
            _listings.c.feed_url == listing.feed_url,
        )
        with self._engine.begin() as connection:
            known = connection.execute(query).scalar() == listing.entry_id
            _execute(connection, _links, _link_rows([link], listing.article_id))
            _execute(connection, _listings, [listing._asdict()])
        return known

    def polled(self, feed: FeedState, seen: Iterable[SeenEntry]) -> None:
        """A poll is over: the feed's new state and its entries', together."""
        rows = [{"feed_url": feed.url, **entry._asdict()} for entry in seen]
        with self._engine.begin() as connection:
            _execute(connection, _feeds, [feed._asdict()])
            _execute(connection, _entries, rows)

    def close(self) -> None:
        self._engine.dispose()

    def _article(self, condition: sa.ColumnElement[bool]) -> KnownArticle | None:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_articles).where(condition)).first()
        if row is None:
            return None
        known = KnownArticle(*row)
        return known._replace(
            first_seen=datetime.fromtimestamp(row.first_seen, UTC),
            fetched_at=datetime.fromtimestamp(row.fetched_at, UTC),
        )


def _link_rows(links: Iterable[str], article_id: str) -> list[dict[str, str]]:
    return [{"link": link, "article_id": article_id} for link in links]


def _execute(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping]) -> None:
    if rows:
        connection.execute(_upsert(table), rows)


def _upsert(table: sa.Table, newer: sa.Column | None = None) -> Insert:
    """Insert or replace by primary key; with ``newer``, replace only where that column grows."""
    statement = insert(table)
    rest = {c.name: c for c in statement.excluded if not table.c[c.name].primary_key}
    grows = None if newer is None else statement.excluded[newer.name] > newer
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_=rest, where=grows
    )


def _durable(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _tell_plainly(context: sa.engine.ExceptionContext) -> None:
    words = str(context.original_exception)
    what_to_do = "is it writable, on a local disk with space?"
    path = context.engine.url.database if context.engine else "the state"
    raise StateError(f"{path}: {words}: {what_to_do}") from context.original_exception
