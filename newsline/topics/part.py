"""Read a part of a partition."""

from __future__ import annotations

from collections.abc import Iterator

from newsline.broker import Broker, Record


def between(
    broker: Broker, topic: str, partition: int, start: int, end: int, at_once: int
) -> Iterator[Record]:
    """The records from offset ``start`` up to before ``end``, as far as they are kept. ``at_once``:
    how many of them are in memory at a time."""
    while start < end and (
        found := broker.read(topic, partition, start, limit=min(at_once, end - start))
    ):
        yield from (record for record in found if record.offset < end)
        start = found.end
