"""To news.raw, once: what is new is decided, written and remembered in one place, in turn.

The state moves only when the broker has acknowledged. A connector that died between the two left
records on news.raw of which the state knows nothing; whoever has the next turn fences the dead
one's producer, so that nothing of it can still arrive, and then reads those records back into the
state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.article.candidate import Candidate, listed_again
from connectors.article.near_duplicates import Clusters, Placed
from connectors.article.revisions import following, known
from connectors.article.revisit_schedule import first_revisit
from connectors.state import Acknowledged, Listing, State, Turn
from connectors.state.fingerprints import WEEK, WEEKS
from connectors.text.minhash import fingerprint
from connectors.text.urls import canonical_url
from newsline.broker import Broker, Fenced, Message, Producer
from newsline.outcomes import EntryOutcome
from newsline.records import MAX_FEEDS, RAW_TOPIC, FeedRef, RawArticle, decode_raw, encode
from newsline.service import metrics

PRODUCER = "newsline-connector"
READ_AT_ONCE = 500

FRESH = timedelta(seconds=WEEKS * WEEK)
"""Older articles' near-duplicates are not looked for any more."""


class Publisher:
    """Writes candidates to news.raw and moves the state, in its turn. Not for two threads at once.

    ``revisit``: at which ages, in seconds, articles are to be looked at again.

    Between turns it holds a producer under the name of its seat. Who takes a turn that another has
    left unfinished opens a producer under that one's name first: that fences it, and settles what
    it was about to write.
    """

    def __init__(
        self, broker: Broker, address: str, state: State, revisit: Sequence[float] = ()
    ) -> None:
        self._broker = broker
        self._address = address
        self._state = state
        self._revisit = revisit
        self._producer: Producer | None = None
        self._session: object = None
        self.publish([])

    def publish(self, candidates: Sequence[Candidate]) -> Sequence[EntryOutcome]:
        """What became of each candidate; on return the broker and the state hold what was new.

        A transaction holds an article once: another candidate of it is judged, and lists its feeds,
        when the state knows the first. Whatever is raised, the candidates may be given again: what
        the broker has of them is known by then.
        """
        with self._state.turn(self._address) as turn:
            try:
                producer = self._ready(turn)
                outcomes: list[EntryOutcome] = []
                for batch in _each_article_once(candidates):
                    turn.save()
                    outcomes += self._publish(turn, producer, batch)
            except Fenced:
                turn.check()  # not ours any more? Then we were fenced with reason, and go on anew
                raise
        return outcomes

    def close(self) -> None:
        if self._producer:
            self._producer.close()

    def _ready(self, turn: Turn) -> Producer:
        """Our producer, once all that was written before is known."""
        begins = self._producer is None or turn.session is not self._session
        if turn.unfinished is not None:
            self._broker.producer(_name(turn.unfinished)).close()
        if begins:
            if self._producer:
                self._producer.close()
            self._producer = self._broker.producer(_name(turn.session.seat))
            self._session = turn.session
        if begins or turn.unfinished is not None:
            self._reconcile(turn)
        assert self._producer is not None
        return self._producer

    def _publish(
        self, turn: Turn, producer: Producer, batch: Sequence[Candidate]
    ) -> Sequence[EntryOutcome]:
        clusters = Clusters(turn)
        judged = [(_revision(turn, clusters, candidate), candidate) for candidate in batch]
        if written := [(revision, candidate.link) for revision, candidate in judged if revision]:
            self._write(turn, producer, written)
        return [_outcome(turn, revision, candidate) for revision, candidate in judged]

    def _write(self, turn: Turn, producer: Producer, written: Sequence[tuple[Placed, str]]) -> None:
        articles = [placed.article for placed, _ in written]
        producer.commit([Message(RAW_TOPIC, a.article_id.encode(), encode(a)) for a in articles])
        ends = self._broker.end_offsets(RAW_TOPIC)
        turn.acknowledge([self._acknowledged(*pair) for pair in written], ends)
        for article in articles:
            _count(article)

    def _acknowledged(self, placed: Placed, link: str) -> Acknowledged:
        article = placed.article
        links = dict.fromkeys((article.url, canonical_url(article.fetched_url), link))
        listings = [_listing(article, feed) for feed in article.feeds]
        return Acknowledged(
            known(article, placed=placed.told),
            list(links),
            listings,
            placed.fingerprint,
            first_revisit(article, self._revisit),
        )

    def _reconcile(self, turn: Turn) -> None:
        """Apply to the state what news.raw holds past its positions."""
        ends = list(self._broker.end_offsets(RAW_TOPIC))
        read_to = turn.positions()
        for partition in range(len(ends)):
            for articles in self._articles(partition, read_to.get(partition, 0)):
                turn.acknowledge([self._acknowledged(_read_back(a), a.url) for a in articles])
        turn.acknowledge([], ends)

    def _articles(self, partition: int, offset: int) -> Iterator[Sequence[RawArticle]]:
        while batch := self._broker.read(RAW_TOPIC, partition, offset, limit=READ_AT_ONCE):
            offset = batch[-1].offset + 1
            yield [article for record in batch if (article := _decoded(record.value))]


def _name(seat: int) -> str:
    """Of the producer of the connector with the seat."""
    return f"{PRODUCER}.{seat}"


def _outcome(turn: Turn, revision: Placed | None, candidate: Candidate) -> EntryOutcome:
    if revision is None and not candidate.listed:
        return EntryOutcome.UNCHANGED
    if revision is None:
        article = candidate.article
        return listed_again(turn.list_in(_listing(article, article.feeds[0]), candidate.link))
    first = revision.article.revision == 1
    return EntryOutcome.PUBLISHED if first else EntryOutcome.UPDATE


def _revision(turn: Turn, clusters: Clusters, found: Candidate) -> Placed | None:
    """The revision to publish; None where the article is known and there is nothing new."""
    previous = turn.article(found.article.article_id)
    revision = following(previous, found.article)
    if revision is None:
        return None
    if previous:
        revision = msgspec.structs.replace(revision, feeds=_feeds(turn, revision))
    return clusters.place(revision, found.fingerprint, previous)


def _feeds(turn: Turn, found: RawArticle) -> tuple[FeedRef, ...]:
    """All feeds known to list the article, the one that brought this revision first."""
    first = found.feeds[0]
    others = [
        FeedRef(one.feed_url, one.entry_id, one.title)
        for one in turn.listings(found.article_id)
        if one.feed_url != first.url
    ]
    return (first, *others)[:MAX_FEEDS]


def _each_article_once(candidates: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    """The candidates in turn, in batches in which no two are of one article."""
    batch: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.article.article_id in batch:
            yield list(batch.values())
            batch = {}
        batch[candidate.article.article_id] = candidate
    if batch:
        yield list(batch.values())


def _read_back(article: RawArticle) -> Placed:
    """As it was placed before it was written; near-duplicates of an old one are not looked for."""
    fresh = datetime.now(UTC) - article.fetched_at < FRESH
    found = fingerprint(article.text) if fresh else None
    elsewhere = article.cluster_id not in (None, article.article_id)
    return Placed(article, found, told=elsewhere or found is not None)


def _listing(article: RawArticle, feed: FeedRef) -> Listing:
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
