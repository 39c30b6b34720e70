"""The three topics: made where they are missing, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.records import RAW_TOPIC, TOPICS
from newsline.topics import check, create

PARTITIONS = create.PARTITIONS
READ_AT_ONCE = 500


class TopicState(NamedTuple):
    """A topic's end (the sum of its partitions' offsets); for news.raw, what is yet to enrich."""

    topic: str
    partitions: int
    end: int
    lag: int | None


def ensure(broker: Broker) -> None:
    """Make the topics that are missing; those that exist are left as they are, and looked over:
    OperatorError where they cannot be used, a warning where they are not as they should be."""
    create.create(broker, create.Asked())
    check.check(broker)


def states(broker: Broker, group: str) -> Sequence[TopicState]:
    """All three topics, news.raw with the group's lag in records."""
    return [_state(broker, topic, group) for topic in TOPICS]


def _state(broker: Broker, topic: str, group: str) -> TopicState:
    ends = broker.end_offsets(topic)
    lag = sum(broker.lag(group, topic)) if topic == RAW_TOPIC else None
    return TopicState(topic, len(ends), sum(ends), lag)


def latest(
    broker: Broker, topic: str, count: int, ends: Sequence[int] | None = None
) -> Sequence[Record]:
    """The topic's last ``count`` records by the broker's clock, oldest first.

    ``ends``: of each partition only what stands before this offset; all of it by default.
    """
    records: list[Record] = []
    for partition, end in enumerate(broker.end_offsets(topic) if ends is None else ends):
        records += _last_before(broker, topic, partition, end, count)
    return sorted(records, key=lambda record: record.timestamp)[-count:]


def _last_before(
    broker: Broker, topic: str, partition: int, end: int, count: int
) -> Sequence[Record]:
    """The partition's last records; Kafka's markers take offsets too, so it looks back further."""
    records: list[Record] = []
    offset = max(0, end - 2 * count)
    while offset < end and (
        batch := broker.read(topic, partition, offset, limit=min(READ_AT_ONCE, end - offset))
    ):
        records += batch
        offset = batch[-1].offset + 1
    return [record for record in records if record.offset < end][-count:]


def unread_age(broker: Broker, group: str, now: float) -> Sequence[float]:
    """For each partition of news.raw, the age in seconds of the oldest record not yet enriched."""
    ages = []
    for partition, offset in enumerate(broker.committed(group, RAW_TOPIC)):
        oldest = broker.read(RAW_TOPIC, partition, offset, limit=1)
        ages.append(max(0.0, now - oldest[0].timestamp) if oldest else 0.0)
    return ages
