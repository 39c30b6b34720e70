"""Transactions on Kafka with a time limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import InvalidTransactionTimeoutError, KafkaError

from newsline.broker import (
    POSITIONS_TOPIC,
    BrokerError,
    BrokerUnreachable,
    Fenced,
    Message,
    Position,
    check_size,
)
from newsline.broker.kafka import positions
from newsline.broker.kafka.client import ANSWER_SECONDS, broker_errors, client_settings
from newsline.broker.kafka.limits import in_thread
from newsline.broker.kafka.positions import StoredPosition

COMMIT_SECONDS = 30.0
"""Time limit for a transaction: kafka-python 3.0 waits for its end without one."""

STILL_SECONDS = 2.0
"""Time limit for a transaction without any traffic: no request sent, none awaiting its answer. A
new producer settles it sooner than this one would find the brokers again."""

LOOK_SECONDS = 0.25

TRANSACTION_SECONDS = 45.0
"""Time after which the broker aborts a transaction: above COMMIT_SECONDS, below the 60 s that some
clusters allow at most. A lower limit of the cluster takes its place."""

SHORTEST_SECONDS = 5.0
"""Lowest ``transaction.max.timeout.ms`` that is accepted: a shorter one ends transactions during
each failover."""

BATCH_BYTES = 256 * 1024
"""Below every topic's limit: a request holds a transaction's records for a partition."""

MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""Above every topic's limit, so that the topic's applies."""


class KafkaTransactions:
    """A :class:`newsline.broker.Producer`.

    ``max_bytes`` returns a topic's limit, or raises. ``longest`` returns the time in seconds that
    the cluster allows for a transaction; None if our user may not read it. ``to_store`` returns
    the record of a position for the topic of positions; None if it is not kept there.
    """

    def __init__(
        self,
        servers: str,
        name: str,
        max_bytes: Callable[[str], int],
        longest: Callable[[], float | None],
        to_store: Callable[[Position], StoredPosition | None],
    ) -> None:
        self._servers = servers
        self._ask_max_bytes = max_bytes
        self._to_store = to_store
        self._max_bytes: dict[str, int] = {}
        self._failure: BrokerError | None = None
        with broker_errors(servers):
            try:
                self._open(name, TRANSACTION_SECONDS)
            except KafkaError as error:
                # kafka-python 3.0.12 wraps it.
                if InvalidTransactionTimeoutError.__name__ not in str(error):
                    raise
                self._open(name, transaction_seconds(servers, longest()))

    def _open(self, name: str, seconds: float) -> None:
        """Open the producer; the broker aborts its transactions after ``seconds``."""
        self._commit_seconds = min(COMMIT_SECONDS, seconds)
        self._producer = KafkaProducer(
            **client_settings(self._servers),
            transactional_id=name,
            transaction_timeout_ms=int(seconds * 1000),
            acks="all",
            compression_type="lz4",
            batch_size=BATCH_BYTES,
            max_request_size=MAX_REQUEST_BYTES,
            max_block_ms=int(COMMIT_SECONDS * 1000),
            # Each transaction backs off once, at its predecessor's markers: with the default of
            # 100, ten records with an offset take 115 ms.
            retry_backoff_ms=2,
            metrics_enabled=False,
        )
        self._traffic = _Traffic(self._producer)
        try:
            _within(COMMIT_SECONDS, self._producer.init_transactions, self._traffic)
        except (KafkaError, TimeoutError):
            self._abandon()
            raise

    def commit(self, messages: Sequence[Message], position: Position | None = None) -> None:
        if self._failure is not None:
            raise self._failure
        self._check_sizes(messages, position)
        if not messages and position is None:
            return
        try:
            with broker_errors(self._servers):
                _within(
                    self._commit_seconds, lambda: self._transact(messages, position), self._traffic
                )
        except BrokerError as error:
            self._failure = error if isinstance(error, Fenced) else _ended(error)
            self._abandon()
            raise

    def close(self) -> None:
        if self._failure is None:
            with suppress(KafkaError):
                self._producer.close(timeout=ANSWER_SECONDS)

    def _transact(self, messages: Sequence[Message], position: Position | None) -> None:
        producer = self._producer
        producer.begin_transaction()
        sent = []
        try:
            for topic, key, value, headers, partition in messages:
                sent.append(producer.send(topic, value, key, list(headers), partition))
            if position is not None:
                sent += self._commit_position(position)
        finally:
            # An unread future is a silent loss. It has the cause if send() only reports an earlier
            # failure.
            for future in sent:
                future.get(COMMIT_SECONDS)
        _commit(producer)

    def _commit_position(self, position: Position) -> list[Any]:
        """Add the position to the transaction; returns the futures of sent records."""
        stored = self._to_store(position)
        mark = positions.mark(stored.topic_id if stored else "", position.offset)
        place = TopicPartition(position.topic, position.partition)
        sent = []
        if stored:
            sent.append(
                self._producer.send(
                    POSITIONS_TOPIC,
                    key=position.group.encode(),
                    value=positions.encode(stored),
                    partition=position.partition,
                )
            )
        offset = OffsetAndMetadata(position.offset, mark)
        self._producer.send_offsets_to_transaction({place: offset}, position.group)
        return sent

    def _check_sizes(self, messages: Sequence[Message], position: Position | None) -> None:
        """Raise for messages that kafka-python 3.0.12 does not recover from.

        After a batch that is too large it continues with a wrong sequence number, and it retries
        the position of a missing topic for ever.
        """
        if position is not None:
            self._limit(position.topic)
        for message in messages:
            check_size(message, self._limit(message.topic))

    def _limit(self, topic: str) -> int:
        if topic not in self._max_bytes:
            self._max_bytes[topic] = self._ask_max_bytes(topic)
        return self._max_bytes[topic]

    def _abandon(self) -> None:
        """Close at once: close() alone first waits until the broker has all messages."""
        self._producer._sender.force_close()
        with suppress(KafkaError):
            self._producer.close(timeout=1)


def _commit(producer: KafkaProducer) -> None:
    """Like ``commit_transaction()``, which waits without limit and keeps its thread."""
    result = producer._transaction_manager.begin_commit()
    producer._sender.wakeup()
    if not result.wait(COMMIT_SECONDS * 1000):
        raise TimeoutError("no end of the transaction")


def _ended(error: BrokerError) -> BrokerError:
    """The error of later commits: kafka-python 3.0.12 is unusable after a failed transaction."""
    return BrokerUnreachable(f"this producer is unusable, open a new one: {error}")


def transaction_seconds(servers: str, longest: float | None) -> float:
    """The cluster's limit of a transaction. Raises BrokerError if it is unknown or too short."""
    if longest is None or longest < SHORTEST_SECONDS:
        limit = "less than 45 s" if longest is None else f"{longest:g} s at most"
        raise BrokerError(
            f"kafka://{servers} allows transactions of {limit}: set transaction.max.timeout.ms of"
            f" the brokers to {int(TRANSACTION_SECONDS * 1000)} or more"
        )
    return longest


class _Traffic:
    """The requests of a producer, to see whether a transaction moves."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._client = producer._sender._client
        self._send = self._client.send
        self._client.send = self._count
        self._sent = self._seen = 0

    def _count(self, *arguments: object, **settings: object) -> object:
        self._sent += 1
        return self._send(*arguments, **settings)

    def moves(self) -> bool:
        """True if a request has been sent since the last call, or awaits its answer."""
        before, self._seen = self._seen, self._sent
        return before != self._seen or self._client.in_flight_request_count() > 0


def _within(seconds: float, work: Callable[[], None], traffic: _Traffic) -> None:
    """Do ``work`` or raise TimeoutError. A thread that hangs does not delay the exit."""
    outcome = in_thread(work)
    deadline = time.monotonic() + seconds
    still = 0.0  # counted in looks, so that a process that was stopped does not give up
    while not outcome.done() and time.monotonic() < deadline and still < STILL_SECONDS:
        wait([outcome], LOOK_SECONDS)
        still = 0.0 if traffic.moves() else still + LOOK_SECONDS
    if outcome.done():
        return outcome.result()
    if still < STILL_SECONDS:
        raise TimeoutError(f"no end of the transaction in {seconds:.0f} s")
    raise TimeoutError(f"nothing of the transaction has moved for {still:.0f} s")
