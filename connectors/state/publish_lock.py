"""Publishing in turns: one connector at a time decides what is new, and writes it to the broker.

On PostgreSQL a connector has a session: a connection that holds a seat, which is a number that no
other session has, and in its turn the lock of the turn. While it has the turn, the table of turns
names its seat. So whoever takes the turn and finds a seat named there knows that the one who sat
there has lost its session midway, and what is to be fenced before anything else is decided.

A SQLite file has one connector, which begins a session when it opens the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from zlib import crc32

import sqlalchemy as sa

from connectors.state import articles, fingerprints
from connectors.state.engine import lock
from connectors.state.models import Acknowledged, KnownArticle, Listing, Lookalike
from connectors.state.tables import turns

SEATS = 1_000_000
"""Keys of advisory locks from here on are seats'; below are turns'."""


class Session:
    """What a connector is known by while it lasts; it ends with its connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.seat = self._take_seat()

    def _take_seat(self) -> int:
        if not self.shared:
            return 0
        seats = count()
        while not lock(
            self.connection, sa.func.pg_try_advisory_lock, SEATS + (seat := next(seats))
        ):
            pass
        self.connection.commit()
        return seat

    @property
    def shared(self) -> bool:
        return self.connection.dialect.name == "postgresql"


class Turn:
    """A connector's turn: all that it reads and writes is in its own hands until the turn ends.

    ``unfinished`` is the seat of the session that ended in the turn before it, if one did.
    """

    def __init__(self, session: Session, broker: str, unfinished: int | None) -> None:
        self.session = session
        self.unfinished = unfinished
        self._broker = broker
        self._connection = session.connection

    def article(self, article_id: str) -> KnownArticle | None:
        """The article's latest revision, if there is one."""
        return articles.find(self._connection, article_id)

    def lookalikes(self, keys: Sequence[int], at: datetime) -> Sequence[Lookalike]:
        """The articles of the weeks before ``at`` that share most of a fingerprint's keys."""
        return fingerprints.find(self._connection, keys, at)

    def listings(self, article_id: str) -> Sequence[Listing]:
        """The feeds that list the article."""
        return articles.find_listings(self._connection, article_id)

    def list_in(self, listing: Listing, link: str) -> bool:
        """An entry leads to an article that is known; whether it was known that it does."""
        return articles.list_in(self._connection, listing, link)

    def positions(self) -> Mapping[int, int]:
        """For each partition of news.raw, the offset up to which it was applied."""
        return articles.find_positions(self._connection, self._broker)

    def acknowledge(self, batch: Iterable[Acknowledged], ends: Sequence[int] = ()) -> None:
        """Move on to what the broker has: the batch, and everything else before ``ends``."""
        articles.acknowledge(self._connection, batch)
        articles.move_on(self._connection, self._broker, ends)

    def save(self) -> None:
        """Make durable what was acknowledged so far."""
        self._connection.commit()

    def check(self) -> None:
        """Raises StateUnreachable where the session has ended, and with it the turn."""
        self._connection.execute(sa.select(1))


@contextmanager
def taken(session: Session, broker: str) -> Iterator[Turn]:
    """A turn, which ends with the block. What the block raises must end the session too."""
    if not session.shared:
        yield Turn(session, broker, None)
        session.connection.commit()
        return
    key = crc32(broker.encode()) % SEATS
    lock(session.connection, sa.func.pg_advisory_lock, key)
    unfinished = _hold(session.connection, broker, session.seat)
    yield Turn(session, broker, unfinished)
    session.connection.execute(sa.update(turns).values(holder=None).where(turns.c.broker == broker))
    session.connection.commit()
    lock(session.connection, sa.func.pg_advisory_unlock, key)
    session.connection.commit()


def _hold(connection: sa.Connection, broker: str, seat: int) -> int | None:
    """Name the seat as the turn's; returns the one that was named there."""
    row = connection.execute(sa.select(turns.c.holder).where(turns.c.broker == broker)).first()
    if row is None:
        connection.execute(sa.insert(turns).values(broker=broker, holder=seat))
    else:
        change = sa.update(turns).values(holder=seat).where(turns.c.broker == broker)
        connection.execute(change)
    connection.commit()
    return row.holder if row else None
