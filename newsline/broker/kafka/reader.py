"""Reads one partition of Kafka by offset."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaConsumer, OffsetSpec, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, OffsetOutOfRangeError

from newsline.broker import BrokerError, BrokerUnreachable, Record, Records
from newsline.broker.kafka.admin import KafkaAdmin
from newsline.broker.kafka.client import (
    ANSWER_SECONDS,
    broker_errors,
    client_settings,
    describe,
)
from newsline.broker.kafka.limits import CLOSE_SECONDS
from newsline.broker.kafka.patches import UnreadableBatchError

POLL_SECONDS = 0.05


class PartitionReader:
    """A consumer of one partition that keeps its place, to use what it has fetched ahead.

    ``max_wait_ms``: time that the broker may hold back an answer without records. ``admin`` is
    asked for the partition's oldest offset and its committed end, as it has another connection: on
    this one they would wait up to ``max_wait_ms`` behind a fetch.
    """

    def __init__(
        self,
        servers: str,
        admin: KafkaAdmin,
        place: TopicPartition,
        max_wait_ms: int,
    ) -> None:
        self._servers = servers
        self._admin = admin
        self._place = place
        self._next: Sequence[int] = ()  # offsets that continue the last read, without a seek
        self._lock = threading.Lock()  # a KafkaConsumer is for one thread
        self._max_wait_ms = max_wait_ms
        self._consumer: Any = self._open()  # None after an error

    def _open(self) -> KafkaConsumer:
        with broker_errors(self._servers):
            consumer = KafkaConsumer(
                **client_settings(self._servers),
                fetch_max_wait_ms=self._max_wait_ms,
                isolation_level="read_committed",
                auto_offset_reset="none",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
            consumer.assign([self._place])
            return consumer

    def read(self, offset: int, limit: int, wait: float) -> Records:
        """Like :meth:`newsline.broker.Broker.read`."""
        with self._lock, self._dropping_at_error(), broker_errors(self._servers):
            if offset not in self._next:
                self._consumer.seek(self._place, offset)
            self._next = ()
            start = offset
            try:
                records = self._poll(limit, wait)
            except OffsetOutOfRangeError:
                # "earliest" would also read everything again for an offset beyond the end.
                self._end_not_before(offset)
                # Markers that were read and deleted since are no loss.
                passed = self._consumer.position(self._place)
                oldest = self._ask(OffsetSpec.EARLIEST)
                self._consumer.seek(self._place, oldest)
                start = oldest if oldest > passed else offset
                records = self._poll(limit, wait)
            end = self._consumer.position(self._place)
            self._next = (records[-1].offset + 1 if records else offset, end)
            return Records(map(_record, records), start, end)

    @contextmanager
    def _dropping_at_error(self) -> Iterator[None]:
        """Replace the consumer after an exception: kafka-python 3.0.12 may loop at the next
        poll()."""
        if self._consumer is None:
            self._consumer = self._open()
        try:
            yield
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        consumer, self._consumer, self._next = self._consumer, None, ()
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(timeout_ms=CLOSE_SECONDS * 1000)

    def close(self) -> None:
        """Close the consumer, unless a thread hangs in it."""
        if self._lock.acquire(timeout=CLOSE_SECONDS):
            try:
                self._drop()
            finally:
                self._lock.release()

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

    def _ask(self, which: OffsetSpec) -> int:
        return self._admin.offsets([self._place], which)[0]

    def _end_not_before(self, offset: int) -> int:
        end = self._ask(OffsetSpec.LATEST)
        if offset > end:
            raise BrokerError(
                f"kafka://{self._servers}: {self._place.topic} partition {self._place.partition}"
                f" ends at {end}, before offset {offset}: records were lost, or the topic"
                " was created again"
            )
        return end

    def _poll_once(self, limit: int, wait: float) -> Sequence[ConsumerRecord]:
        try:
            fetched = self._consumer.poll(timeout_ms=wait * 1000, max_records=limit)
        except UnreadableBatchError as error:
            raise self._unreadable(error.first, error.last, str(error.args[0])) from error
        except KafkaError:
            raise
        except Exception as error:  # records that were written wrong, in a batch that is right
            first = self._consumer.position(self._place)
            raise self._unreadable(first, first, describe(error)) from error
        records: Sequence[ConsumerRecord] = fetched.get(self._place, ())
        return records

    def _unreadable(self, first: int, last: int, reason: str) -> BrokerError:
        offsets = f"offset {first}" if first == last else f"offsets {first} to {last}"
        return BrokerError(
            f"kafka://{self._servers}: {self._place.topic} partition {self._place.partition}:"
            f" the batch at {offsets} cannot be read: {reason}; the runbook says how to pass over"
            " it"
        )


def _record(read: ConsumerRecord) -> Record:
    headers = tuple((name, value or b"") for name, value in read.headers)
    return Record(read.offset, read.key or b"", read.value, read.timestamp / 1000, headers)
