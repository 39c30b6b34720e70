"""The Kafka broker: kafka-python against a real cluster.

One admin client answers questions; each partition that is read has a consumer, each producer name a
producer. Kafka 2.7 or newer: older ones let a fenced producer fence its successor in turn
(kafka-python 3.0.12 asks for a new epoch and takes INVALID_PRODUCER_EPOCH for a reason to start
over).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from kafka import IsolationLevel, KafkaAdminClient, KafkaConsumer, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import RetriableError, TopicAlreadyExistsError

from pipeline.broker import BrokerError, Record
from pipeline.broker.kafka_client import ANSWER_SECONDS, settings, told_plainly
from pipeline.broker.kafka_producer import KafkaTransactions
from pipeline.broker.kafka_reader import PartitionReader

Answer = TypeVar("Answer")

OVERHEAD_BYTES = 128
"""Kafka's max.message.bytes counts a batch: 61 bytes of header and up to 32 around one record."""

FEW = 100
"""Up to so many offsets the lag is counted by reading, so that markers do not look like records."""

FIRST_SECONDS = 1.0
"""How long to look for the first of many records; there may be none."""


class KafkaBroker:
    """A :class:`pipeline.broker.Broker`; ``servers`` is ``HOST:PORT[,HOST:PORT…]``."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._readers: dict[tuple[str, int, str], PartitionReader] = {}
        self._lock = threading.Lock()
        with told_plainly(servers):
            self._admin = KafkaAdminClient(**settings(servers))

    def partitions(self, topic: str) -> int:
        count = self._count_partitions(topic)
        if count == 0:
            raise BrokerError(f"topic {topic} does not exist on kafka://{self._servers}")
        return count

    def ensure_topic(self, topic: str, partitions: int, max_bytes: int) -> None:
        if self._count_partitions(topic):
            return
        config = {
            "max.message.bytes": str(max_bytes + OVERHEAD_BYTES),
            "message.timestamp.type": "LogAppendTime",
        }
        try:
            self._ask(
                lambda admin: admin.create_topics(
                    {topic: {"num_partitions": partitions, "configs": config}}
                )
            )
        except BrokerError as error:
            if not isinstance(error.__cause__, TopicAlreadyExistsError):
                raise
        self._ask(lambda admin: admin.wait_for_topics([topic], ANSWER_SECONDS * 1000))

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Sequence[Record]:
        return self._reader(topic, partition, "read").read(offset, limit, wait)

    def end_offsets(self, topic: str) -> Sequence[int]:
        return self._offsets(self._places(topic), OffsetSpec.LATEST)

    def committed(self, group: str, topic: str) -> Sequence[int]:
        places = self._places(topic)
        with told_plainly(self._servers):
            # A consumer, because it waits for a transaction that is being settled; a new one each
            # time, because it must find the group's coordinator where that is now.
            consumer = KafkaConsumer(
                **settings(self._servers),
                group_id=group,
                isolation_level="read_committed",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
            try:
                offsets = [
                    consumer.committed(place, timeout_ms=ANSWER_SECONDS * 1000) for place in places
                ]
            finally:
                consumer.close()
        if None not in offsets:
            return offsets
        oldest = self._offsets(places, OffsetSpec.EARLIEST)
        return [first if own is None else own for own, first in zip(offsets, oldest, strict=True)]

    def lag(self, group: str, topic: str) -> Sequence[int]:
        committed = self.committed(group, topic)
        return [
            self._count(topic, partition, start, end)
            for partition, (start, end) in enumerate(
                zip(committed, self.end_offsets(topic), strict=True)
            )
        ]

    def producer(self, name: str) -> KafkaTransactions:
        return KafkaTransactions(self._servers, name, self._max_bytes)

    def close(self) -> None:
        with self._lock:
            while self._readers:
                self._readers.popitem()[1].close()
        self._admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _ask(self, question: Callable[[KafkaAdminClient], Answer]) -> Answer:
        """The admin client's answer; it is asked again while a broker restarts or fails over."""
        deadline = time.monotonic() + ANSWER_SECONDS
        with told_plainly(self._servers):
            while True:
                try:
                    return question(self._admin)
                except RetriableError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)

    def _count_partitions(self, topic: str) -> int:
        """0 where the topic does not exist."""
        (described,) = self._ask(lambda admin: admin.describe_topics([topic]))
        return len(described["partitions"])

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for number in range(self.partitions(topic))]

    def _offsets(self, places: Sequence[TopicPartition], which: OffsetSpec) -> list[int]:
        found = self._ask(
            lambda admin: admin.list_partition_offsets(
                dict.fromkeys(places, which), IsolationLevel.READ_COMMITTED
            )
        )
        return [found[place].offset for place in places]

    def _max_bytes(self, topic: str) -> int:
        """The largest key and value the topic takes. Raises BrokerError where it is missing."""
        self.partitions(topic)
        name = "max.message.bytes"
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {name: None})
        found = self._ask(lambda admin: admin.describe_configs([resource], config_filter="all"))
        return int(found["topic"][topic][name]["value"]) - OVERHEAD_BYTES

    def _reader(self, topic: str, partition: int, purpose: str) -> PartitionReader:
        key = (topic, partition, purpose)
        with self._lock:
            if key not in self._readers:
                if partition >= self.partitions(topic):
                    raise BrokerError(f"topic {topic} has no partition {partition}")
                place = [TopicPartition(topic, partition)]
                self._readers[key] = PartitionReader(
                    self._servers,
                    topic,
                    partition,
                    ask_oldest=lambda: self._offsets(place, OffsetSpec.EARLIEST)[0],
                    ask_end=lambda: self._offsets(place, OffsetSpec.LATEST)[0],
                )
            return self._readers[key]

    def _count(self, topic: str, partition: int, start: int, end: int) -> int:
        """How many records there are from ``start`` up to ``end``, exact when they are few.

        Many offsets may hold none: a transaction that was aborted, records past their retention.
        """
        reader = self._reader(topic, partition, "lag")
        if end - start > FEW:
            first = reader.read(start, 1, FIRST_SECONDS)
            return end - first[0].offset if first else 0
        count = 0
        while start < end and (records := reader.read(start, FEW, 0.0)):
            count += sum(record.offset < end for record in records)
            start = records[-1].offset + 1
        return count
