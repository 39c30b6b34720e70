"""Who may write for a partition, and how far it has been read.

The committed offset in the broker is the truth about progress; what a runner remembers is a hint.
To claim a partition is to open the transactional producer that bears its name, which fences every
earlier owner and settles what that one left unfinished, and only then to read the committed offset.
Every later commit holds its outputs and its offset in one transaction. So whoever is killed, and
whatever a runner repeats, each record's outputs become visible exactly once.

Claims are kept per process: the source, which reads from a claim, and the sink, which commits to
it, run fused in one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from newsline.broker import Broker, Message, Position, Record, connect


class Partition(NamedTuple):
    """One partition of a topic on a broker, as one consumer group reads it."""

    broker: str
    group: str
    topic: str
    number: int

    @property
    def owner(self) -> str:
        """The name under which its transactions are written; Kafka's ``transactional.id``."""
        return f"{self.group}.{self.topic}.{self.number}"


class Batch(NamedTuple):
    """Records of one partition, read together: offsets from ``start`` up to before ``end``."""

    partition: Partition
    start: int
    end: int
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """The same for each attempt at a batch from here, and for no other, on any broker."""
        first = self.records[0]
        owner, broker = self.partition.owner, self.partition.broker
        return f"{owner} on {broker} from {self.start}: {first.offset} of {first.timestamp}"


class Claim:
    """The right to commit for a partition, until another process claims it.

    ``batch`` is what has been read at ``offset`` and not been committed yet.
    """

    def __init__(self, broker: Broker, partition: Partition) -> None:
        self.broker = broker
        self.partition = partition
        self._producer = broker.producer(partition.owner)
        self.offset = broker.committed(partition.group, partition.topic)[partition.number]
        self.batch: Batch | None = None

    def read(self, limit: int, wait: float) -> Batch | None:
        """The batch in hand, or else what comes next if it comes within ``wait`` seconds."""
        if self.batch is None:
            _, _, topic, number = self.partition
            records = self.broker.read(topic, number, self.offset, limit=limit, wait=wait)
            if records:
                end = records[-1].offset + 1
                self.batch = Batch(self.partition, self.offset, end, tuple(records))
        return self.batch

    def commit(self, messages: Sequence[Message], next_offset: int) -> None:
        """Make the outputs and the progress visible together. Raises as ``Producer.commit`` does;
        then the claim is void, and claiming anew finds out what became of the transaction."""
        _, group, topic, number = self.partition
        self._producer.commit(messages, Position(group, topic, number, next_offset))
        self.offset = next_offset
        self.batch = None

    def close(self) -> None:
        self._producer.close()


_lock = threading.RLock()
_brokers: dict[str, Broker] = {}
_claims: dict[Partition, Claim] = {}


def broker(address: str) -> Broker:
    """This process's connection to the broker, made when there is none yet."""
    with _lock:
        if address not in _brokers:
            _brokers[address] = connect(address)
        return _brokers[address]


def claim(partition: Partition) -> Claim:
    """This process's claim on the partition, made when there is none yet."""
    with _lock:
        if partition not in _claims:
            _claims[partition] = Claim(broker(partition.broker), partition)
        return _claims[partition]


def in_hand() -> bool:
    """Whether this process has read a batch that is not committed yet."""
    with _lock:
        return any(held.batch for held in _claims.values())


def give_up(partition: Partition) -> None:
    """Forget the claim, so that the next one starts from what the broker knows."""
    with _lock:
        if held := _claims.pop(partition, None):
            held.close()


def give_up_all() -> None:
    """Close every claim and connection of this process."""
    for partition in list(_claims):
        give_up(partition)
    with _lock:
        while _brokers:
            _brokers.popitem()[1].close()
