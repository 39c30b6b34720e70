"""Partition ownership: the right to commit, and the offset to read from.

The committed offset in the broker is the only progress that counts; a runner's own memory is a
hint. To claim a partition, a process opens the transactional producer with the partition's name.
This fences every earlier owner and settles its unfinished transaction; only then is the committed
offset read. Each later commit holds outputs and offset in one transaction. So each record's
outputs become visible exactly once, whichever process is killed and whatever a runner repeats.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from newsline.broker import Broker, Message, Position, Record, connect


class Partition(NamedTuple):
    """One partition of a topic on a broker, read by one consumer group."""

    broker: str
    group: str
    topic: str
    number: int

    @property
    def owner(self) -> str:
        """The producer's name; Kafka's ``transactional.id``."""
        return f"{self.group}.{self.topic}.{self.number}"


class Batch(NamedTuple):
    """Records of one partition, read together: offsets from ``start`` up to before ``end``."""

    partition: Partition
    start: int
    end: int
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """Equal for each attempt at a batch from this offset, and unique over all brokers."""
        first = self.records[0]
        owner, broker = self.partition.owner, self.partition.broker
        return f"{owner} on {broker} from {self.start}: {first.offset} of {first.timestamp}"


class PartitionClaim:
    """The right to commit for a partition, until another process claims it.

    ``batch`` has been read at ``offset`` and is not committed yet.
    """

    def __init__(self, broker: Broker, partition: Partition) -> None:
        self.broker = broker
        self.partition = partition
        self._producer = broker.producer(partition.owner)
        # Not the offsets of other partitions: a killed process may have left transactions open
        # there, until the next claim on them.
        self.offset = broker.committed_at(partition.group, partition.topic, partition.number)
        self.batch: Batch | None = None

    def read(self, limit: int, wait: float) -> Batch | None:
        """The uncommitted batch, or a new one if records arrive within ``wait`` seconds."""
        if self.batch is None:
            _, _, topic, number = self.partition
            records = self.broker.read(topic, number, self.offset, limit=limit, wait=wait)
            if records:
                end = records[-1].offset + 1
                self.batch = Batch(self.partition, self.offset, end, tuple(records))
        return self.batch

    def commit(self, messages: Sequence[Message], next_offset: int) -> None:
        """Make the outputs and the progress visible together.

        Raises as ``Producer.commit`` does. The claim is then void; a new claim reads from the
        broker whether the transaction was committed.
        """
        _, group, topic, number = self.partition
        self._producer.commit(messages, Position(group, topic, number, next_offset))
        self.offset = next_offset
        self.batch = None

    def close(self) -> None:
        self._producer.close()


class Claims:
    """The claims and broker connections of a process, at most one per partition and address."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._brokers: dict[str, Broker] = {}
        self._claims: dict[Partition, PartitionClaim] = {}

    def broker(self, address: str) -> Broker:
        """The connection to the broker, opened at the first call."""
        with self._lock:
            if address not in self._brokers:
                self._brokers[address] = connect(address)
            return self._brokers[address]

    def claim(self, partition: Partition) -> PartitionClaim:
        """The claim on the partition, made at the first call."""
        with self._lock:
            if partition not in self._claims:
                self._claims[partition] = PartitionClaim(self.broker(partition.broker), partition)
            return self._claims[partition]

    def has_pending_batch(self) -> bool:
        """True if a batch has been read and is not committed yet."""
        with self._lock:
            return any(claim.batch for claim in self._claims.values())

    def give_up(self, partition: Partition) -> None:
        """Close the claim. The next one starts from the offset in the broker."""
        with self._lock:
            if claim := self._claims.pop(partition, None):
                claim.close()

    def give_up_all(self) -> None:
        """Close every claim and connection."""
        for partition in list(self._claims):
            self.give_up(partition)
        with self._lock:
            while self._brokers:
                self._brokers.popitem()[1].close()
