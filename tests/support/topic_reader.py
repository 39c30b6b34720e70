"""What stands on a topic, read to its end as any committed reader would."""

from __future__ import annotations

from collections.abc import Sequence

from newsline.broker import Broker


def values(broker: Broker, topic: str, wait: float = 1.0, since: Sequence[int] = ()) -> list[bytes]:
    """All values, partition by partition; a partition ends where nothing comes for ``wait`` s.

    ``since``: the offset in each partition where to begin, 0 in those that it leaves out.
    """
    found: list[bytes] = []
    for partition in range(broker.partitions(topic)):
        offset = since[partition] if partition < len(since) else 0
        while batch := broker.read(topic, partition, offset, limit=500, wait=wait):
            found += [record.value for record in batch]
            offset = batch[-1].offset + 1
    return found
