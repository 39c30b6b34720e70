"""What the job and the connectors need of a broker, and no more.

A broker holds topics; a topic has partitions, each an append-only sequence of records with rising
offsets (gaps are allowed: Kafka leaves one behind each transaction). Readers see only what is
committed. Two brokers stand behind this interface: :mod:`newsline.broker.embedded`, a SQLite file,
and :mod:`newsline.broker.kafka`. Every test of the interface runs on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from newsline.errors import OperatorError


class Message(NamedTuple):
    """A record on its way to a topic; its key (not empty) chooses the partition."""

    topic: str
    key: bytes
    value: bytes


class Record(NamedTuple):
    """A record in a partition; ``timestamp`` is when the broker took it, in seconds since 1970."""

    offset: int
    key: bytes
    value: bytes
    timestamp: float


class Position(NamedTuple):
    """How far a consumer group has read a partition: ``offset`` is the next record to read."""

    group: str
    topic: str
    partition: int
    offset: int


class Storage(NamedTuple):
    """How a cluster keeps a topic; the embedded broker knows only this: one copy, for ever.

    Of ``replication`` copies ``min_isr`` must have a message before it is acknowledged. What is
    older than ``retention`` seconds goes (None: as the cluster has it), and in a ``compact`` topic
    what has a later record of its key.
    """

    replication: int = 1
    min_isr: int = 1
    retention: float | None = None
    compact: bool = False


class Topic(NamedTuple):
    """A topic as it is; ``max_bytes`` is the largest key and value together.

    ``broker_time``: timestamps are the broker's and not the producers'. ``unclean``: a copy that
    lags behind may take over, and what it lacks is lost.
    """

    partitions: int
    max_bytes: int
    storage: Storage = Storage()
    broker_time: bool = True
    unclean: bool = False


OVERHEAD_BYTES = 128
"""Kafka's ``max.message.bytes`` is so much more than :attr:`Topic.max_bytes`: it counts a batch,
61 bytes of header and up to 32 around one record."""


class BrokerError(OperatorError):
    """The broker cannot do what was asked, in one line for the operator."""


class BrokerUnreachable(BrokerError):
    """The broker does not answer, or its disk is full; nothing was lost, and trying again later is
    right."""


class MessageTooLarge(BrokerError):
    """The topic refuses a message of this size; nothing of its transaction was written."""


class Fenced(BrokerError):
    """A newer producer has the same name: this one must not write any more."""


class Producer(Protocol):
    """Writes transactions under a name; a newer producer of the same name fences this one."""

    def commit(self, messages: Sequence[Message], position: Position | None = None) -> None:
        """All messages and the position become visible together, or none; returns when durable.

        A reader on Kafka sees them some milliseconds later. Raises :class:`Fenced`,
        :class:`MessageTooLarge` or :class:`BrokerUnreachable`. After the last this producer has
        ended, and the outcome is unknown until a new one of the same name has been opened: by then
        the transaction is either whole or gone.
        """
        ...

    def close(self) -> None: ...


class Broker(Protocol):
    """One connection to a broker. Threads may share it; processes may not."""

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises :class:`BrokerError` where there is none."""
        ...

    def partition_of(self, topic: str, key: bytes) -> int:
        """Where a record of the key goes, with as many partitions as there are now."""
        ...

    def servers(self) -> int:
        """How many servers there are, each of which can have a copy of a topic."""
        ...

    def describe(self, topic: str) -> Topic | None:
        """How the topic is kept; None where it does not exist."""
        ...

    def ensure_topic(
        self,
        topic: str,
        partitions: int,
        max_bytes: int,
        storage: Storage = Storage(),  # noqa: B008 - frozen
    ) -> None:
        """Create the topic unless it exists; an existing one is left as it is. Raises
        :class:`BrokerError` where this broker cannot keep it so."""
        ...

    def add_partitions(self, topic: str, count: int) -> None:
        """Make it ``count`` partitions in all. Keys go to other partitions from then on."""
        ...

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Sequence[Record]:
        """Up to ``limit`` committed records from ``offset`` on; waits ``wait`` seconds for one.

        An offset below the oldest record kept reads from the oldest.
        """
        ...

    def end_offsets(self, topic: str) -> Sequence[int]:
        """For each partition, the offset after its last committed record (and marker, on Kafka)."""
        ...

    def committed(self, group: str, topic: str) -> Sequence[int]:
        """For each partition, the group's committed offset; the oldest record's if it has none."""
        ...

    def has_committed(self, group: str, topic: str) -> bool:
        """Whether the group has committed an offset of any partition."""
        ...

    def lag(self, group: str, topic: str) -> Sequence[int]:
        """For each partition, how many records the group has yet to read; exact where few."""
        ...

    def producer(self, name: str) -> Producer:
        """Open a producer: older ones of this name are fenced, what they left open is settled."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...


def connect(address: str) -> Broker:
    """``embedded:PATH`` or ``kafka://HOST:PORT[,HOST:PORT…]``.

    Raises :class:`BrokerError` on another address, :class:`BrokerUnreachable` where nobody answers.
    """
    scheme = urlsplit(address).scheme
    rest = address.removeprefix(f"{scheme}:").removeprefix("//")
    if scheme == "embedded" and rest:
        from newsline.broker.embedded import EmbeddedBroker

        return EmbeddedBroker(rest)
    if scheme == "kafka" and rest:
        # Imported here: kafka-python takes 0.2 s that the embedded broker need not pay.
        from newsline.broker.kafka import KafkaBroker

        return KafkaBroker(rest)
    raise BrokerError(
        f"broker {address!r} is not understood: use embedded:PATH or kafka://HOST:PORT[,HOST:PORT]"
    )
