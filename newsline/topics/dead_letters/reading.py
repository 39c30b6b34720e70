"""Read dead letters from their topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from newsline.broker import Broker, Record
from newsline.records import DEAD_LETTER_TOPIC, DeadLetter, decode_dead_letter
from newsline.topics import part
from newsline.topics.dead_letters.marks import LetterPlace

READ_AT_ONCE = 50
"""A dead letter takes up to 2 MiB."""

UNKNOWN = ("unknown", "unknown")
"""Stage and reason of a record that this version cannot decode as a dead letter."""


class FoundLetter(NamedTuple):
    """A record of news.dead-letter. ``stored_at``: the broker's time, in seconds since 1970.

    ``letter`` None: this version cannot decode ``value``; ``problem`` is the reason.
    """

    place: LetterPlace
    stored_at: float
    value: bytes
    letter: DeadLetter | None
    problem: str = ""

    @property
    def kind(self) -> tuple[str, str]:
        """Stage and reason."""
        return (str(self.letter.stage), str(self.letter.reason)) if self.letter else UNKNOWN

    @property
    def original(self) -> bytes:
        """The original; the record itself if it cannot be decoded."""
        return self.letter.original if self.letter else self.value


def read(broker: Broker, partition: int, start: int, end: int) -> Iterator[FoundLetter]:
    """The dead letters of the partition, from offset ``start`` up to before ``end``."""
    for record in records(broker, partition, start, end):
        if record.value is not None:
            place = LetterPlace(partition, record.offset)
            try:
                letter, problem = decode_dead_letter(record.value), ""
            except (ValueError, RecursionError) as error:
                letter, problem = None, str(error)
            yield FoundLetter(place, record.timestamp, record.value, letter, problem)


def records(broker: Broker, partition: int, start: int, end: int) -> Iterator[Record]:
    """The records of the partition, from offset ``start`` up to before ``end``."""
    return part.between(broker, DEAD_LETTER_TOPIC, partition, start, end, READ_AT_ONCE)
