"""Search a topic for the records of one key, reading as little of it as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.topics import part
from newsline.trace.events import LookedEvent

READ_AT_ONCE = 50
"""Records of up to 1 MiB each that are in memory at a time, besides those found."""

FIRST_SPAN = 1_000
"""Offsets in the first span, at the end of a partition; each earlier span is twice as long."""


class FoundRecord(NamedTuple):
    """A record and its partition."""

    partition: int
    record: Record


class Range(NamedTuple):
    """Part of a topic: records not older than ``since``, in seconds since 1970, from the offset
    ``past`` of each partition on; 0 if missing.
    """

    since: float
    past: Mapping[int, int] = {}


def search(
    broker: Broker,
    topic: str,
    key: bytes,
    within: Range,
    enough: Callable[[Sequence[FoundRecord]], bool],
) -> tuple[Sequence[FoundRecord], Sequence[LookedEvent]]:
    """Return the key's records by offset, and the ranges that were searched.

    Reads the newest records first, until those found are ``enough``. Partitions may have been added
    since the records were written, so the others are searched if the key's own does not suffice.
    """
    ends = broker.end_offsets(topic)
    own = broker.partition_of(topic, key)
    found: list[FoundRecord] = []
    looks: list[LookedEvent] = []
    for partition in sorted(range(len(ends)), key=lambda number: number != own):
        if looks and enough(found):
            break
        begin, reached, records = within.past.get(partition, 0), ends[partition], 0
        for start, span in _spans(broker, topic, partition, begin, reached):
            reached, oldest = start, None
            for record in span:
                oldest = oldest or record
                records += 1
                if record.key == key:
                    found.append(FoundRecord(partition, record))
            if enough(found) or (oldest and oldest.timestamp < within.since):
                break
        looks.append(
            LookedEvent(
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
    """Spans of the partition, the last first: the offset where each begins, and its records."""
    span = FIRST_SPAN
    while end > begin:
        start = max(begin, end - span)
        yield start, part.between(broker, topic, partition, start, end, READ_AT_ONCE)
        end, span = start, 2 * span
