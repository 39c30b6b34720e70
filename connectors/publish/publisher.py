"""Publish to news.raw, once: decide under the publish lock what is new, write it, update the state.

The state changes only after the broker's acknowledgement. A connector that dies in between leaves
records on news.raw that the state does not know. The next holder of the lock fences the dead
connector's producer, so that no more of it can arrive, and reads those records into the state.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.article.candidate import Candidate, listed_again
from connectors.article.near_duplicates import ClusteredArticle, Clusters
from connectors.article.revisions import known_article, next_revision
from connectors.article.revisit_schedule import first_revisit
from connectors.state import Acknowledged, KnownArticle, Listing, PublishLock, State, StateError
from connectors.state.fingerprints import WEEK, WEEKS
from connectors.state.publish_lock import WriterSession
from connectors.text.minhash import fingerprint
from connectors.text.urls import canonical_url, parameters, without_values
from newsline import trace_context
from newsline.broker import Broker, Fenced, Message, Producer
from newsline.outcomes import EntryOutcome
from newsline.records import MAX_FEEDS, RAW_TOPIC, FeedRef, RawArticle, decode_raw, encode
from newsline.service import metrics, spans
from newsline.service.spans import TraceSpan
from newsline.trace_context import TraceContext

PRODUCER = "newsline-connector"
READ_AT_ONCE = 500

FRESH = timedelta(seconds=WEEKS * WEEK)
"""Older articles are not indexed for near-duplicates."""


class Publisher:
    """Writes candidates to news.raw and updates the state. For one thread at a time.

    ``revisit``: ages of articles, in seconds, at which their pages are requested again.

    It keeps a producer under the name of its writer id. A holder of the lock whose predecessor lost
    its session first opens a producer under that one's name: that fences it, and completes or
    aborts its last transaction.
    """

    def __init__(
        self, broker: Broker, address: str, state: State, revisit: Sequence[float] = ()
    ) -> None:
        self._broker = broker
        self._address = address
        self._state = state
        self._revisit = revisit
        self._producer: Producer | None = None
        self._session: WriterSession | None = None
        self.publish([])

    def publish(self, candidates: Sequence[Candidate]) -> Sequence[EntryOutcome]:
        """The outcome of each candidate. On return the broker and the state have all that was new.

        A transaction holds an article once: another candidate of it is decided after the state
        knows the first. After any exception the same candidates may be published again: records
        that the broker has are read back first.
        """
        with self._state.publish_lock(self._address) as lock:
            try:
                producer = self._ready_producer(lock)
                outcomes: list[EntryOutcome] = []
                for batch in _each_article_once(candidates, lock):
                    lock.save()
                    outcomes += self._publish(lock, producer, batch)
            except Fenced:
                lock.check()  # raises StateUnreachable, to be retried, if we lost the lock
                raise
        return outcomes

    def close(self) -> None:
        if self._producer:
            self._producer.close()

    def _ready_producer(self, lock: PublishLock) -> Producer:
        """Our producer, after everything written before was applied to the state."""
        unfinished = lock.unfinished
        if unfinished is not None:  # fence the connector that lost the lock
            self._broker.producer(_producer_name(unfinished)).close()
        is_new = self._producer is None or lock.session is not self._session
        if is_new:
            self._open_producer(lock.session)
        if is_new or unfinished is not None:
            self._reconcile(lock)
        assert self._producer is not None
        return self._producer

    def _open_producer(self, session: WriterSession) -> None:
        """Open a producer under the session's writer id; this fences earlier ones of that name."""
        if self._producer:
            self._producer.close()
        self._producer = self._broker.producer(_producer_name(session.writer_id))
        self._session = session

    def _publish(
        self, lock: PublishLock, producer: Producer, batch: Sequence[Candidate]
    ) -> Sequence[EntryOutcome]:
        """Decide which candidates are revisions, write those in one transaction."""
        clusters = Clusters(lock)
        decided = [(_decide(lock, clusters, candidate), candidate) for candidate in batch]
        written = [
            (decision, candidate.link)
            for decision, candidate in decided
            if isinstance(decision, ClusteredArticle)
        ]
        if written:
            self._write(lock, producer, written)
        return [_outcome(lock, decision, candidate) for decision, candidate in decided]

    def _write(
        self, lock: PublishLock, producer: Producer, written: Sequence[tuple[ClusteredArticle, str]]
    ) -> None:
        articles = [clustered.article for clustered, _ in written]
        traced = [(article, trace_context.begin()) for article in articles]
        producer.commit([_message(article, step) for article, step in traced])
        ends = self._broker.end_offsets(RAW_TOPIC)
        lock.acknowledge([self._acknowledged(*pair) for pair in written], ends)
        for article, step in traced:
            _count(article)
            if spans.wanted():
                spans.export(_span(article, step))

    def _acknowledged(self, clustered: ClusteredArticle, link: str) -> Acknowledged:
        article = clustered.article
        urls = (article.url, canonical_url(article.fetched_url), link, twin_link(article))
        links = dict.fromkeys(filter(None, urls))
        listings = [_listing(article.article_id, feed) for feed in article.feeds]
        return Acknowledged(
            known_article(article, settled=clustered.settled),
            list(links),
            listings,
            clustered.fingerprint,
            first_revisit(article, self._revisit),
        )

    def _reconcile(self, lock: PublishLock) -> None:
        """Apply the records of news.raw past the state's positions. A record that an open
        transaction of another program hides would be published again."""
        ends = list(self._broker.settled_ends(RAW_TOPIC))
        read_to = lock.positions()
        _refuse_lost_records(read_to, ends)
        for partition in range(len(ends)):
            for articles in self._articles(partition, read_to.get(partition, 0)):
                lock.acknowledge([self._acknowledged(_read_back(a), a.url) for a in articles])
        lock.acknowledge([], ends)

    def _articles(self, partition: int, offset: int) -> Iterator[Sequence[RawArticle]]:
        while batch := self._broker.read(RAW_TOPIC, partition, offset, limit=READ_AT_ONCE):
            offset = batch[-1].offset + 1
            values = [record.value for record in batch if record.value is not None]
            yield [article for value in values if (article := _decoded(value))]


def _refuse_lost_records(read_to: Mapping[int, int], ends: Sequence[int]) -> None:
    """Raise StateError if news.raw has fewer records than the state has read of it: their articles
    would count as published, and come never again."""
    for partition, read in sorted(read_to.items()):
        end = ends[partition] if partition < len(ends) else 0
        if read > end:
            raise StateError(
                f"{RAW_TOPIC} ends at offset {end} in partition {partition}, and the state has read"
                f" it to {read}: it was restored from an older backup, or made again. Give an empty"
                " --state: it is read back from news.raw, and feeds are fetched in full"
            )


def _producer_name(writer_id: int) -> str:
    """Name of the producer of the connector with this writer id."""
    return f"{PRODUCER}.{writer_id}"


Decision = ClusteredArticle | KnownArticle
"""The revision to publish, or the known article if nothing is new."""


def _outcome(lock: PublishLock, decision: Decision, candidate: Candidate) -> EntryOutcome:
    if isinstance(decision, ClusteredArticle):
        first = decision.article.revision == 1
        return EntryOutcome.PUBLISHED if first else EntryOutcome.UPDATE
    if not candidate.listed:
        return EntryOutcome.UNCHANGED
    (feed,) = candidate.article.feeds
    return listed_again(lock.list_in(_listing(decision.article_id, feed), candidate.link))


def _decide(lock: PublishLock, clusters: Clusters, found: Candidate) -> Decision:
    previous = _known(lock, found)
    if previous is None:
        return clusters.place(found.article, found.fingerprint, None)
    revision = next_revision(previous, found.article, moved=found.moved_from is not None)
    if revision is None:
        return previous
    revision = msgspec.structs.replace(revision, feeds=_feeds(lock, revision))
    return clusters.place(revision, found.fingerprint, previous)


def _known(lock: PublishLock, found: Candidate) -> KnownArticle | None:
    """The article at the candidate's URL, else the one that has moved there, else its twin."""
    known = lock.article(found.article.article_id)
    if known is None and found.moved_from:
        known = lock.article(found.moved_from)
    if known is None and (twin := twin_link(found.article)):
        known = lock.article_at(twin)
    return known


def _feeds(lock: PublishLock, found: RawArticle) -> tuple[FeedRef, ...]:
    """The feeds that list the article, first the one that brought this revision."""
    first = found.feeds[0]
    others = [
        FeedRef(one.feed_url, one.entry_id, one.title)
        for one in lock.listings(found.article_id)
        if one.feed_url != first.url
    ]
    return (first, *others)[:MAX_FEEDS]


def _each_article_once(
    candidates: Sequence[Candidate], lock: PublishLock
) -> Iterator[Sequence[Candidate]]:
    """The candidates in order, in batches with at most one of each article. Each batch is published
    before the next one is made, since it may move an article to a candidate's URL."""
    batch: list[Candidate] = []
    taken: set[str] = set()
    for candidate in candidates:
        ids = _ids(candidate, lock)
        if not taken.isdisjoint(ids):
            yield batch
            batch, taken, ids = [], set(), _ids(candidate, lock)
        batch.append(candidate)
        taken |= ids
    if batch:
        yield batch


def _ids(found: Candidate, lock: PublishLock) -> Set[str]:
    """All ids and links under which the candidate's article may be published."""
    own = found.article.article_id
    ids = (own, found.moved_from, lock.moved_from(own), twin_link(found.article))
    return set(filter(None, ids))


def twin_link(article: RawArticle) -> str:
    """Equal for articles with equal title and text whose URLs differ in the values of parameters
    only, as by a session; empty for a URL without parameters."""
    if not parameters(article.url):
        return ""
    return f"{without_values(article.url)} {article.content_hash}"


def _read_back(article: RawArticle) -> ClusteredArticle:
    """The article as it was clustered before it was written. An old one is not indexed again."""
    fresh = datetime.now(UTC) - article.fetched_at < FRESH
    found = fingerprint(article.text) if fresh else None
    elsewhere = article.cluster_id not in (None, article.article_id)
    return ClusteredArticle(article, found, settled=elsewhere or found is not None)


def _message(article: RawArticle, step: TraceContext) -> Message:
    """The revision as a record of news.raw, with a trace of its own."""
    headers = (step.header(),)
    return Message(RAW_TOPIC, article.article_id.encode(), encode(article), headers)


def _span(article: RawArticle, step: TraceContext) -> TraceSpan:
    """From the fetch of its page to the acknowledgement."""
    attributes: dict[str, str | int] = {
        "newsline.article": article.article_id,
        "newsline.revision": article.revision,
        "newsline.feed": article.feeds[0].url,
    }
    return TraceSpan("publish", step, None, article.fetched_at.timestamp(), time.time(), attributes)


def _listing(article_id: str, feed: FeedRef) -> Listing:
    return Listing(article_id, feed.url, feed.entry_id, feed.title)


def _decoded(value: bytes) -> RawArticle | None:
    """The article; None for a foreign record on the topic, which the job will dead-letter."""
    try:
        return decode_raw(value)
    except (ValueError, RecursionError):
        return None


def _count(article: RawArticle) -> None:
    metrics.PUBLISHED.labels("new" if article.revision == 1 else "update").inc()
    if article.revision == 1 and article.published.source != "first_seen":
        age = datetime.now(UTC) - article.published.at
        metrics.PUBLISH_AGE.observe(max(0.0, age.total_seconds()))
