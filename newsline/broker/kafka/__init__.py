"""The Kafka broker, by kafka-python.

There is one admin client, a consumer for each partition that is read and for each group whose
offsets are read, and a producer for each producer name. What a group has committed is also kept on
a topic of our own: see :mod:`.positions`. Requires Kafka 2.7: with older ones a
fenced producer fences its successor, because kafka-python 3.0.12 requests a new epoch after
INVALID_PRODUCER_EPOCH.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Self

from kafka import OffsetSpec, TopicPartition
from kafka.partitioner.default import murmur2

from newsline.broker import BrokerError, OpenTransaction, Place, Records, Storage, Topic
from newsline.broker.kafka.admin import KafkaAdmin
from newsline.broker.kafka.places import GroupPlaces
from newsline.broker.kafka.producer import KafkaTransactions
from newsline.broker.kafka.reader import PartitionReader

FEW = 100
"""Offsets up to which the lag is counted by reading, so that markers do not count as records."""

FIRST_SECONDS = 1.0
"""Time to search for the first of many records; there may be none."""

FOLLOW_MS = 500
READ_ONCE_MS = 1
"""Time that the broker may hold back its answer at a partition's end. Long for a reader that waits
there; short for single reads, which would wait for it: lag() of four partitions takes 44 ms with 1,
510 ms with 500."""


class KafkaBroker:
    """A :class:`newsline.broker.Broker`; ``servers`` is ``HOST:PORT[,HOST:PORT…]``."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._readers: dict[tuple[str, int, int], PartitionReader] = {}
        self._lock = threading.Lock()
        self._admin = KafkaAdmin(servers)
        self._group_places = GroupPlaces(servers, self._admin)

    def partitions(self, topic: str) -> int:
        if count := self._admin.partitions(topic):
            return count
        raise self._missing(topic)

    def partition_of(self, topic: str, key: bytes) -> int:
        return int(murmur2(key) & 0x7FFFFFFF) % self.partitions(topic)  # as kafka-python's producer

    def servers(self) -> int:
        return self._admin.servers()

    def describe(self, topic: str) -> Topic | None:
        return self._admin.describe(topic)

    def ensure_topic(
        self,
        topic: str,
        partitions: int,
        max_bytes: int,
        storage: Storage = Storage(),  # noqa: B008 - frozen
    ) -> None:
        if storage.size is not None:
            raise BrokerError(
                f"{topic}: a size is for the embedded broker; on Kafka set retention.bytes, the"
                " size of one partition, with kafka-configs.sh"
            )
        if not self._admin.partitions(topic):
            self._admin.create(topic, Topic(partitions, max_bytes, storage))

    def change_retention(self, topic: str, storage: Storage) -> bool:
        return False

    def add_partitions(self, topic: str, count: int) -> None:
        self._admin.add_partitions(topic, count)

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Records:
        reader = self._reader(topic, partition, FOLLOW_MS if wait else READ_ONCE_MS)
        records = reader.read(offset, limit, wait)
        if records or records.start > offset:
            self._group_places.refuse_recreated(topic, partition)
        return records

    def end_offsets(self, topic: str) -> Sequence[int]:
        return self._admin.offsets(self._places(topic), OffsetSpec.LATEST)

    def settled_ends(self, topic: str) -> Sequence[int]:
        return self._admin.settled_ends(self._places(topic))

    def open_transactions(self, topic: str) -> Sequence[OpenTransaction]:
        places = [TopicPartition(topic, n) for n in range(self._admin.partitions(topic))]
        return self._admin.open_transactions(places) if places else []

    def ensure_positions(self, partitions: int, storage: Storage) -> None:
        self._group_places.ensure_topic(partitions, storage)

    def offsets_retention(self) -> float | None:
        return self._admin.offsets_retention()

    def committed(self, group: str, topic: str) -> Sequence[int]:
        places = self._places(topic)
        offsets = self._group_places.committed(group, topic, range(len(places)))
        if None not in offsets:
            return [own for own in offsets if own is not None]
        oldest = self._admin.offsets(places, OffsetSpec.EARLIEST)
        return [first if own is None else own for own, first in zip(offsets, oldest, strict=True)]

    def resume(self, group: str, topic: str, partition: int) -> Place:
        return self._group_places.resume(group, topic, partition)

    def has_committed(self, group: str, topic: str) -> bool:
        offsets = self._group_places.committed(group, topic, range(self.partitions(topic)))
        return any(own is not None for own in offsets)

    def lag(self, group: str, topic: str) -> Sequence[int]:
        committed = self.committed(group, topic)
        return [
            self._count(topic, partition, start, end)
            for partition, (start, end) in enumerate(
                zip(committed, self.end_offsets(topic), strict=True)
            )
        ]

    def producer(self, name: str) -> KafkaTransactions:
        return KafkaTransactions(
            self._servers,
            name,
            self._max_bytes,
            self._admin.longest_transaction,
            self._group_places.to_store,
        )

    def close(self) -> None:
        with self._lock:
            while self._readers:
                self._readers.popitem()[1].close()
        self._group_places.close()
        self._admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for number in range(self.partitions(topic))]

    def _max_bytes(self, topic: str) -> int:
        """The topic's limit for key and value. Raises BrokerError if it does not exist."""
        if described := self.describe(topic):
            return described.max_bytes
        raise self._missing(topic)

    def _missing(self, topic: str) -> BrokerError:
        return BrokerError(f"topic {topic} does not exist on kafka://{self._servers}")

    def _reader(self, topic: str, partition: int, max_wait_ms: int) -> PartitionReader:
        key = (topic, partition, max_wait_ms)
        with self._lock:
            if key not in self._readers:
                if partition >= self.partitions(topic):
                    raise BrokerError(f"topic {topic} has no partition {partition}")
                place = TopicPartition(topic, partition)
                self._readers[key] = PartitionReader(self._servers, self._admin, place, max_wait_ms)
            return self._readers[key]

    def _count(self, topic: str, partition: int, start: int, end: int) -> int:
        """Count the records from ``start`` to ``end``; exact up to FEW offsets.

        Offsets without a record are those of aborted transactions and of deleted records.
        """
        if end - start > FEW:
            first = self._reader(topic, partition, READ_ONCE_MS).read(start, 1, FIRST_SECONDS)
            return end - first[0].offset if first else 0
        count = 0
        while start < end and (records := self.read(topic, partition, start, limit=FEW)):
            count += sum(record.offset < end for record in records)
            start = records[-1].offset + 1
        return count
