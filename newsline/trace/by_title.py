"""Articles by their title, as far as the topics still hold them: the state keeps no titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from newsline.broker import Broker, Record
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, Digest
from newsline.trace.bounded import SearchEnded
from newsline.trace.from_records import decoded
from newsline.trace.search import READ_AT_ONCE

MOST = 10
"""Articles that are returned."""

_WORD = re.compile(r"\w+")


class TitledArticle(NamedTuple):
    """An article by its newest record. ``at``: the time of that record, in seconds since 1970."""

    article_id: str
    title: str
    url: str
    at: float


class TitleSearch(NamedTuple):
    """What was found, the newest first; ``complete``: False if the time ended the search."""

    found: Sequence[TitledArticle]
    records: int
    complete: bool


class _Head(Struct):
    """The part of an article's record that is needed here."""

    article_id: Digest
    title: str
    url: str


_decoder = msgspec.json.Decoder(_Head)


def by_title(broker: Broker, text: str) -> TitleSearch:
    """Articles with all words of the text in their title, from the newest record of news.raw and
    news.enriched backwards. ``broker``: a :func:`newsline.trace.bounded.bounded` one."""
    words = _words(text)
    found: dict[str, TitledArticle] = {}
    records = 0
    try:
        for record in _backwards(broker):
            records += 1
            article = _matching(record, words) if words else None
            if article:
                found.setdefault(article.article_id, article)
            if len(found) == MOST:
                return TitleSearch(_newest_first(found), records, complete=False)
    except SearchEnded:
        return TitleSearch(_newest_first(found), records, complete=False)
    return TitleSearch(_newest_first(found), records, complete=True)


def _newest_first(found: dict[str, TitledArticle]) -> Sequence[TitledArticle]:
    return sorted(found.values(), key=lambda article: -article.at)


def _matching(record: Record, words: set[str]) -> TitledArticle | None:
    head = decoded(record.value, _decoder.decode)
    if head is None:
        return None
    title = head.title.casefold()
    if not all(word in title for word in words):
        return None
    return TitledArticle(head.article_id, head.title, head.url, record.timestamp)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _backwards(broker: Broker) -> Iterator[Record]:
    """The records of both topics, in rounds over all partitions: the newest ones come first."""
    ends = {
        (topic, partition): end
        for topic in (ENRICHED_TOPIC, RAW_TOPIC)
        for partition, end in enumerate(broker.end_offsets(topic))
    }
    while ends:
        for (topic, partition), end in list(ends.items()):
            start = max(0, end - READ_AT_ONCE)
            batch = broker.read(topic, partition, start, limit=READ_AT_ONCE)
            yield from (record for record in reversed(batch) if record.offset < end)
            if start == 0 or batch.start >= end:
                del ends[topic, partition]
            else:
                ends[topic, partition] = start
