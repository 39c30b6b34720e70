"""When and until when the job vouches for a partition: see :mod:`newsline.topics.heartbeats`."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from newsline.broker import Broker, Message, Record
from newsline.records import ENRICHED_TOPIC
from newsline.topics import heartbeats

CLOCK_SECONDS = 5.0
"""By how much the clocks of this machine and of the broker may differ."""


class Vouching:
    """Heartbeats of one partition, at most one every ``seconds``; 0: none.

    The partitions of news.enriched are counted once: a transaction fails if the producer, which
    counts them later, knows fewer.
    """

    def __init__(self, broker: Broker, topic: str, partition: int, seconds: float) -> None:
        self._broker = broker
        self._topic = topic
        self._partition = partition
        self._seconds = seconds
        self._outputs = broker.partitions(ENRICHED_TOPIC) if seconds else 0
        self._next = time.monotonic() if seconds else math.inf

    def end_is_due(self) -> float | None:
        """Before a read: the time until which all is done if the read finds nothing; None if no
        heartbeat is due, or an open transaction hides records."""
        if not self._is_due():
            return None
        now = time.time()
        opened = self._broker.open_transactions(self._topic)
        hidden = any(each.partition == self._partition for each in opened)
        return None if hidden else now - CLOCK_SECONDS

    def after(self, records: Sequence[Record]) -> Sequence[Message]:
        """The heartbeats to commit with the outcomes of these records, if they are due."""
        return self.messages(records[-1].timestamp) if records and self._is_due() else ()

    def messages(self, done_until: float) -> Sequence[Message]:
        """The heartbeats; the next ones are due after a pause."""
        self._next = time.monotonic() + self._seconds
        partitions = self._broker.partitions(self._topic)
        return heartbeats.messages(
            self._topic, self._partition, partitions, done_until, self._outputs
        )

    def _is_due(self) -> bool:
        return time.monotonic() >= self._next
