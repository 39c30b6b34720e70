"""Marks of dead letters: that one was replayed, or dropped.

They have a topic of their own, so that consumers of news.dead-letter see dead letters only. A mark
is written in the transaction that publishes the original again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from newsline.broker import Broker, Message
from newsline.outcomes import LetterState
from newsline.records import Offset, Utc
from newsline.topics import part

MARKS_TOPIC = "news.dead-letter-marks"

MARK_BYTES = 8 * 1024
"""Limit for a record of it."""

READ_AT_ONCE = 500


class LetterPlace(NamedTuple):
    """The place of a dead letter on news.dead-letter."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


class Mark(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="newsline.dead-letter-mark/1"
):
    """A dead letter is settled. ``stored_at`` is the broker's time of the dead letter, in seconds
    since 1970: another one may take its place after the topic was created again."""

    partition: Offset
    offset: Offset
    stored_at: float
    state: LetterState
    at: Utc
    by: str

    @property
    def place(self) -> LetterPlace:
        return LetterPlace(self.partition, self.offset)


def message(mark: Mark) -> Message:
    """The mark as a message; its key is the dead letter's place."""
    return Message(MARKS_TOPIC, str(mark.place).encode(), msgspec.json.encode(mark))


class MarkReader:
    """Reads marks, each once."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._exists = False
        self._next: dict[int, int] = {}  # by partition, the offset to read from

    def new(self, *, settled: bool = False) -> Iterator[Mark]:
        """The marks since the last call; none before the topic exists.

        ``settled``: wait for transactions that are open now, for a writer who must know all marks.
        """
        if not self._exists:
            self._exists = self._broker.describe(MARKS_TOPIC) is not None
        if self._exists:
            ends = self._broker.settled_ends if settled else self._broker.end_offsets
            for partition, end in enumerate(ends(MARKS_TOPIC)):
                yield from self._read(partition, end)

    def _read(self, partition: int, end: int) -> Iterator[Mark]:
        start = self._next.get(partition, 0)
        for record in part.between(self._broker, MARKS_TOPIC, partition, start, end, READ_AT_ONCE):
            self._next[partition] = record.offset + 1
            if mark := _decode(record.value):
                yield mark
        self._next[partition] = max(start, end)  # Kafka's markers are no records


def read_all(broker: Broker, *, settled: bool = False) -> Mapping[LetterPlace, Mark]:
    """The last mark of each settled dead letter; ``settled`` as in :meth:`MarkReader.new`."""
    return {mark.place: mark for mark in MarkReader(broker).new(settled=settled)}


def own(known: Mapping[LetterPlace, Mark], place: LetterPlace, stored_at: float) -> Mark | None:
    """The mark of the dead letter at the place; None without one, or if it is an earlier one's."""
    mark = known.get(place)
    return mark if mark and mark.stored_at == stored_at else None


_decoder = msgspec.json.Decoder(Mark)


def _decode(value: bytes | None) -> Mark | None:
    """None for a value that is not one of ours."""
    try:
        return _decoder.decode(value or b"")
    except (ValueError, RecursionError):
        return None
