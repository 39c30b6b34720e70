"""Reading news.raw: one splittable DoFn, whose every element is a worker's share of the partitions.

What is read of a partition travels as one :class:`Batch`, so that its records are enriched and
committed together and its offset cannot be lost on the way. Nothing may shuffle between here and
the sink: after a shuffle FnApiRunner 2.77 hangs, and offsets commit with nothing written.

A share is read in rounds. A batch that is not committed at the end of a round is emitted again in
the next one: what has been done of it by then is found again (see :mod:`.underway`). So a batch
that takes long holds up its own partition and no other. Rounds go on within one call, since what
comes after the read is fused to it, and the commit waits for nothing that a runner does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.iobase import RestrictionProgress, RestrictionTracker
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.transforms.core import RestrictionProvider

from pipeline.beam import claims, first_error, heartbeat
from pipeline.beam.claims import Batch, Claim, Partition
from pipeline.beam.coder import emits

BATCH_RECORDS = 100
"""Enough that waiting for a batch's last article leaves no child idle for long (1 % at two
children), few enough that a batch is enriched in about two seconds."""

IDLE_SECONDS = 0.4
"""How long a round over all of a share's partitions waits when nothing is there."""

TURN_SECONDS = 15.0
"""How long one call goes on. Flink takes checkpoints and savepoints between two calls only. But for
each call's remainder Beam's Flink runner registers a state that it never removes (2.62: 600 bytes
in each checkpoint, and a table in the heap): with a round to a call that was 8 MB in 20 minutes."""

LOOK_FOR_PARTITIONS_SECONDS = 5.0
"""How often a share looks for partitions that have been added to the topic."""

END = 2**61
"""FnApiRunner counts the remaining work as a float; an end of 2**62 or more overflows there."""

draining = threading.Event()
"""Set in this process to make every share end for good when its batches in hand are committed."""


class Shares(NamedTuple):
    """The partitions of a topic, dealt out: a share has each ``total``-th, new ones too.

    A share goes by any number that leaves its index when divided by ``total``: which of these is
    taken can decide where a runner puts it.
    """

    broker: str
    group: str
    topic: str
    total: int

    def partitions(self, share: int) -> Sequence[Partition]:
        """What the share has of the partitions that there are now."""
        now = claims.broker(self.broker).partitions(self.topic)
        numbers = range(share % self.total, now, self.total)
        return [Partition(self.broker, self.group, self.topic, number) for number in numbers]


class ShareTracker(RestrictionTracker):
    """Lets the broker, not the runner, decide where reading goes on.

    A position is a turn of reading and means nothing. The only split is the one at the current
    position, by which the source pauses.
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
        """Reading ends when the job is caught up or drains, which the tracker cannot see."""

    def is_bounded(self) -> bool:
        return False


class _Turns(RestrictionProvider):
    def initial_restriction(self, element: int) -> OffsetRange:
        return OffsetRange(0, END)

    def create_tracker(self, restriction: OffsetRange) -> ShareTracker:
        return ShareTracker(restriction)

    def restriction_size(self, element: int, restriction: OffsetRange) -> int:
        return 1

    def truncate(self, element: int, restriction: OffsetRange) -> None:
        """On drain, what has not been read stays in the broker."""


class Round(NamedTuple):
    """What a share has in hand: at most one batch of each partition."""

    batches: Sequence[Batch]


@emits(Round)
class ReadShare(beam.DoFn):
    """Share → rounds, from the committed offsets on, for ever or until all has been read."""

    def __init__(self, shares: Shares, *, until_caught_up: bool) -> None:
        self._shares = shares
        self._until_caught_up = until_caught_up

    def setup(self) -> None:
        self._partitions: dict[int, Sequence[Partition]] = {}
        self._looked_at = 0.0

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        share: int,
        tracker: Any = beam.DoFn.RestrictionParam(_Turns()),  # noqa: B008
    ) -> Iterator[Round]:
        tracker.try_claim(tracker.current_restriction().start)
        turn_ends = time.monotonic() + TURN_SECONDS
        while time.monotonic() < turn_ends:
            heartbeat.beat()
            with first_error.kept():
                batches, ended = self._read(share)
            if batches:
                yield Round(batches)
            if ended:
                return
        tracker.defer_remainder()

    def _read(self, share: int) -> tuple[Sequence[Batch], bool]:
        """What is to be committed next in each partition, and whether that was all there is."""
        held = [claims.claim(partition) for partition in self._of(share)]
        if draining.is_set():
            batches = [claim.batch for claim in held if claim.batch]
            return batches, not batches
        batches = _next(held)
        ended = self._until_caught_up and not batches and not any(map(_lag, held))
        return batches, ended

    def _of(self, share: int) -> Sequence[Partition]:
        """The share's partitions, looked up now and then: some may have been added."""
        if time.monotonic() > self._looked_at + LOOK_FOR_PARTITIONS_SECONDS:
            self._partitions.clear()
            self._looked_at = time.monotonic()
        if share not in self._partitions:
            self._partitions[share] = self._shares.partitions(share)
        return self._partitions[share]


def _next(held: Sequence[Claim]) -> list[Batch]:
    """What is in hand must not wait for what may come, nor what has come for more."""
    in_hand = any(claim.batch for claim in held)
    found: list[Batch] = []
    for claim in held:
        wait = 0.0 if in_hand or found else IDLE_SECONDS / len(held)
        if batch := claim.read(BATCH_RECORDS, wait):
            found.append(batch)
    return found


def _lag(held: Claim) -> int:
    _, group, topic, number = held.partition
    return held.broker.lag(group, topic)[number]
