"""Settle dead letters: publish their originals again, or drop them.

An original and its mark are written in one transaction. The marks are read after the producer has
fenced every earlier one and settled its transaction, so each dead letter is replayed once, however
often a replay is repeated or killed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from newsline import lineage
from newsline.broker import Broker, Message
from newsline.outcomes import LetterState
from newsline.records import RAW_TOPIC
from newsline.topics import check
from newsline.topics.create import create_marks_topic
from newsline.topics.dead_letters import marks, reading
from newsline.topics.dead_letters.marks import MARKS_TOPIC, LetterPlace, Mark
from newsline.topics.dead_letters.reading import FoundLetter

PRODUCER = "newsline-dead-letter"

MOST = 100
MOST_BYTES = 4 * 1024 * 1024
"""Limits of one transaction."""

NO_KEY = b"-"
"""In place of an empty key, which a message must not have."""


class Settled(NamedTuple):
    """A dead letter that was settled, or ``problem``: why it could not be."""

    place: LetterPlace
    problem: str = ""


class Settler:
    """The one that settles dead letters now; a newer one fences it.

    ``by``: user and host, for the marks.
    """

    def __init__(self, broker: Broker, by: str) -> None:
        create_marks_topic(broker)
        check.check(broker, (MARKS_TOPIC,))
        self._broker = broker
        self._by = by
        self._producer = broker.producer(PRODUCER)
        self._marks = marks.read_all(broker, settled=True)

    def replay(self, places: Collection[LetterPlace], *, again: bool = False) -> Iterator[Settled]:
        """Publish the originals of dead letters again; with ``again``, also of settled ones.

        Raises Fenced if a newer one has begun, BrokerUnreachable if no broker answers: then call it
        again in a new one. What was yielded is settled.
        """
        max_bytes = self._raw_limit()
        for batch in _batches(self._found(places, again)):
            messages, settled = [], []
            for each in batch:
                original = _original(each, max_bytes)
                if isinstance(original, Message):
                    messages += [original, self._mark(each, LetterState.REPLAYED)]
                    settled.append(Settled(each.place))
                else:
                    settled.append(Settled(each.place, problem=original))
            self._producer.commit(messages)
            yield from settled

    def drop(self, places: Collection[LetterPlace]) -> Iterator[Settled]:
        """Mark open dead letters as dropped. Raises like :meth:`replay`."""
        for batch in _batches(self._found(places)):
            self._producer.commit([self._mark(each, LetterState.DROPPED) for each in batch])
            yield from (Settled(each.place) for each in batch)

    def close(self) -> None:
        self._producer.close()

    def _found(self, places: Collection[LetterPlace], again: bool = False) -> Iterator[FoundLetter]:
        """The dead letters at the places, by partition and offset."""
        for partition, group in groupby(sorted(places), lambda place: place.partition):
            own = set(group)
            start, end = min(own).offset, max(own).offset + 1
            for found in reading.read(self._broker, partition, start, end):
                if found.place in own and (again or not self._is_settled(found)):
                    yield found

    def _is_settled(self, found: FoundLetter) -> bool:
        return marks.own(self._marks, found.place, found.stored_at) is not None

    def _raw_limit(self) -> int | None:
        """Bytes that news.raw takes; None if it does not exist."""
        described = self._broker.describe(RAW_TOPIC)
        return described.max_bytes if described else None

    def _mark(self, found: FoundLetter, state: LetterState) -> Message:
        (partition, offset), stored_at, now = found.place, found.stored_at, datetime.now(UTC)
        return marks.message(
            Mark(
                partition=partition,
                offset=offset,
                stored_at=stored_at,
                state=state,
                at=now,
                by=self._by,
            )
        )


def _original(found: FoundLetter, max_bytes: int | None) -> Message | str:
    """The original as a message to its topic, or why it cannot be published."""
    letter = found.letter
    if letter is None:
        return f"cannot be decoded: {found.problem}"
    if letter.topic != RAW_TOPIC:
        return f"its original is from {letter.topic}, not {RAW_TOPIC}"
    if max_bytes is None:
        return f"topic {RAW_TOPIC} does not exist"
    own = lineage.own_headers(letter)
    plain = Message(RAW_TOPIC, letter.key or NO_KEY, letter.original, own)
    if plain.size > max_bytes:
        takes = f"more than {RAW_TOPIC} takes ({max_bytes})"
        return f"its original has {plain.size} bytes, {takes}"
    full = plain._replace(headers=lineage.headers(letter, str(found.place)))
    return full if full.size <= max_bytes else plain


def _batches(found: Iterator[FoundLetter]) -> Iterator[Sequence[FoundLetter]]:
    """Dead letters for one transaction each."""
    batch: list[FoundLetter] = []
    size = 0
    for each in found:
        batch.append(each)
        size += len(each.letter.original) if each.letter else 0
        if len(batch) == MOST or size >= MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
