"""The embedded broker: topics in one SQLite file on one machine, durable, without a server.

A transaction of the broker is one of SQLite, with write-ahead log and synchronous=FULL: it is on
disk when :meth:`EmbeddedProducer.commit` returns. Several processes may open the file; one writes
at a time.
"""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from newsline.broker import (
    BrokerError,
    BrokerUnreachable,
    Fenced,
    Headers,
    Message,
    OpenTransaction,
    Place,
    Position,
    Record,
    Records,
    Storage,
    Topic,
    check_size,
    embedded_file,
    embedded_retention,
)

POLL_SECONDS = 0.02
"""Interval at which a waiting reader looks for new records: SQLite does not notify."""

EXPIRE_SECONDS = 60.0
"""Interval at which a process that writes deletes old records."""

EXPIRE_AT_ONCE = 20
"""Steps of deletion between two commits, so that a large backlog does not delay the next one."""

SHARED_MEMORY_BYTES = 32 * 1024
"""Size of the file beside the database that a process maps."""

CLOSE_SECONDS = 1.0
"""Time for the calls of other threads to end; a connection that is still in use stays open."""

FOR_EVER = Storage(retention=math.inf)

TOMBSTONE = 0
"""The number that is stored as the value of a tombstone: the column is NOT NULL, also in files of
earlier versions. A value is a BLOB, and never equals a number."""


class _Connection(NamedTuple):
    sqlite: sqlite3.Connection
    in_use: threading.Lock


class EmbeddedBroker:
    """A :class:`newsline.broker.Broker` in the file at ``path``, which is created if missing."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._local = threading.local()
        self._connections: list[_Connection] = []
        with _broker_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            embedded_file.prepare(self._path)
        self._expire_at = 0.0

    def partitions(self, topic: str) -> int:
        if described := self.describe(topic):
            return described.partitions
        raise BrokerError(f"topic {topic} does not exist in {self._path}")

    def partition_of(self, topic: str, key: bytes) -> int:
        return _partition_of(key, self.partitions(topic))

    def servers(self) -> int:
        return 1

    def describe(self, topic: str) -> Topic | None:
        rows = self._query(
            "SELECT partitions, max_bytes, retention, size FROM topics WHERE topic = ?", (topic,)
        )
        for partitions, max_bytes, retention, size in rows:
            storage = Storage(retention=math.inf if retention is None else retention, size=size)
            return Topic(partitions, max_bytes, storage, keeps_unread=True)
        return None

    def ensure_topic(
        self,
        topic: str,
        partitions: int,
        max_bytes: int,
        storage: Storage = FOR_EVER,
    ) -> None:
        self._refuse_unsupported(storage)
        with self.transaction() as connection:
            made = connection.execute(
                "INSERT OR IGNORE INTO topics VALUES (?, 0, ?, ?, ?)",
                (topic, max_bytes, _finite(storage.retention), storage.size),
            )
            if made.rowcount:
                _extend(connection, topic, partitions)

    def change_retention(self, topic: str, storage: Storage) -> bool:
        self._refuse_unsupported(storage)
        with self.transaction() as connection:
            connection.execute(
                "UPDATE topics SET retention = ?, size = ? WHERE topic = ?",
                (_finite(storage.retention), storage.size, topic),
            )
        self._expire(steps=count())
        return True

    def add_partitions(self, topic: str, count: int) -> None:
        with self.transaction() as connection:
            _extend(connection, topic, count)

    def ensure_positions(self, partitions: int, storage: Storage) -> None:
        """Does nothing: offsets in this file do not expire, and only the job commits them."""

    def offsets_retention(self) -> float | None:
        return math.inf

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Records:
        until = time.monotonic() + wait
        while True:
            rows = self._query(
                f"SELECT offset, key, nullif(value, {TOMBSTONE}), timestamp, headers FROM records"
                " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                (topic, partition, offset, limit),
            )
            if not rows and partition >= self.partitions(topic):
                raise BrokerError(f"topic {topic} has no partition {partition} in {self._path}")
            if rows or time.monotonic() >= until:
                if not rows:
                    return Records([], offset, offset)
                # Without gaps: what is missing before the first one has been deleted.
                return Records(map(_record, rows), rows[0][0], rows[-1][0] + 1)
            time.sleep(POLL_SECONDS)

    def end_offsets(self, topic: str) -> Sequence[int]:
        self.partitions(topic)
        rows = self._query("SELECT offset FROM ends WHERE topic = ? ORDER BY partition", (topic,))
        return [offset for (offset,) in rows]

    def settled_ends(self, topic: str) -> Sequence[int]:
        return self.end_offsets(topic)

    def open_transactions(self, topic: str) -> Sequence[OpenTransaction]:
        return ()  # SQLite has one writer at a time

    def committed(self, group: str, topic: str) -> Sequence[int]:
        self.partitions(topic)
        rows = self._query(
            "SELECT coalesce(own.offset, oldest) FROM ends LEFT JOIN (SELECT partition, offset"
            ' FROM committed WHERE "group" = ?1 AND topic = ?2) AS own USING (partition)'
            " WHERE topic = ?2 ORDER BY partition",
            (group, topic),
        )
        return [offset for (offset,) in rows]

    def resume(self, group: str, topic: str, partition: int) -> Place:
        return Place(self.committed(group, topic)[partition])

    def has_committed(self, group: str, topic: str) -> bool:
        query = 'SELECT 1 FROM committed WHERE "group" = ? AND topic = ? LIMIT 1'
        return bool(self._query(query, (group, topic)))

    def lag(self, group: str, topic: str) -> Sequence[int]:
        committed = self.committed(group, topic)
        return [end - read for end, read in zip(self.end_offsets(topic), committed, strict=True)]

    def producer(self, name: str) -> EmbeddedProducer:
        with self.transaction() as connection:
            ((epoch,),) = connection.execute(
                "INSERT INTO producers VALUES (?, 1)"
                " ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1 RETURNING epoch",
                (name,),
            ).fetchall()
        return EmbeddedProducer(self, name, epoch)

    def close(self) -> None:
        self._local = threading.local()
        while self._connections:
            sqlite, in_use = self._connections.pop()
            # A connection that is closed within another thread's call ends the process (SIGSEGV).
            if in_use.acquire(timeout=CLOSE_SECONDS):
                sqlite.close()
                in_use.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def expire_sometimes(self) -> None:
        """Delete old records, once a minute; at every call while there are many of them."""
        if time.monotonic() >= self._expire_at:
            more = self._expire(steps=range(EXPIRE_AT_ONCE))
            self._expire_at = 0.0 if more else time.monotonic() + EXPIRE_SECONDS

    def _expire(self, steps: Iterable[int]) -> bool:
        """Delete old records in so many steps. Returns True if more are left."""
        for _ in steps:
            with self.transaction() as connection:
                more = embedded_retention.expire(connection, time.time())
            if not more:
                break
        with self._connected() as connection:
            embedded_retention.give_back(connection)
        return more

    def _refuse_unsupported(self, storage: Storage) -> None:
        if storage._replace(retention=None, size=None) != Storage():
            raise BrokerError(
                f"{self._path} is an embedded broker, which keeps one copy of each record:"
                " it has no replication, min ISR or compaction"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one write transaction; an exception rolls it back."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    connection.execute("ROLLBACK")
                raise

    def _query(self, sql: str, parameters: tuple) -> list[tuple]:
        with self._connected() as connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, so that readers continue beside a writer."""
        with _broker_errors(self._path):
            connection: _Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = _Connection(embedded_file.connect(self._path), threading.Lock())
                self._connections.append(connection)
                self._local.connection = connection
            with connection.in_use:
                yield connection.sqlite


def _extend(connection: sqlite3.Connection, topic: str, count: int) -> None:
    """Increase the partitions to ``count``, within a transaction."""
    connection.executemany(
        "INSERT OR IGNORE INTO ends (topic, partition, offset) VALUES (?, ?, 0)",
        [(topic, n) for n in range(count)],
    )
    connection.execute("UPDATE topics SET partitions = ? WHERE topic = ?", (count, topic))


def _partition_of(key: bytes, partitions: int) -> int:
    """By CRC-32, which is the same in every process, unlike hash()."""
    return zlib.crc32(key) % partitions


def _finite(seconds: float | None) -> float | None:
    """None if records are kept for ever."""
    return None if seconds is None or math.isinf(seconds) else seconds


class EmbeddedProducer:
    """A :class:`newsline.broker.Producer`. It may write while its epoch is its name's newest."""

    def __init__(self, broker: EmbeddedBroker, name: str, epoch: int) -> None:
        self._broker = broker
        self._name = name
        self._epoch = epoch

    def commit(self, messages: Sequence[Message], position: Position | None = None) -> None:
        with self._broker.transaction() as connection:
            self._refuse_if_fenced(connection)
            topics = _Appender(connection)
            for message in messages:
                topics.append(message)
            if position:
                connection.execute(
                    "INSERT OR REPLACE INTO committed VALUES (?, ?, ?, ?)", tuple(position)
                )
        self._broker.expire_sometimes()

    def close(self) -> None:
        """Does nothing: nothing is open between transactions."""

    def _refuse_if_fenced(self, connection: sqlite3.Connection) -> None:
        ((epoch,),) = connection.execute(
            "SELECT epoch FROM producers WHERE name = ?", (self._name,)
        ).fetchall()
        if epoch != self._epoch:
            raise Fenced(f"another process has taken over as {self._name}")


class _Appender:
    """Appends within one transaction. Looks up each topic once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._topics: dict[str, tuple[int, int]] = {}
        self._now = time.time()

    def append(self, message: Message) -> None:
        partitions, max_bytes = self._topic(message.topic)
        value = TOMBSTONE if message.value is None else message.value
        check_size(message, max_bytes)
        partition = message.partition
        if partition is None:
            partition = _partition_of(message.key, partitions)
        ((offset,),) = self._connection.execute(
            "UPDATE ends SET offset = offset + 1, bytes = bytes + ?"
            " WHERE topic = ? AND partition = ? RETURNING offset - 1",
            (_stored_size(message), message.topic, partition),
        ).fetchall()
        self._connection.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message.topic,
                partition,
                offset,
                message.key,
                value,
                self._now,
                _encode_headers(message.headers) if message.headers else None,
            ),
        )

    def _topic(self, topic: str) -> tuple[int, int]:
        if topic not in self._topics:
            row = self._connection.execute(
                "SELECT partitions, max_bytes FROM topics WHERE topic = ?", (topic,)
            ).fetchone()
            if row is None:
                raise BrokerError(f"topic {topic} does not exist")
            self._topics[topic] = row
        return self._topics[topic]


def _stored_size(message: Message) -> int:
    """The bytes of key and value, as :mod:`.embedded_retention` counts them."""
    return len(message.key) + (1 if message.value is None else len(message.value))


def _record(row: tuple[int, bytes, bytes | None, float, bytes | None]) -> Record:
    offset, key, value, timestamp, headers = row
    return Record(offset, key, value, timestamp, _decode_headers(headers) if headers else ())


_encode_headers = msgspec.msgpack.Encoder().encode
_decode_headers = msgspec.msgpack.Decoder(Headers).decode


def _is_full(path: Path) -> bool:
    """Whether SQLite has no space for its shared memory, of which it says "disk I/O error"."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < SHARED_MEMORY_BYTES


@contextmanager
def _broker_errors(path: Path) -> Iterator[None]:
    """Translate errors of SQLite and the system into BrokerErrors of one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error) or _is_full(path):
            raise BrokerUnreachable(
                f"no space left for {path}: free some; nothing was lost"
            ) from error
        if "locked" in str(error):
            raise BrokerUnreachable(f"{path} is locked by another program") from error
        # SQLite's error for a full quota or a failing disk: both may be temporary.
        kind = BrokerUnreachable if "disk I/O" in str(error) else BrokerError
        raise kind(f"{path}: {error}: is it writable, on a local disk?") from error
    except (sqlite3.DatabaseError, OSError) as error:
        raise BrokerError(f"{path} cannot be used as an embedded broker: {error}") from error
