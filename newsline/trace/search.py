"""The records of one key on a topic, found without reading more of it than need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.trace.events import Looked

READ_AT_ONCE = 50
"""Records of up to 1 MiB each: all that is in memory but for what is found."""

FIRST_SPAN = 1_000
"""Offsets, from the end of a partition back; each further span is twice as long."""


class Found(NamedTuple):
    """A record, and where it stands."""

    partition: int
    record: Record


class Part(NamedTuple):
    """Of a topic: what the broker took ``since``, in seconds since 1970, ``past`` these offsets."""

    since: float
    past: Mapping[int, int] = {}


def search(
    broker: Broker,
    topic: str,
    key: bytes,
    part: Part,
    enough: Callable[[Sequence[Found]], bool],
) -> tuple[Sequence[Found], Sequence[Looked]]:
    """What the topic has of the key, by offset, and where it was looked for.

    The newest records come first, until what is found is ``enough``. Where it is not in the key's
    own partition, partitions may have been added since, and its records be in any of them.
    """
    ends = broker.end_offsets(topic)
    own = broker.partition_of(topic, key)
    found: list[Found] = []
    looks: list[Looked] = []
    for partition in sorted(range(len(ends)), key=lambda number: number != own):
        if looks and enough(found):
            break
        begin, reached, records = part.past.get(partition, 0), ends[partition], 0
        for start, span in _spans(broker, topic, partition, begin, reached):
            reached, oldest = start, None
            for record in span:
                oldest = oldest or record
                records += 1
                if record.key == key:
                    found.append(Found(partition, record))
            if enough(found) or (oldest and oldest.timestamp < part.since):
                break
        looks.append(
            Looked(
                topic=topic,
                partition=partition,
                start=reached,
                end=ends[partition],
                records=records,
            )
        )
    return sorted(found, key=lambda each: (each.partition, each.record.offset)), looks


def _spans(
    broker: Broker, topic: str, partition: int, begin: int, end: int
) -> Iterator[tuple[int, Iterator[Record]]]:
    """Parts of the partition, the last first: the offset where each begins, and its records."""
    span = FIRST_SPAN
    while end > begin:
        start = max(begin, end - span)
        yield start, _between(broker, topic, partition, start, end)
        end, span = start, 2 * span


def _between(broker: Broker, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
    """The records from ``start`` up to ``end``; there are none where they are past retention."""
    while start < end and (batch := broker.read(topic, partition, start, limit=READ_AT_ONCE)):
        for record in batch:
            if record.offset >= end:
                return
            yield record
        start = batch[-1].offset + 1
