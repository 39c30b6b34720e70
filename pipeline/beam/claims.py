"""Partition ownership: the right to commit, and the offset to read from.

The committed offset in the broker is the only progress that counts; a runner's own memory is a
hint. To claim a partition, a process opens the transactional producer with the partition's name.
This fences every earlier owner and settles its unfinished transaction; only then is the committed
offset read. Each later commit holds outputs and offset in one transaction. So each record's
outputs become visible exactly once, whichever process is killed and whatever a runner repeats.

Every other move of the offset is reported in a line and counted: an expired offset, another
program's commit, a topic that was created again, records that were deleted unread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

from newsline.announce import warn
from newsline.broker import Broker, Message, Place, Position, Record, connect
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC
from newsline.service import metrics
from pipeline.beam.vouching import Vouching

KEEP_SECONDS = 24 * 60 * 60.0
"""Interval at which an unchanged offset is committed again. A group's offset expires, partition by
partition, seven days after its last commit by default."""


class Begin(StrEnum):
    """Where to begin in a partition in which the group has no place."""

    START = "start"
    END = "end"


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

    ``batch`` has been read at ``offset`` and is not committed yet. ``heartbeat``: seconds between
    two heartbeats; 0: none.
    """

    def __init__(
        self,
        broker: Broker,
        partition: Partition,
        begin: Begin | None = None,
        heartbeat: float = 0.0,
    ) -> None:
        self.broker = broker
        self._vouching = Vouching(broker, partition.topic, partition.number, heartbeat)
        self.partition = partition
        self.batch: Batch | None = None
        self._producer = broker.producer(partition.owner)
        try:
            _, group, topic, number = partition
            self.offset = _offset(broker, partition, broker.resume(group, topic, number), begin)
            # At once: it takes the place of another program's commit, keeps the offset from
            # expiring, and tells a partition that was claimed from one that never was.
            self._write([], self.offset)
        except BaseException:
            with suppress(Exception):
                self.close()
            raise

    def read(self, limit: int, wait: float) -> Batch | None:
        """The uncommitted batch, or a new one if records arrive within ``wait`` seconds."""
        if self.batch is None:
            _, _, topic, number = self.partition
            done_until = self._vouching.end_is_due()
            records = self.broker.read(topic, number, self.offset, limit=limit, wait=wait)
            if records.start > self.offset:
                self._skip_to(records.start)
            if records:
                self.batch = Batch(self.partition, self.offset, records.end, tuple(records))
            elif done_until is not None:
                self._write(self._vouching.messages(done_until), records.end)
            elif time.monotonic() > self._committed_at + KEEP_SECONDS:
                self._write([], records.end)
        return self.batch

    def commit(self, messages: Sequence[Message], next_offset: int) -> None:
        """Make the outputs and the progress visible together.

        Raises as ``Producer.commit`` does. The claim is then void; a new claim reads from the
        broker whether the transaction was committed.
        """
        records = self.batch.records if self.batch and self.batch.end == next_offset else ()
        self._write([*messages, *self._vouching.after(records)], next_offset)

    def _write(self, messages: Sequence[Message], next_offset: int) -> None:
        _, group, topic, number = self.partition
        self._producer.commit(messages, Position(group, topic, number, next_offset))
        self.offset = next_offset
        self.batch = None
        self._committed_at = time.monotonic()

    def _skip_to(self, oldest: int) -> None:
        """Commit the oldest offset that is left, and report the deleted ones before it."""
        skipped = oldest - self.offset
        metrics.OFFSETS_SKIPPED.labels(self.partition.number).inc(skipped)
        warn(
            f"{self.partition.topic} partition {self.partition.number}: offsets {self.offset} to"
            f" {oldest - 1} were deleted before they were enriched (retention or delete-records);"
            f" goes on at {oldest}",
            LogEvent.OFFSET,
        )
        self._write([], oldest)

    def close(self) -> None:
        self._producer.close()


def _offset(broker: Broker, partition: Partition, place: Place, begin: Begin | None) -> int:
    """The offset to read from. Raises OperatorError if nobody knows it."""
    if place.jump:
        metrics.OFFSET_JUMPS.labels(place.jump).inc()
    if place.line:
        warn(place.line, LogEvent.OFFSET)
    if place.cut:
        return _after_loss(partition, place, begin)
    if place.offset is not None:
        return place.offset
    if begin is None and not place.never_read and _has_outputs(broker):
        raise OperatorError(
            f"group {partition.group} has no offset for {partition.topic} partition"
            f" {partition.number}, but {ENRICHED_TOPIC} has records: enrich --from-start reads it"
            f" from offset {place.oldest} (what was enriched is enriched again), --from-end from"
            f" {place.end} (what was not is skipped)"
        )
    return place.end if begin is Begin.END else place.oldest


def _after_loss(partition: Partition, place: Place, begin: Begin | None) -> int:
    """Where to go on in a partition that ends before the group's offset."""
    lost = (
        f"{partition.topic} partition {partition.number} ends at {place.end}, before offset"
        f" {place.offset}, where group {partition.group} was: Kafka has lost records"
    )
    if begin is None:
        raise OperatorError(
            f"{lost}: enrich --from-start reads the partition from offset {place.oldest} (what was"
            f" enriched is enriched again), --from-end from {place.end} (what was written since the"
            " loss is skipped)"
        )
    offset = place.end if begin is Begin.END else place.oldest
    warn(f"{lost}; begins at {offset}, by --from-{begin}", LogEvent.OFFSET)
    return offset


def _has_outputs(broker: Broker) -> bool:
    return any(any(broker.end_offsets(topic)) for topic in (ENRICHED_TOPIC, DEAD_LETTER_TOPIC))


class Claims:
    """The claims and broker connections of a process, at most one per partition and address.

    ``heartbeat``: seconds between two heartbeats of later claims; 0: none.
    """

    def __init__(self) -> None:
        self.heartbeat = 0.0
        self._lock = threading.RLock()
        self._brokers: dict[str, Broker] = {}
        self._claims: dict[Partition, PartitionClaim] = {}

    def broker(self, address: str) -> Broker:
        """The connection to the broker, opened at the first call."""
        with self._lock:
            if address not in self._brokers:
                self._brokers[address] = connect(address)
            return self._brokers[address]

    def claim(self, partition: Partition, begin: Begin | None = None) -> PartitionClaim:
        """The claim on the partition, made at the first call."""
        with self._lock:
            if partition not in self._claims:
                broker = self.broker(partition.broker)
                claim = PartitionClaim(broker, partition, begin, self.heartbeat)
                self._claims[partition] = claim
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
