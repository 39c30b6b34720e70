"""The job's lag, and the time since its last commit, measured by the monotonic clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from newsline.broker import Broker
from newsline.monitor.snapshot import PartitionLag
from newsline.records import RAW_TOPIC

FEW = 20
"""Waiting records that are counted by reading, so that markers of Kafka do not count."""

MOST_LOOKS = 2_000
"""Of one partition: an hour of looks at which its end has moved."""


class Moment(NamedTuple):
    """One moment by both clocks."""

    wall: float
    monotonic: float

    def age(self, timestamp: float) -> float:
        """Age of a record at this moment; 0 if its timestamp is in the future."""
        return max(0.0, self.wall - timestamp)

    def stored(self, timestamp: float) -> float:
        """When a record was stored, by the monotonic clock."""
        return self.monotonic - self.age(timestamp)


class LagFollower:
    """The lag of a group on news.raw."""

    def __init__(self, broker: Broker, group: str) -> None:
        self._broker = broker
        self._group = group
        self._arrivals: list[_Arrivals] = []
        self._committed: Sequence[int] = ()
        self._waiting: dict[int, _Waiting] = {}
        self.moved: float | None = None
        """When the group was last seen to commit, by the monotonic clock; None: never."""

    def look(self, ends: Sequence[int], now: Moment) -> Sequence[PartitionLag]:
        """The lag by partition. ``ends``: of news.raw. Raises BrokerError."""
        committed = self._broker.committed(self._group, RAW_TOPIC)
        if self._committed and committed != self._committed:
            self.moved = now.monotonic
        self._committed = committed
        while len(self._arrivals) < len(ends):
            self._arrivals.append(_Arrivals())
        return [
            self._partition(number, own, end, now)
            for number, (own, end) in enumerate(zip(committed, ends, strict=False))
        ]

    def _partition(self, number: int, committed: int, end: int, now: Moment) -> PartitionLag:
        self._arrivals[number].note(end, now)
        if committed >= end:
            return PartitionLag(number, 0, 0.0)
        known = self._waiting.get(number)
        if known is None or known.committed != committed or known.end > end:
            known = self._waiting[number] = self._read(number, committed, end)
        if known.first is None and end > known.end:  # only markers waited
            known = self._waiting[number] = self._read(number, committed, end)
        if known.first is None:
            return PartitionLag(number, 0, 0.0)
        age = self._arrivals[number].age(known.first, now)
        return PartitionLag(number, known.records + end - known.end, age)

    def _read(self, number: int, start: int, end: int) -> _Waiting:
        records = self._broker.read(RAW_TOPIC, number, start, limit=FEW)
        waiting = [record for record in records if record.offset < end]
        if not waiting:
            return _Waiting(start, end, 0, None)
        first = _First(waiting[0].offset, waiting[0].timestamp)
        number_read = len(waiting) if records.end >= end else end - first.offset
        return _Waiting(start, end, number_read, first)


class _First(NamedTuple):
    """The oldest waiting record."""

    offset: int
    timestamp: float


class _Waiting(NamedTuple):
    """What waited from the committed offset up to ``end``, when it was read. It is read again when
    the group commits: what comes later is counted by offsets."""

    committed: int
    end: int
    records: int
    first: _First | None


class _Arrivals:
    """When the ends of a partition were first seen, so that ages need no clock that may step."""

    def __init__(self) -> None:
        self._ends: list[int] = []
        self._seen: list[Moment] = []

    def note(self, end: int, now: Moment) -> None:
        if self._ends and end < self._ends[-1]:  # the topic was created again
            self._ends, self._seen = [], []
        if not self._ends or end > self._ends[-1]:
            self._ends.append(end)
            self._seen.append(now)
        if len(self._ends) > MOST_LOOKS:
            del self._ends[1:3]  # the first look stays: it is told from later ones
            del self._seen[1:3]

    def age(self, first: _First, now: Moment) -> float:
        """Time since the record came. One that was there at the first look has the age that its
        timestamp gave it then, and the time since."""
        look = bisect_right(self._ends, first.offset)
        if look == len(self._ends):
            return 0.0
        seen = self._seen[look]
        before = seen.age(first.timestamp) if look == 0 else 0.0
        return before + now.monotonic - seen.monotonic
