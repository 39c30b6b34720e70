"""Heartbeats on news.enriched: until when each partition of news.raw is done.

With ``enrich --heartbeat``, the job writes one for each partition of news.raw that it reads, to
every partition of news.enriched: a foreign producer may have chosen another partition than the
article's key does. It is in the job's own transaction, so it never precedes what it vouches for.

A heartbeat is a tombstone of a key that no article has: a reader that knows none withdraws an
article that it never had.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from newsline.broker import Message, Record, header
from newsline.records import ENRICHED_TOPIC

HEADER = "newsline-heartbeat"


class TopicHeartbeat(msgspec.Struct, frozen=True):
    """All records of this partition of a topic from before ``done_until`` have their outcome.

    ``partitions``: the number of the topic's partitions.
    """

    topic: str
    partition: int
    partitions: int
    done_until: datetime


_decode = msgspec.json.Decoder(TopicHeartbeat).decode


def of(record: Record) -> TopicHeartbeat | None:
    """The heartbeat that a record of news.enriched is; None if it is none."""
    value = _header(record)
    try:
        return None if value is None else _decode(value)
    except (ValueError, RecursionError):  # of a later version
        return None


def is_heartbeat(record: Record) -> bool:
    """True also for a heartbeat of a later version."""
    return _header(record) is not None


def _header(record: Record) -> bytes | None:
    return header(record.headers, HEADER) if record.value is None else None


def messages(
    topic: str, partition: int, partitions: int, done_until: float, outputs: int
) -> Sequence[Message]:
    """The heartbeat of one partition, for each of the ``outputs`` partitions of news.enriched;
    ``done_until`` in seconds since 1970."""
    at = datetime.fromtimestamp(done_until, UTC)
    beat = (HEADER, msgspec.json.encode(TopicHeartbeat(topic, partition, partitions, at)))
    key = f"heartbeat.{partition}".encode()
    return [Message(ENRICHED_TOPIC, key, None, (beat,), output) for output in range(outputs)]
