"""Read a topic to its end, as a committed reader."""

from __future__ import annotations

import time
from collections.abc import Sequence

from newsline.broker import Broker
from newsline.broker.embedded import EmbeddedBroker
from newsline.topics.heartbeats import is_heartbeat

SETTLE_SECONDS = 1.0
"""Kafka answers a commit before its records can be read: it writes the markers afterwards."""


class TopicReader:
    """Values of a topic, read from ``since`` on; each call reads on from the last one.

    ``since``: the first offset in each partition, 0 in those that it leaves out.
    """

    def __init__(self, topic: str, since: Sequence[int] = ()) -> None:
        self.values: list[bytes] = []
        self._topic = topic
        self._offsets = dict(enumerate(since))

    def read(self, broker: Broker) -> bool:
        """Read to the present end, partition by partition. True if there was something."""
        before = len(self.values)
        for partition in range(broker.partitions(self._topic)):
            offset = self._offsets.get(partition, 0)
            while batch := broker.read(self._topic, partition, offset, limit=500):
                self.values += [each.value for each in batch if not is_heartbeat(each)]
                offset = self._offsets[partition] = batch[-1].offset + 1
        return len(self.values) > before


def values(
    broker: Broker, topic: str, wait: float = SETTLE_SECONDS, since: Sequence[int] = ()
) -> list[bytes]:
    """All values of the topic, partition by partition while nothing is written.

    On Kafka the topic has ended when nothing has come for ``wait`` seconds.
    """
    reader = TopicReader(topic, since)
    reader.read(broker)
    if isinstance(broker, EmbeddedBroker):
        return reader.values
    quiet_since = time.monotonic()
    while time.monotonic() < quiet_since + wait:
        time.sleep(0.05)
        if reader.read(broker):
            quiet_since = time.monotonic()
    return reader.values
