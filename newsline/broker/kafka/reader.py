"""Reads one partition of Kafka by offset."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import OffsetOutOfRangeError

from newsline.broker import BrokerError, BrokerUnreachable, Record
from newsline.broker.kafka.client import ANSWER_SECONDS, broker_errors, client_settings

POLL_SECONDS = 0.05


class PartitionReader:
    """A consumer of one partition that keeps its place, to use what it has fetched ahead.

    ``max_wait_ms``: time that the broker may hold back an answer without records. ``ask_oldest``
    and ``ask_end`` return the partition's oldest offset and its committed end. They use another
    connection: on this one they would wait up to ``max_wait_ms`` behind a fetch.
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
        with broker_errors(servers):
            self._consumer = KafkaConsumer(
                **client_settings(servers),
                fetch_max_wait_ms=max_wait_ms,
                isolation_level="read_committed",
                auto_offset_reset="none",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
            self._consumer.assign([self._place])

    def read(self, offset: int, limit: int, wait: float) -> list[Record]:
        """Like :meth:`newsline.broker.Broker.read`."""
        with self._lock, broker_errors(self._servers):
            if offset != self._next:
                self._consumer.seek(self._place, offset)
            self._next = None
            try:
                records = self._poll(limit, wait)
            except OffsetOutOfRangeError:
                # "earliest" would also read everything again for an offset beyond the end.
                self._end_not_before(offset)
                self._consumer.seek(self._place, self._ask_oldest())
                records = self._poll(limit, wait)
            self._next = records[-1].offset + 1 if records else offset
            return [
                Record(each.offset, each.key or b"", each.value or b"", each.timestamp / 1000)
                for each in records
            ]

    def close(self) -> None:
        with self._lock, broker_errors(self._servers):
            self._consumer.close()

    def _poll(self, limit: int, wait: float) -> Sequence[ConsumerRecord]:
        """Read; return nothing only at the partition's end.

        An empty poll() may also mean that the first response is pending or the broker is down.
        """
        records = self._poll_once(limit, wait)
        if records:
            return records
        end = self._end_not_before(self._consumer.position(self._place))
        deadline = time.monotonic() + ANSWER_SECONDS
        while not records and self._consumer.position(self._place) < end:
            if time.monotonic() > deadline:
                raise BrokerUnreachable(f"kafka://{self._servers} sends no records")
            records = self._poll_once(limit, POLL_SECONDS)
        return records

    def _end_not_before(self, offset: int) -> int:
        end = self._ask_end()
        if offset > end:
            raise BrokerError(
                f"kafka://{self._servers}: {self._place.topic} partition {self._place.partition}"
                f" ends at {end}, before offset {offset}: was the topic created again?"
            )
        return end

    def _poll_once(self, limit: int, wait: float) -> Sequence[ConsumerRecord]:
        fetched = self._consumer.poll(timeout_ms=wait * 1000, max_records=limit)
        records: Sequence[ConsumerRecord] = fetched.get(self._place, ())
        return records
