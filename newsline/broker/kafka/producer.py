"""Transactions on Kafka with a time limit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from newsline.broker import (
    BrokerError,
    BrokerUnreachable,
    Fenced,
    Message,
    MessageTooLarge,
    Position,
)
from newsline.broker.kafka.client import ANSWER_SECONDS, broker_errors, client_settings

COMMIT_SECONDS = 30.0
"""Time limit for a transaction: kafka-python 3.0 waits for its end without one."""

BATCH_BYTES = 256 * 1024
"""Below every topic's limit: a request holds a transaction's records for a partition."""

MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""Above every topic's limit, so that the topic's applies."""


class KafkaTransactions:
    """A :class:`newsline.broker.Producer`. ``max_bytes`` returns a topic's limit, or raises."""

    def __init__(self, servers: str, name: str, max_bytes: Callable[[str], int]) -> None:
        self._servers = servers
        self._ask_max_bytes = max_bytes
        self._max_bytes: dict[str, int] = {}
        self._failure: BrokerError | None = None
        with broker_errors(servers):
            self._producer = KafkaProducer(
                **client_settings(servers),
                transactional_id=name,
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
            try:
                self._producer.init_transactions()
            except KafkaError:
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
                _within(COMMIT_SECONDS, lambda: self._transact(messages, position))
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
            for topic, key, value in messages:
                sent.append(producer.send(topic, key=key, value=value))
            if position is not None:
                place = TopicPartition(position.topic, position.partition)
                producer.send_offsets_to_transaction(
                    {place: OffsetAndMetadata(position.offset)}, position.group
                )
        finally:
            # An unread future is a silent loss. It has the cause if send() only reports an earlier
            # failure.
            for future in sent:
                future.get(COMMIT_SECONDS)
        producer.commit_transaction()

    def _check_sizes(self, messages: Sequence[Message], position: Position | None) -> None:
        """Raise for messages that kafka-python 3.0.12 does not recover from.

        After a batch that is too large it continues with a wrong sequence number, and it retries
        the position of a missing topic for ever.
        """
        if position is not None:
            self._limit(position.topic)
        for topic, key, value in messages:
            limit = self._limit(topic)
            if len(key) + len(value) > limit:
                raise MessageTooLarge(
                    f"a message of {len(value)} bytes is more than {topic} takes ({limit})"
                )

    def _limit(self, topic: str) -> int:
        if topic not in self._max_bytes:
            self._max_bytes[topic] = self._ask_max_bytes(topic)
        return self._max_bytes[topic]

    def _abandon(self) -> None:
        """Close at once: close() alone first waits until the broker has all messages."""
        self._producer._sender.force_close()
        with suppress(KafkaError):
            self._producer.close(timeout=1)


def _ended(error: BrokerError) -> BrokerError:
    """The error of later commits: kafka-python 3.0.12 is unusable after a failed transaction."""
    return BrokerUnreachable(f"this producer is unusable, open a new one: {error}")


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do ``work`` or raise TimeoutError. A thread that hangs does not delay the exit."""
    outcome: Future[None] = Future()

    def run() -> None:
        try:
            work()
            outcome.set_result(None)
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        outcome.result(seconds)
    except TimeoutError:
        raise TimeoutError(f"no end of the transaction in {seconds:.0f} s") from None
