"""Count the open dead letters."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from newsline.broker import Broker
from newsline.outcomes import Reason, Stage
from newsline.records import DEAD_LETTER_TOPIC, DeadLetter
from newsline.topics.dead_letters import reading
from newsline.topics.dead_letters.marks import LetterPlace, MarkReader
from newsline.topics.dead_letters.reading import UNKNOWN

FORGET_SECONDS = 60.0
"""Interval at which the topic is asked which of its dead letters retention has deleted."""

KINDS = (UNKNOWN, *((str(stage), str(reason)) for stage in Stage for reason in Reason))
SETTLED = len(KINDS)


class OpenDeadLetters:
    """Counts the dead letters that are neither replayed nor dropped. Threads may share it.

    The first call of :meth:`read` reads the whole topic; later ones read what is new. A dead letter
    takes 17 bytes of memory.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._forget_at = 0.0
        self._begin()

    def _begin(self) -> None:
        self._marks = MarkReader(self._broker)
        self._partitions: list[_Partition] = []
        self._early: dict[LetterPlace, float] = {}  # marks of dead letters that were not read yet
        self._open: Counter[tuple[str, str]] = Counter()

    def read(self) -> Mapping[tuple[str, str], int]:
        """The number of open dead letters by stage and reason, without zeros.

        Raises BrokerError if the topic does not exist, BrokerUnreachable if no broker answers.
        """
        with self._lock:
            ends = self._broker.end_offsets(DEAD_LETTER_TOPIC)
            if any(known.next > end for known, end in zip(self._partitions, ends, strict=False)):
                self._begin()  # the topic was created again
            while len(self._partitions) < len(ends):
                self._partitions.append(_Partition())
            for number, end in enumerate(ends):
                self._read_letters(number, end)
            self._read_marks()
            if time.monotonic() >= self._forget_at:
                self._forget_deleted()
                self._forget_at = time.monotonic() + FORGET_SECONDS
            return +self._open

    def newest(self) -> Mapping[tuple[str, str], float]:
        """When the newest open dead letter of each kind was stored, in seconds since 1970, as of
        the last :meth:`read`."""
        newest: dict[tuple[str, str], float] = {}
        with self._lock:
            for partition in self._partitions:
                for kind, stored_at in partition.newest():
                    newest[kind] = max(newest.get(kind, 0.0), stored_at)
        return newest

    def _read_letters(self, number: int, end: int) -> None:
        partition = self._partitions[number]
        for record in reading.records(self._broker, number, partition.next, end):
            partition.next = record.offset + 1
            if record.value is None:
                continue
            kind = _kind(record.value)
            if self._early.pop(LetterPlace(number, record.offset), None) == record.timestamp:
                continue
            partition.append(record.offset, record.timestamp, KINDS.index(kind))
            self._open[kind] += 1
        partition.next = max(partition.next, end)

    def _read_marks(self) -> None:
        for mark in self._marks.new():
            if mark.partition < len(self._partitions):
                partition = self._partitions[mark.partition]
                if mark.offset < partition.next:
                    if kind := partition.settle(mark.offset, mark.stored_at):
                        self._open[kind] -= 1
                    continue
            self._early[mark.place] = mark.stored_at

    def _forget_deleted(self) -> None:
        for number, partition in enumerate(self._partitions):
            if (first := partition.first) is not None:
                oldest = self._broker.read(DEAD_LETTER_TOPIC, number, first, limit=1)
                start = oldest[0].offset if oldest else partition.next
                self._open.subtract(partition.forget_before(start))


class _Partition:
    """What is known of a partition: its dead letters, and the offset to read from."""

    def __init__(self) -> None:
        self.next = 0
        self._offsets = array("q")
        self._stored_at = array("d")
        self._kinds = array("B")  # indexes in KINDS, or SETTLED

    @property
    def first(self) -> int | None:
        """The oldest offset."""
        return self._offsets[0] if self._offsets else None

    def append(self, offset: int, stored_at: float, kind: int) -> None:
        """Add an open dead letter."""
        self._offsets.append(offset)
        self._stored_at.append(stored_at)
        self._kinds.append(kind)

    def settle(self, offset: int, stored_at: float) -> tuple[str, str] | None:
        """Settle a dead letter. Returns its kind; None if it is not there, or settled already."""
        at = bisect_left(self._offsets, offset)
        if at == len(self._offsets) or self._offsets[at] != offset:
            return None
        if self._stored_at[at] != stored_at or self._kinds[at] == SETTLED:
            return None
        kind, self._kinds[at] = KINDS[self._kinds[at]], SETTLED
        return kind

    def forget_before(self, offset: int) -> Sequence[tuple[str, str]]:
        """Forget the dead letters before the offset. Returns the kinds of the open ones."""
        at = bisect_left(self._offsets, offset)
        kinds = [KINDS[kind] for kind in self._kinds[:at] if kind != SETTLED]
        del self._offsets[:at], self._stored_at[:at], self._kinds[:at]
        return kinds

    def newest(self) -> Iterator[tuple[tuple[str, str], float]]:
        """Each kind with open dead letters, and when the last one of it was stored."""
        last = dict(zip(self._kinds, self._stored_at, strict=True))
        return ((KINDS[kind], stored_at) for kind, stored_at in last.items() if kind != SETTLED)


class _Kind(msgspec.Struct, tag_field="schema", tag=DeadLetter.__struct_config__.tag):
    """Stage and reason alone: the original, up to 1.4 MB in base64, is passed over."""

    stage: Stage
    reason: Reason


_decode_kind = msgspec.json.Decoder(_Kind).decode


def _kind(value: bytes) -> tuple[str, str]:
    try:
        found = _decode_kind(value)
    except (ValueError, RecursionError):
        return UNKNOWN
    return str(found.stage), str(found.reason)
