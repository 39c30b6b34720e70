"""The interface of a message broker, as far as connectors and job need it.

A broker holds topics. A topic has partitions, each an append-only sequence of records with rising
offsets; gaps are allowed, as Kafka leaves one behind each transaction. Readers see only committed
records. There are two implementations: :mod:`newsline.broker.embedded`, a SQLite file, and
:mod:`newsline.broker.kafka`. Every test of the interface runs on both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, Self

from newsline.errors import OperatorError
from newsline.outcomes import OffsetJump

Headers = tuple[tuple[str, bytes], ...]
"""Names and values beside a record's value. A name may occur several times."""


class Message(NamedTuple):
    """A record to be written to a topic. Its key, which is not empty, selects the partition,
    unless ``partition`` is given.

    ``value`` None: a tombstone, which withdraws the earlier records of its key.
    """

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None

    @property
    def size(self) -> int:
        """Bytes that count for :attr:`Topic.max_bytes`."""
        return len(self.key) + len(self.value or b"") + headers_size(self.headers)


class Record(NamedTuple):
    """A record in a partition. ``timestamp``: when the broker stored it, in seconds since 1970.

    ``value`` None: a tombstone. A header's null value, as Kafka allows it, is read as empty.
    """

    offset: int
    key: bytes
    value: bytes | None
    timestamp: float
    headers: Headers = ()


class Records(list[Record]):
    """Records that were read together, from offset ``start`` up to before ``end``.

    ``start`` is the requested offset, or the oldest one if that is later: records were deleted
    unread. ``end`` may be beyond the last record: Kafka's transaction markers take offsets too.
    """

    def __init__(self, records: Iterable[Record], start: int, end: int) -> None:
        super().__init__(records)
        self.start = start
        self.end = end


class Position(NamedTuple):
    """A consumer group's committed offset in a partition: that of the next record to read."""

    group: str
    topic: str
    partition: int
    offset: int


POSITIONS_TOPIC = "news.positions"
"""The broker's own copy of a group's positions, on Kafka: see :mod:`newsline.broker.kafka`."""

POSITION_BYTES = 8 * 1024
"""Limit for a record of it: names of group and topic have at most 249 characters each."""


class Place(NamedTuple):
    """Where a group resumes in a partition.

    ``offset`` None: the group has no place there; ``oldest`` and ``end`` are to choose from.
    ``jump`` and ``line``: why the place is not the group's committed offset, for operators.
    ``never_read``: the group cannot have lost a place there, so ``oldest`` repeats nothing.
    ``cut``: ``offset`` is after ``end``, because the partition has lost records.
    """

    offset: int | None
    oldest: int = 0
    end: int = 0
    jump: OffsetJump | None = None
    line: str = ""
    never_read: bool = False
    cut: bool = False


class Storage(NamedTuple):
    """Storage settings of a topic. The embedded broker supports ``retention`` and ``size`` only.

    ``min_isr`` of the ``replication`` copies must have a record before it is acknowledged. Records
    older than ``retention`` seconds are deleted (None: the cluster's setting, inf: never). In a
    ``compact`` topic, records with a later one of the same key are deleted. The oldest records are
    deleted while keys and values take more than ``size`` bytes; None: never, and always on Kafka.
    """

    replication: int = 1
    min_isr: int = 1
    retention: float | None = None
    compact: bool = False
    size: int | None = None


class Topic(NamedTuple):
    """An existing topic. ``max_bytes`` limits key, value and headers together.

    ``broker_time``: timestamps are set by the broker, not by producers. ``unclean``: a copy that
    lags behind may become leader, and the records that it lacks are lost. ``keeps_unread``: no
    record is deleted before every group of the topic has read it. ``readable``: this installation
    has the codec of its ``compression.type``.
    """

    partitions: int
    max_bytes: int
    storage: Storage = Storage()
    broker_time: bool = True
    unclean: bool = False
    keeps_unread: bool = False
    readable: bool = True


class OpenTransaction(NamedTuple):
    """A transaction that has begun and not ended: what is written after it is not readable yet.

    ``offset``: of its first record in the partition; ``records`` are hidden from there on, as the
    difference of offsets. ``producer``: its producer's id, None if unknown; ``wrote``: when that
    last wrote, in seconds since 1970, inf if unknown.
    """

    partition: int
    offset: int
    records: int
    producer: int | None = None
    wrote: float = math.inf


OVERHEAD_BYTES = 128
"""Kafka's ``max.message.bytes`` minus :attr:`Topic.max_bytes`: it counts a batch, with 61 bytes of
header and up to 32 around one record."""


HEADER_BYTES = 8
"""Kafka's lengths of one header's name and value, at most: both are below 16 MiB."""


def headers_size(headers: Headers) -> int:
    """Upper limit of the bytes that the headers add to a record."""
    return sum(len(name.encode()) + len(value) + HEADER_BYTES for name, value in headers)


def header(headers: Headers, name: str) -> bytes | None:
    """The value of the first header of this name; None without one."""
    return next((value for each, value in headers if each == name), None)


class BrokerError(OperatorError):
    """The broker cannot do what was asked."""


class BrokerUnreachable(BrokerError):
    """The broker does not answer, or its disk is full. Nothing is lost; try again later."""


class MessageTooLarge(BrokerError):
    """The topic refuses a message of this size. Nothing of its transaction was written."""


def check_size(message: Message, max_bytes: int) -> None:
    """Raises MessageTooLarge; ``max_bytes`` is :attr:`Topic.max_bytes`."""
    if message.size > max_bytes:
        raise MessageTooLarge(
            f"a message of {message.size} bytes is more than {message.topic} takes ({max_bytes})"
        )


class Fenced(BrokerError):
    """A newer producer has the same name; this one cannot write any more."""


class Producer(Protocol):
    """Writes transactions under a name. A newer producer of the same name fences it."""

    def commit(self, messages: Sequence[Message], position: Position | None = None) -> None:
        """Write all messages and the position, or none. Returns when they are durable.

        Readers on Kafka see them some milliseconds later. Raises :class:`Fenced`,
        :class:`MessageTooLarge` or :class:`BrokerUnreachable`. After BrokerUnreachable, this
        producer is unusable and the outcome is unknown; once a new producer of the same name is
        open, the transaction is either complete or aborted.
        """
        ...

    def close(self) -> None: ...


class Broker(Protocol):
    """One connection to a broker. Threads may share it; processes may not."""

    def partitions(self, topic: str) -> int:
        """The number of partitions. Raises :class:`BrokerError` if the topic does not exist."""
        ...

    def partition_of(self, topic: str, key: bytes) -> int:
        """The partition of the key, by the present number of partitions."""
        ...

    def servers(self) -> int:
        """The number of servers that can hold a copy of a topic."""
        ...

    def describe(self, topic: str) -> Topic | None:
        """The topic's settings; None if it does not exist."""
        ...

    def ensure_topic(
        self,
        topic: str,
        partitions: int,
        max_bytes: int,
        storage: Storage = Storage(),  # noqa: B008 - frozen
    ) -> None:
        """Create the topic unless it exists; an existing one is not changed. Raises
        :class:`BrokerError` if this broker does not support the storage."""
        ...

    def change_retention(self, topic: str, storage: Storage) -> bool:
        """Change when records of an existing topic are deleted, and delete those of now. Returns
        False on Kafka, where an operator does that."""
        ...

    def add_partitions(self, topic: str, count: int) -> None:
        """Increase the partitions to ``count``. From then on, keys map to other partitions."""
        ...

    def ensure_positions(self, partitions: int, storage: Storage) -> None:
        """Create or extend the topic of positions, if this broker needs one."""
        ...

    def offsets_retention(self) -> float | None:
        """Seconds after which a group's unchanged offset expires; None if unknown, inf: never."""
        ...

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Records:
        """Read up to ``limit`` committed records from ``offset`` on.

        Waits up to ``wait`` seconds for the first. An offset before the oldest record reads from
        the oldest. Raises :class:`BrokerError` if the topic was created again since
        :meth:`resume`.
        """
        ...

    def end_offsets(self, topic: str) -> Sequence[int]:
        """For each partition, the offset after its last committed record (on Kafka, and marker)."""
        ...

    def settled_ends(self, topic: str) -> Sequence[int]:
        """For each partition, its end once no transaction that is open now hides a record before
        it. Raises :class:`BrokerUnreachable` if one stays open for 10 s."""
        ...

    def open_transactions(self, topic: str) -> Sequence[OpenTransaction]:
        """The oldest open transaction of each partition that has one; none if the topic does not
        exist."""
        ...

    def committed(self, group: str, topic: str) -> Sequence[int]:
        """For each partition, the group's committed offset; without one, the oldest record's."""
        ...

    def resume(self, group: str, topic: str, partition: int) -> Place:
        """Where the group goes on in a partition of which this process has the producer.

        Unlike :meth:`committed`, this finds the group's own place after its offset expired, another
        program committed, or the topic was created again; each :class:`Position` that is committed
        afterwards is recorded for that. Raises :class:`BrokerError` if another program is a member
        of the group. Transactions on other partitions delay nothing.
        """
        ...

    def has_committed(self, group: str, topic: str) -> bool:
        """True if the group has committed an offset in any partition."""
        ...

    def lag(self, group: str, topic: str) -> Sequence[int]:
        """For each partition, the records that the group has not read; exact up to about 100."""
        ...

    def producer(self, name: str) -> Producer:
        """Open a producer. Fences older ones of this name and settles their open transactions."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...


def connect(address: str) -> Broker:
    """Open the broker at ``embedded:PATH`` or ``kafka://HOST:PORT[,HOST:PORT…]``.

    Raises :class:`BrokerError` for other addresses, :class:`BrokerUnreachable` if none answers.
    """
    if path := embedded_path(address):
        from newsline.broker.embedded import EmbeddedBroker

        return EmbeddedBroker(path)
    scheme, _, rest = address.partition(":")
    rest = rest.removeprefix("//")
    if scheme == "kafka" and rest:
        # Imported here: kafka-python takes 0.2 s, which the embedded broker saves.
        from newsline.broker.kafka import KafkaBroker

        return KafkaBroker(rest)
    raise BrokerError(
        f"broker {address!r} is not understood: use embedded:PATH or kafka://HOST:PORT[,HOST:PORT]"
    )


def embedded_path(address: str) -> str:
    """The file of an embedded broker; "" for another address."""
    scheme, _, rest = address.partition(":")
    return rest.removeprefix("//") if scheme == "embedded" else ""
