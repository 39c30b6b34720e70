"""Reading news.raw: one splittable DoFn per partition, which emits batches.

What is read of a partition in one bundle travels as one :class:`Batch`, so that its records are
enriched and committed together and its offset cannot be lost on the way. Nothing may shuffle
between here and the sink: after a shuffle FnApiRunner 2.77 hangs, and offsets commit with nothing
written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.iobase import RestrictionProgress, RestrictionTracker
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.transforms.core import RestrictionProvider

from pipeline.beam import failure, heartbeat
from pipeline.beam.claims import Claim, Partition, claim
from pipeline.broker import Record

BATCH_RECORDS = 100
"""Enough that waiting for a batch's last article leaves no child idle for long (1 % at two
children), few enough that a batch is enriched in about two seconds."""

IDLE_SECONDS = 0.4
"""How long one round over all partitions waits when nothing is there. FnApiRunner serves a worker's
partitions in turn, so this bounds how late a record is seen."""

END = 2**61
"""FnApiRunner counts the remaining work as a float; an end of 2**62 or more overflows there."""

draining = threading.Event()
"""Set in this process to make every partition's read return for good after its current batch."""


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


class PartitionTracker(RestrictionTracker):
    """Lets the broker, not the runner, decide where reading goes on.

    Any position may be claimed, since the committed offset may lie before or after what the runner
    remembers. The only split is the one at the current position, by which the source pauses.
    """

    def __init__(self, restriction: OffsetRange) -> None:
        self._restriction = restriction
        self._next = restriction.start

    def current_restriction(self) -> OffsetRange:
        return self._restriction

    def try_claim(self, position: int) -> bool:
        self._next = position + 1
        return True

    def try_split(self, fraction_of_remainder: float) -> tuple[OffsetRange, OffsetRange] | None:
        if fraction_of_remainder != 0 or self._restriction.stop != END:
            return None
        start = min(self._restriction.start, self._next)
        self._restriction = OffsetRange(start, self._next)
        return self._restriction, OffsetRange(self._next, END)

    def current_progress(self) -> RestrictionProgress:
        return RestrictionProgress(fraction=0.0)

    def check_done(self) -> None:
        """Reading ends when the job is caught up or drains, which the tracker cannot see."""

    def is_bounded(self) -> bool:
        return False


class _PartitionRestriction(RestrictionProvider):
    def initial_restriction(self, element: Partition) -> OffsetRange:
        return OffsetRange(0, END)

    def create_tracker(self, restriction: OffsetRange) -> PartitionTracker:
        return PartitionTracker(restriction)

    def restriction_size(self, element: Partition, restriction: OffsetRange) -> int:
        return 1

    def truncate(self, element: Partition, restriction: OffsetRange) -> None:
        """On drain, what has not been read stays in the broker."""


class ReadPartition(beam.DoFn):
    """Partition → batches, from the committed offset on, for ever or until all has been read."""

    def __init__(self, *, partitions: int, until_caught_up: bool) -> None:
        self._wait = IDLE_SECONDS / partitions
        self._until_caught_up = until_caught_up

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        partition: Partition,
        tracker: Any = beam.DoFn.RestrictionParam(_PartitionRestriction()),  # noqa: B008
    ) -> Iterator[Batch]:
        heartbeat.beat()
        if draining.is_set():
            return
        with failure.kept():
            held = claim(partition)
            batch = _read(held, self._wait)
            done = batch is None and self._until_caught_up and not _lag(held)
        if batch:
            tracker.try_claim(batch.end - 1)
            yield batch
        if not done:
            tracker.defer_remainder()


def _read(held: Claim, wait: float) -> Batch | None:
    """What comes next in the partition, if it comes within ``wait`` seconds."""
    _, _, topic, index = held.partition
    records = held.broker.read(topic, index, held.offset, limit=BATCH_RECORDS, wait=wait)
    if not records:
        return None
    return Batch(held.partition, held.offset, records[-1].offset + 1, tuple(records))


def _lag(held: Claim) -> int:
    _, group, topic, index = held.partition
    return held.broker.lag(group, topic)[index]
