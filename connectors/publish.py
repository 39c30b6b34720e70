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
        """What became of each candidate; on return the broker and the state hold what was new.

        A transaction holds an article once: another candidate of it is judged, and lists its feeds,
        when the state knows the first.
        """
        return [
            outcome for batch in _each_article_once(candidates) for outcome in self._publish(batch)
        ]

    def close(self) -> None:
        self._producer.close()

    def _publish(self, batch: Sequence[Candidate]) -> Sequence[EntryOutcome]:
        judged = [(self._revision(candidate.article), candidate) for candidate in batch]
        if written := [(revision, candidate.link) for revision, candidate in judged if revision]:
            self._write(written)
        return [self._outcome(revision, candidate) for revision, candidate in judged]

    def _outcome(self, revision: RawArticle | None, candidate: Candidate) -> EntryOutcome:
        if revision is None:
            return seen_again(self._state, _listing(candidate.article), candidate.link)
        return EntryOutcome.PUBLISHED if revision.revision == 1 else EntryOutcome.UPDATE

    def _revision(self, found: RawArticle) -> RawArticle | None:
        """The revision to publish; None where the article is known and there is nothing new."""
        previous = self._state.article(found.article_id)
        if previous is None:
            return found
        change = identity.changes(
            previous.title_hash,
            previous.text_hash,
            title=found.title,
            text=found.text,
        )
        worse = found.text_source == "feed" and previous.text_source == "page"
        if not change or worse:
            return None
        return msgspec.structs.replace(
            found,
            revision=previous.revision + 1,
            changed=change,
            first_seen=previous.first_seen,
            feeds=self._feeds(found),
        )

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


def seen_again(state: State, listing: Listing, link: str) -> EntryOutcome:
    """Of an entry whose article is known: the same entry once more, or another one, now listed."""
    return EntryOutcome.UNCHANGED if state.list_in(listing, link) else EntryOutcome.DUPLICATE


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


def _each_article_once(candidates: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    """The candidates in turn, in batches in which no two are of one article."""
    batch: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.article.article_id in batch:
            yield list(batch.values())
            batch = {}
        batch[candidate.article.article_id] = candidate
    yield list(batch.values())


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
    except (ValueError, RecursionError):
        return None


def _count(article: RawArticle) -> None:
    metrics.PUBLISHED.labels("new" if article.revision == 1 else "update").inc()
    if article.revision == 1 and article.published.source != "first_seen":
        age = datetime.now(UTC) - article.published.at
        metrics.PUBLISH_AGE.observe(max(0.0, age.total_seconds()))
