"""To news.raw, once: what is new is decided, written and remembered in one place, in turn.

The state moves only when the broker has acknowledged. A connector that died between the two left
records on news.raw of which its state knows nothing; opening a publisher fences the dead one's
producer, so that nothing of it can still arrive, and then reads those records back into the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from connectors import identity
from connectors.outcome import EntryOutcome
from connectors.state import Acknowledged, KnownArticle, Listing, State
from pipeline import metrics
from pipeline.broker import Broker, Message
from pipeline.records import MAX_FEEDS, RAW_TOPIC, FeedRef, RawArticle, decode_raw, encode

PRODUCER = "newsline-connector"
READ_AT_ONCE = 500


class Candidate(NamedTuple):
    """An article as it was just found, as its first revision, and the link that led to it."""

    article: RawArticle
    link: str


class Publisher:
    """Writes candidates to news.raw and moves the state. Not for two threads at once."""

    def __init__(self, broker: Broker, address: str, state: State) -> None:
        self._broker = broker
        self._address = address
        self._state = state
        self._producer = broker.producer(PRODUCER)
        self._reconcile()

    def publish(self, candidates: Sequence[Candidate]) -> Sequence[EntryOutcome]:
        """What became of each candidate; on return the broker and the state hold what was new."""
        latest: dict[str, KnownArticle | None] = {}
        outcomes, written = [], []
        for candidate in candidates:
            article_id = candidate.article.article_id
            if article_id not in latest:
                latest[article_id] = self._state.article(article_id)
            outcome, article = self._decide(candidate.article, latest[article_id])
            if article:
                latest[article_id] = known(article)
                written.append((article, candidate.link))
            else:
                self._state.list_in(_listing(candidate.article), candidate.link)
            outcomes.append(outcome)
        if written:
            self._write(written)
        return outcomes

    def close(self) -> None:
        self._producer.close()

    def _decide(
        self, found: RawArticle, previous: KnownArticle | None
    ) -> tuple[EntryOutcome, RawArticle | None]:
        """The outcome and, where there is something to publish, the revision to publish."""
        if previous is None:
            return EntryOutcome.PUBLISHED, found
        change = identity.changes(
            previous.title_hash,
            previous.text_hash,
            title=found.title,
            text=found.text,
        )
        worse = found.text_source == "feed" and previous.text_source == "page"
        if not change or worse:
            return self._known_already(found), None
        return EntryOutcome.UPDATE, msgspec.structs.replace(
            found,
            revision=previous.revision + 1,
            changed=change,
            first_seen=previous.first_seen,
            feeds=self._feeds(found),
        )

    def _known_already(self, found: RawArticle) -> EntryOutcome:
        """The same entry once more, or another entry of an article that is known."""
        feed = found.feeds[0]
        listed = self._state.listings(found.article_id)
        same = any((one.feed_url, one.entry_id) == (feed.url, feed.entry_id) for one in listed)
        return EntryOutcome.UNCHANGED if same else EntryOutcome.DUPLICATE

    def _feeds(self, found: RawArticle) -> tuple[FeedRef, ...]:
        """All feeds known to list the article, the one that brought this revision first."""
        first = found.feeds[0]
        others = [
            FeedRef(one.feed_url, one.entry_id, one.title)
            for one in self._state.listings(found.article_id)
            if one.feed_url != first.url
        ]
        return (first, *others)[:MAX_FEEDS]

    def _write(self, written: Sequence[tuple[RawArticle, str]]) -> None:
        self._producer.commit(
            [Message(RAW_TOPIC, a.article_id.encode(), encode(a)) for a, _ in written]
        )
        ends = self._broker.end_offsets(RAW_TOPIC)
        self._state.acknowledge([_acknowledged(*pair) for pair in written], self._address, ends)
        for article, _ in written:
            _count(article)

    def _reconcile(self) -> None:
        """Apply to the state what news.raw holds past its positions."""
        ends = list(self._broker.end_offsets(RAW_TOPIC))
        read_to = self._state.positions(self._address)
        for partition in range(len(ends)):
            for articles in self._articles(partition, read_to.get(partition, 0)):
                self._state.acknowledge([_acknowledged(a, a.url) for a in articles], "", [])
        self._state.acknowledge([], self._address, ends)

    def _articles(self, partition: int, offset: int) -> Iterator[Sequence[RawArticle]]:
        while batch := self._broker.read(RAW_TOPIC, partition, offset, limit=READ_AT_ONCE):
            offset = batch[-1].offset + 1
            yield [article for record in batch if (article := _decoded(record.value))]


def known(article: RawArticle) -> KnownArticle:
    """What the state keeps of a revision."""
    return KnownArticle(
        article.article_id,
        article.revision,
        identity.title_hash(article.title),
        identity.text_hash(article.text),
        article.text_source,
        article.first_seen,
        article.fetched_at,
    )


def _acknowledged(article: RawArticle, link: str) -> Acknowledged:
    links = dict.fromkeys((article.url, identity.canonical_url(article.fetched_url), link))
    listings = [
        Listing(article.article_id, feed.url, feed.entry_id, feed.title) for feed in article.feeds
    ]
    return Acknowledged(known(article), list(links), listings)


def _listing(article: RawArticle) -> Listing:
    feed = article.feeds[0]
    return Listing(article.article_id, feed.url, feed.entry_id, feed.title)


def _decoded(value: bytes) -> RawArticle | None:
    """The article; None for what somebody else put on the topic, which the job will dead-letter."""
    try:
        return decode_raw(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _count(article: RawArticle) -> None:
    metrics.PUBLISHED.labels("new" if article.revision == 1 else "update").inc()
    if article.revision == 1 and article.published.source != "first_seen":
        age = datetime.now(UTC) - article.published.at
        metrics.PUBLISH_AGE.observe(max(0.0, age.total_seconds()))
