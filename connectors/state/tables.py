"""The tables, the same on SQLite and PostgreSQL, and the upsert for all of them.

Keys are small: feeds have numbers; entries and links have digests of 16 bytes. A feed's entries are
adjacent in the index, so that a poll reads few pages, however many entries there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

VERSION = 3
"""Of the tables. Older ones are upgraded (see ``engine``), newer ones are refused."""


class Digest(sa.types.TypeDecorator[Any]):
    """A text of any length that is only compared: 16 bytes of BLAKE2b."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else self.of(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else bytes(value)

    @staticmethod
    def of(text: str | bytes) -> bytes:
        """The digest of a text; a digest stays as it is."""
        if isinstance(text, bytes):
            return text
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Hex(sa.types.TypeDecorator[Any]):
    """Hex digits, stored as bytes."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else bytes(value).hex()


class Words(sa.types.TypeDecorator[Any]):
    """Text from the web, without NUL and lone surrogates, which PostgreSQL does not store."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        return str(value).replace("\0", "").encode("utf-8", "replace").decode()


class Json(sa.types.TypeDecorator[Any]):
    """A small value as JSON."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        return json.dumps(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return json.loads(value)


tables = sa.MetaData()

schema = sa.Table(
    "newsline_state",
    tables,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)
feeds = sa.Table(
    "feeds",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("listed", sa.Boolean, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("leased_until", sa.Float, nullable=False, default=0.0),
    sa.Column("fixed", sa.Float),
    sa.Column("etag", Words),
    sa.Column("last_modified", Words),
    sa.Column("body_hash", Hex),
    sa.Column("interval", sa.Float),
    sa.Column("next_poll", sa.Float, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_outcome", sa.Text, nullable=False),
    sa.Column("last_error", Words, nullable=False),
    sa.Column("last_success", sa.Float),
    sa.Column("why", Words, nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("ttl", sa.Float, nullable=False),
    sa.Column("recent", sa.Float, nullable=False),
    sa.Column("came", sa.Float, nullable=False),
    sa.Column("watched", sa.Float, nullable=False),
    sa.Column("address", sa.Text, index=True),
    sa.Column("moving_to", sa.Text),
    sa.Column("moving_since", sa.Float),
    sa.Column("moving_polls", sa.Integer, nullable=False),
    sa.Column("also_read_by", sa.Text),
    sa.Column("entries", sa.BigInteger, nullable=False),
    sa.Column("published", sa.BigInteger, nullable=False),
    sa.Column("updates", sa.BigInteger, nullable=False),
    sa.Column("duplicates", sa.BigInteger, nullable=False),
    sa.Column("robots", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
    sa.Column("pruned", sa.Float, nullable=False),
    sa.Column("failed", sa.Float),
    sa.Column("failed_outcome", sa.Text, nullable=False),
    sa.Column("failed_detail", Words, nullable=False),
    sa.Column("changing", Json, nullable=False, server_default="[]"),
    sa.Column("listed_entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lost", Json, nullable=False, server_default="{}"),
    sa.Column("gaps", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("last_gap", sa.Float),
    sa.Index("feeds_due", "listed", "next_poll"),
)
LISTED = sa.func.coalesce(feeds.c.listed, sa.false())
"""For queries of all listed feeds: SQLite would read them by the index of due feeds, at four times
the cost."""

entries = sa.Table(
    "entries",
    tables,
    sa.Column("feed", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", Digest, primary_key=True),
    sa.Column("fingerprint", Hex, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("detail", Words, nullable=False),
    sa.Column("handled", sa.Float, nullable=False),
    sa.Column("listed", sa.Float, nullable=False),
    sa.Column("link", Digest, nullable=False, index=True),
    sa.Column("likeness", Digest),
    sa.Column("address", Words),
    sa.Column("title", Words),
    sqlite_with_rowid=False,
)
articles = sa.Table(
    "articles",
    tables,
    sa.Column("article_id", Hex, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("first_seen", sa.Float, nullable=False),
    sa.Column("cluster_id", Hex),
    sa.Column("nearest", Hex),
    sa.Column("similarity", sa.Float),
    sqlite_with_rowid=False,
)
revisions = sa.Table(
    "revisions",
    tables,
    sa.Column("article_id", Hex, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fetched_at", sa.Float, nullable=False),
    sa.Column("title_hash", Hex, nullable=False),
    sa.Column("text_hash", Hex, nullable=False),
    sa.Column("exact_hash", Hex, nullable=False),
    sa.Column("outline", sa.LargeBinary, nullable=False),
    sa.Column("text_source", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("feed_url", sa.Text, nullable=False),
    sa.Column("address", Hex),
    sqlite_with_rowid=False,
)
moved = sa.Table(
    "moved",
    tables,
    sa.Column("address", Hex, primary_key=True),
    sa.Column("article_id", Hex, nullable=False),
    sqlite_with_rowid=False,
)
fingerprints = sa.Table(
    "fingerprints",
    tables,
    sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("article_id", Hex, primary_key=True),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
bands = sa.Table(
    "bands",
    tables,
    sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", Hex, primary_key=True),
    sqlite_with_rowid=False,
)
links = sa.Table(
    "links",
    tables,
    sa.Column("link", Digest, primary_key=True),
    sa.Column("article_id", Hex, nullable=False),
    sqlite_with_rowid=False,
)
listings = sa.Table(
    "listings",
    tables,
    sa.Column("article_id", Hex, primary_key=True),
    sa.Column("feed_url", sa.Text, primary_key=True),
    sa.Column("entry_id", Words, nullable=False),
    sa.Column("title", Words, nullable=False),
    sqlite_with_rowid=False,
)
revisits = sa.Table(
    "revisits",
    tables,
    sa.Column("article_id", Hex, primary_key=True),
    sa.Column("due", sa.Float, nullable=False, index=True),
    sa.Column("first_seen", sa.Float, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("feed_url", sa.Text, nullable=False),
    sa.Column("entry", sa.LargeBinary, nullable=False),
    sa.Column("etag", Words),
    sa.Column("last_modified", Words),
)
subscriptions = sa.Table(
    "subscriptions",
    tables,
    sa.Column("feed_url", sa.Text, primary_key=True),
    sa.Column("hub", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("next_try", sa.Float, nullable=False),
    sa.Column("asked_at", sa.Float),
    sa.Column("expires", sa.Float),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("detail", Words, nullable=False),
    sa.Column("last_push", sa.Float),
)
positions = sa.Table(
    "positions",
    tables,
    sa.Column("broker", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
)
turns = sa.Table(
    "turns",
    tables,
    sa.Column("broker", sa.Text, primary_key=True),
    sa.Column("holder", sa.Integer),
)
outage = sa.Table(
    "outage",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("cause", Words, nullable=False),
)


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    newer: sa.Column | None = None,
    *,
    keep: bool = False,
) -> None:
    """Insert rows, or replace those with the same primary key; with ``newer``, only if that column
    grows; with ``keep``, never."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    rest = {c.name: c for c in statement.excluded if not table.c[c.name].primary_key}
    grows = None if newer is None else statement.excluded[newer.name] > newer
    key = list(table.primary_key)
    connection.execute(
        statement.on_conflict_do_update(index_elements=key, set_=rest, where=grows)
        if rest and not keep
        else statement.on_conflict_do_nothing(index_elements=key),
        rows,
    )
