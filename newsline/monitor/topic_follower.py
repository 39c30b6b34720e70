"""Follows one topic by its newest records: their number, times and delays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.monitor.lag_follower import Moment
from newsline.topics import part
from newsline.topics.heartbeats import is_heartbeat

SAMPLE_OFFSETS = 40
"""Offsets of a partition that are read at one look; of more, the share that are records is
estimated. On Kafka each transaction leaves a marker, which is no record."""


class NewRecords(NamedTuple):
    """What was written since the last look. ``number``: estimated if it is large."""

    number: int
    records: Sequence[Record]
    """The newest of them. At the first look: the newest of the topic, which are not counted."""


class TopicFollower:
    """Reads what was written since the last look, at most SAMPLE_OFFSETS of each partition."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._ends: Sequence[int] = ()
        self._looked = -math.inf
        self.newest: float | None = None
        """When the newest record was stored, by the monotonic clock; None: no record was found."""
        self.ahead = 0.0
        """Seconds by which its timestamp was in the future when it was read; 0 if it was not."""

    @property
    def ends(self) -> Sequence[int]:
        """The end offsets of the last look."""
        return self._ends

    def look(self, now: Moment) -> NewRecords:
        """Raises BrokerError."""
        ends = self._broker.end_offsets(self._topic)
        is_first = not self._ends
        known = dict(enumerate(self._ends))
        count = 0.0
        newest: list[Record] = []
        for partition, end in enumerate(ends):
            begin = 0 if is_first else min(known.get(partition, 0), end)  # created again: no count
            if begin < end:
                start = max(begin, end - SAMPLE_OFFSETS)
                records = self._between(partition, start, end)
                count += (end - begin) * len(records) / (end - start)
                newest += records
        self._ends = ends
        self._note(newest, now)
        return NewRecords(0 if is_first else round(count), newest)

    def _between(self, partition: int, start: int, end: int) -> Sequence[Record]:
        records = part.between(self._broker, self._topic, partition, start, end, SAMPLE_OFFSETS)
        return [each for each in records if not is_heartbeat(each)]

    def _note(self, records: Iterable[Record], now: Moment) -> None:
        """The clock that gave a timestamp may have stepped since, but the record came after the
        last look."""
        newest = max((record.timestamp for record in records), default=None)
        if newest is not None:
            self.ahead = max(0.0, newest - now.wall)
            self.newest = max(now.stored(newest), self._looked)
        self._looked = now.monotonic
