"""Read the three topics: their ends, lag and newest records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.records import RAW_TOPIC, TOPICS
from newsline.topics import part
from newsline.topics.check import check
from newsline.topics.create import TopicOptions, create_topics
from newsline.topics.heartbeats import is_heartbeat

READ_AT_ONCE = 500

FURTHEST = 20_000
"""Offsets of a partition that are searched for its newest records."""


class TopicState(NamedTuple):
    """A topic's end, the sum of its partitions' end offsets; for news.raw, the lag in records."""

    topic: str
    partitions: int
    end: int
    lag: int | None


def ensure(broker: Broker) -> None:
    """Create missing topics and check existing ones.

    Raises OperatorError if one cannot be used; prints a warning on stderr for risky settings.
    """
    create_topics(broker, TopicOptions())
    check(broker)


def states(broker: Broker, group: str) -> Sequence[TopicState]:
    """The state of all three topics, with the group's lag on news.raw."""
    return [_state(broker, topic, group) for topic in TOPICS]


def _state(broker: Broker, topic: str, group: str) -> TopicState:
    ends = broker.end_offsets(topic)
    lag = sum(broker.lag(group, topic)) if topic == RAW_TOPIC else None
    return TopicState(topic, len(ends), sum(ends), lag)


def latest(
    broker: Broker, topic: str, count: int, ends: Sequence[int] | None = None
) -> Sequence[Record]:
    """The topic's newest ``count`` records by the broker's clock, oldest first, no heartbeats.

    ``ends``: for each partition, the offset at which to end; the partition's end by default.
    """
    records: list[Record] = []
    for partition, end in enumerate(broker.end_offsets(topic) if ends is None else ends):
        records += _last_before(broker, topic, partition, end, count)
    return sorted(records, key=lambda record: record.timestamp)[-count:]


def _last_before(
    broker: Broker, topic: str, partition: int, end: int, count: int
) -> Sequence[Record]:
    """The partition's newest records, among its last FURTHEST offsets: Kafka's markers and
    heartbeats take offsets too."""
    found: list[Record] = []
    last, span = max(0, end - FURTHEST), 2 * count
    while end > last and len(found) < count:
        start = max(last, end - span)
        found = [*_between(broker, topic, partition, start, end), *found]
        end, span = start, 2 * span
    return found[-count:]


def _between(broker: Broker, topic: str, partition: int, start: int, end: int) -> Sequence[Record]:
    records = part.between(broker, topic, partition, start, end, READ_AT_ONCE)
    return [each for each in records if not is_heartbeat(each)]


def unread_age(broker: Broker, group: str, now: float) -> Sequence[float]:
    """For each partition of news.raw, the age of the oldest waiting record in seconds; 0: none."""
    ages = []
    for partition, offset in enumerate(broker.committed(group, RAW_TOPIC)):
        oldest = broker.read(RAW_TOPIC, partition, offset, limit=1)
        ages.append(max(0.0, now - oldest[0].timestamp) if oldest else 0.0)
    return ages
