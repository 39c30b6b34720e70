"""The publish lock: one connector at a time decides which articles are new and writes them.

On PostgreSQL a connector has a session: a connection that holds a writer id, a number that no
other session has, and, while it publishes, the lock. There is one lock for all brokers: two
connectors may reach the same Kafka at different addresses. While the lock is held, table ``turns``
names its holder's writer id. A new holder that finds a writer id there knows that the
session of that id was lost while it published, and which producer to fence first.

A SQLite file has one connector, with writer id 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count

import sqlalchemy as sa

from connectors.state import articles, fingerprints
from connectors.state.engine import advisory_lock
from connectors.state.models import Acknowledged, KnownArticle, Listing, Lookalike
from connectors.state.tables import turns

FIRST_WRITER_KEY = 1_000_000
"""Advisory lock keys from here on are writer ids."""

LOCK_KEY = 0
TURN = ""
"""The row of ``turns``; its column ``broker`` is older than the one lock for all brokers."""


class WriterSession:
    """A connector's identity as a writer. It ends with its connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.writer_id = self._take_writer_id()

    def _take_writer_id(self) -> int:
        """The lowest number that no other session holds."""
        if not self.shared:
            return 0
        numbers = count()
        while not advisory_lock(
            self.connection,
            sa.func.pg_try_advisory_lock,
            FIRST_WRITER_KEY + (number := next(numbers)),
        ):
            pass
        self.connection.commit()
        return number

    @property
    def shared(self) -> bool:
        """True if several connectors use this state."""
        return self.connection.dialect.name == "postgresql"


class PublishLock:
    """The state while the publish lock is held. Reads and writes are one transaction until
    :meth:`save` or the release of the lock.

    ``unfinished``: writer id of the previous holder if its session was lost while it held the lock.
    """

    def __init__(self, session: WriterSession, broker: str, unfinished: int | None) -> None:
        self.session = session
        self.unfinished = unfinished
        self._broker = broker
        self._connection = session.connection

    def article(self, article_id: str) -> KnownArticle | None:
        """As of State."""
        return articles.find(self._connection, article_id)

    def article_at(self, link: str) -> KnownArticle | None:
        """As of State."""
        return articles.find_at(self._connection, link)

    def moved_from(self, article_id: str) -> str | None:
        """The article that has moved to the URL of this id."""
        return articles.find_moved(self._connection, article_id)

    def lookalikes(self, keys: Sequence[int], at: datetime) -> Sequence[Lookalike]:
        """The articles of the weeks before ``at`` that share most of a fingerprint's keys."""
        return fingerprints.find(self._connection, keys, at)

    def listings(self, article_id: str) -> Sequence[Listing]:
        """The feeds that list the article."""
        return articles.find_listings(self._connection, article_id)

    def list_in(self, listing: Listing, link: str) -> bool:
        """Record that an entry links to a known article. Returns True if that was already
        recorded."""
        return articles.list_in(self._connection, listing, link)

    def positions(self) -> Mapping[int, int]:
        """For each partition of news.raw, the offset up to which it was applied."""
        return articles.find_positions(self._connection, self._broker)

    def acknowledge(self, batch: Iterable[Acknowledged], ends: Sequence[int] = ()) -> None:
        """Apply records that the broker has, and move the positions to ``ends``."""
        articles.acknowledge(self._connection, batch)
        articles.set_positions(self._connection, self._broker, ends)

    def save(self) -> None:
        """Commit what was acknowledged so far."""
        self._connection.commit()

    def check(self) -> None:
        """Raises StateUnreachable if the session, and the lock with it, was lost."""
        self._connection.execute(sa.select(1))


@contextmanager
def held(session: WriterSession, broker: str) -> Iterator[PublishLock]:
    """Hold the publish lock while the block runs; waits for it.

    After an exception in the block the caller must end the session.
    """
    if not session.shared:
        yield PublishLock(session, broker, None)
        session.connection.commit()
        return
    advisory_lock(session.connection, sa.func.pg_advisory_lock, LOCK_KEY)
    unfinished = _set_holder(session.connection, session.writer_id)
    yield PublishLock(session, broker, unfinished)
    session.connection.execute(sa.update(turns).values(holder=None).where(turns.c.broker == TURN))
    session.connection.commit()
    advisory_lock(session.connection, sa.func.pg_advisory_unlock, LOCK_KEY)
    session.connection.commit()


def _set_holder(connection: sa.Connection, writer_id: int) -> int | None:
    """Store the holder of the lock. Returns the one stored before, if any."""
    row = connection.execute(sa.select(turns.c.holder).where(turns.c.broker == TURN)).first()
    if row is None:
        connection.execute(sa.insert(turns).values(broker=TURN, holder=writer_id))
    else:
        change = sa.update(turns).values(holder=writer_id).where(turns.c.broker == TURN)
        connection.execute(change)
    connection.commit()
    return row.holder if row else None
