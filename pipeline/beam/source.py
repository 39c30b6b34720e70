"""The step that reads news.raw: a splittable DoFn with one element per share of the partitions.

Records read from a partition travel as one :class:`Batch`: they are enriched and committed
together, and their offset stays with them. Nothing may shuffle between here and the sink: after a
shuffle FnApiRunner 2.77 hangs, and offsets are committed with nothing written.

A share is read in rounds. A batch that is not committed at the end of a round is emitted again in
the next one, with the work done so far (see :mod:`.in_flight`). So a slow batch delays its own
partition only. One call makes many rounds: the following steps are fused to the read, and the
commit does not wait for the runner.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.iobase import RestrictionProgress, RestrictionTracker
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.transforms.core import RestrictionProvider

from pipeline.beam import process_state
from pipeline.beam.claims import Batch, Begin, Partition, PartitionClaim
from pipeline.beam.coder import emits

BATCH_RECORDS = 100
"""Large enough that children are rarely idle at a batch's end (1 % with two children), small
enough that a batch is enriched in about two seconds."""

IDLE_SECONDS = 0.4
"""Wait of a round over all partitions of a share without new records."""

CALL_SECONDS = 15.0
"""Duration of one call. Flink takes checkpoints and savepoints only between calls. But for each
call's remainder, Beam's Flink runner registers a state that it never removes (2.62: 600 bytes in
each checkpoint, and a table in the heap): with one round per call, 8 MB in 20 minutes."""

LOOK_FOR_PARTITIONS_SECONDS = 5.0
"""Interval at which a share looks for added partitions."""

END = 2**61
"""FnApiRunner counts the remaining work as a float; an end of 2**62 or more overflows there."""


class Shares(NamedTuple):
    """The partitions of a topic, dealt out: a share has every ``total``-th, added ones too.

    A share's element key is any number with the share's index as its remainder by ``total``. The
    choice among these can decide on which subtask a runner puts it. ``begin``: where to begin in
    partitions in which the group has no place. ``heartbeat``: seconds between two heartbeats of a
    partition; 0: none.
    """

    broker: str
    group: str
    topic: str
    total: int
    begin: Begin | None = None
    heartbeat: float = 0.0

    def partitions(self, share: int) -> Sequence[Partition]:
        """The share's current partitions."""
        now = process_state.claims.broker(self.broker).partitions(self.topic)
        numbers = range(share % self.total, now, self.total)
        return [Partition(self.broker, self.group, self.topic, number) for number in numbers]


class ShareTracker(RestrictionTracker):
    """Leaves the decision where to read to the broker.

    A position is the number of a call and has no meaning. The only split is at the current
    position: the source pauses.
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
        self._restriction = OffsetRange(self._restriction.start, self._next)
        return self._restriction, OffsetRange(self._next, END)

    def current_progress(self) -> RestrictionProgress:
        return RestrictionProgress(fraction=0.0)

    def check_done(self) -> None:
        """Nothing to check: reading ends when the job is caught up or drains."""

    def is_bounded(self) -> bool:
        return False


class _Calls(RestrictionProvider):
    def initial_restriction(self, element: int) -> OffsetRange:
        return OffsetRange(0, END)

    def create_tracker(self, restriction: OffsetRange) -> ShareTracker:
        return ShareTracker(restriction)

    def restriction_size(self, element: int, restriction: OffsetRange) -> int:
        return 1

    def truncate(self, element: int, restriction: OffsetRange) -> None:
        """On drain, unread records stay in the broker."""


class Round(NamedTuple):
    """The uncommitted batches of a share, at most one per partition."""

    batches: Sequence[Batch]


@emits(Round)
class ReadShare(beam.DoFn):
    """Share → rounds, from the committed offsets on, for ever or until caught up."""

    def __init__(self, shares: Shares, *, until_caught_up: bool) -> None:
        self._shares = shares
        self._until_caught_up = until_caught_up

    def setup(self) -> None:
        self._partitions: dict[int, Sequence[Partition]] = {}
        self._looked_at = 0.0
        process_state.claims.heartbeat = self._shares.heartbeat

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        share: int,
        tracker: Any = beam.DoFn.RestrictionParam(_Calls()),  # noqa: B008
    ) -> Iterator[Round]:
        tracker.try_claim(tracker.current_restriction().start)
        call_ends = time.monotonic() + CALL_SECONDS
        while time.monotonic() < call_ends:
            process_state.heartbeat.beat()
            with process_state.first_error.recording():
                batches, ended = self._read(share)
            if batches:
                yield Round(batches)
            if ended:
                return
        tracker.defer_remainder()

    def _read(self, share: int) -> tuple[Sequence[Batch], bool]:
        """The next batch to commit of each partition, and True if the share has ended."""
        owned = [
            process_state.claims.claim(partition, self._shares.begin)
            for partition in self._partitions_of(share)
        ]
        if process_state.draining.is_set():
            batches = [claim.batch for claim in owned if claim.batch]
            return batches, not batches
        batches = _next_batches(owned)
        ended = self._until_caught_up and not batches and not any(map(_lag, owned))
        return batches, ended

    def _partitions_of(self, share: int) -> Sequence[Partition]:
        """The share's partitions, looked up every 5 s: some may have been added."""
        if time.monotonic() > self._looked_at + LOOK_FOR_PARTITIONS_SECONDS:
            self._partitions.clear()
            self._looked_at = time.monotonic()
        if share not in self._partitions:
            self._partitions[share] = self._shares.partitions(share)
        return self._partitions[share]


def _next_batches(owned: Sequence[PartitionClaim]) -> list[Batch]:
    """Block for new records only if no batch is pending and nothing has been read this round."""
    is_pending = any(claim.batch for claim in owned)
    batches: list[Batch] = []
    for claim in owned:
        wait = 0.0 if is_pending or batches else IDLE_SECONDS / len(owned)
        if batch := claim.read(BATCH_RECORDS, wait):
            batches.append(batch)
    return batches


def _lag(claim: PartitionClaim) -> int:
    _, group, topic, number = claim.partition
    return claim.broker.lag(group, topic)[number]
