"""The newest articles and dead letters, read from the topics while somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from newsline.broker import Broker
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    DeadLetter,
    EnrichedArticle,
    decode_dead_letter,
    decode_enriched,
)
from newsline.topics.newest import newest

ARTICLES = 12
LETTERS = 10

Kind = TypeVar("Kind", EnrichedArticle, DeadLetter)


class Recent(NamedTuple):
    """Newest first. Times are those of the records, in seconds since 1970."""

    articles: Sequence[tuple[float, EnrichedArticle]] = ()
    letters: Sequence[tuple[float, DeadLetter]] = ()


class RecentReader:
    """Reads a topic again only if it has grown."""

    def __init__(self, broker: Callable[[], Broker]) -> None:
        self._broker = broker
        self._ends: dict[str, Sequence[int]] = {}
        self._recent = Recent()

    def read(self) -> Recent:
        """Raises BrokerError."""
        self._recent = Recent(
            self._newest(ENRICHED_TOPIC, ARTICLES, decode_enriched, self._recent.articles),
            self._newest(DEAD_LETTER_TOPIC, LETTERS, decode_dead_letter, self._recent.letters),
        )
        return self._recent

    def _newest(
        self,
        topic: str,
        count: int,
        decode: Callable[[bytes], Kind],
        before: Sequence[tuple[float, Kind]],
    ) -> Sequence[tuple[float, Kind]]:
        ends = self._broker().end_offsets(topic)
        if self._ends.get(topic) == ends:
            return before
        found = newest(self._broker(), topic, count, decode, ends)
        self._ends[topic] = ends
        return found
