"""Reading one partition of Kafka by offset."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import OffsetOutOfRangeError

from newsline.broker import BrokerError, BrokerUnreachable, Record
from newsline.broker.kafka.client import ANSWER_SECONDS, settings, told_plainly

LOOK_AGAIN_SECONDS = 0.05


class PartitionReader:
    """A consumer of one partition, kept where it is, so that reading on uses what it has fetched.

    ``max_wait_ms``: how long the broker may hold back an answer where there is nothing to read.
    ``ask_oldest`` and ``ask_end`` give the partition's first and last committed offsets. They do
    not go through this consumer's connection, where they would wait behind its fetch for up to
    ``fetch_max_wait_ms``.
    """

    def __init__(
        self,
        servers: str,
        topic: str,
        partition: int,
        max_wait_ms: int,
        ask_oldest: Callable[[], int],
        ask_end: Callable[[], int],
    ) -> None:
        self._servers = servers
        self._place = TopicPartition(topic, partition)
        self._ask_oldest = ask_oldest
        self._ask_end = ask_end
        self._next: int | None = None
        self._lock = threading.Lock()  # a KafkaConsumer is for one thread
        with told_plainly(servers):
            self._consumer = KafkaConsumer(
                **settings(servers),
                fetch_max_wait_ms=max_wait_ms,
                isolation_level="read_committed",
                auto_offset_reset="none",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
            self._consumer.assign([self._place])

    def read(self, offset: int, limit: int, wait: float) -> list[Record]:
        """As :meth:`newsline.broker.Broker.read`."""
        with self._lock, told_plainly(self._servers):
            if offset != self._next:
                self._consumer.seek(self._place, offset)
            self._next = None
            try:
                records = self._poll(limit, wait)
            except OffsetOutOfRangeError:
                # "earliest" would do this too, but also beyond the end: read everything again.
                self._end_not_before(offset)
                self._consumer.seek(self._place, self._ask_oldest())
                records = self._poll(limit, wait)
            self._next = records[-1].offset + 1 if records else offset
            return [
                Record(each.offset, each.key or b"", each.value or b"", each.timestamp / 1000)
                for each in records
            ]

    def close(self) -> None:
        with self._lock, told_plainly(self._servers):
            self._consumer.close()

    def _poll(self, limit: int, wait: float) -> Sequence[ConsumerRecord]:
        """Nothing from poll() may also mean that the first answer is still on its way, or that the
        broker is dead; so only an end that has been reached counts as nothing.
        """
        records = self._poll_once(limit, wait)
        if records:
            return records
        end = self._end_not_before(self._consumer.position(self._place))
        deadline = time.monotonic() + ANSWER_SECONDS
        while not records and self._consumer.position(self._place) < end:
            if time.monotonic() > deadline:
                raise BrokerUnreachable(f"kafka://{self._servers} sends no records")
            records = self._poll_once(limit, LOOK_AGAIN_SECONDS)
        return records

    def _end_not_before(self, offset: int) -> int:
        end = self._ask_end()
        if offset > end:
            raise BrokerError(
                f"kafka://{self._servers}: {self._place.topic} partition {self._place.partition}"
                f" ends at {end}, before offset {offset}: has the topic been made anew?"
            )
        return end

    def _poll_once(self, limit: int, wait: float) -> Sequence[ConsumerRecord]:
        found = self._consumer.poll(timeout_ms=wait * 1000, max_records=limit)
        records: Sequence[ConsumerRecord] = found.get(self._place, ())
        return records
