"""Deletes old records of the embedded broker, by age or size, and gives their space back.

A record is kept until each group that reads its topic has committed an offset beyond it, however
old it is. Kafka does not wait: there, records are lost to a job that is down for longer than the
retention. A laptop is off for days, and the disk of one machine fills slowly.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

STEP = 500
"""Records that are deleted in one transaction, which takes some milliseconds."""

FREE_PART = 4
"""Space is given back when a part of the file is free: new records take the rest of it."""


class _Limits(NamedTuple):
    """Of one partition: what may be deleted of it."""

    topic: str
    partition: int
    written_before: float  # seconds since 1970
    excess: float  # bytes above its share of the topic's size
    unread: int  # the least offset that a group has still to read


def expire(connection: sqlite3.Connection, now: float) -> bool:
    """Delete up to STEP records of each partition. Returns True if more may be left.

    Within a transaction.
    """
    deleted = [_delete(connection, limits) for limits in _limited(connection, now)]
    return STEP in deleted


def give_back(connection: sqlite3.Connection) -> None:
    """Shrink the file if a part of it is free. Outside of transactions; a file of version 1 does
    not shrink until ``VACUUM``."""
    ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
    ((free,),) = connection.execute("PRAGMA freelist_count").fetchall()
    if free * FREE_PART > pages:
        # execute() would free one page only: the pragma's rows have no columns.
        connection.executescript("PRAGMA incremental_vacuum")


def _limited(connection: sqlite3.Connection, now: float) -> Iterator[_Limits]:
    """The partitions of topics with a retention."""
    rows = connection.execute(
        "SELECT topic, partition, retention, bytes - size / partitions, ends.offset"
        " FROM topics JOIN ends USING (topic) WHERE retention IS NOT NULL OR size IS NOT NULL"
    ).fetchall()
    for topic, partition, retention, excess, end in rows:
        ((unread,),) = connection.execute(
            'SELECT min(coalesce(own.offset, 0)) FROM (SELECT DISTINCT "group" FROM committed'
            ' WHERE topic = ?1) LEFT JOIN (SELECT "group", offset FROM committed WHERE topic = ?1'
            ' AND partition = ?2) AS own USING ("group")',
            (topic, partition),
        ).fetchall()
        written_before = float("-inf") if retention is None else now - retention
        yield _Limits(
            topic, partition, written_before, excess or 0, end if unread is None else unread
        )


def _delete(connection: sqlite3.Connection, limits: _Limits) -> int:
    """Delete the partition's oldest records as far as they may go. Returns their number."""
    rows = connection.execute(
        "SELECT offset, timestamp, length(key) + length(value) FROM records"
        " WHERE topic = ? AND partition = ? AND offset < ? ORDER BY offset LIMIT ?",
        (limits.topic, limits.partition, limits.unread, STEP),
    ).fetchall()
    size = count = 0
    for _, timestamp, length in rows:
        if timestamp >= limits.written_before and size >= limits.excess:
            break
        size += length
        count += 1
    if count:
        place = {"topic": limits.topic, "partition": limits.partition, "last": rows[count - 1][0]}
        connection.execute(
            "DELETE FROM records"
            " WHERE topic = :topic AND partition = :partition AND offset <= :last",
            place,
        )
        connection.execute(
            "UPDATE ends SET oldest = :last + 1, bytes = bytes - :size"
            " WHERE topic = :topic AND partition = :partition",
            place | {"size": size},
        )
    return count
