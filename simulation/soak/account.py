"""What is on the topics, read as a committed reader does, and what does not add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec

from newsline.broker import Broker
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    RAW_TOPIC,
    decode_dead_letter,
    decode_enriched,
    decode_raw,
)
from tests.support.topic_reader import TopicReader

Listed = set[tuple[str, str]]
"""URL and title of each version that a feed has listed."""


class Key(NamedTuple):
    """An article's revision; a record that cannot be decoded is its own ``article``."""

    article: str | bytes
    revision: int = 0


class Ledger:
    def __init__(self) -> None:
        self.published: Counter[tuple[str, str]] = Counter()
        self.raw: Counter[Key] = Counter()
        self.enriched: list[Key] = []
        self.dead: Counter[Key] = Counter()
        self.reasons: Counter[str] = Counter()
        take = {
            RAW_TOPIC: self._take_raw,
            ENRICHED_TOPIC: self._take_enriched,
            DEAD_LETTER_TOPIC: self._take_dead,
        }
        self._readers = [(TopicReader(topic), each) for topic, each in take.items()]

    def read(self, broker: Broker) -> bool:
        """Read on to the present end of the topics. True if there was something."""
        found = [_read(broker, reader, take) for reader, take in self._readers]
        return any(found)

    def outcomes(self) -> Counter[Key]:
        return Counter(self.enriched) + self.dead

    def is_complete(self, listed: Listed) -> bool:
        """Whether all that was listed is published, and all that is published has an outcome."""
        return listed <= self.published.keys() and self.raw.keys() <= self.outcomes().keys()

    def wrong(self, listed: Listed) -> Iterator[str]:
        """What is lost, doubled or out of order, each in a line."""
        for (url, title), count in (Counter(listed) - self.published).items():
            yield f"{url} {title!r} is {count} times too few on news.raw"
        for (url, title), count in (self.published - Counter(listed)).items():
            yield f"{url} {title!r} is {count} times too often on news.raw"
        outcomes = self.outcomes()
        for key, count in (self.raw - outcomes).items():
            yield f"{key} has {count} outcomes too few"
        for key, count in (outcomes - self.raw).items():
            yield f"{key} has {count} outcomes too many"
        revisions: defaultdict[str | bytes, list[int]] = defaultdict(list)
        for key in self.enriched:
            revisions[key.article].append(key.revision)
        for article, each in revisions.items():
            if any(later <= earlier for earlier, later in pairwise(each)):
                yield f"{article} has the revisions {each} in this order"

    def _take_raw(self, value: bytes) -> None:
        try:
            article = decode_raw(value)
        except msgspec.DecodeError:
            self.raw[Key(value)] += 1
            return
        self.raw[Key(article.article_id, article.revision)] += 1
        self.published[article.url, article.title] += 1

    def _take_enriched(self, value: bytes) -> None:
        article = decode_enriched(value)
        self.enriched.append(Key(article.article_id, article.revision))

    def _take_dead(self, value: bytes) -> None:
        letter = decode_dead_letter(value)
        self.reasons[letter.reason.value] += 1
        try:
            article = decode_raw(letter.original)
        except msgspec.DecodeError:
            self.dead[Key(letter.original)] += 1
        else:
            self.dead[Key(article.article_id, article.revision)] += 1


def _read(broker: Broker, reader: TopicReader, take: Callable[[bytes], None]) -> bool:
    found = reader.read(broker)
    for value in reader.values:
        take(value)
    reader.values.clear()
    return found
